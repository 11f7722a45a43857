"""Conversion of an architecture's layers to the stages that the C++ engine runs. No torch.

A stage is a convolution and the layers that follow it: [conv, relu?, norm?, relu?, dropout?, pool?,
dropout?]. A linear layer is a convolution with a kernel that covers the whole map. A layer that
does not fit into the current stage starts a new stage with an identity convolution.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from search.candidates.architecture import Architecture
from search.candidates.layers import Layer, Shape

NO_POOL, LARGEST, AVERAGE = 0, 1, 2  # as `Pool` in stage.h
ABSENT = -1  # index of a layer that the stage does not have
POOLS = {"maxpool": LARGEST, "global_maxpool": LARGEST, "global_avgpool": AVERAGE}


@dataclass
class Facts:
    """The integers that describe a stage to the engine, in the order of `Facts` in stage.h."""

    channels: int
    height: int
    width: int
    outputs: int
    kernel_height: int
    kernel_width: int
    padding: int = 0
    bias: int = 0
    relu_first: int = 0
    norm: int = 0
    relu: int = 0
    pool: int = NO_POOL
    pool_height: int = 0
    pool_width: int = 0


@dataclass
class Stage:
    """A stage and the positions of its layers in the network.

    convolution, norm: indices of these layers in the network, or ABSENT; an absent convolution is
    the identity. dropout, late_dropout: dropout rates before and after pooling.
    """

    facts: Facts
    convolution: int
    norm: int = ABSENT
    dropout: float = 0.0
    late_dropout: float = 0.0


def stages(architecture: Architecture) -> list[Stage]:
    """Return the stages of the architecture, in order."""
    result: list[Stage] = []
    layers = architecture.layers
    shapes = [architecture.image, *(layer.shape for layer in layers)]
    for index, layer in enumerate(layers):
        before = _map(layers, shapes, index)
        if layer.kind in ("conv", "linear"):
            result.append(Stage(_facts(layer, before), index))
        elif layer.kind == "flatten":
            continue
        elif not result or not _add(result[-1], layer, before, index):
            result.append(Stage(Facts(*before, before[0], 1, 1), ABSENT))
            _add(result[-1], layer, before, index)
    return result


def _map(layers: Sequence[Layer], shapes: Sequence[Shape], index: int) -> tuple[int, int, int]:
    """Return the map (channels, height, width) that the layer reads, flattened or not."""
    for at in reversed(range(index + 1)):
        if len(shapes[at]) == 3:
            channels, height, width = shapes[at]
            return channels, height, width
        if layers[at - 1].kind == "linear":
            break
    return shapes[index][0], 1, 1


def _facts(layer: Layer, before: tuple[int, int, int]) -> Facts:
    channels, height, width = before
    arguments, bias = layer.arguments, int(layer.arguments["bias"])
    if layer.kind == "linear":
        return Facts(
            channels=channels,
            height=height,
            width=width,
            outputs=arguments["out_features"],
            kernel_height=height,
            kernel_width=width,
            padding=0,
            bias=bias,
        )
    outputs, kernel = arguments["out_channels"], arguments["kernel_size"]
    return Facts(
        channels=channels,
        height=height,
        width=width,
        outputs=outputs,
        kernel_height=kernel,
        kernel_width=kernel,
        padding=arguments["padding"],
        bias=bias,
    )


def _add(stage: Stage, layer: Layer, before: tuple[int, int, int], index: int) -> bool:
    """Add an element-wise or pooling layer to the stage; return False if it does not fit."""
    facts = stage.facts
    if layer.kind == "norm" and not (facts.norm or stage.dropout or facts.pool):
        facts.norm, facts.relu_first, facts.relu = 1, facts.relu, 0
        stage.norm = index
        return True
    if layer.kind == "relu" and not (facts.relu or facts.pool):
        facts.relu = 1  # the order of ReLU and dropout makes no difference
        return True
    if layer.kind == "dropout" and facts.pool and not stage.late_dropout:
        stage.late_dropout = layer.arguments["p"]
        return True
    if layer.kind == "dropout" and not (facts.pool or stage.dropout):
        stage.dropout = layer.arguments["p"]
        return True
    if layer.kind in POOLS and not (facts.pool or stage.late_dropout):
        size = layer.arguments.get("kernel_size")
        facts.pool = POOLS[layer.kind]
        facts.pool_height, facts.pool_width = (size, size) if size else before[1:]
        return True
    return False
