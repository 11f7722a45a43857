"""Early stopping: an exact bound, and rules that compare learning curves. Without torch.

The bound is the score that a candidate would have if all remaining epochs had an accuracy of 1. The
rules apply only before the window of scored epochs; `benchmarks/early_stopping` measures their
savings and risks. `stop_reason` is for a search for the highest consistency,
`stop_reason_for_smallest` for a search for the smallest network that reaches a target.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from math import ceil
from typing import Protocol

from search.study.records import Record, ranked
from search.study.smallest import Frontier, frontier

Curve = Sequence[float]
KEPT = 5  # a candidate that can no longer be among the best five is stopped
FIRST = 3  # the first epoch that is compared: averaged weights are not meaningful in the first two
PATIENCE = 2  # a candidate is stopped after so many epochs in a row behind the best
RUNGS = {  # fraction of its epochs, rounded up: the share of all candidates that continues
    Fraction(2, 15): Fraction(
        1, 2
    ),  # a large share, as schedules with warm-up are still behind here
    Fraction(4, 15): Fraction(1, 3),
}
RANKED = frozenset({"trained", "stopped early", "running"})  # outcomes with comparable accuracies


class ScoringObjective(Protocol):
    """The part of an objective that pruning uses; see `user_files.Objective`."""

    @property
    def window(self) -> int:
        """The number of last epochs that are scored."""

    @property
    def monotone(self) -> bool:
        """Whether the score never falls when an accuracy rises."""

    def score(self, accuracies: Sequence[float], /) -> float:
        """The score of a curve."""


def stop_reason(
    curve: Curve,
    epochs: int,
    others: Sequence[Record],
    objective: ScoringObjective,
    best: Sequence[Record] | None = None,
) -> str | None:
    """Return the reason to stop training this candidate, None to continue.

    curve: its validation accuracies so far, out of `epochs`. others: the study's records. best:
    their ranking, if known. The bound does not apply if the objective is not monotone.
    """
    best = ranked(others) if best is None else best
    if len(best) < KEPT or len(curve) >= epochs:
        return None
    bar = best[KEPT - 1].consistency or 0.0
    if objective.monotone and (bound := _highest_possible_score(curve, epochs, objective)) < bar:
        return f"can reach {100 * bound:.2f} % at most, the {KEPT}th best has {100 * bar:.2f} %"
    if len(curve) > epochs - objective.window:
        return None
    if reason := rung_reason(curve, epochs, others):
        return reason
    if is_behind(curve, [record.validation_accuracy for record in best[:KEPT]]):
        return f"behind each of the best {KEPT} for {PATIENCE} epochs"
    return None


def stop_reason_for_smallest(
    record: Record, others: Sequence[Record], objective: ScoringObjective, target: float
) -> str | None:
    """Return why further training cannot improve the answer; None if it can.

    record: the run with its curve so far. others: the study's records. Only the answer or the bound
    stops a repeat, because a repeat decides whether its candidate is verified.
    """
    assert record.candidate is not None  # it is being trained
    curve, epochs = record.validation_accuracy, record.candidate.recipe.epochs
    successes = frontier(others, target)
    if reason := successes.pointless(record):
        return reason
    bar = _required_score(successes, others) if record.repeat_of is None else target
    if objective.monotone and (bound := _highest_possible_score(curve, epochs, objective)) < bar:
        name = "the target is" if bar == target else f"the {KEPT}th best has"
        return f"can reach {100 * bound:.2f} % at most, {name} {100 * bar:.2f} %"
    early = record.repeat_of is None and len(curve) <= epochs - objective.window
    missed = [
        other.validation_accuracy
        for other in _candidates_below_target(others, objective, target)[:KEPT]
    ]
    if early and len(missed) == KEPT and is_behind(curve, missed):
        return f"behind each of the best {KEPT} that missed the target for {PATIENCE} epochs"
    return None


def _required_score(successes: Frontier, others: Sequence[Record]) -> float:
    """The score that the bound must reach: the target once there is an answer.

    Before that, the score needed to be one of the best few by consistency, as those are the study's
    only result; at most the target.
    """
    best = ranked(others)
    if successes.answer:
        return successes.target
    return min(successes.target, best[KEPT - 1].consistency or 0.0) if len(best) >= KEPT else 0.0


def _candidates_below_target(
    others: Sequence[Record], objective: ScoringObjective, target: float
) -> list[Record]:
    """The candidates that missed the target, the closest to it first.

    Excludes candidates that were overtaken or stopped before the window: their score is unknown.
    """
    missed: list[tuple[float, int, Record]] = []
    for other in others:
        epochs = other.candidate.recipe.epochs if other.candidate else 0
        within = other.epochs > epochs - objective.window and not other.overtaken
        stopped = other.outcome == "stopped early" and objective.monotone and within
        if other.repeat_of is None and (other.outcome == "trained" or stopped):
            bound = _highest_possible_score(other.validation_accuracy, epochs, objective)
            missed.append((-bound, other.number, other))
    return [other for bound, _, other in sorted(missed) if -bound < target]


def _highest_possible_score(curve: Curve, epochs: int, objective: ScoringObjective) -> float:
    return objective.score([*curve, *[1.0] * (epochs - len(curve))])


def rung_reason(curve: Curve, epochs: int, others: Sequence[Record]) -> str | None:
    """Return why its rank at a rung is too low; None if it is not, or if this is not a rung.

    The rungs are at the same fractions of a training run of any length. The candidate's own record
    is excluded from the comparison.
    """
    for part, share in RUNGS.items():
        if len(curve) != ceil(part * epochs):
            continue
        accuracies = _accuracies_at_rung(part, curve, epochs, others)
        ahead, count = sum(other > curve[-1] for other in accuracies), len(accuracies) + 1
        if ahead >= share * count:
            return (
                f"place {ahead + 1} of {count} after epoch {len(curve)}; the best {share} continue"
            )
    return None


def _accuracies_at_rung(
    part: Fraction, curve: Curve, epochs: int, others: Sequence[Record]
) -> list[float]:
    """The accuracies of the other candidates after the same fraction of their epochs."""
    reached = []
    rung_of = cache(
        lambda whole: ceil(part * whole)
    )  # called for every record, and fractions are slow
    for other in others:
        whole = other.candidate.recipe.epochs if other.candidate else epochs
        rung, accuracies = rung_of(whole), other.validation_accuracy
        known = other.outcome in RANKED and other.repeat_of is None and len(accuracies) >= rung
        if known and accuracies != tuple(curve):
            reached.append(accuracies[rung - 1])
    return reached


def is_behind(curve: Curve, best: Sequence[Curve]) -> bool:
    """Whether all of the best were ahead at the same epoch, for the last PATIENCE epochs.

    Shorter curves are extended with their last accuracy.
    """
    if len(curve) < FIRST + PATIENCE - 1:
        return False
    recent = range(len(curve) - PATIENCE, len(curve))
    return all(
        curve[epoch] < min(other[min(epoch, len(other) - 1)] for other in best) for epoch in recent
    )
