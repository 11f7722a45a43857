"""Layers, and the conversion of an architecture to its list of layers. Does not import torch.

This module is the only definition of each layer's cost, output shape, receptive field and
constraints.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any, Literal, NamedTuple

from search.candidates.field_rules import COUNT, COUNT_OR_ZERO, PROPER_FRACTION, Rule, one_of
from search.errors import ArchitectureError

Shape = tuple[int, ...]  # (channels, height, width), or (features,) after flattening
BYTES_PER_ACTIVATION = 4  # float32
IN_PLACE = frozenset({"norm", "relu", "dropout", "flatten"})  # layers that need no second buffer
GLOBAL_POOL = {"average": "global_avgpool", "maximum": "global_maxpool"}
Step = Literal["norm", "relu", "dropout", "pool"]
HeadKind = Literal["pool-conv", "conv-pool", "conv", "pool-linear", "linear", "pool"]
GlobalPool = Literal["average", "maximum"]
STEP = one_of(Step)
HEAD_RULES = {"kind": one_of(HeadKind), "pool": one_of(GlobalPool), "hidden": COUNT_OR_ZERO}


class Layer(NamedTuple):
    """One layer.

    kind: a key of `network.MODULES`. arguments: keyword arguments of the torch module. shape: of
    the output, without the batch. receptive_field: side of the receptive field of one output in
    input pixels, ignoring the image border. block: index of its block, -1 for the head.
    """

    kind: str
    arguments: dict[str, Any]
    parameters: int
    shape: Shape
    macs: int
    receptive_field: int
    block: int


class LayerBuilder:
    """Add layers from the image to the logits and track shape, receptive field and stride.

    shape: of the last output. block: index of the current block, -1 for the head. layers: the
    layers added so far. ArchitectureError names an impossible layer and the reason.
    """

    def __init__(self, image: Shape) -> None:
        self.shape = image
        self.field = 1
        self.stride = 1
        self.block = 0
        self.layers: list[Layer] = []

    def conv(self, width: int, kernel: int, padding: int, bias: bool) -> None:
        """Add a square convolution of stride 1."""
        self._need("convolution", "width", width, COUNT)
        self._need("convolution", "kernel", kernel, COUNT)
        self._need("convolution", "padding", padding, COUNT_OR_ZERO)
        channels, height, breadth = self.shape
        grow = 2 * padding - kernel + 1
        if min(height, breadth) + grow < 1:
            raise self._too_small(f"{kernel}x{kernel} convolution", kernel - 2 * padding)
        self.shape = (width, height + grow, breadth + grow)
        self.field += (kernel - 1) * self.stride
        weights = width * channels * kernel * kernel
        arguments = {
            "in_channels": channels,
            "out_channels": width,
            "kernel_size": kernel,
            "padding": padding,
            "bias": bias,
        }
        macs = weights * self.shape[1] * self.shape[2]
        self._add("conv", arguments, weights + width * bias, macs)

    def linear(self, width: int, bias: bool) -> None:
        """Add a linear layer; the current shape must be flat."""
        self._need("linear layer", "width", width, COUNT)
        (inputs,) = self.shape
        self.shape = (width,)
        arguments = {"in_features": inputs, "out_features": width, "bias": bias}
        self._add("linear", arguments, inputs * width + width * bias, inputs * width)

    def norm(self) -> None:
        """Add batch normalisation with a learned scale and shift per channel."""
        self._add("norm", {"num_features": self.shape[0]}, 2 * self.shape[0])

    def relu(self) -> None:
        """Add a ReLU."""
        self._add("relu", {})

    def dropout(self, rate: float) -> None:
        """Add dropout, or nothing for rate 0."""
        self._need("dropout", "rate", rate, PROPER_FRACTION)
        if rate:
            self._add("dropout", {"p": rate})

    def maxpool(self, size: int) -> None:
        """Add max pooling with stride `size`, or nothing for size 1; a remainder is cut off."""
        self._need("max pooling", "size", size, COUNT)
        channels, height, breadth = self.shape
        if min(height, breadth) < size:
            raise self._too_small(f"{size}x{size} max pooling", size)
        if size > 1:
            self.shape = (channels, height // size, breadth // size)
            self.field += (size - 1) * self.stride
            self.stride *= size
            self._add("maxpool", {"kernel_size": size})

    def global_pool(self, kind: str) -> None:
        """Add pooling of the whole map to one pixel. kind: global_avgpool or global_maxpool."""
        channels, height, breadth = self.shape
        self.shape = (channels, 1, 1)
        self.field += (max(height, breadth) - 1) * self.stride
        self._add(kind, {"output_size": 1})

    def flatten(self) -> None:
        """Flatten (channels, height, width) to (features,)."""
        self.shape = (prod(self.shape),)
        self._add("flatten", {})

    def where(self, what: str, number: int) -> str:
        """Return the name of a layer for error messages. number: counted from 1."""
        place = "the head" if self.block < 0 else f"block {self.block + 1}"
        return f"layer {number} ({what} in {place})"

    def _add(
        self, kind: str, arguments: dict[str, Any], parameters: int = 0, macs: int = 0
    ) -> None:
        self.layers.append(
            Layer(
                kind,
                arguments=arguments,
                parameters=parameters,
                shape=self.shape,
                macs=macs,
                receptive_field=self.field,
                block=self.block,
            )
        )

    def _next(self, what: str) -> str:
        return self.where(what, len(self.layers) + 1)

    def _need(self, what: str, name: str, figure: float, rule: Rule) -> None:
        if not rule.holds(figure):
            raise ArchitectureError(
                f"{self._next(what)} has {name} {figure!r}: {name} must be {rule.words}"
            )

    def _too_small(self, what: str, side: int) -> ArchitectureError:
        _, height, breadth = self.shape
        remedy = (
            f"a kernel of {min(height, breadth)} is the largest that fits"
            if self.block < 0
            else "use padding, or fewer convolutions or pooling layers before it"
        )
        return ArchitectureError(
            f"{self._next(what)} needs at least {side}x{side} pixels but gets {height}x{breadth}: "
            f"{remedy}"
        )


@dataclass(frozen=True)
class Block:
    """[k x k convolution, then batch norm, ReLU, dropout and max pooling in the given order].

    width: output channels. padding: zero padding on every side, in pixels. dropout: probability, 0
    for none. pool: size and stride of the max pooling, 1 for none. order: the steps after the
    convolution, in order; the block does not contain steps that are not listed.
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

    kind "pool-conv": global pooling, then a convolution (GAP -> 1x1); "conv-pool": the reverse;
    "conv": a convolution whose kernel covers the map; "pool-linear": global pooling, then a linear
    layer; "linear": a linear layer on the flattened map; "pool": the pooled channels are the
    logits. pool: kind of global pooling. kernel: of the convolution, in pixels. dropout: before the
    first learned layer; the head "pool" has none. hidden: width of a hidden linear layer, 0 for
    none. hidden_relu: whether a ReLU follows the hidden layer.
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

    The constructor checks image, classes and collections; `layers` checks the blocks and the head.
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
                "architecture contains a list: image, blocks and the order of a block must be "
                "tuples"
            ) from error
        shape: Shape = self.image
        if len(shape) != 3 or not all(map(COUNT.holds, shape)):
            raise ArchitectureError(
                f"architecture has image {shape}: image must be (channels, height, width), each "
                f"{COUNT.words}"
            )
        if not COUNT.holds(self.classes):
            raise ArchitectureError(
                f"architecture has classes {self.classes!r}: classes must be {COUNT.words}"
            )

    @property
    def layers(self) -> tuple["Layer", ...]:
        """The list of layers; see the function `layers`."""
        return layers(self)

    @property
    def parameters(self) -> int:
        """Number of learned parameters as in torch, without running statistics."""
        return sum(layer.parameters for layer in layers(self))

    @property
    def macs(self) -> int:
        """Multiply-accumulate operations of convolutions and linear layers for one image."""
        return sum(layer.macs for layer in layers(self))

    @property
    def depth(self) -> int:
        """Number of convolutions and linear layers."""
        return sum(layer.macs > 0 for layer in layers(self))

    @property
    def activation_bytes(self) -> int:
        """Peak size of the input plus output of a layer, for one image, in bytes (float32).

        Element-wise layers are assumed to work in place, as on a microcontroller, and add nothing.
        """
        shapes = [self.image, *(layer.shape for layer in layers(self))]
        sizes = [prod(shape) for shape in shapes]
        return BYTES_PER_ACTIVATION * max(
            before + after * (layer.kind not in IN_PLACE)
            for before, after, layer in zip(sizes, sizes[1:], layers(self), strict=False)
        )


def _lower_block(builder: LayerBuilder, block: Block) -> None:
    builder.conv(block.width, block.kernel, block.padding, block.bias)
    order: tuple[str, ...] = block.order
    for step in order:
        if step == "norm":
            builder.norm()
        elif step == "relu":
            builder.relu()
        elif step == "dropout":
            builder.dropout(block.dropout)
        elif step == "pool":
            builder.maxpool(block.pool)
        else:
            place = f"the order of block {builder.block + 1}"
            raise ArchitectureError(f"{place} contains {step!r}: a step must be {STEP.words}")


def _lower_head(builder: LayerBuilder, head: Head, classes: int) -> None:
    builder.block = -1
    for step in _steps(head):
        if step == "pool":
            builder.global_pool(GLOBAL_POOL[head.pool])
        elif step == "dropout":
            builder.dropout(head.dropout)
        elif step == "conv":
            builder.conv(classes, head.kernel, 0, head.bias)
        else:
            _lower_linear(builder, head, classes)
    if len(builder.shape) == 3:
        _need_one_pixel(builder, head.kernel)
        builder.flatten()
    if builder.shape[0] < classes:
        raise ArchitectureError(
            f"the head {head.kind!r} has {builder.shape[0]} logits for {classes} classes: "
            f"widen the last block to at least {classes} or use another head, such as 'pool-conv'"
        )


def _steps(head: Head) -> list[str]:
    """Return the steps of the head in order, with dropout before the first learned step."""
    for name, rule in HEAD_RULES.items():
        given = getattr(head, name)
        if not rule.holds(given):
            raise ArchitectureError(f"the head has {name} {given!r}: {name} must be {rule.words}")
    steps = head.kind.split("-")
    learned = [step for step in steps if step != "pool"]
    if learned:
        steps.insert(steps.index(learned[0]), "dropout")
    return steps


def _lower_linear(builder: LayerBuilder, head: Head, classes: int) -> None:
    builder.flatten()
    if head.hidden:
        builder.linear(head.hidden, head.bias)
        if head.hidden_relu:
            builder.relu()
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
        _lower_block(builder, block)
    _lower_head(builder, architecture.head, architecture.classes)
    return tuple(builder.layers)
