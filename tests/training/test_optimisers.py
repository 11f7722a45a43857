"""torch's optimisers as built from recipes, and Muon for kernels of any memory format."""

from typing import Any, get_args

import pytest
import torch
from torch import Tensor, nn

from search.candidates.recipe import Optimiser, Recipe
from search.training.optimisers import KernelMuon, build_optimisers, is_kernel, set_rate

CPU = torch.device("cpu")
SHAPES = ((8, 4, 3, 3), (40, 3, 3, 3), (6, 1, 5, 5), (12, 7, 1, 1), (4, 1, 1, 1))
SETTINGS: dict[Optimiser, tuple[type[torch.optim.Optimizer], dict[str, Any]]] = {
    "sgd": (torch.optim.SGD, {"momentum": 0.8, "nesterov": True, "fused": True}),
    "adam": (torch.optim.Adam, {"betas": (0.8, 0.99), "eps": 1e-6, "fused": True}),
    "adamw": (torch.optim.AdamW, {"betas": (0.8, 0.99), "eps": 1e-6, "fused": True}),
    "nadam": (
        torch.optim.NAdam,
        {"betas": (0.8, 0.99), "eps": 1e-6, "momentum_decay": 0.01},
    ),
    "rmsprop": (torch.optim.RMSprop, {"momentum": 0.8, "alpha": 0.9, "eps": 1e-6}),
    "muon": (KernelMuon, {"momentum": 0.8, "nesterov": True, "ns_steps": 4}),
}


def network() -> nn.Sequential:
    """Return a network with two kernels, a norm and a linear layer."""
    layers = (nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.Conv2d(3, 4, 1), nn.Linear(4, 2))
    return nn.Sequential(*layers)


def recipe(optimiser: Optimiser) -> Recipe:
    """Return a recipe in which every setting of the optimisers differs from its default."""
    return Recipe(
        optimiser=optimiser,
        rate=0.02,
        momentum=0.8,
        nesterov=True,
        weight_decay=0.1,
        beta2=0.99,
        alpha=0.9,
        epsilon=1e-6,
        momentum_decay=0.01,
        adamw_rate=0.004,
        muon_steps=4,
    )


def weights(optimiser: torch.optim.Optimizer) -> list[Tensor]:
    """Return the weights that the optimiser updates."""
    return [weight for group in optimiser.param_groups for weight in group["params"]]


@pytest.mark.parametrize("name", get_args(Optimiser))
def test_settings_are_those_of_the_recipe(name: Optimiser) -> None:
    """Every optimiser is torch's, with the recipe's rate, weight decay and own settings."""
    kind, expected = SETTINGS[name]
    main, *others = build_optimisers(recipe(name), network(), CPU)
    assert type(main) is kind
    settings = main.defaults
    assert {key: settings[key] for key in expected} == expected
    assert (settings["lr"], settings["weight_decay"]) == (0.02, 0.1)
    assert len(others) == (name == "muon")


def test_the_adamw_part_of_muon() -> None:
    """Muon updates the kernels; AdamW updates all other weights with its own rate and betas."""
    net = network()
    muon, adamw = build_optimisers(recipe("muon"), net, CPU)
    assert [tuple(matrix.shape) for matrix in weights(muon)] == [(3, 9), (4, 3)]
    assert isinstance(adamw, torch.optim.AdamW)
    assert sum(map(torch.numel, weights(muon) + weights(adamw))) == sum(
        weight.numel() for weight in net.parameters()
    )
    assert not any(map(is_kernel, weights(adamw)))
    set_rate(muon, recipe("muon"), 0.01, 0.7)
    set_rate(adamw, recipe("muon"), 0.01, 0.7)
    (group,) = muon.param_groups
    assert (group["lr"], group["momentum"]) == (0.01, 0.7)
    (group,) = adamw.param_groups
    assert (group["lr"], group["betas"]) == (pytest.approx(0.002), (0.9, 0.99))
    assert (group["eps"], group["weight_decay"], group["fused"]) == (1e-6, 0.1, True)


def test_networks_with_kernels_only_and_without_kernels() -> None:
    """The optimiser without weights is missing."""
    linear, conv = nn.Sequential(nn.Linear(4, 2)), nn.Sequential(nn.Conv2d(1, 2, 3, bias=False))
    (adamw,) = build_optimisers(recipe("muon"), linear, CPU)
    assert isinstance(adamw, torch.optim.AdamW)
    (muon,) = build_optimisers(recipe("muon"), conv, CPU)
    assert isinstance(muon, KernelMuon)


@pytest.mark.parametrize("name", get_args(Optimiser))
def test_rate_and_momentum_are_set(name: Optimiser) -> None:
    """The rate and the momentum or first beta change; the second beta is kept."""
    main, *_ = build_optimisers(recipe(name), network(), CPU)
    set_rate(main, recipe(name), 0.01, 0.7)
    (group,) = main.param_groups
    assert group["lr"] == 0.01
    assert group.get("momentum", 0.7) == 0.7
    assert group.get("betas", (0.7, 0.99)) == (0.7, 0.99)


@pytest.mark.parametrize("nesterov", [False, True])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_kernels_equal_torch_s_muon_of_matrices(
    layout: torch.memory_format, nesterov: bool
) -> None:
    """After ten steps the kernels are bitwise equal, whatever the layout of their gradients."""
    torch.manual_seed(1)
    kernels = [nn.Parameter(torch.randn(shape).to(memory_format=layout)) for shape in SHAPES]
    matrices = [nn.Parameter(kernel.detach().clone().flatten(1)) for kernel in kernels]
    settings: dict[str, Any] = {"lr": 0.02, "weight_decay": 0.1, "nesterov": nesterov}
    ours: torch.optim.Optimizer = KernelMuon(kernels, **settings)
    oracle: torch.optim.Optimizer = torch.optim.Muon(matrices, **settings)
    strides = [kernel.stride() for kernel in kernels]
    for _ in range(10):
        for kernel, matrix in zip(kernels, matrices, strict=True):
            kernel.grad = torch.randn(kernel.shape).to(memory_format=torch.channels_last)
            matrix.grad = kernel.grad.flatten(1).clone()
        ours.step()
        oracle.step()
    assert [kernel.stride() for kernel in kernels] == strides
    for kernel, matrix in zip(kernels, matrices, strict=True):
        assert torch.equal(kernel.flatten(1), matrix)
