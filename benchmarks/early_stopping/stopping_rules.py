"""Rules that stop candidates early, and their replay on recorded curves. Nothing is trained.

A rule sees the accuracies of one candidate so far and what those before it showed (`Seen`), and
says whether to stop. The exact bound of the shipped objective comes to every rule but "none".
"""

from bisect import bisect_right, insort
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from scipy.stats import linregress, t

from benchmarks.early_stopping.recorded_curves import Recorded
from search import Budget
from search.loop.pruning import KEPT, stop_reason
from search.study.records import Record
from search.study.user_files import Objective

WINDOW = 5  # last epochs that count, as in the shipped objective
Curve = tuple[float, ...]


def score(curve: Sequence[float]) -> float:
    """Consistency as the shipped objective has it."""
    return min(curve[-WINDOW:])


OBJECTIVE = Objective(
    Path("objective.py"),
    source="",
    budget=Budget(),
    window=WINDOW,
    monotone=True,
    consistency=score,
)


class Seen:
    """What the candidates before showed.

    at[e]: accuracies after e epochs, rising, of all that trained so far, stopped ones included.
    full: (-score, curve) of those trained to the end, best first. records: the same as a study has
    them.
    """

    def __init__(self, epochs: int) -> None:
        self.at: list[list[float]] = [[] for _ in range(epochs + 1)]
        self.full: list[tuple[float, Curve]] = []
        self.records: list[Record] = []

    def add(self, curve: Curve) -> None:
        """A candidate has ended."""
        number, whole = len(self.records), len(curve) == len(self.at) - 1
        outcome, value = ("trained", score(curve)) if whole else ("stopped early", None)
        self.records.append(Record(number, outcome, consistency=value, validation_accuracy=curve))
        for epoch, accuracy in enumerate(curve, start=1):
            insort(self.at[epoch], accuracy)
        if whole:
            insort(self.full, (-score(curve), curve))

    @property
    def bar(self) -> float:
        """The KEPTth best score, 0 where there are fewer."""
        return -self.full[KEPT - 1][0] if len(self.full) >= KEPT else 0.0


Rule = Callable[[Curve, Seen], bool]


def never(_: Curve, __: Seen) -> bool:
    """Nothing but the bound."""
    return False


def default(curve: Curve, seen: Seen) -> bool:
    """What the package does, by its own code."""
    return stop_reason(curve, len(seen.at) - 1, seen.records, OBJECTIVE) is not None


def is_behind(patience: int, first: int, best: int = KEPT) -> Rule:
    """Each of the best few was ahead at the same epoch, `patience` epochs in a row."""

    def rule(curve: Curve, seen: Seen) -> bool:
        if len(seen.full) < best or len(curve) < first + patience - 1:
            return False
        recent = range(len(curve) - patience, len(curve))
        return all(curve[e] < min(other[e] for _, other in seen.full[:best]) for e in recent)

    return rule


def upper(fraction: float, *rungs: int) -> Rule:
    """At each rung the better part goes on, ranked among all that came so far: ASHA's rule."""

    def rule(curve: Curve, seen: Seen) -> bool:
        peers = seen.at[len(curve)]
        ahead = len(peers) - bisect_right(peers, curve[-1])
        return len(curve) in rungs and ahead >= fraction * (len(peers) + 1)

    return rule


def margin(points: float, rank: int, *rungs: int) -> Rule:
    """More than so many points behind the rank-th best accuracy of all at a rung."""

    def rule(curve: Curve, seen: Seen) -> bool:
        peers = seen.at[len(curve)]
        reached = len(curve) in rungs and len(peers) >= rank
        return reached and curve[-1] < peers[-rank] - points / 100

    return rule


def predicted(chance: float, *rungs: int) -> Rule:
    """A line from the accuracy at a rung to the score gives the best few less than this chance.

    Fitted to the candidates before that were trained to the end; Student's t for what it leaves.
    """

    def rule(curve: Curve, seen: Seen) -> bool:
        epoch = len(curve)
        if epoch not in rungs or len(seen.full) <= KEPT:
            return False
        x = [other[epoch - 1] for _, other in seen.full]
        y = [-negative for negative, _ in seen.full]
        if min(x) == max(x):
            return False
        expected, error = _expected(curve[-1], x, y)
        return error > 0 and float(t.sf((seen.bar - expected) / error, len(x) - 2)) < chance

    return rule


def _expected(at: float, x: list[float], y: list[float]) -> tuple[float, float]:
    """What a fitted line says there, and the standard error of one new point."""
    line, n, mean = linregress(x, y), len(x), fmean(x)
    left = sum((b - line.intercept - line.slope * a) ** 2 for a, b in zip(x, y, strict=True))
    apart = (at - mean) ** 2 / sum((a - mean) ** 2 for a in x)
    return line.intercept + line.slope * at, (left / (n - 2) * (1 + 1 / n + apart)) ** 0.5


def either(*rules: Rule) -> Rule:
    """Any of them."""
    return lambda curve, seen: any(rule(curve, seen) for rule in rules)


class Way(NamedTuple):
    """A rule as it is replayed. apart: whose peers are whose, None where all are of one kind."""

    rule: Rule
    apart: Callable[[Recorded], object] | None = None
    bound: bool = True


def averaged(curve: Recorded) -> bool:
    """Whether averaged weights were scored."""
    return curve.ema > 0


def onecycle(curve: Recorded) -> bool:
    """Whether its rate rises for the first part of the training."""
    return curve.schedule == "onecycle"


BEFORE = range(2, 11)  # epochs before the window, without the first


DEFAULT = "the default"


WAYS = {
    "none": Way(never, bound=False),
    "bound alone": Way(never),
    DEFAULT: Way(default),
    "behind the best 5, 2 epochs from the 3rd": Way(is_behind(2, 3)),
    "behind the best 5, 1 epoch from the 3rd": Way(is_behind(1, 3)),
    "behind the best 3, 1 epoch from the 2nd": Way(is_behind(1, 2, 3)),
    "median at every epoch from the 3rd": Way(upper(1 / 2, *BEFORE[1:])),
    "best 1/3 at 1, 3, 5": Way(upper(1 / 3, 1, 3, 5)),
    "best 1/2 at 2, 4, 8": Way(upper(1 / 2, 2, 4, 8)),
    "best 1/3 at 2, 4, 8": Way(upper(1 / 3, 2, 4, 8)),
    "best 1/3 at 2": Way(upper(1 / 3, 2)),
    "best 1/3 at 3": Way(upper(1 / 3, 3)),
    "best 1/3 at 2, 4": Way(upper(1 / 3, 2, 4)),
    "best 1/2 at 2, behind the best 5 twice": Way(either(upper(1 / 2, 2), is_behind(2, 3))),
    "best 1/3 at 2, behind the best 5 twice": Way(either(upper(1 / 3, 2), is_behind(2, 3))),
    "best 1/3 at 3, behind the best 5 twice": Way(either(upper(1 / 3, 3), is_behind(2, 3))),
    "best 1/3 at 2, 4, behind the best 5 twice": Way(either(upper(1 / 3, 2, 4), is_behind(2, 3))),
    "best 1/3 at 4, behind the best 5 twice": Way(either(upper(1 / 3, 4), is_behind(2, 3))),
    "best 1/2 at 2, 4, 8, behind the best 5 twice": Way(
        either(upper(1 / 2, 2, 4, 8), is_behind(2, 3))
    ),
    "best 1/3 at 2, behind the best 5 once": Way(either(upper(1 / 3, 2), is_behind(1, 3))),
    "0.1 behind the 5th at 2 to 10": Way(margin(0.1, 5, *BEFORE)),
    "0.1 behind the 3rd at 2 to 10": Way(margin(0.1, 3, *BEFORE)),
    "chance of the best 5 < 5 % at 2, 3, 5, 8": Way(predicted(0.05, 2, 3, 5, 8)),
    "chance of the best 5 < 20 % at 2, 3, 5, 8": Way(predicted(0.2, 2, 3, 5, 8)),
    "best 1/3 at 2, 4; averaged and raw apart": Way(upper(1 / 3, 2, 4), averaged),
    "best 1/3 at 2, 4; onecycle apart": Way(upper(1 / 3, 2, 4), onecycle),
}


def replay(curves: Sequence[Recorded], way: Way) -> list[int]:
    """Epochs that each candidate trains, in this order, one after the other."""
    epochs = len(curves[0].accuracies)
    everyone, groups = Seen(epochs), dict[object, Seen]()
    trained = []
    for curve in curves:
        peers = everyone
        if way.apart:
            peers = groups.setdefault(way.apart(curve), Seen(epochs))
        length = _length(curve.accuracies, way, everyone, peers) if way.bound else epochs
        trained.append(length)
        for seen in {id(everyone): everyone, id(peers): peers}.values():
            seen.add(curve.accuracies[:length])
    return trained


def _length(curve: Curve, way: Way, everyone: Seen, peers: Seen) -> int:
    if len(everyone.full) < KEPT:
        return len(curve)
    bar = everyone.bar
    for length in range(1, len(curve)):
        shown = curve[:length]
        if score((*shown, *(1.0,) * (len(curve) - length))) < bar:
            return length
        if length <= len(curve) - WINDOW and len(peers.full) >= KEPT and way.rule(shown, peers):
            return length
    return len(curve)
