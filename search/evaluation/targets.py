"""What a step aims at, in figures of the step before, and whether it got there. No torch."""

from collections.abc import Callable
from math import hypot
from typing import NamedTuple

from search.candidates.wording import percent
from search.evaluation.analysis import needs, points
from search.evaluation.step_analysis import Measures, change, noise

SKELETON_TRAINING = 0.99  # a plain network that cannot learn its training images is no start


class Target(NamedTuple):
    """What is aimed at, in words, and whether figures reach it: None is within noise of it."""

    words: str
    reached: Callable[[Measures], bool | None]


class Situation(NamedTuple):
    """What a step starts from. before: of the step before, None for the first."""

    before: Measures | None
    limit: int


TRAINS = Target("a network that trains at all", lambda now: now.learned)


def learning(_: Situation) -> Target:
    """Of a plain network."""
    words = f"a network that learns: train above {100 * SKELETON_TRAINING:g} %"
    return Target(words, lambda now: now.learned and now.best_training > SKELETON_TRAINING)


def smaller(given: Situation) -> Target:
    """Of fewer parameters."""
    before, limit = given.before, given.limit
    words = f"at most {limit:,} parameters"
    if before is None or not before.learned:
        return Target(words, lambda now: now.parameters <= limit)
    return Target(
        f"{words}, losing no more consistency than noise explains",
        lambda now: now.parameters <= limit and now.learned and _rise(now, before) is not False,
    )


def higher(given: Situation) -> Target:
    """Of what improves the fit."""
    before = given.before
    if before is None or not before.learned:
        return TRAINS
    words = f"a consistency above the {percent(before.consistency or 0.0)} of the step before"
    return Target(words, lambda now: now.learned and _rise(now, before))


def general(given: Situation) -> Target:
    """Of what fights overfitting; where none was measured, to lose nothing."""
    before = given.before
    if before is None or not before.learned:
        return TRAINS
    best = percent(before.best_validation)
    if "overfitting" in needs(before):
        words = f"best validation above {best}: training was {points(before.gap)} above it"
        return Target(words, lambda now: now.learned and _better(now, before))
    words = f"no loss from the best validation of {best}: there was no overfitting to close"
    return Target(words, lambda now: now.learned and _better(now, before) is not False)


def steadier(given: Situation) -> Target:
    """Of what calms the last epochs; where they were calm, a higher consistency."""
    before = given.before
    if before is None or "steadiness" not in needs(before):
        return higher(given)
    words = f"last epochs that vary by less than the {points(before.swing)} of the step before"
    return Target(
        f"{words}, at no loss of consistency",
        lambda now: now.learned and now.swing < before.swing and _rise(now, before) is not False,
    )


def _rise(now: Measures, before: Measures) -> bool | None:
    """Whether the consistency rose; None within noise."""
    return beyond(change(now, before), noise(now, before))


def _better(now: Measures, before: Measures) -> bool | None:
    """Whether the best validation accuracy rose; None within noise."""
    chance = hypot(now.resolution, before.resolution)
    return beyond(now.best_validation - before.best_validation, chance)


def beyond(rise: float, chance: float) -> bool | None:
    """Whether a figure rose; None where it moved by no more than chance explains."""
    return None if abs(rise) <= chance else rise > 0
