"""The computations of a training step: gradients of one batch, and logits of the scored weights.

torch's operators compute them on any device. On a CPU the C++ engine computes them if it is
available and supports the network; see `search.training.native`. Both implement the same semantics.
"""

from copy import deepcopy
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional

from search.candidates.architecture import Architecture
from search.candidates.recipe import Recipe
from search.seeds import derive
from search.training.dropout import WindowedDropout, with_windowed_dropout
from search.training.native.self_check import open_program

SCORING_BATCH_CPU = 200  # images at once: they fit the cache, 1.7 times faster than 1,000
SCORING_BATCH = 2_000  # images at once elsewhere: few launches


class Backend(Protocol):
    """Computes the steps of one candidate.

    network: the network under training. scored: its averaged copy, or the same network.
    """

    network: nn.Sequential
    scored: nn.Sequential

    def begin_epoch(self, seed: int, epoch: int, steps: int) -> None:
        """Draws the dropout masks of an epoch of `steps` steps from the candidate's seed."""

    def compute_gradients(
        self, images: Tensor, indices: Tensor, labels: Tensor
    ) -> tuple[Tensor | int, Tensor | float]:
        """The correct answers and the mean loss of a batch; its gradients are left in `.grad`.

        images: the whole split (N, C, H, W), float32. indices: of the batch (B,), int64. labels:
        of the batch (B,), int64.
        """

    def logits(self, images: Tensor) -> Tensor:
        """images (N, C, H, W), float32 -> logits (N, classes) of the scored weights."""


class TorchBackend:
    """torch's operators, on any device; nothing waits for the device."""

    def __init__(self, network: nn.Sequential, recipe: Recipe) -> None:
        self.network = with_windowed_dropout(network).to(memory_format=torch.channels_last)
        self.scored = scored_copy(self.network, recipe)
        self._smoothing = recipe.smoothing

    def begin_epoch(self, seed: int, epoch: int, steps: int) -> None:
        """See `Backend`."""
        self.network.train()
        for index, module in enumerate(self.network):
            if isinstance(module, WindowedDropout):
                module.begin_epoch(derive(seed, "dropout", epoch, index), steps)

    def compute_gradients(
        self, images: Tensor, indices: Tensor, labels: Tensor
    ) -> tuple[Tensor, Tensor]:
        """See `Backend`; both results are still on the device."""
        logits = self.network(images[indices])
        loss = functional.cross_entropy(logits, labels, label_smoothing=self._smoothing)
        self.network.zero_grad()
        loss.backward()
        return (logits.detach().argmax(1) == labels).sum(), loss.detach()

    def logits(self, images: Tensor) -> Tensor:
        """See `Backend`."""
        self.scored.eval()
        size = SCORING_BATCH_CPU if images.device.type == "cpu" else SCORING_BATCH
        with torch.inference_mode():
            return torch.cat([self.scored(part) for part in images.split(size)])


def scored_copy(network: nn.Sequential, recipe: Recipe) -> nn.Sequential:
    """The network whose weights are scored: a copy if the recipe averages, else the same one."""
    return deepcopy(network).eval() if recipe.ema else network


def open_backend(
    architecture: Architecture, network: nn.Sequential, recipe: Recipe, batch: int
) -> Backend:
    """The backend for a network on its device. batch: the size of all its batches."""
    if next(network.parameters()).device.type == "cpu":
        scored = scored_copy(network, recipe)
        program = open_program(architecture, network, scored, batch, recipe.smoothing)
        if program is not None:
            return program
    return TorchBackend(network, recipe)
