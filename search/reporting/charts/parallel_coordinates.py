"""Parallel coordinates: what the best candidates have in common. Never imports torch.

The chart consists of plain lines: plotly's own kind needs WebGL and does not print.
"""

from collections.abc import Callable, Sequence
from math import log10
from typing import Any, NamedTuple

import plotly.graph_objects as go

from search.candidates.architecture import Architecture
from search.candidates.blocks import widths
from search.candidates.candidate import Candidate
from search.candidates.recipe import Recipe
from search.candidates.wording import percent
from search.reporting.charts.style import (
    COLOURS,
    FAINT_GREY,
    GREY,
    accuracy_axis,
    context,
    error_percent,
    style,
)
from search.study.records import Record, ranked
from search.study.settings import StudySettings

COLOURED = 5  # coloured lines: the best candidates
GREY_LINES = 150  # grey lines at most, sampled evenly from the best to the worst
MOST_AXES = 9  # more do not fit the width of the page
TICKS = 5  # labels of a numeric axis at most
NAME_HEIGHT = 1.1  # y position of the names of the axes, which extend from 0 to 1
NETWORK: tuple[tuple[str, Callable[[Architecture], Any]], ...] = (
    ("parameters", lambda a: a.parameters),
    ("depth", lambda a: a.depth),
    ("largest width", lambda a: max(widths(a.blocks), default=0)),
    ("head", lambda a: a.head.kind),
)
TRAINING: tuple[tuple[str, Callable[[Recipe], Any]], ...] = (
    ("optimiser", lambda r: r.optimiser),
    ("schedule", lambda r: r.schedule.kind),
    ("batch", lambda r: r.batch),
    ("rotation", lambda r: r.augmentation.rotation),
    ("shift", lambda r: r.augmentation.shift),
    ("smoothing", lambda r: r.smoothing),
    ("EMA", lambda r: r.ema),
    ("epochs", lambda r: r.epochs),
)


class Axis(NamedTuple):
    """The axis of one setting. ticks: (position from 0 to 1, label)."""

    name: str
    ticks: tuple[tuple[float, str], ...]


class Line(NamedTuple):
    """The line of one candidate. places: its position on each axis, 0 to 1. values: as texts."""

    number: int
    consistency: float
    places: tuple[float, ...]
    values: tuple[str, ...]


class ParallelCoordinates(NamedTuple):
    """The settings that differ between candidates, consistency last; and the lines, best first."""

    axes: tuple[Axis, ...]
    lines: tuple[Line, ...]


def parallel_coordinates(records: Sequence[Record]) -> ParallelCoordinates:
    """Compute axes and lines from the candidates trained to the end."""
    best = [record for record in ranked(records) if record.candidate]
    differing = {
        name: values
        for name, values in _columns([r.candidate for r in best if r.candidate]).items()
        if len(set(values)) > 1
    }
    columns = dict(list(differing.items())[: MOST_AXES - 1])
    scaled = {name: _linear_places(values) for name, values in columns.items()}
    columns["consistency"] = [percent(record.consistency or 0.0) for record in best]
    scaled["consistency"] = _accuracy_places([record.consistency or 0.0 for record in best])
    lines = [
        Line(
            record.number,
            record.consistency or 0.0,
            tuple(round(places[row], 4) for places, _ in scaled.values()),
            tuple(_label(values[row]) for values in columns.values()),
        )
        for row, record in enumerate(best)
    ]
    step = max(1, -(-(len(lines) - COLOURED) // GREY_LINES))
    axes = tuple(Axis(name, ticks) for name, (_, ticks) in scaled.items())
    return ParallelCoordinates(axes, (*lines[:COLOURED], *lines[COLOURED::step]))


def _columns(candidates: Sequence[Candidate]) -> dict[str, list[Any]]:
    network = {name: [get(c.architecture) for c in candidates] for name, get in NETWORK}
    return network | {name: [get(c.recipe) for c in candidates] for name, get in TRAINING}


def _linear_places(values: Sequence[Any]) -> tuple[list[float], tuple[tuple[float, str], ...]]:
    """Return positions from 0 to 1 and ticks: one per value for words, a few for numbers."""
    kinds = sorted(set(values))
    if isinstance(values[0], str) or len(kinds) <= TICKS:
        place = {kind: n / max(1, len(kinds) - 1) for n, kind in enumerate(kinds)}
        return [place[value] for value in values], tuple((place[k], _label(k)) for k in kinds)
    low, high = kinds[0], kinds[-1]
    ends = [(n / (TICKS - 1), low + (high - low) * n / (TICKS - 1)) for n in range(TICKS)]
    whole = all(isinstance(value, int) for value in values)
    ticks = tuple((at, _label(round(value) if whole else value)) for at, value in ends)
    return [(value - low) / (high - low) for value in values], ticks


def _accuracy_places(scores: Sequence[float]) -> tuple[list[float], tuple[tuple[float, str], ...]]:
    """Return positions and ticks as in `style.accuracy_axis`: logarithmic error, best on top."""
    logs = [-log10(error_percent(score)) for score in scores]
    low, wide = min(logs), (max(logs) - min(logs)) or 1.0
    axis = accuracy_axis("", [error_percent(score) for score in scores])
    labelled = [
        ((-log10(at) - low) / wide, label)
        for at, label in zip(axis["tickvals"], axis["ticktext"], strict=True)
    ]
    ticks = tuple((round(at, 4), label) for at, label in labelled if 0 <= at <= 1)
    return [(place - low) / wide for place in logs], ticks


def _label(value: Any) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def draw_parallel_coordinates(data: ParallelCoordinates, setup: StudySettings) -> go.Figure:
    """Draw one line per candidate; the best have the same colours as in the learning curves."""
    figure = go.Figure()
    places = list(range(len(data.axes)))
    others = data.lines[COLOURED:]
    if others:
        figure.add_scatter(
            x=[x for _ in others for x in (*places, None)],
            y=[y for line in others for y in (*line.places, None)],
            mode="lines",
            line={"color": FAINT_GREY, "width": 1},
            hoverinfo="skip",
            name="others",
        )
    for rank, (line, colour) in enumerate(zip(data.lines, COLOURS, strict=False)):
        figure.add_scatter(
            x=places,
            y=line.places,
            mode="lines+markers",
            line={"color": colour, "width": 2},
            marker={"size": 6},
            text=line.values,
            name=f"trial {line.number}: {percent(line.consistency)}",
            zorder=COLOURED - rank,
            hovertemplate="%{text}",
        )
    figure.update_layout(
        shapes=[_axis_line(place) for place in places],
        annotations=[text for place in places for text in _axis_labels(place, data.axes[place])],
    )
    figure.update_xaxes(visible=False, range=[-0.35, len(places) - 0.35], fixedrange=True)
    figure.update_yaxes(visible=False, range=[-0.06, NAME_HEIGHT + 0.06], fixedrange=True)
    subtitle = (
        f"Coloured: the best {min(COLOURED, len(data.lines))} of {len(data.lines)} candidates. "
    )
    return style(figure, "Settings of the candidates", subtitle + context(setup))


def _axis_line(place: int) -> dict[str, Any]:
    line = {"color": GREY, "width": 1}
    return {"x0": place, "x1": place, "y0": 0, "y1": 1, "line": line, "layer": "below"}


def _axis_labels(place: int, axis: Axis) -> list[dict[str, Any]]:
    """Return the name above an axis and the labels to its right."""
    name = {"x": place, "y": NAME_HEIGHT, "text": f"<b>{axis.name}</b>", "showarrow": False}
    beside = {"x": place, "showarrow": False, "xanchor": "left", "xshift": 5, "font": {"size": 10}}
    return [name, *({"y": at, "text": label, **beside} for at, label in axis.ticks)]
