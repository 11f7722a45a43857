"""How long a run still takes: from the epochs it has measured. Pure; never imports torch."""

from collections import Counter, deque
from dataclasses import dataclass
from math import ceil
from statistics import fmean

import optuna
from optuna.samplers import RandomSampler

from search.errors import FrugalError
from search.loop.pruning import KEPT
from search.study.settings import StudySettings
from search.study.user_files import Space

RECENT = 60  # epochs that set the pace: a few candidates' worth, so that a change of speed shows
SIZES = 60  # candidates whose mean size is expected of those to come
SIZE_DRAWS = 8  # what the mean size of drawn candidates weighs, in candidates: a search moves away

# What an epoch costs beside its MACs, as MACs per image: least squares on 21 candidates of 15
# epochs, torch 2.15 on 2 cores, 2026-11-21. With it the seconds of an epoch spread by 20 % around
# the line, by MACs alone by 36 %, by nothing by 37 %.
BESIDE = 600_000

# How a share of epochs comes about: some stop early in their training, the rest goes to the end.
STOPPED_AFTER = 2 / 15  # of their epochs
BELIEVED = 20  # candidates that the expectation weighs: the first are stopped less than later ones
SPACE_DRAWS = 40  # random candidates: their mean of MACs is then known to a tenth; 0.2 s

# Of the epochs of candidates that come when KEPT are trained to the end, the share that is trained
# in a study of 100. The shipped run of 2026-11-21 on 2 cores: 0.60 of candidates 7 to 20, 0.52 of
# those to 40, 0.45 of those to 61; replays (benchmarks/estimate.py), whose later candidates do not
# get better any more: 0.37.
EXPECTED = 0.5

# Of the epochs of a search for the smallest network, the share that is trained: the middle of what
# benchmarks/target.py gives before and after there is an answer (0.65 to 0.82), 21 candidates
EXPECTED_OF_SMALLEST = 0.75


@dataclass(frozen=True)
class Forecast:
    """How long candidates are expected to be trained.

    expected: the share of its epochs that a candidate is trained for, once `full` more candidates
    have been trained to the end; those are what others are compared with. macs: of a candidate that
    the space proposes and the budget admits, on average; None if unknown.
    """

    expected: float = 1.0
    full: int = 0
    macs: float | None = None


@dataclass
class CandidateProgress:
    """A candidate under way. judged: it was begun when others could be compared with."""

    epochs: int  # in full
    weight: float  # MACs of an epoch, per image, with those it costs beside
    judged: bool
    epoch: int = 0


class Estimate:
    """The time to go until `wanted` candidates are trained in the study, by this run's workers.

    trained: candidates trained so far. An epoch's seconds follow the candidate's MACs. A candidate
    is expected to go on after an epoch as often as those before it did (Kaplan and Meier's
    estimate), beside a few imagined ones that stop as the outlook has it. Until there are
    candidates to compare with, all run in full.
    """

    def __init__(
        self, wanted: int, trained: int, workers: int, outlook: Forecast | None = None
    ) -> None:
        self._wanted = wanted
        self._trained = trained
        self._workers = workers
        self.outlook = outlook or Forecast()
        self._full = self.outlook.full  # candidates still to be trained to the end
        self._pace: deque[tuple[float, float]] = deque(maxlen=RECENT)  # (seconds, weight)
        self._sizes: deque[float] = deque(maxlen=SIZES)  # weights of the candidates admitted
        self._reached: Counter[int] = Counter()  # candidates that trained each epoch, ...
        self._ended: Counter[int] = Counter()  # ... and that ended after it before their last
        self._under_way: dict[int, CandidateProgress] = {}
        self._epochs = 0  # of the candidate admitted last

    def start(self, number: int, epochs: int, macs: int = 0) -> None:
        """A candidate was admitted that trains for `epochs` if nothing stops it."""
        weight = float(macs + BESIDE)
        self._under_way[number] = CandidateProgress(epochs, weight, judged=self._full <= 0)
        self._sizes.append(weight)
        self._epochs = epochs

    def advance(self, number: int, epoch: int, seconds: float) -> None:
        """Its epoch, counted from 1, took so many seconds."""
        course = self._under_way[number]
        course.epoch = epoch
        self._reached[epoch] += course.judged
        self._pace.append((seconds, course.weight))

    def finish(self, number: int, trained: int, *, counts: bool = True) -> None:
        """It is done, and the study now has `trained`. counts: False if it was interrupted."""
        course = self._under_way.pop(number)
        self._trained = trained
        if counts and course.epoch < course.epochs:
            self._ended[course.epoch] += course.judged
        self._full -= counts and course.epoch == course.epochs

    def seconds_left(self) -> float | None:
        """Seconds until the last candidate ends, 0 or more; None before the first epoch.

        Every worker ends its candidate and takes its share of those still to come.
        """
        if not self._pace:
            return None
        busy = sorted(c.weight * self._epochs_left(c) for c in self._under_way.values())
        loads = [0.0] * (self._workers - len(busy)) + busy
        waiting = max(0, self._wanted - self._trained - len(busy))
        rounds, rest = divmod(waiting, len(loads))
        each = self._each(waiting)
        ends = [load + (rounds + (place < rest)) * each for place, load in enumerate(loads)]
        seconds = sum(seconds for seconds, _ in self._pace)
        return seconds / sum(weight for _, weight in self._pace) * max(ends)

    def _each(self, waiting: int) -> float:
        """What a candidate that is still to come costs on average, as MACs."""
        drawn = [self.outlook.macs + BESIDE] * SIZE_DRAWS if self.outlook.macs else []
        begun = sum(not course.judged for course in self._under_way.values())
        rounds = ceil(max(0, self._full) / self._workers)
        unjudged = min(waiting, max(0, rounds * self._workers - begun))
        epochs = unjudged * self._epochs + (waiting - unjudged) * self._expected(0, self._epochs)
        return fmean([*self._sizes, *drawn]) * epochs / max(1, waiting)

    def _epochs_left(self, course: CandidateProgress) -> float:
        left = course.epochs - course.epoch
        return self._expected(course.epoch, course.epochs) if course.judged else left

    def _expected(self, epoch: int, epochs: int) -> float:
        """Epochs that follow, of one that is compared with others."""
        left, alive = 0.0, 1.0
        early = min(epochs - 1, max(1, round(STOPPED_AFTER * epochs)))
        stopping = min(1.0, (1 - self.outlook.expected) * epochs / max(1, epochs - early))
        for following in range(epoch + 1, epochs + 1):
            left += alive
            imagined = BELIEVED if following == early and stopping else 0
            ended = self._ended[following] + imagined * stopping
            alive *= 1 - ended / max(1, self._reached[following] + imagined)
        return left


def forecast(space: Space, setup: StudySettings, trained: int, *, prune: bool) -> Forecast:
    """The outlook of a run on a study. trained: its candidates that were trained to the end."""
    macs = typical_macs(space, setup)
    if not prune:
        return Forecast(macs=macs)
    expected = EXPECTED if setup.target is None else EXPECTED_OF_SMALLEST
    return Forecast(expected, max(0, KEPT - trained), macs)


def typical_macs(space: Space, setup: StudySettings) -> float | None:
    """Mean MACs of candidates drawn at random, as far as they keep the budget; None if none does.

    A space that raises is told of when it is asked in earnest.
    """
    aside = optuna.create_study(sampler=RandomSampler(seed=setup.seed))
    try:
        drawn = [space.sample(aside.ask(), setup.task) for _ in range(SPACE_DRAWS)]
    except FrugalError:
        return None
    kept = [c.architecture.macs for c in drawn if not setup.budget.violations(c)]
    return fmean(kept) if kept else None
