"""The computations of training: gradients of one batch, and logits of the scored weights.

torch's operators compute them on any device. On a CPU the C++ engine is used instead if it is
available and supports the network; see `search.training.native`. Both have the same semantics.
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

SCORING_BATCH_CPU = 200  # images at once: they fit into the cache, 1.7 times faster than 1,000
SCORING_BATCH = 2_000  # images at once on other devices: few kernel launches


class Backend(Protocol):
    """Computes the training steps of one candidate.

    network: the network that is trained. scored: the copy that holds the averaged weights, or the
    same network if nothing is averaged.
    """

    network: nn.Sequential
    scored: nn.Sequential

    def begin_epoch(self, seed: int, epoch: int, steps: int) -> None:
        """Draw the dropout masks of an epoch of `steps` steps from the candidate's seed."""

    def compute_gradients(
        self, images: Tensor, indices: Tensor, labels: Tensor
    ) -> tuple[Tensor | int, Tensor | float]:
        """Return (number of correct answers, mean loss) of a batch and write gradients to `.grad`.

        images: the whole split (N, C, H, W), float32. indices: positions of the batch in the split
        (B,), int64. labels: labels of the batch (B,), int64.
        """

    def logits(self, images: Tensor) -> Tensor:
        """Return the logits (N, classes) of the scored weights for images (N, C, H, W), float32."""


class TorchBackend:
    """Computes steps with torch's operators, on any device, without synchronising with it."""

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
        """See `Backend`; both results are tensors on the device."""
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
    """Return the network that is scored: a copy if the recipe averages weights, else `network`."""
    return deepcopy(network).eval() if recipe.ema else network


def open_backend(
    architecture: Architecture, network: nn.Sequential, recipe: Recipe, batch: int
) -> Backend:
    """Return the backend for a network on its device. batch: images per batch, always the same."""
    if next(network.parameters()).device.type == "cpu":
        scored = scored_copy(network, recipe)
        program = open_program(architecture, network, scored, batch, recipe.smoothing)
        if program is not None:
            return program
    return TorchBackend(network, recipe)
