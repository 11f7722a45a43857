"""Layers, and the builder that adds them one after another. Does not import torch.

This module is the only definition of each layer's cost, output shape, receptive field and
constraints.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from math import gcd, prod
from typing import Any, Literal, NamedTuple, get_args

from search.candidates.field_rules import COUNT, COUNT_OR_ZERO, Rule, one_of
from search.errors import ArchitectureError

Shape = tuple[int, ...]  # (channels, height, width), or (features,) after flattening
Pair = tuple[int, int]  # (vertical, horizontal)
Kernel = int | Pair
Padding = int | Pair | Literal["same"]
Groups = int | Literal["depthwise"]
ActivationKind = Literal[
    "relu", "relu6", "leaky_relu", "prelu", "channel_prelu", "silu", "hardswish", "gelu", "none"
]
GateKind = Literal["sigmoid", "hardsigmoid"]
NormKind = Literal["batch", "group", "layer", "none"]
PoolKind = Literal["max", "average", "blur"]

IMAGE = -1  # number of the image among the inputs of a layer
BYTES_PER_ACTIVATION = 4  # float32
LONGEST = 10_000  # layers; ten times as many as the deepest published networks have
ACTIVATIONS = frozenset(get_args(ActivationKind)) - {"none", "channel_prelu"}
GATES = frozenset(get_args(GateKind))
NORMS = frozenset({"norm", "group_norm", "channel_norm"})
JOINTS = frozenset({"add", "concat", "scale"})  # layers with several inputs and without a module
LEARNED = frozenset({"conv", "linear"})
# layers that need no second buffer
IN_PLACE = NORMS | ACTIVATIONS | GATES | {"dropout", "flatten", "add", "scale"}
POOLS = {"max": "maxpool", "average": "avgpool", "blur": "blurpool"}

PAIR = Rule("", lambda v: isinstance(v, tuple) and len(v) == 2)
KERNEL = Rule(
    "a whole number of at least 1, or a tuple (height, width) of two such numbers",
    lambda v: COUNT.holds(v) or (PAIR.holds(v) and all(map(COUNT.holds, v))),
)
PADDING = Rule(
    "a whole number of at least 0, a tuple (vertical, horizontal) of two such numbers, or 'same'",
    lambda v: (
        (isinstance(v, str) and v == "same")
        or COUNT_OR_ZERO.holds(v)
        or (PAIR.holds(v) and all(map(COUNT_OR_ZERO.holds, v)))
    ),
)
GROUPS = Rule(
    "a whole number of at least 1, or 'depthwise'",
    lambda v: (isinstance(v, str) and v == "depthwise") or COUNT.holds(v),
)
ACTIVATION = one_of(ActivationKind)
GATE = one_of(GateKind)
NORM = one_of(NormKind)
POOL = one_of(PoolKind)


class Layer(NamedTuple):
    """One layer.

    kind: a key of `network.MODULES`, or one of JOINTS. arguments: keyword arguments of the torch
    module. parameters: learned parameters, 0 for a layer that reuses those of another. shape: of
    the output, without the batch. receptive_field: the longer side of the receptive field of one
    output in input pixels, ignoring the image border, the gates of squeeze-and-excitation and the
    statistics of norms. block: index of its block, -1 for the head. inputs: numbers of the layers
    that it reads, from 0; IMAGE for the image. source: number of the layer whose weights it reuses,
    None for its own. frozen: fixed numbers, which are not learned. repeats: number of the layer
    that it repeats, with or without weights; None outside repetitions and for the first time.
    """

    kind: str
    arguments: dict[str, Any]
    parameters: int
    shape: Shape
    macs: int
    receptive_field: int
    block: int
    inputs: tuple[int, ...]
    source: int | None = None
    frozen: int = 0
    repeats: int | None = None


class Position(NamedTuple):
    """An output that the next layer may read.

    layer: number of the layer that computes it. shape: without the batch. first, last: first and
    last row and column of the image that the first pixel of the output depends on; they are
    negative or beyond the image in the padding. stride: distance of two neighbours, in input
    pixels.
    """

    layer: int
    shape: Shape
    first: Pair
    last: Pair
    stride: int

    @property
    def field(self) -> Pair:
        """Height and width of the receptive field, in input pixels."""
        return self.last[0] - self.first[0] + 1, self.last[1] - self.first[1] + 1


class LayerBuilder:
    """Add layers from the image to the logits and track shape, receptive field and stride.

    at: the output that the next layer reads; set it to build a branch. block: index of the current
    block, -1 for the head. layers: the layers added so far. ArchitectureError names an impossible
    layer and the reason.
    """

    def __init__(self, image: Shape) -> None:
        self.at = Position(IMAGE, image, (0, 0), (0, 0), 1)
        self.block = 0
        self.layers: list[Layer] = []
        self._offset = 0  # from a layer of a repetition to the layer whose weights it reuses

    @property
    def place(self) -> str:
        """The current block, or the head, in error messages."""
        return "the head" if self.block < 0 else f"block {self.block + 1}"

    @property
    def shape(self) -> Shape:
        """The shape of the output that the next layer reads."""
        return self.at.shape

    def conv(  # noqa: PLR0913 (the settings of a convolution)
        self,
        width: int,
        kernel: Kernel,
        padding: Padding = 0,
        *,
        bias: bool = False,
        groups: Groups = 1,
        stride: int = 1,
        dilation: int = 1,
    ) -> None:
        """Add a convolution. "depthwise" makes one group of each input channel."""
        channels = self.shape[0]
        divisor = channels if groups == "depthwise" else int(groups)
        self._check_groups(channels, width, divisor)
        sides = kernel if isinstance(kernel, tuple) else (kernel, kernel)
        extents = (dilation * (sides[0] - 1) + 1, dilation * (sides[1] - 1) + 1)
        pads = self._padding(padding, extents, kernel)
        what = f"{sides[0]}x{sides[1]} convolution"
        shape = (width, *self._slide(what, extents, pads, stride))
        weights = width * (channels // divisor) * prod(sides)
        arguments = {
            "in_channels": channels,
            "out_channels": width,
            "kernel_size": _short(sides),
            "padding": _short(pads),
            "bias": bias,
        }
        further = {"stride": stride, "dilation": dilation, "groups": divisor}
        arguments |= {name: value for name, value in further.items() if value != 1}
        self._move(shape, extents, pads, stride)
        self._add("conv", arguments, weights + width * bias, weights * prod(shape[1:]))

    def linear(self, width: int, bias: bool) -> None:
        """Add a linear layer; the current shape must be flat."""
        (inputs,) = self.shape
        self.at = self.at._replace(shape=(width,))
        arguments = {"in_features": inputs, "out_features": width, "bias": bias}
        self._add("linear", arguments, inputs * width + width * bias, inputs * width)

    def norm(self, kind: NormKind = "batch", groups: int = 1) -> None:
        """Add a normalisation with a learned scale and shift per channel, or nothing for "none".

        groups: of channels, for "group".
        """
        channels = self.shape[0]
        if kind == "batch":
            self._add("norm", {"num_features": channels}, 2 * channels)
        elif kind == "layer":
            self._check_values("layer norm", channels)
            self._add("channel_norm", {"num_features": channels}, 2 * channels)
        elif kind == "group":
            if channels % groups:
                raise ArchitectureError(
                    f"{self._next('group norm')} has {groups} groups for {channels} channels: the "
                    f"number of groups must be a divisor of {channels}"
                )
            self._check_values("group norm", prod(self.shape) // groups)
            given = {"num_groups": groups, "num_channels": channels}
            self._add("group_norm", given, 2 * channels)

    def _check_values(self, what: str, values: int) -> None:
        if values == 1:
            raise ArchitectureError(
                f"{self._next(what)} normalises single values, so its output is constant: use more "
                "channels or another norm"
            )

    def activation(self, kind: ActivationKind | GateKind) -> None:
        """Add an activation, or nothing for "none"."""
        if kind in ("prelu", "channel_prelu"):
            slopes = 1 if kind == "prelu" else self.shape[0]
            self._add("prelu", {"num_parameters": slopes}, slopes)
        elif kind != "none":
            self._add(kind, {})

    def dropout(self, rate: float) -> None:
        """Add dropout, or nothing for rate 0."""
        if rate:
            self._add("dropout", {"p": rate})

    def pool(self, kind: PoolKind, size: int, stride: int = 0, padding: int = 0) -> None:
        """Add pooling, or nothing for size 1 and stride 1; a remainder is cut off.

        kind: "blur" is a fixed binomial filter. stride: 0 for the size.
        """
        what = f"{kind} pooling"
        if 2 * padding > size:
            raise ArchitectureError(
                f"{self._next(what)} has padding {padding} and size {size}: padding must be at "
                "most half of the size"
            )
        stride = stride or size
        if size == stride == 1:
            return
        sides = self._slide(f"{size}x{size} {what}", (size, size), (padding, padding), stride)
        channels = self.shape[0]
        arguments: dict[str, Any] = {"kernel_size": size}
        arguments |= {"stride": stride} if stride != size or kind == "blur" else {}
        arguments |= {"padding": padding} if padding else {}
        self._move((channels, *sides), (size, size), (padding, padding), stride)
        blur = kind == "blur"
        self._add(
            POOLS[kind],
            arguments,
            macs=blur * channels * size**2 * prod(sides),
            frozen=blur * size**2,
        )

    def global_pool(self, kind: str) -> None:
        """Add pooling of the whole map to one pixel. kind: global_avgpool or global_maxpool."""
        channels, height, width = self.shape
        self._move((channels, 1, 1), (height, width))
        self._add(kind, {"output_size": 1})

    def flatten(self) -> None:
        """Flatten (channels, height, width) to (features,)."""
        self._move((prod(self.shape),), self.shape[1:])
        self._add("flatten", {})

    def add(self, ends: Sequence[Position]) -> None:
        """Add the sum of outputs of equal shape."""
        self._join("add", ends, ends[0].shape)

    def concatenate(self, ends: Sequence[Position]) -> None:
        """Add the concatenation of outputs along their channels; their maps must be equal."""
        maps = {end.shape[1:] for end in ends}
        if len(maps) > 1:
            words = " and ".join(f"{height}x{width}" for height, width in sorted(maps))
            raise ArchitectureError(
                f"{self._next('concatenation')} gets maps of {words} pixels: they must be equal; "
                "use padding 'same' and equal strides in its branches"
            )
        self._join("concat", ends, (sum(end.shape[0] for end in ends), *ends[0].shape[1:]))

    def scale(self, features: Position) -> None:
        """Add the product of features and of the current output, one factor per channel."""
        gate = self.at
        self.at = features
        self._add("scale", {}, inputs=(features.layer, gate.layer))

    def repeat(self, times: int, lower: Callable[[], None]) -> None:
        """Add the layers of `lower` several times with one set of weights.

        ArchitectureError if the weights of the first time do not fit the shapes of the second.
        """
        start, before = len(self.layers), self._offset
        lower()
        once = [layer.kind for layer in self.layers[start:]]
        for again in range(1, times if once else 1):
            self._offset = before + again * len(once)
            begin = len(self.layers)
            lower()
            self._check_repetition(once, [layer.kind for layer in self.layers[begin:]])
        self._offset = before

    def _check_repetition(self, once: Sequence[str], again: Sequence[str]) -> None:
        if once != again:
            raise ArchitectureError(
                f"the repetition in {self.place} has other layers the second time: a shortcut has "
                "a convolution only where the shapes differ; repeat blocks that keep the shape"
            )
        if len(self.layers) > LONGEST:
            raise ArchitectureError(
                f"the repetition in {self.place} exceeds {LONGEST:,} layers: repeat fewer times"
            )

    def where(self, what: str, number: int) -> str:
        """Return the name of a layer for error messages. number: counted from 1."""
        return f"layer {number} ({what} in {self.place})"

    def _add(
        self,
        kind: str,
        arguments: dict[str, Any],
        parameters: int = 0,
        macs: int = 0,
        *,
        frozen: int = 0,
        inputs: tuple[int, ...] | None = None,
    ) -> None:
        number = len(self.layers)
        has_weights = bool(parameters or frozen)
        repeats = self._repeated(kind, arguments, has_weights) if self._offset else None
        source = repeats if has_weights else None
        self.layers.append(
            Layer(
                kind,
                arguments=arguments,
                parameters=parameters if source is None else 0,
                shape=self.shape,
                macs=macs,
                receptive_field=max(self.at.field),
                block=self.block,
                inputs=inputs or (self.at.layer,),
                source=source,
                frozen=frozen if source is None else 0,
                repeats=repeats,
            )
        )
        self.at = self.at._replace(layer=number)

    def _repeated(self, kind: str, arguments: dict[str, Any], has_weights: bool) -> int | None:
        """Return the number of the layer that the next layer repeats; None if they differ."""
        number = len(self.layers) - self._offset
        first = self.layers[number]
        if (first.kind, first.arguments) == (kind, arguments):
            return number if first.repeats is None else first.repeats
        if has_weights:
            raise ArchitectureError(
                f"{self._next(kind)} cannot reuse the weights of layer {number + 1}: a repeated "
                "block must return as many channels as it gets; change its last width, or put a "
                "block of that width before it"
            )
        return None

    def _join(self, kind: str, ends: Sequence[Position], shape: Shape) -> None:
        first = (min(end.first[0] for end in ends), min(end.first[1] for end in ends))
        last = (max(end.last[0] for end in ends), max(end.last[1] for end in ends))
        self.at = Position(self.at.layer, shape, first, last, max(end.stride for end in ends))
        self._add(kind, {}, inputs=tuple(end.layer for end in ends))

    def _move(self, shape: Shape, extents: Shape, pads: Pair = (0, 0), stride: int = 1) -> None:
        """Set shape, receptive field and stride after a layer that reads `extents` pixels."""
        at, reach = self.at, self.at.stride
        first = (at.first[0] - pads[0] * reach, at.first[1] - pads[1] * reach)
        last = (
            at.last[0] + (extents[0] - 1 - pads[0]) * reach,
            at.last[1] + (extents[1] - 1 - pads[1]) * reach,
        )
        self.at = Position(at.layer, shape, first, last, reach * stride)

    def _slide(self, what: str, extents: Pair, pads: Pair, stride: int) -> Pair:
        """Return the size of the output (height, width) of a kernel that slides over the map."""
        _, height, width = self.shape
        high, wide = height + 2 * pads[0] - extents[0], width + 2 * pads[1] - extents[1]
        if min(high, wide) < 0:
            least = (extents[0] - 2 * pads[0], extents[1] - 2 * pads[1])
            raise self._too_small(what, least)
        return high // stride + 1, wide // stride + 1

    def _padding(self, padding: Padding, extents: Pair, kernel: Kernel) -> Pair:
        if isinstance(padding, int):
            return padding, padding
        if isinstance(padding, tuple):
            return padding
        if extents[0] % 2 == 0 or extents[1] % 2 == 0:
            raise ArchitectureError(
                f"{self._next('convolution')} has padding 'same' and kernel {kernel}: 'same' "
                "requires odd kernels; use a kernel of odd sides, or padding as a number"
            )
        return extents[0] // 2, extents[1] // 2

    def _check_groups(self, channels: int, width: int, groups: int) -> None:
        common = gcd(channels, width)
        if common % groups:
            wider = f", or a width that is a multiple of {groups}" * (channels % groups == 0)
            raise ArchitectureError(
                f"{self._next('convolution')} has {groups} groups for {channels} input and {width} "
                "output channels: the number of groups must divide both; use a divisor of "
                f"{common}{wider}"
            )

    def _next(self, what: str) -> str:
        return self.where(what, len(self.layers) + 1)

    def _too_small(self, what: str, least: Pair) -> ArchitectureError:
        _, height, width = self.shape
        remedy = (
            f"a kernel of {min(height, width)} is the largest that fits"
            if self.block < 0
            else "use padding, or fewer convolutions or pooling layers before it"
        )
        return ArchitectureError(
            f"{self._next(what)} needs at least {max(least[0], 1)}x{max(least[1], 1)} pixels but "
            f"gets {height}x{width}: {remedy}"
        )


def peak_bytes(image: Shape, layers: Sequence[Layer]) -> int:
    """Return the peak size of all activations that exist at the same time, for one image, in bytes.

    An output exists until the last layer that reads it. Element-wise layers write their output over
    an input that no later layer reads, as on a microcontroller.
    """
    sizes = {IMAGE: prod(image)} | {n: prod(layer.shape) for n, layer in enumerate(layers)}
    last = last_readers(layers)
    alive, peak = {IMAGE}, sizes[IMAGE]
    for number, layer in enumerate(layers):
        ending = {n for n in layer.inputs if last[n] == number}
        reused = layer.kind in IN_PLACE and any(sizes[n] == sizes[number] for n in ending)
        held = sum(sizes[n] for n in alive)
        peak = max(peak, held + sizes[number] * (not reused))
        alive = (alive - ending) | {number}
    return BYTES_PER_ACTIVATION * peak


def last_readers(layers: Sequence[Layer]) -> dict[int, int]:
    """Return for each output, by the number of its layer, the number of its last reader."""
    return {n: number for number, layer in enumerate(layers) for n in layer.inputs}


def reader_counts(layers: Sequence[Layer]) -> Counter[int]:
    """Return for each output, by the number of its layer, how many layers read it."""
    return Counter(n for layer in layers for n in layer.inputs)


def module_numbers(layers: Sequence[Layer]) -> list[int | None]:
    """Return for each layer the index of its module in the torch network; None for a joint.

    A layer that reuses the weights of another has the same module.
    """
    numbers: list[int | None] = []
    count = 0
    for layer in layers:
        if layer.kind in JOINTS:
            numbers.append(None)
        elif layer.source is not None:
            numbers.append(numbers[layer.source])
        else:
            numbers.append(count)
            count += 1
    return numbers


def _short(pair: Pair) -> Kernel:
    return pair[0] if pair[0] == pair[1] else pair
