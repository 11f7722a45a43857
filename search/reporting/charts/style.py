"""The style of all charts: fonts, colours, accuracy axis, captions with data set, n and caveats.

Charts are readable on light and dark backgrounds. Never imports torch.
"""

from collections.abc import Sequence
from html import escape
from math import log10
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from search.evaluation.intervals import standard_error
from search.study.settings import StudySettings

COLOURS = (
    "#3b8ed0",
    "#e08214",
    "#2a9d6f",
    "#b06cc0",
    "#d1495b",
)  # readable on light and dark backgrounds
GREY, FAINT_GREY = "#7f7f7f", "rgba(127,127,127,0.25)"
TRANSPARENT = "rgba(0,0,0,0)"
LINE_LENGTH = 88  # characters per line of a subtitle: half the width of a page
SMALLEST_ERROR = 0.01  # %: used for an error of 0, whose logarithm is undefined
TICKS = (
    0.02,
    0.05,
    0.1,
    0.2,
    0.3,
    0.4,
    0.5,
    0.6,
    0.7,
    0.8,
    0.9,
    1,
    1.5,
    2,
    3,
    5,
    10,
    20,
    40,
    90,
)  # % error
LABELS = 8  # labels on an axis of accuracies at most


def style(figure: go.Figure, title: str, subtitle: str = "") -> go.Figure:
    """Set the title and the common style of a figure, and return the figure.

    title, subtitle: plain text; also stored in `layout.meta`, from which the report's page reads
    them.
    """
    lines = [escape(line, quote=False) for line in wrap(subtitle, LINE_LENGTH)]
    small = "".join(f"<br><span style='font-size:11px'>{line}</span>" for line in lines)
    figure.update_layout(
        meta={"title": title, "subtitle": subtitle},
        title={
            "text": f"<b>{escape(title, quote=False)}</b>{small}",
            "font_size": 15,
            "x": 0.02,
            "xanchor": "left",
        },
        title_y=0.96,
        title_yanchor="top",
        font={"color": GREY, "size": 12},
        paper_bgcolor=TRANSPARENT,
        plot_bgcolor=TRANSPARENT,
        margin={"l": 60, "r": 20, "t": 50 + 15 * len(lines), "b": 40},
        legend={"orientation": "h", "y": -0.2, "font_size": 11},
        modebar={"bgcolor": TRANSPARENT, "color": FAINT_GREY, "activecolor": GREY},
    )
    figure.layout.template = (
        go.layout.Template()
    )  # plotly's default template is larger than most figures
    axis = {"gridcolor": FAINT_GREY, "linecolor": GREY, "zeroline": False, "title_standoff": 6}
    figure.update_xaxes(axis)
    figure.update_yaxes(axis)
    return figure


def context(setup: StudySettings, best: float | None = None) -> str:
    """Return a caption with data set, n and caveats. best: an accuracy; adds its standard error."""
    images = setup.validation_images
    if images is None:
        return "; ".join([f"{setup.data}, validation split", *setup.caveats])
    parts = [f"{setup.data}, n = {images:,} validation images"]
    if best is not None:
        error = 100 * standard_error(best, images)
        parts.append(f"standard error of the best: {error:.2f} percentage points")
    return "; ".join([*parts, *setup.caveats])


def accuracy_axis(title: str, errors: Sequence[float]) -> dict[str, Any]:
    """Return the layout of an accuracy axis in % that spans `errors` (in %), best on top.

    The axis is logarithmic in the error: 99.2 and 99.4 are as far apart as 90 and 92.5.
    """
    low, high = min(errors, default=0.5) / 1.15, max(errors, default=3.0) * 1.15
    ticks: list[float] = []
    for tick in (tick for tick in TICKS if low <= tick <= high):
        if not ticks or log10(tick / ticks[-1]) >= log10(high / low) / LABELS:
            ticks.append(tick)
    return {
        "title_text": f"{title} (%)",
        "type": "log",
        "range": [round(log10(high), 3), round(log10(low), 3)],
        "tickvals": ticks,
        "ticktext": [f"{100 - tick:g}" for tick in ticks],
    }


def error_percent(accuracy: float) -> float:
    """Return the coordinate of an accuracy (0 to 1) on that axis: its error in %."""
    return max(round(100 * (1 - accuracy), 3), SMALLEST_ERROR)
