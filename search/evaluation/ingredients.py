"""The ingredients that distinguish the best candidate from a plain network. Never imports torch.

Each ingredient defines how to remove it, its description, its target and the needs it addresses.
Their order is fixed: skeleton, fewer parameters, batch norm, and so on, as in the five published
systems (see `search.candidates.baselines`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from search.candidates.architecture import Architecture, Head
from search.candidates.blocks import (
    AnyBlock,
    Block,
    Dropout,
    Norm,
    Residual,
    Separable,
    SqueezeExcite,
    map_blocks,
    widths,
)
from search.candidates.candidate import Candidate
from search.candidates.layers import NORMS
from search.candidates.recipe import Augmentation, Recipe, Schedule
from search.candidates.wording import counted, recipe_words
from search.errors import ArchitectureError
from search.evaluation.step_analysis import (
    Need,
    Situation,
    Target,
    target_general,
    target_higher,
    target_learning,
    target_smaller,
    target_steadier,
)

WIDER = 2  # factor on the width of every block: about four times the parameters
# SGD: the constant rate of the published networks. Muon: of its author's examples. RMSprop: a tenth
# of torch's default, which has no momentum. The others: torch's default
CONSTANT_RATE = {
    "sgd": 0.01,
    "adam": 0.001,
    "adamw": 0.001,
    "nadam": 0.002,
    "rmsprop": 0.001,
    "muon": 0.02,
}
NORM_NAMES = {"norm": "batch", "group_norm": "group", "channel_norm": "layer"}  # by kind of layer


@dataclass(frozen=True)
class Ingredient:
    """An ingredient of the best candidate, added by one step of the drill-down.

    without: returns the candidate without the ingredient, or the same candidate if it does not have
    it. adds: returns the description, from the candidates before and after. target: returns the
    target of its step. serves: the needs that it addresses.
    """

    name: str
    without: Callable[[Candidate], Candidate]
    adds: Callable[[Candidate, Candidate], str]
    target: Callable[[Situation], Target]
    serves: tuple[Need, ...]


class Variant(NamedTuple):
    """The best candidate without all later ingredients.

    adds: description of the change from the previous variant.
    """

    ingredient: Ingredient
    candidate: Candidate
    adds: str


def variants(best: Candidate) -> tuple[tuple[Variant, ...], tuple[str, ...]]:
    """The variants from plain to best, and the names of ingredients the candidate does not have."""
    candidates = [best]
    for ingredient in reversed(INGREDIENTS[1:]):
        candidates.insert(0, ingredient.without(candidates[0]))
    steps = [Variant(INGREDIENTS[0], candidates[0], INGREDIENTS[0].adds(candidates[0], best))]
    left_out = []
    for ingredient, (before, after) in zip(INGREDIENTS[1:], pairwise(candidates), strict=True):
        if before == after:
            left_out.append(ingredient.name)
        else:
            steps.append(Variant(ingredient, after, ingredient.adds(before, after)))
    return tuple(steps), tuple(left_out)


def with_epochs(candidate: Candidate, epochs: int) -> Candidate:
    """The candidate with `epochs` training epochs; its schedule is scaled to that length."""
    recipe, schedule = candidate.recipe, candidate.recipe.schedule
    if epochs == recipe.epochs:
        return candidate
    ratio = epochs / recipe.epochs
    schedule = replace(
        schedule,
        every=max(1, round(schedule.every * ratio)),
        gamma=schedule.gamma ** (1 / ratio) if schedule.kind == "exponential" else schedule.gamma,
        warmup_epochs=schedule.warmup_epochs * ratio,
    )
    return replace(candidate, recipe=replace(recipe, epochs=epochs, schedule=schedule))


# how to remove an ingredient
def _wider(candidate: Candidate) -> Candidate:
    """Double the widths; keep them if the network would be impossible, or have more logits.

    The head "pool" has no weights: the channels of the last block with a width are the logits, so
    that block keeps its width.
    """
    architecture = candidate.architecture
    blocks, inner = architecture.blocks, architecture.head.blocks
    chain = (*blocks, *inner)
    if not chain:
        return candidate
    end = len(chain)
    if architecture.head.kind == "pool":
        end = max((n for n, block in enumerate(chain) if widths([block])), default=0)
    wide = (*map_blocks(chain[:end], _twice_as_wide), *chain[end:])
    head = replace(
        architecture.head,
        hidden=WIDER * architecture.head.hidden,
        blocks=wide[len(blocks) :],
    )
    wider = replace(architecture, blocks=wide[: len(blocks)], head=head)
    return replace(candidate, architecture=wider) if _fits(wider, architecture) else candidate


def _twice_as_wide(block: AnyBlock) -> AnyBlock:
    if isinstance(block, Block | Separable):
        return replace(block, width=WIDER * block.width)
    if isinstance(block, SqueezeExcite):
        return replace(block, hidden=WIDER * block.hidden)
    return block


def _fits(wider: Architecture, architecture: Architecture) -> bool:
    """Whether a network can be built and has the logits of another."""
    try:
        return wider.layers[-1].shape == architecture.layers[-1].shape
    except ArchitectureError:
        return False


def _without_norm(candidate: Candidate) -> Candidate:
    architecture = candidate.architecture
    if all(layer.kind not in NORMS for layer in architecture.layers):
        return candidate  # a block may have a norm but no normalisation in its order
    return _mapped(candidate, architecture.head, _normless)


def _mapped(candidate: Candidate, head: Head, change: Callable[[AnyBlock], AnyBlock]) -> Candidate:
    """Return the candidate with another head, and `change` applied to every block."""
    architecture = candidate.architecture
    blocks = map_blocks(architecture.blocks, change)
    head = replace(head, blocks=map_blocks(head.blocks, change))
    return replace(candidate, architecture=replace(architecture, blocks=blocks, head=head))


def _normless(block: AnyBlock) -> AnyBlock:
    if isinstance(block, Block):
        return replace(block, order=tuple(step for step in block.order if step != "norm"))
    if isinstance(block, Separable | Residual):
        return replace(block, norm="none")
    return Norm("none") if isinstance(block, Norm) else block


def _without_dropout(candidate: Candidate) -> Candidate:
    architecture = candidate.architecture
    if all(layer.kind != "dropout" for layer in architecture.layers):
        return candidate  # a block may have a dropout rate but no dropout in its order
    return _mapped(candidate, replace(architecture.head, dropout=0.0), _without_rate)


def _without_rate(block: AnyBlock) -> AnyBlock:
    return replace(block, dropout=0.0) if isinstance(block, Block | Separable | Dropout) else block


def _without_augmentation(candidate: Candidate) -> Candidate:
    augmentation = candidate.recipe.augmentation
    if not augmentation.changes:
        return candidate
    return _trained(candidate, replace(candidate.recipe, augmentation=Augmentation(fill=0.0)))


def _without_schedule(candidate: Candidate) -> Candidate:
    """Replace the schedule by a constant rate, the lower of the peak rate and CONSTANT_RATE.

    The same for the rate of Muon's AdamW part. The peak rate itself would be too high: a schedule
    applies it only for a few steps.
    """
    recipe = candidate.recipe
    if recipe.schedule.kind == "constant" and not recipe.schedule.warmup_epochs:
        return candidate
    rate = min(recipe.rate, CONSTANT_RATE[recipe.optimiser])
    constant = replace(recipe, schedule=Schedule("constant"), rate=rate)
    if recipe.optimiser == "muon":
        adamw_rate = min(recipe.adamw_rate, CONSTANT_RATE["adamw"])
        constant = replace(constant, adamw_rate=adamw_rate)
    return _trained(candidate, constant)


def _without_ema(candidate: Candidate) -> Candidate:
    return _trained(candidate, replace(candidate.recipe, ema=0.0))


def _trained(candidate: Candidate, recipe: Recipe) -> Candidate:
    return replace(candidate, recipe=recipe)


# descriptions of ingredients
def _skeleton(plain: Candidate, best: Candidate) -> str:
    wide = f" at {WIDER} times the width" * (_widths(plain) != _widths(best))
    rate = dict(recipe_words(plain.recipe))["peak rate"]
    constant = f", at a constant rate of {rate}" * (plain.recipe.schedule.kind == "constant")
    return (
        f"the layers of the best candidate{wide}, without any other ingredient{constant}: "
        f"{plain.label}; "
        f"{counted(plain.architecture.parameters, 'parameter')}"
    )


def _widths(candidate: Candidate) -> list[int]:
    architecture = candidate.architecture
    return widths((*architecture.blocks, *architecture.head.blocks))


def _said(name: str) -> Callable[[Candidate, Candidate], str]:
    """Describe a setting of the recipe and its previous value."""

    def adds(before: Candidate, after: Candidate) -> str:
        old, new = (dict(recipe_words(candidate.recipe)) for candidate in (before, after))
        peak = f", peak rate {new['peak rate']}" * (name == "schedule")
        was = f"constant {old['peak rate']}" if name == "schedule" else old[name]
        return f"{name}: {new[name]}{peak}; before: {was}"

    return adds


def _fewer(before: Candidate, after: Candidate) -> str:
    old, new = (candidate.architecture.parameters for candidate in (before, after))
    return f"the widths of the best candidate: {new:,} parameters instead of {old:,}"


def _norms(before: Candidate, after: Candidate) -> str:
    kinds = [layer.kind for layer in after.architecture.layers if layer.kind in NORMS]
    more = after.architecture.parameters - before.architecture.parameters
    name = " and ".join(NORM_NAMES[kind] for kind in dict.fromkeys(kinds))
    return f"{name} normalisation in {counted(len(kinds), 'place')}: {more:,} more parameters"


def _dropouts(_: Candidate, after: Candidate) -> str:
    layers = after.architecture.layers
    rates = [layer.arguments["p"] for layer in layers if layer.kind == "dropout"]
    different = ", ".join(f"{rate:g}" for rate in dict.fromkeys(rates))
    return f"dropout in {counted(len(rates), 'place')}: {different}"


INGREDIENTS = (
    Ingredient("skeleton", lambda best: best, _skeleton, target_learning, ("training",)),
    Ingredient("fewer parameters", _wider, _fewer, target_smaller, ("size",)),
    Ingredient("batch norm", _without_norm, _norms, target_higher, ("fit", "training")),
    Ingredient("dropout", _without_dropout, _dropouts, target_general, ("overfitting",)),
    Ingredient(
        "augmentation",
        _without_augmentation,
        _said("augmentation"),
        target_general,
        ("overfitting",),
    ),
    Ingredient(
        "schedule", _without_schedule, _said("schedule"), target_steadier, ("steadiness", "fit")
    ),
    Ingredient("EMA", _without_ema, _said("scored weights"), target_steadier, ("steadiness",)),
)
