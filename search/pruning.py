"""When a running candidate can no longer matter: an exact bound and a measured rule. No torch.

The bound is free of error: the best score that the epochs to come could still bring. The rule acts
before the window opens; what it saves and risks is measured in docs/decisions.md.
"""

from collections.abc import Sequence
from typing import Protocol

from search.record import Record, ranked

Curve = Sequence[float]

KEPT = 5  # a candidate that cannot enter the best five any more is stopped
FIRST = 3  # the first epoch that the rule looks at: averages are worth nothing in the first two
PATIENCE = 2  # epochs in a row that a candidate may be behind


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
    early = len(curve) <= epochs - objective.window
    if early and behind(curve, [record.validation_accuracy for record in best[:KEPT]]):
        return f"behind each of the best {KEPT} for {PATIENCE} epochs"
    return None


def _bound(curve: Curve, epochs: int, objective: Judged) -> float:
    return objective.score([*curve, *[1.0] * (epochs - len(curve))])


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
