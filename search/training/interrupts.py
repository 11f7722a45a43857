"""Ctrl-C in training: the first stops after the epoch; the second stops at once. No torch."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Stopping:
    """The user asked the run to end: it ends at the next epoch."""


class Stoppable(Protocol):
    """A run, or the training of repeats, that ends at the next epoch once `stop` is set."""

    stop: bool


@contextmanager
def ending_on_interrupt(
    stoppable: Stoppable, show: Callable[[Stopping], object] | None = None
) -> Iterator[None]:
    """The first Ctrl-C sets `stop` and calls `show`, the second raises KeyboardInterrupt.

    Has no effect outside the main thread, where Python delivers no signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        if stoppable.stop:
            raise KeyboardInterrupt
        stoppable.stop = True
        if show:
            show(Stopping())

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
