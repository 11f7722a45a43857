"""Recipes and their schedules, compared with torch's schedulers."""

import json
from dataclasses import replace
from itertools import pairwise, product
from math import isfinite
from random import Random
from typing import Any, get_args

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.optim import Optimizer, lr_scheduler
from torch.optim.lr_scheduler import LRScheduler

from search.candidates.recipe import (
    Augmentation,
    Optimiser,
    Recipe,
    Schedule,
    ScheduleKind,
    rates,
)
from search.errors import FrugalError
from search.files import from_json, to_json
from tests.support.random_values import random_recipe

CLOSE = 1e-9  # relative
OPTIMISERS: dict[str, Any] = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "nadam": torch.optim.NAdam,
    "rmsprop": torch.optim.RMSprop,
    "muon": torch.optim.Muon,
}
WITH_MOMENTUM = ("sgd", "rmsprop", "muon")  # the others have betas

# torch warns about schedule steps without optimiser steps; these tests train nothing
pytestmark = pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")


def torchs(recipe: Recipe, steps_per_epoch: int) -> list[tuple[float, float]]:
    """Return (rate, momentum) of every step from torch's optimiser and scheduler."""
    optimiser = torchs_optimiser(recipe)
    scheduler = torchs_scheduler(optimiser, recipe, steps_per_epoch)
    seen = []
    for step in range(recipe.epochs * steps_per_epoch):
        ends_epoch = step and step % steps_per_epoch == 0
        if step if recipe.schedule.kind != "step" else ends_epoch:
            scheduler.step()
        (group,) = optimiser.param_groups
        seen.append((group["lr"], group["betas"][0] if "betas" in group else group["momentum"]))
    return seen


def torchs_optimiser(recipe: Recipe) -> Optimizer:
    """Return torch's optimiser with the recipe's rate and momentum."""
    momentum = (
        {"momentum": recipe.momentum}
        if recipe.optimiser in WITH_MOMENTUM
        else {"betas": (recipe.momentum, recipe.beta2)}
    )
    weights = nn.Parameter(torch.zeros(1, 1))  # Muon takes matrices only
    optimiser: Optimizer = OPTIMISERS[recipe.optimiser]([weights], lr=recipe.rate, **momentum)
    return optimiser


def torchs_scheduler(optimiser: Optimizer, recipe: Recipe, steps_per_epoch: int) -> LRScheduler:
    """Return torch's scheduler of that kind."""
    schedule, total = recipe.schedule, recipe.epochs * steps_per_epoch
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
    if schedule.kind == "linear":
        return lr_scheduler.LinearLR(optimiser, 1.0, schedule.floor, total)
    if schedule.kind == "exponential":
        return lr_scheduler.ExponentialLR(optimiser, schedule.gamma ** (1 / steps_per_epoch))
    return torchs_constant_scheduler(optimiser, schedule, total)


def torchs_constant_scheduler(optimiser: Optimizer, schedule: Schedule, total: int) -> LRScheduler:
    """Return torch's scheduler of a constant rate, with a linear decay for constant-decay."""
    if schedule.kind == "constant-decay":
        start, end = round(schedule.decay_start * total), round(schedule.decay_end * total)
        parts = [
            lr_scheduler.ConstantLR(optimiser, 1.0),
            lr_scheduler.LinearLR(optimiser, 1.0, schedule.floor, end - start),
        ]
        return lr_scheduler.SequentialLR(optimiser, parts, [start])
    return lr_scheduler.ConstantLR(optimiser, 1.0)


def assert_as_torch(recipe: Recipe, steps_per_epoch: int) -> None:
    """Assert that every rate and momentum is within CLOSE of torch's."""
    ours, oracle = list(rates(recipe, steps_per_epoch)), torchs(recipe, steps_per_epoch)
    assert len(ours) == len(oracle) == recipe.epochs * steps_per_epoch
    for step, (found, expected) in enumerate(zip(ours, oracle, strict=True)):
        assert found == pytest.approx(expected, rel=CLOSE, abs=0), f"step {step} of {recipe}"


@pytest.mark.parametrize("epochs, steps", [(1, 1), (1, 9), (2, 1), (15, 7)])
@pytest.mark.parametrize("optimiser", OPTIMISERS)
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
    """Onecycle equals OneCycleLR for the rate, and for the momentum or Adam's first beta."""
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


@pytest.mark.parametrize("floor", [0.0, 0.01, 0.5, 1.0])
@pytest.mark.parametrize("epochs, steps", [(1, 1), (1, 2), (3, 20), (15, 10)])
def test_linear_is_linear_lr(floor: float, epochs: int, steps: int) -> None:
    """The linear schedule equals LinearLR over all steps, stepped after every batch."""
    assert_as_torch(Recipe(epochs, schedule=Schedule("linear", floor=floor)), steps)


@pytest.mark.parametrize("gamma", [0.05, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("epochs, steps", [(1, 1), (1, 2), (3, 20), (15, 10)])
def test_exponential_is_exponential_lr(gamma: float, epochs: int, steps: int) -> None:
    """The exponential schedule equals ExponentialLR, stepped after every batch."""
    assert_as_torch(Recipe(epochs, schedule=Schedule("exponential", gamma=gamma)), steps)


@pytest.mark.parametrize("floor", [0.0, 0.01, 0.5, 1.0])
@pytest.mark.parametrize("start, end", [(0.1, 0.2), (0.4, 0.7), (0.5, 1.0)])
def test_constant_decay_is_a_constant_rate_then_linear_lr(
    start: float, end: float, floor: float
) -> None:
    """It equals SequentialLR of ConstantLR and LinearLR, if both fractions are whole steps."""
    schedule = Schedule("constant-decay", floor=floor, decay_start=start, decay_end=end)
    assert_as_torch(Recipe(5, schedule=schedule), 20)
    assert_as_torch(Recipe(10, schedule=schedule), 1)


def test_by_default_constant_decay_ends_before_the_last_five_of_fifteen_epochs() -> None:
    """The rate of epochs 11 to 15 is constant, at the floor."""
    recipe = Recipe(15, rate=0.2, schedule=Schedule("constant-decay", floor=0.01))
    table = [rate for rate, _ in rates(recipe, 390)]
    assert table[: 6 * 390] == [0.2] * (6 * 390)
    assert table[6 * 390 + 1] < 0.2
    assert table[10 * 390 :] == pytest.approx([0.002] * (5 * 390))
    assert len(set(table[10 * 390 :])) == 1


@pytest.mark.parametrize("start, end", [(0.5, 0.5), (0.7, 0.4)])
def test_a_decay_must_start_before_it_ends(start: float, end: float) -> None:
    """The order of the fractions matters for constant-decay alone."""
    with pytest.raises(FrugalError, match="decay_start must be below decay_end"):
        Schedule("constant-decay", decay_start=start, decay_end=end)
    assert Schedule("cosine", decay_start=start, decay_end=end).decay_end == end


@pytest.mark.parametrize("length", [0.0, 0.1, 0.5, 1.0, 2.5, 20.0])
@pytest.mark.parametrize("kind", ["constant", "step", "exponential", "linear"])
def test_warm_up_is_linear_lr(kind: ScheduleKind, length: float) -> None:
    """The warm-up equals a LinearLR, which ChainedScheduler multiplies with torch's scheduler."""
    steps, floor = 10, 0.1
    schedule = Schedule(kind, every=2, gamma=0.5, floor=floor, warmup_epochs=length)
    recipe = Recipe(5, schedule=schedule)
    optimiser, warmup = torchs_optimiser(recipe), max(1, round(length * steps))
    rising = lr_scheduler.LinearLR(optimiser, 1 / warmup, 1.0, warmup - 1)
    if kind == "step":  # steps after every batch here
        other: LRScheduler = lr_scheduler.StepLR(optimiser, 2 * steps, 0.5)
    else:
        other = torchs_scheduler(optimiser, recipe, steps)
    chain = lr_scheduler.ChainedScheduler([rising, other])
    for step, (rate, _) in enumerate(rates(recipe, steps)):
        if step:
            chain.step()
        assert rate == pytest.approx(optimiser.param_groups[0]["lr"], rel=CLOSE), step


@pytest.mark.parametrize("kind", get_args(ScheduleKind))
def test_warm_up_multiplies_the_rates_of_every_kind(kind: ScheduleKind) -> None:
    """In n warm-up steps the rate is multiplied by 1/n, 2/n, ..., 1; momenta do not change."""
    recipe = Recipe(3, schedule=Schedule(kind, every=1, cycle_momentum=True))
    warm = replace(recipe, schedule=replace(recipe.schedule, warmup_epochs=1.6))
    plain, warmed = list(rates(recipe, 10)), list(rates(warm, 10))
    assert [momentum for _, momentum in warmed] == [momentum for _, momentum in plain]
    for step, ((before, _), (after, _)) in enumerate(zip(plain, warmed, strict=True)):
        assert after == pytest.approx(before * min(1, (step + 1) / 16), rel=CLOSE)
    assert warmed[15:] == plain[15:]


FRACTIONS = st.floats(0, 1)
SCHEDULES = st.builds(
    Schedule,
    kind=st.sampled_from(get_args(ScheduleKind)),
    gamma=st.floats(1e-6, 1),
    floor=FRACTIONS,
    warmup=FRACTIONS,
    decay_start=st.floats(0, 0.5, exclude_max=True),
    decay_end=st.floats(0.5, 1),
    warmup_epochs=st.sampled_from((0.0, 0.01, 0.5, 1.0, 3.7, 100.0)),
)


@settings(max_examples=500, deadline=None)
@given(schedule=SCHEDULES, epochs=st.integers(1, 4), steps=st.integers(1, 6))
def test_rates_of_any_length_are_from_zero_to_the_peak(
    schedule: Schedule, epochs: int, steps: int
) -> None:
    """Every kind gives one rate per step, finite and within 0 and the peak, even for one step."""
    table = [rate for rate, _ in rates(Recipe(epochs, schedule=schedule), steps)]
    assert len(table) == epochs * steps
    assert all(isfinite(rate) and 0 <= rate <= 0.05 * (1 + CLOSE) for rate in table)


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
NAMES = "'sgd', 'adam', 'adamw', 'nadam', 'rmsprop', 'muon'"
KINDS = "'constant', 'step', 'cosine', 'onecycle', 'linear', 'exponential', 'constant-decay'"
FILL = "a number from 0 to 1, a tuple of such numbers with one per channel, or None"


@pytest.mark.parametrize(
    "kind, field, wrong, rule",
    [
        (Recipe, "epochs", (0, -3, 1.5, True, "15"), WHOLE),
        (Recipe, "batch", (0, -1, 32.0), WHOLE),
        (Recipe, "optimiser", ("lion", "SGD"), f"one of {NAMES}"),
        (Recipe, "rate", (0, -0.1, float("nan"), float("inf"), None), "a finite number above 0"),
        (Recipe, "momentum", (-0.1, 1.0), BELOW_1),
        (Recipe, "nesterov", (1, "yes"), "True or False"),
        (Recipe, "weight_decay", (-1e-4, float("nan")), "a finite number of at least 0"),
        (Recipe, "smoothing", (-0.1, 1.0), BELOW_1),
        (Recipe, "ema", (-0.1, 1.0, 1), BELOW_1),
        (Recipe, "beta2", (-0.1, 1.0), BELOW_1),
        (Recipe, "alpha", (-0.1, 1.0), BELOW_1),
        (Recipe, "epsilon", (0, -1e-8, float("inf")), "a finite number above 0"),
        (Recipe, "momentum_decay", (-1, float("nan")), "a finite number of at least 0"),
        (Recipe, "adamw_rate", (0, -0.1), "a finite number above 0"),
        (Recipe, "muon_steps", (0, 100, 5.0, True), "a whole number from 1 to 99"),
        (Recipe, "clip", (-1, float("inf")), "a finite number of at least 0"),
        (Schedule, "kind", ("sine",), f"one of {KINDS}"),
        (Schedule, "every", (0, 2.5), WHOLE),
        (Schedule, "gamma", (0, -1), "a finite number above 0"),
        (Schedule, "floor", (-0.1, 1.1), FROM_0_TO_1),
        (Schedule, "warmup", (-0.1, 1.1, float("nan")), FROM_0_TO_1),
        (Schedule, "start_divisor", (0, 0.5, float("inf")), "a finite number of at least 1"),
        (Schedule, "end_divisor", (0, 0.5), "a finite number of at least 1"),
        (Schedule, "cycle_momentum", (0,), "True or False"),
        (Schedule, "decay_start", (-0.1, 1.1), FROM_0_TO_1),
        (Schedule, "decay_end", (-0.1, 1.1), FROM_0_TO_1),
        (Schedule, "warmup_epochs", (-1, float("inf")), "a finite number of at least 0"),
        (Augmentation, "rotation", (-1, float("inf")), "a finite number of at least 0"),
        (Augmentation, "shift", (-1,), "a finite number of at least 0"),
        (Augmentation, "scale", (-0.1, 1), BELOW_1),
        (Augmentation, "jitter", (-0.1, 1.1), FROM_0_TO_1),
        (Augmentation, "fill", (-0.1, 255, True, "white", [0.5], (), (0.5, 2), (None,)), FILL),
        (
            Augmentation,
            "shear",
            (-1, 90, float("nan")),
            "a number of degrees of at least 0 and below 90",
        ),
        (Augmentation, "elastic", (-1, float("inf")), "a finite number of at least 0"),
        (Augmentation, "elastic_sigma", (0, -1), "a finite number above 0"),
        (Augmentation, "erasing", (-0.1, 1.1), FROM_0_TO_1),
        (Augmentation, "flip", (-0.1, 1.1), FROM_0_TO_1),
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


def test_nesterov_of_muon() -> None:
    """Muon accepts nesterov with and without momentum, as torch's does."""
    assert Recipe(optimiser="muon", nesterov=True, momentum=0.0).nesterov


def test_moves() -> None:
    """Rotation, shift, scale, shear and elastic move pixels; the others do not."""
    assert not Augmentation(jitter=0.2, fill=1.0, erasing=0.5, flip=0.5).moves
    assert not Augmentation(fill=(0.1, 0.2, 0.3)).moves
    moving = ("rotation", "shift", "scale", "shear", "elastic")
    assert all(Augmentation(**{name: 0.1}).moves for name in moving)


def test_fills_and_changes() -> None:
    """The fill matters if pixels move in or are erased; a fill alone changes no image."""
    assert Augmentation(elastic=1.0).fills
    assert Augmentation(erasing=0.5).fills
    assert not Augmentation(jitter=0.2, flip=0.5).fills
    assert not Augmentation(fill=0.5, elastic_sigma=2.0).changes
    names = ("rotation", "shift", "scale", "shear", "elastic", "erasing", "flip", "jitter")
    assert all(Augmentation(**{name: 0.1}).changes for name in names)


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


OLD = """{"epochs": 3, "batch": 64, "optimiser": "adamw", "rate": 0.02, "momentum": 0.8,
"nesterov": false, "weight_decay": 0.001, "schedule": {"kind": "KIND", "every": 2, "gamma": 0.5,
"floor": 0.1, "warmup": 0.4, "start_divisor": 10.0, "end_divisor": 100.0, "cycle_momentum": CYCLE},
"augmentation": {"rotation": 7.0, "shift": 2.0, "scale": 0.07, "jitter": 0.1, "fill": 0.5},
"smoothing": 0.1, "ema": 0.99}""".replace("\n", " ")
ONECYCLE = [
    0.0019999999999999983,
    0.016611408216728598,
    0.018661593783806545,
    0.011744745294892635,
    0.003588551779231472,
    2e-05,
]
OLD_RATES = {  # of version 0.2, with two steps per epoch
    "constant": [0.02] * 6,
    "step": [0.02] * 4 + [0.01] * 2,
    "cosine": [
        0.020000000000000004,
        0.018794228634059953,
        0.015500000000000002,
        0.011000000000000001,
        0.006500000000000002,
        0.0032057713659400518,
    ],
    "onecycle": ONECYCLE,
}
OLD_MOMENTA = [
    0.95,
    0.8688255099070633,
    0.856698729810778,
    0.8913175911166534,
    0.932139380484327,
    0.95,
]


@pytest.mark.parametrize("cycle", ["false", "true"])
@pytest.mark.parametrize("kind", OLD_RATES)
def test_json_of_earlier_versions_keeps_its_meaning(kind: str, cycle: str) -> None:
    """JSON of version 0.2 is written byte by byte as before, and its rates are the same."""
    text = OLD.replace("KIND", kind).replace("CYCLE", cycle)
    recipe = from_json(Recipe, text)
    assert to_json(recipe) == text
    learning_rates, momenta = zip(*rates(recipe, 2), strict=True)
    assert learning_rates == pytest.approx(OLD_RATES[kind], rel=1e-14)  # cos differs by platform
    moving = kind == "onecycle" and cycle == "true"
    assert momenta == pytest.approx(OLD_MOMENTA if moving else [0.8] * 6, rel=1e-14)


@pytest.mark.parametrize(
    "kind, changes",
    [
        (Recipe, {"optimiser": "nadam", "beta2": 0.99, "momentum_decay": 0.01, "epsilon": 1e-6}),
        (Recipe, {"optimiser": "muon", "adamw_rate": 0.01, "muon_steps": 4, "clip": 1.0}),
        (Recipe, {"optimiser": "rmsprop", "alpha": 0.9}),
        (Schedule, {"kind": "constant-decay", "decay_start": 0.2, "decay_end": 0.5}),
        (Schedule, {"kind": "linear", "warmup_epochs": 1.5}),
        (Augmentation, {"shear": 5.0, "elastic": 1.0, "elastic_sigma": 3.0}),
        (Augmentation, {"erasing": 0.2, "flip": 0.5}),
    ],
)
def test_new_fields_are_in_json_if_they_are_used(kind: Any, changes: dict[str, Any]) -> None:
    """JSON contains exactly the new fields that differ from their default, and is read back."""
    value, plain = kind(**changes), kind()
    assert from_json(kind, to_json(value)) == value
    assert json.loads(to_json(value)) == json.loads(to_json(plain)) | changes
