"""Training of one candidate: network, optimiser, learning rates, averaged weights and data.

`train` yields one result per epoch. Does not import Optuna.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite, prod

import torch
from torch import Tensor, nn
from torch.nn import functional

from search.candidates.candidate import Candidate
from search.candidates.recipe import Augmentation, rates
from search.data.dataset import Dataset
from search.errors import LossError, TrainingError
from search.randomness import permutation
from search.seeds import derive
from search.training.augmentation import augment
from search.training.backend import open_backend
from search.training.network import build_network
from search.training.optimisers import build_optimisers, set_rate
from search.training.pool import EpochResult, Weights

EMA_WARM_START = 10  # the decay of the average is at most (1 + step) / (10 + step)

# Parts of torch's messages if an allocation fails, which raises a plain RuntimeError: on a CPU (two
# wordings), on a GPU, in cuBLAS, and for a size of more than 64 bits
OUT_OF_MEMORY = (
    "can't allocate memory",
    "not enough memory",
    "out of memory",
    "STATUS_ALLOC_FAILED",
    "Storage size calculation overflowed",
)


class DeviceData:
    """A dataset on a device: training images as uint8, validation images normalised, float32."""

    def __init__(self, dataset: Dataset, device: torch.device) -> None:
        self.device, self._dataset = device, dataset
        self.images = dataset.train.images.to(device)
        self.labels = dataset.train.labels.to(device)
        self.mean = torch.tensor(dataset.mean, device=device)[:, None, None]
        self.std = torch.tensor(dataset.std, device=device)[:, None, None]
        pixels = dataset.validation.images.to(device).to(torch.float32).div_(255)
        self.validation_images = self.normalised(pixels)
        self.validation_labels = dataset.validation.labels.to(device)

    def normalised(self, pixels: Tensor) -> Tensor:
        """Normalise pixels (N, C, H, W), float32 in [0, 1], in place: mean 0, deviation 1."""
        return pixels.sub_(self.mean).div_(self.std)

    def augmented(self, augmentation: Augmentation, seed: int, out: Tensor) -> Tensor:
        """Write all training images, augmented and normalised, to `out` (N, C, H, W), float32.

        A fill of None is replaced by the border of these images. Studies never record None.
        """
        if augmentation.fill is None and augmentation.fills:
            augmentation = augmentation.resolved(self._dataset.border.values)
        start = 0
        for chunk in augment(self.images, augmentation, seed):
            out[start : start + len(chunk)] = self.normalised(chunk)
            start += len(chunk)
        return out


class Trainer:
    """Trains one candidate. The results depend on the candidate, the seed and the data alone.

    A dataset smaller than the recipe's batch is a single batch. TrainingError as in
    `check_trainable`.
    """

    def __init__(self, candidate: Candidate, seed: int, data: DeviceData) -> None:
        self.recipe, self.seed, self.data = candidate.recipe, seed, data
        self.batch = min(self.recipe.batch, len(data.labels))
        self.steps = len(data.labels) // self.batch
        check_trainable(candidate, self.batch)
        network = build_network(candidate.architecture, derive(seed, "weights")).to(data.device)
        self.backend = open_backend(candidate.architecture, network, self.recipe, self.batch)
        self.network, self.scored = self.backend.network, self.backend.scored
        self.optimisers = build_optimisers(self.recipe, self.network, data.device)
        self.rates = rates(self.recipe, self.steps)
        self.current, self.ema_weights = _floats(self.network), _floats(self.scored)
        self.steps_taken = 0
        self.pixels = torch.empty(data.images.shape, device=data.device)

    def train_epoch(self, epoch: int) -> tuple[float, float]:
        """Train on all images, newly augmented and shuffled; return (accuracy, loss) on them."""
        correct, total = self._take_steps(epoch)
        return correct.item() / (self.steps * self.batch), total.item() / self.steps

    def evaluate(self) -> tuple[float, float]:
        """Return (accuracy, loss) of the scored weights on the whole validation split."""
        labels = self.data.validation_labels
        logits = self.backend.logits(self.data.validation_images)
        correct = (logits.argmax(1) == labels).sum().item()
        return correct / len(labels), functional.cross_entropy(logits, labels).item()

    def weights(self) -> Weights:
        """Return a copy of the scored weights."""
        return weight_arrays(self.scored)

    def _take_steps(self, epoch: int) -> tuple[Tensor, Tensor]:
        """Return the number of correct answers and the summed loss, without synchronisation."""
        images = self._augmented(epoch)
        order = permutation(derive(self.seed, "shuffle", epoch), len(images), images.device)
        self.backend.begin_epoch(self.seed, epoch, self.steps)
        correct = torch.zeros((), dtype=torch.int64, device=images.device)
        total = torch.zeros((), device=images.device)
        for indices in order.split(self.batch)[: self.steps]:
            hits, loss = self.backend.compute_gradients(images, indices, self.data.labels[indices])
            self._update()
            correct += hits
            total += loss
        return correct, total

    def _augmented(self, epoch: int) -> Tensor:
        seed = derive(self.seed, "augmentation", epoch)
        return self.data.augmented(self.recipe.augmentation, seed, self.pixels)

    def _update(self) -> None:
        """Update the weights with the gradients, then the averaged weights."""
        if self.recipe.clip:
            nn.utils.clip_grad_norm_(self.network.parameters(), self.recipe.clip)
        rate, momentum = next(self.rates)
        for optimiser in self.optimisers:
            set_rate(optimiser, self.recipe, rate, momentum)
            optimiser.step()
        self._update_ema()

    def _update_ema(self) -> None:
        self.steps_taken += 1
        if self.recipe.ema:
            warm_start = (1 + self.steps_taken) / (EMA_WARM_START + self.steps_taken)
            decay = min(self.recipe.ema, warm_start)
            torch._foreach_lerp_(self.ema_weights, self.current, 1 - decay)


def check_trainable(candidate: Candidate, batch: int) -> None:
    """Raise TrainingError for a network without weights, or a norm with one value per channel."""
    layers = candidate.architecture.layers
    if not candidate.architecture.parameters:
        raise TrainingError(
            "the network has no learned parameters, so there is nothing to train: add a convolution"
        )
    if batch == 1 and any(layer.kind == "norm" and prod(layer.shape[1:]) == 1 for layer in layers):
        raise TrainingError(
            "batch normalisation of a 1x1 map in a batch of 1 has one value per channel and so no "
            "variance: use a batch of at least 2"
        )


def weight_arrays(network: nn.Module) -> Weights:
    """Return a copy of weights and running statistics as contiguous float32 arrays."""
    return {
        name: tensor.detach().cpu().clone(memory_format=torch.contiguous_format).numpy()
        for name, tensor in network.state_dict().items()
        if tensor.is_floating_point()
    }


def _floats(network: nn.Module) -> list[Tensor]:
    """Return weights and running statistics, without the integer counters."""
    return [
        tensor.detach() for tensor in network.state_dict().values() if tensor.is_floating_point()
    ]


def train(candidate: Candidate, seed: int, data: DeviceData) -> Iterator[EpochResult]:
    """Train one candidate lazily: each result that is requested trains one epoch.

    On the same device the results depend on the candidate, the seed and the data alone.
    LossError if a loss is not finite, TrainingError if the device is out of memory.
    """
    with memory_errors(data.device):
        trainer = Trainer(candidate, seed, data)
        for epoch in range(1, candidate.recipe.epochs + 1):
            started = time.perf_counter()
            accuracy, loss = trainer.train_epoch(epoch)
            check_finite(loss, "training", epoch)
            validation_accuracy, validation_loss = trainer.evaluate()
            check_finite(validation_loss, "validation", epoch)
            seconds = time.perf_counter() - started
            yield EpochResult(
                epoch,
                training_accuracy=accuracy,
                training_loss=loss,
                validation_accuracy=validation_accuracy,
                validation_loss=validation_loss,
                seconds=seconds,
                weights=trainer.weights() if epoch == candidate.recipe.epochs else None,
            )


def check_finite(loss: float, split: str, epoch: int) -> None:
    """Raise LossError if a loss is not finite."""
    if not isfinite(loss):
        raise LossError(f"the {split} loss became {loss} in epoch {epoch}")


@contextmanager
def memory_errors(device: torch.device) -> Iterator[None]:
    """Convert an out-of-memory error to a TrainingError with a message of one line."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        line = str(error).partition("\n")[0]
        raise TrainingError(f"out of memory on {device}: {line}") from error


def is_out_of_memory(error: BaseException | None) -> bool:
    """Return whether torch or Python raised the error because memory ran out."""
    return isinstance(error, MemoryError) or any(words in str(error) for words in OUT_OF_MEMORY)
