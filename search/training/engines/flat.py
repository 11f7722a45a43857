"""A network's floats in one piece of memory, so that one operator reaches all of them.

Weights come first, then running statistics. Knows no candidate and no recipe.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

ALIGNED = 128  # floats: every tensor starts at a multiple of 512 bytes, as torch's own memory does


class Flat:
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
