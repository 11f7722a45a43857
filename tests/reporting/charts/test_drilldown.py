"""The chart of a drill-down."""

from dataclasses import replace

from search.reporting.charts.drilldown import draw_drilldown, step_scores
from search.study.study import Study
from tests.support.example_report import example_drilldown


def test_a_failed_step_is_left_out(study: Study) -> None:
    """A step has no point in the chart if all its repeats failed."""
    drilldown = example_drilldown(study)
    failed = replace(drilldown.steps[1], consistency=None, scores=())
    first, _, *others = drilldown.steps
    steps = step_scores(replace(drilldown, steps=(first, failed, *others)))
    assert steps[1].consistency is None
    figure = draw_drilldown(steps, drilldown)
    assert len(figure.data[1].x) == len(steps) - 1
    assert "3 repeats per step" in figure.layout.meta["subtitle"]
