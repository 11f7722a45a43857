"""Estimates the time left of a run or of repeats from measured epochs. Never imports torch."""

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

RECENT_EPOCHS = 60  # that set the pace: a few candidates' worth, so that a change of speed shows
RECENT_CANDIDATES = 60  # whose mean size is expected of those to come
DRAWN_WEIGHT = (
    8  # what the mean size of drawn candidates weighs, in candidates: a search moves away
)

# What an epoch costs beside its MACs, as MACs per image: least squares on 21 candidates of 15
# epochs, torch 2.15 on 2 cores, 2026-11-21. With it the seconds of an epoch spread by 20 % around
# the line, by MACs alone by 36 %, by nothing by 37 %.
OVERHEAD_MACS = 600_000

# A model of early stopping that explains an expected share of epochs: some candidates stop early in
# their training, the rest trains to the end.
STOPPED_AFTER = 2 / 15  # of their epochs
PRIOR_CANDIDATES = 20  # that the model weighs: the first are stopped less than later ones
DRAWS = 40  # random candidates: their mean of MACs is then known to a tenth; 0.2 s

# Of the epochs of candidates that come when KEPT are trained to the end, the share that is trained
# in a study of 100. The shipped run of 2026-11-21 on 2 cores: 0.60 of candidates 7 to 20, 0.52 of
# those to 40, 0.45 of those to 61; replays (benchmarks/early_stopping/time_left.py), whose later
# candidates do not get better any more: 0.37.
EXPECTED_SHARE = 0.5

# Of the epochs of a search for the smallest network, the share that is trained: the middle of what
# benchmarks/early_stopping/smallest.py gives before and after there is an answer (0.65 to 0.82), on
# 21 candidates
EXPECTED_SHARE_OF_SMALLEST = 0.75


@dataclass(frozen=True)
class Forecast:
    """Expectations about the candidates of a run before any is measured.

    expected: the share of its epochs that a candidate is trained for, once `full` more candidates
    have been trained to the end, with which others are compared. macs: average of the candidates
    that the space proposes and the budget admits; None if unknown.
    """

    expected: float = 1.0
    full: int = 0
    macs: float | None = None


@dataclass
class CandidateProgress:
    """A candidate in training. compared: whether others to compare it with existed at its start."""

    epochs: int  # in full
    weight: float  # MACs of an epoch, per image, with OVERHEAD_MACS
    compared: bool
    epoch: int = 0


class Estimate:
    """The time until `wanted` candidates are trained, of a run's trials or of repeats.

    trained: candidates trained so far. workers: candidates that train at a time; at least the
    largest number in training at once so far. The seconds of an epoch are proportional to the
    candidate's MACs. The probability that a candidate continues after an epoch is the Kaplan-Meier
    estimate from earlier candidates and PRIOR_CANDIDATES imaginary ones that stop as forecast.
    Until there are candidates to compare with, all are expected to train in full.
    """

    def __init__(
        self, wanted: int, trained: int, workers: int, forecast: Forecast | None = None
    ) -> None:
        self._wanted = wanted
        self._trained = trained
        self._workers = workers
        self.forecast = forecast or Forecast()
        self._full = self.forecast.full  # candidates still to be trained to the end
        self._pace: deque[tuple[float, float]] = deque(maxlen=RECENT_EPOCHS)  # (seconds, weight)
        self._sizes: deque[float] = deque(maxlen=RECENT_CANDIDATES)  # weights of those admitted
        self._reached: Counter[int] = Counter()  # candidates that trained each epoch, ...
        self._ended: Counter[int] = Counter()  # ... and that ended after it before their last
        self._under_way: dict[Hashable, CandidateProgress] = {}
        self._epochs = 0  # of the candidate admitted last

    def start(self, key: Hashable, epochs: int, macs: int = 0) -> None:
        """A candidate was admitted that trains for `epochs` if nothing stops it.

        key: identifies it in later calls, such as a trial's number. A second start resets it.
        """
        weight = float(macs + OVERHEAD_MACS)
        self._under_way[key] = CandidateProgress(epochs, weight, compared=self._full <= 0)
        self._workers = max(self._workers, len(self._under_way))
        self._sizes.append(weight)
        self._epochs = epochs

    def advance(self, key: Hashable, epoch: int, seconds: float) -> None:
        """Its epoch, counted from 1, took so many seconds."""
        progress = self._under_way[key]
        progress.epoch = epoch
        self._reached[epoch] += progress.compared
        self._pace.append((seconds, progress.weight))

    def finish(self, key: Hashable, trained: int, *, counts: bool = True) -> None:
        """It has ended; `trained` candidates are trained now.

        counts: False if its length must not affect the estimate, as after an interruption.
        """
        progress = self._under_way.pop(key)
        self._trained = trained
        if counts and progress.epoch < progress.epochs:
            self._ended[progress.epoch] += progress.compared
        self._full -= counts and progress.epoch == progress.epochs

    def seconds_left(self) -> float | None:
        """Seconds until the last candidate ends, 0 or more; None before the first epoch.

        Every worker finishes its candidate and trains an equal share of the remaining ones.
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
        """The average cost of a future candidate over all its epochs, as MACs."""
        macs = self.forecast.macs
        drawn = [macs + OVERHEAD_MACS] * DRAWN_WEIGHT if macs else []
        begun = sum(not progress.compared for progress in self._under_way.values())
        rounds = ceil(max(0, self._full) / self._workers)
        in_full = min(waiting, max(0, rounds * self._workers - begun))
        expected = self._expected_epochs(0, self._epochs)
        epochs = in_full * self._epochs + (waiting - in_full) * expected
        return fmean([*self._sizes, *drawn]) * epochs / max(1, waiting)

    def _epochs_left(self, progress: CandidateProgress) -> float:
        if not progress.compared:
            return progress.epochs - progress.epoch
        return self._expected_epochs(progress.epoch, progress.epochs)

    def _expected_epochs(self, epoch: int, epochs: int) -> float:
        """Expected number of epochs after `epoch` for a candidate that is compared with others."""
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
    """The forecast of a run on a study. trained: number of candidates trained to the end so far."""
    macs = typical_macs(space, setup)
    if not prune:
        return Forecast(macs=macs)
    expected = EXPECTED_SHARE if setup.target is None else EXPECTED_SHARE_OF_SMALLEST
    return Forecast(expected, max(0, KEPT - trained), macs)


def typical_macs(space: Space, setup: StudySettings) -> float | None:
    """Mean MACs of random candidates within the budget; None if none is within it.

    Also None if the space raises, because the run itself reports the error.
    """
    try:
        drawn = space.draw(setup.task, DRAWS, setup.seed)
    except FrugalError:
        return None
    candidates = [candidate for candidate in drawn if isinstance(candidate, Candidate)]
    admitted = [c.architecture.macs for c in candidates if not setup.budget.violations(c)]
    return fmean(admitted) if admitted else None
