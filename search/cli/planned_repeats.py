"""The display of repeats whose number is known only once the function that trains them says so."""

from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from rich.console import Console

from search.cli.repeat_display import open_repeat_display
from search.evaluation.retraining import RepeatEvent, RepeatsPlanned
from search.training.interrupts import Stopping


class PlannedRepeatDisplay:
    """Shows the events of repeats. `RepeatsPlanned`, the first of them, opens the display.

    A context manager: what is drawn live is gone when it ends, however it ends.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._stack = ExitStack()
        self._show: Callable[[RepeatEvent | Stopping], object] | None = None

    def show(self, event: RepeatsPlanned | RepeatEvent | Stopping) -> None:
        """Takes the next event and shows what it changes."""
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
        """Gives the terminal back."""
        self._stack.close()
