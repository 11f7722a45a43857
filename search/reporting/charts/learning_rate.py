"""Chart of the schedule: learning rate and momentum over the epochs. Never imports torch."""

from typing import NamedTuple

import plotly.graph_objects as go

from search.candidates.recipe import Recipe, rates
from search.candidates.wording import counted
from search.reporting.charts.style import COLOURS, style

POINTS = 400  # points of the curve, approximate maximum
STEPS = 100  # steps per epoch assumed if the number of training images is unknown


class RateCurve(NamedTuple):
    """Epochs completed, learning rate and momentum at each point of the curve.

    steps: the number of steps of the whole training, 0 if it is unknown.
    """

    epochs: tuple[float, ...]
    rates: tuple[float, ...]
    momenta: tuple[float, ...]
    steps: int


def rate_curve(recipe: Recipe, train: int | None) -> RateCurve:
    """Return the schedule of a training. train: number of training images, None if unknown."""
    per_epoch = max(1, train // recipe.batch) if train else STEPS
    points = [(step / per_epoch, *pair) for step, pair in enumerate(rates(recipe, per_epoch))]
    thinned = points[:: max(1, len(points) // POINTS)]
    if thinned[-1] != points[-1]:
        thinned.append(points[-1])
    epochs, learning_rates, momenta = zip(*thinned, strict=True)
    return RateCurve(epochs, learning_rates, momenta, len(points) if train else 0)


def draw_rate_curve(data: RateCurve, recipe: Recipe) -> go.Figure:
    """Draw the learning rate over the epochs, and the momentum if it changes."""
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
    figure.update_xaxes(title_text="epoch", range=[0, recipe.epochs])
    figure.update_layout(yaxis={"title_text": "learning rate", "rangemode": "tozero"}, height=260)
    subtitle = f"{counted(recipe.epochs, 'epoch')}, batch size {recipe.batch:,}"
    steps = f", {data.steps:,} steps" if data.steps else ""
    return style(figure, "Learning rate", subtitle + steps)
