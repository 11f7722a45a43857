"""The estimate of the time left, and the forecast before any measurement."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from search.candidates.candidate import Budget
from search.cli.run_log import RunTally
from search.loop.events import Advanced, Ended
from search.loop.pruning import KEPT
from search.loop.time_left import (
    DRAWN_WEIGHT,
    EXPECTED_SHARE,
    EXPECTED_SHARE_OF_SMALLEST,
    OVERHEAD_MACS,
    Estimate,
    Forecast,
    forecast,
    typical_macs,
)
from search.study.user_files import load_objective, load_space
from tests.support import drawn_searches as drawn
from tests.support import simulated_run as simulated
from tests.support import tiny

MACS = 1_000_000
FILES = load_space(tiny.SPACE), load_objective(tiny.OBJECTIVE)
SETUP = replace(drawn.setup_of(*FILES), minimise=None, target=None)


def left(estimate: Estimate) -> float:
    """The estimated seconds left, which must be known."""
    seconds = estimate.seconds_left()
    assert seconds is not None
    return seconds


def errors(**run: Any) -> list[tuple[float, float]]:
    """(share of the time that has passed, relative error of the estimate) after every epoch."""
    tally, guesses = RunTally(), []
    for now, event in simulated.run(**run):
        tally.take(event)
        if isinstance(event, Advanced):
            guesses.append((now, left(tally.estimate)))
    assert isinstance(event, Ended)
    assert all(guess >= 0 for _, guess in guesses)
    whole = event.seconds
    return [(now / whole, abs(guess / (whole - now) - 1)) for now, guess in guesses if now < whole]


def worst(shares: list[tuple[float, float]], begin: float, end: float) -> float:
    """The largest of these errors between two shares of the time."""
    return max(error for share, error in shares if begin < share < end)


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
def test_constant_speed_is_predicted(workers: int) -> None:
    """Without early stops, the error is below 30 % from the first epoch on."""
    assert worst(errors(wanted=20, workers=workers), 0.0, 0.9) < 0.3


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_early_stops_are_learned(workers: int) -> None:
    """If two of three candidates stop early, the error is below 30 % after a tenth of the time.

    The last candidates are excluded, because their early stops cannot be predicted.
    """
    shares = errors(wanted=40, workers=workers, length=lambda n: 15 if n % 3 == 0 else 3 + n % 4)
    assert worst(shares, 0.1, 0.8) < 0.3


def test_the_first_stop_has_a_limited_effect() -> None:
    """One early stop and one full training at most halve the estimate."""
    estimate = Estimate(wanted=10, trained=0, workers=2)
    for number in (0, 1):
        estimate.start(number, epochs=15)
        for epoch in range(1, 5):
            estimate.advance(number, epoch, seconds=10.0)
    before = left(estimate)
    estimate.finish(0, trained=1)
    assert before / 2 < left(estimate) < before


def test_a_change_of_speed_is_followed() -> None:
    """If epochs take three times as long from the middle on, the estimate adapts."""
    shares = errors(wanted=40, workers=2, pace=lambda now: 10.0 if now < 1_000 else 30.0)
    assert worst(shares, 0.0, 0.1) > 0.3
    assert worst(shares, 0.3, 0.9) < 0.1


def test_there_is_no_estimate_before_the_first_epoch() -> None:
    """Without a measurement there is no estimate."""
    estimate = Estimate(wanted=10, trained=0, workers=2)
    estimate.start(0, epochs=15)
    assert estimate.seconds_left() is None


def test_the_first_epoch_gives_the_total() -> None:
    """10 candidates of 15 epochs, 31 s each, one done, 2 workers: 5 x 15 epochs of the slower."""
    estimate = Estimate(wanted=10, trained=0, workers=2)
    estimate.start(0, epochs=15)
    estimate.start(1, epochs=15)
    estimate.advance(0, 1, seconds=31.0)
    assert estimate.seconds_left() == pytest.approx(31.0 * 75)


def test_other_runs_do_not_make_it_negative() -> None:
    """If other runs finish the study, only candidates in training remain."""
    estimate = Estimate(wanted=2, trained=0, workers=1)
    estimate.start(0, epochs=3)
    estimate.advance(0, 1, seconds=5.0)
    estimate.finish(0, trained=9, counts=False)
    assert estimate.seconds_left() == 0.0


# forecasts
def until(estimate: Estimate, number: int, epochs: int, seconds: float = 30.0) -> None:
    """Train a candidate of the simulated size up to this epoch."""
    estimate.start(number, 15, MACS)
    for epoch in range(1, epochs + 1):
        estimate.advance(number, epoch, seconds)


def test_early_stops_are_predicted() -> None:
    """Of 100 candidates, 5 train to the end and the others for the expected share."""
    estimate = Estimate(100, 0, 1, Forecast(expected=0.4, full=5, macs=MACS))
    until(estimate, 0, 1)
    epochs = 14 + 4 * 15 + 95 * 0.4 * 15
    assert estimate.seconds_left() == pytest.approx(30.0 * epochs)


def test_the_first_rounds_train_to_the_end() -> None:
    """With 4 workers, two rounds start before five candidates are trained to the end."""
    estimate = Estimate(20, 0, 4, Forecast(expected=0.4, full=5, macs=MACS))
    for number in range(4):
        until(estimate, number, 1)
    epochs = 14 + (4 * 15 + 12 * 0.4 * 15) / 4
    assert estimate.seconds_left() == pytest.approx(30.0 * epochs)


def test_a_study_that_is_resumed_stops_from_the_start() -> None:
    """It already has its best, so all new candidates are compared."""
    estimate = Estimate(30, 20, 1, Forecast(expected=0.4, macs=MACS))
    until(estimate, 20, 1)
    first = 30.0 * (0.4 * 15 - 1)
    assert estimate.seconds_left() == pytest.approx(first + 30.0 * 9 * 0.4 * 15)


def test_parallel_candidates_raise_the_number_of_workers() -> None:
    """The number of workers of repeats is unknown; three started together count as three."""
    estimate = Estimate(wanted=6, trained=0, workers=1)
    for name in ("a", "b", "c"):
        estimate.start(name, epochs=10)
    estimate.advance("a", 10, seconds=2.0)
    estimate.finish("a", trained=1)
    assert estimate.seconds_left() == pytest.approx(2.0 * (10 + 10))


def test_a_restarted_candidate_loses_its_epochs() -> None:
    """After a killed worker, the candidate restarts from epoch 1 and is counted once."""
    estimate = Estimate(wanted=1, trained=0, workers=1)
    estimate.start("a", epochs=10)
    estimate.advance("a", 4, seconds=2.0)
    assert estimate.seconds_left() == pytest.approx(2.0 * 6)
    estimate.start("a", epochs=10)
    assert estimate.seconds_left() == pytest.approx(2.0 * 10)


def test_epochs_cost_in_proportion_to_macs() -> None:
    """After a small candidate, larger ones are expected to take longer in proportion to cost."""
    estimate = Estimate(2, 0, 1, Forecast(macs=4 * OVERHEAD_MACS))
    estimate.start(0, 1, macs=0)
    estimate.advance(0, 1, seconds=10.0)
    estimate.finish(0, trained=1)
    assert estimate.seconds_left() == pytest.approx(
        10.0 * (1 + 5 * DRAWN_WEIGHT) / (1 + DRAWN_WEIGHT)
    )


def test_measurements_outweigh_the_forecast() -> None:
    """After sixty candidates without an early stop, nearly all epochs are expected."""
    estimate = Estimate(100, 0, 1, Forecast(expected=0.4, macs=MACS))
    for number in range(60):
        until(estimate, number, 15)
        estimate.finish(number, trained=number + 1)
    assert left(estimate) > 0.8 * 30.0 * 40 * 15


def test_typical_macs_are_of_the_space() -> None:
    """The mean is over candidates within the budget and is reproducible."""
    macs = typical_macs(FILES[0], SETUP)
    assert macs == typical_macs(FILES[0], SETUP)
    assert macs is not None
    assert macs > 0
    within = typical_macs(FILES[0], replace(SETUP, budget=Budget(200)))
    assert within is not None
    assert within < macs
    assert typical_macs(FILES[0], replace(SETUP, budget=Budget(20))) is None


def test_a_space_that_raises_gives_no_macs(tmp_path: Path) -> None:
    """The run itself reports the error of the space."""
    path = tmp_path / "space.py"
    path.write_text("def sample(trial, task):\n    raise ValueError(trial.number)\n")
    assert typical_macs(load_space(path), SETUP) is None


@pytest.mark.parametrize("trained, full", [(0, KEPT), (KEPT - 1, 1), (40, 0)])
def test_the_first_candidates_train_to_the_end(trained: int, full: int) -> None:
    """KEPT candidates train to the end, less those that the study already has."""
    expectation = forecast(FILES[0], SETUP, trained, prune=True)
    assert (expectation.expected, expectation.full) == (EXPECTED_SHARE, full)


def test_without_stopping_all_epochs_are_expected() -> None:
    """Without early stopping all epochs are expected; each goal has its own share."""
    space = FILES[0]
    assert forecast(space, SETUP, 0, prune=False) == Forecast(macs=typical_macs(space, SETUP))
    smallest = replace(SETUP, minimise="parameters", target=0.95)
    assert forecast(space, smallest, 0, prune=True).expected == EXPECTED_SHARE_OF_SMALLEST
