"""When a running candidate can no longer matter: an exact bound and a measured rule. No torch.

The bound is free of error: the best score that the epochs to come could still bring. The rules act
before the window opens; what they save and risk is measured by `benchmarks/fidelity.py`. `hopeless`
judges where the highest consistency is sought, `futile` where the smallest network is that holds a
target.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import Protocol

from search.frontier import Frontier, frontier, overtaken
from search.record import Record, ranked

Curve = Sequence[float]

KEPT = 5  # a candidate that cannot enter the best five any more is stopped
FIRST = 3  # the first epoch that the rule looks at: averages are worth nothing in the first two
PATIENCE = 2  # epochs in a row that a candidate may be behind
RUNG = Fraction(
    2, 15
)  # of its epochs, rounded up: then a candidate is ranked among all so far, ...
BETTER = Fraction(1, 3)  # ... and this share of them goes on
RANKED = frozenset({"trained", "stopped early", "running"})  # whose accuracies are worth comparing

# Of the epochs of a candidate that comes when KEPT are trained to the end, the share that is
# trained: benchmarks/fidelity.py, 23 candidates of a TPE study in their order, MNIST, 2026-11-21.
EXPECTED = 0.44


class Judged(Protocol):
    """What has to be known of an objective; see `userfiles.Objective`."""

    @property
    def window(self) -> int:
        """Last epochs that count."""

    @property
    def monotone(self) -> bool:
        """Whether the score can only rise with an accuracy."""

    def score(self, accuracies: Sequence[float], /) -> float:
        """The score of a curve."""


def hopeless(curve: Curve, epochs: int, others: Sequence[Record], objective: Judged) -> str | None:
    """Why training this candidate further is pointless, None while it is not.

    curve: its validation accuracies so far, of `epochs`. others: the study's records. Where the
    objective is not monotone the rule alone decides, by rank.
    """
    best = ranked(others)
    if len(best) < KEPT or len(curve) >= epochs:
        return None
    bar = best[KEPT - 1].consistency or 0.0
    if objective.monotone and (bound := _bound(curve, epochs, objective)) < bar:
        return f"can reach {100 * bound:.2f} % at most, the {KEPT}th best has {100 * bar:.2f} %"
    if len(curve) > epochs - objective.window:
        return None
    if reason := outranked(curve, epochs, others):
        return reason
    if behind(curve, [record.validation_accuracy for record in best[:KEPT]]):
        return f"behind each of the best {KEPT} for {PATIENCE} epochs"
    return None


def futile(
    record: Record, others: Sequence[Record], objective: Judged, target: float
) -> str | None:
    """Why training this run further cannot improve the answer, None while it could.

    record: the run with its curve so far. others: the study's records. A further run of a success
    is judged by the answer and the bound alone: it decides whether the success is believed.
    """
    assert record.candidate is not None  # it is being trained
    curve, epochs = record.validation_accuracy, record.candidate.recipe.epochs
    found = frontier(others, target)
    if reason := found.pointless(record):
        return reason
    bar = _bar(found, others) if record.repeat_of is None else target
    if objective.monotone and (bound := _bound(curve, epochs, objective)) < bar:
        name = "the target is" if bar == target else f"the {KEPT}th best has"
        return f"can reach {100 * bound:.2f} % at most, {name} {100 * bar:.2f} %"
    early = record.repeat_of is None and len(curve) <= epochs - objective.window
    missed = [other.validation_accuracy for other in _missed(others, objective, target)[:KEPT]]
    if early and len(missed) == KEPT and behind(curve, missed):
        return f"behind each of the best {KEPT} that missed the target for {PATIENCE} epochs"
    return None


def _bar(found: Frontier, others: Sequence[Record]) -> float:
    """What a bound must reach: the target once there is an answer.

    Until then the best few by consistency are all that the study has, and a candidate that can
    still be one of them is trained on.
    """
    best = ranked(others)
    if found.answer:
        return found.target
    return min(found.target, best[KEPT - 1].consistency or 0.0) if len(best) >= KEPT else 0.0


def _missed(others: Sequence[Record], objective: Judged, target: float) -> list[Record]:
    """The candidates that missed the target within the window, those that came nearest first.

    One that was left for its size did not miss it, and of one that was stopped before the window
    nobody knows.
    """
    missed: list[tuple[float, int, Record]] = []
    for other in others:
        epochs = other.candidate.recipe.epochs if other.candidate else 0
        within = other.epochs > epochs - objective.window and not overtaken(other)
        stopped = other.outcome == "stopped early" and objective.monotone and within
        if other.repeat_of is None and (other.outcome == "trained" or stopped):
            bound = _bound(other.validation_accuracy, epochs, objective)
            missed.append((-bound, other.number, other))
    return [other for bound, _, other in sorted(missed) if -bound < target]


def _bound(curve: Curve, epochs: int, objective: Judged) -> float:
    return objective.score([*curve, *[1.0] * (epochs - len(curve))])


def outranked(curve: Curve, epochs: int, others: Sequence[Record]) -> str | None:
    """Why it is not in the better share of all that came as far, None if it is or is not asked.

    It is asked once, after the same part of its training for a candidate of any length. A record
    of this very curve, the candidate's own, is left out.
    """
    if len(curve) != _rung(epochs):
        return None
    accuracies = [
        other.validation_accuracy[rung - 1]
        for other in others
        if other.outcome in RANKED and other.repeat_of is None
        for rung in [_rung(other.candidate.recipe.epochs if other.candidate else epochs)]
        if other.epochs >= rung and other.validation_accuracy != tuple(curve)
    ]
    ahead, count = sum(accuracy > curve[-1] for accuracy in accuracies), len(accuracies) + 1
    if ahead < BETTER * count:
        return None
    return f"place {ahead + 1} of {count} after epoch {len(curve)}: the better third goes on"


def _rung(epochs: int) -> int:
    return ceil(RUNG * epochs)


def behind(curve: Curve, best: Sequence[Curve]) -> bool:
    """Whether each of the best was ahead at the same epoch, for the last PATIENCE epochs.

    A shorter curve stands for its last accuracy from its end on.
    """
    if len(curve) < FIRST + PATIENCE - 1:
        return False
    recent = range(len(curve) - PATIENCE, len(curve))
    return all(
        curve[epoch] < min(other[min(epoch, len(other) - 1)] for other in best) for epoch in recent
    )
