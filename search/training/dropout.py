"""Two implementations of dropout whose masks depend on the candidate's seed alone.

Windowed dropout is for eager steps. torch's CPU generator is serial, and drawing masks took 35 to
45 % of a training step (2 cores, AVX-512). Windowed dropout draws the mask elements of a layer once
per epoch, and each step multiplies by a window of them that starts at a random offset. A ReLU in
front of it is computed in the same pass, in place.

Generator dropout is for steps that are captured as a CUDA graph. Its masks come from a generator
that is registered with the graph, so that each replay draws new masks.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import Function

from search.randomness import uniform
from search.seeds import derive
from search.training.network import as_network

RESERVE = 1 << 20  # mask elements beyond the largest activation (4 MiB): possible window starts

# the backward pass of these layers does not read their output, so the next layer may overwrite it
OVERWRITABLE = (nn.Conv2d, nn.Linear, nn.BatchNorm2d, nn.MaxPool2d)


class WindowedDropout(nn.Module):
    """Zeroes elements with probability `p` in training and scales the others by 1 / (1 - p).

    `begin_epoch` must be called before each epoch. Within a step all elements are independent.
    The windows of two steps may overlap, at random offsets.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p
        self.scale = torch.ones(()).div_(1 - p).item()  # rounded to float32
        self._masks = torch.empty(0)
        self._starts: list[int] = []
        self._seed = 0

    def begin_epoch(self, seed: int, steps: int) -> None:
        """Prepare new masks for an epoch of `steps` steps."""
        self._seed = seed
        self._starts = _starts(derive(seed, "starts"), steps)
        self._masks = torch.empty(0)

    def forward(self, inputs: Tensor) -> Tensor:
        """Apply dropout to inputs of any dense shape, float32; the result has the same shape."""
        return inputs * self._mask(inputs) if self.training else inputs

    def _mask(self, inputs: Tensor) -> Tensor:
        """Return the step's mask in the memory layout of the inputs, for sequential reads."""
        count = inputs.numel()
        if len(self._masks) < count:
            self._masks = self._draw(count + RESERVE, inputs.device)
        start = self._starts.pop()
        return torch.as_strided(self._masks, inputs.shape, inputs.stride(), start)

    def _draw(self, count: int, device: torch.device) -> Tensor:
        mask = uniform(derive(self._seed, "masks"), (count,), device) >= self.p
        return mask.to(torch.float32).mul_(self.scale)


class FusedReluDropout(WindowedDropout):
    """ReLU, then windowed dropout, both in place: saves 5 % of the time of a training step."""

    def forward(self, inputs: Tensor) -> Tensor:
        """Overwrite and return the inputs, of any dense shape, float32."""
        if not self.training:
            return inputs.relu_()
        result: Tensor = _Rectified.apply(inputs, self._mask(inputs), self.scale)
        return result


class _Rectified(Function):
    """relu(inputs) * mask, in place. Nonzero outputs are exactly the positive inputs kept."""

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
    """Return the network for training, with windowed dropout instead of torch's own.

    Every module keeps its index, and therefore its names in the state_dict.
    """
    network = as_network(network)
    modules = list(network)
    for index, module in enumerate(modules):
        place = network.before(index)
        before = None if place is None else modules[place]
        if isinstance(module, nn.ReLU) and isinstance(before, OVERWRITABLE):
            modules[index] = nn.ReLU(inplace=True)
        elif isinstance(module, nn.Dropout):
            rectified = isinstance(before, nn.ReLU) and before.inplace
            modules[index] = (FusedReluDropout if rectified else WindowedDropout)(module.p)
            if rectified and place is not None:
                modules[place] = nn.Identity()
    return network.with_modules(modules)


class GeneratorDropout(nn.Module):
    """Zeroes elements with probability `p` in training and scales the others by 1 / (1 - p).

    rectify: whether to apply a ReLU first, in the same pass.
    """

    def __init__(self, p: float, generator: torch.Generator, rectify: bool = False) -> None:
        super().__init__()
        self.p, self.rectify, self._generator = p, rectify, generator

    def forward(self, inputs: Tensor) -> Tensor:
        """Apply dropout to inputs of any dense shape, float32; the result has the same shape."""
        if not self.training:
            return inputs.relu() if self.rectify else inputs
        mask = torch.empty_like(inputs, dtype=torch.bool)
        mask.bernoulli_(1 - self.p, generator=self._generator)
        result: Tensor = _Dropped.apply(inputs, mask, 1 / (1 - self.p), self.rectify)
        return result


class _Dropped(Function):
    """Inputs, or relu(inputs), times `scale` where `mask` (bool) is true, and 0 elsewhere."""

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, mask: Tensor, scale: float, rectify: bool) -> Tensor:
        outputs = _masked(inputs.relu() if rectify else inputs, mask, scale)
        # after a ReLU, nonzero outputs are exactly the positive inputs that were kept
        ctx.save_for_backward(outputs if rectify else mask)
        ctx.scale, ctx.rectify = scale, rectify
        return outputs

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None, None]:
        (saved,) = ctx.saved_tensors
        mask = saved > 0 if ctx.rectify else saved
        return _masked(gradients[0], mask, ctx.scale), None, None, None


def _masked(values: Tensor, mask: Tensor, scale: float) -> Tensor:
    # forward and backward are the same product; this operator computes it in one kernel
    result: Tensor = torch.ops.aten.native_dropout_backward(values, mask, scale)
    return result


def with_generator_dropout(network: nn.Sequential, generator: torch.Generator) -> nn.Sequential:
    """Return the network for training, with dropout that draws from `generator`.

    Its batch norms do not count batches. Every module keeps its index, and therefore its names in
    the state_dict.
    """
    network = as_network(network)
    modules = list(network)
    for index, module in enumerate(modules):
        if isinstance(module, nn.Dropout):
            place = network.before(index)
            rectify = place is not None and isinstance(modules[place], nn.ReLU)
            modules[index] = GeneratorDropout(module.p, generator, rectify)
            if rectify and place is not None:
                modules[place] = nn.Identity()
        elif isinstance(module, nn.BatchNorm2d):
            module.num_batches_tracked = None  # unused; saves a kernel launch per layer and step
    return network.with_modules(modules)
