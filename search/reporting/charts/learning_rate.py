"""Chart of the schedule: learning rate and momentum over the steps. Never imports torch."""

from typing import NamedTuple

import plotly.graph_objects as go

from search.candidates.recipe import Recipe, rates
from search.candidates.wording import counted
from search.reporting.charts.style import COLOURS, style

POINTS = 400  # of the curve at most
STEPS = 100  # an epoch, where the number of training images is not known


class RateCurve(NamedTuple):
    """Per point the epochs done, the learning rate and the momentum. steps: of all epochs."""

    epochs: tuple[float, ...]
    rates: tuple[float, ...]
    momenta: tuple[float, ...]
    steps: int


def rate_curve(recipe: Recipe, train: int | None) -> RateCurve:
    """The schedule of a training. train: images, None where their number is not known."""
    per_epoch = max(1, train // recipe.batch) if train else STEPS
    points = [(step / per_epoch, *pair) for step, pair in enumerate(rates(recipe, per_epoch))]
    thinned = points[:: max(1, len(points) // POINTS)]
    if thinned[-1] != points[-1]:
        thinned.append(points[-1])
    epochs, learning_rates, momenta = zip(*thinned, strict=True)
    return RateCurve(epochs, learning_rates, momenta, len(points) if train else 0)


def draw_rate_curve(data: RateCurve, recipe: Recipe) -> go.Figure:
    """The rate over the epochs, and the momentum if it changes."""
    figure = go.Figure()
    epochs = [round(epoch, 3) for epoch in data.epochs]
    shape = "hv" if recipe.schedule.kind == "step" else "linear"
    figure.add_scatter(
        x=epochs,
        y=[float(f"{rate:.4g}") for rate in data.rates],
        mode="lines",
        line={"color": COLOURS[0], "width": 2, "shape": shape},
        fill="tozeroy",
        fillcolor="rgba(59,142,208,0.12)",
        name="learning rate",
        hovertemplate="epoch %{x:.1f}: %{y:.3g}",
    )
    if len(set(data.momenta)) > 1:
        figure.add_scatter(
            x=epochs,
            y=[round(momentum, 4) for momentum in data.momenta],
            mode="lines",
            line={"color": COLOURS[1], "width": 1.5, "dash": "dot"},
            name="momentum",
            yaxis="y2",
            hovertemplate="epoch %{x:.1f}: %{y:.3f}",
        )
        right = {"overlaying": "y", "side": "right", "showgrid": False, "title_text": "momentum"}
        figure.update_layout(yaxis2=right | {"automargin": True})
    figure.update_xaxes(title_text="epochs", range=[0, recipe.epochs])
    figure.update_layout(yaxis={"title_text": "learning rate", "rangemode": "tozero"}, height=260)
    subtitle = f"{counted(recipe.epochs, 'epoch')} of batches of {counted(recipe.batch, 'image')}"
    steps = f", {data.steps:,} steps" if data.steps else ""
    return style(figure, "Learning rate", subtitle + steps)
