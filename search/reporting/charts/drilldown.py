"""Chart of a drill-down: the consistency of every step. Never imports torch."""

from typing import NamedTuple

import plotly.graph_objects as go

from search.candidates.wording import counted, percent
from search.evaluation.results import Drilldown
from search.reporting.charts.style import COLOURS, FAINT_GREY, accuracy_axis, error_percent, style


class StepScores(NamedTuple):
    """A step. scores: of its repeats. consistency: their mean, None if every repeat failed."""

    name: str
    parameters: int
    scores: tuple[float, ...]
    consistency: float | None


def step_scores(drilldown: Drilldown) -> tuple[StepScores, ...]:
    """Return the scores of all steps, in order."""
    return tuple(
        StepScores(step.name, step.parameters, step.scores, step.consistency)
        for step in drilldown.steps
    )


def draw_drilldown(steps: tuple[StepScores, ...], drilldown: Drilldown) -> go.Figure:
    """Draw the consistency of each step: the mean as a line, the repeats as dots."""
    figure = go.Figure()
    names = [f"{n}. {step.name}" for n, step in enumerate(steps, start=1)]
    reached = [
        (name, step, step.consistency)
        for name, step in zip(names, steps, strict=True)
        if step.consistency
    ]
    figure.add_scatter(
        x=[name for name, step, _ in reached for _ in step.scores],
        y=[error_percent(score) for _, step, _ in reached for score in step.scores],
        name="repeat",
        mode="markers",
        marker={"size": 7, "color": FAINT_GREY},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=[name for name, _, _ in reached],
        y=[error_percent(mean) for _, _, mean in reached],
        customdata=[[percent(mean), f"{step.parameters:,}"] for _, step, mean in reached],
        name="mean of the repeats",
        mode="lines+markers",
        line={"color": COLOURS[0], "width": 2},
        marker={"size": 10},
        hovertemplate="%{customdata[0]}, %{customdata[1]} parameters",
    )
    errors = [error_percent(s) for _, step, mean in reached for s in (*step.scores, mean)]
    figure.update_xaxes(categoryorder="array", categoryarray=names, showgrid=False, automargin=True)
    figure.update_yaxes(accuracy_axis("validation consistency", errors))
    subtitle = (
        f"Lowest of the last {drilldown.window} of {counted(drilldown.epochs, 'epoch')}, "
        f"{counted(drilldown.seeds, 'repeat')} per step, n = {drilldown.images:,} validation images"
    )
    return style(figure, "Consistency after each step", "; ".join([subtitle, *drilldown.caveats]))
