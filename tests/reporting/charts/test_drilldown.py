"""The chart of a drill-down: a step that failed has no figure."""

from dataclasses import replace

from search.reporting.charts.drilldown import draw_drilldown, step_scores
from tests.support.example_report import example_drilldown


def test_means_that_do_not_exist_are_left_out(study):
    """A step whose repeats all failed has no figure."""
    drilldown = example_drilldown(study)
    failed = replace(drilldown.steps[1], consistency=None, scores=())
    first, _, *others = drilldown.steps
    steps = step_scores(replace(drilldown, steps=(first, failed, *others)))
    assert steps[1].consistency is None
    figure = draw_drilldown(steps, drilldown)
    assert len(figure.data[1].x) == len(steps) - 1
    assert "3 repeats a step" in figure.layout.meta["subtitle"]
