"""Progress of repeats: bars on a terminal, one line per finished repeat elsewhere."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from rich.console import Console

from search.candidates.wording import comma_separated, counted, duration, percent, time_left_words
from search.cli.display import Bars, Clock, Display, EventView, Status, choose_display
from search.cli.run_log import STOPPING, first_epoch_words
from search.evaluation.retraining import (
    FilesSetAside,
    RepeatDropped,
    RepeatEpoch,
    RepeatEvent,
    RepeatFinished,
    RepeatJob,
    RepeatsPlanned,
    RepeatStarted,
)
from search.loop.time_left import Estimate
from search.training.interrupts import Stopping


class RepeatView(EventView[RepeatEvent | Stopping]):
    """A bar over all repeats and one for each running repeat.

    total: number of repeats to train, None if a race decides it during training.
    """

    title = "repeats"

    def __init__(self, total: int | None) -> None:
        self._total = total
        self._done = 0
        self._measured = 0  # number of events that gave the duration of an epoch
        self._estimate = Estimate(
            total or 0, trained=0, workers=1
        )  # the estimate adapts to more workers

    def take(self, event: RepeatEvent | Stopping) -> None:
        """Count one event. Events must be passed in order."""
        match event:
            case RepeatStarted(job=job):
                self._estimate.start(job, job.candidate.recipe.epochs)
            case RepeatEpoch(job=job):
                self._measure(job, event.epoch, event.seconds)
            case RepeatFinished(job=job, repeat=repeat):
                if epochs := len(repeat.accuracy):  # the last epoch has no separate event
                    self._measure(job, epochs, repeat.seconds / epochs)
                self._done += 1
                self._estimate.finish(job, self._done, counts=False)
            case RepeatDropped(job=job):
                self._estimate.finish(job, self._done, counts=False)

    def _measure(self, job: RepeatJob, epoch: int, seconds: float) -> None:
        self._measured += 1
        self._estimate.advance(job, epoch, seconds)

    def lines(self, event: RepeatEvent | Stopping) -> list[str]:
        """One line per finished repeat, and the time left once it is known."""
        match event:
            case Stopping():
                return [STOPPING]
            case FilesSetAside(lines=lines):
                return list(lines)
            case RepeatFinished() | RepeatDropped():
                return [f"{repeat_line(event)}  [{self._progress_words()}]"]
            case RepeatEpoch() if self._measured == 1:
                left = self.status().seconds_left
                return [] if left is None else [first_epoch_words(event.seconds, left)]
            case _:
                return []

    def update(self, bars: Bars, event: RepeatEvent | Stopping) -> None:
        """Update the bar of each running repeat."""
        match event:
            case RepeatStarted(job=job):
                bars.start(job, job_name(job), job.candidate.recipe.epochs)
            case RepeatEpoch(job=job):
                epochs = job.candidate.recipe.epochs
                bars.advance(job, event.epoch, epochs, percent(event.accuracy))
            case RepeatFinished(job=job) | RepeatDropped(job=job):
                bars.end(job)

    def status(self) -> Status:
        """The number of finished repeats; no time left if the total is unknown."""
        left = None if self._total is None else self._estimate.seconds_left()
        return Status(self._done, self._total, left)

    def _progress_words(self) -> str:
        """The progress in words: "3 of 7, about 12 min left"."""
        status = self.status()
        done = counted(status.done, "repeat")
        share = done if status.total is None else f"{status.done:,} of {status.total:,}"
        return comma_separated([share, time_left_words(status.seconds_left)])


def open_repeat_display(
    console: Console | None = None,
    total: int | None = None,
    clock: Clock = time.monotonic,
) -> Display[RepeatEvent | Stopping]:
    """Return a display with bars on a terminal, and one with plain lines elsewhere.

    total: number of repeats to train, excluding those already recorded; None if it is decided
    during training. clock: monotonic clock in seconds.
    """
    return choose_display(console or Console(), RepeatView(total), clock)


class PlannedRepeatDisplay:
    """Shows the events of repeats. `RepeatsPlanned`, the first event, opens the display.

    A context manager: on exit, all live content is removed.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._stack = ExitStack()
        self._show: Callable[[RepeatEvent | Stopping], object] | None = None

    def show(self, event: RepeatsPlanned | RepeatEvent | Stopping) -> None:
        """Process the next event and update the output."""
        if isinstance(event, RepeatsPlanned):
            display = open_repeat_display(self._console, event.total)
            self._show = self._stack.enter_context(display).show
        elif self._show is not None:
            self._show(event)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Restore the terminal."""
        self._stack.close()


def job_name(job: RepeatJob) -> str:
    """The name of a job and the number of the repeat, from 1: "trial 40, repeat 2"."""
    return f"{job.name or job.key}, repeat {job.number + 1}"


def repeat_line(event: RepeatFinished | RepeatDropped) -> str:
    """A repeat in one line: outcome, accuracies with split and n, and duration."""
    if isinstance(event, RepeatDropped):
        return f"{job_name(event.job)}  dropped: it can no longer change the result"
    repeat = event.repeat
    epochs = counted(len(repeat.accuracy), "epoch")
    if repeat.failure:
        return f"{job_name(event.job)}  failed after {epochs}: {repeat.failure}"
    figures = f"{percent(repeat.accuracy[-1])} after {epochs}, best {percent(max(repeat.accuracy))}"
    split = f"on {repeat.split}, n = {repeat.images:,} images"
    return f"{job_name(event.job)}  {figures} {split}  {duration(repeat.seconds)}"
