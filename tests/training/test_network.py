"""The torch module of an architecture."""

from math import sqrt
from random import Random

import pytest
import torch
from scipy import stats
from torch import nn

from search.candidates.architecture import Architecture, Head
from search.candidates.blocks import Block
from search.training.network import MODULES, build_network, initialise
from tests.support.random_values import random_architecture

ARCHITECTURE = Architecture(
    (3, 16, 16),
    10,
    (Block(32, bias=True), Block(32, kernel=5, padding=2, dropout=0.1), Block(32, padding=1)),
    Head("linear", hidden=32, bias=True, dropout=0.2),
)
DOUBTFUL = 1e-4  # p-value below which two samples are considered differently distributed


def learned(network: nn.Sequential) -> list[nn.Conv2d | nn.Linear]:
    """Return the convolutions and linear layers."""
    return [module for module in network if isinstance(module, nn.Conv2d | nn.Linear)]


def same(one: nn.Module, other: nn.Module) -> bool:
    """Return whether all weights and statistics are equal."""
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(*pair) for pair in pairs)


def test_modules_correspond_to_layers() -> None:
    """There is one module per layer, in order, with the layer's kind and arguments."""
    for seed in range(50):
        architecture = random_architecture(Random(seed))
        network = build_network(architecture)
        kinds = [MODULES[layer.kind] for layer in architecture.layers]
        assert [type(module) for module in network] == kinds
        for layer, module in zip(architecture.layers, network, strict=True):
            for name, value in layer.arguments.items():
                held = getattr(module, name)
                actual = held is not None if name == "bias" else held
                assert actual in (value, (value, value))


def test_turns_images_into_logits() -> None:
    """Images (N, C, H, W), float32, become finite logits (N, classes), also in training mode."""
    for network in (build_network(ARCHITECTURE), build_network(ARCHITECTURE).eval()):
        logits = network(torch.rand(5, *ARCHITECTURE.image))
        assert logits.shape == (5, 10)
        assert logits.dtype == torch.float32
        assert logits.isfinite().all()


def test_weights_depend_on_the_seed_alone() -> None:
    """The same seed gives the same weights, and torch's global generator is not used."""
    state = torch.get_rng_state()
    first = build_network(ARCHITECTURE, seed=5)
    torch.rand(3)
    assert same(first, build_network(ARCHITECTURE, seed=5))
    torch.set_rng_state(state)
    build_network(ARCHITECTURE, seed=6)
    assert torch.equal(torch.get_rng_state(), state)


def test_another_seed_gives_other_weights() -> None:
    """Every weight tensor differs, and so do tensors of one shape within a network."""
    one, other = build_network(ARCHITECTURE, 0), build_network(ARCHITECTURE, 1)
    for mine, its in zip(learned(one), learned(other), strict=True):
        assert not torch.equal(mine.weight, its.weight)
        if mine.bias is not None:
            assert its.bias is not None
            assert not torch.equal(mine.bias, its.bias)
    twins = learned(build_network(Architecture((8, 8, 8), 8, (Block(8, padding=1),) * 2)))
    assert not torch.equal(twins[0].weight, twins[1].weight)


def test_initial_weights_are_distributed_like_torchs_own() -> None:
    """Weights and biases are uniform within 1 / sqrt(fan in) (Kolmogorov-Smirnov tests)."""
    network = build_network(ARCHITECTURE, seed=1)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        torchs = [MODULES[layer.kind](**layer.arguments) for layer in ARCHITECTURE.layers]
    for mine, its in zip(learned(network), learned(nn.Sequential(*torchs)), strict=True):
        bound = 1 / sqrt(mine.weight[0].numel())
        for name, tensor in mine.named_parameters():
            drawn = tensor.detach().flatten().numpy()
            assert abs(drawn).max() <= bound
            oracle = getattr(its, name).detach().flatten().numpy()
            assert stats.ks_2samp(drawn, oracle).pvalue > DOUBTFUL
            assert stats.kstest(drawn, "uniform", (-bound, 2 * bound)).pvalue > DOUBTFUL


def test_norms_start_neutral() -> None:
    """Scale 1, shift 0, running mean 0, variance 1 and no batches, also when initialised again."""
    network = build_network(ARCHITECTURE).train()
    network(torch.rand(4, *ARCHITECTURE.image))
    initialise(network, seed=0)
    fresh = nn.BatchNorm2d(32).state_dict()
    norms = [module for module in network if isinstance(module, nn.BatchNorm2d)]
    assert len(norms) == 3
    for norm in norms:
        assert all(torch.equal(norm.state_dict()[name], fresh[name]) for name in fresh)
    assert same(network, build_network(ARCHITECTURE))


@pytest.mark.gpu
def test_a_cuda_device_has_the_same_network() -> None:
    """Its logits equal those of the CPU within float error."""
    network, images = build_network(ARCHITECTURE).eval(), torch.rand(5, *ARCHITECTURE.image)
    here = network(images)
    there = network.cuda()(images.cuda()).cpu()
    assert torch.allclose(here, there, atol=1e-3)
