"""The race: who is next, who has left, and that a race depends on the shelf alone."""

from dataclasses import replace

import numpy as np
import pytest
from test_repeats import REPEAT

from search.evaluation.race import Contest, key
from search.evaluation.repeats import Shelf
from tests.support.simulated_run import trained

MOST = 5


def contest(tmp_path, racers=3, most=MOST):
    """A race of the first so many trials."""
    entrants = [replace(trained(number, 0.993), origin=number) for number in range(racers)]
    return Contest(entrants, most, Shelf(tmp_path / "repeats.jsonl"), min, seed=3)


def run_to_end(race, scores, stop_after=None):
    """Trains in the order that the race asks for; scores: by trial, a figure per repeat."""
    given = []
    while (job := race.next([])) is not None and len(given) != stop_after:
        trial = int(job.key.split()[1])
        curve = (0.999, scores[trial][job.number])
        shelved = replace(REPEAT, key=job.key, number=job.number, seed=job.seed, accuracy=curve)
        race._shelf.add(shelved)
        given.append((trial, job.number))
    return given


def scores_of(means, spread=0.0003, seed=0):
    """Consistencies of repeats around these means, by trial."""
    noise = np.random.default_rng(seed).normal(0, spread, (len(means), MOST))
    return {n: (mean + noise[n]).round(4).tolist() for n, mean in enumerate(means)}


def test_everybody_gets_a_repeat_before_anybody_gets_another(tmp_path):
    """The race goes in rounds, each with draws of its own."""
    race = contest(tmp_path)
    given = run_to_end(race, scores_of([0.993, 0.993, 0.993]))
    assert given[:6] == [(0, 0), (1, 0), (2, 0), *given[3:6]]
    assert sorted(given[3:6]) == [(0, 1), (1, 1), (2, 1)]
    seeds = [repeat.seed for repeat in race._shelf.read()]
    assert len(set(seeds)) == len(seeds)


def test_one_far_behind_leaves_and_gets_no_more(tmp_path):
    """Seeds go to where the ranking is open."""
    race = contest(tmp_path)
    given = run_to_end(race, scores_of([0.993, 0.9931, 0.95]))
    told = race.race(10_000)
    behind = next(racer for racer in told.racers if racer.trial == 2)
    assert behind.left_after is not None
    assert behind.left_after < MOST
    assert "trial" in behind.why
    assert sum(trial == 2 for trial, _ in given) == behind.left_after
    assert told.winner != 2
    assert 2 not in told.rivals


def test_equals_stay_to_the_end(tmp_path):
    """Candidates that cannot be told apart are not: the winner has the best mean, and rivals."""
    race = contest(tmp_path)
    scores = scores_of([0.993, 0.993, 0.993], seed=4)
    assert len(run_to_end(race, scores)) == 3 * MOST
    told = race.race(10_000)
    means = {racer.trial: racer.mean for racer in told.racers}
    assert told.winner == max(means, key=means.get)
    assert set(told.rivals) == {0, 1, 2} - {told.winner}


@pytest.mark.parametrize("stop_after", [1, 4, 6, 7, 9])
def test_an_interrupted_race_is_the_same_race(tmp_path, stop_after):
    """Begun anew from the shelf it asks for the same repeats and ends the same."""
    scores = scores_of([0.993, 0.9932, 0.99], seed=1)
    whole = contest(tmp_path / "whole")
    all_of_it = run_to_end(whole, scores)
    first = run_to_end(contest(tmp_path / "parts"), scores, stop_after)
    again = contest(tmp_path / "parts")
    assert first + run_to_end(again, scores) == all_of_it
    assert again.race(10_000) == whole.race(10_000)


def test_no_worker_waits_for_a_round(tmp_path):
    """While the last repeat of a round is under way the leader begins the next one."""
    race = contest(tmp_path, racers=2)
    run_to_end(race, scores_of([0.993, 0.99]), stop_after=3)
    under_way = race.next([])
    assert (under_way.key, under_way.number) == (key(1), 1) or under_way.number == 1
    ahead = race.next([under_way])
    assert ahead.number == 2


def test_one_that_does_not_train_again_leaves(tmp_path):
    """A failed repeat ends its candidate's race, whatever its other repeats gave."""
    race = contest(tmp_path)
    race._shelf.add(replace(REPEAT, key=key(1), number=0, failure="the loss became nan"))
    given = run_to_end(race, scores_of([0.99, 0.999, 0.99]))
    assert 1 not in {trial for trial, _ in given}
    told = race.race(10_000)
    assert told.winner != 1
    assert "did not train: the loss became nan" in {r.trial: r.why for r in told.racers}[1]


def test_a_single_candidate_is_repeated_too(tmp_path):
    """Twice, so that its luck can be told."""
    race = contest(tmp_path, racers=1)
    assert run_to_end(race, scores_of([0.993])) == [(0, 0), (0, 1)]
    assert race.race(10_000).winner == 0


def test_a_repeat_that_no_longer_matters(tmp_path):
    """It is not wanted once its candidate has left or the race is over."""
    race = contest(tmp_path, racers=2)
    ahead = race.next([])
    assert race.wanted(ahead)
    run_to_end(race, scores_of([0.993, 0.9]))
    assert not race.wanted(ahead)
