"""Progress on the console: bars on a terminal, plain lines elsewhere. Does not import torch.

Trials and repeats share this code: an `EventView` turns their events into lines and bars.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, Self, TypeVar

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from search.candidates.wording import duration

FRAMES = 2  # per second; the values change only every few seconds
BAR = 24  # characters; leaves room for the text at 80 columns
Clock = Callable[[], float]  # seconds, never backwards
Event = TypeVar("Event")


@dataclass(frozen=True)
class Status:
    """The number of finished trainings, their total and the seconds left; None if unknown."""

    done: int
    total: int | None
    seconds_left: float | None


class Bars:
    """A progress bar over all trainings, and one over the epochs of each running training."""

    def __init__(self, console: Console, title: str) -> None:
        self.progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(BAR),
            TextColumn("{task.fields[count]}", markup=False),
            TextColumn("{task.fields[note]}", markup=False),
            console=console,
            auto_refresh=False,  # drawn as part of a frame
        )
        self._all = self.progress.add_task(title, total=None, count="", note="")
        self._under_way: dict[Hashable, TaskID] = {}

    def start(self, key: Hashable, name: str, epochs: int) -> None:
        """Add a bar. key: identifies the bar in later calls; an existing bar is restarted."""
        self.end(key)
        self._under_way[key] = self.progress.add_task(
            name, total=epochs, count=f"epoch 0 of {epochs}", note=""
        )

    def advance(self, key: Hashable, epoch: int, epochs: int, note: str) -> None:
        """Move a bar to an epoch, counted from 1."""
        self.progress.update(
            self._under_way[key], completed=epoch, count=f"epoch {epoch} of {epochs}", note=note
        )

    def end(self, key: Hashable) -> None:
        """Remove a bar if it exists."""
        if key in self._under_way:
            self.progress.remove_task(self._under_way.pop(key))

    def show_status(self, status: Status, note: str) -> None:
        """Update the bar over all trainings."""
        count = f"{status.done:,}" + ("" if status.total is None else f" of {status.total:,}")
        self.progress.update(
            self._all, total=status.total, completed=status.done, count=count, note=note
        )


class EventView(ABC, Generic[Event]):
    """Converts a stream of events to lines and bars. title: label of the bar over all trainings."""

    title: str

    @abstractmethod
    def take(self, event: Event) -> None:
        """Count one event. Events must be passed in order."""

    @abstractmethod
    def lines(self, event: Event) -> Sequence[str]:
        """The log lines of an event that has been counted; often none."""

    @abstractmethod
    def update(self, bars: Bars, event: Event) -> None:
        """Update the bars of the running trainings after an event has been counted."""

    @abstractmethod
    def status(self) -> Status:
        """The status after the events counted so far."""

    @property
    def active(self) -> bool:
        """Whether the bars are currently shown."""
        return True

    def lasting_lines(self, event: Event) -> Sequence[str]:
        """The lines that are printed permanently on a terminal, above the bars."""
        return self.lines(event)

    def header(self) -> Sequence[RenderableType]:
        """Content shown above the bars and removed together with them."""
        return ()


class Display(Generic[Event]):
    """Prints the log lines of each event.

    A context manager: on exit, all live content is removed.
    """

    def __init__(self, console: Console, view: EventView[Event]) -> None:
        self._console = console
        self._view = view

    def show(self, event: Event) -> None:
        """Process the next event and update the output."""
        self._view.take(event)
        self._print(self._view.lines(event))

    def _print(self, lines: Sequence[str]) -> None:
        whole = not self._console.is_terminal  # lines of a log are not wrapped
        for line in lines:
            self._console.print(line, markup=False, highlight=False, soft_wrap=whole)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Do nothing: plain lines need no clean-up."""


class LiveDisplay(Display[Event]):
    """Draws bars that change in place; permanent lines are printed above them."""

    def __init__(self, console: Console, view: EventView[Event], clock: Clock) -> None:
        super().__init__(console, view)
        self._clock = clock
        self._status = view.status()
        self._ends: float | None = None  # expected end of the last training, on the clock
        self._bars = Bars(console, view.title)
        self._live = Live(
            console=console,
            get_renderable=self._frame,
            refresh_per_second=FRAMES,
            transient=True,
        )

    def show(self, event: Event) -> None:
        """Process the next event and update the output."""
        self._view.take(event)
        self._view.update(self._bars, event)
        self._status = self._view.status()
        left = self._status.seconds_left
        self._ends = None if left is None else self._clock() + left
        if not self._view.active:
            self._live.stop()
        self._print(self._view.lasting_lines(event))
        self._start_if_active()

    def __enter__(self) -> Self:
        self._start_if_active()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Restore the terminal."""
        self._live.stop()

    def _start_if_active(self) -> None:
        if self._view.active:
            self._live.start()  # no effect if already started

    def _frame(self) -> RenderableType:
        """One frame, drawn in a separate thread, so the time left is updated between events."""
        self._bars.show_status(self._status, self._time_left())
        return Group(*self._view.header(), self._bars.progress)

    def _time_left(self) -> str:
        if self._ends is not None:
            return f"about {duration(max(0.0, self._ends - self._clock()))} left"
        return "" if self._status.total is None else "time left: known after the first epoch"


def choose_display(console: Console, view: EventView[Event], clock: Clock) -> Display[Event]:
    """Return a display with bars on a terminal, and one with plain lines elsewhere."""
    if console.is_terminal and not console.is_dumb_terminal:
        return LiveDisplay(console, view, clock)
    return Display(console, view)
