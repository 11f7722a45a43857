"""What is expected of a run before it has measured anything."""

from dataclasses import replace

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


def errors(**run):
    """(share of the time that has passed, relative error of the estimate) after every epoch."""
    tally, guesses = RunTally(), []
    for now, event in simulated.run(**run):
        tally.take(event)
        if isinstance(event, Advanced):
            guesses.append((now, tally.estimate.seconds_left()))
    assert isinstance(event, Ended)
    assert all(guess >= 0 for _, guess in guesses)
    whole = event.seconds
    return [(now / whole, abs(guess / (whole - now) - 1)) for now, guess in guesses if now < whole]


def worst(shares, begin, end):
    """The largest of these errors while the share of the time is between the two."""
    return max(error for share, error in shares if begin < share < end)


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
def test_constant_speed_is_foreseen(workers):
    """At constant speed, all candidates in full, it is within 30 % from the first epoch on."""
    assert worst(errors(wanted=20, workers=workers), 0.0, 0.9) < 0.3


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_early_stops_are_learned(workers):
    """Where two of three candidates stop early, it is within 30 % after a tenth of the time.

    Until the last candidates: whether those stop early nobody knows.
    """
    shares = errors(wanted=40, workers=workers, length=lambda n: 15 if n % 3 == 0 else 3 + n % 4)
    assert worst(shares, 0.1, 0.8) < 0.3


def test_the_first_to_stop_misleads_little():
    """One early stop beside a candidate that went on halves the hope at most."""
    estimate = Estimate(wanted=10, trained=0, workers=2)
    for number in (0, 1):
        estimate.start(number, epochs=15)
        for epoch in range(1, 5):
            estimate.advance(number, epoch, seconds=10.0)
    before = estimate.seconds_left()
    estimate.finish(0, trained=1)
    assert before / 2 < estimate.seconds_left() < before


def test_a_change_of_speed_is_followed():
    """When epochs take three times as long from the middle on, the estimate catches up."""
    shares = errors(wanted=40, workers=2, pace=lambda now: 10.0 if now < 1_000 else 30.0)
    assert worst(shares, 0.0, 0.1) > 0.3
    assert worst(shares, 0.3, 0.9) < 0.1


def test_nothing_is_known_before_the_first_epoch():
    """No guess is made without a measurement."""
    estimate = Estimate(wanted=10, trained=0, workers=2)
    estimate.start(0, epochs=15)
    assert estimate.seconds_left() is None


def test_the_first_epoch_gives_the_whole():
    """10 candidates of 15 epochs, 31 s each, one done, 2 workers: 5 x 15 epochs of the slower."""
    estimate = Estimate(wanted=10, trained=0, workers=2)
    estimate.start(0, epochs=15)
    estimate.start(1, epochs=15)
    estimate.advance(0, 1, seconds=31.0)
    assert estimate.seconds_left() == pytest.approx(31.0 * 75)


def test_other_runs_are_no_reason_to_be_negative():
    """Where other runs finish the study first, what is under way is all that is left."""
    estimate = Estimate(wanted=2, trained=0, workers=1)
    estimate.start(0, epochs=3)
    estimate.advance(0, 1, seconds=5.0)
    estimate.finish(0, trained=9, counts=False)
    assert estimate.seconds_left() == 0.0


# what is known beforehand
def until(estimate, number, epochs, seconds=30.0):
    """A candidate of the simulated size trains so far."""
    estimate.start(number, 15, MACS)
    for epoch in range(1, epochs + 1):
        estimate.advance(number, epoch, seconds)


def test_early_stops_are_foreseen():
    """Of 100 candidates 5 run in full, as they must, the others for the share that is expected."""
    estimate = Estimate(100, 0, 1, Forecast(expected=0.4, full=5, macs=MACS))
    until(estimate, 0, 1)
    epochs = 14 + 4 * 15 + 95 * 0.4 * 15
    assert estimate.seconds_left() == pytest.approx(30.0 * epochs)


def test_candidates_that_are_compared_with_none_run_in_full():
    """With 4 workers two rounds begin before five are trained to the end."""
    estimate = Estimate(20, 0, 4, Forecast(expected=0.4, full=5, macs=MACS))
    for number in range(4):
        until(estimate, number, 1)
    epochs = 14 + (4 * 15 + 12 * 0.4 * 15) / 4
    assert estimate.seconds_left() == pytest.approx(30.0 * epochs)


def test_a_study_that_is_resumed_stops_from_the_start():
    """Its best are known: every candidate to come is compared with them."""
    estimate = Estimate(30, 20, 1, Forecast(expected=0.4, macs=MACS))
    until(estimate, 20, 1)
    first = 30.0 * (0.4 * 15 - 1)
    assert estimate.seconds_left() == pytest.approx(first + 30.0 * 9 * 0.4 * 15)


def test_more_at_a_time_than_workers_are_that_many_workers():
    """Repeats do not know their workers: three that began together share what follows."""
    estimate = Estimate(wanted=6, trained=0, workers=1)
    for name in ("a", "b", "c"):
        estimate.start(name, epochs=10)
    estimate.advance("a", 10, seconds=2.0)
    estimate.finish("a", trained=1)
    assert estimate.seconds_left() == pytest.approx(2.0 * (10 + 10))


def test_one_that_begins_anew_starts_from_its_first_epoch():
    """A worker process that was killed loses its epochs; the candidate is counted once."""
    estimate = Estimate(wanted=1, trained=0, workers=1)
    estimate.start("a", epochs=10)
    estimate.advance("a", 4, seconds=2.0)
    assert estimate.seconds_left() == pytest.approx(2.0 * 6)
    estimate.start("a", epochs=10)
    assert estimate.seconds_left() == pytest.approx(2.0 * 10)


def test_an_epoch_costs_what_its_macs_cost():
    """A small candidate first, larger ones expected: they take as much longer as they multiply."""
    estimate = Estimate(2, 0, 1, Forecast(macs=4 * OVERHEAD_MACS))
    estimate.start(0, 1, macs=0)
    estimate.advance(0, 1, seconds=10.0)
    estimate.finish(0, trained=1)
    assert estimate.seconds_left() == pytest.approx(
        10.0 * (1 + 5 * DRAWN_WEIGHT) / (1 + DRAWN_WEIGHT)
    )


def test_what_a_study_shows_outweighs_what_was_expected():
    """None of sixty is stopped: in the end nearly all epochs are expected."""
    estimate = Estimate(100, 0, 1, Forecast(expected=0.4, macs=MACS))
    for number in range(60):
        until(estimate, number, 15)
        estimate.finish(number, trained=number + 1)
    assert estimate.seconds_left() > 0.8 * 30.0 * 40 * 15


def test_candidates_are_as_large_as_the_space_makes_them():
    """The mean of those that keep the budget; the same whenever it is asked."""
    macs = typical_macs(FILES[0], SETUP)
    assert macs == typical_macs(FILES[0], SETUP)
    assert macs > 0
    assert typical_macs(FILES[0], replace(SETUP, budget=Budget(200))) < macs
    assert typical_macs(FILES[0], replace(SETUP, budget=Budget(20))) is None


def test_a_space_that_raises_gives_no_macs(tmp_path):
    """The run itself will raise it and say where."""
    path = tmp_path / "space.py"
    path.write_text("def sample(trial, task):\n    raise ValueError(trial.number)\n")
    assert typical_macs(load_space(path), SETUP) is None


@pytest.mark.parametrize("trained, full", [(0, KEPT), (KEPT - 1, 1), (40, 0)])
def test_the_first_run_in_full(trained, full):
    """As many as others are compared with, less those that the study has."""
    expectation = forecast(FILES[0], SETUP, trained, prune=True)
    assert (expectation.expected, expectation.full) == (EXPECTED_SHARE, full)


def test_what_is_not_stopped_runs_in_full():
    """Without stopping early there is nothing to expect; each goal has its own share."""
    space = FILES[0]
    assert forecast(space, SETUP, 0, prune=False) == Forecast(macs=typical_macs(space, SETUP))
    smallest = replace(SETUP, minimise="parameters", target=0.95)
    assert forecast(space, smallest, 0, prune=True).expected == EXPECTED_SHARE_OF_SMALLEST
