"""Variants of a candidate with one ingredient more at each step."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import get_args

import pytest

from search import Architecture, Augmentation, Block, Candidate, Head, Recipe, Schedule
from search.candidates.blocks import Norm, Repeat, Residual, Separable, SqueezeExcite, widths
from search.candidates.layers import NORMS
from search.candidates.recipe import Optimiser, rates
from search.evaluation.ingredients import CONSTANT_RATE, INGREDIENTS, variants, with_epochs
from tests.support import simulated_run as simulated
from tests.support.nested_architectures import EACH_BLOCK
from tests.support.random_values import random_candidate, random_nested_architecture

BEST = replace(
    simulated.CANDIDATE,
    architecture=replace(simulated.ARCHITECTURE, head=Head("pool-linear", hidden=8, dropout=0.1)),
)
PLAIN = Candidate(
    Architecture((1, 28, 28), 10, (Block(12, order=("relu", "pool"), pool=2),)),
    Recipe(schedule=Schedule("constant"), rate=0.05, ema=0.0),
)
NAMES = [ingredient.name for ingredient in INGREDIENTS]


def kinds(candidate: Candidate) -> set[str]:
    """The kinds of layers of a candidate."""
    return {layer.kind for layer in candidate.architecture.layers}


def test_the_last_variant_is_the_best_candidate() -> None:
    """Variants are in the order of the ingredients, and all of them differ."""
    steps, left_out = variants(BEST)
    assert [step.ingredient.name for step in steps] == NAMES
    assert left_out == ()
    assert steps[-1].candidate == BEST
    assert len({step.candidate for step in steps}) == len(NAMES)


def test_every_step_adds_one_thing() -> None:
    """Each variant has its own ingredient and those of all earlier steps."""
    steps = {step.ingredient.name: step.candidate for step in variants(BEST)[0]}
    has: dict[str, Callable[[Candidate], bool]] = {
        "batch norm": lambda each: "norm" in kinds(each),
        "dropout": lambda each: "dropout" in kinds(each),
        "augmentation": lambda each: each.recipe.augmentation.moves,
        "schedule": lambda each: each.recipe.schedule.kind != "constant",
        "EMA": lambda each: bool(each.recipe.ema),
    }
    for name, present in has.items():
        assert [present(steps[step]) for step in NAMES] == [
            NAMES.index(step) >= NAMES.index(name) for step in NAMES
        ]
    for name in NAMES[1:]:
        assert steps[name].recipe.batch == BEST.recipe.batch
        assert widths(steps[name].architecture.blocks) == [12, 12, 8, 16, 16]


def test_the_skeleton_is_twice_as_wide() -> None:
    """The skeleton doubles all widths and has about four times the parameters."""
    skeleton, fewer, *_ = variants(BEST)[0]
    wide = skeleton.candidate.architecture
    assert widths(wide.blocks) == [24, 24, 16, 32, 32]
    assert wide.head.hidden == 16
    assert 3.5 < wide.parameters / fewer.candidate.architecture.parameters <= 4
    assert f"{wide.parameters:,} parameters" in skeleton.adds
    assert f"instead of {wide.parameters:,}" in fewer.adds


def test_the_last_block_before_the_head_pool_keeps_its_width() -> None:
    """The head "pool" has no weights, so the channels of the last block are the logits."""
    blocks = (Block(8), Block(10))
    given = Architecture((1, 28, 28), 10, blocks, Head("pool"))
    skeleton = variants(replace(BEST, architecture=given))[0][0].candidate.architecture
    assert widths(skeleton.blocks) == [16, 10]


@pytest.mark.parametrize(
    "optimiser, peak, constant",
    [
        ("sgd", 0.1, 0.01),
        ("sgd", 0.005, 0.005),
        ("adamw", 0.02, 0.001),
        ("adam", 0.0005, 0.0005),
        ("nadam", 0.01, 0.002),
        ("rmsprop", 0.01, 0.001),
        ("muon", 0.05, 0.02),
    ],
)
def test_without_a_schedule_the_rate_is_constant(
    optimiser: Optimiser, peak: float, constant: float
) -> None:
    """The rate is the lower of the peak rate and CONSTANT_RATE."""
    recipe = replace(BEST.recipe, optimiser=optimiser, rate=peak, nesterov=False)
    steps = {step.ingredient.name: step for step in variants(replace(BEST, recipe=recipe))[0]}
    before = steps["augmentation"].candidate.recipe
    assert set(rates(before, 3)) == {(constant, before.momentum)}
    assert constant <= CONSTANT_RATE[optimiser]
    assert f"at a constant rate of {constant:.3g}" in steps["skeleton"].adds
    assert steps["schedule"].adds.endswith(f"before: constant {constant:.3g}")
    assert f"peak rate {peak:.3g}" in steps["schedule"].adds


def test_every_optimiser_has_a_constant_rate() -> None:
    """CONSTANT_RATE contains every optimiser of a recipe."""
    assert tuple(CONSTANT_RATE) == get_args(Optimiser)


@pytest.mark.parametrize("peak, constant", [(0.01, 0.001), (0.0002, 0.0002)])
def test_without_a_schedule_the_rate_of_muon_s_adamw_is_constant(
    peak: float, constant: float
) -> None:
    """It is the lower of its peak rate and that of AdamW."""
    recipe = replace(BEST.recipe, optimiser="muon", rate=0.05, adamw_rate=peak)
    steps = {step.ingredient.name: step for step in variants(replace(BEST, recipe=recipe))[0]}
    assert steps["augmentation"].candidate.recipe.adamw_rate == constant
    assert steps["schedule"].candidate.recipe.adamw_rate == peak


def test_a_warm_up_is_a_schedule() -> None:
    """The ingredient "schedule" of a constant rate with a warm-up is the warm-up."""
    recipe = replace(BEST.recipe, schedule=Schedule("constant", warmup_epochs=1))
    steps = {step.ingredient.name: step for step in variants(replace(BEST, recipe=recipe))[0]}
    assert steps["augmentation"].candidate.recipe.schedule == Schedule("constant")
    assert steps["schedule"].candidate.recipe.schedule.warmup_epochs == 1


@pytest.mark.parametrize("name", ["shear", "elastic", "erasing", "flip", "jitter"])
def test_any_augmentation_is_an_ingredient(name: str) -> None:
    """Each kind of augmentation alone is removed and added again."""
    only = Augmentation(fill=0.5, **{name: 0.5})
    given = replace(BEST, recipe=replace(BEST.recipe, augmentation=only))
    steps = {step.ingredient.name: step for step in variants(given)[0]}
    assert steps["dropout"].candidate.recipe.augmentation == Augmentation(fill=0.0)
    assert steps["augmentation"].candidate.recipe.augmentation == only


def test_missing_ingredients_have_no_variant() -> None:
    """A plain network has only the variants of the width; the other ingredients are left out."""
    steps, left_out = variants(PLAIN)
    assert [step.ingredient.name for step in steps] == ["skeleton", "fewer parameters"]
    assert list(left_out) == NAMES[2:]
    assert steps[-1].candidate == PLAIN
    filled = replace(PLAIN, recipe=replace(PLAIN.recipe, augmentation=Augmentation(fill=1.0)))
    assert "augmentation" in variants(filled)[1]  # a fill colour alone changes nothing


@pytest.mark.parametrize("seed", range(40))
def test_random_candidates_have_valid_variants(seed: int) -> None:
    """For any candidate all variants can be built, and the last one is the candidate."""
    candidate = random_candidate(Random(seed))
    steps, left_out = variants(candidate)
    assert len(steps) + len(left_out) == len(NAMES)
    assert steps[-1].candidate == candidate
    for step in steps:
        assert step.candidate.architecture.layers
        assert " 0 " not in step.adds


@pytest.mark.parametrize("name", EACH_BLOCK)
def test_each_block_has_valid_variants(name: str) -> None:
    """So can those of every kind of block."""
    check_variants(EACH_BLOCK[name])


@pytest.mark.parametrize("first", range(0, 300, 50))
def test_nested_blocks_have_valid_variants(first: int) -> None:
    """So can those of random networks of nested blocks."""
    for seed in range(first, first + 50):
        check_variants(random_nested_architecture(Random(seed)))


def check_variants(architecture: Architecture) -> None:
    """Check that all variants can be built, and that each ingredient is really removed."""
    candidate = replace(BEST, architecture=architecture)
    steps, left_out = variants(candidate)
    assert steps[-1].candidate == candidate
    assert len(steps) + len(left_out) == len(NAMES)
    (logits,) = architecture.layers[-1].shape
    for step in steps:
        assert step.candidate.architecture.layers[-1].shape == (logits,)
        assert " 0 " not in step.adds
    assert not kinds(steps[0].candidate) & (NORMS | {"dropout"})


def test_blocks_inside_others_are_changed_too() -> None:
    """Widths, norms and dropout of nested blocks, of shortcuts and of the head are changed."""
    blocks = (
        Block(8, groups="depthwise"),
        Residual((Separable(12, dropout=0.1), SqueezeExcite(hidden=3))),
        Repeat((Block(12, padding=1, groups=4), Norm("group", 4)), 2),
    )
    given = Architecture((1, 28, 28), 10, blocks, Head(blocks=(Block(12, kernel=1),)))
    steps, _ = variants(replace(BEST, architecture=given))
    plain = steps[0].candidate.architecture
    assert widths(plain.blocks) == [16, 24, 24]
    assert widths(plain.head.blocks) == [24]
    assert not kinds(steps[0].candidate) & (NORMS | {"dropout"})
    adds = {step.ingredient.name: step.adds for step in steps}
    assert adds["batch norm"].startswith("batch and group normalisation in 9 places")
    assert adds["dropout"] == "dropout in 1 place: 0.1"


def test_widths_that_cannot_be_doubled_are_kept() -> None:
    """A repetition that reads the image must have its channels, so no step has other widths."""
    repeat = Repeat((Block(3, padding=1),), 2)
    given = Architecture((3, 28, 28), 10, (repeat, Block(8)))
    steps, left_out = variants(replace(BEST, architecture=given))
    assert "fewer parameters" in left_out
    assert {tuple(widths(step.candidate.architecture.blocks)) for step in steps} == {(3, 8)}


def test_other_epochs_keep_the_schedule_s_shape() -> None:
    """A step schedule is scaled to the new length; the same length changes nothing."""
    recipe = Recipe(epochs=15, schedule=Schedule("step", every=6))
    given = replace(BEST, recipe=recipe)
    assert with_epochs(given, 15) == given
    assert with_epochs(given, 5).recipe.schedule.every == 2
    assert with_epochs(given, 1).recipe.schedule.every == 1
    decaying = Recipe(epochs=15, schedule=Schedule("exponential", gamma=0.8, warmup_epochs=3))
    scaled = with_epochs(replace(BEST, recipe=decaying), 5).recipe.schedule
    assert scaled.gamma == pytest.approx(0.8**3)
    assert scaled.warmup_epochs == pytest.approx(1)
    short = with_epochs(BEST, 3).recipe
    assert (short.epochs, short.schedule) == (3, replace(BEST.recipe.schedule, every=1))
    assert len(list(rates(short, 10))) == 30
