"""The display of repeats, live and in a log."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from rich.console import Console

from search.cli.display import LiveDisplay
from search.cli.repeat_display import (
    PlannedRepeatDisplay,
    RepeatView,
    job_name,
    open_repeat_display,
)
from search.evaluation.repeats import Repeat
from search.evaluation.retraining import (
    RepeatDropped,
    RepeatEpoch,
    RepeatFinished,
    RepeatJob,
    RepeatsPlanned,
    RepeatStarted,
)
from search.training.interrupts import Stopping
from tests.support import simulated_run as simulated
from tests.support.terminal import WIDTH, Clock, frame, written

EPOCHS = simulated.EPOCHS
JOBS = [RepeatJob(f"trial {number}", 0, simulated.CANDIDATE, number) for number in range(3)]


def repeat(job: RepeatJob, accuracy: list[Any], failure: str = "") -> Repeat:
    """A repeat that took 30 seconds per epoch."""
    others = (0.9,) * len(accuracy)
    return Repeat(
        key=job.key,
        number=job.number,
        seed=job.seed,
        split="validation",
        images=10_000,
        train_examples=50_000,
        accuracy=tuple(accuracy),
        loss=others,
        training_accuracy=others,
        training_loss=others,
        seconds=30.0 * len(accuracy),
        device="cpu",
        versions="torch 2",
        time="2026-11-01T00:00:00+00:00",
        failure=failure,
    )


def events_of(job: RepeatJob) -> Iterator[RepeatEpoch | RepeatFinished | RepeatStarted]:
    """The events of a repeat from start to end."""
    yield RepeatStarted(job)
    for epoch in range(1, EPOCHS):
        yield RepeatEpoch(job, epoch, 0.99, 30.0)
    yield RepeatFinished(job, repeat(job, [0.99] * (EPOCHS - 1) + [0.9921]))


def test_a_log_gets_a_line_per_repeat() -> None:
    """The line has accuracies with split and n, and progress; the first epoch gives an estimate."""
    console = Console(file=io.StringIO(), width=WIDTH)
    with open_repeat_display(console, len(JOBS)) as display:
        for job in JOBS:
            for event in events_of(job):
                display.show(event)
    first, *lines = written(console).splitlines()
    assert first == "first epoch took 30 s: about 22 min left"
    assert lines[0] == (
        "trial 0, repeat 1  99.21 % after 15 epochs, best 99.21 % on validation, "
        "n = 10,000 images  7 min 30 s  [1 of 3, about 15 min left]"
    )
    assert lines[2].endswith("[3 of 3]")
    assert len(lines) == len(JOBS)
    assert "\x1b" not in written(console)


def test_repeats_that_end_otherwise_are_reported() -> None:
    """A failed repeat, a dropped one and Ctrl-C each print a line."""
    console = Console(file=io.StringIO(), width=WIDTH)
    with open_repeat_display(console) as display:
        for job in JOBS[:2]:
            display.show(RepeatStarted(job))
        display.show(
            RepeatFinished(JOBS[0], repeat(JOBS[0], [], "the training loss became nan in epoch 1"))
        )
        display.show(RepeatDropped(JOBS[1]))
        display.show(Stopping())
    failed, left, stopping = written(console).splitlines()
    assert failed.startswith("trial 0, repeat 1  failed after 0 epochs: the training loss became")
    assert left == "trial 1, repeat 1  dropped: it can no longer change the result  [1 repeat]"
    assert "Ctrl-C again" in stopping


def test_a_frame_shows_the_running_repeats(terminal: Console) -> None:
    """A frame has a bar with the time left, which is updated, and one bar per running repeat."""
    clock = Clock()
    with open_repeat_display(terminal, 3, clock.read) as display:
        assert isinstance(display, LiveDisplay)
        assert "after the first epoch" in frame(display)
        display.show(RepeatStarted(JOBS[0]))
        display.show(RepeatStarted(JOBS[1]))
        display.show(RepeatEpoch(JOBS[0], 1, 0.9812, 30.0))
        bars = frame(display)
        assert "0 of 3" in bars
        assert "epoch 1 of 15" in bars
        assert "98.12 %" in bars
        assert "epoch 0 of 15" in bars
        assert "about 14 min left" in bars
        clock.now = 120.0
        assert "about 12 min left" in frame(display)
        display.show(RepeatFinished(JOBS[0], repeat(JOBS[0], [0.99] * EPOCHS)))
        assert "trial 0" not in frame(display)
        assert "1 of 3" in frame(display)
    assert "trial 0, repeat 1" in written(terminal)
    assert not display._live.is_started


def test_a_restarted_repeat_is_shown_once(terminal: Console) -> None:
    """A repeat that restarts after its worker was killed has a single bar."""
    with open_repeat_display(terminal, 1) as display:
        assert isinstance(display, LiveDisplay)
        for event in (
            RepeatStarted(JOBS[0]),
            RepeatEpoch(JOBS[0], 3, 0.9, 1.0),
            RepeatStarted(JOBS[0]),
        ):
            display.show(event)
        assert frame(display).count("trial 0") == 1
        assert "epoch 0 of 15" in frame(display)


def test_a_bar_has_a_short_name() -> None:
    """Text that is equal for all repeats is left out, to leave room for the bar."""
    key = "drilldown trial 40, 15 epochs: batch norm"
    step = RepeatJob(key, 1, simulated.CANDIDATE, 0, "batch norm")
    assert job_name(step) == "batch norm, repeat 2"
    assert job_name(JOBS[2]) == "trial 2, repeat 1"


def test_a_race_has_no_total(terminal: Console) -> None:
    """Without a total, neither a share nor a time left is shown."""
    with open_repeat_display(terminal) as display:
        assert isinstance(display, LiveDisplay)
        for event in events_of(JOBS[0]):
            display.show(event)
        bars = frame(display)
    assert " of " not in bars
    assert "left" not in bars


@pytest.mark.parametrize("parallel, epochs", [(1, 14 + 15 + 15), (2, 14 + 15), (3, 15)])
def test_the_time_left_accounts_for_parallel_repeats(parallel: Any, epochs: int) -> None:
    """A free worker takes the next repeat; the time is unknown before the first epoch."""
    view = RepeatView(len(JOBS))
    for job in JOBS[:parallel]:
        view.take(RepeatStarted(job))
    assert view.status().seconds_left is None
    view.take(RepeatEpoch(JOBS[0], 1, 0.9, 30.0))
    assert view.status().seconds_left == pytest.approx(epochs * 30.0)


def planned_lines(*events: Any) -> list[str]:
    """The log lines of events."""
    console = Console(file=io.StringIO(), width=200)
    with PlannedRepeatDisplay(console) as display:
        for event in events:
            display.show(event)
    return written(console).splitlines()


def test_the_planned_number_is_the_total() -> None:
    """Lines show the finished repeats of the planned number and the time left."""
    job = RepeatJob("trial 0", 0, simulated.CANDIDATE, 0)
    events = (RepeatStarted(job), RepeatEpoch(job, 1, 0.99, 30.0), RepeatDropped(job))
    estimate, dropped = planned_lines(RepeatsPlanned(3), *events)
    assert "first epoch took 30 s: about" in estimate
    assert "[0 of 3, about" in dropped


def test_nothing_planned_shows_nothing() -> None:
    """If no repeat is missing, nothing is printed, except on Ctrl-C."""
    assert planned_lines(RepeatsPlanned(0)) == []
    assert len(planned_lines(RepeatsPlanned(0), Stopping())) == 1
