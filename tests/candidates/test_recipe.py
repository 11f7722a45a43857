"""Recipes and their schedules, compared with torch's schedulers."""

from dataclasses import replace
from itertools import pairwise, product
from random import Random
from typing import Any

import pytest
import torch
from torch import nn
from torch.optim import lr_scheduler
from torch.optim.adam import Adam
from torch.optim.adamw import AdamW
from torch.optim.lr_scheduler import CosineAnnealingLR, OneCycleLR, StepLR
from torch.optim.sgd import SGD

from search.candidates.recipe import Augmentation, Optimiser, Recipe, Schedule, rates
from search.errors import FrugalError
from search.files import from_json, to_json
from tests.support.random_values import random_recipe

CLOSE = 1e-9  # relative
OPTIMISERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}

# torch warns about schedule steps without optimiser steps; these tests train nothing
pytestmark = pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")


def torchs(recipe: Recipe, steps_per_epoch: int) -> list[tuple[float, float]]:
    """Return (rate, momentum) of every step from torch's optimiser and scheduler."""
    momentum = (
        {"momentum": recipe.momentum}
        if recipe.optimiser == "sgd"
        else {"betas": (recipe.momentum, 0.999)}
    )
    optimiser = OPTIMISERS[recipe.optimiser](
        [nn.Parameter(torch.zeros(1))], recipe.rate, **momentum
    )
    scheduler = torchs_scheduler(optimiser, recipe, recipe.epochs * steps_per_epoch)
    seen = []
    for step in range(recipe.epochs * steps_per_epoch):
        ends_epoch = step and step % steps_per_epoch == 0
        if (step if recipe.schedule.kind != "step" else ends_epoch) and scheduler:
            scheduler.step()
        (group,) = optimiser.param_groups
        seen.append((group["lr"], group["betas"][0] if "betas" in group else group["momentum"]))
    return seen


def torchs_scheduler(
    optimiser: Adam | AdamW | SGD, recipe: Recipe, total: int
) -> CosineAnnealingLR | OneCycleLR | StepLR | None:
    """Return torch's scheduler of that kind, None for a constant rate."""
    schedule = recipe.schedule
    if schedule.kind == "step":
        return lr_scheduler.StepLR(optimiser, schedule.every, schedule.gamma)
    if schedule.kind == "cosine":
        floor = recipe.rate * schedule.floor
        return lr_scheduler.CosineAnnealingLR(optimiser, total, eta_min=floor)
    if schedule.kind == "onecycle":
        return lr_scheduler.OneCycleLR(
            optimiser,
            max_lr=recipe.rate,
            total_steps=total,
            pct_start=schedule.warmup,
            div_factor=schedule.start_divisor,
            final_div_factor=schedule.end_divisor,
            cycle_momentum=schedule.cycle_momentum,
        )
    return None


def assert_as_torch(recipe: Recipe, steps_per_epoch: int) -> None:
    """Assert that every rate and momentum is within CLOSE of torch's."""
    ours, oracle = list(rates(recipe, steps_per_epoch)), torchs(recipe, steps_per_epoch)
    assert len(ours) == len(oracle) == recipe.epochs * steps_per_epoch
    for step, (found, expected) in enumerate(zip(ours, oracle, strict=True)):
        assert found == pytest.approx(expected, rel=CLOSE, abs=0), f"step {step} of {recipe}"


@pytest.mark.parametrize("epochs, steps", [(1, 1), (1, 9), (2, 1), (15, 7)])
@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_constant(optimiser: Optimiser, epochs: int, steps: int) -> None:
    """A constant schedule has the peak rate and the recipe's momentum in every step."""
    recipe = Recipe(epochs, optimiser=optimiser, momentum=0.8, schedule=Schedule("constant"))
    assert list(rates(recipe, steps)) == [(recipe.rate, 0.8)] * (epochs * steps)
    assert_as_torch(recipe, steps)


@pytest.mark.parametrize("every, gamma", [(1, 0.5), (3, 0.1), (6, 0.1), (20, 0.1)])
@pytest.mark.parametrize("epochs, steps", [(1, 1), (7, 4), (15, 1)])
def test_step_is_step_lr(every: int, gamma: float, epochs: int, steps: int) -> None:
    """The step schedule equals StepLR, stepped after every epoch."""
    assert_as_torch(Recipe(epochs, schedule=Schedule("step", every=every, gamma=gamma)), steps)


@pytest.mark.parametrize("floor", [0.0, 0.01, 0.5, 1.0])
@pytest.mark.parametrize("epochs, steps", [(1, 1), (1, 2), (3, 20), (15, 10)])
def test_cosine_is_cosine_annealing_lr(floor: float, epochs: int, steps: int) -> None:
    """The cosine schedule equals CosineAnnealingLR over all steps, stepped after every batch."""
    assert_as_torch(Recipe(epochs, schedule=Schedule("cosine", floor=floor)), steps)


@pytest.mark.parametrize("optimiser, cycle", list(product(OPTIMISERS, [False, True])))
@pytest.mark.parametrize("warmup", [0.0, 0.01, 0.3, 0.5, 0.9, 1.0])
def test_onecycle_is_one_cycle_lr(optimiser: Optimiser, cycle: bool, warmup: float) -> None:
    """Onecycle equals OneCycleLR for the rate, SGD's momentum and Adam's first beta."""
    for (start, end), (epochs, steps) in product(
        [(25.0, 1e4), (1.0, 1.0), (10.0, 300.0)], [(1, 3), (1, 11), (3, 15)]
    ):
        schedule = Schedule(
            kind="onecycle",
            every=6,
            gamma=0.1,
            floor=0.0,
            warmup=warmup,
            start_divisor=start,
            end_divisor=end,
            cycle_momentum=cycle,
        )
        assert_as_torch(Recipe(epochs, optimiser=optimiser, schedule=schedule), steps)


@pytest.mark.parametrize("warmup", [0.0, 0.3])
def test_onecycle_of_one_step(warmup: float) -> None:
    """A training of a single step equals torch's."""
    assert_as_torch(Recipe(1, schedule=Schedule(warmup=warmup, cycle_momentum=True)), 1)


def test_onecycle_with_its_peak_in_the_first_step() -> None:
    """The schedule starts at the peak, whereas torch divides by zero."""
    recipe = Recipe(1, rate=0.2, schedule=Schedule(warmup=0.1, cycle_momentum=True))
    with pytest.raises(ZeroDivisionError):
        torchs(recipe, 10)
    table = list(rates(recipe, 10))
    assert table[0] == pytest.approx((0.2, 0.85))
    assert all(later < earlier for (earlier, _), (later, _) in pairwise(table))


def test_random_recipes_stay_in_bounds() -> None:
    """With any schedule, rates are from 0 to the peak and momentums are in [0, 1)."""
    random = Random(0)
    for recipe in (random_recipe(random) for _ in range(300)):
        table = list(rates(recipe, random.randint(1, 12)))
        assert len(table) % recipe.epochs == 0
        assert all(0 <= rate <= recipe.rate * (1 + CLOSE) for rate, _ in table)
        assert all(0 <= momentum < 1 for _, momentum in table)


WHOLE = "a whole number of at least 1"


BELOW_1 = "a number of at least 0 and below 1"


FROM_0_TO_1 = "a number from 0 to 1"
FILL = "a number from 0 to 1, a tuple of such numbers with one per channel, or None"


@pytest.mark.parametrize(
    "kind, field, wrong, rule",
    [
        (Recipe, "epochs", (0, -3, 1.5, True, "15"), WHOLE),
        (Recipe, "batch", (0, -1, 32.0), WHOLE),
        (Recipe, "optimiser", ("rmsprop", "SGD"), "one of 'sgd', 'adam', 'adamw'"),
        (Recipe, "rate", (0, -0.1, float("nan"), float("inf"), None), "a finite number above 0"),
        (Recipe, "momentum", (-0.1, 1.0), BELOW_1),
        (Recipe, "nesterov", (1, "yes"), "True or False"),
        (Recipe, "weight_decay", (-1e-4, float("nan")), "a finite number of at least 0"),
        (Recipe, "smoothing", (-0.1, 1.0), BELOW_1),
        (Recipe, "ema", (-0.1, 1.0, 1), BELOW_1),
        (Schedule, "kind", ("linear",), "one of 'constant', 'step', 'cosine', 'onecycle'"),
        (Schedule, "every", (0, 2.5), WHOLE),
        (Schedule, "gamma", (0, -1), "a finite number above 0"),
        (Schedule, "floor", (-0.1, 1.1), FROM_0_TO_1),
        (Schedule, "warmup", (-0.1, 1.1, float("nan")), FROM_0_TO_1),
        (Schedule, "start_divisor", (0, 0.5, float("inf")), "a finite number of at least 1"),
        (Schedule, "end_divisor", (0, 0.5), "a finite number of at least 1"),
        (Schedule, "cycle_momentum", (0,), "True or False"),
        (Augmentation, "rotation", (-1, float("inf")), "a finite number of at least 0"),
        (Augmentation, "shift", (-1,), "a finite number of at least 0"),
        (Augmentation, "scale", (-0.1, 1), BELOW_1),
        (Augmentation, "jitter", (-0.1, 1.1), FROM_0_TO_1),
        (Augmentation, "fill", (-0.1, 255, True, "white", [0.5], (), (0.5, 2), (None,)), FILL),
    ],
)
def test_a_value_out_of_range_is_rejected(
    kind: type[Augmentation] | type[Recipe] | type[Schedule],
    field: str,
    wrong: tuple[Any, ...],
    rule: str,
) -> None:
    """The error names the field, the value and the rule."""
    for value in wrong:
        with pytest.raises(FrugalError) as caught:
            replace(kind(), **{field: value})
        name = kind.__name__.lower()
        assert str(caught.value) == f"{name} has {field} {value!r}: {field} must be {rule}"


def test_nesterov_needs_momentum() -> None:
    """Nesterov without momentum is an error for SGD, as in torch; Adam ignores nesterov."""
    with pytest.raises(FrugalError, match="nesterov without momentum"):
        Recipe(nesterov=True, momentum=0.0)
    assert Recipe(optimiser="adam", nesterov=True, momentum=0.0).nesterov


def test_moves() -> None:
    """Rotation, shift and scale move pixels; jitter and fill do not."""
    assert not Augmentation(jitter=0.2, fill=1.0).moves
    assert not Augmentation(fill=(0.1, 0.2, 0.3)).moves
    assert all(Augmentation(**{name: 0.1}).moves for name in ("rotation", "shift", "scale"))


@pytest.mark.parametrize(
    "border, fill",
    [
        (None, 0.0),  # a study started when the default was 0
        ((0.0,), 0.0),
        ((0.9961,), 0.9961),
        ((1.0, 1.0, 1.0), 1.0),
        ((0.1, 0.2, 0.9), (0.1, 0.2, 0.9)),
        ((0.5, 0.25), (0.5, 0.25)),
    ],
)
def test_a_fill_of_none_is_the_border(
    border: tuple[Any, ...] | None, fill: float | tuple[float, ...]
) -> None:
    """A resolved fill is one number if all channels are equal, else one per channel."""
    resolved = Augmentation(rotation=5).resolved(border)
    assert resolved == Augmentation(rotation=5, fill=fill)
    assert from_json(Augmentation, to_json(resolved)) == resolved
    assert hash(from_json(Augmentation, to_json(resolved))) == hash(resolved)


@pytest.mark.parametrize("fill", [0.0, 0.3, 1, (0.1, 0.2, 0.3)])
def test_a_given_fill_is_kept(fill: float | int | tuple[float, ...]) -> None:
    """Resolving does not change a given fill, for any border."""
    given = Augmentation(rotation=5, fill=fill)
    assert given.resolved((0.7, 0.8, 0.9)) is given


def test_json_without_a_fill_means_zero() -> None:
    """JSON without a fill, as in journals and exports of earlier versions, has a fill of 0."""
    assert from_json(Augmentation, '{"rotation": 5}') == Augmentation(rotation=5, fill=0.0)
    assert from_json(Recipe, '{"rate": 1}').augmentation == Augmentation(fill=0.0)
    assert from_json(Recipe, '{"augmentation": {}}').augmentation == Augmentation(fill=0.0)
    assert from_json(Augmentation, '{"fill": null}') == Augmentation()
    assert from_json(Recipe, to_json(Recipe())) == Recipe()


def test_json_of_a_fill_of_zero_is_that_of_earlier_versions() -> None:
    """On dark images, the JSON of a candidate is the same as in earlier versions."""
    text = '{"rotation": 7.0, "shift": 2.0, "scale": 0.07, "jitter": 0.0, "fill": 0.0}'
    assert to_json(Augmentation(7.0, 2.0, 0.07).resolved((0.0,))) == text
    assert from_json(Augmentation, text) == Augmentation(7.0, 2.0, 0.07).resolved(None)
