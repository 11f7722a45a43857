"""The list of layers agrees with torch."""

import time
from collections.abc import Iterator
from math import prod
from random import Random
from statistics import median
from typing import Any, NamedTuple

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from search.candidates.architecture import Architecture, Head, HeadKind, layers
from search.candidates.blocks import Activation, Block
from search.errors import ArchitectureError
from search.training.network import MODULES, build_network
from tests.support.random_values import random_architecture

IMAGE = (1, 28, 28)
ARCHITECTURES = [random_architecture(Random(seed)) for seed in range(1_000)]
SECONDS_TO_COUNT = 0.1e-3
MARGIN = 5  # for a busy machine


class Seen(NamedTuple):
    """What torch computed in one layer for two images."""

    weights: int
    multiplications: int  # for one image
    before: tuple[int, ...]
    after: tuple[int, ...]
    in_place: bool


@pytest.fixture(scope="module")
def passes() -> list[tuple[Architecture, list[Seen]]]:
    """Each random architecture with the results of a forward pass, layer by layer."""
    return [(architecture, list(forward(architecture))) for architecture in ARCHITECTURES]


def forward(architecture: Architecture) -> Iterator[Seen]:
    """Run a forward pass and yield what torch computed in each layer."""
    value = torch.zeros(2, *architecture.image)
    for layer in architecture.layers:
        module = MODULES[layer.kind](**layer.arguments).eval()
        before = tuple(value.shape)
        with torch.inference_mode():
            value = module(value)
        yield Seen(
            weights=sum(weight.numel() for weight in module.parameters()),
            multiplications=multiplications(module, value),
            before=before,
            after=tuple(value.shape),
            in_place=isinstance(module, nn.BatchNorm2d | nn.ReLU | nn.Dropout | nn.Flatten),
        )


def multiplications(module: nn.Module, output: torch.Tensor) -> int:
    """Return the multiplications for one image: one per weight and output pixel."""
    if not isinstance(module, nn.Conv2d | nn.Linear):
        return 0
    return module.weight.numel() * prod(output.shape[2:])


def test_random_architectures_count_and_shape_as_torch(
    passes: list[tuple[Architecture, list[Seen]]],
) -> None:
    """Parameters, shape and MACs of every layer of 1,000 networks equal those of torch."""
    for architecture, seen in passes:
        listed = [
            ((2, *layer.shape), layer.parameters, layer.macs) for layer in architecture.layers
        ]
        assert listed == [(one.after, one.weights, one.multiplications) for one in seen], (
            architecture
        )
        assert architecture.parameters == sum(one.weights for one in seen)


def test_activation_bytes_against_a_forward_pass(
    passes: list[tuple[Architecture, list[Seen]]],
) -> None:
    """Activation bytes are the peak of input plus output, without outputs computed in place."""
    for architecture, seen in passes:
        peak = max(prod(one.before) + (not one.in_place) * prod(one.after) for one in seen)
        assert architecture.activation_bytes == peak * 4 // 2, architecture


def test_totals_equal_those_of_torch() -> None:
    """Parameters, MACs and depth of a network equal torch's figures."""
    for architecture in ARCHITECTURES[::40]:
        with torch.device("meta"):
            modules = (MODULES[layer.kind](**layer.arguments) for layer in architecture.layers)
            network = nn.Sequential(*modules).eval()
            images = torch.empty(1, *architecture.image)
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            logits = network(images)
        learned = [isinstance(module, nn.Conv2d | nn.Linear) for module in network]
        assert architecture.parameters == sum(weight.numel() for weight in network.parameters())
        assert architecture.macs * 2 == counter.get_total_flops()
        assert architecture.depth == sum(learned)
        assert logits.shape[1] >= architecture.classes
        assert logits.ndim == 2


@pytest.mark.parametrize(
    "blocks",
    [
        (Block(2), Block(2), Block(2)),
        (Block(2, padding=1), Block(2, kernel=5, pool=2), Block(2)),
        (Block(2, kernel=6), Block(2, kernel=1, pool=3), Block(2, kernel=3, padding=1)),
        (Block(2, pool=2), Block(2, pool=2), Block(2, kernel=3, padding=1)),
    ],
)
def test_receptive_field_is_the_support_of_the_gradient(blocks: tuple[Block, ...]) -> None:
    """The middle output depends on every pixel of a square with that side, and on no other.

    All weights are 1 and average pooling replaces max pooling, so that no gradient is lost.
    """
    architecture = Architecture((1, 64, 64), 2, blocks, Head("pool"))
    spatial = [layer for layer in architecture.layers if layer.kind in ("conv", "maxpool")]
    image = torch.zeros(1, *architecture.image, requires_grad=True)
    value = image
    for layer in spatial:
        module = MODULES[layer.kind](**layer.arguments)
        if isinstance(module, nn.MaxPool2d):
            module = nn.AvgPool2d(module.kernel_size)
        for weight in module.parameters():
            nn.init.ones_(weight)
        value = module(value)
    side = value.shape[-1]
    value[0, 0, side // 2, side // 2].backward()
    assert image.grad is not None
    seen = image.grad[0, 0] != 0
    assert seen.any(0).sum() == seen.any(1).sum() == spatial[-1].receptive_field
    assert seen.sum() == spatial[-1].receptive_field ** 2


def test_receptive_field_of_global_pooling_covers_the_map() -> None:
    """Global pooling extends the receptive field by the rest of the map times the stride."""
    architecture = Architecture(IMAGE, 10, (Block(8, padding=1, pool=2),))
    fields = {layer.kind: layer.receptive_field for layer in architecture.layers}
    assert (fields["maxpool"], fields["global_avgpool"]) == (4, 4 + 13 * 2)


def test_layers_have_the_index_of_their_block() -> None:
    """The index of a layer's block is counted from 0 and is -1 for the head."""
    architecture = Architecture(IMAGE, 10, (Block(8), Block(12, pool=2)))
    kinds = [(layer.block, layer.kind) for layer in architecture.layers]
    assert kinds == [
        *((0, kind) for kind in ("conv", "norm", "relu")),
        *((1, kind) for kind in ("conv", "norm", "relu", "maxpool")),
        *((-1, kind) for kind in ("global_avgpool", "conv", "flatten")),
    ]


@pytest.mark.parametrize(
    "kind, expected",
    [
        ("pool-conv", "global_avgpool dropout conv flatten"),
        ("conv-pool", "dropout conv global_avgpool flatten"),
        ("conv", "dropout conv flatten"),
        ("pool-linear", "global_avgpool dropout flatten linear relu linear"),
        ("linear", "dropout flatten linear relu linear"),
        ("pool", "global_avgpool flatten"),
    ],
)
def test_dropout_of_the_head_precedes_its_first_learned_layer(
    kind: HeadKind, expected: str
) -> None:
    """Each head has its layers in order, with dropout only before a learned layer."""
    head = Head(kind, kernel=26 if kind == "conv" else 1, dropout=0.1, hidden=16)
    architecture = Architecture(IMAGE, 10, (Block(10),), head)
    assert [layer.kind for layer in architecture.layers if layer.block < 0] == expected.split()


def test_blocks_of_the_head_follow_global_pooling() -> None:
    """A published head: global pooling, a 1x1 block with dropout, and a 1x1 convolution.

    Each 1x1 convolution of one pixel has as many MACs as weights.
    """
    head = Head(blocks=(Block(16, kernel=1, dropout=0.1),))
    architecture = Architecture(IMAGE, 10, (Block(12), Block(20, pool=2)), head)
    last = [layer for layer in architecture.layers if layer.block < 0]
    kinds = ["global_avgpool", "conv", "norm", "relu", "dropout", "conv", "flatten"]
    assert [layer.kind for layer in last] == kinds
    assert [layer.parameters for layer in last] == [0, 20 * 16, 2 * 16, 0, 0, 16 * 10, 0]
    assert sum(layer.macs for layer in last) == 20 * 16 + 16 * 10
    assert architecture.parameters == sum(
        w.numel() for w in build_network(architecture).parameters()
    )


@pytest.mark.parametrize("kind", ["pool-conv", "conv-pool", "conv", "pool-linear", "linear"])
def test_blocks_of_the_head_precede_its_dropout(kind: HeadKind) -> None:
    """In heads with a learned layer, dropout is between the blocks and that layer."""
    head = Head(kind, dropout=0.2, blocks=(Activation("silu"),), kernel=28 if kind == "conv" else 1)
    kinds = [layer.kind for layer in Architecture(IMAGE, 10, (), head).layers]
    before = ["global_avgpool"] * kind.startswith("pool")
    assert kinds[: len(before) + 2] == [*before, "silu", "dropout"]


def test_a_linear_head_sees_the_whole_map() -> None:
    """The receptive field of a linear layer on the flattened map covers the map."""
    blocks = (Block(4, padding=1, pool=2),)
    fields = [
        Architecture(IMAGE, 10, blocks, Head(kind)).layers[-1].receptive_field
        for kind in ("linear", "pool-linear")
    ]
    assert fields == [4 + 13 * 2] * 2


WIDE = Block(8)


POOLED = Block(8, pool=2)


@pytest.mark.parametrize(
    "blocks, head, message",
    [
        pytest.param(
            (POOLED,) * 4,
            Head(),
            "layer 13 (3x3 convolution in block 4) needs at least 3x3 pixels but gets 1x1: use "
            "padding, or fewer convolutions or pooling layers before it",
            id="shrunk",
        ),
        pytest.param(
            (POOLED, POOLED, Block(8, kernel=5), Block(8, kernel=1, pool=2)),
            Head(),
            "layer 15 (2x2 max pooling in block 4) needs at least 2x2 pixels but gets 1x1: use "
            "padding, or fewer convolutions or pooling layers before it",
            id="pooled away",
        ),
        pytest.param(
            (POOLED,),
            Head("conv", kernel=10),
            "layer 5 (10x10 convolution in the head) outputs 4x4 pixels instead of 1x1, "
            "one logit per class: use kernel 13, which covers the map, or the head 'conv-pool'",
            id="uncovered",
        ),
        pytest.param(
            (POOLED,),
            Head("conv", kernel=14),
            "layer 5 (14x14 convolution in the head) needs at least 14x14 pixels but gets 13x13: "
            "a kernel of 13 is the largest that fits",
            id="head beyond the map",
        ),
        pytest.param(
            (WIDE,),
            Head("pool-conv", kernel=3),
            "layer 5 (3x3 convolution in the head) needs at least 3x3 pixels but gets 1x1: "
            "a kernel of 1 is the largest that fits",
            id="kernel after pooling",
        ),
        pytest.param(
            (WIDE,),
            Head("pool"),
            "the head 'pool' has 8 logits for 10 classes: widen the last block to at least 10 "
            "or use another head, such as 'pool-conv'",
            id="too few logits",
        ),
        pytest.param(
            (Block(8, dropout=1.0),),
            Head(),
            "block 1 has dropout 1.0: dropout must be a number of at least 0 and below 1",
            id="dropout 1",
        ),
        pytest.param(
            (WIDE,),
            Head(dropout=-0.5),
            "the head has dropout -0.5: dropout must be a number of at least 0 and below 1",
            id="dropout below 0",
        ),
        pytest.param(
            (Block(0),),
            Head(),
            "block 1 has width 0: width must be a whole number of at least 1",
            id="no width",
        ),
        pytest.param(
            (WIDE, Block(8.5)),  # type: ignore[arg-type]  # wrong on purpose
            Head(),
            "block 2 has width 8.5: width must be a whole number of at least 1",
            id="fractional width",
        ),
        pytest.param(
            (Block(8, kernel=0),),
            Head(),
            "block 1 has kernel 0: kernel must be a whole number of at least 1, or a tuple "
            "(height, width) of two such numbers",
            id="no kernel",
        ),
        pytest.param(
            (Block(8, padding=-1),),
            Head(),
            "block 1 has padding -1: padding must be a whole number of at least 0, a tuple "
            "(vertical, horizontal) of two such numbers, or 'same'",
            id="padding below 0",
        ),
        pytest.param(
            (Block(8, pool=0),),
            Head(),
            "block 1 has pool 0: pool must be a whole number of at least 1",
            id="no pooling size",
        ),
        pytest.param(
            (Block(8, order=("norm", "gelu")),),  # type: ignore[arg-type]  # wrong on purpose
            Head(),
            "block 1 has order ('norm', 'gelu'): order must be a tuple of steps, each one of "
            "'conv', 'norm', 'activation', 'relu', 'dropout', 'pool'",
            id="unknown step",
        ),
        pytest.param(
            (WIDE,),
            Head("linear-pool"),  # type: ignore[arg-type]  # wrong on purpose
            "the head has kind 'linear-pool': kind must be one of 'pool-conv', 'conv-pool', "
            "'conv', 'pool-linear', 'linear', 'pool'",
            id="unknown head",
        ),
        pytest.param(
            (WIDE,),
            Head(pool="median"),  # type: ignore[arg-type]  # wrong on purpose
            "the head has pool 'median': pool must be one of 'average', 'maximum'",
            id="unknown pooling",
        ),
        pytest.param(
            (WIDE,),
            Head("linear", hidden=-1),
            "the head has hidden -1: hidden must be a whole number of at least 0",
            id="hidden below 0",
        ),
    ],
)
def test_errors_name_the_layer_and_the_reason(
    blocks: tuple[Block, ...], head: Head, message: str
) -> None:
    """Each error names the layer or field, its value, the rule and, if possible, the remedy."""
    with pytest.raises(ArchitectureError) as caught:
        layers(Architecture(IMAGE, 10, blocks, head))
    assert str(caught.value) == message


def test_no_kernel_covers_an_oblong_map() -> None:
    """The remedy suggests no kernel for a map that is not square."""
    with pytest.raises(
        ArchitectureError, match="instead of 1x1, one logit per class: use the head 'conv-pool'"
    ):
        layers(Architecture((1, 12, 16), 10, (Block(8),), Head("conv", kernel=10)))


@pytest.mark.parametrize(
    "image, classes, blocks, message",
    [
        (
            (1, 28),
            10,
            (),
            "has image (1, 28): image must be a tuple (channels, height, width) of whole",
        ),
        ((1, 0, 28), 10, (), "has image (1, 0, 28): image must be a tuple"),
        ((1, 28.0, 28), 10, (), "of whole numbers of at least 1"),
        (IMAGE, 0, (), "has classes 0: classes must be a whole number of at least 1"),
        (IMAGE, 10, [WIDE], "blocks must be a tuple of blocks"),
        ([1, 28, 28], 10, (WIDE,), "has image [1, 28, 28]: image must be a tuple"),
        (IMAGE, 10, (Block(8, order=["norm"]),), "has order ['norm']: order must be a tuple"),  # type: ignore[arg-type]  # wrong on purpose
    ],
)
def test_impossible_tasks_are_rejected_at_once(
    image: Any, classes: int, blocks: Any, message: str
) -> None:
    """The constructor checks image, classes and collections."""
    with pytest.raises(ArchitectureError) as caught:
        Architecture(image, classes, blocks)
    assert message in str(caught.value)


def test_counting_is_fast() -> None:
    """Counting 40 new layers takes about 0.1 ms, plus a margin."""
    stage = (Block(8, padding=1, dropout=0.05),) * 3 + (Block(10, kernel=1, pool=2),)
    seconds = []
    for width in range(1, 201):
        last = Block(width, padding=1, dropout=0.05)
        fresh = Architecture(IMAGE, 10, (*stage, *stage, last), Head(dropout=0.1))
        start = time.perf_counter()
        assert fresh.parameters
        seconds.append(time.perf_counter() - start)
    assert len(fresh.layers) == 40
    assert median(seconds) < MARGIN * SECONDS_TO_COUNT
