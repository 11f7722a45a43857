"""Architectures, and their conversion to a list of layers. Does not import torch."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from search.candidates.blocks import AnyBlock, check_chain, lower_chain, need_fields, one_line
from search.candidates.field_rules import (
    COUNT,
    COUNT_OR_ZERO,
    FLAG,
    PROPER_FRACTION,
    Rule,
    one_of,
)
from search.candidates.layers import LEARNED, Layer, LayerBuilder, peak_bytes
from search.errors import ArchitectureError
from search.files import omitted

GLOBAL_POOL = {"average": "global_avgpool", "maximum": "global_maxpool"}
IMAGE_SHAPE = Rule(
    "a tuple (channels, height, width) of whole numbers of at least 1",
    lambda v: isinstance(v, tuple) and len(v) == 3 and all(map(COUNT.holds, v)),
)
BLOCKS = Rule("a tuple of blocks", lambda v: isinstance(v, tuple))
ARCHITECTURE_RULES = {"image": IMAGE_SHAPE, "classes": COUNT, "blocks": BLOCKS}
HeadKind = Literal["pool-conv", "conv-pool", "conv", "pool-linear", "linear", "pool"]
GlobalPool = Literal["average", "maximum"]
HEAD_RULES = {
    "kind": one_of(HeadKind),
    "pool": one_of(GlobalPool),
    "kernel": COUNT,
    "bias": FLAG,
    "dropout": PROPER_FRACTION,
    "hidden": COUNT_OR_ZERO,
    "hidden_relu": FLAG,
    "blocks": BLOCKS,
}


@dataclass(frozen=True)
class Head:
    """From the last feature map to one logit per class.

    kind "pool-conv": global pooling, then a convolution (GAP -> 1x1); "conv-pool": the reverse;
    "conv": a convolution whose kernel covers the map; "pool-linear": global pooling, then a linear
    layer; "linear": a linear layer on the flattened map; "pool": the pooled channels are the
    logits. pool: kind of global pooling. kernel: of the convolution, in pixels. dropout: before the
    first learned layer; the head "pool" has none. hidden: width of a hidden linear layer, 0 for
    none. hidden_relu: whether a ReLU follows the hidden layer. blocks: a chain of blocks before the
    head's dropout, convolution or linear layer, for example 1x1 blocks after global pooling; in the
    head "pool", after the pooling.
    """

    kind: HeadKind = "pool-conv"
    pool: GlobalPool = "average"
    kernel: int = 1
    bias: bool = False
    dropout: float = 0.0
    hidden: int = 0
    hidden_relu: bool = True
    blocks: tuple[AnyBlock, ...] = field(default=(), metadata=omitted())


@dataclass(frozen=True)
class Architecture:
    """A network without weights. image: (channels, height, width) in pixels.

    The constructor checks every field, of the blocks and the head too; `layers` checks whether the
    blocks fit the image and each other.
    """

    image: tuple[int, int, int]
    classes: int
    blocks: tuple[AnyBlock, ...]
    head: Head = Head()

    def __post_init__(self) -> None:
        need_fields(self, ARCHITECTURE_RULES, "architecture")
        check_chain(self.blocks, "")
        head: object = self.head
        if type(head) is not Head:
            raise TypeError(f"architecture has head {one_line(head)}: head must be a Head")
        need_fields(head, HEAD_RULES, "the head")
        check_chain(head.blocks, "the head")

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The list of layers; see the function `layers`."""
        return layers(self)

    @property
    def parameters(self) -> int:
        """Number of learned parameters as in torch, without running statistics."""
        return sum(layer.parameters for layer in layers(self))

    @property
    def macs(self) -> int:
        """Multiply-accumulates of convolutions, linear layers and blur pooling for one image."""
        return sum(layer.macs for layer in layers(self))

    @property
    def frozen(self) -> int:
        """Number of fixed numbers that are not learned, such as the filters of blur pooling."""
        return sum(layer.frozen for layer in layers(self))

    @property
    def depth(self) -> int:
        """Number of convolutions and linear layers, including repeated ones."""
        return sum(layer.kind in LEARNED for layer in layers(self))

    @property
    def activation_bytes(self) -> int:
        """Peak size of all activations that exist at the same time, for one image, in bytes.

        See `peak_bytes`. In a chain of layers, it is the largest input plus output of a layer.
        """
        return peak_bytes(self.image, layers(self))


def _lower_head(builder: LayerBuilder, head: Head, classes: int) -> None:
    builder.block = -1
    for step in _steps(head):
        _lower_step(builder, head, classes, step)
    if len(builder.shape) == 3:
        _need_one_pixel(builder, head.kernel)
        builder.flatten()
    if builder.shape[0] < classes:
        raise ArchitectureError(
            f"the head {head.kind!r} has {builder.shape[0]} logits for {classes} classes: "
            f"widen the last block to at least {classes} or use another head, such as 'pool-conv'"
        )


def _lower_step(builder: LayerBuilder, head: Head, classes: int, step: str) -> None:
    if step == "pool":
        builder.global_pool(GLOBAL_POOL[head.pool])
    elif step == "blocks":
        lower_chain(builder, head.blocks)
    elif step == "dropout":
        builder.dropout(head.dropout)
    elif step == "conv":
        builder.conv(classes, head.kernel, bias=head.bias)
    else:
        _lower_linear(builder, head, classes)


def _steps(head: Head) -> list[str]:
    """Return the steps of the head in order, with blocks and dropout before the learned step."""
    steps = head.kind.split("-")
    learned = [step for step in steps if step != "pool"]
    if not learned:
        return [*steps, "blocks"]
    at = steps.index(learned[0])
    return [*steps[:at], "blocks", "dropout", *steps[at:]]


def _lower_linear(builder: LayerBuilder, head: Head, classes: int) -> None:
    builder.flatten()
    if head.hidden:
        builder.linear(head.hidden, head.bias)
        if head.hidden_relu:
            builder.activation("relu")
    builder.linear(classes, head.bias)


def _need_one_pixel(builder: LayerBuilder, kernel: int) -> None:
    _, height, breadth = builder.shape
    if (height, breadth) != (1, 1):
        conv = builder.where(f"{kernel}x{kernel} convolution", len(builder.layers))
        cover = f"kernel {kernel + height - 1}, which covers the map, or " * (height == breadth)
        raise ArchitectureError(
            f"{conv} outputs {height}x{breadth} pixels instead of 1x1, one logit per class: "
            f"use {cover}the head 'conv-pool'"
        )


@lru_cache(maxsize=4096)
def layers(architecture: Architecture) -> tuple[Layer, ...]:
    """Return the list of layers from the image to the logits; the last shape is (classes,).

    ArchitectureError names an impossible layer and the reason. The head "pool" may have more
    logits than classes, as in step 2 of the published system "EV8 Assignment-4".
    """
    builder = LayerBuilder(architecture.image)
    for index, block in enumerate(architecture.blocks):
        builder.block = index
        block.lower(builder)
    _lower_head(builder, architecture.head, architecture.classes)
    return tuple(builder.layers)
