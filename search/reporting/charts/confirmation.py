"""Charts of a confirmation: race, test runs, selection bias, public results.

Never imports torch.
"""

from typing import NamedTuple

import plotly.graph_objects as go

from search.candidates.wording import counted, percent, whole_percent
from search.evaluation.intervals import Interval
from search.evaluation.results import Confirmation, FinalResult, RaceResult
from search.reporting.charts.style import (
    COLOURS,
    FAINT_GREY,
    GREY,
    accuracy_axis,
    error_percent,
    style,
)

ROW_HEIGHT = 44  # CSS pixels for a candidate or a public result
AXIS_HEIGHT = 90  # CSS pixels for the axis below them


class RaceRow(NamedTuple):
    """A candidate in the race. All scores are consistencies, 0 to 1.

    selected: the score of the run in the search. scores: of its repeats. outcome: "winner",
    "dropped after 2 repeats", "comparable" or "kept to the end".
    """

    name: str
    selected: float
    scores: tuple[float, ...]
    mean: float | None
    outcome: str


class SelectionStage(NamedTuple):
    """The mean consistency at one stage. runs: number of runs in the mean. images: n."""

    name: str
    consistency: float
    runs: int
    images: int


class PublishedDifference(NamedTuple):
    """The mean of this study minus a public result, in percentage points, with its interval.

    parameters: of the public network.
    """

    name: str
    parameters: int
    points: float
    low: float
    high: float


def race_rows(race: RaceResult) -> tuple[RaceRow, ...]:
    """Return the candidates: the winner first, then by mean, dropped candidates last."""
    order = sorted(
        race.racers, key=lambda r: (r.trial != race.winner, r.left_after is not None, -r.mean)
    )
    return tuple(
        RaceRow(
            f"trial {racer.trial}",
            selected=racer.selected,
            scores=racer.scores,
            mean=racer.mean if racer.scores else None,
            outcome=_race_outcome(race, racer.trial, racer.left_after),
        )
        for racer in order
    )


def _race_outcome(race: RaceResult, trial: int, left_after: int | None) -> str:
    if trial == race.winner:
        return "winner"
    if left_after is not None:
        return f"dropped after {counted(left_after, 'repeat')}"
    return "comparable" if trial in race.rivals else "kept to the end"


def selection_to_test(confirmation: Confirmation) -> tuple[SelectionStage, ...]:
    """Return the winner's consistency in the search, in the race and on the test set."""
    race, final = confirmation.race, confirmation.final
    winner = next(racer for racer in race.racers if racer.trial == final.trial)
    return (
        SelectionStage("search", winner.selected, 1, race.images),
        SelectionStage("race", winner.mean, len(winner.scores), race.images),
        SelectionStage("test set", final.mean, len(final.runs), final.images),
    )


def published_differences(final: FinalResult) -> tuple[PublishedDifference, ...]:
    """Return the differences from all public results, in percentage points."""
    return tuple(
        PublishedDifference(
            difference.bar,
            parameters=difference.parameters,
            points=100 * difference.difference,
            low=100 * difference.interval.low,
            high=100 * difference.interval.high,
        )
        for difference in final.differences
    )


def draw_race(rows: tuple[RaceRow, ...], race: RaceResult) -> go.Figure:
    """Draw one row per candidate: repeats as dots, their mean as a line, the search run hollow."""
    figure = go.Figure()
    labels = [f"{row.name}<br>{row.outcome}" for row in rows]
    labelled = list(zip(labels, rows, strict=True))
    marks = [
        ("run in the search", [(label, row.selected) for label, row in labelled],
         {"symbol": "circle-open", "size": 11, "color": COLOURS[1], "line": {"width": 2}}),
        ("repeat", [(label, score) for label, row in labelled for score in row.scores],
         {"symbol": "circle", "size": 8, "color": COLOURS[0], "opacity": 0.75}),
        ("mean of the repeats", [(label, row.mean) for label, row in labelled if row.mean],
         {"symbol": "line-ns-open", "size": 24, "color": COLOURS[0], "line": {"width": 3}}),
    ]  # fmt: skip
    for name, points, marker in marks:
        figure.add_scatter(
            y=[label for label, _ in points],
            x=[error_percent(score) for _, score in points],
            customdata=[round(100 * score, 3) for _, score in points],
            name=name,
            mode="markers",
            marker=marker,
            hovertemplate="%{customdata} %",
        )
    errors = [error_percent(score) for _, points, _ in marks for _, score in points]
    figure.update_xaxes(accuracy_axis("validation consistency", errors))
    figure.update_xaxes(autorange=False)
    figure.update_yaxes(autorange="reversed", automargin=True, categoryorder="array",
                        categoryarray=labels)  # fmt: skip
    figure.update_layout(height=AXIS_HEIGHT + ROW_HEIGHT * len(rows))
    subtitle = (
        f"n = {race.images:,} validation images; test: {race.test}; level "
        f"{whole_percent(race.level)}"
    )
    if race.rivals:
        subtitle += "; comparable: not significantly different from the winner"
    return style(figure, "Race of the best candidates", subtitle)


def draw_runs(final: FinalResult, window: int, target: float) -> go.Figure:
    """Draw the test accuracy per epoch of every final run; the exported run is a thicker line."""
    figure = go.Figure()
    for run in final.runs:
        exported = run.number == final.median
        figure.add_scatter(
            x=list(range(1, len(run.accuracy) + 1)),
            y=[error_percent(accuracy) for accuracy in run.accuracy],
            customdata=[round(100 * accuracy, 3) for accuracy in run.accuracy],
            name=f"run {run.number}: {percent(run.consistency)}" + " (exported)" * exported,
            mode="lines",
            line={"color": COLOURS[run.number % len(COLOURS)], "width": 3 if exported else 1.5},
            hovertemplate="epoch %{x}: %{customdata} %",
        )
    last = max(len(run.accuracy) for run in final.runs)
    figure.add_vrect(
        last - window + 0.5, last + 0.5, fillcolor=GREY, opacity=0.12, line_width=0, layer="below"
    )
    figure.add_hline(error_percent(target), line={"color": GREY, "dash": "dash", "width": 1})
    errors = [error_percent(a) for run in final.runs for a in run.accuracy]
    figure.update_xaxes(title_text="epoch", dtick=1 if last <= 20 else None)
    figure.update_yaxes(accuracy_axis("test accuracy", [*errors, error_percent(target)]))
    subtitle = (
        f"{counted(len(final.runs), 'run')} trained on all {final.train_examples:,} training "
        f"images; n = {final.images:,} test images; shaded: window of the last "
        f"{counted(window, 'epoch')}; dashed: target of {percent(target)}"
    )
    return style(figure, "Test accuracy per epoch", subtitle)


def draw_selection_to_test(stages: tuple[SelectionStage, ...], interval: Interval) -> go.Figure:
    """Draw the consistency at the three stages, with an interval at the last one."""
    figure = go.Figure()
    errors = [error_percent(stage.consistency) for stage in stages]
    low, high = error_percent(interval.high), error_percent(interval.low)
    spans = [0.0] * (len(stages) - 1)
    figure.add_scatter(
        x=[f"{stage.name}<br>{counted(stage.runs, 'run')}" for stage in stages],
        y=errors,
        text=[percent(stage.consistency) for stage in stages],
        textposition=["top center"] * (len(stages) - 1) + ["middle right"],
        mode="lines+markers+text",
        line={"color": FAINT_GREY, "width": 2},
        marker={"size": 11, "color": [COLOURS[1], COLOURS[0], COLOURS[2]]},
        error_y={
            "type": "data", "symmetric": False, "color": COLOURS[2], "width": 6,
            "array": [*spans, high - errors[-1]], "arrayminus": [*spans, errors[-1] - low],
        },
        hoverinfo="skip",
        showlegend=False,
    )  # fmt: skip
    figure.update_xaxes(range=[-0.4, len(stages) - 0.4], showgrid=False)
    figure.update_yaxes(accuracy_axis("consistency", [*errors, low, high]))
    figure.update_layout(height=300)
    subtitle = (
        f"Search and race: n = {stages[0].images:,} validation images. Test set: trained on all "
        f"training images, n = {stages[-1].images:,} test images, with the "
        f"{whole_percent(interval.level)} interval for the expected consistency"
    )
    return style(figure, "Consistency in the search, in the race and on the test set", subtitle)


def draw_published_differences(
    differences: tuple[PublishedDifference, ...], final: FinalResult
) -> go.Figure:
    """Draw the difference from each public result with its interval; a line marks zero."""
    figure = go.Figure()
    above = [round(difference.high - difference.points, 3) for difference in differences]
    below = [round(difference.points - difference.low, 3) for difference in differences]
    figure.add_scatter(
        y=[
            f"{difference.name}<br>{difference.parameters:,} parameters"
            for difference in differences
        ],
        x=[round(difference.points, 3) for difference in differences],
        error_x={
            "type": "data", "symmetric": False, "color": COLOURS[0], "width": 5,
            "array": above, "arrayminus": below,
        },
        mode="markers",
        marker={"size": 10, "color": COLOURS[0]},
        hovertemplate="%{x:+.2f} percentage points",
        showlegend=False,
    )  # fmt: skip
    figure.add_vline(0, line={"color": GREY, "width": 1})
    figure.update_xaxes(title_text="difference in consistency (percentage points)")
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_layout(height=AXIS_HEIGHT + ROW_HEIGHT * len(differences))
    level = final.differences[0].interval.level if final.differences else 0.95
    subtitle = (
        f"This study (mean of {counted(len(final.runs), 'run')}, n = {final.images:,} test images "
        "not used for selection) minus the public result (lowest of the last 5 epochs of a single "
        f"run selected on the test set). Lines: {whole_percent(level)} intervals"
    )
    return style(figure, "Difference from public results", subtitle)
