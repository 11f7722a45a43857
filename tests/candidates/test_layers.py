"""The figures of nested architectures agree with torch."""

from collections.abc import Iterator
from itertools import islice
from math import prod
from random import Random
from typing import NamedTuple, get_args

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from search.candidates.architecture import Architecture, Head, HeadKind
from search.candidates.blocks import (
    RULES,
    AnyBlock,
    Block,
    Dense,
    Parallel,
    Pool,
    Repeat,
    Residual,
    Separable,
    Step,
    chains,
)
from search.candidates.layers import (
    IMAGE,
    ActivationKind,
    GateKind,
    NormKind,
    PoolKind,
)
from search.files import from_json, to_json
from search.training.network import (
    BlurPool,
    Call,
    ChannelNorm,
    Network,
    build_network,
    meta_network,
)
from tests.support.random_values import random_nested_architecture

ARCHITECTURES = [random_nested_architecture(Random(seed)) for seed in range(1_000)]
BATCH = 2
BYTES = 4  # per float32
# these modules can write their output over their input, as on a microcontroller
ELEMENTWISE = (
    nn.BatchNorm2d,
    nn.GroupNorm,
    ChannelNorm,
    nn.ReLU,
    nn.ReLU6,
    nn.LeakyReLU,
    nn.PReLU,
    nn.SiLU,
    nn.Hardswish,
    nn.GELU,
    nn.Sigmoid,
    nn.Hardsigmoid,
    nn.Dropout,
    nn.Flatten,
)


class Seen(NamedTuple):
    """What torch computed for a batch. shapes: of the outputs of all calls. peak: in numbers."""

    learned: int
    fixed: int
    multiplications: int
    shapes: list[tuple[int, ...]]
    peak: int


@pytest.fixture(scope="module")
def passes() -> list[tuple[Architecture, Seen]]:
    """Each random architecture with the figures of a forward pass."""
    return [(architecture, forward(architecture)) for architecture in ARCHITECTURES]


def zero_network(architecture: Architecture) -> Network:
    """Return the network with weights of zero, in eval mode; random weights take longer."""
    network = meta_network(architecture).eval()
    values = {
        name: torch.zeros(tensor.shape, dtype=tensor.dtype)
        for name, tensor in network.state_dict().items()
    }
    network.load_state_dict(values, assign=True)
    return network


def forward(architecture: Architecture) -> Seen:
    """Run the calls of the network one by one and return what torch computed."""
    network = zero_network(architecture)
    images = torch.zeros(BATCH, *architecture.image)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        outputs = list(run(network, images))
    sizes = [output[0].numel() for output in outputs]
    return Seen(
        learned=sum(p.numel() for p in network.parameters() if p.requires_grad),
        fixed=sum(m.kernel.numel() for m in network.modules() if isinstance(m, BlurPool)),
        multiplications=counter.get_total_flops() // (2 * BATCH),
        shapes=[tuple(output.shape) for output in outputs],
        peak=peak(network, sizes, prod(architecture.image)),
    )


def run(network: Network, images: Tensor) -> Iterator[Tensor]:
    """Yield the output of every call."""
    values = {IMAGE: images}
    for number, call in enumerate(network.calls):
        values[number] = network._called(call, [values[n] for n in call.inputs])
        yield values[number]


def peak(network: Network, sizes: list[int], image: int) -> int:
    """Simulate the memory of a device that deletes every output after its last use.

    Return the largest sum of the sizes of all outputs that exist at the same time.
    """
    memory, largest = {IMAGE: image}, image
    for number, call in enumerate(network.calls):
        needed = {n for later in network.calls[number + 1 :] for n in later.inputs}
        if is_elementwise(network, call):
            free = [n for n in call.inputs if n not in needed and memory[n] == sizes[number]]
            for n in free[:1]:
                del memory[n]
        memory[number] = sizes[number]
        largest = max(largest, sum(memory.values()))
        memory = {n: size for n, size in memory.items() if n in needed}
    return largest


def is_elementwise(network: Network, call: Call) -> bool:
    """Return whether the call can write its output over one of its inputs."""
    if call.module is None:
        return call.kind in ("add", "scale")
    return isinstance(network[call.module], ELEMENTWISE)


def test_shapes_equal_torch_s(passes: list[tuple[Architecture, Seen]]) -> None:
    """The shape of every layer of 1,000 networks is that of torch's output."""
    for architecture, seen in passes:
        assert [(BATCH, *layer.shape) for layer in architecture.layers] == seen.shapes, architecture


def test_parameters_equal_torch_s(passes: list[tuple[Architecture, Seen]]) -> None:
    """Learned parameters and fixed numbers are those of torch's modules; shared ones count once."""
    for architecture, seen in passes:
        counted = (architecture.parameters, architecture.frozen)
        assert counted == (seen.learned, seen.fixed), architecture


def test_macs_equal_torch_s(passes: list[tuple[Architecture, Seen]]) -> None:
    """MACs are half of the operations that torch's counter sees."""
    for architecture, seen in passes:
        assert architecture.macs == seen.multiplications, architecture


def test_activation_bytes_equal_those_of_a_simulated_device(
    passes: list[tuple[Architecture, Seen]],
) -> None:
    """The peak is that of a device that deletes outputs after use and reuses them in place."""
    for architecture, seen in passes:
        assert architecture.activation_bytes == BYTES * seen.peak, architecture


def test_the_network_computes_the_logits_of_its_calls() -> None:
    """A forward pass returns the output of the last call: logits (N, at least the classes)."""
    for architecture in ARCHITECTURES[::20]:
        network = build_network(architecture).eval()
        images = torch.rand(BATCH, *architecture.image)
        *_, expected = run(network, images)
        logits = network(images)
        assert torch.equal(logits, expected)
        assert logits.shape == (BATCH, architecture.layers[-1].shape[0])
        assert logits.shape[1] >= architecture.classes


def test_json_returns_an_equal_architecture() -> None:
    """JSON of 1,000 architectures gives equal architectures and the same JSON again."""
    for architecture in ARCHITECTURES:
        text = to_json(architecture)
        assert from_json(Architecture, text) == architecture
        assert to_json(from_json(Architecture, text)) == text


def test_random_architectures_cover_the_language() -> None:
    """Every class of block, also inside another, and every value of a choice occurs."""
    top = {type(block) for architecture in ARCHITECTURES for block in architecture.blocks}
    nested = [
        block
        for architecture in ARCHITECTURES
        for block in inside(architecture.blocks)
        if block not in architecture.blocks
    ]
    assert top == {type(block) for block in nested} == set(RULES)
    seen = {str(value) for block in nested for value in vars(block).values()}
    kinds = (ActivationKind, NormKind, PoolKind, GateKind)
    assert {name for kind in kinds for name in get_args(kind)} < seen
    steps = {step for block in nested for step in getattr(block, "order", ())}
    assert steps == set(get_args(Step))
    assert {architecture.head.kind for architecture in ARCHITECTURES} == set(get_args(HeadKind))
    assert max(len(architecture.layers) for architecture in ARCHITECTURES) > 100


def inside(blocks: tuple[AnyBlock, ...]) -> Iterator[AnyBlock]:
    """Yield all blocks of a chain, nested ones included."""
    for block in blocks:
        yield block
        for chain in chains(block):
            yield from inside(chain)


BRANCHED: list[tuple[AnyBlock, ...]] = [
    (Block(2, padding="same", dilation=3), Block(2, padding=1, stride=2), Block(2)),
    (Block(2, kernel=(1, 5), padding="same"), Block(2, kernel=(7, 3), padding=(3, 0))),
    (Residual((Block(2, padding="same"), Separable(2, kernel=5))), Pool("average", 3, 2, 1)),
    (Residual((Separable(4, stride=2), Separable(4, kernel=5))), Block(2, kernel=(3, 1))),
    (Dense((Dense((Block(2, padding="same"),)), Block(2, padding="same", dilation=2))), Block(2)),
    (Parallel(((Block(2, kernel=1),), (Block(2, 5, "same"),), (Block(1, (1, 9), "same"),))),),
    # the branches read different pixels: the four of the pooling, or a 3x3 square around the first
    (Parallel(((Pool("average", 4),), (Block(2, padding="same", stride=4),))), Block(2, 1)),
    (Parallel(((Pool("average", 5, 1, 2),), (Block(2, padding="same"),))),),
    (Repeat((Separable(1), Pool("blur", 3, 2, 1)), times=3),),
    (Repeat((Residual((Block(1, padding="same"), Block(1, padding="same"))),), times=4),),
]


@pytest.mark.parametrize("blocks", BRANCHED)
def test_receptive_field_is_the_support_of_the_gradient(blocks: tuple[AnyBlock, ...]) -> None:
    """The longer side of the pixels that the middle output depends on is the receptive field."""
    architecture = Architecture((1, 88, 80), 1, blocks, Head("conv-pool"))
    number = max(n for n, layer in enumerate(architecture.layers) if layer.block >= 0)
    support = sides_of_support(linear_network(architecture), architecture.image, number)
    assert max(support) == architecture.layers[number].receptive_field


def test_receptive_fields_of_random_architectures() -> None:
    """The same holds for every layer before a gate or the head, if it does not see the border."""
    compared = 0
    for seed in range(100):
        architecture = random_nested_architecture(Random(seed), image=(1, 60, 70))
        network = linear_network(architecture)
        for number, layer in enumerate(architecture.layers):
            if layer.block < 0 or layer.kind.startswith("global") or layer.receptive_field > 20:
                break
            compared += 1
            support = sides_of_support(network, architecture.image, number)
            assert max(support) == layer.receptive_field, (architecture, number)
    assert compared > 500


def sides_of_support(network: Network, shape: tuple[int, int, int], number: int) -> tuple[int, int]:
    """Return height and width of the pixels that the middle output of a call depends on."""
    image = torch.zeros(1, *shape, dtype=torch.float64, requires_grad=True)
    output = next(islice(run(network, image), number, None))
    output.sum(1)[0, output.shape[2] // 2, output.shape[3] // 2].backward()
    assert image.grad is not None
    seen = image.grad[0].sum(0) != 0
    rows, columns = seen.any(1).nonzero().flatten(), seen.any(0).nonzero().flatten()
    return int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1


def linear_network(architecture: Architecture) -> Network:
    """Return the network with weights of 1 and without norms and activations.

    Max pooling is replaced by average pooling, so that no gradient is lost.
    """
    network = build_network(architecture).double()
    return network.with_modules(linear_module(module) for module in network)


def linear_module(module: nn.Module) -> nn.Module:
    """Return a linear module that reads the same pixels, or the identity."""
    if isinstance(module, nn.MaxPool2d):
        return nn.AvgPool2d(module.kernel_size, module.stride, module.padding)
    if isinstance(module, nn.Conv2d):
        nn.init.ones_(module.weight)
    elif not isinstance(module, nn.AvgPool2d | BlurPool):
        return nn.Identity()
    return module
