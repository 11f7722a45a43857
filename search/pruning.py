"""When a running candidate can no longer matter. Knows no torch; figures of the rule below are
measured in docs/decisions.md.
"""

from collections.abc import Callable, Sequence

from search.record import Record, ranked

Score = Callable[[Sequence[float]], float]

KEPT = 5  # a candidate that cannot enter the best five any more is stopped


def hopeless(
    curve: Sequence[float], epochs: int, others: Sequence[Record], score: Score, monotone: bool
) -> str | None:
    """Why training this candidate further is pointless, None while it is not.

    curve: its validation accuracies so far, of `epochs`. others: the study's records.
    """
    best = ranked(others)
    if len(best) < KEPT:
        return None
    bar = best[KEPT - 1].consistency or 0.0
    if monotone and (bound := score([*curve, *[1.0] * (epochs - len(curve))])) < bar:
        return f"can reach {bound:.4f} at most, below the {KEPT}th best {bar:.4f}"
    return None
