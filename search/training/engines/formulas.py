"""Optimisers as formulas on one piece of memory, whose figures lie on the device.

A captured step cannot take a rate from the host. So each formula says which figures a step needs,
and a step reads them from a row of a table. torch's own optimisers are their oracle in the tests.
"""

from math import sqrt
from typing import Protocol

import torch
from torch import Tensor

from search.candidates.recipe import Recipe

SECOND_BETA = 0.999  # torch's default for Adam and AdamW, as is the next
EPSILON = 1e-8


class Formula(Protocol):
    """What moves the weights. Its own state begins at zero and lies beside them."""

    def figures(self, rate: float, momentum: float, step: int) -> tuple[float, ...]:
        """What `move` needs to know at a step, counted from 1 over the whole training."""

    def move(self, weights: Tensor, gradient: Tensor, figures: Tensor) -> None:
        """One step. weights and gradient (W,) are changed in place; figures (F,), float32."""


class Sgd:
    """torch.optim.SGD with momentum, Nesterov's or not, and weight decay."""

    def __init__(self, weights: Tensor, recipe: Recipe) -> None:
        self._velocity = torch.zeros_like(weights)
        self._decay, self._nesterov = recipe.weight_decay, recipe.nesterov

    def figures(self, rate: float, momentum: float, step: int) -> tuple[float, ...]:  # noqa: ARG002
        """See `Formula`."""
        return momentum, -rate

    def move(self, weights: Tensor, gradient: Tensor, figures: Tensor) -> None:
        """See `Formula`."""
        momentum, minus_rate = figures[0], figures[1]
        if self._decay:
            gradient.add_(weights, alpha=self._decay)
        torch.addcmul(gradient, self._velocity, momentum, out=self._velocity)
        way = torch.addcmul(gradient, self._velocity, momentum) if self._nesterov else None
        weights.addcmul_(self._velocity if way is None else way, minus_rate)


class Adam:
    """torch.optim.Adam, or AdamW where the decay is apart from the gradient."""

    def __init__(self, weights: Tensor, recipe: Recipe) -> None:
        self._mean, self._square = torch.zeros_like(weights), torch.zeros_like(weights)
        self._decay, self._apart = recipe.weight_decay, recipe.optimiser == "adamw"

    def figures(self, rate: float, momentum: float, step: int) -> tuple[float, ...]:
        """See `Formula`."""
        shrunk = 1 - rate * self._decay if self._apart else 1.0
        deviation = 1 / sqrt(1 - SECOND_BETA**step)
        return 1 - momentum, deviation, -rate / (1 - momentum**step), shrunk

    def move(self, weights: Tensor, gradient: Tensor, figures: Tensor) -> None:
        """See `Formula`."""
        fresh, deviation, minus_rate, shrunk = figures[:4].unbind()
        if self._decay and self._apart:
            weights.mul_(shrunk)
        elif self._decay:
            gradient.add_(weights, alpha=self._decay)
        self._mean.lerp_(gradient, fresh)
        self._square.mul_(SECOND_BETA).addcmul_(gradient, gradient, value=1 - SECOND_BETA)
        spread = self._square.sqrt().mul_(deviation).add_(EPSILON)
        weights.addcmul_(self._mean / spread, minus_rate)


def formula(recipe: Recipe, weights: Tensor) -> Formula:
    """The recipe's optimiser for weights (W,), float32."""
    return Sgd(weights, recipe) if recipe.optimiser == "sgd" else Adam(weights, recipe)
