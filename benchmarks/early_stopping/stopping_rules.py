"""Early-stopping rules and their replay on recorded curves. Nothing is trained.

A rule receives the accuracies of a candidate so far and those of earlier candidates (`History`),
and returns whether to stop the candidate. Every rule except "none" is combined with the exact bound
of the shipped objective.
"""

from bisect import bisect_right, insort
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from scipy.stats import linregress, t

from benchmarks.early_stopping.recorded_curves import RecordedCurve
from search import Budget
from search.loop.pruning import KEPT, stop_reason
from search.study.records import Record
from search.study.user_files import Objective

WINDOW = 5  # last epochs that are scored, as in the shipped objective
Curve = tuple[float, ...]


def score(curve: Sequence[float]) -> float:
    """Return the consistency as defined by the shipped objective."""
    return min(curve[-WINDOW:])


OBJECTIVE = Objective(
    Path("objective.py"),
    source="",
    budget=Budget(),
    window=WINDOW,
    monotone=True,
    consistency=score,
)


class History:
    """Accuracies of the earlier candidates.

    at[e]: accuracies after e epochs in ascending order, including those of stopped candidates.
    full: (-score, curve) of the candidates trained to the end, best first. records: all candidates
    as records of a study.
    """

    def __init__(self, epochs: int) -> None:
        self.at: list[list[float]] = [[] for _ in range(epochs + 1)]
        self.full: list[tuple[float, Curve]] = []
        self.records: list[Record] = []

    def add(self, curve: Curve) -> None:
        """Add a candidate that has ended."""
        number, whole = len(self.records), len(curve) == len(self.at) - 1
        ended = Record(number, "stopped early", validation_accuracy=curve)
        if whole:
            ended = replace(ended, outcome="trained", consistency=score(curve))
        self.records.append(ended)
        for epoch, accuracy in enumerate(curve, start=1):
            insort(self.at[epoch], accuracy)
        if whole:
            insort(self.full, (-score(curve), curve))

    @property
    def bar(self) -> float:
        """The KEPT-th best score; 0 if there are fewer scores."""
        return -self.full[KEPT - 1][0] if len(self.full) >= KEPT else 0.0


Rule = Callable[[Curve, History], bool]


def never(_: Curve, __: History) -> bool:
    """Never stop a candidate; only the bound stops candidates."""
    return False


def default(curve: Curve, history: History) -> bool:
    """Apply the package's own rule."""
    return stop_reason(curve, len(history.at) - 1, history.records, OBJECTIVE) is not None


def is_behind(patience: int, first: int, best: int = KEPT) -> Rule:
    """Stop if behind all of the best candidates for `patience` consecutive epochs from `first`."""

    def rule(curve: Curve, history: History) -> bool:
        if len(history.full) < best or len(curve) < first + patience - 1:
            return False
        recent = range(len(curve) - patience, len(curve))
        return all(curve[e] < min(other[e] for _, other in history.full[:best]) for e in recent)

    return rule


def upper(fraction: float, *rungs: int) -> Rule:
    """ASHA's rule: at each rung, only the best fraction of all candidates so far continues."""

    def rule(curve: Curve, history: History) -> bool:
        peers = history.at[len(curve)]
        ahead = len(peers) - bisect_right(peers, curve[-1])
        return len(curve) in rungs and ahead >= fraction * (len(peers) + 1)

    return rule


def margin(points: float, rank: int, *rungs: int) -> Rule:
    """Stop if, at a rung, more than `points` percentage points below the rank-th best accuracy."""

    def rule(curve: Curve, history: History) -> bool:
        peers = history.at[len(curve)]
        reached = len(curve) in rungs and len(peers) >= rank
        return reached and curve[-1] < peers[-rank] - points / 100

    return rule


def predicted(chance: float, *rungs: int) -> Rule:
    """Stop if the predicted probability of a score among the best KEPT is below `chance`.

    The score is predicted by linear regression from the accuracy at a rung, fitted to the earlier
    candidates that were trained to the end, with Student's t for the residuals.
    """

    def rule(curve: Curve, history: History) -> bool:
        epoch = len(curve)
        if epoch not in rungs or len(history.full) <= KEPT:
            return False
        x = [other[epoch - 1] for _, other in history.full]
        y = [-negative for negative, _ in history.full]
        if min(x) == max(x):
            return False
        expected, error = _expected(curve[-1], x, y)
        return error > 0 and float(t.sf((history.bar - expected) / error, len(x) - 2)) < chance

    return rule


def _expected(at: float, x: list[float], y: list[float]) -> tuple[float, float]:
    """Return the fitted value at a point and the standard error of a new observation there."""
    line, n, mean = linregress(x, y), len(x), fmean(x)
    left = sum((b - line.intercept - line.slope * a) ** 2 for a, b in zip(x, y, strict=True))
    apart = (at - mean) ** 2 / sum((a - mean) ** 2 for a in x)
    return line.intercept + line.slope * at, (left / (n - 2) * (1 + 1 / n + apart)) ** 0.5


def either(*rules: Rule) -> Rule:
    """Stop if any of the rules does."""
    return lambda curve, history: any(rule(curve, history) for rule in rules)


class Variant(NamedTuple):
    """A rule and how it is replayed.

    group: function that returns the group of a candidate; only candidates of the same group are
    compared; None compares all. bound: whether the exact bound also stops candidates.
    """

    rule: Rule
    group: Callable[[RecordedCurve], object] | None = None
    bound: bool = True


def averaged(curve: RecordedCurve) -> bool:
    """Return whether averaged weights were scored."""
    return curve.ema > 0


def onecycle(curve: RecordedCurve) -> bool:
    """Return whether the learning rate follows OneCycle, which starts with an increase."""
    return curve.schedule == "onecycle"


BEFORE = range(2, 11)  # epochs before the window, except the first
DEFAULT = "the default"
VARIANTS = {
    "none": Variant(never, bound=False),
    "bound alone": Variant(never),
    DEFAULT: Variant(default),
    "behind the best 5, 2 epochs from the 3rd": Variant(is_behind(2, 3)),
    "behind the best 5, 1 epoch from the 3rd": Variant(is_behind(1, 3)),
    "behind the best 3, 1 epoch from the 2nd": Variant(is_behind(1, 2, 3)),
    "median at every epoch from the 3rd": Variant(upper(1 / 2, *BEFORE[1:])),
    "best 1/3 at 1, 3, 5": Variant(upper(1 / 3, 1, 3, 5)),
    "best 1/2 at 2, 4, 8": Variant(upper(1 / 2, 2, 4, 8)),
    "best 1/3 at 2, 4, 8": Variant(upper(1 / 3, 2, 4, 8)),
    "best 1/3 at 2": Variant(upper(1 / 3, 2)),
    "best 1/3 at 3": Variant(upper(1 / 3, 3)),
    "best 1/3 at 2, 4": Variant(upper(1 / 3, 2, 4)),
    "best 1/2 at 2, behind the best 5 twice": Variant(either(upper(1 / 2, 2), is_behind(2, 3))),
    "best 1/3 at 2, behind the best 5 twice": Variant(either(upper(1 / 3, 2), is_behind(2, 3))),
    "best 1/3 at 3, behind the best 5 twice": Variant(either(upper(1 / 3, 3), is_behind(2, 3))),
    "best 1/3 at 2, 4, behind the best 5 twice": Variant(
        either(upper(1 / 3, 2, 4), is_behind(2, 3))
    ),
    "best 1/3 at 4, behind the best 5 twice": Variant(either(upper(1 / 3, 4), is_behind(2, 3))),
    "best 1/2 at 2, 4, 8, behind the best 5 twice": Variant(
        either(upper(1 / 2, 2, 4, 8), is_behind(2, 3))
    ),
    "best 1/3 at 2, behind the best 5 once": Variant(either(upper(1 / 3, 2), is_behind(1, 3))),
    "0.1 behind the 5th at 2 to 10": Variant(margin(0.1, 5, *BEFORE)),
    "0.1 behind the 3rd at 2 to 10": Variant(margin(0.1, 3, *BEFORE)),
    "chance of the best 5 < 5 % at 2, 3, 5, 8": Variant(predicted(0.05, 2, 3, 5, 8)),
    "chance of the best 5 < 20 % at 2, 3, 5, 8": Variant(predicted(0.2, 2, 3, 5, 8)),
    "best 1/3 at 2, 4; averaged and raw apart": Variant(upper(1 / 3, 2, 4), averaged),
    "best 1/3 at 2, 4; onecycle apart": Variant(upper(1 / 3, 2, 4), onecycle),
}


def replay(curves: Sequence[RecordedCurve], variant: Variant) -> list[int]:
    """Return the number of epochs that each candidate trains, one candidate after another."""
    epochs = len(curves[0].accuracies)
    everyone, groups = History(epochs), dict[object, History]()
    trained = []
    for curve in curves:
        peers = everyone
        if variant.group:
            peers = groups.setdefault(variant.group(curve), History(epochs))
        length = _length(curve.accuracies, variant, everyone, peers) if variant.bound else epochs
        trained.append(length)
        for history in {id(everyone): everyone, id(peers): peers}.values():
            history.add(curve.accuracies[:length])
    return trained


def _length(curve: Curve, variant: Variant, everyone: History, peers: History) -> int:
    if len(everyone.full) < KEPT:
        return len(curve)
    bar = everyone.bar
    for length in range(1, len(curve)):
        shown = curve[:length]
        if score((*shown, *(1.0,) * (len(curve) - length))) < bar:
            return length
        if length <= len(curve) - WINDOW and len(peers.full) >= KEPT and variant.rule(shown, peers):
            return length
    return len(curve)
