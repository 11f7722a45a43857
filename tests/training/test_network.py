"""The torch module that an architecture becomes."""

from math import sqrt
from random import Random

import pytest
import torch
from scipy import stats
from torch import nn

from search.candidates.architecture import Architecture, Block, Head
from search.training.network import MODULES, build_network, initialise
from tests.support.random_values import random_architecture

ARCHITECTURE = Architecture(
    (3, 16, 16),
    10,
    (Block(32, bias=True), Block(32, kernel=5, padding=2, dropout=0.1), Block(32, padding=1)),
    Head("linear", hidden=32, bias=True, dropout=0.2),
)
DOUBTFUL = 1e-4  # a p-value below which two samples are not of one distribution


def learned(network: nn.Sequential) -> list[nn.Module]:
    """Convolutions and linear layers."""
    return [module for module in network if isinstance(module, nn.Conv2d | nn.Linear)]


def same(one: nn.Module, other: nn.Module) -> bool:
    """Whether every weight and statistic is equal."""
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(*pair) for pair in pairs)


def test_modules_are_the_list():
    """One module per layer, in order, of the layer's kind and with its arguments."""
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


def test_turns_images_into_logits():
    """(N, C, H, W) float32 to (N, classes), all finite, also while training."""
    for network in (build_network(ARCHITECTURE), build_network(ARCHITECTURE).eval()):
        logits = network(torch.rand(5, *ARCHITECTURE.image))
        assert logits.shape == (5, 10)
        assert logits.dtype == torch.float32
        assert logits.isfinite().all()


def test_weights_descend_from_the_seed_alone():
    """The same seed gives the same weights again and torch's own generator is left alone."""
    state = torch.get_rng_state()
    first = build_network(ARCHITECTURE, seed=5)
    torch.rand(3)
    assert same(first, build_network(ARCHITECTURE, seed=5))
    torch.set_rng_state(state)
    build_network(ARCHITECTURE, seed=6)
    assert torch.equal(torch.get_rng_state(), state)


def test_another_seed_gives_other_weights():
    """Every weight tensor differs, and tensors of one shape differ within a network."""
    one, other = build_network(ARCHITECTURE, 0), build_network(ARCHITECTURE, 1)
    for mine, its in zip(learned(one), learned(other), strict=True):
        assert not torch.equal(mine.weight, its.weight)
        assert mine.bias is None or not torch.equal(mine.bias, its.bias)
    twins = build_network(Architecture((8, 8, 8), 8, (Block(8, padding=1),) * 2))
    assert not torch.equal(twins[0].weight, twins[3].weight)


def test_initial_weights_are_distributed_as_torchs_own():
    """Uniform within 1 / sqrt(fan in), weights and biases (Kolmogorov-Smirnov, two samples)."""
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


def test_norms_begin_neutral():
    """Scale 1, shift 0, running mean 0 and variance 1, nothing seen yet; also when begun again."""
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
def test_a_cuda_device_holds_the_same_network():
    """Its logits are those of the CPU within float error."""
    network, images = build_network(ARCHITECTURE).eval(), torch.rand(5, *ARCHITECTURE.image)
    here = network(images)
    there = network.cuda()(images.cuda()).cpu()
    assert torch.allclose(here, there, atol=1e-3)
