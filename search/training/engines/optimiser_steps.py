"""Optimisers as steps on one tensor of weights, which can be captured as a CUDA graph.

The formulas are those of torch.optim. The host computes the coefficients of every step in advance;
an update reads them from a tensor on the device and exchanges no data with the host.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Protocol

import torch
from torch import Tensor

from search.candidates.recipe import ADAMW_BETA, Recipe

CLIP_EPSILON = 1e-6  # of torch.nn.utils.clip_grad_norm_
NADAM_BASE = 0.96  # of torch.optim.NAdam's momentum schedule
NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)  # coefficients: the default of torch.optim.Muon
MUON_EPSILON = 1e-7  # the default of torch.optim.Muon


class OptimiserStep(Protocol):
    """Updates weights. Its state is on their device and starts at zero."""

    def coefficients(self, rate: float, momentum: float, step: int) -> tuple[float, ...]:
        """Return the coefficients of `update` at a step, counted from 1 over the whole training.

        Must be called for all steps in order.
        """

    def update(self, weights: Tensor, gradient: Tensor, coefficients: Tensor) -> None:
        """Take one step. Changes weights and gradient (W,) in place; coefficients (F,), float32."""


@dataclass(frozen=True)
class KernelPlace:
    """The place of a kernel (out, in, height, width) in the tensor of all weights.

    offset and stride: in elements.
    """

    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]

    @property
    def scale(self) -> float:
        """Factor on the rate of the kernel: adjust_lr_fn "original" of torch.optim.Muon."""
        rows, size = self.shape[0], self.shape[0] * self.shape[1] * self.shape[2] * self.shape[3]
        return sqrt(max(1.0, rows * rows / size))

    def view(self, weights: Tensor) -> Tensor:
        """Return the part of `weights`, or of a tensor of the same layout, as a kernel."""
        start = weights.storage_offset() + self.offset
        return weights.as_strided(self.shape, self.stride, start)


class SgdStep:
    """torch.optim.SGD with weight decay and with plain or Nesterov momentum."""

    def __init__(self, weights: Tensor, recipe: Recipe) -> None:
        self._velocity = torch.zeros_like(weights)
        self._decay, self._nesterov = recipe.weight_decay, recipe.nesterov

    def coefficients(self, rate: float, momentum: float, step: int) -> tuple[float, ...]:  # noqa: ARG002
        """See `OptimiserStep`."""
        return momentum, -rate

    def update(self, weights: Tensor, gradient: Tensor, coefficients: Tensor) -> None:
        """See `OptimiserStep`."""
        momentum, minus_rate = coefficients[0], coefficients[1]
        if self._decay:
            gradient.add_(weights, alpha=self._decay)
        torch.addcmul(gradient, self._velocity, momentum, out=self._velocity)
        direction = self._velocity
        if self._nesterov:
            direction = torch.addcmul(gradient, self._velocity, momentum)
        weights.addcmul_(direction, minus_rate)


class RmspropStep:
    """torch.optim.RMSprop with weight decay and momentum, not centred."""

    def __init__(self, weights: Tensor, recipe: Recipe) -> None:
        self._velocity, self._square = torch.zeros_like(weights), torch.zeros_like(weights)
        self._decay, self._alpha = recipe.weight_decay, recipe.alpha
        self._epsilon = recipe.epsilon

    def coefficients(self, rate: float, momentum: float, step: int) -> tuple[float, ...]:  # noqa: ARG002
        """See `OptimiserStep`."""
        return momentum, -rate

    def update(self, weights: Tensor, gradient: Tensor, coefficients: Tensor) -> None:
        """See `OptimiserStep`."""
        momentum, minus_rate = coefficients[0], coefficients[1]
        if self._decay:
            gradient.add_(weights, alpha=self._decay)
        self._square.mul_(self._alpha).addcmul_(gradient, gradient, value=1 - self._alpha)
        direction = gradient / self._square.sqrt().add_(self._epsilon)
        torch.addcmul(direction, self._velocity, momentum, out=self._velocity)
        weights.addcmul_(self._velocity, minus_rate)


class AdamStep:
    """torch.optim.Adam, or AdamW, which decouples weight decay from the gradient."""

    def __init__(self, weights: Tensor, recipe: Recipe, decoupled: bool) -> None:
        self._mean, self._square = torch.zeros_like(weights), torch.zeros_like(weights)
        self._decay, self._decoupled = recipe.weight_decay, decoupled
        self._beta2, self._epsilon = recipe.beta2, recipe.epsilon

    def coefficients(self, rate: float, momentum: float, step: int) -> tuple[float, ...]:
        """See `OptimiserStep`."""
        shrinkage = 1 - rate * self._decay if self._decoupled else 1.0
        correction = 1 / sqrt(1 - self._beta2**step)
        return 1 - momentum, correction, -rate / (1 - momentum**step), shrinkage

    def update(self, weights: Tensor, gradient: Tensor, coefficients: Tensor) -> None:
        """See `OptimiserStep`."""
        new_share, correction, minus_rate, shrinkage = coefficients[:4].unbind()
        if self._decay and self._decoupled:
            weights.mul_(shrinkage)
        elif self._decay:
            gradient.add_(weights, alpha=self._decay)
        self._mean.lerp_(gradient, new_share)
        self._square.mul_(self._beta2).addcmul_(gradient, gradient, value=1 - self._beta2)
        root = self._square.sqrt().mul_(correction).add_(self._epsilon)
        weights.addcmul_(self._mean / root, minus_rate)


class NadamStep:
    """torch.optim.NAdam, with weight decay added to the gradient."""

    def __init__(self, weights: Tensor, recipe: Recipe) -> None:
        self._mean, self._square = torch.zeros_like(weights), torch.zeros_like(weights)
        self._decay, self._momentum_decay = recipe.weight_decay, recipe.momentum_decay
        self._beta2, self._epsilon = recipe.beta2, recipe.epsilon
        self._product = 1.0  # of the momenta of all steps so far

    def coefficients(self, rate: float, momentum: float, step: int) -> tuple[float, ...]:
        """See `OptimiserStep`."""
        now, later = (
            momentum * (1 - 0.5 * NADAM_BASE ** (each * self._momentum_decay))
            for each in (step, step + 1)
        )
        self._product = now if step == 1 else self._product * now
        of_gradient = -rate * (1 - now) / (1 - self._product)
        of_mean = -rate * later / (1 - self._product * later)
        return 1 - momentum, 1 / sqrt(1 - self._beta2**step), of_gradient, of_mean

    def update(self, weights: Tensor, gradient: Tensor, coefficients: Tensor) -> None:
        """See `OptimiserStep`."""
        new_share, correction, of_gradient, of_mean = coefficients[:4].unbind()
        if self._decay:
            gradient.add_(weights, alpha=self._decay)
        self._mean.lerp_(gradient, new_share)
        self._square.mul_(self._beta2).addcmul_(gradient, gradient, value=1 - self._beta2)
        root = self._square.sqrt().mul_(correction).add_(self._epsilon)
        weights.addcmul_(gradient.mul_(of_gradient).addcmul_(self._mean, of_mean), 1 / root)


class MuonStep:
    """torch.optim.Muon for the kernels of convolutions, AdamW for all weights in front of them.

    kernels: in the order of their offsets, at the end of the weights.
    """

    def __init__(
        self, weights: Tensor, recipe: Recipe, kernels: tuple[KernelPlace, ...] = ()
    ) -> None:
        self._kernels, self._recipe = kernels, recipe
        self._others = slice(0, kernels[0].offset if kernels else len(weights))
        self._adamw = AdamStep(weights[self._others], recipe, decoupled=True)
        self._velocity = torch.zeros_like(weights)

    def coefficients(self, rate: float, momentum: float, step: int) -> tuple[float, ...]:
        """See `OptimiserStep`."""
        shrinkage = 1 - rate * self._recipe.weight_decay
        other_rate = rate * self._recipe.adamw_rate / self._recipe.rate
        others = self._adamw.coefficients(other_rate, ADAMW_BETA, step)
        return 1 - momentum, momentum, -rate, shrinkage, *others

    def update(self, weights: Tensor, gradient: Tensor, coefficients: Tensor) -> None:
        """See `OptimiserStep`."""
        new_share, momentum, minus_rate, shrinkage = coefficients[:4].unbind()
        self._adamw.update(weights[self._others], gradient[self._others], coefficients[4:])
        self._velocity.lerp_(gradient, new_share)
        direction = self._velocity
        if self._recipe.nesterov:
            direction = gradient.lerp_(self._velocity, momentum)
        if self._recipe.weight_decay:
            weights[self._others.stop :].mul_(shrinkage)
        for place in self._kernels:
            # in channels_last format the matrix is a copy
            update = orthogonalised(place.view(direction).flatten(1), self._recipe.muon_steps)
            kernel = place.view(weights)
            kernel.addcmul_(update.view_as(kernel), minus_rate, value=place.scale)


def orthogonalised(matrix: Tensor, steps: int) -> Tensor:
    """Return an approximation of U V^T of the matrix U S V^T (rows, columns), bfloat16.

    The Newton-Schulz iteration of torch.optim.Muon, in the same operations.
    """
    a, b, c = NEWTON_SCHULZ
    tall = matrix.shape[0] > matrix.shape[1]
    result = matrix.bfloat16().T if tall else matrix.bfloat16()
    result = result / result.norm().clamp(min=MUON_EPSILON)
    for _ in range(steps):
        gram = result @ result.T
        result = torch.addmm(result, torch.addmm(gram, gram, gram, beta=b, alpha=c), result, beta=a)
    return result.T if tall else result


def clip(gradient: Tensor, limit: float) -> None:
    """Scale the gradient (W,) in place to an L2 norm of at most `limit`, as clip_grad_norm_."""
    gradient.mul_((limit / (gradient.norm() + CLIP_EPSILON)).clamp_(max=1.0))


def optimiser_step(
    recipe: Recipe, weights: Tensor, kernels: tuple[KernelPlace, ...] = ()
) -> OptimiserStep:
    """Return the recipe's optimiser for weights (W,), float32, which end with the kernels."""
    if recipe.optimiser == "sgd":
        return SgdStep(weights, recipe)
    if recipe.optimiser == "rmsprop":
        return RmspropStep(weights, recipe)
    if recipe.optimiser == "nadam":
        return NadamStep(weights, recipe)
    if recipe.optimiser == "muon":
        return MuonStep(weights, recipe, kernels)
    return AdamStep(weights, recipe, decoupled=recipe.optimiser == "adamw")
