"""Dropout by a window into masks drawn ahead, for devices whose own generator is slow or shared.

torch's CPU generator is serial: drawing masks took 35 to 45 % of a training step (2 cores,
AVX-512). Here the masks of one epoch are drawn once per rate, and a layer multiplies by a window
of them that starts at a random place. Draws descend from the member's seed alone.
"""

import torch
from torch import Tensor, nn

from search.randomness import derive, uniform

RESERVE = 1 << 20  # mask elements beyond the largest activation: 4 MiB of distinct window starts


class WindowedDropout(nn.Module):
    """Zeroes elements with probability `p` while training and scales the rest by 1 / (1 - p).

    `begin(seed)` must be called before each epoch. Within a step all elements are independent;
    between steps the windows overlap at random offsets.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p
        self._masks = torch.empty(0)
        self._starts: list[int] = []
        self._seed = 0

    def begin(self, seed: int, steps: int) -> None:
        """New masks for an epoch of `steps` steps."""
        self._seed = seed
        self._starts = _starts(derive(seed, "starts"), steps)
        self._masks = torch.empty(0)

    def forward(self, inputs: Tensor) -> Tensor:
        """inputs of any shape, float32 -> the same shape."""
        if not self.training:
            return inputs
        count = inputs.numel()
        if len(self._masks) < count:
            self._masks = self._draw(count + RESERVE, inputs.device)
        start = self._starts.pop()
        window = self._masks[start : start + count]
        # the window takes the memory order of the activation, so that both are read in sequence
        return inputs * torch.as_strided(
            window, inputs.shape, inputs.stride(), window.storage_offset()
        )

    def _draw(self, count: int, device: torch.device) -> Tensor:
        kept = uniform(derive(self._seed, "masks"), (count,), device) >= self.p
        return kept.to(torch.float32).div_(1 - self.p)


def _starts(seed: int, count: int) -> list[int]:
    return [int(place) for place in uniform(seed, (count,)).mul_(RESERVE).tolist()]


def windowed(network: nn.Sequential) -> nn.Sequential:
    """The same modules, with windowed dropout in place of torch's own."""
    return nn.Sequential(
        *(WindowedDropout(m.p) if isinstance(m, nn.Dropout) else m for m in network)
    )
