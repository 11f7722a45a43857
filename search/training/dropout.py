"""Two implementations of dropout whose draws depend on the candidate's seed alone.

Windowed dropout, for steps that run one by one: torch's CPU generator is serial, and drawing masks
took 35 to 45 % of a training step (2 cores, AVX-512). Here each layer's masks of an epoch are drawn
at once, and a step multiplies by a window of them that starts at a random offset. A ReLU before it
is computed in the same pass, in place.

Generator dropout, for steps captured as a CUDA graph: masks come from a generator that a graph can
register, so that each replay draws new ones.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import Function

from search.randomness import uniform
from search.seeds import derive

RESERVE = 1 << 20  # mask elements beyond the largest activation: 4 MiB of distinct window starts

# their backward pass does not read their output, so the next layer may overwrite it
OVERWRITABLE = (nn.Conv2d, nn.Linear, nn.BatchNorm2d, nn.MaxPool2d)


class WindowedDropout(nn.Module):
    """Zeroes elements with probability `p` while training and scales the rest by 1 / (1 - p).

    `begin_epoch` must be called before each epoch. Within a step all elements are independent;
    between steps the windows overlap at random offsets.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p
        self.scale = torch.ones(()).div_(1 - p).item()  # rounded to float32
        self._masks = torch.empty(0)
        self._starts: list[int] = []
        self._seed = 0

    def begin_epoch(self, seed: int, steps: int) -> None:
        """New masks for an epoch of `steps` steps."""
        self._seed = seed
        self._starts = _starts(derive(seed, "starts"), steps)
        self._masks = torch.empty(0)

    def forward(self, inputs: Tensor) -> Tensor:
        """inputs of any dense shape, float32 -> the same shape."""
        return inputs * self._mask(inputs) if self.training else inputs

    def _mask(self, inputs: Tensor) -> Tensor:
        """The step's mask, in the memory order of the inputs so that both are read in sequence."""
        count = inputs.numel()
        if len(self._masks) < count:
            self._masks = self._draw(count + RESERVE, inputs.device)
        start = self._starts.pop()
        return torch.as_strided(self._masks, inputs.shape, inputs.stride(), start)

    def _draw(self, count: int, device: torch.device) -> Tensor:
        mask = uniform(derive(self._seed, "masks"), (count,), device) >= self.p
        return mask.to(torch.float32).mul_(self.scale)


class FusedReluDropout(WindowedDropout):
    """ReLU, then windowed dropout, in place of the inputs: saves a twentieth of a training step."""

    def forward(self, inputs: Tensor) -> Tensor:
        """inputs of any dense shape, float32, are overwritten -> the same shape."""
        if not self.training:
            return inputs.relu_()
        result: Tensor = _Rectified.apply(inputs, self._mask(inputs), self.scale)
        return result


class _Rectified(Function):
    """relu(inputs) * mask, in place. A nonzero output was positive and is not dropped."""

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, mask: Tensor, scale: float) -> Tensor:
        outputs = inputs.relu_().mul_(mask)
        ctx.mark_dirty(inputs)
        ctx.save_for_backward(outputs)
        ctx.scale = scale
        return outputs

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        (outputs,) = ctx.saved_tensors
        gradient = torch.ops.aten.threshold_backward(gradients[0], outputs, 0)
        return gradient.mul_(ctx.scale), None, None


def _starts(seed: int, count: int) -> list[int]:
    return [int(start) for start in uniform(seed, (count,)).mul_(RESERVE).tolist()]


def with_windowed_dropout(network: nn.Sequential) -> nn.Sequential:
    """The same network for training, with windowed dropout in place of torch's own.

    Every module keeps its index, and with it its place in the state_dict.
    """
    modules = list(network)
    for index, module in enumerate(modules):
        before = modules[index - 1] if index else None
        if isinstance(module, nn.ReLU) and isinstance(before, OVERWRITABLE):
            modules[index] = nn.ReLU(inplace=True)
        elif isinstance(module, nn.Dropout):
            rectified = isinstance(before, nn.ReLU) and before.inplace
            modules[index] = (FusedReluDropout if rectified else WindowedDropout)(module.p)
            if rectified:
                modules[index - 1] = nn.Identity()
    return nn.Sequential(*modules)


class GeneratorDropout(nn.Module):
    """Zeroes elements with probability `p` while training and scales the rest by 1 / (1 - p).

    rectify: applies a ReLU first, in the same pass.
    """

    def __init__(self, p: float, generator: torch.Generator, rectify: bool = False) -> None:
        super().__init__()
        self.p, self.rectify, self._generator = p, rectify, generator

    def forward(self, inputs: Tensor) -> Tensor:
        """inputs of any dense shape, float32 -> the same shape."""
        if not self.training:
            return inputs.relu() if self.rectify else inputs
        mask = torch.empty_like(inputs, dtype=torch.bool)
        mask.bernoulli_(1 - self.p, generator=self._generator)
        result: Tensor = _Dropped.apply(inputs, mask, 1 / (1 - self.p), self.rectify)
        return result


class _Dropped(Function):
    """inputs, or relu(inputs), times `scale` where `mask` (bool) is true, else 0."""

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, mask: Tensor, scale: float, rectify: bool) -> Tensor:
        outputs = _masked(inputs.relu() if rectify else inputs, mask, scale)
        # after a ReLU, a nonzero output was positive and is not dropped
        ctx.save_for_backward(outputs if rectify else mask)
        ctx.scale, ctx.rectify = scale, rectify
        return outputs

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None, None]:
        (saved,) = ctx.saved_tensors
        mask = saved > 0 if ctx.rectify else saved
        return _masked(gradients[0], mask, ctx.scale), None, None, None


def _masked(values: Tensor, mask: Tensor, scale: float) -> Tensor:
    # forward and backward are the same product, and this operator computes it in one kernel
    result: Tensor = torch.ops.aten.native_dropout_backward(values, mask, scale)
    return result


def with_generator_dropout(network: nn.Sequential, generator: torch.Generator) -> nn.Sequential:
    """The same network for training: its dropout draws from `generator`, norms count no batches.

    Every module keeps its index, and with it its place in the state_dict.
    """
    modules = list(network)
    for index, module in enumerate(modules):
        if isinstance(module, nn.Dropout):
            rectify = index > 0 and isinstance(modules[index - 1], nn.ReLU)
            modules[index] = GeneratorDropout(module.p, generator, rectify)
            if rectify:
                modules[index - 1] = nn.Identity()
        elif isinstance(module, nn.BatchNorm2d):
            module.num_batches_tracked = None  # unused, and a launch per layer and step
    return nn.Sequential(*modules)
