"""The display of repeats that opens once their number is known."""

import io

from rich.console import Console

from search.cli.planned_repeats import PlannedRepeatDisplay
from search.evaluation.retraining import (
    RepeatDropped,
    RepeatEpoch,
    RepeatJob,
    RepeatsPlanned,
    RepeatStarted,
)
from search.training.interrupts import Stopping
from tests.support import simulated_run as simulated


def printed(*events) -> list[str]:
    """The lines that events give in a log."""
    console = Console(file=io.StringIO(), width=200)
    with PlannedRepeatDisplay(console) as display:
        for event in events:
            display.show(event)
    return console.file.getvalue().splitlines()


def test_the_planned_number_is_the_total():
    """Of it the lines say how many repeats are done and how long the rest takes."""
    job = RepeatJob("trial 0", 0, simulated.CANDIDATE, 0)
    events = (RepeatStarted(job), RepeatEpoch(job, 1, 0.99, 30.0), RepeatDropped(job))
    estimate, dropped = printed(RepeatsPlanned(3), *events)
    assert "first epoch took 30 s: about" in estimate
    assert "[0 of 3, about" in dropped


def test_nothing_planned_shows_nothing():
    """Everything is trained already; Ctrl-C is still answered."""
    assert printed(RepeatsPlanned(0)) == []
    assert len(printed(RepeatsPlanned(0), Stopping())) == 1
