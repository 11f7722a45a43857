"""Dropout whose masks are drawn anew at every step by a generator of the member's own.

For steps that are captured once and replayed: a graph knows the generator, and every replay goes on
where the last one ended. All elements of all steps are independent draws.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import Function


class DrawnDropout(nn.Module):
    """Zeroes elements with probability `p` while training and scales the rest by 1 / (1 - p).

    rectify: a ReLU comes first, done in the same pass.
    """

    def __init__(self, p: float, generator: torch.Generator, rectify: bool = False) -> None:
        super().__init__()
        self.p, self.rectify, self._generator = p, rectify, generator

    def forward(self, inputs: Tensor) -> Tensor:
        """inputs of any dense shape, float32 -> the same shape."""
        if not self.training:
            return inputs.relu() if self.rectify else inputs
        kept = torch.empty_like(inputs, dtype=torch.bool)
        kept.bernoulli_(1 - self.p, generator=self._generator)
        result: Tensor = _Dropped.apply(inputs, kept, 1 / (1 - self.p), self.rectify)
        return result


class _Dropped(Function):
    """inputs, or relu(inputs), where `kept` (bool) and times `scale`, else 0."""

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, kept: Tensor, scale: float, rectify: bool) -> Tensor:
        outputs = _masked(inputs.relu() if rectify else inputs, kept, scale)
        # of a ReLU's output, what is not zero was positive and kept
        ctx.save_for_backward(outputs if rectify else kept)
        ctx.scale, ctx.rectify = scale, rectify
        return outputs

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None, None]:
        (saved,) = ctx.saved_tensors
        kept = saved > 0 if ctx.rectify else saved
        return _masked(gradients[0], kept, ctx.scale), None, None, None


def _masked(values: Tensor, kept: Tensor, scale: float) -> Tensor:
    # named after its one use in torch, but forward and backward are the same product: one kernel
    result: Tensor = torch.ops.aten.native_dropout_backward(values, kept, scale)
    return result


def drawn(network: nn.Sequential, generator: torch.Generator) -> nn.Sequential:
    """The same network for training: its dropout draws from `generator`, and nothing is counted.

    Every module keeps its index, and with it its place in the state_dict.
    """
    modules = list(network)
    for index, module in enumerate(modules):
        if isinstance(module, nn.Dropout):
            rectify = index > 0 and isinstance(modules[index - 1], nn.ReLU)
            modules[index] = DrawnDropout(module.p, generator, rectify)
            if rectify:
                modules[index - 1] = nn.Identity()
        elif isinstance(module, nn.BatchNorm2d):
            module.num_batches_tracked = None  # a launch per layer and step for what nobody reads
    return nn.Sequential(*modules)
