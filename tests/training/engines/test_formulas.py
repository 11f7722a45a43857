"""Optimisers as formulas: step by step where torch's own optimisers go."""

from itertools import product

import pytest
import torch

from search.candidates.recipe import Recipe, Schedule, rates
from search.training.engines.formulas import formula

MOVING = Schedule("onecycle", warmup=0.4, cycle_momentum=True)
EPOCHS, STEPS = 4, 10
SGD = [
    {"momentum": momentum, "nesterov": nesterov, "weight_decay": decay}
    for momentum, nesterov, decay in product((0.0, 0.9), (False, True), (0.0, 0.1))
    if momentum or not nesterov
]
ADAM = [
    {"optimiser": optimiser, "rate": 0.01, "weight_decay": decay}
    for optimiser, decay in product(("adam", "adamw"), (0.0, 0.1))
]


def oracle(recipe: Recipe, weights: torch.Tensor) -> torch.optim.Optimizer:
    """torch's own, neither fused nor foreach."""
    shared = {"lr": recipe.rate, "weight_decay": recipe.weight_decay, "foreach": False}
    if recipe.optimiser == "sgd":
        nesterov = recipe.nesterov
        return torch.optim.SGD([weights], momentum=recipe.momentum, nesterov=nesterov, **shared)
    kind = torch.optim.Adam if recipe.optimiser == "adam" else torch.optim.AdamW
    return kind([weights], betas=(recipe.momentum, 0.999), **shared)


@pytest.mark.parametrize("schedule", [Schedule("cosine"), MOVING], ids=["rate", "and momentum"])
@pytest.mark.parametrize("figures", SGD + ADAM, ids=str)
def test_weights_go_where_torch_s_optimiser_leads_them(figures, schedule):
    """40 steps along random gradients with rates that change at every step, in float64: equal to
    the twelfth digit.
    """
    recipe = Recipe(epochs=EPOCHS, schedule=schedule, **figures)
    generator = torch.Generator().manual_seed(1)
    weights = torch.randn(300, dtype=torch.float64, generator=generator)
    expected = weights.clone().requires_grad_()
    optimiser, ours = oracle(recipe, expected), formula(recipe, weights)
    for step, (rate, momentum) in enumerate(rates(recipe, STEPS), 1):
        gradient = torch.randn(300, dtype=torch.float64, generator=generator)
        (group,) = optimiser.param_groups
        group["lr"] = rate
        if "betas" in group:
            group["betas"] = (momentum, 0.999)
        else:
            group["momentum"] = momentum
        expected.grad = gradient.clone()
        optimiser.step()
        row = torch.tensor(ours.figures(rate, momentum, step), dtype=torch.float64)
        ours.move(weights, gradient, row)
        torch.testing.assert_close(weights, expected.detach(), rtol=1e-12, atol=1e-12)
