"""The charts of a study: candidates, learning curves, outcomes. No torch.

Charts have a limited size for a study of any size, because the dashboard stores them in the study.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from search.candidates.wording import counted, duration, percent
from search.reporting.charts.style import (
    COLOURS,
    FAINT_GREY,
    GREY,
    accuracy_axis,
    context,
    error_percent,
    style,
)
from search.study.records import COUNTED, Record, ranked
from search.study.settings import StudySettings
from search.study.smallest import frontier, rank_candidates

COLOURED = 5  # coloured curves: the best candidates
GREY_CURVES = 100  # grey curves at most, sampled evenly from the best to the worst
POINTS = 600  # points of one kind at most, the best ones
BINS = 50  # proposals over budget are counted in bins as wide as the budget divided by this
AXIS_END = 1.5  # end of the axis of parameters, as a multiple of the budget


class Point(NamedTuple):
    """A candidate. accuracy: its consistency, or its last accuracy if it was stopped early."""

    number: int
    parameters: int
    accuracy: float


class Landscape(NamedTuple):
    """Parameters against consistency.

    frontier: the Pareto front, by size: no candidate with as few parameters has such a high score.
    over_budget: (rounded number of parameters, number of proposals over budget). off_axis: number
    of further proposals beyond the end of the axis. believed: the candidates verified to reach the
    target, in a search for the smallest network.
    """

    trained: tuple[Point, ...]
    stopped: tuple[Point, ...]
    frontier: tuple[Point, ...]
    over_budget: tuple[tuple[int, int], ...]
    off_axis: int
    believed: tuple[Point, ...] = ()


class LearningCurves(NamedTuple):
    """Validation accuracy per epoch of the best and of the others.

    window: first and last epoch in the score of the best; None if no candidate is trained yet.
    """

    best: tuple[Record, ...]
    others: tuple[tuple[float, ...], ...]
    window: tuple[int, int] | None


class Effort(NamedTuple):
    """Outcomes of the trials, and the training time saved by early stopping.

    outcomes: (outcome, number of trials). stopped_after: (epoch, number of candidates stopped after
    it). epochs: number of epochs trained. epochs_saved: not trained because of early stopping.
    seconds_saved: estimated duration of these, from each candidate's own seconds per epoch.
    """

    outcomes: tuple[tuple[str, int], ...]
    stopped_after: tuple[tuple[int, int], ...]
    epochs: int
    epochs_saved: int
    seconds_saved: float


def landscape(records: Sequence[Record], budget: int, target: float | None = None) -> Landscape:
    """Compute the landscape of all candidates. budget: parameters. target: see `StudySettings`."""
    trained = [Point(r.number, r.parameters, r.consistency or 0.0) for r in ranked(records)]
    believed = frontier(records, target).believed if target is not None else ()
    stopped = [
        Point(r.number, r.parameters, r.validation_accuracy[-1])
        for r in records
        if r.outcome == "stopped early" and r.epochs
    ]
    stopped.sort(key=lambda point: -point.accuracy)
    over = [r.parameters for r in records if r.outcome == "over budget"]
    near = [parameters for parameters in over if parameters <= budget * AXIS_END]
    step = max(1, budget // BINS)
    bins = Counter(round(parameters / step) * step for parameters in near)
    return Landscape(
        tuple(trained[:POINTS]),
        stopped=tuple(stopped[:POINTS]),
        frontier=_pareto_front(trained),
        over_budget=tuple(sorted(bins.items())),
        off_axis=len(over) - len(near),
        believed=tuple(point for point in trained if point.number in believed),
    )


def _pareto_front(points: Iterable[Point]) -> tuple[Point, ...]:
    frontier: list[Point] = []
    for point in sorted(points, key=lambda point: (point.parameters, -point.accuracy)):
        if not frontier or point.accuracy > frontier[-1].accuracy:
            frontier.append(point)
    return tuple(frontier)


def learning_curves(
    records: Sequence[Record], window: int, target: float | None = None
) -> LearningCurves:
    """Compute the curves of the best and of the others.

    window: number of last epochs in the score. target: see `StudySettings`.
    """
    best = rank_candidates(records, target)[:COLOURED]
    numbers = {record.number for record in best}
    others = [r.validation_accuracy for r in records if r.epochs and r.number not in numbers]
    others.sort(key=max, reverse=True)
    step = -(-len(others) // GREY_CURVES) or 1
    last = best[0].epochs if best else 0
    shaded = (max(1, last - window + 1), last) if best else None
    return LearningCurves(tuple(best), tuple(others[::step]), shaded)


def effort(records: Sequence[Record]) -> Effort:
    """Compute the outcomes and what early stopping saved."""
    stopped = [r for r in records if r.outcome == "stopped early" and r.epochs and r.candidate]
    skipped = [r.candidate.recipe.epochs - r.epochs if r.candidate else 0 for r in stopped]
    return Effort(
        tuple(Counter(record.outcome for record in records).most_common()),
        tuple(sorted(Counter(record.epochs for record in stopped).items())),
        sum(record.epochs for record in records if record.outcome in COUNTED),
        sum(skipped),
        sum(r.seconds / r.epochs * epochs for r, epochs in zip(stopped, skipped, strict=True)),
    )


def draw_landscape(data: Landscape, setup: StudySettings) -> go.Figure:
    """Draw parameters against consistency, with the budget and the Pareto front."""
    figure, budget = go.Figure(), setup.budget.parameters
    figure.add_scatter(**_candidate_marks(data.stopped, "stopped early (last accuracy)", "x", GREY))
    figure.add_scatter(**_candidate_marks(data.trained, "trained", "circle", COLOURS[0]))
    if data.frontier:
        steps = [*data.frontier, data.frontier[-1]._replace(parameters=budget)]
        figure.add_scatter(
            x=[point.parameters for point in steps],
            y=[error_percent(point.accuracy) for point in steps],
            name="Pareto front",
            line={"shape": "hv", "color": COLOURS[1], "width": 1.5},
            mode="lines",
            hoverinfo="skip",
        )
    if setup.target is not None:
        add_target(figure, data.believed, setup.target)
    _add_rug(figure, data)
    figure.add_vline(budget, line={"color": GREY, "dash": "dash", "width": 1})
    points = [*data.trained, *data.stopped]
    low = 0.95 * min((point.parameters for point in points), default=budget / 2)
    figure.update_xaxes(title_text="parameters", tickformat=",d")
    figure.update_xaxes(range=[round(low), budget * AXIS_END], anchor="y2")
    figure.update_yaxes(accuracy_axis("consistency", [error_percent(p.accuracy) for p in points]))
    figure.update_layout(
        yaxis_domain=[0.1, 1], yaxis2={"domain": [0, 0.06], "visible": False, "fixedrange": True}
    )
    best = max((point.accuracy for point in data.trained), default=None)
    subtitle = f"Dashed: budget of {budget:,} parameters. {context(setup, best)}"
    return style(figure, "Parameters against consistency", subtitle)


def _add_rug(figure: go.Figure, data: Landscape) -> None:
    total = sum(count for _, count in data.over_budget) + data.off_axis
    figure.add_scatter(
        x=[parameters for parameters, _ in data.over_budget],
        y=[0] * len(data.over_budget),
        customdata=[count for _, count in data.over_budget],
        name=f"over budget: {total:,}"
        + f" ({data.off_axis:,} outside the chart)" * (data.off_axis > 0),
        mode="markers",
        marker={"symbol": "line-ns-open", "size": 12, "color": COLOURS[4]},
        hovertemplate="%{customdata} over budget at about %{x:,} parameters<extra></extra>",
        yaxis="y2",
    )


def _candidate_marks(
    points: tuple[Point, ...], name: str, symbol: str, colour: str
) -> dict[str, Any]:
    return {
        "x": [point.parameters for point in points],
        "y": [error_percent(point.accuracy) for point in points],
        "customdata": [[point.number, round(100 * point.accuracy, 3)] for point in points],
        "name": name + f", best {POINTS} only" * (len(points) == POINTS),
        "mode": "markers",
        "marker": {"symbol": symbol, "color": colour, "size": 7},
        "hovertemplate": "trial %{customdata[0]}: %{customdata[1]} %<br>%{x:,} parameters"
        "<extra></extra>",
    }


def draw_learning_curves(data: LearningCurves, setup: StudySettings) -> go.Figure:
    """Draw the validation accuracy per epoch, with the window shaded."""
    figure = go.Figure()
    if data.others:
        figure.add_scatter(
            x=[x for curve in data.others for x in [*range(1, len(curve) + 1), None]],
            y=[y for curve in data.others for y in [*map(error_percent, curve), None]],
            name="others",
            line={"color": FAINT_GREY, "width": 1},
            mode="lines",
            hoverinfo="skip",
        )
    for record, colour in zip(data.best, COLOURS, strict=False):
        figure.add_scatter(
            x=list(range(1, record.epochs + 1)),
            y=[error_percent(accuracy) for accuracy in record.validation_accuracy],
            customdata=[round(100 * accuracy, 3) for accuracy in record.validation_accuracy],
            name=f"trial {record.number}: {percent(record.consistency or 0.0)}",
            line={"color": colour, "width": 2},
            mode="lines",
            hovertemplate="epoch %{x}: %{customdata} %",
        )
    if data.window:
        first, last = data.window
        figure.add_vrect(
            first - 0.5, last + 0.5, fillcolor=GREY, opacity=0.12, line_width=0, layer="below"
        )
    errors = [error_percent(a) for r in data.best for a in r.validation_accuracy]
    figure.update_xaxes(title_text="epoch", dtick=1 if setup.budget.epochs <= 20 else None)
    figure.update_yaxes(accuracy_axis("validation accuracy", errors))
    best = data.best[0].consistency if data.best else None
    window = counted(setup.window, "epoch")
    subtitle = f"Shaded: window of the last {window}. {context(setup, best)}"
    return style(figure, "Validation accuracy per epoch", subtitle)


def draw_effort(data: Effort, setup: StudySettings) -> go.Figure:
    """Draw the outcomes, and the number of candidates stopped after each epoch."""
    figure = make_subplots(cols=2, horizontal_spacing=0.12, figure=go.Figure())
    outcomes, trials = zip(*data.outcomes, strict=True) if data.outcomes else ((), ())
    epochs, stopped = zip(*data.stopped_after, strict=True) if data.stopped_after else ((), ())
    figure.add_bar(y=outcomes, x=trials, text=trials, orientation="h", row=1, col=1)
    figure.add_bar(x=epochs, y=stopped, text=stopped, row=1, col=2)
    for bars, colour in zip(figure.data, COLOURS, strict=False):
        bars.update(marker_color=colour, textposition="outside", cliponaxis=False)
    figure.update_xaxes(title_text="trials", showticklabels=False, col=1)
    figure.update_yaxes(autorange="reversed", automargin=True, col=1)
    end = setup.budget.epochs
    figure.update_xaxes(title_text="stopped early after epoch", range=[0.4, end + 0.6], col=2)
    figure.update_yaxes(showticklabels=False, col=2)
    figure.update_traces(hoverinfo="skip")
    figure.update_layout(showlegend=False, bargap=0.4)
    summary = "Early stopping has not saved any epochs so far"
    if data.epochs_saved:
        planned = data.epochs + data.epochs_saved
        share = data.epochs_saved / planned
        summary = (
            f"Early stopping saved {data.epochs_saved:,} of {planned:,} epochs "
            f"({share:.0%}), about {duration(data.seconds_saved)} of training"
        )
    return style(
        figure, "Outcomes and epochs saved", "; ".join([summary, setup.data, *setup.caveats])
    )


def add_target(figure: go.Figure, believed: Sequence[Point], target: float) -> None:
    """Add the target as a dotted line, and a ring around each candidate verified to reach it."""
    figure.add_hline(error_percent(target), line={"color": GREY, "dash": "dot", "width": 1})
    figure.add_scatter(
        x=[point.parameters for point in believed],
        y=[error_percent(point.accuracy) for point in believed],
        customdata=[point.number for point in believed],
        name=f"verified to reach {percent(target)} (dotted line)",
        mode="markers",
        marker={
            "symbol": "circle-open",
            "color": COLOURS[1],
            "size": 14,
            "line": {"width": 2, "color": COLOURS[1]},
        },
        hovertemplate="trial %{customdata} reaches the target<br>%{x:,} parameters<extra></extra>",
    )
