"""The race: who is next, who has left, and that a race depends on the shelf alone."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.intervals.simulated_scores import NOISES, races
from search.evaluation.race import LEVEL, TEST, Race, dropped_candidates, repeat_key, rivals
from search.evaluation.repeats import RepeatFile
from tests.support.example_repeat import REPEAT
from tests.support.simulated_run import trained

MOST = 5
TIMES = 500  # races; three standard errors at 95 % are 2.9 points
SLACK = 0.029
GAPS = [0, 0.05, 0.1, 0.15, 0.2]  # points behind the best
TINY = 1e-6  # points: a best one that is next to impossible to find, the hardest case
EQUAL = [0.04] * 5  # points, of one run
ahead, close, is_behind = [0.9940, 0.9942], [0.9939, 0.9941], [0.9900, 0.9902]


def contest(tmp_path, racers=3, most=MOST):
    """A race of the first so many trials."""
    entrants = [replace(trained(number, 0.993), origin=number) for number in range(racers)]
    return Race(entrants, most, RepeatFile(tmp_path / "repeats.jsonl"), min, seed=3)


def run_to_end(race, scores, stop_after=None):
    """Trains in the order that the race asks for; scores: by trial, a figure per repeat."""
    given = []
    while (job := race.next([])) is not None and len(given) != stop_after:
        trial = int(job.key.split()[1])
        curve = (0.999, scores[trial][job.number])
        recorded = replace(REPEAT, key=job.key, number=job.number, seed=job.seed, accuracy=curve)
        race.repeat_file.add(recorded)
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
    seeds = [repeat.seed for repeat in race.repeat_file.read()]
    assert len(set(seeds)) == len(seeds)


def test_one_far_behind_leaves_and_gets_no_more(tmp_path):
    """Seeds go to where the ranking is open."""
    race = contest(tmp_path)
    given = run_to_end(race, scores_of([0.993, 0.9931, 0.95]))
    told = race.result(10_000)
    is_behind = next(racer for racer in told.racers if racer.trial == 2)
    assert is_behind.left_after is not None
    assert is_behind.left_after < MOST
    assert "trial" in is_behind.why
    assert sum(trial == 2 for trial, _ in given) == is_behind.left_after
    assert told.winner != 2
    assert 2 not in told.rivals


def test_equals_stay_to_the_end(tmp_path):
    """Candidates that cannot be told apart are not: the winner has the best mean, and rivals."""
    race = contest(tmp_path)
    scores = scores_of([0.993, 0.993, 0.993], seed=4)
    assert len(run_to_end(race, scores)) == 3 * MOST
    told = race.result(10_000)
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
    assert again.result(10_000) == whole.result(10_000)


def test_no_worker_waits_for_a_round(tmp_path):
    """While the last repeat of a round is under way the leader begins the next one."""
    race = contest(tmp_path, racers=2)
    run_to_end(race, scores_of([0.993, 0.99]), stop_after=3)
    under_way = race.next([])
    assert (under_way.key, under_way.number) == (repeat_key(1), 1) or under_way.number == 1
    ahead = race.next([under_way])
    assert ahead.number == 2


def test_one_that_does_not_train_again_leaves(tmp_path):
    """A failed repeat ends its candidate's race, whatever its other repeats gave."""
    race = contest(tmp_path)
    race.repeat_file.add(
        replace(REPEAT, key=repeat_key(1), number=0, failure="the loss became nan")
    )
    given = run_to_end(race, scores_of([0.99, 0.999, 0.99]))
    assert 1 not in {trial for trial, _ in given}
    told = race.result(10_000)
    assert told.winner != 1
    assert "did not train: the loss became nan" in {r.trial: r.why for r in told.racers}[1]


def test_a_single_candidate_is_repeated_too(tmp_path):
    """Twice, so that its luck can be told."""
    race = contest(tmp_path, racers=1)
    assert run_to_end(race, scores_of([0.993])) == [(0, 0), (0, 1)]
    assert race.result(10_000).winner == 0


def test_a_repeat_that_no_longer_matters(tmp_path):
    """It is not wanted once its candidate has left or the race is over."""
    race = contest(tmp_path, racers=2)
    ahead = race.next([])
    assert race.wanted(ahead)
    run_to_end(race, scores_of([0.993, 0.9]))
    assert not race.wanted(ahead)


def test_the_best_stays_and_repeats_are_saved():
    """Five racers, five repeats, gaps 0 to 0.2 points: kept at the level, a sixth saved."""
    found = races(GAPS, EQUAL, TIMES)
    assert found.kept >= LEVEL
    assert found.named >= LEVEL
    assert 0.15 < found.saved < 0.22


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("own", [1 / 3, 1, 3])
def test_the_best_stays_where_nothing_tells_it(own, noise):
    """Gaps next to nothing; the best of a third, the same or three times the others' spread."""
    spreads = [0.04 * max(own, 1), *[0.04 * max(1 / own, 1)] * 4]
    found = races([0, *[TINY] * 4], spreads, TIMES, noise=NOISES[noise])
    assert found.kept >= LEVEL - SLACK


@pytest.mark.parametrize("racers, most", [(2, 3), (2, 5), (8, 3), (4, 8)])
def test_the_best_stays_however_many_race(racers, most):
    """The level is of the whole race: more racers and more looks do not use it up."""
    found = races([0, *[TINY] * (racers - 1)], [0.04] * racers, TIMES // 2, most)
    assert found.kept >= LEVEL


def test_all_tied_all_count():
    """Where all are equally good somebody is always left, and hardly anything is saved."""
    found = races([0.0] * 5, EQUAL, TIMES // 4)
    assert found.kept == 1
    assert found.saved < 0.01


def test_one_far_behind_leaves_at_the_first_look():
    """The others go on, and the reason is told in words."""
    scores = {7: ahead, 40: close, 12: is_behind}
    gone = dropped_candidates(scores, racers=3, most=5)
    assert list(gone) == [12]
    assert gone[12] == ("below trial 7 by 0.40 points, 28.3 standard errors, where 6.9 are enough")


def test_one_repeat_says_nothing():
    """No look before everybody has two, nor without any spread, nor alone."""
    assert dropped_candidates({1: [0.99], 2: [0.5]}, 2, 5) == {}
    assert dropped_candidates({1: [0.99, 0.99], 2: []}, 2, 5) == {}
    assert dropped_candidates({1: [0.99, 0.99], 2: [0.5, 0.5]}, 2, 5) == {}
    assert dropped_candidates({1: [0.99, 0.98]}, 5, 5) == {}
    assert dropped_candidates({}, 5, 5) == {}


def test_more_racers_ask_for_more():
    """What is enough among two is not among a hundred: the level is shared."""
    scores = {1: [0.9940, 0.9942, 0.9941], 2: [0.9934, 0.9936, 0.9932]}
    assert list(dropped_candidates(scores, 2, 5)) == [2]
    assert dropped_candidates(scores, 100, 5) == {}
    assert dropped_candidates(scores, 2, 5, level=0.9999) == {}


def test_an_unsteady_candidate_is_given_its_own_spread():
    """Its mean is far below, but so uncertain that it may be the best; a steady one leaves."""
    steady = {number: [0.9940 + number * 1e-6, 0.9942, 0.9941] for number in range(4)}
    assert 9 in dropped_candidates({**steady, 9: [0.9930, 0.9932, 0.9931]}, 5, 5)
    assert 9 not in dropped_candidates({**steady, 9: [0.9910, 0.9950, 0.9933]}, 5, 5)


def test_rivals_are_those_that_cannot_be_told_from_the_winner():
    """By number, without the winner; everybody where nothing can be told."""
    assert rivals({40: close, 7: ahead, 12: is_behind}, 7) == (40,)
    assert rivals({7: ahead, 12: is_behind}, 7) == ()
    assert rivals({7: ahead}, 7) == ()
    assert rivals({7: [0.99], 12: [0.5], 3: [0.6]}, 7) == (3, 12)


def test_the_test_is_one_sentence():
    """For reports: with the level that is promised."""
    assert "\n" not in TEST
    assert f"{LEVEL:.0%}".rstrip("%") in TEST
