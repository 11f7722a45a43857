"""When a running candidate can no longer matter: an exact bound and a measured rule. No torch.

The bound is free of error: the best score that the epochs to come could still bring. The rule acts
before the window opens; what it saves and risks is measured in docs/decisions.md.
"""

from collections.abc import Callable, Sequence

from search.record import Record, ranked

Score = Callable[[Sequence[float]], float]
Curve = Sequence[float]

KEPT = 5  # a candidate that cannot enter the best five any more is stopped
FIRST = 3  # epochs before the rule may act: averaged weights are worth nothing in the first two


def hopeless(
    curve: Curve, epochs: int, others: Sequence[Record], score: Score, monotone: bool
) -> str | None:
    """Why training this candidate further is pointless, None while it is not.

    curve: its validation accuracies so far, of `epochs`. others: the study's records. monotone:
    whether the score can only rise with an accuracy; if not, the rule alone decides, by rank.
    """
    best = ranked(others)
    if len(best) < KEPT or len(curve) >= epochs:
        return None
    bar = best[KEPT - 1].consistency or 0.0
    if monotone and (bound := score([*curve, *[1.0] * (epochs - len(curve))])) < bar:
        return f"can reach {100 * bound:.2f} % at most, the {KEPT}th best has {100 * bar:.2f} %"
    if behind(curve, [record.validation_accuracy for record in best[:KEPT]]):
        return f"behind each of the best {KEPT} for {PATIENCE} epochs"
    return None


PATIENCE = 3  # epochs in a row


def behind(curve: Curve, best: Sequence[Curve]) -> bool:
    """Whether each of the best was ahead at the same epoch, for the last PATIENCE epochs."""
    if len(curve) < FIRST + PATIENCE - 1:
        return False
    recent = range(len(curve) - PATIENCE, len(curve))
    return all(curve[epoch] < min(other[epoch] for other in best) for epoch in recent)
