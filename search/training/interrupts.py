"""Ctrl-C handling: the first stops after the current epoch, the second immediately. No torch."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Stopping:
    """Event: the user interrupted the run, which stops at the end of the current epoch."""


class Stoppable(Protocol):
    """A run, or the training of repeats, that stops after the current epoch if `stop` is set."""

    stop: bool


@contextmanager
def ending_on_interrupt(
    stoppable: Stoppable, show: Callable[[Stopping], object] | None = None
) -> Iterator[None]:
    """Handle Ctrl-C: the first sets `stop` and calls `show`, the second raises KeyboardInterrupt.

    Has no effect outside the main thread, because Python handles signals only there.
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
