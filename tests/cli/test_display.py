import io

import pytest
from rich.console import Console
from rich.text import Text

from search.cli.display import Display, EventView, LiveDisplay, Status, choose_display

TOTAL = 3


class Countdown(EventView[str]):
    """Events are words: "open" and "close" begin and end the drawing, "done" counts."""

    title = "words"

    def __init__(self):
        self._done = 0
        self._active = False

    @property
    def active(self):
        """From "open" to "close"."""
        return self._active

    def take(self, event):
        """Counts one event."""
        self._done += event == "done"
        self._active = event == "open" or (self._active and event != "close")

    def lines(self, event):
        """Every event."""
        return [f"line of {event}"]

    def lasting_lines(self, event):
        """All but "done"."""
        return [] if event == "done" else self.lines(event)

    def update(self, bars, event):
        """A bar from "start" to "done"."""
        if event == "start":
            bars.start("key", "the word", 5)
            bars.advance("key", 2, 5, "a note")
        elif event == "done":
            bars.end("key")

    def status(self):
        """Ten seconds for each that is left."""
        return Status(self._done, TOTAL, 10.0 * (TOTAL - self._done))

    def header(self):
        """One line."""
        return [Text("the header")]


def console(**options):
    """One of 80 columns that keeps what it is sent."""
    return Console(file=io.StringIO(), width=80, color_system=None, **options)


def frame(display):
    """What the bars look like at this moment, as plain text."""
    copy = Console(file=io.StringIO(), width=80, record=True)
    copy.print(display._frame())
    return copy.export_text()


@pytest.mark.parametrize(
    "options",
    [{"force_terminal": False}, {"force_terminal": True, "_environ": {"TERM": "dumb"}}],
    ids=["pipe", "dumb terminal"],
)
def test_what_cannot_move_a_cursor_gets_all_lines(options):
    """A pipe, a file and a dumb terminal: every line of the view and no control sequence."""
    plain = console(**options)
    with choose_display(plain, Countdown(), lambda: 0.0) as display:
        assert type(display) is Display
        for event in ("open", "start", "done", "close"):
            display.show(event)
    assert plain.file.getvalue().splitlines() == [
        "line of open",
        "line of start",
        "line of done",
        "line of close",
    ]


def test_bars_are_drawn_while_the_view_is_active():
    """Not before it opens and not after it closes; only lasting lines are printed."""
    terminal = console(force_terminal=True)
    with choose_display(terminal, Countdown(), lambda: 0.0) as display:
        assert isinstance(display, LiveDisplay)
        assert not display._live.is_started
        for event in ("open", "start", "done"):
            display.show(event)
            assert display._live.is_started
        display.show("close")
        assert not display._live.is_started
    assert "line of open" in terminal.file.getvalue()
    assert "line of done" not in terminal.file.getvalue()


def test_a_frame_holds_header_status_and_a_bar_per_training():
    """A bar goes when its training ends; the count and the time left follow."""
    with choose_display(console(force_terminal=True), Countdown(), lambda: 0.0) as display:
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
