"""What a network is: blocks, a head, and the one list of layers that they lower to.

Counting, shapes, multiply-accumulates, receptive field, the torch builder and the exported
source all read `layers(architecture)`; nothing is computed twice. Never imports torch.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any, Literal, NamedTuple

from search.errors import ArchitectureError

BYTES_PER_ACTIVATION = 4  # float32

Step = Literal["norm", "relu", "dropout", "pool"]
Shape = tuple[int, ...]  # (channels, height, width), or (features,) once flat


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
    0 for none; hidden_relu: whether a ReLU follows it. dropout: before the first learned layer.
    """

    kind: Literal["pool-conv", "conv-pool", "conv", "pool-linear", "linear", "pool"] = "pool-conv"
    pool: Literal["average", "maximum"] = "average"
    kernel: int = 1
    bias: bool = False
    dropout: float = 0.0
    hidden: int = 0
    hidden_relu: bool = True


@dataclass(frozen=True)
class Architecture:
    """A network without weights. image: (channels, height, width) in pixels."""

    image: tuple[int, int, int]
    classes: int
    blocks: tuple[Block, ...]
    head: Head = Head()

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


class Layer(NamedTuple):
    """One layer. kind: a key of `network.MODULES`. arguments: those of the torch module.

    shape: of the output, without the batch. receptive_field: side in input pixels of what one
    output sees, as if the image had no border. block: index of its block, -1 for the head.
    """

    kind: str
    arguments: dict[str, Any]
    parameters: int
    shape: Shape
    macs: int
    receptive_field: int
    block: int


IN_PLACE = frozenset({"norm", "relu", "dropout", "flatten"})


class _Lowering:
    """Walks from the image to the logits, keeping shape, receptive field and stride."""

    def __init__(self, image: Shape) -> None:
        self.shape = image
        self.field = 1
        self.stride = 1
        self.block = 0
        self.layers: list[Layer] = []

    def add(self, kind: str, arguments: dict[str, Any], parameters: int = 0, macs: int = 0) -> None:
        self.layers.append(
            Layer(kind, arguments, parameters, self.shape, macs, self.field, self.block)
        )

    def where(self, what: str) -> str:
        place = "the head" if self.block < 0 else f"block {self.block + 1}"
        return f"layer {len(self.layers) + 1} ({what} in {place})"

    def conv(self, width: int, kernel: int, padding: int, bias: bool) -> None:
        channels, height, breadth = self.shape
        side = min(height, breadth) + 2 * padding - kernel + 1
        if width < 1 or kernel < 1 or padding < 0:
            raise ArchitectureError(
                f"{self.where('convolution')} has width {width}, kernel {kernel}, padding "
                f"{padding}: width and kernel are at least 1, padding at least 0"
            )
        if side < 1:
            raise ArchitectureError(
                f"{self.where(f'{kernel}x{kernel} convolution')} needs at least "
                f"{kernel - 2 * padding}x{kernel - 2 * padding} pixels but gets "
                f"{height}x{breadth}: use padding, fewer poolings or fewer blocks before it"
            )
        grow = 2 * padding - kernel + 1
        self.shape = (width, height + grow, breadth + grow)
        self.field += (kernel - 1) * self.stride
        weights = width * channels * kernel * kernel
        self.add(
            "conv",
            {
                "in_channels": channels,
                "out_channels": width,
                "kernel_size": kernel,
                "padding": padding,
                "bias": bias,
            },
            weights + width * bias,
            weights * self.shape[1] * self.shape[2],
        )

    def linear(self, features: int, bias: bool) -> None:
        (inputs,) = self.shape
        self.shape = (features,)
        arguments = {"in_features": inputs, "out_features": features, "bias": bias}
        self.add("linear", arguments, inputs * features + features * bias, inputs * features)

    def norm(self) -> None:
        self.add("norm", {"num_features": self.shape[0]}, 2 * self.shape[0])

    def relu(self) -> None:
        self.add("relu", {})

    def dropout(self, rate: float) -> None:
        if not 0 <= rate < 1:
            raise ArchitectureError(
                f"{self.where('dropout')} has rate {rate}: a rate is at least 0 and below 1"
            )
        if rate:
            self.add("dropout", {"p": rate})

    def maxpool(self, size: int) -> None:
        channels, height, breadth = self.shape
        if size < 1 or min(height, breadth) < size:
            raise ArchitectureError(
                f"{self.where(f'{size}x{size} max pooling')} gets only {height}x{breadth} pixels: "
                "use padding or fewer poolings before it"
            )
        if size > 1:
            self.shape = (channels, height // size, breadth // size)
            self.field += (size - 1) * self.stride
            self.stride *= size
            self.add("maxpool", {"kernel_size": size})

    def global_pool(self, which: str) -> None:
        channels, height, breadth = self.shape
        self.shape = (channels, 1, 1)
        self.field += (max(height, breadth) - 1) * self.stride
        kind = "global_avgpool" if which == "average" else "global_maxpool"
        self.add(kind, {"output_size": 1})

    def flatten(self) -> None:
        self.shape = (prod(self.shape),)
        self.add("flatten", {})


def _lower_block(lowering: _Lowering, block: Block) -> None:
    lowering.conv(block.width, block.kernel, block.padding, block.bias)
    for step in block.order:
        if step == "norm":
            lowering.norm()
        elif step == "relu":
            lowering.relu()
        elif step == "dropout":
            lowering.dropout(block.dropout)
        else:
            lowering.maxpool(block.pool)


def _classify(lowering: _Lowering, head: Head, classes: int) -> None:
    if "conv" in head.kind:
        lowering.conv(classes, head.kernel, 0, head.bias)
    elif "linear" in head.kind:
        lowering.flatten()
        if head.hidden:
            lowering.linear(head.hidden, head.bias)
            if head.hidden_relu:
                lowering.relu()
        lowering.linear(classes, head.bias)


def _lower_head(lowering: _Lowering, head: Head, classes: int) -> None:
    lowering.block = -1
    steps: Iterator[str] = iter(head.kind.split("-"))
    for index, step in enumerate(steps):
        if step == "pool":
            lowering.global_pool(head.pool)
        if index == 0 and head.kind != "conv-pool":
            lowering.dropout(head.dropout)
        if step != "pool":
            _classify(lowering, head, classes)
    if len(lowering.shape) == 3:
        _, height, breadth = lowering.shape
        if (height, breadth) != (1, 1):
            raise ArchitectureError(
                f"{lowering.where('convolution')} leaves {height}x{breadth} pixels where one logit "
                'per class is needed: use a kernel that covers the map, or the head "conv-pool"'
            )
        lowering.flatten()
    if lowering.shape[0] < classes:
        raise ArchitectureError(
            f"the head gives {lowering.shape[0]} logits for {classes} classes: "
            'widen the last block or use a head other than "pool"'
        )


@lru_cache(maxsize=4096)
def layers(architecture: Architecture) -> tuple[Layer, ...]:
    """The flat list of layers from the image to the logits, with the final shape (classes,).

    ArchitectureError names the layer that cannot exist and why. The head "pool" may give more
    logits than classes (seed "EV8 Assignment-4", step 2 does).
    """
    lowering = _Lowering(architecture.image)
    for index, block in enumerate(architecture.blocks):
        lowering.block = index
        _lower_block(lowering, block)
    _lower_head(lowering, architecture.head, architecture.classes)
    return tuple(lowering.layers)
