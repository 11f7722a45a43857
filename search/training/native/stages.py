"""Conversion of an architecture's layers to the stages that the C++ engine runs. No torch.

A stage is an operation and the layers that follow it: [operation, relu?, norm?, activation?,
dropout?, pool?, dropout?]. Operations are convolutions (a linear layer is a convolution with a
kernel that covers the whole map), poolings whose output another layer reads too or whose windows
overlap, sums, and products with a factor per channel. A layer that does not fit into the stage that
it reads starts a new stage, the sum of a single input.
"""

from dataclasses import dataclass

from search.candidates.architecture import Architecture
from search.candidates.layers import IMAGE, IN_PLACE, Layer, Shape, module_numbers, reader_counts

NO_POOL, LARGEST, AVERAGE = 0, 1, 2  # as `Pool` in stage.h
DENSE, DEPTHWISE, SUM, SCALE, MAXIMUM, MEAN = range(6)  # as `Operation` in stage.h
ABSENT = -1  # index of a layer that the stage does not have, and of a stage that it does not read
POOLS = {
    "maxpool": LARGEST,
    "global_maxpool": LARGEST,
    "global_avgpool": AVERAGE,
    "avgpool": AVERAGE,
}
ACTIVATIONS = {  # as `Activation` in activation.h
    "relu": 0,
    "relu6": 1,
    "leaky_relu": 2,
    "silu": 3,
    "hardswish": 4,
    "sigmoid": 5,
    "hardsigmoid": 6,
}
UNSUPPORTED = {
    "group_norm": "group normalisation",
    "channel_norm": "layer normalisation",
    "prelu": "PReLU",
    "gelu": "GELU",
    "blurpool": "blur pooling",
    "concat": "concatenations",
}
LINEAR_AT_ZERO = ("relu", "leaky_relu")  # the order of these and dropout makes no difference
WIDEST = 128  # channels, as in convolution.h
LONGEST_STRIDE = 2  # of a convolution that is not depthwise, as in convolution.h
CONVOLUTION = {"in_channels", "out_channels", "kernel_size", "padding", "bias", "stride", "groups"}


@dataclass
class Facts:
    """The integers that describe a stage to the engine, in the order of `Facts` in stage.h."""

    channels: int
    height: int
    width: int
    outputs: int
    kernel_height: int = 1
    kernel_width: int = 1
    padding: int = 0
    bias: int = 0
    relu_first: int = 0
    norm: int = 0
    relu: int = 0
    pool: int = NO_POOL
    pool_height: int = 0
    pool_width: int = 0
    operation: int = DENSE
    stride: int = 1
    activation: int = 0
    source: int = ABSENT
    second: int = ABSENT


@dataclass
class Stage:
    """A stage and the positions of its layers in the network.

    convolution, norm: indices of the modules of these layers, or ABSENT; an absent dense
    convolution is the identity. dropout, late_dropout: dropout rates before and after pooling.
    """

    facts: Facts
    convolution: int = ABSENT
    norm: int = ABSENT
    dropout: float = 0.0
    late_dropout: float = 0.0


class UnsupportedError(Exception):
    """The engine does not support a layer; the message names it."""


def stages(architecture: Architecture) -> list[Stage]:
    """Return the stages of the architecture, in order. UnsupportedError names the layer."""
    conversion = _Conversion(architecture)
    for number, layer in enumerate(architecture.layers):
        conversion.add(number, layer)
    for stage in conversion.stages:
        _check(stage.facts)
    return conversion.stages


def unsupported(architecture: Architecture) -> str:
    """Return which layers the engine does not support: "grouped convolutions"; "" if none."""
    try:
        stages(architecture)
    except UnsupportedError as error:
        return str(error)
    return ""


def _check(facts: Facts) -> None:
    """Check the limits of the engine's loops; the same checks are in `frugal_open`."""
    if max(facts.channels, facts.outputs) > WIDEST:
        raise UnsupportedError(f"more than {WIDEST} channels")
    if facts.padding >= min(facts.kernel_height, facts.kernel_width):
        raise UnsupportedError("padding as large as the kernel")
    if facts.operation == DENSE and facts.stride > LONGEST_STRIDE:
        raise UnsupportedError(f"convolutions of a stride above {LONGEST_STRIDE}")


class _Conversion:
    """The stages so far, and which of them computes the output of each layer."""

    def __init__(self, architecture: Architecture) -> None:
        self.stages: list[Stage] = []
        self._layers = architecture.layers
        self._shapes: dict[int, Shape] = {IMAGE: architecture.image}
        self._modules = module_numbers(self._layers)
        self._readers = reader_counts(self._layers)
        self._stage_of: dict[int, int] = {IMAGE: ABSENT}
        self._last: dict[int, int] = {}  # the last layer of each stage

    def add(self, number: int, layer: Layer) -> None:
        """Add a layer to the stage that it reads, or as a new stage."""
        if layer.source is not None:
            raise UnsupportedError("repeated blocks")
        self._check_image(layer)
        if layer.kind == "flatten" or not self._follows(number, layer):
            self._start(number, layer)
        self._shapes[number] = layer.shape

    def _check_image(self, layer: Layer) -> None:
        """Make the image a stage unless a dense convolution is its only reader."""
        if IMAGE not in layer.inputs or self._stage_of[IMAGE] != ABSENT:
            return
        if _is_dense(layer) and self._readers[IMAGE] == 1:
            return
        channels, height, width = self._shapes[IMAGE]
        self.stages.append(Stage(Facts(channels, height, width, channels)))
        self._stage_of[IMAGE] = 0
        self._last[0] = IMAGE

    def _follows(self, number: int, layer: Layer) -> bool:
        """Add an element-wise or pooling layer to the stage that it reads, if it fits."""
        before = layer.inputs[0]
        at = self._stage_of[before]
        if len(layer.inputs) > 1 or at == ABSENT or self._last[at] != before:
            return False
        if self._readers[before] > 1:
            return False
        if not _add(self.stages[at], layer, self._map(before), self._modules[number]):
            return False
        self._stage_of[number], self._last[at] = at, number
        return True

    def _start(self, number: int, layer: Layer) -> None:
        """Start a new stage with the layer."""
        before = layer.inputs[0]
        if layer.kind == "flatten":  # the same values in the same order
            at = self._stage_of[before]
            self._stage_of[number] = at
            if at != ABSENT and self._last[at] == before:
                self._last[at] = number
            return
        stage = self._operation(number, layer)
        stage.facts.source = self._stage_of[before]
        if len(layer.inputs) > 1:
            stage.facts.second = self._stage_of[layer.inputs[1]]
        self.stages.append(stage)
        self._stage_of[number] = len(self.stages) - 1
        self._last[len(self.stages) - 1] = number
        if stage.facts.operation == SUM and layer.kind != "add":
            added = _add(stage, layer, self._map(before), self._modules[number])
            assert added

    def _operation(self, number: int, layer: Layer) -> Stage:
        channels, height, width = self._map(layer.inputs[0])
        if layer.kind in ("conv", "linear"):
            module = self._modules[number]
            assert module is not None
            return Stage(_convolution(layer, (channels, height, width)), module)
        facts = Facts(channels, height, width, channels)
        if layer.kind == "add":
            facts.operation = SUM
        elif layer.kind == "scale":
            facts.operation = SCALE
        elif layer.kind in POOLS:
            _pool_as_operation(facts, layer)
        elif layer.kind in (*ACTIVATIONS, "norm", "dropout"):
            facts.operation = SUM
        else:
            raise UnsupportedError(UNSUPPORTED[layer.kind])
        return Stage(facts)

    def _map(self, number: int) -> tuple[int, int, int]:
        """Return the map (channels, height, width) of an output, flattened or not."""
        shape = self._shapes[number]
        while len(shape) != 3 and self._layers[number].kind in IN_PLACE:
            number = self._layers[number].inputs[0]
            shape = self._shapes[number]
        if len(shape) != 3:
            return shape[0], 1, 1
        channels, height, width = shape
        return channels, height, width


def _is_dense(layer: Layer) -> bool:
    return layer.kind == "linear" or (layer.kind == "conv" and "groups" not in layer.arguments)


def _convolution(layer: Layer, before: tuple[int, int, int]) -> Facts:
    channels, height, width = before
    given = layer.arguments
    bias = int(given["bias"])
    if layer.kind == "linear":
        return Facts(*before, given["out_features"], height, width, bias=bias)
    groups, outputs = given.get("groups", 1), given["out_channels"]
    if groups not in (1, channels) or (groups > 1 and outputs != channels):
        raise UnsupportedError("grouped convolutions")
    if isinstance(given["kernel_size"], tuple) or isinstance(given["padding"], tuple):
        raise UnsupportedError("rectangular kernels")
    if not given.keys() <= CONVOLUTION:
        raise UnsupportedError("dilated convolutions")
    side = given["kernel_size"]
    facts = Facts(*before, outputs, side, side, padding=given["padding"], bias=bias)
    facts.stride = given.get("stride", 1)
    facts.operation = DEPTHWISE if groups > 1 else DENSE
    return facts


def _pool_as_operation(facts: Facts, layer: Layer) -> None:
    given = layer.arguments
    size = given.get("kernel_size")
    facts.kernel_height, facts.kernel_width = (size, size) if size else (facts.height, facts.width)
    facts.stride = given.get("stride", size or 1)
    facts.padding = given.get("padding", 0)
    facts.operation = MAXIMUM if POOLS[layer.kind] == LARGEST else MEAN


def _add(stage: Stage, layer: Layer, before: tuple[int, int, int], module: int | None) -> bool:
    """Add an element-wise or pooling layer to the stage; return False if it does not fit."""
    facts = stage.facts
    if layer.kind == "norm" and not (facts.norm or stage.dropout or facts.pool or facts.activation):
        facts.norm, facts.relu_first, facts.relu = 1, facts.relu, 0
        stage.norm = ABSENT if module is None else module
        return True
    if layer.kind in ACTIVATIONS:
        return _add_activation(stage, layer)
    if layer.kind == "dropout":
        return _add_dropout(stage, layer.arguments["p"])
    if layer.kind in POOLS and not (facts.pool or stage.late_dropout):
        if layer.arguments.keys() & {"stride", "padding"}:
            return False
        size = layer.arguments.get("kernel_size")
        facts.pool = POOLS[layer.kind]
        facts.pool_height, facts.pool_width = (size, size) if size else before[1:]
        return True
    return False


def _add_activation(stage: Stage, layer: Layer) -> bool:
    facts = stage.facts
    if facts.relu or facts.activation or facts.pool:
        return False
    if stage.dropout and layer.kind not in LINEAR_AT_ZERO:
        return False
    facts.relu = int(layer.kind == "relu")
    facts.activation = ACTIVATIONS[layer.kind]
    return True


def _add_dropout(stage: Stage, rate: float) -> bool:
    if stage.facts.pool and not stage.late_dropout:
        stage.late_dropout = rate
        return True
    if not (stage.facts.pool or stage.dropout):
        stage.dropout = rate
        return True
    return False
