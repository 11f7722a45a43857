"""Terminal output as plain text, and a clock that tests set."""

import io
from typing import Any

from rich.console import Console, RenderableType

from search.cli.display import LiveDisplay

WIDTH = 80  # columns


class Clock:
    """A clock that tests set."""

    now = 0.0

    def read(self) -> float:
        """Return the time in seconds."""
        return self.now


def frame(display: LiveDisplay[Any]) -> str:
    """Return the current text of a live display."""
    console = Console(file=io.StringIO(), width=WIDTH, record=True)
    console.print(display._frame())
    return console.export_text()


def written(console: Console) -> str:
    """Return all output of a console that writes to a StringIO."""
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def text(renderable: RenderableType, width: int = WIDTH) -> str:
    """Return a renderable as printed into a pipe; asserts that no line is longer than `width`."""
    console = Console(file=io.StringIO(), width=width)
    console.print(renderable)
    lines = written(console).splitlines()
    assert all(len(line) <= width for line in lines)
    return "\n".join(line.rstrip() for line in lines)
