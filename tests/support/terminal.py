"""What the terminal shows, as plain text, at times that a test sets."""

import io

from rich.console import Console, RenderableType

WIDTH = 80  # columns


class Clock:
    """The time that a test sets."""

    now = 0.0

    def read(self) -> float:
        """Seconds."""
        return self.now


def frame(display) -> str:
    """The bars of a live display at this moment."""
    console = Console(file=io.StringIO(), width=WIDTH, record=True)
    console.print(display._frame())
    return console.export_text()


def written(console: Console) -> str:
    """All that a console on a StringIO was sent."""
    return console.file.getvalue()


def text(renderable: RenderableType, width: int = WIDTH) -> str:
    """A table as it is printed into a pipe of that width; no line is longer."""
    console = Console(file=io.StringIO(), width=width)
    console.print(renderable)
    lines = console.file.getvalue().splitlines()
    assert all(len(line) <= width for line in lines)
    return "\n".join(line.rstrip() for line in lines)
