"""Progress on the console: bars on a terminal, plain lines anywhere else. Never imports torch.

One mechanism for trials and repeats: an `EventView` turns their events into lines and bars.
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

FRAMES = 2  # per second: enough for figures that change once in seconds
BAR = 24  # characters; leaves room for the figures at 80 columns
Clock = Callable[[], float]  # seconds, never backwards
Event = TypeVar("Event")


@dataclass(frozen=True)
class Status:
    """Trainings that are done, of how many (None if unknown), and the seconds left if known."""

    done: int
    total: int | None
    seconds_left: float | None


class Bars:
    """A bar over all trainings, and one over the epochs of each training under way."""

    def __init__(self, console: Console, title: str) -> None:
        self.progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(BAR),
            TextColumn("{task.fields[count]}", markup=False),
            TextColumn("{task.fields[note]}", markup=False),
            console=console,
            auto_refresh=False,  # they are drawn with the frame that they belong to
        )
        self._all = self.progress.add_task(title, total=None, count="", note="")
        self._under_way: dict[Hashable, TaskID] = {}

    def start(self, key: Hashable, name: str, epochs: int) -> None:
        """Adds a bar. key: names it in later calls; one that was started before begins anew."""
        self.end(key)
        self._under_way[key] = self.progress.add_task(
            name, total=epochs, count=f"epoch 0 of {epochs}", note=""
        )

    def advance(self, key: Hashable, epoch: int, epochs: int, note: str) -> None:
        """Moves a bar to an epoch, counted from 1."""
        self.progress.update(
            self._under_way[key], completed=epoch, count=f"epoch {epoch} of {epochs}", note=note
        )

    def end(self, key: Hashable) -> None:
        """Removes a bar if there is one."""
        if key in self._under_way:
            self.progress.remove_task(self._under_way.pop(key))

    def show_status(self, status: Status, note: str) -> None:
        """Sets the bar over all trainings."""
        count = f"{status.done:,}" + ("" if status.total is None else f" of {status.total:,}")
        self.progress.update(
            self._all, total=status.total, completed=status.done, count=count, note=note
        )


class EventView(ABC, Generic[Event]):
    """Converts a stream of events to lines and bars. title: of the bar over all trainings."""

    title: str

    @abstractmethod
    def take(self, event: Event) -> None:
        """Counts one event; they come in order."""

    @abstractmethod
    def lines(self, event: Event) -> Sequence[str]:
        """The log lines of an event that was counted; often none."""

    @abstractmethod
    def update(self, bars: Bars, event: Event) -> None:
        """Changes the bars of the trainings under way, after an event that was counted."""

    @abstractmethod
    def status(self) -> Status:
        """After the events that were counted."""

    @property
    def active(self) -> bool:
        """Whether the bars are to be drawn now."""
        return True

    def lasting_lines(self, event: Event) -> Sequence[str]:
        """Those of the lines that stay on a terminal, above the bars and after them."""
        return self.lines(event)

    def header(self) -> Sequence[RenderableType]:
        """What is drawn above the bars, and gone with them."""
        return ()


class Display(Generic[Event]):
    """Prints a plain line for each event that matters.

    A context manager: on exit, everything drawn live is removed.
    """

    def __init__(self, console: Console, view: EventView[Event]) -> None:
        self._console = console
        self._view = view

    def show(self, event: Event) -> None:
        """Takes the next event and shows what it changes."""
        self._view.take(event)
        self._print(self._view.lines(event))

    def _print(self, lines: Sequence[str]) -> None:
        whole = not self._console.is_terminal  # a log keeps its lines, a terminal wraps at words
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
        """Does nothing; lines need no clean-up."""


class LiveDisplay(Display[Event]):
    """Draws bars that change in place; lasting lines are printed above them."""

    def __init__(self, console: Console, view: EventView[Event], clock: Clock) -> None:
        super().__init__(console, view)
        self._clock = clock
        self._status = view.status()
        self._ends: float | None = None  # when the last training is expected to end, on the clock
        self._bars = Bars(console, view.title)
        self._live = Live(
            console=console,
            get_renderable=self._frame,
            refresh_per_second=FRAMES,
            transient=True,
        )

    def show(self, event: Event) -> None:
        """Takes the next event and shows what it changes."""
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
        """Restores the terminal."""
        self._live.stop()

    def _start_if_active(self) -> None:
        if self._view.active:
            self._live.start()  # does nothing where it was started before

    def _frame(self) -> RenderableType:
        """One frame, drawn by a thread of its own: between events the time left runs down."""
        self._bars.show_status(self._status, self._time_left())
        return Group(*self._view.header(), self._bars.progress)

    def _time_left(self) -> str:
        if self._ends is not None:
            return f"about {duration(max(0.0, self._ends - self._clock()))} left"
        return "" if self._status.total is None else "time left: after the first epoch"


def choose_display(console: Console, view: EventView[Event], clock: Clock) -> Display[Event]:
    """The display that suits the console: bars on a terminal, plain lines elsewhere."""
    if console.is_terminal and not console.is_dumb_terminal:
        return LiveDisplay(console, view, clock)
    return Display(console, view)
