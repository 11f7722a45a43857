"""Seeds and public bars beside a study's candidates, in its picture. Never imports torch."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from search.candidates.baselines import Baseline, PublicResult, lowest_of_window
from search.candidates.wording import counted, percent
from search.evaluation.intervals import mean
from search.evaluation.repeats import Repeat
from search.evaluation.results import FinalResult
from search.reporting.charts.style import COLOURS, accuracy_axis, error_percent

SYMBOLS = {  # by kind
    "public bar": ("star-open", COLOURS[3]),
    "seed, published": ("diamond-open", COLOURS[3]),
    "seed, our repeats": ("diamond", COLOURS[3]),
    "ours, confirmed on test": ("star", COLOURS[2]),
}


class LandscapeMark(NamedTuple):
    """A figure on test. kind: a key of SYMBOLS; told: what it is of."""

    kind: str
    name: str
    parameters: int
    accuracy: float
    told: str


class BaselineMarks(NamedTuple):
    """What the picture has room for, and how many lie outside it."""

    marks: tuple[LandscapeMark, ...]
    beyond: int


def lowest_scores(repeats: Sequence[Repeat]) -> tuple[float, ...]:
    """The lowest accuracy of the last epochs of each repeat that did not fail, as published."""
    return tuple(lowest_of_window(repeat.accuracy) for repeat in repeats if not repeat.failure)


def baseline_marks(
    baselines: Sequence[Baseline],
    bars: Sequence[PublicResult],
    measured: Mapping[str, Sequence[Repeat]],
    most: int,
) -> BaselineMarks:
    """Marks of at most so many parameters."""
    found = [
        LandscapeMark(
            "public bar", bar.name, bar.parameters, bar.lowest, "single run, chosen on test"
        )
        for bar in bars
    ]
    for each in baselines:
        if each.published.lowest is not None:
            told = "published, single run, chosen on test"
            accuracy = each.published.lowest
            found.append(
                LandscapeMark("seed, published", each.name, each.parameters, accuracy, told)
            )
        if ours := lowest_scores(measured.get(each.name, ())):
            told = f"mean of our {counted(len(ours), 'repeat')} by its recipe, test"
            found.append(
                LandscapeMark("seed, our repeats", each.name, each.parameters, mean(ours), told)
            )
    inside = tuple(mark for mark in found if mark.parameters <= most)
    return BaselineMarks(
        inside, len({mark.name for mark in found} - {mark.name for mark in inside})
    )


def confirmed_mark(final: FinalResult, parameters: int) -> LandscapeMark:
    """Our own confirmed figure."""
    told = f"mean of {counted(len(final.runs), 'run')}, n = {final.images:,} test images"
    name = f"trial {final.trial}"
    return LandscapeMark("ours, confirmed on test", name, parameters, final.mean, told)


def add_marks(figure: go.Figure, marks: Sequence[LandscapeMark]) -> None:
    """Puts the marks into a drawn landscape, whose axes grow to hold them."""
    for kind, (symbol, colour) in SYMBOLS.items():
        of_kind = [mark for mark in marks if mark.kind == kind]
        if not of_kind:
            continue
        figure.add_scatter(
            x=[mark.parameters for mark in of_kind],
            y=[error_percent(mark.accuracy) for mark in of_kind],
            customdata=[[mark.name, percent(mark.accuracy), mark.told] for mark in of_kind],
            name=kind,
            mode="markers",
            marker={
                "symbol": symbol,
                "color": colour,
                "size": 10,
                "line": {"width": 1.5, "color": colour},
            },
            hovertemplate="%{customdata[0]}: %{customdata[1]}<br>%{x:,} parameters"
            "<br>%{customdata[2]}<extra></extra>",
        )
    _grow(figure)


def _grow(figure: go.Figure) -> None:
    shown = [trace for trace in figure.data if trace.yaxis != "y2"]
    errors = [y for trace in shown for y in trace.y if y is not None]
    sizes = [x for trace in shown for x in trace.x if x is not None]
    if errors:
        low, high = figure.layout.xaxis.range
        figure.update_layout(yaxis=accuracy_axis("consistency", errors))
        figure.update_xaxes(range=[min(low, round(0.95 * min(sizes))), high])
