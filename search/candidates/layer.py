"""One layer, and the walk from the image to the logits that adds layer after layer.

What a layer costs, what shape it leaves, what it sees of the image and what it needs to exist is
said here and nowhere else. Never imports torch.
"""

from math import prod
from typing import Any, NamedTuple

from search.candidates.field_rules import COUNT, COUNT_OR_ZERO, PROPER_FRACTION, Rule
from search.errors import ArchitectureError

Shape = tuple[int, ...]  # (channels, height, width), or (features,) once flat


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


class Lowering:
    """Walks from the image to the logits, keeping shape, receptive field and stride.

    shape: of the latest output. block: index of the block under way, -1 for the head. layers: those
    added so far. A layer that cannot exist raises an ArchitectureError that says which and why.
    """

    def __init__(self, image: Shape) -> None:
        self.shape = image
        self.field = 1
        self.stride = 1
        self.block = 0
        self.layers: list[Layer] = []

    def conv(self, width: int, kernel: int, padding: int, bias: bool) -> None:
        """A square convolution of stride 1."""
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
        """A linear layer on a flat shape."""
        self._need("linear layer", "width", width, COUNT)
        (inputs,) = self.shape
        self.shape = (width,)
        arguments = {"in_features": inputs, "out_features": width, "bias": bias}
        self._add("linear", arguments, inputs * width + width * bias, inputs * width)

    def norm(self) -> None:
        """Batch normalisation with a learned scale and shift per channel."""
        self._add("norm", {"num_features": self.shape[0]}, 2 * self.shape[0])

    def relu(self) -> None:
        """ReLU."""
        self._add("relu", {})

    def dropout(self, rate: float) -> None:
        """Dropout, none at rate 0."""
        self._need("dropout", "rate", rate, PROPER_FRACTION)
        if rate:
            self._add("dropout", {"p": rate})

    def maxpool(self, size: int) -> None:
        """Max pooling of that size and stride, none at size 1; a rest at the border is lost."""
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
        """Pooling of the whole map to one pixel. kind: global_avgpool or global_maxpool."""
        channels, height, breadth = self.shape
        self.shape = (channels, 1, 1)
        self.field += (max(height, breadth) - 1) * self.stride
        self._add(kind, {"output_size": 1})

    def flatten(self) -> None:
        """(channels, height, width) to (features,)."""
        self.shape = (prod(self.shape),)
        self._add("flatten", {})

    def where(self, what: str, number: int) -> str:
        """How an error names a layer. number: from 1."""
        place = "the head" if self.block < 0 else f"block {self.block + 1}"
        return f"layer {number} ({what} in {place})"

    def _add(
        self, kind: str, arguments: dict[str, Any], parameters: int = 0, macs: int = 0
    ) -> None:
        self.layers.append(
            Layer(kind, arguments, parameters, self.shape, macs, self.field, self.block)
        )

    def _next(self, what: str) -> str:
        return self.where(what, len(self.layers) + 1)

    def _need(self, what: str, name: str, figure: float, rule: Rule) -> None:
        if not rule.holds(figure):
            raise ArchitectureError(
                f"{self._next(what)} has {name} {figure!r}: {name} is {rule.words}"
            )

    def _too_small(self, what: str, side: int) -> ArchitectureError:
        _, height, breadth = self.shape
        remedy = (
            f"a kernel of {min(height, breadth)} is the largest that fits"
            if self.block < 0
            else "use padding, or fewer poolings or convolutions before it"
        )
        return ArchitectureError(
            f"{self._next(what)} needs at least {side}x{side} pixels but gets {height}x{breadth}: "
            f"{remedy}"
        )
