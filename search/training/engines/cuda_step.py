"""A candidate's training as a step that can be repeated as it is: what changes is on the device.

The host writes an epoch's order, rates and pixels once; then each step reads its own row by a
counter that it moves on itself. So a step may run as it stands, on any device, or be captured once
as a CUDA graph and replayed. Knows no stream and no graph.
"""

from collections.abc import Iterator
from copy import deepcopy
from itertools import islice
from math import sqrt
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional

from search.candidates.candidate import Candidate
from search.candidates.recipe import Recipe, rates
from search.randomness import permutation
from search.seeds import derive
from search.training.dropout import with_generator_dropout
from search.training.network import build_network
from search.training.pool import Weights
from search.training.trainer import EMA_WARM_START, DeviceData, check_norms, weight_arrays

SCORED_AT_ONCE = 2_000  # validation images: few launches
ALIGNED = 128  # floats: every tensor starts at a multiple of 512 bytes, as torch's own memory does
SECOND_BETA = 0.999  # torch's default for Adam and AdamW, as is the next
EPSILON = 1e-8


class CapturableTraining:
    """A candidate under training, whose `step` takes nothing from the host and gives it nothing.

    Draws, images and formulas are those of `search.training.trainer`; dropout masks are its own.
    Nothing here waits for the device. TrainingError as there.
    """

    def __init__(self, candidate: Candidate, seed: int, data: DeviceData) -> None:
        self.recipe, self.seed, self.data = candidate.recipe, seed, data
        self.batch = min(self.recipe.batch, len(data.labels))
        self.steps = len(data.labels) // self.batch  # of an epoch
        check_norms(candidate, self.batch)
        self._build(candidate)
        self._formula = optimiser_step(self.recipe, self.flat.learned)
        self._rates = enumerate(rates(self.recipe, self.steps), 1)
        self._tables()

    def _build(self, candidate: Candidate) -> None:
        device = self.data.device
        network = build_network(candidate.architecture, derive(self.seed, "weights")).to(device)
        network = network.to(memory_format=torch.channels_last)
        self.generator = torch.Generator(device)
        self.scored = deepcopy(network).eval()  # plain, as it draws nothing
        self.network = with_generator_dropout(network, self.generator)
        self.flat = FlatParameters(self.network)
        self.averaged = FlatParameters(self.scored)

    def _tables(self) -> None:
        """What an epoch's steps read and write by row."""
        device, rows = self.data.device, (self.steps, self.batch)
        columns = len(self._figures(self.recipe.rate, self.recipe.momentum, 1))
        self._row = torch.zeros(1, dtype=torch.int64, device=device)
        self._order = torch.empty(rows, dtype=torch.int64, device=device)
        self._answers = torch.empty(rows, dtype=torch.int64, device=device)
        self._losses = torch.empty(self.steps, device=device)
        self._table = torch.empty(self.steps, columns, device=device)
        self._pixels = torch.empty(self.data.images.shape, device=device)

    def begin(self, epoch: int) -> None:
        """Freshly augmented images, their order, the rates, and other dropout masks."""
        self.data.augmented(
            self.recipe.augmentation, derive(self.seed, "augmentation", epoch), self._pixels
        )
        shuffle = derive(self.seed, "shuffle", epoch)
        order = permutation(shuffle, len(self.data.labels), self.data.device)
        self._order.copy_(order[: self._order.numel()].view_as(self._order))
        coming = islice(self._rates, self.steps)
        figures = [self._figures(*pair, step) for step, pair in coming]
        self._table.copy_(_sent(torch.tensor(figures), self.data.device), non_blocking=True)
        self.generator.manual_seed(derive(self.seed, "dropout", epoch))
        self._row.zero_()
        self.network.train()

    def step(self) -> None:
        """One step of the epoch, the next one each time; at most `steps` after a `begin`."""
        places = self._order.index_select(0, self._row).view(-1)
        figures = self._table.index_select(0, self._row).view(-1)
        logits = self.network(self._pixels.index_select(0, places))
        loss = functional.cross_entropy(
            logits,
            self.data.labels.index_select(0, places),
            label_smoothing=self.recipe.smoothing,
        )
        gradients = torch.autograd.grad(loss, self.flat.weights)
        with torch.no_grad():
            self._formula.move(self.flat.learned, self.flat.collect(gradients), figures)
            if self.recipe.ema:
                self.averaged.everything.lerp_(self.flat.everything, figures[-1])
            self._answers.index_copy_(0, self._row, logits.detach().argmax(1)[None])
            self._losses.index_copy_(0, self._row, loss.detach()[None])
            self._row += 1

    def measured(self) -> Tensor:
        """(training accuracy, loss, validation accuracy, loss) of the epoch, float64, still there.

        Eager, not captured: a graph would hold the memory of 2,000 images' activations for good,
        to save some hundred launches an epoch.
        """
        right = (self._answers == self.data.labels[self._order]).double().mean()
        logits = self._logits()
        labels = self.data.validation_labels
        correct = (logits.argmax(1) == labels).double().mean()
        error = functional.cross_entropy(logits, labels).double()
        return torch.stack([right, self._losses.double().mean(), correct, error])

    def weights(self) -> Weights:
        """The scored weights as arrays of their own; waits for the device."""
        return weight_arrays(self.scored)

    def _logits(self) -> Tensor:
        if not self.recipe.ema:
            self.averaged.everything.copy_(self.flat.everything)
        with torch.no_grad():
            parts = self.data.validation_images.split(SCORED_AT_ONCE)
            return torch.cat([self.scored(part) for part in parts])

    def _figures(self, rate: float, momentum: float, step: int) -> tuple[float, ...]:
        """What the formula needs, and last the weight of the newest weights in the average."""
        decay = min(self.recipe.ema, (1 + step) / (EMA_WARM_START + step))
        return *self._formula.figures(rate, momentum, step), 1 - decay


def _sent(tensor: Tensor, device: torch.device) -> Tensor:
    """On its way to the device; from pinned memory, so that the host need not wait."""
    if device.type != "cuda":
        return tensor.to(device)
    return tensor.pin_memory().to(device, non_blocking=True)


class FlatParameters:
    """All floats of a network, which from now on are views into `everything` (float32, 1-D).

    learned: the part that the optimiser moves. Between two tensors lie zeros that stay zero.
    """

    def __init__(self, network: nn.Module) -> None:
        weights = list(network.parameters())
        statistics = [(m, n, b) for m, n, b in _buffers(network) if b.is_floating_point()]
        floats = [*weights, *(buffer for _, _, buffer in statistics)]
        starts, end = _starts(floats)
        self.everything = torch.zeros(end, device=weights[0].device)
        self.learned = self.everything[: starts[len(weights)] if statistics else end]
        views = [_view(self.everything, start, t) for start, t in zip(starts, floats, strict=True)]
        for view, tensor in zip(views, floats, strict=True):
            view.copy_(tensor.detach())
        for weight, view in zip(weights, views, strict=False):
            weight.data = view
        for (module, name, _), view in zip(statistics, views[len(weights) :], strict=True):
            module.register_buffer(name, view)
        self.weights = weights
        self.gradient = torch.zeros_like(self.learned)
        self._parts = [
            _view(self.gradient, start, weight)
            for start, weight in zip(starts, weights, strict=False)
        ]

    def collect(self, gradients: tuple[Tensor, ...]) -> Tensor:
        """The gradients of `weights`, in their order, as one piece of memory like `learned`."""
        torch._foreach_copy_(self._parts, list(gradients))
        return self.gradient


def _buffers(network: nn.Module) -> Iterator[tuple[nn.Module, str, Tensor]]:
    for module in network.modules():
        for name, buffer in module.named_buffers(recurse=False):
            yield module, name, buffer


def _starts(tensors: list[nn.Parameter | Tensor]) -> tuple[list[int], int]:
    """Where each tensor begins, and where the last ends."""
    starts, end = [], 0
    for tensor in tensors:
        starts.append(end)
        end += -(-tensor.numel() // ALIGNED) * ALIGNED
    return starts, end


def _view(memory: Tensor, start: int, like: Tensor) -> Tensor:
    return memory.as_strided(like.shape, like.stride(), start)


class OptimiserStep(Protocol):
    """What moves the weights. Its own state begins at zero and lies beside them."""

    def figures(self, rate: float, momentum: float, step: int) -> tuple[float, ...]:
        """What `move` needs to know at a step, counted from 1 over the whole training."""

    def move(self, weights: Tensor, gradient: Tensor, figures: Tensor) -> None:
        """One step. weights and gradient (W,) are changed in place; figures (F,), float32."""


class SgdStep:
    """torch.optim.SGD with momentum, Nesterov's or not, and weight decay."""

    def __init__(self, weights: Tensor, recipe: Recipe) -> None:
        self._velocity = torch.zeros_like(weights)
        self._decay, self._nesterov = recipe.weight_decay, recipe.nesterov

    def figures(self, rate: float, momentum: float, step: int) -> tuple[float, ...]:  # noqa: ARG002
        """See `OptimiserStep`."""
        return momentum, -rate

    def move(self, weights: Tensor, gradient: Tensor, figures: Tensor) -> None:
        """See `OptimiserStep`."""
        momentum, minus_rate = figures[0], figures[1]
        if self._decay:
            gradient.add_(weights, alpha=self._decay)
        torch.addcmul(gradient, self._velocity, momentum, out=self._velocity)
        way = torch.addcmul(gradient, self._velocity, momentum) if self._nesterov else None
        weights.addcmul_(self._velocity if way is None else way, minus_rate)


class AdamStep:
    """torch.optim.Adam, or AdamW where the decay is apart from the gradient."""

    def __init__(self, weights: Tensor, recipe: Recipe) -> None:
        self._mean, self._square = torch.zeros_like(weights), torch.zeros_like(weights)
        self._decay, self._apart = recipe.weight_decay, recipe.optimiser == "adamw"

    def figures(self, rate: float, momentum: float, step: int) -> tuple[float, ...]:
        """See `OptimiserStep`."""
        shrunk = 1 - rate * self._decay if self._apart else 1.0
        deviation = 1 / sqrt(1 - SECOND_BETA**step)
        return 1 - momentum, deviation, -rate / (1 - momentum**step), shrunk

    def move(self, weights: Tensor, gradient: Tensor, figures: Tensor) -> None:
        """See `OptimiserStep`."""
        fresh, deviation, minus_rate, shrunk = figures[:4].unbind()
        if self._decay and self._apart:
            weights.mul_(shrunk)
        elif self._decay:
            gradient.add_(weights, alpha=self._decay)
        self._mean.lerp_(gradient, fresh)
        self._square.mul_(SECOND_BETA).addcmul_(gradient, gradient, value=1 - SECOND_BETA)
        spread = self._square.sqrt().mul_(deviation).add_(EPSILON)
        weights.addcmul_(self._mean / spread, minus_rate)


def optimiser_step(recipe: Recipe, weights: Tensor) -> OptimiserStep:
    """The recipe's optimiser for weights (W,), float32."""
    return SgdStep(weights, recipe) if recipe.optimiser == "sgd" else AdamStep(weights, recipe)
