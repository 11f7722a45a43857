"""An architecture as the stages that the C++ engine runs: read off the one list of layers.

A stage is a convolution with what follows it element by element: [conv, relu?, norm?, relu?,
dropout?, pool?, dropout?]. A linear layer is a convolution whose kernel covers its map; what finds
no place in a stage begins one behind a convolution that changes nothing. No torch.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from search.candidates.architecture import Architecture, Layer, Shape

NO_POOL, LARGEST, AVERAGE = 0, 1, 2
NOWHERE = -1  # in the network
POOLS = {"maxpool": LARGEST, "global_maxpool": LARGEST, "global_avgpool": AVERAGE}


@dataclass
class Facts:
    """A stage in numbers, in the order of `Facts` in stage.h."""

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
    """facts: for the engine. dropout, late: rates before and after pooling. learned, norm: places
    of the convolution and of its batch norm in the network, -1 for none: a convolution that is not
    there changes nothing.
    """

    facts: Facts
    learned: int
    norm: int = NOWHERE
    dropout: float = 0.0
    late: float = 0.0


def stages(architecture: Architecture) -> list[Stage]:
    """The architecture as stages, in order."""
    found: list[Stage] = []
    layers = architecture.layers
    shapes = [architecture.image, *(layer.shape for layer in layers)]
    for place, layer in enumerate(layers):
        before = _map(layers, shapes, place)
        if layer.kind in ("conv", "linear"):
            found.append(Stage(_facts(layer, before), place))
        elif layer.kind == "flatten":
            continue
        elif not found or not _follow(found[-1], layer, before, place):
            found.append(Stage(Facts(*before, before[0], 1, 1), NOWHERE))
            _follow(found[-1], layer, before, place)
    return found


def _map(layers: Sequence[Layer], shapes: Sequence[Shape], place: int) -> tuple[int, int, int]:
    """The map (channels, height, width) that the layer at `place` reads, flattened or not."""
    for at in reversed(range(place + 1)):
        if len(shapes[at]) == 3:
            channels, height, width = shapes[at]
            return channels, height, width
        if layers[at - 1].kind == "linear":
            break
    return shapes[place][0], 1, 1


def _facts(layer: Layer, before: tuple[int, int, int]) -> Facts:
    channels, height, width = before
    given, bias = layer.arguments, int(layer.arguments["bias"])
    if layer.kind == "linear":
        return Facts(
            channels=channels,
            height=height,
            width=width,
            outputs=given["out_features"],
            kernel_height=height,
            kernel_width=width,
            padding=0,
            bias=bias,
        )
    outputs, kernel = given["out_channels"], given["kernel_size"]
    return Facts(
        channels=channels,
        height=height,
        width=width,
        outputs=outputs,
        kernel_height=kernel,
        kernel_width=kernel,
        padding=given["padding"],
        bias=bias,
    )


def _follow(stage: Stage, layer: Layer, before: tuple[int, int, int], place: int) -> bool:
    """Adds an element-wise layer or a pooling to the stage, if there it may stand."""
    facts = stage.facts
    if layer.kind == "norm" and not (facts.norm or stage.dropout or facts.pool):
        facts.norm, facts.relu_first, facts.relu = 1, facts.relu, 0
        stage.norm = place
        return True
    if layer.kind == "relu" and not (facts.relu or facts.pool):
        facts.relu = 1  # before dropout or after it is the same
        return True
    if layer.kind == "dropout" and facts.pool and not stage.late:
        stage.late = layer.arguments["p"]
        return True
    if layer.kind == "dropout" and not (facts.pool or stage.dropout):
        stage.dropout = layer.arguments["p"]
        return True
    if layer.kind in POOLS and not (facts.pool or stage.late):
        size = layer.arguments.get("kernel_size")
        facts.pool = POOLS[layer.kind]
        facts.pool_height, facts.pool_width = (size, size) if size else before[1:]
        return True
    return False
