"""Estimate the time left of a run or of repeats from measured epochs. Does not import torch."""

from collections import Counter, deque
from collections.abc import Hashable
from dataclasses import dataclass
from math import ceil
from statistics import fmean

from search.candidates.candidate import Candidate
from search.errors import FrugalError
from search.loop.pruning import KEPT
from search.study.settings import StudySettings
from search.study.user_files import Space

RECENT_EPOCHS = 60  # used to measure the speed: a few candidates, to follow changes of speed
RECENT_CANDIDATES = 60  # used to estimate the mean size of future candidates
# Weight of the mean size of random candidates, in candidates. It is small because a search moves
# away from random sizes.
DRAWN_WEIGHT = 8

# The constant cost of an epoch, as MACs per image: least squares on 21 candidates of 15 epochs,
# torch 2.15 on 2 cores, 2026-11-21. The seconds of an epoch deviate by 20 % from this line, by 36 %
# from a line without the constant, and by 37 % from their mean.
OVERHEAD_MACS = 600_000

# A simple model of early stopping with a given expected share of epochs: some candidates stop after
# STOPPED_AFTER of their epochs, the rest train to the end.
STOPPED_AFTER = 2 / 15
PRIOR_CANDIDATES = 20  # weight of the model, in candidates: early ones are stopped less often
DRAWS = 40  # random candidates, for an estimate of their mean MACs within 10 % in 0.2 s

# The share of epochs that is trained in a study of 100 candidates, once KEPT of them are trained to
# the end. Shipped run of 2026-11-21 on 2 cores: 0.60 for candidates 7 to 20, 0.52 for 7 to 40,
# 0.45 for 7 to 61. Replays (benchmarks/early_stopping/time_left.py), in which later candidates do
# not improve: 0.37.
EXPECTED_SHARE = 0.5

# The share of epochs that is trained in a search for the smallest network: the middle of the values
# before and after there is an answer (0.65 to 0.82), by benchmarks/early_stopping/smallest.py on 21
# candidates.
EXPECTED_SHARE_OF_SMALLEST = 0.75


@dataclass(frozen=True)
class Forecast:
    """Expectations about the candidates of a run before any measurement.

    full: the number of candidates that are trained to the end before early stopping can compare
    others with them. expected: the share of epochs that later candidates are trained for. macs:
    mean MACs of random candidates within the budget; None if unknown.
    """

    expected: float = 1.0
    full: int = 0
    macs: float | None = None


@dataclass
class CandidateProgress:
    """A candidate in training. compared: whether early stopping can compare it with others."""

    epochs: int  # of the full training
    weight: float  # cost of an epoch: MACs per image plus OVERHEAD_MACS
    compared: bool
    epoch: int = 0


class Estimate:
    """The time until `wanted` candidates are trained, in a run or in repeats.

    trained: candidates trained so far. workers: candidates trained in parallel; raised to the
    largest number in training at once so far. The seconds of an epoch are proportional to the
    candidate's cost (MACs plus OVERHEAD_MACS). The probability that a candidate continues after an
    epoch is the Kaplan-Meier estimate from earlier candidates and PRIOR_CANDIDATES imaginary ones
    that stop as forecast. Until there are candidates to compare with, all are expected to train to
    the end.
    """

    def __init__(
        self, wanted: int, trained: int, workers: int, forecast: Forecast | None = None
    ) -> None:
        self._wanted = wanted
        self._trained = trained
        self._workers = workers
        self.forecast = forecast or Forecast()
        self._full = self.forecast.full  # candidates that must still be trained to the end
        self._pace: deque[tuple[float, float]] = deque(maxlen=RECENT_EPOCHS)  # (seconds, weight)
        self._sizes: deque[float] = deque(
            maxlen=RECENT_CANDIDATES
        )  # costs per epoch of the candidates started
        self._reached: Counter[int] = Counter()  # candidates that trained each epoch, ...
        self._ended: Counter[int] = Counter()  # ... and that ended after it before their last
        self._under_way: dict[Hashable, CandidateProgress] = {}
        self._epochs = 0  # of the candidate started last

    def start(self, key: Hashable, epochs: int, macs: int = 0) -> None:
        """Add a candidate that trains for `epochs` epochs unless it is stopped early.

        key: identifies it in later calls, such as the trial's number. A second start resets it.
        """
        weight = float(macs + OVERHEAD_MACS)
        self._under_way[key] = CandidateProgress(epochs, weight, compared=self._full <= 0)
        self._workers = max(self._workers, len(self._under_way))
        self._sizes.append(weight)
        self._epochs = epochs

    def advance(self, key: Hashable, epoch: int, seconds: float) -> None:
        """Record the seconds of an epoch. epoch: counted from 1."""
        progress = self._under_way[key]
        progress.epoch = epoch
        self._reached[epoch] += progress.compared
        self._pace.append((seconds, progress.weight))

    def finish(self, key: Hashable, trained: int, *, counts: bool = True) -> None:
        """Record its end. trained: candidates trained now.

        counts: False if its length must not affect the estimate, as after an interruption.
        """
        progress = self._under_way.pop(key)
        self._trained = trained
        if counts and progress.epoch < progress.epochs:
            self._ended[progress.epoch] += progress.compared
        self._full -= counts and progress.epoch == progress.epochs

    def seconds_left(self) -> float | None:
        """Return the seconds until the last candidate ends; None before the first epoch.

        Assumes that each worker finishes its candidate and trains an equal share of the rest.
        """
        if not self._pace:
            return None
        busy = sorted(p.weight * self._epochs_left(p) for p in self._under_way.values())
        loads = [0.0] * (self._workers - len(busy)) + busy
        waiting = max(0, self._wanted - self._trained - len(busy))
        rounds, rest = divmod(waiting, len(loads))
        cost = self._mean_cost(waiting)
        ends = [load + (rounds + (place < rest)) * cost for place, load in enumerate(loads)]
        seconds = sum(seconds for seconds, _ in self._pace)
        return seconds / sum(weight for _, weight in self._pace) * max(ends)

    def _mean_cost(self, waiting: int) -> float:
        """The mean cost of the `waiting` candidates over all their epochs, as MACs."""
        macs = self.forecast.macs
        drawn = [macs + OVERHEAD_MACS] * DRAWN_WEIGHT if macs else []
        started = sum(not progress.compared for progress in self._under_way.values())
        rounds = ceil(max(0, self._full) / self._workers)
        in_full = min(waiting, max(0, rounds * self._workers - started))
        expected = self._expected_epochs(0, self._epochs)
        epochs = in_full * self._epochs + (waiting - in_full) * expected
        return fmean([*self._sizes, *drawn]) * epochs / max(1, waiting)

    def _epochs_left(self, progress: CandidateProgress) -> float:
        if not progress.compared:
            return progress.epochs - progress.epoch
        return self._expected_epochs(progress.epoch, progress.epochs)

    def _expected_epochs(self, epoch: int, epochs: int) -> float:
        """The expected number of epochs after `epoch` of a candidate compared with others."""
        left, alive = 0.0, 1.0
        early = min(epochs - 1, max(1, round(STOPPED_AFTER * epochs)))
        stopping = min(1.0, (1 - self.forecast.expected) * epochs / max(1, epochs - early))
        for following in range(epoch + 1, epochs + 1):
            left += alive
            imagined = PRIOR_CANDIDATES if following == early and stopping else 0
            ended = self._ended[following] + imagined * stopping
            alive *= 1 - ended / max(1, self._reached[following] + imagined)
        return left


def forecast(space: Space, setup: StudySettings, trained: int, *, prune: bool) -> Forecast:
    """Return the forecast of a run. trained: candidates of the study trained to the end so far."""
    macs = typical_macs(space, setup)
    if not prune:
        return Forecast(macs=macs)
    expected = EXPECTED_SHARE if setup.target is None else EXPECTED_SHARE_OF_SMALLEST
    return Forecast(expected, max(0, KEPT - trained), macs)


def typical_macs(space: Space, setup: StudySettings) -> float | None:
    """Return the mean MACs of random candidates within the budget; None if none is within it.

    None also if the space raises, because the run itself reports that error.
    """
    try:
        drawn = space.draw(setup.task, DRAWS, setup.seed)
    except FrugalError:
        return None
    candidates = [candidate for candidate in drawn if isinstance(candidate, Candidate)]
    admitted = [c.architecture.macs for c in candidates if not setup.budget.violations(c)]
    return fmean(admitted) if admitted else None
