"""Early stopping: an exact bound, and rules that compare learning curves. No torch.

The bound is exact: the score if all remaining epochs had an accuracy of 1. The rules act before the
window of scored epochs; `benchmarks/early_stopping` measures their savings and risks.
`stop_reason` is for a search for the highest consistency, `stop_reason_for_smallest` for a search
for the smallest network that reaches a target.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from math import ceil
from typing import Protocol

from search.study.records import Record, ranked
from search.study.smallest import Frontier, frontier

Curve = Sequence[float]
KEPT = 5  # a candidate that cannot enter the best five any more is stopped
FIRST = 3  # the first epoch that the rule looks at: averages are worth nothing in the first two
PATIENCE = 2  # epochs in a row behind the best after which a candidate is stopped
RUNGS = {  # part of its epochs, rounded up: the share of all so far that goes on after it
    Fraction(2, 15): Fraction(1, 2),  # wide: schedules that warm up are still behind here
    Fraction(4, 15): Fraction(1, 3),
}
RANKED = frozenset({"trained", "stopped early", "running"})  # whose accuracies are worth comparing


class ScoringObjective(Protocol):
    """The part of an objective that pruning needs; see `user_files.Objective`."""

    @property
    def window(self) -> int:
        """Last epochs that count."""

    @property
    def monotone(self) -> bool:
        """Whether the score can only rise with an accuracy."""

    def score(self, accuracies: Sequence[float], /) -> float:
        """The score of a curve."""


def stop_reason(
    curve: Curve,
    epochs: int,
    others: Sequence[Record],
    objective: ScoringObjective,
    best: Sequence[Record] | None = None,
) -> str | None:
    """The reason to stop training this candidate, None to continue.

    curve: its validation accuracies so far, of `epochs`. others: the study's records; best: their
    ranking, if known. If the objective is not monotone, only the rule by rank applies.
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
    """Why training this run further cannot improve the answer, None while it could.

    record: the run with its curve so far. others: the study's records. A repeat of a success is
    stopped only by the answer or the bound, because it decides whether the success is believed.
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
    """The score that a bound must reach: the target once there is an answer.

    Before that, the score that a candidate needs to be one of the best few by consistency, since
    those are the study's only result.
    """
    best = ranked(others)
    if successes.answer:
        return successes.target
    return min(successes.target, best[KEPT - 1].consistency or 0.0) if len(best) >= KEPT else 0.0


def _candidates_below_target(
    others: Sequence[Record], objective: ScoringObjective, target: float
) -> list[Record]:
    """The candidates that missed the target within the window, the closest to it first.

    Excludes overtaken candidates, and those stopped before the window, whose outcome is unknown.
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
    """Why its rank at a rung is too low; None if it is high enough or this epoch is not a rung.

    The rungs are at the same fractions of a training of any length. The candidate's own record is
    excluded.
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
    """The accuracies of the others after the same fraction of their training."""
    reached = []
    rung_of = cache(lambda whole: ceil(part * whole))  # records are many, fractions slow
    for other in others:
        whole = other.candidate.recipe.epochs if other.candidate else epochs
        rung, accuracies = rung_of(whole), other.validation_accuracy
        known = other.outcome in RANKED and other.repeat_of is None and len(accuracies) >= rung
        if known and accuracies != tuple(curve):
            reached.append(accuracies[rung - 1])
    return reached


def is_behind(curve: Curve, best: Sequence[Curve]) -> bool:
    """Whether each of the best was ahead at the same epoch, for the last PATIENCE epochs.

    A shorter curve is extended with its last accuracy.
    """
    if len(curve) < FIRST + PATIENCE - 1:
        return False
    recent = range(len(curve) - PATIENCE, len(curve))
    return all(
        curve[epoch] < min(other[min(epoch, len(other) - 1)] for other in best) for epoch in recent
    )
