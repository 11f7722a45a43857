"""What a network is: blocks, a head, and the one list of layers that they lower to.

Counting, shapes, multiply-accumulates, receptive field, the torch builder and the exported
source all read `layers(architecture)`; nothing is computed twice. Never imports torch.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Literal

from search.candidates.field_rules import COUNT, COUNT_OR_ZERO, one_of
from search.candidates.layer import Layer, Lowering, Shape
from search.errors import ArchitectureError

__all__ = ["Architecture", "Block", "Head", "Layer", "layers"]
BYTES_PER_ACTIVATION = 4  # float32
IN_PLACE = frozenset({"norm", "relu", "dropout", "flatten"})  # layers that need no second buffer
GLOBAL_POOL = {"average": "global_avgpool", "maximum": "global_maxpool"}
Step = Literal["norm", "relu", "dropout", "pool"]
HeadKind = Literal["pool-conv", "conv-pool", "conv", "pool-linear", "linear", "pool"]
GlobalPool = Literal["average", "maximum"]
STEP = one_of(Step)
HEAD_RULES = {"kind": one_of(HeadKind), "pool": one_of(GlobalPool), "hidden": COUNT_OR_ZERO}


@dataclass(frozen=True)
class Block:
    """[k x k convolution, then norm, ReLU, dropout and max pooling in the given order].

    width: output channels. padding: zeros on every side. dropout: probability of zeroing, 0 for
    none. pool: size and stride of the max pooling, 1 for none. `order` says which of the steps
    follow the convolution and in which order; a step that it leaves out does not exist.
    """

    width: int
    kernel: int = 3
    padding: int = 0
    bias: bool = False
    dropout: float = 0.0
    pool: int = 1
    order: tuple[Step, ...] = ("norm", "relu", "dropout", "pool")


@dataclass(frozen=True)
class Head:
    """From the last feature map to one logit per class.

    kind "pool-conv": global pooling, then a convolution (GAP -> 1x1); "conv-pool": the other way
    round; "conv": a convolution whose kernel covers the map; "pool-linear": global pooling, then
    linear; "linear": linear on the flattened map; "pool": the pooled channels are the logits.
    pool: which global pooling. kernel: of the convolution. hidden: width of a hidden linear layer,
    0 for none; hidden_relu: whether a ReLU follows it. dropout: before the first learned layer; the
    head "pool" has none.
    """

    kind: HeadKind = "pool-conv"
    pool: GlobalPool = "average"
    kernel: int = 1
    bias: bool = False
    dropout: float = 0.0
    hidden: int = 0
    hidden_relu: bool = True


@dataclass(frozen=True)
class Architecture:
    """A network without weights. image: (channels, height, width) in pixels.

    Image, classes and collections are checked here, the blocks and the head by `layers`.
    """

    image: tuple[int, int, int]
    classes: int
    blocks: tuple[Block, ...]
    head: Head = Head()

    def __post_init__(self) -> None:
        try:
            hash(self)
        except TypeError as error:
            raise ArchitectureError(
                "architecture has a list where a tuple is needed: image, blocks and a block's "
                "order are tuples, for a value never changes"
            ) from error
        shape: Shape = self.image
        if len(shape) != 3 or not all(map(COUNT.holds, shape)):
            raise ArchitectureError(
                f"architecture has image {shape}: image is (channels, height, width), each "
                f"{COUNT.words}"
            )
        if not COUNT.holds(self.classes):
            raise ArchitectureError(
                f"architecture has classes {self.classes!r}: classes is {COUNT.words}"
            )

    @property
    def layers(self) -> tuple["Layer", ...]:
        """The flat list of layers; see `layers`."""
        return layers(self)

    @property
    def parameters(self) -> int:
        """Learned parameters, as torch counts them (running statistics are not learned)."""
        return sum(layer.parameters for layer in layers(self))

    @property
    def macs(self) -> int:
        """Multiply-accumulates of convolutions and linear layers for one image."""
        return sum(layer.macs for layer in layers(self))

    @property
    def depth(self) -> int:
        """Number of convolutions and linear layers."""
        return sum(layer.macs > 0 for layer in layers(self))

    @property
    def activation_bytes(self) -> int:
        """Peak of input plus output of one layer for one image, in float32 bytes.

        Element-wise layers work in place and add nothing, as on a microcontroller.
        """
        shapes = [self.image, *(layer.shape for layer in layers(self))]
        sizes = [prod(shape) for shape in shapes]
        return BYTES_PER_ACTIVATION * max(
            before + after * (layer.kind not in IN_PLACE)
            for before, after, layer in zip(sizes, sizes[1:], layers(self), strict=False)
        )


def _lower_block(lowering: Lowering, block: Block) -> None:
    lowering.conv(block.width, block.kernel, block.padding, block.bias)
    order: tuple[str, ...] = block.order
    for step in order:
        if step == "norm":
            lowering.norm()
        elif step == "relu":
            lowering.relu()
        elif step == "dropout":
            lowering.dropout(block.dropout)
        elif step == "pool":
            lowering.maxpool(block.pool)
        else:
            place = f"the order of block {lowering.block + 1}"
            raise ArchitectureError(f"{place} names {step!r}: a step is {STEP.words}")


def _lower_head(lowering: Lowering, head: Head, classes: int) -> None:
    lowering.block = -1
    for step in _steps(head):
        if step == "pool":
            lowering.global_pool(GLOBAL_POOL[head.pool])
        elif step == "dropout":
            lowering.dropout(head.dropout)
        elif step == "conv":
            lowering.conv(classes, head.kernel, 0, head.bias)
        else:
            _lower_linear(lowering, head, classes)
    if len(lowering.shape) == 3:
        _need_one_pixel(lowering, head.kernel)
        lowering.flatten()
    if lowering.shape[0] < classes:
        raise ArchitectureError(
            f"the head {head.kind!r} gives {lowering.shape[0]} logits for {classes} classes: "
            f"widen the last block to at least {classes} or use another head, such as 'pool-conv'"
        )


def _steps(head: Head) -> list[str]:
    """The head's steps in order, dropout before the learned one."""
    for name, rule in HEAD_RULES.items():
        given = getattr(head, name)
        if not rule.holds(given):
            raise ArchitectureError(f"the head has {name} {given!r}: {name} is {rule.words}")
    steps = head.kind.split("-")
    learned = [step for step in steps if step != "pool"]
    if learned:
        steps.insert(steps.index(learned[0]), "dropout")
    return steps


def _lower_linear(lowering: Lowering, head: Head, classes: int) -> None:
    lowering.flatten()
    if head.hidden:
        lowering.linear(head.hidden, head.bias)
        if head.hidden_relu:
            lowering.relu()
    lowering.linear(classes, head.bias)


def _need_one_pixel(lowering: Lowering, kernel: int) -> None:
    _, height, breadth = lowering.shape
    if (height, breadth) != (1, 1):
        conv = lowering.where(f"{kernel}x{kernel} convolution", len(lowering.layers))
        cover = f"kernel {kernel + height - 1}, which covers the map, or " * (height == breadth)
        raise ArchitectureError(
            f"{conv} leaves {height}x{breadth} pixels where one logit per class is needed: "
            f"use {cover}the head 'conv-pool'"
        )


@lru_cache(maxsize=4096)
def layers(architecture: Architecture) -> tuple[Layer, ...]:
    """The flat list of layers from the image to the logits, with the final shape (classes,).

    ArchitectureError names the layer that cannot exist and why. The head "pool" may give more
    logits than classes (seed "EV8 Assignment-4", step 2 does).
    """
    lowering = Lowering(architecture.image)
    for index, block in enumerate(architecture.blocks):
        lowering.block = index
        _lower_block(lowering, block)
    _lower_head(lowering, architecture.head, architecture.classes)
    return tuple(lowering.layers)
