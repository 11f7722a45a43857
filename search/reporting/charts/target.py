"""A target in the picture of parameters against consistency, and who is believed to hold it."""

from collections.abc import Sequence

import plotly.graph_objects as go

from search.candidates.wording import percent
from search.reporting.charts.style import COLOURS, GREY, error_percent


def add_target(figure: go.Figure, held: Sequence[tuple[int, int, float]], target: float) -> None:
    """A dotted line, and a ring around those that hold it: (trial, parameters, consistency)."""
    figure.add_hline(error_percent(target), line={"color": GREY, "dash": "dot", "width": 1})
    figure.add_scatter(
        x=[parameters for _, parameters, _ in held],
        y=[error_percent(accuracy) for _, _, accuracy in held],
        customdata=[number for number, _, _ in held],
        name=f"believed to hold {percent(target)} (dotted)",
        mode="markers",
        marker={
            "symbol": "circle-open",
            "color": COLOURS[1],
            "size": 14,
            "line": {"width": 2, "color": COLOURS[1]},
        },
        hovertemplate="trial %{customdata} holds the target<br>%{x:,} parameters<extra></extra>",
    )
