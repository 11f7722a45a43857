import io
from typing import Any

import pytest
from rich.console import Console
from rich.text import Text

from search.cli.display import Bars, Display, EventView, LiveDisplay, Status, choose_display
from tests.support.terminal import written

TOTAL = 3


class Countdown(EventView[str]):
    """A view of words: "open" and "close" show and hide the bars, "done" counts."""

    title = "words"

    def __init__(self) -> None:
        self._done = 0
        self._active = False

    @property
    def active(self) -> bool:
        """Whether "open" came and "close" did not yet."""
        return self._active

    def take(self, event: str) -> None:
        """Count one event."""
        self._done += event == "done"
        self._active = event == "open" or (self._active and event != "close")

    def lines(self, event: str) -> list[str]:
        """One line for every event."""
        return [f"line of {event}"]

    def lasting_lines(self, event: str) -> list[Any]:
        """The lines of all events but "done"."""
        return [] if event == "done" else self.lines(event)

    def update(self, bars: Bars, event: str) -> None:
        """Show a bar from "start" to "done"."""
        if event == "start":
            bars.start("key", "the word", 5)
            bars.advance("key", 2, 5, "a note")
        elif event == "done":
            bars.end("key")

    def status(self) -> Status:
        """The status, with ten seconds left for each missing "done"."""
        return Status(self._done, TOTAL, 10.0 * (TOTAL - self._done))

    def header(self) -> list[Text]:
        """One line."""
        return [Text("the header")]


def console(**options: Any) -> Console:
    """A console of 80 columns that keeps its output."""
    return Console(file=io.StringIO(), width=80, color_system=None, **options)


def frame(display: LiveDisplay[str]) -> str:
    """The current frame of a display as plain text."""
    copy = Console(file=io.StringIO(), width=80, record=True)
    copy.print(display._frame())
    return copy.export_text()


@pytest.mark.parametrize(
    "options",
    [{"force_terminal": False}, {"force_terminal": True, "_environ": {"TERM": "dumb"}}],
    ids=["pipe", "dumb terminal"],
)
def test_without_cursor_control_all_lines_are_printed(options: dict[str, Any]) -> None:
    """A pipe and a dumb terminal get every line of the view and no control sequence."""
    plain = console(**options)
    with choose_display(plain, Countdown(), lambda: 0.0) as display:
        assert type(display) is Display
        for event in ("open", "start", "done", "close"):
            display.show(event)
    assert written(plain).splitlines() == [
        "line of open",
        "line of start",
        "line of done",
        "line of close",
    ]


def test_bars_are_drawn_while_the_view_is_active() -> None:
    """Bars are shown between "open" and "close"; only permanent lines are printed."""
    terminal = console(force_terminal=True)
    with choose_display(terminal, Countdown(), lambda: 0.0) as display:
        assert isinstance(display, LiveDisplay)
        assert not display._live.is_started
        for event in ("open", "start", "done"):
            display.show(event)
            assert display._live.is_started
        display.show("close")
        assert not display._live.is_started
    assert "line of open" in written(terminal)
    assert "line of done" not in written(terminal)


def test_a_frame_holds_header_status_and_a_bar_per_training() -> None:
    """The bar of a training is removed at its end; count and time left are updated."""
    with choose_display(console(force_terminal=True), Countdown(), lambda: 0.0) as display:
        assert isinstance(display, LiveDisplay)
        for event in ("open", "start"):
            display.show(event)
        header, status, training = frame(display).splitlines()
        assert header == "the header"
        assert "words" in status
        assert "0 of 3" in status
        assert "about 30 s left" in status
        assert "the word" in training
        assert "epoch 2 of 5" in training
        assert "a note" in training
        display.show("done")
        _, status = frame(display).splitlines()
        assert "1 of 3" in status
        assert "about 20 s left" in status
