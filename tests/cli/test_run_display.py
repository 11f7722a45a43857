import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from search.cli.display import LiveDisplay
from search.cli.run_display import open_display
from search.loop.events import Advanced, Ended, Finished, Started
from tests.support import simulated_run as simulated
from tests.support.terminal import WIDTH, Clock, frame, written


def events(**run: Any) -> Iterator[Any]:
    """The events of a run of 8 candidates with 2 workers; every third stops early."""
    return simulated.run(wanted=8, workers=2, length=lambda n: 6 if n % 3 == 1 else 15, **run)


def test_a_log_gets_plain_lines() -> None:
    """Without a terminal, each finished trial is one unwrapped line without control codes."""
    console = Console(file=io.StringIO(), width=WIDTH)
    with open_display(console) as display:
        for _, event in events():
            display.show(event)
    lines = written(console).splitlines()
    assert "\x1b" not in written(console)
    assert sum(line.startswith("trial ") for line in lines) == 8
    assert all(line.endswith(simulated.CANDIDATE.label) for line in lines if "trial " in line[:6])
    assert any(line.startswith("first epoch took 30 s: about 30 min left") for line in lines)


def test_a_frame_shows_the_progress_of_the_run(terminal: Console) -> None:
    """A frame has the best few with n, counts, a bar over trials and one per candidate."""
    clock = Clock()
    display = open_display(terminal, clock.read)
    assert isinstance(display, LiveDisplay)
    with display:
        for now, event in events(before=[simulated.trained(0, 0.9921)]):
            clock.now = now
            display.show(event)
            if isinstance(event, Finished):
                break
        clock.now += 10
        text = frame(display)
    assert "99.21 %" in text
    assert "n = 10,000" in text
    assert "2 of 8" in text
    assert "this run: 2 accepted, 1 stopped early, 4 over budget" in text
    assert text.count("epoch 5 of 15") + text.count("epoch 6 of 15") == 1
    assert "min left" in text
    assert all(len(line) <= WIDTH for line in text.splitlines())


def test_the_time_left_is_updated(terminal: Console) -> None:
    """The time left decreases between events, and never below zero."""
    clock = Clock()
    with open_display(terminal, clock.read) as display:
        assert isinstance(display, LiveDisplay)
        assert "after the first epoch" in frame(display)
        for _, event in simulated.run(wanted=1, workers=1):
            display.show(event)
            if isinstance(event, Advanced):
                break
        assert "about 7 min left" in frame(display)
        clock.now = 60.0
        assert "about 6 min left" in frame(display)
        clock.now = 6_000.0
        assert "about 0.0 s left" in frame(display)


def test_a_terminal_keeps_the_summary(terminal: Console) -> None:
    """The bars are removed at the end of the run; first lines and summary stay."""
    with open_display(terminal) as display:
        assert isinstance(display, LiveDisplay)
        for _, event in events():
            display.show(event)
    assert "study mnist in studies/mnist" in written(terminal)
    assert "complete: 8 of 8 candidates trained" in written(terminal)
    assert not display._live.is_started


def test_a_failure_does_not_vanish(terminal: Console) -> None:
    """On a terminal, a failed candidate is printed above the bars with its reason."""
    with open_display(terminal) as display:
        for _, event in events():
            if isinstance(event, Finished):
                reason = "its loss became NaN in epoch 7"
                record = simulated.ended(event.record.number, "failed", [0.1] * 6, reason)
                display.show(Finished(record, 1, ()))
                break
            display.show(event)
    assert "failed after 6 epochs: its loss became NaN" in written(terminal)


def test_an_error_restores_the_terminal(terminal: Console) -> None:
    """If an exception ends the run, the bars are removed and the cursor is visible again."""
    display = open_display(terminal)
    assert isinstance(display, LiveDisplay)

    def break_off() -> None:
        with display:
            for _, event in events():
                display.show(event)
                if isinstance(event, Advanced):
                    raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    assert not display._live.is_started
    assert "\x1b[?25h" in written(terminal)


def test_any_order_of_rejections_is_shown(terminal: Console) -> None:
    """Rejections before the first accepted candidate count; a run may end without training."""
    opened = next(event for _, event in events())
    with open_display(terminal) as display:
        assert isinstance(display, LiveDisplay)
        display.show(opened)
        display.show(simulated.over_budget(0))
        assert "0 accepted, 1 over budget" in frame(display)
        display.show(
            Ended("interrupted", trained=0, wanted=8, best=(), seconds=1.0, seconds_training=0.0)
        )
    assert "interrupted: 0 of 8 candidates trained" in written(terminal)


def test_a_repeat_is_printed_above_the_bars(terminal: Console) -> None:
    """The start, the end and the news of a repeat stay on the terminal."""
    started = Started(8, simulated.CANDIDATE, 8, repeat_of=1, repeat=2)
    record = replace(simulated.trained(8, 0.9921), repeat_of=1, repeat=2)
    opening = next(event for _, event in events())
    with open_display(terminal, Clock().read) as display:
        for event in (
            opening,
            started,
            Advanced(8, 1, 15, 0.9, 8.0),
            Finished(record, 0, (), "news"),
        ):
            display.show(event)
    printed = written(terminal)
    assert "trial 8: repeat 2 of 3 of trial 1" in printed
    assert "99.21 % consistency" in printed
    assert "news" in printed
