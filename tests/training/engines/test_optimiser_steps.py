"""Optimisers on one tensor of weights, compared with torch.optim over many steps."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from search.candidates.recipe import Optimiser, Recipe, Schedule, rates
from search.training.engines.optimiser_steps import (
    KernelPlace,
    clip,
    optimiser_step,
    orthogonalised,
)

MOVING = Schedule("onecycle", warmup=0.4, cycle_momentum=True)
SCHEDULES = [Schedule("cosine", warmup_epochs=0.7), MOVING]
EPOCHS, STEPS = 4, 10
SGD: list[dict[str, Any]] = [
    {"momentum": momentum, "nesterov": nesterov, "weight_decay": decay}
    for momentum, nesterov, decay in product((0.0, 0.9), (False, True), (0.0, 0.1))
    if momentum or not nesterov
]
OTHERS: list[dict[str, Any]] = [
    {"optimiser": optimiser, "rate": 0.01, "weight_decay": decay}
    for optimiser, decay in product(("adam", "adamw", "nadam", "rmsprop"), (0.0, 0.1))
]
SETTINGS: list[dict[str, Any]] = [
    {"optimiser": optimiser, "rate": 0.01, "beta2": 0.95, "epsilon": 1e-3}
    for optimiser in ("adam", "adamw", "nadam")
]
SETTINGS += [
    {"optimiser": "nadam", "rate": 0.01, "momentum_decay": 0.1},
    {"optimiser": "nadam", "rate": 0.01, "momentum": 0.0},
    {"optimiser": "rmsprop", "rate": 0.01, "alpha": 0.9, "epsilon": 1e-3},
    {"optimiser": "rmsprop", "rate": 0.01, "momentum": 0.0},
]
MUON: list[dict[str, Any]] = [
    {"momentum": momentum, "nesterov": nesterov, "weight_decay": decay, "muon_steps": steps}
    for momentum, nesterov, decay, steps in product((0.0, 0.9), (False, True), (0.0, 0.1), (5, 3))
]
SHAPES = ((8, 4, 3, 3), (40, 3, 3, 3), (6, 1, 5, 5), (12, 7, 1, 1), (1, 4, 1, 1))


@pytest.fixture
def float64() -> Iterator[None]:
    """Let torch's optimisers keep scalar states in float64: NAdam's product of momenta."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def oracle(recipe: Recipe, weights: Tensor) -> torch.optim.Optimizer:
    """Return torch's own optimiser, neither fused nor foreach."""
    shared: dict[str, Any] = {
        "lr": recipe.rate,
        "weight_decay": recipe.weight_decay,
        "foreach": False,
    }
    betas: dict[str, Any] = {"betas": (recipe.momentum, recipe.beta2), "eps": recipe.epsilon}
    if recipe.optimiser == "sgd":
        nesterov = recipe.nesterov
        return torch.optim.SGD([weights], momentum=recipe.momentum, nesterov=nesterov, **shared)
    if recipe.optimiser == "rmsprop":
        own: dict[str, Any] = {
            "alpha": recipe.alpha,
            "eps": recipe.epsilon,
            "momentum": recipe.momentum,
        }
        return torch.optim.RMSprop([weights], **own, **shared)
    if recipe.optimiser == "nadam":
        decay = recipe.momentum_decay
        return torch.optim.NAdam([weights], momentum_decay=decay, **betas, **shared)
    kind = torch.optim.Adam if recipe.optimiser == "adam" else torch.optim.AdamW
    return kind([weights], **betas, **shared)


def set_rate(optimiser: torch.optim.Optimizer, rate: float, momentum: float) -> None:
    """Set learning rate and momentum, which is the first beta of some optimisers."""
    (group,) = optimiser.param_groups
    group["lr"] = rate
    if "betas" in group:
        group["betas"] = (momentum, group["betas"][1])
    else:
        group["momentum"] = momentum


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("schedule", SCHEDULES, ids=["rate", "and momentum"])
@pytest.mark.parametrize("figures", SGD + OTHERS + SETTINGS, ids=str)
def test_optimisers_equal_torch_s(figures: dict[str, Any], schedule: Schedule) -> None:
    """After 40 steps with random gradients and changing rates, weights agree to 12 digits.

    The steps are computed in float64.
    """
    recipe = Recipe(epochs=EPOCHS, schedule=schedule, **figures)
    generator = torch.Generator().manual_seed(1)
    weights = torch.randn(300, generator=generator)
    expected = weights.clone().requires_grad_()
    optimiser, ours = oracle(recipe, expected), optimiser_step(recipe, weights)
    for step, (rate, momentum) in enumerate(rates(recipe, STEPS), 1):
        gradient = torch.randn(300, generator=generator)
        set_rate(optimiser, rate, momentum)
        expected.grad = gradient.clone()
        optimiser.step()
        row = torch.tensor(ours.coefficients(rate, momentum, step))
        ours.update(weights, gradient, row)
        torch.testing.assert_close(weights, expected.detach(), rtol=1e-12, atol=1e-12)


def places(start: int) -> tuple[KernelPlace, ...]:
    """Return the places of kernels of SHAPES, alternately contiguous and channels_last."""
    found, offset = [], start
    for number, shape in enumerate(SHAPES):
        kernel = torch.empty(shape)
        if number % 2:
            kernel = kernel.to(memory_format=torch.channels_last)
        found.append(KernelPlace(offset, shape, kernel.stride()))
        offset += kernel.numel() + 5  # padding
    return tuple(found)


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("schedule", SCHEDULES, ids=["rate", "and momentum"])
@pytest.mark.parametrize("figures", MUON, ids=str)
def test_muon_equals_torch_s_on_matrices_and_adamw(
    figures: dict[str, Any], schedule: Schedule
) -> None:
    """After 40 steps kernels equal torch.optim.Muon's matrices, and other weights AdamW's."""
    recipe = Recipe(
        epochs=EPOCHS, optimiser="muon", rate=0.02, adamw_rate=0.005, schedule=schedule, **figures
    )
    generator = torch.Generator().manual_seed(1)
    kernels, start = places(50), 50
    weights = torch.randn(kernels[-1].offset + 100, generator=generator)
    matrices = [nn.Parameter(place.view(weights).flatten(1).clone()) for place in kernels]
    others = nn.Parameter(weights[:start].clone())
    muon = torch.optim.Muon(
        matrices,
        lr=recipe.rate,
        momentum=recipe.momentum,
        nesterov=recipe.nesterov,
        weight_decay=recipe.weight_decay,
        ns_steps=recipe.muon_steps,
    )
    adamw = torch.optim.AdamW([others], weight_decay=recipe.weight_decay)
    ours = optimiser_step(recipe, weights, kernels)
    for step, (rate, momentum) in enumerate(rates(recipe, STEPS), 1):
        gradient = torch.randn(len(weights), generator=generator)
        set_rate(muon, rate, momentum)
        set_rate(adamw, rate * 0.005 / 0.02, 0.9)
        others.grad = gradient[:start].clone()
        for matrix, place in zip(matrices, kernels, strict=True):
            matrix.grad = place.view(gradient).flatten(1).clone()
        muon.step()
        adamw.step()
        ours.update(weights, gradient, torch.tensor(ours.coefficients(rate, momentum, step)))
        torch.testing.assert_close(weights[:start], others.detach(), rtol=1e-12, atol=1e-12)
        for matrix, place in zip(matrices, kernels, strict=True):
            kernel = place.view(weights).flatten(1)
            torch.testing.assert_close(kernel, matrix.detach(), rtol=1e-12, atol=1e-12)


def test_muon_without_kernels_is_adamw() -> None:
    """A network without convolutions is trained by AdamW alone."""
    recipe = Recipe(optimiser="muon", adamw_rate=0.01, weight_decay=0.1)
    weights, other = torch.ones(10), nn.Parameter(torch.ones(10))
    ours = optimiser_step(recipe, weights)
    adamw = torch.optim.AdamW([other], lr=0.01, weight_decay=0.1)
    for step in range(1, 4):
        other.grad = torch.arange(10.0)
        adamw.step()
        row = torch.tensor(ours.coefficients(recipe.rate, recipe.momentum, step))
        ours.update(weights, torch.arange(10.0), row)
    torch.testing.assert_close(weights, other.detach())


@pytest.mark.parametrize("shape", [(4, 30), (30, 4), (5, 5), (1, 9), (9, 1), (1, 1)])
def test_matrices_are_orthogonalised_as_in_torch(shape: tuple[int, int]) -> None:
    """The result equals torch.optim.Muon's bitwise, and its singular values are near 1."""
    gradient = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    weights = nn.Parameter(torch.zeros(shape))
    weights.grad = gradient.clone()
    torch.optim.Muon([weights], lr=1.0, weight_decay=0.0, momentum=0.0).step()
    ours = orthogonalised(gradient, 5).float()
    assert torch.equal(ours * -(max(1, shape[0] / shape[1]) ** 0.5), weights.detach())
    singular = torch.linalg.svdvals(ours)
    assert 0.5 < singular.min() <= singular.max() < 1.3


def test_a_matrix_of_zeros_is_not_divided_by_zero() -> None:
    """A gradient of zeros gives an update of zeros."""
    assert not orthogonalised(torch.zeros(3, 4), 5).any()


@pytest.mark.parametrize("limit", [1e-3, 1.0, 100.0])
def test_clipping_equals_clip_grad_norm(limit: float) -> None:
    """The clipped gradient equals that of torch.nn.utils.clip_grad_norm_ for several tensors."""
    gradient = torch.randn(300, generator=torch.Generator().manual_seed(1))
    parts = [nn.Parameter(torch.zeros(size)) for size in (100, 150, 50)]
    for part, values in zip(parts, gradient.split([100, 150, 50]), strict=True):
        part.grad = values.clone()
    nn.utils.clip_grad_norm_(parts, limit)
    clip(gradient, limit)
    expected = torch.cat([part.grad for part in parts if part.grad is not None])
    torch.testing.assert_close(gradient, expected, rtol=1e-6, atol=0)
    assert gradient.norm() <= max(limit, 0) * (1 + 1e-6) or limit == 100


@pytest.mark.parametrize("optimiser", ["sgd", "adam", "adamw", "nadam", "rmsprop", "muon"])
def test_padding_stays_zero(optimiser: Optimiser) -> None:
    """Weights of zero with gradients of zero stay zero, as in the padding between tensors."""
    recipe = Recipe(optimiser=optimiser, weight_decay=0.1, rate=0.01, clip=1.0)
    weights = torch.zeros(300)
    ours = optimiser_step(recipe, weights)
    for step in (1, 2, 3):
        gradient = torch.zeros(300)
        clip(gradient, 1.0)
        ours.update(weights, gradient, torch.tensor(ours.coefficients(0.01, 0.9, step)))
    assert not weights.any()
