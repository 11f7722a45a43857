from dataclasses import replace
from typing import Any

from search.cli.run_log import RunTally, log_lines
from search.loop.events import Advanced, Ended, Ending, Finished, Opened, Rejected, Started
from search.loop.time_left import Forecast
from search.training.interrupts import Stopping
from tests.support import simulated_run as simulated


def log_of(events: list[Any], window: int = 5, images: int = 10_000) -> tuple[Any, ...]:
    """The log lines of each event, and the tally after the last one."""
    tally, lines = RunTally(), []
    for event in events:
        if isinstance(event, Opened):
            event = replace(event, window=window, images=images)  # noqa: PLW2901 - the case's own
        tally.take(event)
        lines.append(log_lines(event, tally))
    return lines, tally


def opened(trained: int = 0, wanted: int = 100, workers: int = 2) -> Opened:
    """The first event of a run."""
    return Opened(
        study="mnist",
        folder="studies/mnist",
        setup="mnist, 10,000 parameters, 15 epochs",
        device="cpu",
        workers=workers,
        trained=trained,
        wanted=wanted,
        best=(),
        notes=("space space.py",),
    )


def under_way(*numbers: Any) -> list[Started]:
    """The start events of these candidates."""
    return [Started(number, simulated.CANDIDATE, number) for number in numbers]


def test_the_opening_says_what_will_happen() -> None:
    """It shows study, folder, data, budget, workers, device, notes, score context and best."""
    best = replace(opened(7), best=(simulated.trained(3, 0.9921),))
    assert log_of([best])[0][0] == [
        "study mnist in studies/mnist: mnist, 10,000 parameters, 15 epochs",
        "2 workers on cpu; 7 of 100 candidates trained so far",
        "space space.py",
        "consistency: based on validation accuracy over the last 5 epochs, n = 10,000 images",
        "best so far: trial 3  99.21 % consistency  5,256 parameters  "
        "12 12p | 8k1 16 16 conv-pool, sgd onecycle 0.05 b128",
    ]


def test_the_first_epoch_gives_an_estimate() -> None:
    """The estimate is printed once; later epochs print nothing."""
    events = [opened(), *under_way(0), Advanced(0, 1, 15, 0.9, 8.0), Advanced(0, 2, 15, 0.9, 8.0)]
    assert log_of(events)[0][2:] == [
        ["first epoch took 8.0 s: about 1 h 40 min left with 2 workers, "
         "assuming every candidate is trained for 15 epochs"],
        [],
    ]  # fmt: skip


def test_the_first_estimate_states_its_assumption() -> None:
    """If candidates are stopped early, the estimate states the assumed share of epochs."""
    started = replace(opened(), forecast=Forecast(expected=0.4, full=5))
    events = [started, *under_way(0), Advanced(0, 1, 15, 0.9, 8.0)]
    assert log_of(events)[0][-1] == [
        "first epoch took 8.0 s: about 44 min left with 2 workers, "
        "assuming about 60 % of the epochs are pruned"
    ]


def test_a_trained_candidate_is_one_line() -> None:
    """The line has number, score with its window, size, time, progress of the run and label."""
    record = simulated.trained(1, 0.9921)
    rejected = simulated.over_budget(0)
    same = Rejected(2, "duplicate", "", 9_000, "identical to trial 1")
    epoch = Advanced(1, 15, 15, 0.99, 10.0)
    events = [opened(6), rejected, *under_way(1), same, epoch, Finished(record, 7, (record,))]
    assert log_of(events)[0][-1] == [
        "trial 1  trained  99.21 % consistency over the last 5 of 15 epochs  5,256 parameters  "
        "4 min 10 s  [7 of 100, 1 over budget, 1 duplicate, about 1 h 58 min left]  "
        "12 12p | 8k1 16 16 conv-pool, sgd onecycle 0.05 b128"
    ]


def test_other_endings_say_why() -> None:
    """Stopped, failed and interrupted trials show their number of epochs and the reason."""
    records = [
        simulated.ended(0, "stopped early", [0.9, 0.95, 0.97, 0.981]),
        simulated.ended(1, "failed", [0.9], "its loss became NaN in epoch 2"),
        simulated.ended(2, "interrupted", [0.9, 0.95, 0.97], "stopped by the user"),
    ]
    events = [Finished(record, record.number + 1, ()) for record in records]
    lines, tally = log_of([opened(), *under_way(0, 1, 2), *events])
    words = [line.split("  ")[:2] for (line,) in lines[-3:]]
    assert words == [
        ["trial 0", "stopped early after 4 epochs at 98.10 % validation accuracy"],
        ["trial 1", "failed after 1 epoch: its loss became NaN in epoch 2"],
        ["trial 2", "interrupted after 3 epochs (stopped by the user), will run again"],
    ]
    assert tally.trained_by_this_run == 2


def test_rejections_are_counted_but_not_logged() -> None:
    """Rejections print no line; the line of the next trial shows their number."""
    rejections = [simulated.over_budget(n) for n in range(30)]
    lines, tally = log_of([opened(), *rejections])
    assert lines[1:] == [[]] * 30
    assert tally.rejected == "30 over budget"


def test_a_complete_run_sums_up() -> None:
    """The summary shows the trained candidates, the time and the share spent in training."""
    events = [event for _, event in simulated.run(wanted=4, workers=2)]
    assert log_of(events)[0][-1][:2] == [
        "complete: 4 of 4 candidates trained, 4 in this run (4 to the end, 8 over budget)",
        "took 15 min; the workers were training for 97 % of it",
    ]


def test_an_interrupted_run_says_how_to_resume() -> None:
    """An interrupted run names the folder of its progress and how to resume."""
    record = simulated.ended(0, "interrupted", [0.9], "stopped by the user")
    stopped = Ended(
        "interrupted", trained=7, wanted=100, best=(), seconds=720.0, seconds_training=700.0
    )
    lines, _ = log_of([opened(7), *under_way(0), Finished(record, 7, ()), stopped])
    assert lines[-1] == [
        "interrupted: 7 of 100 candidates trained, 0 in this run (0 to the end)",
        "took 12 min; the workers were training for 97 % of it",
        "progress is saved in studies/mnist; run the same command again to resume; "
        "unfinished trials restart from their first epoch",
    ]
    late, _ = log_of([opened(7), replace(stopped, ending="timeout")])
    assert late[-1][0].startswith("time limit reached: 7 of 100 candidates trained")
    assert late[-1][-1] == (
        "progress is saved in studies/mnist; run the same command again to resume"
    )


def test_a_finished_study_says_so() -> None:
    """A run without anything to train says so and how to train more."""
    lines, _ = log_of(
        [
            opened(100),
            Ended("complete", trained=100, wanted=100, best=(), seconds=0.1, seconds_training=0.0),
        ]
    )
    assert lines[-1] == [
        "nothing to do: the study already has 100 trained candidates (100 requested); "
        "raise --trials to train more"
    ]


def test_ctrl_c_is_acknowledged() -> None:
    """Ctrl-C prints when the run will stop and how to stop it immediately."""
    assert log_of([opened(), Stopping()])[0][1] == [
        "stopping after the current epoch; press Ctrl-C again to stop immediately"
    ]


def test_a_repeat_names_its_trial_and_its_number() -> None:
    """The start and the end of a repeat are logged; a repeat does not count as a candidate."""
    started = Started(8, simulated.CANDIDATE, 8, repeat_of=1, repeat=2)
    record = replace(simulated.trained(8, 0.9921), repeat_of=1, repeat=2)
    news = "trial 1 is refuted, 5,256 parameters"
    lines, tally = log_of([opened(6), started, Finished(record, 6, (), news)])
    assert lines[1] == ["trial 8: repeat 2 of 3 of trial 1"]
    assert lines[2][0].startswith("trial 8: repeat 2 of 3 of trial 1  trained  99.21 % consistency")
    assert lines[2][1] == news
    assert (tally.trained_by_this_run, tally.admitted, tally.repeats) == (0, 0, 1)


def test_the_end_names_the_answer() -> None:
    """Every ending of a run prints the answer; repeats are counted separately."""
    record = replace(simulated.trained(8, 0.9921), repeat_of=1, repeat=2)
    words = ("answer: trial 1, 5,256 parameters",)
    started = Started(8, simulated.CANDIDATE, 8, repeat_of=1, repeat=2)
    run = [opened(100), started, Finished(record, 100, ())]
    endings: tuple[tuple[Ending, str], ...] = (
        (
            "complete",
            "complete: 100 of 100 candidates trained, 0 in this run (0 to the end, 1 repeat)",
        ),
        (
            "exhausted",
            "the space no longer proposes candidates smaller than the answer: 100 of 100 "
            "candidates trained, 0 in this run (0 to the end, 1 repeat)",
        ),
    )
    for ending, first in endings:
        lines, _ = log_of(
            [
                *run,
                Ended(
                    ending,
                    trained=100,
                    wanted=100,
                    best=(),
                    seconds=10.0,
                    seconds_training=9.0,
                    notes=words,
                ),
            ]
        )
        assert lines[-1][0] == first
        assert lines[-1][-1] == words[0]
    lines, _ = log_of(
        [
            opened(100),
            Ended(
                "complete",
                trained=100,
                wanted=100,
                best=(),
                seconds=0.1,
                seconds_training=0.0,
                notes=words,
            ),
        ]
    )
    assert lines[-1][1] == words[0]
