"""Published networks and public results, added to the chart of parameters against consistency.

Never imports torch.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from search.candidates.baselines import Baseline, PublicResult, lowest_of_window
from search.candidates.wording import counted, percent
from search.evaluation.intervals import mean
from search.evaluation.repeats import Repeat
from search.evaluation.results import FinalResult
from search.reporting.charts.style import COLOURS, accuracy_axis, error_percent

SYMBOLS = {  # marker symbol and colour by kind of mark; the kinds are the legend's texts
    "public result": ("star-open", COLOURS[3]),
    "published network, as published": ("diamond-open", COLOURS[3]),
    "published network, retrained": ("diamond", COLOURS[3]),
    "this study, confirmed on test": ("star", COLOURS[2]),
}


class LandscapeMark(NamedTuple):
    """A test accuracy, 0 to 1. kind: a key of SYMBOLS. description: how it was measured."""

    kind: str
    name: str
    parameters: int
    accuracy: float
    description: str


class BaselineMarks(NamedTuple):
    """The marks within the chart. outside: the number of networks that are too large for it."""

    marks: tuple[LandscapeMark, ...]
    outside: int


def lowest_scores(repeats: Sequence[Repeat]) -> tuple[float, ...]:
    """Return the lowest accuracy of the last 5 epochs of each repeat that did not fail."""
    return tuple(lowest_of_window(repeat.accuracy) for repeat in repeats if not repeat.failure)


def baseline_marks(
    baselines: Sequence[Baseline],
    results: Sequence[PublicResult],
    repeats: Mapping[str, Sequence[Repeat]],
    largest: int,
) -> BaselineMarks:
    """Return the marks of at most `largest` parameters. repeats: by baseline name."""
    marks = [
        LandscapeMark(
            "public result",
            name=result.name,
            parameters=result.parameters,
            accuracy=result.lowest,
            description="single run, selected on the test set",
        )
        for result in results
    ]
    for baseline in baselines:
        if baseline.published.lowest is not None:
            marks.append(
                LandscapeMark(
                    "published network, as published",
                    name=baseline.name,
                    parameters=baseline.parameters,
                    accuracy=baseline.published.lowest,
                    description="published; single run, selected on the test set",
                )
            )
        if scores := lowest_scores(repeats.get(baseline.name, ())):
            marks.append(
                LandscapeMark(
                    "published network, retrained",
                    name=baseline.name,
                    parameters=baseline.parameters,
                    accuracy=mean(scores),
                    description=f"mean of {counted(len(scores), 'repeat')} of its recipe, test set",
                )
            )
    inside = tuple(mark for mark in marks if mark.parameters <= largest)
    outside = {mark.name for mark in marks} - {mark.name for mark in inside}
    return BaselineMarks(inside, len(outside))


def confirmed_mark(final: FinalResult, parameters: int) -> LandscapeMark:
    """Return the mark of the confirmed candidate, at its mean test consistency."""
    description = f"mean of {counted(len(final.runs), 'run')}, n = {final.images:,} test images"
    name = f"trial {final.trial}"
    return LandscapeMark("this study, confirmed on test", name, parameters, final.mean, description)


def add_marks(figure: go.Figure, marks: Sequence[LandscapeMark]) -> None:
    """Add the marks to a drawn landscape and extend its axes to include them."""
    for kind, (symbol, colour) in SYMBOLS.items():
        of_kind = [mark for mark in marks if mark.kind == kind]
        if not of_kind:
            continue
        figure.add_scatter(
            x=[mark.parameters for mark in of_kind],
            y=[error_percent(mark.accuracy) for mark in of_kind],
            customdata=[[mark.name, percent(mark.accuracy), mark.description] for mark in of_kind],
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
    _fit_axes(figure)


def _fit_axes(figure: go.Figure) -> None:
    shown = [trace for trace in figure.data if trace.yaxis != "y2"]
    errors = [y for trace in shown for y in trace.y if y is not None]
    sizes = [x for trace in shown for x in trace.x if x is not None]
    if errors:
        low, high = figure.layout.xaxis.range
        figure.update_layout(yaxis=accuracy_axis("consistency", errors))
        figure.update_xaxes(range=[min(low, round(0.95 * min(sizes))), high])
