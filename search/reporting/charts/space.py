"""What a space proposes: parameters, MACs and depth, within and over the budget. No torch."""

from collections.abc import Sequence
from math import log10
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from search.candidates.space_preview import ProposalSize, SpacePreview
from search.candidates.wording import counted
from search.reporting.charts.style import COLOURS, GREY, style

BINS = 40  # of parameters and MACs at most
TAIL = 0.99  # share of the proposals that the axis of the parameters shows
HEIGHT = 620  # pixels
WITHIN, OVER = COLOURS[0], "rgba(127,127,127,0.45)"
DECADES = (1, 2, 5)  # labels of a logarithmic axis, times powers of ten


class Histogram(NamedTuple):
    """Proposals by bin. edges: one more than there are bins. within, over: numbers of proposals."""

    edges: tuple[float, ...]
    within: tuple[int, ...]
    over: tuple[int, ...]


def histogram(sizes: Sequence[ProposalSize], name: str, edges: Sequence[float]) -> Histogram:
    """Count proposals by a field of `ProposalSize`; the outer bins include all beyond them."""
    values = np.clip([getattr(size, name) for size in sizes], edges[0], edges[-1])
    within = np.array([size.within for size in sizes])
    counts = [np.histogram(values[chosen], edges)[0].tolist() for chosen in (within, ~within)]
    return Histogram(tuple(edges), tuple(counts[0]), tuple(counts[1]))


def parameter_edges(preview: SpacePreview) -> list[float]:
    """Bins of equal width from 0; an edge lies just above the budget."""
    budget = preview.budget.parameters
    most = float(np.quantile([size.parameters for size in preview.sizes], TAIL))
    width = max(1, round(max(most, budget) / BINS))
    width = max(1, -(-budget // max(1, budget // width)))  # a whole number of bins below the budget
    bins = max(budget // width + 1, int(most // width) + 1)
    return [n * width + 0.5 for n in range(bins + 1)]


def draw_space(preview: SpacePreview) -> go.Figure:
    """Draw three histograms, one below the other, with the share within the budget as title."""
    macs = [size.macs for size in preview.sizes]
    depths = [size.depth for size in preview.sizes]
    low, high = log10(max(1, min(macs))), log10(max(1, *macs) * 1.001)
    rows = (
        ("parameters", parameter_edges(preview)),
        ("macs", (10 ** np.linspace(low, max(high, low + 0.1), BINS + 1)).tolist()),
        ("depth", [n - 0.5 for n in range(min(depths), max(depths) + 2)]),
    )
    figure = make_subplots(rows=len(rows), cols=1, vertical_spacing=0.13)
    for row, (name, edges) in enumerate(rows, start=1):
        bars = histogram(preview.sizes, name, edges)
        _add_bars(figure, row, bars, logarithmic=name == "macs")
    proposals = counted(preview.samples, "proposal")
    share = f"Within the budget: {100 * preview.share:.1f} % of {proposals}"
    figure = style(figure, share, f"Budget: {preview.budget}")
    figure.update_layout(height=HEIGHT, barmode="stack", bargap=0.05)
    figure.update_xaxes(title_text="parameters", row=1, col=1)
    figure.update_xaxes(title_text="MACs per image (logarithmic)", row=2, col=1)
    figure.update_xaxes(_log_ticks(low, high), row=2, col=1)
    figure.update_xaxes(title_text="depth (layers with weights)", dtick=1, row=3, col=1)
    figure.update_yaxes(title_text="proposals")
    figure.add_vline(
        x=preview.budget.parameters,
        row=1,
        col=1,
        line={"color": GREY, "dash": "dash", "width": 1},
        annotation={"text": "budget", "font_size": 11},
    )
    return figure


def _add_bars(figure: go.Figure, row: int, bars: Histogram, *, logarithmic: bool) -> None:
    edges = np.log10(bars.edges) if logarithmic else np.array(bars.edges)
    for name, colour, counts in (
        ("within the budget", WITHIN, bars.within),
        ("over the budget", OVER, bars.over),
    ):
        figure.add_bar(
            x=((edges[1:] + edges[:-1]) / 2).tolist(),
            y=counts,
            width=np.diff(edges).tolist(),
            name=name,
            marker_color=colour,
            showlegend=row == 1,
            hovertemplate="%{y:,}",
            row=row,
            col=1,
        )


def _log_ticks(low: float, high: float) -> dict[str, list[object]]:
    """Labels at 1, 2 and 5 times powers of ten. low, high: decimal logarithms."""
    ticks = [(log10(m) + p, m * 10**p) for p in range(int(low), int(high) + 1) for m in DECADES]
    shown = [(place, value) for place, value in ticks if low <= place <= high]
    return {"tickvals": [p for p, _ in shown], "ticktext": [f"{v:,}" for _, v in shown]}
