"""Windowed dropout: the properties of torch's dropout, also with masks drawn in advance."""

from copy import deepcopy
from math import sqrt
from random import Random
from typing import Any

import pytest
import torch
from torch import memory_format, nn

from search.candidates.architecture import Architecture, Head, HeadKind
from search.candidates.blocks import (
    Activation,
    AnyBlock,
    Block,
    Dense,
    Dropout,
    Parallel,
    Repeat,
    Residual,
    SqueezeExcite,
)
from search.randomness import uniform
from search.training.dropout import (
    RESERVE,
    FusedReluDropout,
    WindowedDropout,
    with_windowed_dropout,
)
from search.training.network import build_network, meta_network
from tests.support.random_values import random_nested_architecture

RATE = 0.3
SHAPE = (32, 8, 12, 12)
SIGMAS = 5  # a correct claim fails once in two million cases


def started(
    seed: int = 1,
    steps: int = 3,
    kind: type[FusedReluDropout] | type[WindowedDropout] = WindowedDropout,
    rate: float = RATE,
) -> FusedReluDropout | WindowedDropout:
    """Return a layer at the start of an epoch."""
    layer = kind(rate)
    layer.begin_epoch(seed, steps)
    return layer


def mask(seed: int = 1, shape: tuple[int, ...] = SHAPE) -> torch.Tensor:
    """Return the mask of the first step."""
    outputs: torch.Tensor = started(seed)(torch.ones(shape))
    return outputs


def correlation(one: torch.Tensor, other: torch.Tensor) -> float:
    """Return Pearson's correlation in units of its standard deviation under independence."""
    pairs = torch.stack([one.flatten(), other.flatten()])
    return torch.corrcoef(pairs)[0, 1].item() * sqrt(one.numel())


@pytest.mark.parametrize("rate", [0.05, 0.3, 0.8])
def test_zeroes_a_fraction_and_scales_the_rest(rate: float) -> None:
    """A fraction `rate` becomes 0, and the rest is multiplied by 1 / (1 - rate), as in torch."""
    outputs = started(rate=rate)(torch.ones(SHAPE))
    nonzero = outputs[outputs != 0]
    fraction = len(nonzero) / outputs.numel()
    assert fraction == pytest.approx(1 - rate, abs=SIGMAS * sqrt(rate / outputs.numel()))
    assert nonzero.unique().tolist() == pytest.approx([1 / (1 - rate)])


def test_preserves_the_expected_value() -> None:
    """The mean of every element over many steps equals its input."""
    inputs, steps = uniform(1, (40,)), 2_000
    layer = started(steps=steps)
    mean = torch.stack([layer(inputs) for _ in range(steps)]).mean(0)
    deviation = inputs * sqrt(RATE / (1 - RATE) / steps)
    assert ((mean - inputs).abs() <= SIGMAS * deviation).all()


def test_elements_within_a_step_are_independent() -> None:
    """Neighbours along rows, columns, channels and the batch are uncorrelated."""
    drawn = mask()
    for dimension, size in enumerate(SHAPE):
        for lag in (1, 2, size // 2):
            one = drawn.narrow(dimension, 0, size - lag)
            other = drawn.narrow(dimension, lag, size - lag)
            assert abs(correlation(one, other)) < SIGMAS


def test_steps_layers_and_epochs_have_independent_masks() -> None:
    """Masks of two steps, and of two seeds (layers or epochs), are uncorrelated."""
    layer = started()
    first, second = layer(torch.ones(SHAPE)), layer(torch.ones(SHAPE))
    layer.begin_epoch(2, 3)
    assert abs(correlation(first, second)) < SIGMAS
    assert abs(correlation(first, layer(torch.ones(SHAPE)))) < SIGMAS


def test_windows_start_anywhere_in_the_reserve() -> None:
    """Two steps rarely share a window: the starts are spread over the whole reserve."""
    starts = torch.tensor(started(steps=1_000)._starts, dtype=torch.float64)
    assert starts.min() >= 0
    assert starts.max() < RESERVE
    assert starts.mean() == pytest.approx(RESERVE / 2, rel=0.1)
    assert len(starts.unique()) > 990


def test_masks_depend_on_the_seed_alone() -> None:
    """The same seed gives the same mask, and torch's global generator is not used."""
    state = torch.get_rng_state()
    first = mask()
    assert torch.equal(torch.get_rng_state(), state)
    torch.rand(7)
    assert torch.equal(mask(), first)
    torch.set_rng_state(state)


def test_mask_follows_the_memory_order() -> None:
    """In channels_last the window is applied in memory order, and the layout is kept."""
    inputs = torch.ones(SHAPE).to(memory_format=torch.channels_last)
    outputs = started()(inputs)
    assert outputs.stride() == inputs.stride()
    in_memory = outputs.permute(0, 2, 3, 1).flatten()
    assert torch.equal(in_memory, mask().flatten())


@pytest.mark.parametrize("shape", [(5,), (4, 7), (4, 7, 1, 1), (1, 1, 28, 28)])
def test_takes_any_shape(shape: tuple[int, ...]) -> None:
    """Flat features, single pixels and maps are accepted."""
    assert mask(shape=shape).shape == shape


def test_an_activation_larger_than_the_reserve() -> None:
    """The masks grow with the activation: its last elements have a mask too."""
    outputs = mask(shape=(RESERVE + 5,))
    assert (outputs[-1_000:] == 0).float().mean() == pytest.approx(RATE, abs=0.1)


def test_eval_is_identity() -> None:
    """In eval mode nothing is dropped, and a fused ReLU is still applied."""
    inputs = uniform(1, SHAPE).sub_(0.5)
    assert started().eval()(inputs) is inputs
    assert WindowedDropout(RATE).eval()(inputs) is inputs
    rectified = started(kind=FusedReluDropout).eval()
    assert torch.equal(rectified(inputs.clone()), inputs.relu())


def test_gradient_is_the_mask() -> None:
    """Dropped elements have no gradient; the gradients of the others are scaled."""
    inputs = uniform(1, SHAPE).requires_grad_()
    started()(inputs).sum().backward()
    assert inputs.grad is not None
    assert torch.equal(inputs.grad, mask())


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_rectified_is_relu_then_dropout(layout: memory_format) -> None:
    """The fused layer has bitwise the same outputs and gradients as the two layers."""
    drawn = uniform(1, SHAPE).sub_(0.5).to(memory_format=layout)
    weights = uniform(2, SHAPE)
    results = []
    for layers in ([nn.ReLU(), started()], [started(kind=FusedReluDropout)]):
        inputs = drawn.clone().requires_grad_()
        outputs = nn.Sequential(nn.Identity(), *layers)(inputs * 1)
        (outputs * weights).sum().backward()
        results.append((outputs, inputs.grad))
    assert all(torch.equal(one, other) for one, other in zip(*results, strict=True))


ORDERS = [
    ("norm", "relu", "dropout", "pool"),
    ("relu", "norm", "dropout"),
    ("relu", "dropout", "norm"),
    ("norm", "relu", "pool", "dropout"),
    ("pool", "relu", "dropout"),
    ("dropout", "relu"),
    ("relu", "relu", "dropout", "relu"),
    ("dropout", "dropout"),
    (),
]


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
@pytest.mark.parametrize("kind", ["pool-conv", "conv-pool", "linear"])
def test_in_place_layers_do_not_change_results(order: tuple[Any, ...], kind: HeadKind) -> None:
    """In any order of layers, logits, gradients and statistics equal those of plain layers."""
    block = Block(6, dropout=RATE, pool=2, order=order)
    head = Head(kind, hidden=12 if kind == "linear" else 0, dropout=RATE)
    architecture = Architecture((1, 16, 16), 10, (block, block), head)
    inputs = uniform(3, (9, 1, 16, 16))
    assert_same_step(architecture, inputs)


def test_in_place_layers_do_not_change_results_of_nested_blocks() -> None:
    """The same holds for 100 random architectures with branches, shortcuts and repetitions."""
    rectified = 0
    for seed in range(100):
        architecture = random_nested_architecture(Random(seed))
        assert_same_step(architecture, uniform(3, (5, *architecture.image)))
        converted = with_windowed_dropout(meta_network(architecture))
        rectified += sum(isinstance(m, FusedReluDropout) for m in converted)
        rectified += sum(isinstance(m, nn.ReLU) and m.inplace for m in converted)
    assert rectified > 50


FORKS: list[tuple[AnyBlock, ...]] = [
    (Dense((Activation("relu"), Dropout(RATE), Block(4, padding=1))),),
    (Residual((Block(6, padding=1, order=("relu", "dropout", "conv"), dropout=RATE),)),),
    (Parallel(((Activation("relu"),), (Activation("relu"), Dropout(RATE)), ())),),
    (Residual((Activation("relu"), Dropout(RATE))), SqueezeExcite(2)),
    (Repeat((Residual((Activation("relu"), Block(6, padding=1, dropout=RATE))),), times=3),),
]


@pytest.mark.parametrize("blocks", FORKS)
def test_an_output_that_several_layers_read_is_not_overwritten(
    blocks: tuple[AnyBlock, ...],
) -> None:
    """A ReLU is not computed in place if a shortcut or another branch reads its input, too."""
    before = Block(6, padding=1, order=())
    architecture = Architecture((1, 12, 12), 5, (before, *blocks))
    assert_same_step(architecture, uniform(3, (4, 1, 12, 12)))


def assert_same_step(architecture: Architecture, inputs: torch.Tensor) -> None:
    """Assert that a step has bitwise the results of plain layers with the same masks."""
    network = build_network(architecture)
    converted = with_windowed_dropout(deepcopy(network))
    plain = network.with_modules(
        WindowedDropout(m.p) if isinstance(m, nn.Dropout) else m for m in network
    )
    one, other = step_results(plain, inputs), step_results(converted, inputs)
    assert one.keys() == other.keys()
    for name, result in one.items():
        assert torch.equal(result, other[name]), (architecture, name)


def step_results(network: nn.Sequential, inputs: torch.Tensor) -> dict[str, torch.Tensor]:
    """Return logits, gradients and running statistics of a training step."""
    for index, module in enumerate(network):
        if isinstance(module, WindowedDropout):
            module.begin_epoch(index, 1)
    logits = network.train()(inputs)
    logits.square().sum().backward()
    gradients = {
        f"gradient of {name}": weights.grad
        for name, weights in network.named_parameters()
        if weights.grad is not None
    }
    return {"logits": logits.detach(), **gradients, **network.state_dict()}


def test_every_module_keeps_its_index() -> None:
    """The trained weights have the names of the network built from the architecture."""
    blocks = (Block(4, dropout=0.1, pool=2), Block(10, dropout=0.2))
    network = build_network(Architecture((1, 16, 16), 10, blocks, Head(dropout=0.1)))
    replaced = with_windowed_dropout(network)
    rates = {index: m.p for index, m in enumerate(network) if isinstance(m, nn.Dropout)}
    assert replaced.state_dict().keys() == network.state_dict().keys()
    assert rates == {
        index: m.p for index, m in enumerate(replaced) if isinstance(m, WindowedDropout)
    }
    assert not any(isinstance(module, nn.Dropout) for module in replaced)
