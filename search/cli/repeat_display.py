"""Repeats as they are trained: live on a terminal, a line per finished repeat anywhere else."""

import time
from collections import deque
from collections.abc import Callable
from statistics import fmean
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.progress import Progress, TaskID

from search.candidates.wording import comma_separated, counted, duration, percent
from search.cli.run_display import FRAMES, bars
from search.cli.run_log import RunTally, log_lines
from search.evaluation.retraining import (
    RepeatDropped,
    RepeatEpoch,
    RepeatEvent,
    RepeatFinished,
    RepeatJob,
    RepeatStarted,
)
from search.loop.time_left import RECENT
from search.training.interrupts import Stopping


class RepeatPace:
    """How far the repeats are, and how long they still take.

    total: how many are to be trained, None where a race decides that on the way.
    """

    def __init__(self, total: int | None) -> None:
        self.total = total
        self.done = 0
        self.under_way: dict[RepeatJob, int] = {}  # epochs trained
        self._abreast = 1  # the most that were ever under way at a time
        self._longest = 1  # epochs of a repeat
        self._seconds: deque[float] = deque(maxlen=RECENT)  # per epoch

    @property
    def measured(self) -> int:
        """Epochs timed so far, of the recent ones."""
        return len(self._seconds)

    def take(self, event: RepeatEvent) -> None:
        """Counts one event."""
        if isinstance(event, RepeatStarted):
            self.under_way[event.job] = 0
            self._abreast = max(self._abreast, len(self.under_way))
            self._longest = max(self._longest, event.job.candidate.recipe.epochs)
        elif isinstance(event, RepeatEpoch):
            self.under_way[event.job] = event.epoch
            self._seconds.append(event.seconds)
        else:
            self.under_way.pop(event.job, None)
            self.done += isinstance(event, RepeatFinished)
            if isinstance(event, RepeatFinished) and event.repeat.accuracy:
                self._seconds.append(event.repeat.seconds / len(event.repeat.accuracy))

    def seconds_left(self) -> float | None:
        """Until the last repeat ends; None before the first epoch and where no total is known."""
        if not self._seconds or self.total is None:
            return None
        loads = [job.candidate.recipe.epochs - epoch for job, epoch in self.under_way.items()]
        waiting = max(0, self.total - self.done - len(loads))
        loads += [0] * (self._abreast - len(loads))
        for _ in range(waiting):  # each is taken by whoever is free first
            loads.sort()
            loads[0] += self._longest
        return fmean(self._seconds) * max(loads)

    @property
    def stand(self) -> str:
        """Where the repeats stand: "3 of 7, about 12 min left"."""
        seconds = self.seconds_left()
        share = (
            counted(self.done, "repeat") if self.total is None else f"{self.done} of {self.total}"
        )
        return comma_separated([share, f"about {duration(seconds)} left" if seconds else ""])


class RepeatDisplay:
    """Shows the events of repeats, a plain line for each that matters.

    A context manager: what is drawn live is gone when it ends, however it ends.
    """

    def __init__(self, console: Console, total: int | None) -> None:
        self._console = console
        self._pace = RepeatPace(total)

    def show(self, event: RepeatEvent | Stopping) -> None:
        """Takes the next event and shows what it changes."""
        if isinstance(event, Stopping):
            self._say(*log_lines(event, RunTally()))
            return
        self._pace.take(event)
        if isinstance(event, RepeatFinished | RepeatDropped):
            self._say(f"{repeat_line(event)}  [{self._pace.stand}]")
        elif isinstance(event, RepeatEpoch) and self._pace.measured == 1:
            self._say(*_first_estimate(event, self._pace))

    def _say(self, *told: str) -> None:
        whole = not self._console.is_terminal  # a log keeps its lines, a terminal wraps at words
        for line in told:
            self._console.print(line, markup=False, highlight=False, soft_wrap=whole)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is left to do for lines."""


class LiveRepeatDisplay(RepeatDisplay):
    """A bar over all repeats, where their number is known, and one for each under way."""

    def __init__(self, console: Console, total: int | None, clock: Callable[[], float]) -> None:
        super().__init__(console, total)
        self._clock = clock
        self._ends: float | None = None  # when the last repeat is expected to end, on the clock
        self._members: dict[RepeatJob, TaskID] = {}
        self._bars = bars(console)
        self._all = self._bars.add_task("repeats", total=total, count="", note="")
        self._live = Live(
            console=console,
            get_renderable=self._view,
            refresh_per_second=FRAMES,
            transient=True,
        )

    def show(self, event: RepeatEvent | Stopping) -> None:
        """Takes the next event; what must not vanish is printed above the bars."""
        super().show(event)
        if isinstance(event, RepeatStarted):
            self._remove(event.job)  # a repeat whose worker was killed begins anew
            epochs = event.job.candidate.recipe.epochs
            task = self._bars.add_task(job_name(event.job), total=epochs, count="", note="")
            self._members[event.job] = task
            self._bars.update(task, count=f"epoch 0 of {epochs}")
        elif isinstance(event, RepeatEpoch):
            self._bars.update(
                self._members[event.job],
                completed=event.epoch,
                count=f"epoch {event.epoch} of {event.job.candidate.recipe.epochs}",
                note=percent(event.accuracy),
            )
        elif not isinstance(event, Stopping):
            self._remove(event.job)
        left = self._pace.seconds_left()
        self._ends = None if left is None else self._clock() + left

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Gives the terminal back."""
        self._live.stop()

    def _remove(self, job: RepeatJob) -> None:
        if job in self._members:
            self._bars.remove_task(self._members.pop(job))

    def _view(self) -> Progress:
        """One frame, drawn by a thread of its own: between events the time left runs down."""
        pace = self._pace
        count = f"{pace.done}" if pace.total is None else f"{pace.done} of {pace.total}"
        note = "time left: after the first epoch" if pace.total is not None else ""
        if self._ends is not None:
            note = f"about {duration(max(0.0, self._ends - self._clock()))} left"
        self._bars.update(self._all, completed=pace.done, count=count, note=note)
        return self._bars


def open_repeat_display(
    console: Console | None = None,
    total: int | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> RepeatDisplay:
    """The display that suits the console: live on a terminal, plain lines elsewhere.

    total: repeats to be trained, those on the shelf already left out; None where that is decided on
    the way. clock: seconds, never backwards.
    """
    console = console or Console()
    if console.is_terminal and not console.is_dumb_terminal:
        return LiveRepeatDisplay(console, total, clock)
    return RepeatDisplay(console, total)


def job_name(job: RepeatJob) -> str:
    """What is trained, and which repeat of it, counted from 1: "trial 40, repeat 2"."""
    return f"{job.name or job.key}, repeat {job.number + 1}"


def repeat_line(event: RepeatFinished | RepeatDropped) -> str:
    """A repeat in one line: how it ended, its figures with their split and n, its time."""
    if isinstance(event, RepeatDropped):
        return f"{job_name(event.job)}  given up: it can no longer matter"
    repeat = event.repeat
    epochs = counted(len(repeat.accuracy), "epoch")
    if repeat.failure:
        return f"{job_name(event.job)}  failed after {epochs}: {repeat.failure}"
    figures = f"{percent(repeat.accuracy[-1])} after {epochs}, best {percent(max(repeat.accuracy))}"
    split = f"on {repeat.split}, n = {repeat.images:,} images"
    return f"{job_name(event.job)}  {figures} {split}  {duration(repeat.seconds)}"


def _first_estimate(event: RepeatEpoch, pace: RepeatPace) -> list[str]:
    seconds = pace.seconds_left()
    if seconds is None:
        return []
    return [f"first epoch took {duration(event.seconds)}: about {duration(seconds)} to go"]
