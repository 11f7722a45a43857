"""Charts of a confirmation: race, runs on test, selection to test, published results.

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

ROW_HEIGHT = 44  # CSS pixels of a racer or of a bar
AXIS_HEIGHT = 90  # and of the axis below them


class RaceRow(NamedTuple):
    """A racer: the selected run, its repeats and their mean. outcome: "wins", "left after 2"."""

    name: str
    selected: float
    scores: tuple[float, ...]
    mean: float | None
    outcome: str


class SelectionStage(NamedTuple):
    """A mean consistency at one stage from search to test. runs: number of runs in the mean."""

    name: str
    consistency: float
    runs: int
    images: int


class PublishedDifference(NamedTuple):
    """Our mean minus a published figure, in points. parameters: of the published network."""

    name: str
    parameters: int
    points: float
    low: float
    high: float


def race_rows(race: RaceResult) -> tuple[RaceRow, ...]:
    """The racers, the winner first, then by mean, those who left last."""
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
        return "wins"
    if left_after is not None:
        return f"left after {left_after}"
    return "rival" if trial in race.rivals else "stayed"


def selection_to_test(confirmation: Confirmation) -> tuple[SelectionStage, ...]:
    """Selected, repeated on validation, repeated on test with all training images."""
    race, final = confirmation.race, confirmation.final
    winner = next(racer for racer in race.racers if racer.trial == final.trial)
    return (
        SelectionStage("selected", winner.selected, 1, race.images),
        SelectionStage("repeated", winner.mean, len(winner.scores), race.images),
        SelectionStage("on test", final.mean, len(final.runs), final.images),
    )


def published_differences(final: FinalResult) -> tuple[PublishedDifference, ...]:
    """The differences to all public results, in percentage points."""
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
    """One row per racer: repeats as dots, their mean as a bar, the selected run hollow."""
    figure = go.Figure()
    labels = [f"{row.name}<br>{row.outcome}" for row in rows]
    labelled = list(zip(labels, rows, strict=True))
    marks = [
        ("the run that was selected", [(label, row.selected) for label, row in labelled],
         {"symbol": "circle-open", "size": 11, "color": COLOURS[1], "line": {"width": 2}}),
        ("a repeat", [(label, score) for label, row in labelled for score in row.scores],
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
        f"n = {race.images:,} validation images; {race.test}, level {whole_percent(race.level)}"
    )
    if race.rivals:
        subtitle += "; a rival cannot be told apart from the winner"
    return style(figure, "The race", subtitle)


def draw_runs(final: FinalResult, window: int, target: float) -> go.Figure:
    """Test accuracy per epoch of every final run, the exported one strong, the target dashed."""
    figure = go.Figure()
    for run in final.runs:
        exported = run.number == final.median
        figure.add_scatter(
            x=list(range(1, len(run.accuracy) + 1)),
            y=[error_percent(accuracy) for accuracy in run.accuracy],
            customdata=[round(100 * accuracy, 3) for accuracy in run.accuracy],
            name=f"run {run.number}: {percent(run.consistency)}" + ", exported" * exported,
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
        f"{counted(len(final.runs), 'run')} on all {final.train_examples:,} training images; "
        f"n = {final.images:,} test images; shaded: the window of {counted(window, 'epoch')}; "
        f"dashed: the target of {percent(target)}"
    )
    return style(figure, "Test accuracy per epoch", subtitle)


def draw_selection_to_test(stages: tuple[SelectionStage, ...], interval: Interval) -> go.Figure:
    """The three figures one after another, the last with its interval."""
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
        f"Selected and repeated: n = {stages[0].images:,} validation images. On test: all training "
        f"images learned from, n = {stages[-1].images:,} test images, with the "
        f"{whole_percent(interval.level)} interval for a new run on new images"
    )
    return style(figure, "From the selected figure to the confirmed one", subtitle)


def draw_published_differences(
    differences: tuple[PublishedDifference, ...], final: FinalResult
) -> go.Figure:
    """Our mean minus each public result, with its interval; zero marked."""
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
        hovertemplate="%{x:+.2f} points",
        showlegend=False,
    )  # fmt: skip
    figure.add_vline(0, line={"color": GREY, "width": 1})
    figure.update_xaxes(title_text="our mean minus theirs (points of accuracy)")
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_layout(height=AXIS_HEIGHT + ROW_HEIGHT * len(differences))
    level = final.differences[0].interval.level if final.differences else 0.95
    subtitle = (
        f"Ours: mean of {counted(len(final.runs), 'run')}, n = {final.images:,} test images not "
        f"searched on; theirs: single runs chosen on test. Lines: {whole_percent(level)} intervals"
    )
    return style(figure, "Difference from the public bars", subtitle)
