"""A run as it unfolds: live on a terminal, in plain lines anywhere else. Never imports torch."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from search.candidates.wording import comma_separated, duration, percent, score_context
from search.cli.run_log import RunTally, ending_lines, finished_line, log_lines, opening_lines
from search.loop.events import Advanced, Ended, Finished, Opened, RunEvent, Started
from search.study.records import Record
from search.training.interrupts import Stopping

FRAMES = 2  # per second: enough for figures that change once in seconds
BAR = 24  # characters; leaves room for the figures at 80 columns
Clock = Callable[[], float]


class Display:
    """Shows a run's events, a plain line for each that matters.

    A context manager: what is drawn live is gone when it ends, however it ends.
    """

    def __init__(self, console: Console, tally: RunTally) -> None:
        self._console = console
        self._tally = tally

    def show(self, event: RunEvent) -> None:
        """Takes the next event and shows what it changes."""
        self._tally.take(event)
        self._say(log_lines(event, self._tally))

    def _say(self, told: list[str]) -> None:
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


class LiveDisplay(Display):
    """Bars over trials and over the epochs of each candidate under way, counts, the best few."""

    def __init__(self, console: Console, tally: RunTally, clock: Clock) -> None:
        super().__init__(console, tally)
        self._clock = clock
        self._best: tuple[Record, ...] = ()
        self._ends: float | None = None  # when the run is expected to end, on the clock
        self._members: dict[int, TaskID] = {}
        self._bars = bars(console)
        self._trials = self._bars.add_task("trials", total=None, count="", note="")
        self._live = Live(
            console=console,
            get_renderable=self._view,
            refresh_per_second=FRAMES,
            transient=True,
        )

    def show(self, event: RunEvent) -> None:
        """Takes the next event; what must not vanish is printed above the bars."""
        self._tally.take(event)
        match event:
            case Opened():
                self._say(opening_lines(event, self._tally))
                self._best = event.best
                self._live.start()
            case Started():
                self._add(event)
            case Advanced():
                self._advance(event)
            case Finished():
                self._finish(event)
            case Stopping():
                self._say(log_lines(event, self._tally))
            case Ended():
                self._live.stop()
                self._say(ending_lines(event, self._tally))
        self._foresee()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Gives the terminal back."""
        self._live.stop()

    def _add(self, event: Started) -> None:
        epochs = event.candidate.recipe.epochs
        self._members[event.number] = self._bars.add_task(
            f"trial {event.number}", total=epochs, count=f"epoch 0 of {epochs}", note=""
        )
        self._say(log_lines(event, self._tally))

    def _advance(self, event: Advanced) -> None:
        self._bars.update(
            self._members[event.number],
            completed=event.epoch,
            count=f"epoch {event.epoch} of {event.epochs}",
            note=f"{percent(event.accuracy)} validation",
        )

    def _finish(self, event: Finished) -> None:
        self._best = event.best
        self._bars.remove_task(self._members.pop(event.record.number))
        if event.record.outcome == "failed" or event.record.repeat_of is not None:
            self._say([finished_line(event.record, self._tally)])
        self._say([*filter(None, [event.news])])

    def _foresee(self) -> None:
        """Keeps the expected end as a point on the clock, so that the time left runs down."""
        left = self._tally.estimate.seconds_left()
        self._ends = None if left is None else self._clock() + left
        self._bars.update(
            self._trials,
            total=self._tally.wanted,
            completed=self._tally.trained,
            count=f"{self._tally.trained:,} of {self._tally.wanted:,}",
        )

    def _view(self) -> RenderableType:
        """One frame, drawn by a thread of its own."""
        self._bars.update(self._trials, note=self._time_left())
        shown: list[RenderableType] = [Text(_counts(self._tally)), self._bars]
        if self._best:
            shown.insert(0, _best(self._best, self._tally))
        return Group(*shown)

    def _time_left(self) -> str:
        ends = self._ends
        if ends is None:
            return "time left: after the first epoch"
        return f"about {duration(max(0.0, ends - self._clock()))} left"


def open_display(console: Console | None = None, clock: Clock = time.monotonic) -> Display:
    """The display that suits the console: live on a terminal, plain lines elsewhere.

    clock: seconds, never backwards.
    """
    console = console or Console()
    tally = RunTally()
    if console.is_terminal and not console.is_dumb_terminal:
        return LiveDisplay(console, tally, clock)
    return Display(console, tally)


def bars(console: Console) -> Progress:
    """Bars with a description, a count and a note, drawn by whoever asks for a frame."""
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(BAR),
        TextColumn("{task.fields[count]}", markup=False),
        TextColumn("{task.fields[note]}", markup=False),
        console=console,
        auto_refresh=False,
    )


def _counts(tally: RunTally) -> str:
    kinds = ("stopped early", "failed")
    ended = [f"{tally.outcomes[kind]:,} {kind}" for kind in kinds if tally.outcomes[kind]]
    return "this run: " + comma_separated([f"{tally.admitted:,} admitted", *ended, tally.free])


def _best(best: tuple[Record, ...], tally: RunTally) -> Table:
    table = Table(
        title="best so far",
        title_justify="left",
        caption=score_context(tally.window, tally.images),
        caption_justify="left",
        box=None,
        padding=(0, 2, 0, 0),
        pad_edge=False,
    )
    table.add_column("trial", justify="right")
    for name in ("consistency", "parameters"):
        table.add_column(name, justify="right", min_width=len(name))
    table.add_column("candidate", no_wrap=True, overflow="ellipsis")
    for record in best:
        figures = (str(record.number), percent(record.consistency or 0.0), f"{record.parameters:,}")
        table.add_row(*figures, Text(record.label))
    return table
