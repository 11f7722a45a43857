"""Training of candidates: one result per member and epoch comes out. Knows no Optuna.

`train` unfolds one candidate's epochs; a `Pool` trains several at a time and `open_pool` chooses
the engine that runs them. What the numbers mean does not depend on the engine.
"""

import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from search.augmentation import augment
from search.candidate import Candidate
from search.data import Dataset
from search.dropout import WindowedDropout, windowed
from search.errors import TrainingError
from search.network import build
from search.randomness import derive, permutation
from search.recipe import Recipe, rates

SCORING_BATCH_CPU = 200  # validation images at once: 1.7 times faster than 1,000, they fit the cache
SCORING_BATCH = 2_000  # elsewhere: few launches
EMA_WARM_START = 10  # the average's decay is at most (1 + step) / (10 + step)

Weights = dict[str, np.ndarray]  # a state_dict as float32 arrays


@dataclass(frozen=True)
class EpochResult:
    """What one epoch gave. Accuracies are fractions, losses mean cross-entropies.

    training: on the augmented batches as they were learned from, with dropout. validation: of the
    scored weights (EMA or raw) on the whole validation split. weights: the scored ones, after the
    last epoch only.
    """

    epoch: int
    training_accuracy: float
    training_loss: float
    validation_accuracy: float
    validation_loss: float
    seconds: float
    weights: Weights | None = None


@dataclass(frozen=True)
class Failure:
    """Why a member ended without a result. died: its worker process was killed from outside."""

    reason: str
    died: bool = False


@dataclass(frozen=True)
class Event:
    """What a member has to tell. After its last epoch, a failure or a drop it is gone."""

    member: int
    result: EpochResult | Failure


class Pool(Protocol):
    """Candidates that are trained at one time.

    Iterating yields events until no member is left; between two events members may be admitted
    and dropped. Leaving the `with` block ends all of them.
    """

    capacity: int
    device: str

    def admit(self, candidate: Candidate, seed: int) -> int:
        """Takes a candidate in and returns its member number; at most `capacity` at a time."""

    def drop(self, member: int) -> None:
        """Stops a member before its next epoch."""

    def __iter__(self) -> Iterator[Event]: ...

    def __enter__(self) -> "Pool": ...

    def __exit__(self, *_: object) -> None: ...


class Resident:
    """A dataset on its device: training images as uint8, validation images ready to be scored."""

    def __init__(self, dataset: Dataset, device: torch.device) -> None:
        self.device = device
        self.images = dataset.train.images.to(device)
        self.labels = dataset.train.labels.to(device)
        self.mean = torch.tensor(dataset.mean, device=device)[:, None, None]
        self.std = torch.tensor(dataset.std, device=device)[:, None, None]
        pixels = dataset.validation.images.to(device).to(torch.float32).div_(255)
        self.validation_images = self.normalised(pixels)
        self.validation_labels = dataset.validation.labels.to(device)

    def normalised(self, pixels: Tensor) -> Tensor:
        """pixels (N, C, H, W), float32 in [0, 1], changed in place to mean 0 and deviation 1."""
        return pixels.sub_(self.mean).div_(self.std)


class Member:
    """One candidate under training: its network, optimiser, rate table and averaged weights."""

    def __init__(self, candidate: Candidate, seed: int, data: Resident) -> None:
        self.recipe, self.seed, self.data = candidate.recipe, seed, data
        self.batch = min(self.recipe.batch, len(data.labels))
        self.steps = len(data.labels) // self.batch
        network = windowed(build(candidate.architecture, derive(seed, "weights")))
        self.network = network.to(data.device, memory_format=torch.channels_last)
        self.scored = deepcopy(self.network).eval() if self.recipe.ema else self.network
        self.optimiser = _optimiser(self.recipe, self.network, data.device)
        self.rates = rates(self.recipe, self.steps)
        self.learned, self.averaged = _floats(self.network), _floats(self.scored)
        self.taken = 0  # steps
        self.pixels = torch.empty(data.images.shape, device=data.device)

    def learn(self, epoch: int) -> tuple[float, float]:
        """One epoch over freshly augmented, shuffled images; (accuracy, loss) as learned."""
        images = self._augmented(epoch)
        order = permutation(derive(self.seed, "shuffle", epoch), len(images), images.device)
        self._begin_dropout(epoch)
        self.network.train()
        correct = torch.zeros((), dtype=torch.int64, device=images.device)
        total = torch.zeros((), device=images.device)
        for batch in order.split(self.batch)[: self.steps]:
            labels = self.data.labels[batch]
            logits, loss = self._step(images[batch], labels)
            correct += (logits.argmax(1) == labels).sum()
            total += loss
        return correct.item() / (self.steps * self.batch), total.item() / self.steps

    def score(self) -> tuple[float, float]:
        """(accuracy, loss) of the scored weights on the whole validation split."""
        self.scored.eval()
        labels = self.data.validation_labels
        size = SCORING_BATCH_CPU if labels.device.type == "cpu" else SCORING_BATCH
        with torch.inference_mode():
            parts = [self.scored(part) for part in self.data.validation_images.split(size)]
            logits = torch.cat(parts)
            correct = (logits.argmax(1) == labels).sum().item()
            return correct / len(labels), functional.cross_entropy(logits, labels).item()

    def weights(self) -> Weights:
        """The scored weights as arrays."""
        return {
            name: tensor.detach().cpu().contiguous().numpy()
            for name, tensor in self.scored.state_dict().items()
            if tensor.is_floating_point()
        }

    def _augmented(self, epoch: int) -> Tensor:
        drawn = augment(
            self.data.images, self.recipe.augmentation, derive(self.seed, "augmentation", epoch)
        )
        start = 0
        for chunk in drawn:
            self.pixels[start : start + len(chunk)] = self.data.normalised(chunk)
            start += len(chunk)
        return self.pixels

    def _begin_dropout(self, epoch: int) -> None:
        for index, module in enumerate(self.network):
            if isinstance(module, WindowedDropout):
                module.begin(derive(self.seed, "dropout", epoch, index), self.steps)

    def _step(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        for group in self.optimiser.param_groups:
            _set_rate(group, *next(self.rates))
        logits = self.network(images)
        loss = functional.cross_entropy(logits, labels, label_smoothing=self.recipe.smoothing)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self._average()
        return logits.detach(), loss.detach()

    def _average(self) -> None:
        self.taken += 1
        if self.recipe.ema:
            warm = (1 + self.taken) / (EMA_WARM_START + self.taken)
            torch._foreach_lerp_(self.averaged, self.learned, 1 - min(self.recipe.ema, warm))


def train(candidate: Candidate, seed: int, data: Resident) -> Iterator[EpochResult]:
    """Trains one candidate, an epoch each time the next result is asked for.

    The results depend on the candidate, the seed and the data alone, on the same device.
    TrainingError where the loss is no longer a number or the device has no memory left.
    """
    try:
        member = Member(candidate, seed, data)
        for epoch in range(1, candidate.recipe.epochs + 1):
            started = time.perf_counter()
            accuracy, loss = member.learn(epoch)
            if not np.isfinite(loss):
                raise TrainingError(f"the loss became {loss} in epoch {epoch}")
            scored = member.score()
            seconds = time.perf_counter() - started
            weights = member.weights() if epoch == candidate.recipe.epochs else None
            yield EpochResult(epoch, accuracy, loss, *scored, seconds, weights)
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise TrainingError(f"out of memory on {data.device}: {error}") from error


def open_pool(dataset: Dataset, device: str = "cpu", workers: int = 1) -> Pool:
    """The pool that suits the device: processes of one thread each on a CPU, else in-process."""
    from search.engines.eager import EagerPool
    from search.engines.processes import ProcessPool

    if device == "cpu":
        return ProcessPool(dataset, workers)
    return EagerPool(dataset, device, workers)


def _floats(network: nn.Module) -> list[Tensor]:
    """Weights and running statistics, without the integer counters."""
    return [
        tensor.detach() for tensor in network.state_dict().values() if tensor.is_floating_point()
    ]


def _optimiser(
    recipe: Recipe, network: nn.Module, device: torch.device
) -> torch.optim.Optimizer:
    fused = device.type in ("cpu", "cuda")
    if recipe.optimiser == "sgd":
        return torch.optim.SGD(
            network.parameters(),
            lr=recipe.rate,
            momentum=recipe.momentum,
            nesterov=recipe.nesterov,
            weight_decay=recipe.weight_decay,
            fused=fused,
        )
    kind = torch.optim.Adam if recipe.optimiser == "adam" else torch.optim.AdamW
    return kind(
        network.parameters(),
        lr=recipe.rate,
        betas=(recipe.momentum, 0.999),
        weight_decay=recipe.weight_decay,
        fused=fused,
    )


def _set_rate(group: dict[str, object], rate: float, momentum: float) -> None:
    group["lr"] = rate
    if "betas" in group:
        group["betas"] = (momentum, 0.999)
    else:
        group["momentum"] = momentum
