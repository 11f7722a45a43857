"""A candidate's training as a step that can be repeated as it is: what changes is on the device.

The host writes an epoch's order, rates and pixels once; then each step reads its own row by a
counter that it moves on itself. So a step may run as it stands, on any device, or be captured once
as a CUDA graph and replayed. Knows no stream and no graph.
"""

from copy import deepcopy
from itertools import islice

import torch
from torch import Tensor
from torch.nn import functional

from search.candidates.candidate import Candidate
from search.candidates.recipe import rates
from search.randomness import derive, permutation
from search.training.engines.drawn import drawn
from search.training.engines.flat import Flat
from search.training.engines.formulas import formula
from search.training.network import build
from search.training.trainer import EMA_WARM_START, Resident, Weights, arrays, check_norms

SCORED_AT_ONCE = 2_000  # validation images: few launches


class Stepper:
    """A candidate under training, whose `step` takes nothing from the host and gives it nothing.

    Draws, images and formulas are those of `search.member.Member`; dropout masks are its own.
    Nothing here waits for the device. TrainingError as there.
    """

    def __init__(self, candidate: Candidate, seed: int, data: Resident) -> None:
        self.recipe, self.seed, self.data = candidate.recipe, seed, data
        self.batch = min(self.recipe.batch, len(data.labels))
        self.steps = len(data.labels) // self.batch  # of an epoch
        check_norms(candidate, self.batch)
        self._build(candidate)
        self._formula = formula(self.recipe, self.flat.learned)
        self._rates = enumerate(rates(self.recipe, self.steps), 1)
        self._tables()

    def _build(self, candidate: Candidate) -> None:
        device = self.data.device
        network = build(candidate.architecture, derive(self.seed, "weights")).to(device)
        network = network.to(memory_format=torch.channels_last)
        self.generator = torch.Generator(device)
        self.scored = deepcopy(network).eval()  # plain, as it draws nothing
        self.network = drawn(network, self.generator)
        self.flat = Flat(self.network)
        self.averaged = Flat(self.scored)

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
        return arrays(self.scored)

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
