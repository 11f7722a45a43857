from dataclasses import replace
from typing import get_args

import pytest

from search import Architecture, Augmentation, Block, Dense, Head, Recipe, Repeat, Schedule
from search.candidates.recipe import Optimiser, ScheduleKind
from search.candidates.wording import (
    FURTHER_SIGNS,
    block_words,
    comma_separated,
    counted,
    duration,
    frozen_words,
    further_signs,
    layer_words,
    parameter_words,
    percent,
    recipe_words,
    score_context,
    time_left_words,
    whole_percent,
)
from tests.support import simulated_run as simulated
from tests.support.nested_architectures import EACH_BLOCK, EVERYTHING, with_block


@pytest.mark.parametrize(
    "seconds,words",
    [
        (0, "0.0 s"),
        (0.44, "0.4 s"),
        (9.96, "10 s"),
        (31, "31 s"),
        (59.7, "1 min"),
        (250, "4 min 10 s"),
        (599.6, "10 min"),
        (750, "12 min"),
        (3_599, "1 h"),
        (6_000, "1 h 40 min"),
        (86_399, "1 d"),
        (183_600, "2 d 3 h"),
    ],
)
def test_a_duration_has_at_most_two_units(seconds: float, words: str) -> None:
    """A duration is rounded to suit its length and is never "60 s" or "60 min"."""
    assert duration(seconds) == words


def test_format_of_accuracies_and_counts() -> None:
    """Accuracies have two decimals; counts have a thousands separator and the right plural."""
    assert percent(0.99214) == "99.21 %"
    assert counted(1, "worker") == "1 worker"
    assert counted(1_000, "worker") == "1,000 workers"


def test_the_context_of_a_score() -> None:
    """The context of a consistency names the split, and window and n if known."""
    known = "consistency: based on validation accuracy over the last 5 epochs, n = 10,000 images"
    assert score_context(5, 10_000) == known
    assert score_context(None, None) == "consistency: based on validation accuracy"


def test_layers_as_text() -> None:
    """Layers are named with their sizes, and with padding and bias if they have any."""
    words = [layer_words(layer) for layer in simulated.ARCHITECTURE.layers]
    assert words[:4] == ["conv 3x3, 1 to 12, bias", "batch norm", "ReLU",
                        "conv 3x3, 12 to 12, padding 1"]  # fmt: skip
    assert {"dropout 0.05", "max pool 2x2", "global average pool", "flatten"} <= {*words}


def test_every_kind_of_layer_has_a_text() -> None:
    """Every kind of layer that can be built has a text."""
    from search.candidates.layers import JOINTS
    from search.candidates.wording import LAYERS
    from search.training.network import MODULES

    assert LAYERS.keys() == MODULES.keys() | JOINTS


def test_repeated_layers_are_counted() -> None:
    """A block lists the layers of the first time, then counts those that repeat them."""
    blocks = (Dense((Repeat((Block(8, padding=1),), 3),)),)
    (_, words, _), _ = block_words(Architecture((8, 9, 9), 4, blocks))
    assert words == (
        "conv 3x3, 8 to 8, padding 1; batch norm; ReLU; 6 repeated layers; "
        "concatenation, from layers image, 9"
    )


def test_signs_of_labels_are_explained_if_they_occur() -> None:
    """Plain blocks need no further explanation; nested ones and blocks of the head do."""
    plain, head = with_block(), replace(with_block(), head=Head(blocks=(Block(4, kernel=1),)))
    assert further_signs([plain, simulated.ARCHITECTURE]) == ""
    for other in (head, EACH_BLOCK["identity"], EACH_BLOCK["depthwise"], EVERYTHING):
        assert further_signs([plain, other]) == FURTHER_SIGNS


def test_parameters_as_text() -> None:
    """Frozen parameters are named after the learned ones if there are any."""
    size = f"{simulated.ARCHITECTURE.parameters:,} learned parameters"
    assert parameter_words(simulated.ARCHITECTURE) == size
    assert parameter_words(EVERYTHING).endswith(" learned parameters, 9 frozen parameters")
    assert frozen_words(1) == ", 1 frozen parameter"


def test_blocks_end_in_the_head() -> None:
    """There is one line per block with its output shape; every layer appears once."""
    blocks = block_words(simulated.ARCHITECTURE)
    assert [name for name, _, _ in blocks] == [*(f"block {n}" for n in range(1, 6)), "head"]
    assert [shape for _, _, shape in blocks][-2:] == [(16, 9, 9), (10,)]
    assert sum(len(text.split("; ")) for _, text, _ in blocks) == len(simulated.ARCHITECTURE.layers)


@pytest.mark.parametrize(
    "recipe,what,words",
    [
        (Recipe(nesterov=True), "optimiser", "sgd, momentum 0.9, nesterov"),
        (Recipe(optimiser="adamw"), "optimiser", "adamw, first beta 0.9"),
        (
            Recipe(optimiser="adam", momentum=0.8, beta2=0.99, epsilon=1e-6),
            "optimiser",
            "adam, first beta 0.8, second beta 0.99, epsilon 1e-06",
        ),
        (Recipe(optimiser="nadam"), "optimiser", "nadam, first beta 0.9"),
        (
            Recipe(optimiser="nadam", momentum_decay=0.01),
            "optimiser",
            "nadam, first beta 0.9, momentum decay 0.01",
        ),
        (Recipe(optimiser="rmsprop"), "optimiser", "rmsprop, momentum 0.9"),
        (
            Recipe(optimiser="rmsprop", momentum=0, alpha=0.9, epsilon=1e-3, beta2=0.5),
            "optimiser",
            "rmsprop, alpha 0.9, epsilon 0.001",
        ),
        (
            Recipe(optimiser="muon"),
            "optimiser",
            "muon, momentum 0.9; adamw for other parameters, peak rate 0.003",
        ),
        (
            Recipe(optimiser="muon", nesterov=True, muon_steps=3, adamw_rate=0.01, beta2=0.99),
            "optimiser",
            "muon, momentum 0.9, nesterov, 3 Newton-Schulz steps; adamw for other parameters, "
            "peak rate 0.01, second beta 0.99",
        ),
        (Recipe(clip=1.5), "gradient clipping", "norm of at most 1.5"),
        (Recipe(), "weight decay", "none"),
        (Recipe(), "augmentation", "none"),
        (Recipe(ema=0.0), "scored weights", "raw"),
        (Recipe(), "scored weights", "EMA, decay 0.998 per step"),
        (Recipe(schedule=Schedule("constant")), "schedule", "constant"),
        (Recipe(schedule=Schedule("step")), "schedule", "step: multiplied by 0.1 every 6 epochs"),
        (Recipe(schedule=Schedule("cosine")), "schedule", "cosine: down to 0 of the peak"),
        (
            Recipe(schedule=Schedule("linear", floor=0.1, warmup_epochs=1.5)),
            "schedule",
            "linear: down to 0.1 of the peak; linear warm-up over 1.5 epochs",
        ),
        (
            Recipe(schedule=Schedule("exponential", gamma=0.8, warmup_epochs=1)),
            "schedule",
            "exponential: multiplied by 0.8 per epoch; linear warm-up over 1 epoch",
        ),
        (
            Recipe(schedule=Schedule("constant-decay", floor=0.01)),
            "schedule",
            "constant-decay: linear down to 0.01 of the peak, from 40 % to 65 % of the steps",
        ),
        (
            Recipe(augmentation=Augmentation(shear=5, elastic=1, flip=0.5, erasing=0.25, fill=0.5)),
            "augmentation",
            "shear up to 5 degrees, elastic displacement of 1 pixel (sigma 4 pixels), flip of 50 % "
            "of images, erasing in 25 % of images, border and erased pixels filled with 0.5",
        ),
        (
            Recipe(augmentation=Augmentation(erasing=0.25)),
            "augmentation",
            "erasing in 25 % of images, erased pixels filled with the border value of the training "
            "images",
        ),
        (
            Recipe(augmentation=Augmentation(flip=1, fill=0.5)),
            "augmentation",
            "flip of 100 % of images",
        ),
        (
            Recipe(schedule=Schedule("onecycle", cycle_momentum=True)),
            "schedule",
            "onecycle: up from peak / 25 in the first 30 % of the steps, then down to peak / "
            "250,000; "
            "momentum from 0.95 to 0.85 and back",
        ),
        (
            Recipe(augmentation=Augmentation(7, 1, 0.05, 0.1, 0.5)),
            "augmentation",
            "rotation up to 7 degrees, shift up to 1 pixel, scale up to 5 %, jitter up to 10 %, "
            "border filled with 0.5",
        ),
        (
            Recipe(augmentation=Augmentation(7, fill=(0.9, 1.0, 0.25))),
            "augmentation",
            "rotation up to 7 degrees, border filled with 0.9/1/0.25",
        ),
        (
            Recipe(augmentation=Augmentation(7)),
            "augmentation",
            "rotation up to 7 degrees, border filled with the border value of the training images",
        ),
        (
            Recipe(augmentation=Augmentation(7, fill=0.0)),
            "augmentation",
            "rotation up to 7 degrees",
        ),
    ],
)
def test_a_recipe_as_text(recipe: Recipe, what: str, words: str) -> None:
    """The text names only settings that have an effect."""
    assert dict(recipe_words(recipe))[what] == words


def test_a_share_has_no_decimals() -> None:
    """A share is rounded to whole per cent, with a space before the sign."""
    assert whole_percent(0.954) == "95 %"


def test_the_time_left() -> None:
    """The text is empty if the time left is unknown or 0."""
    assert time_left_words(750.0) == "about 12 min left"
    assert time_left_words(0.0) == time_left_words(None) == ""


def test_empty_parts_leave_no_comma() -> None:
    """Empty parts are skipped."""
    assert comma_separated(["3 of 7", "", "about 12 min left"]) == "3 of 7, about 12 min left"
    assert comma_separated([]) == ""


def test_gradient_clipping_is_listed_if_it_is_used() -> None:
    """A recipe without it has the same rows as in earlier versions."""
    assert "gradient clipping" not in dict(recipe_words(Recipe()))


@pytest.mark.parametrize("optimiser", get_args(Optimiser))
@pytest.mark.parametrize("kind", get_args(ScheduleKind))
def test_every_optimiser_and_schedule_has_a_text(optimiser: Optimiser, kind: ScheduleKind) -> None:
    """The text of an optimiser and of a schedule begins with its name."""
    words = dict(recipe_words(Recipe(optimiser=optimiser, schedule=Schedule(kind))))
    assert words["optimiser"].startswith(optimiser)
    assert words["schedule"].startswith(kind)
