"""What a confirmation found, drawn: the race, the runs on test, the way of the score, the bars.

Never imports torch.
"""

from typing import NamedTuple

import plotly.graph_objects as go

from search.candidates.wording import counted, percent, whole_percent
from search.evaluation.results import Confirmation, FinalResult, Interval, RaceResult
from search.reporting.charts.style import (
    COLOURS,
    FAINT_GREY,
    GREY,
    accuracy_axis,
    error_percent,
    style,
)

ROW = 44  # CSS pixels of a racer or of a bar
AXIS = 90  # and of the axis below them


class RaceRow(NamedTuple):
    """A racer: the selected run, its repeats and their mean. fate: "wins", "left after 2", ..."""

    name: str
    selected: float
    scores: tuple[float, ...]
    mean: float | None
    fate: str


class SelectionStage(NamedTuple):
    """A figure on the way from the search to the test. runs: that it is the mean of."""

    name: str
    consistency: float
    runs: int
    images: int


class PublishedDifference(NamedTuple):
    """Our mean minus a published figure, in points. parameters: the bar's."""

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
            racer.selected,
            racer.scores,
            racer.mean if racer.scores else None,
            _fate(race, racer.trial, racer.left_after),
        )
        for racer in order
    )


def _fate(race: RaceResult, trial: int, left_after: int | None) -> str:
    if trial == race.winner:
        return "wins"
    if left_after is not None:
        return f"left after {left_after}"
    return "rival" if trial in race.rivals else "stayed"


def selection_to_test(confirmed: Confirmation) -> tuple[SelectionStage, ...]:
    """Selected, repeated on validation, repeated on test with all training images."""
    race, final = confirmed.race, confirmed.final
    winner = next(racer for racer in race.racers if racer.trial == final.trial)
    return (
        SelectionStage("selected", winner.selected, 1, race.images),
        SelectionStage("repeated", winner.mean, len(winner.scores), race.images),
        SelectionStage("on test", final.mean, len(final.runs), final.images),
    )


def published_differences(final: FinalResult) -> tuple[PublishedDifference, ...]:
    """To every bar, in percentage points."""
    return tuple(
        PublishedDifference(
            found.bar,
            found.parameters,
            100 * found.difference,
            100 * found.interval.low,
            100 * found.interval.high,
        )
        for found in final.differences
    )


def draw_race(found: tuple[RaceRow, ...], race: RaceResult) -> go.Figure:
    """A row a racer: repeats as dots, their mean as a bar, the selected run hollow."""
    figure, rows = go.Figure(), [f"{lane.name}<br>{lane.fate}" for lane in found]
    marks = [
        ("the run that was selected", [(row, lane.selected) for row, lane in _rows(rows, found)],
         {"symbol": "circle-open", "size": 11, "color": COLOURS[1], "line": {"width": 2}}),
        ("a repeat", [(row, score) for row, lane in _rows(rows, found) for score in lane.scores],
         {"symbol": "circle", "size": 8, "color": COLOURS[0], "opacity": 0.75}),
        ("mean of the repeats", [(row, lane.mean) for row, lane in _rows(rows, found) if lane.mean],
         {"symbol": "line-ns-open", "size": 24, "color": COLOURS[0], "line": {"width": 3}}),
    ]  # fmt: skip
    for name, points, marker in marks:
        figure.add_scatter(
            y=[row for row, _ in points],
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
                        categoryarray=rows)  # fmt: skip
    figure.update_layout(height=AXIS + ROW * len(rows))
    told = f"n = {race.images:,} validation images; {race.test}, level {whole_percent(race.level)}"
    if race.rivals:
        told += "; a rival cannot be told apart from the winner"
    return style(figure, "The race", told)


def _rows(rows: list[str], found: tuple[RaceRow, ...]) -> list[tuple[str, RaceRow]]:
    return list(zip(rows, found, strict=True))


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
    told = (
        f"{counted(len(final.runs), 'run')} on all {final.train_examples:,} training images; "
        f"n = {final.images:,} test images; shaded: the window of {counted(window, 'epoch')}; "
        f"dashed: the target of {percent(target)}"
    )
    return style(figure, "Test accuracy per epoch", told)


def draw_selection_to_test(found: tuple[SelectionStage, ...], interval: Interval) -> go.Figure:
    """The three figures one after another, the last with its interval."""
    figure = go.Figure()
    figures = [error_percent(stage.consistency) for stage in found]
    low, high = error_percent(interval.high), error_percent(interval.low)
    spans = [0.0] * (len(found) - 1)
    figure.add_scatter(
        x=[f"{stage.name}<br>{counted(stage.runs, 'run')}" for stage in found],
        y=figures,
        text=[percent(stage.consistency) for stage in found],
        textposition=["top center"] * (len(found) - 1) + ["middle right"],
        mode="lines+markers+text",
        line={"color": FAINT_GREY, "width": 2},
        marker={"size": 11, "color": [COLOURS[1], COLOURS[0], COLOURS[2]]},
        error_y={
            "type": "data", "symmetric": False, "color": COLOURS[2], "width": 6,
            "array": [*spans, high - figures[-1]], "arrayminus": [*spans, figures[-1] - low],
        },
        hoverinfo="skip",
        showlegend=False,
    )  # fmt: skip
    figure.update_xaxes(range=[-0.4, len(found) - 0.4], showgrid=False)
    figure.update_yaxes(accuracy_axis("consistency", [*figures, low, high]))
    figure.update_layout(height=300)
    told = (
        f"Selected and repeated: n = {found[0].images:,} validation images. On test: all training "
        f"images learned from, n = {found[-1].images:,} test images, with the "
        f"{whole_percent(interval.level)} interval for a new run on new images"
    )
    return style(figure, "From the selected figure to the confirmed one", told)


def draw_published_differences(
    found: tuple[PublishedDifference, ...], final: FinalResult
) -> go.Figure:
    """Our mean minus each bar, with its interval; zero marked."""
    figure = go.Figure()
    figure.add_scatter(
        y=[f"{gap.name}<br>{gap.parameters:,} parameters" for gap in found],
        x=[round(gap.points, 3) for gap in found],
        error_x={
            "type": "data", "symmetric": False, "color": COLOURS[0], "width": 5,
            "array": [round(gap.high - gap.points, 3) for gap in found],
            "arrayminus": [round(gap.points - gap.low, 3) for gap in found],
        },
        mode="markers",
        marker={"size": 10, "color": COLOURS[0]},
        hovertemplate="%{x:+.2f} points",
        showlegend=False,
    )  # fmt: skip
    figure.add_vline(0, line={"color": GREY, "width": 1})
    figure.update_xaxes(title_text="our mean minus theirs (points of accuracy)")
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_layout(height=AXIS + ROW * len(found))
    level = final.differences[0].interval.level if final.differences else 0.95
    told = (
        f"Ours: mean of {counted(len(final.runs), 'run')}, n = {final.images:,} test images not "
        f"searched on; theirs: single runs chosen on test. Lines: {whole_percent(level)} intervals"
    )
    return style(figure, "Difference from the public bars", told)
