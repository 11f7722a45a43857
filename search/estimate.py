"""How long a run still takes: from the epochs it has measured. Pure; never imports torch."""

from collections import Counter, deque
from statistics import fmean

RECENT = 60  # epochs that set the pace: a few candidates' worth, so that a change of speed shows


class Estimate:
    """The time to go until `wanted` candidates are trained in the study, by this run's workers.

    trained: candidates trained so far. A candidate is expected to go on after an epoch as often as
    those before it did (Kaplan and Meier's estimate): all of its epochs until one is stopped early,
    in the end the mean over those that finished. The mean alone would mislead at first, for whoever
    is stopped early also finishes early.
    """

    def __init__(self, wanted: int, trained: int, workers: int) -> None:
        self._wanted = wanted
        self._trained = trained
        self._workers = workers
        self._pace: deque[float] = deque(maxlen=RECENT)  # seconds per epoch
        self._reached: Counter[int] = Counter()  # candidates that trained each epoch, ...
        self._ended: Counter[int] = Counter()  # ... and that ended after it before their last
        self._under_way: dict[int, tuple[int, int]] = {}  # number: (epochs done, epochs in full)
        self._full = 0  # epochs of the candidate admitted last

    def start(self, number: int, epochs: int) -> None:
        """A candidate was admitted that trains for `epochs` if nothing stops it."""
        self._under_way[number] = (0, epochs)
        self._full = epochs

    def advance(self, number: int, epoch: int, seconds: float) -> None:
        """Its epoch, counted from 1, took so many seconds."""
        _, epochs = self._under_way[number]
        self._under_way[number] = (epoch, epochs)
        self._reached[epoch] += 1
        self._pace.append(seconds)

    def finish(self, number: int, trained: int, *, counts: bool = True) -> None:
        """It is done, and the study now has `trained`. counts: False if it was interrupted."""
        epoch, epochs = self._under_way.pop(number)
        self._trained = trained
        if counts and epoch < epochs:
            self._ended[epoch] += 1

    def seconds_left(self) -> float | None:
        """Seconds until the last candidate ends, 0 or more; None before the first epoch.

        Every worker ends its candidate and takes its share of those still to come.
        """
        if not self._pace:
            return None
        busy = sorted(self._epochs_left(*progress) for progress in self._under_way.values())
        loads = [0.0] * (self._workers - len(busy)) + busy
        waiting = max(0, self._wanted - self._trained - len(busy))
        rounds, rest = divmod(waiting, len(loads))
        each = self._epochs_left(0, self._full)
        ends = [load + (rounds + (place < rest)) * each for place, load in enumerate(loads)]
        return fmean(self._pace) * max(ends)

    def _epochs_left(self, epoch: int, epochs: int) -> float:
        left, alive = 0.0, 1.0
        for following in range(epoch + 1, epochs + 1):
            left += alive
            if self._ended[following]:
                alive *= 1 - self._ended[following] / self._reached[following]
        return left
