"""A training step that can be captured as a CUDA graph and replayed.

Once per epoch, the host writes image order, learning rates and pixels to tables on the device. Each
step indexes these tables with a step counter on the device, which the step itself increments. A
step therefore needs no data from the host: it can run eagerly on any device, or it can be captured
once and replayed. Streams and graphs are in `cuda_graphs`.
"""

from collections.abc import Iterator
from copy import deepcopy
from itertools import islice

import torch
from torch import Tensor, nn
from torch.nn import functional

from search.candidates.candidate import Candidate
from search.candidates.recipe import rates
from search.randomness import permutation
from search.seeds import derive
from search.training.dropout import with_generator_dropout
from search.training.engines.optimiser_steps import KernelPlace, clip, optimiser_step
from search.training.network import build_network
from search.training.optimisers import is_kernel
from search.training.pool import Weights
from search.training.trainer import EMA_WARM_START, DeviceData, check_trainable, weight_arrays

SCORING_BATCH = 2_000  # validation images at once: few kernel launches
ALIGNED = 128  # floats: tensors start at multiples of 512 bytes, as with torch's allocator


class CapturableTraining:
    """Trains one candidate with a `step` that exchanges no data with the host.

    Initial weights, shuffles, images and formulas are the same as in
    `search.training.trainer.Trainer`; dropout masks differ. No method synchronises with the device,
    except `weights`. Raises the same errors as `Trainer`.
    """

    def __init__(self, candidate: Candidate, seed: int, data: DeviceData) -> None:
        self.recipe, self.seed, self.data = candidate.recipe, seed, data
        self.batch = min(self.recipe.batch, len(data.labels))
        self.steps = len(data.labels) // self.batch  # per epoch
        check_trainable(candidate, self.batch)
        self._build(candidate)
        self._optimiser = optimiser_step(self.recipe, self.flat.learned, self.flat.kernels)
        self._rates = enumerate(rates(self.recipe, self.steps), 1)
        self._allocate_tables()

    def _build(self, candidate: Candidate) -> None:
        device = self.data.device
        network = build_network(candidate.architecture, derive(self.seed, "weights")).to(device)
        network = network.to(memory_format=torch.channels_last)
        self.generator = torch.Generator(device)
        self.scored = deepcopy(network).eval()  # keeps torch's dropout, which is inactive in eval
        self.network = with_generator_dropout(network, self.generator)
        self.flat = FlatParameters(self.network)
        self.ema_weights = FlatParameters(self.scored)

    def _allocate_tables(self) -> None:
        """Allocate the tables; each step of an epoch reads or writes one row of them."""
        device, rows = self.data.device, (self.steps, self.batch)
        columns = len(self._coefficients(self.recipe.rate, self.recipe.momentum, 1))
        self._row = torch.zeros(1, dtype=torch.int64, device=device)
        self._order = torch.empty(rows, dtype=torch.int64, device=device)
        self._answers = torch.empty(rows, dtype=torch.int64, device=device)
        self._losses = torch.empty(self.steps, device=device)
        self._table = torch.empty(self.steps, columns, device=device)
        self._pixels = torch.empty(self.data.images.shape, device=device)

    def begin_epoch(self, epoch: int) -> None:
        """Write the epoch's augmented images, their order and the rates; seed dropout."""
        self.data.augmented(
            self.recipe.augmentation, derive(self.seed, "augmentation", epoch), self._pixels
        )
        shuffle = derive(self.seed, "shuffle", epoch)
        order = permutation(shuffle, len(self.data.labels), self.data.device)
        self._order.copy_(order[: self._order.numel()].view_as(self._order))
        rates_by_step = islice(self._rates, self.steps)
        rows = [self._coefficients(*pair, step) for step, pair in rates_by_step]
        self._table.copy_(_to_device(torch.tensor(rows), self.data.device), non_blocking=True)
        self.generator.manual_seed(derive(self.seed, "dropout", epoch))
        self._row.zero_()
        self.network.train()

    def step(self) -> None:
        """Take the next step of the epoch; call at most `steps` times after `begin_epoch`."""
        indices = self._order.index_select(0, self._row).view(-1)
        coefficients = self._table.index_select(0, self._row).view(-1)
        logits = self.network(self._pixels.index_select(0, indices))
        loss = functional.cross_entropy(
            logits,
            self.data.labels.index_select(0, indices),
            label_smoothing=self.recipe.smoothing,
        )
        gradients = torch.autograd.grad(loss, self.flat.weights)
        with torch.no_grad():
            gradient = self.flat.collect(gradients)
            if self.recipe.clip:
                clip(gradient, self.recipe.clip)
            self._optimiser.update(self.flat.learned, gradient, coefficients)
            if self.recipe.ema:
                self.ema_weights.everything.lerp_(self.flat.everything, coefficients[-1])
            self._answers.index_copy_(0, self._row, logits.detach().argmax(1)[None])
            self._losses.index_copy_(0, self._row, loss.detach()[None])
            self._row += 1

    def measurements(self) -> Tensor:
        """Return (training accuracy, loss, validation accuracy, loss) of the epoch (4,), float64.

        The result is on the device. This is not captured: a graph would keep the memory of the
        activations of 2,000 images, only to save some hundred kernel launches per epoch.
        """
        training = (self._answers == self.data.labels[self._order]).double().mean()
        logits = self._logits()
        labels = self.data.validation_labels
        validation = (logits.argmax(1) == labels).double().mean()
        validation_loss = functional.cross_entropy(logits, labels).double()
        return torch.stack([training, self._losses.double().mean(), validation, validation_loss])

    def weights(self) -> Weights:
        """Return a copy of the scored weights; waits for the device."""
        return weight_arrays(self.scored)

    def _logits(self) -> Tensor:
        if not self.recipe.ema:
            self.ema_weights.everything.copy_(self.flat.everything)
        with torch.no_grad():
            parts = self.data.validation_images.split(SCORING_BATCH)
            return torch.cat([self.scored(part) for part in parts])

    def _coefficients(self, rate: float, momentum: float, step: int) -> tuple[float, ...]:
        """Return the optimiser's coefficients, then the share of new weights in the average."""
        decay = min(self.recipe.ema, (1 + step) / (EMA_WARM_START + step))
        return *self._optimiser.coefficients(rate, momentum, step), 1 - decay


def _to_device(tensor: Tensor, device: torch.device) -> Tensor:
    """Return a copy on the device, from pinned memory, so that the host does not wait."""
    if device.type != "cuda":
        return tensor.to(device)
    return tensor.pin_memory().to(device, non_blocking=True)


class FlatParameters:
    """Turns all float tensors of a network into views of one tensor, `everything` (1-D, float32).

    learned: the part of `everything` that the optimiser updates; the kernels of convolutions are at
    its end. kernels: their places in `learned`. weights: the parameters in the order of `learned`.
    The padding between two tensors is zero.
    """

    def __init__(self, network: nn.Module) -> None:
        weights = sorted(network.parameters(), key=is_kernel)
        statistics = [(m, n, b) for m, n, b in _buffers(network) if b.is_floating_point()]
        floats = [*weights, *(buffer for _, _, buffer in statistics)]
        offsets, end = _offsets(floats)
        self.everything = torch.zeros(end, device=weights[0].device)
        self.learned = self.everything[: offsets[len(weights)] if statistics else end]
        views = [_view(self.everything, at, t) for at, t in zip(offsets, floats, strict=True)]
        for view, tensor in zip(views, floats, strict=True):
            view.copy_(tensor.detach())
        for weight, view in zip(weights, views, strict=False):
            weight.data = view
        for (module, name, _), view in zip(statistics, views[len(weights) :], strict=True):
            setattr(module, name, view)  # it remains persistent, or not
        self.weights = weights
        self.kernels = tuple(
            KernelPlace(offset, tuple(weight.shape), weight.stride())
            for offset, weight in zip(offsets, weights, strict=False)
            if is_kernel(weight)
        )
        self.gradient = torch.zeros_like(self.learned)
        self._parts = [
            _view(self.gradient, offset, weight)
            for offset, weight in zip(offsets, weights, strict=False)
        ]

    def collect(self, gradients: tuple[Tensor, ...]) -> Tensor:
        """Copy gradients, in the order of `weights`, to one tensor with the layout of `learned`.

        The next call overwrites the result.
        """
        torch._foreach_copy_(self._parts, list(gradients))
        return self.gradient


def _buffers(network: nn.Module) -> Iterator[tuple[nn.Module, str, Tensor]]:
    for module in network.modules():
        for name, buffer in module.named_buffers(recurse=False):
            yield module, name, buffer


def _offsets(tensors: list[nn.Parameter | Tensor]) -> tuple[list[int], int]:
    """Return the offset of each tensor and the end of the last one, in floats."""
    offsets, end = [], 0
    for tensor in tensors:
        offsets.append(end)
        end += -(-tensor.numel() // ALIGNED) * ALIGNED
    return offsets, end


def _view(memory: Tensor, offset: int, like: Tensor) -> Tensor:
    return memory.as_strided(like.shape, like.stride(), offset)
