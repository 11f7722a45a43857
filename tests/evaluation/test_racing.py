"""Races with simulated candidates: the best one stays, the hopeless leave."""

import pytest

from search.evaluation.racing import LEVEL, TEST, leavers, rivals
from tests.support.simulated_scores import NOISES, races

TIMES = 500  # races; three standard errors at 95 % are 2.9 points
SLACK = 0.029
GAPS = [0, 0.05, 0.1, 0.15, 0.2]  # points behind the best
TINY = 1e-6  # points: a best one that is next to impossible to find, the hardest case
EQUAL = [0.04] * 5  # points, of one run
ahead, close, behind = [0.9940, 0.9942], [0.9939, 0.9941], [0.9900, 0.9902]


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
    scores = {7: ahead, 40: close, 12: behind}
    gone = leavers(scores, racers=3, most=5)
    assert list(gone) == [12]
    assert gone[12] == ("below trial 7 by 0.40 points, 28.3 standard errors, where 6.9 are enough")


def test_one_repeat_says_nothing():
    """No look before everybody has two, nor without any spread, nor alone."""
    assert leavers({1: [0.99], 2: [0.5]}, 2, 5) == {}
    assert leavers({1: [0.99, 0.99], 2: []}, 2, 5) == {}
    assert leavers({1: [0.99, 0.99], 2: [0.5, 0.5]}, 2, 5) == {}
    assert leavers({1: [0.99, 0.98]}, 5, 5) == {}
    assert leavers({}, 5, 5) == {}


def test_more_racers_ask_for_more():
    """What is enough among two is not among a hundred: the level is shared."""
    scores = {1: [0.9940, 0.9942, 0.9941], 2: [0.9934, 0.9936, 0.9932]}
    assert list(leavers(scores, 2, 5)) == [2]
    assert leavers(scores, 100, 5) == {}
    assert leavers(scores, 2, 5, level=0.9999) == {}


def test_an_unsteady_candidate_is_given_its_own_spread():
    """Its mean is far below, but so uncertain that it may be the best; a steady one leaves."""
    steady = {number: [0.9940 + number * 1e-6, 0.9942, 0.9941] for number in range(4)}
    assert 9 in leavers({**steady, 9: [0.9930, 0.9932, 0.9931]}, 5, 5)
    assert 9 not in leavers({**steady, 9: [0.9910, 0.9950, 0.9933]}, 5, 5)


def test_rivals_are_those_that_cannot_be_told_from_the_winner():
    """By number, without the winner; everybody where nothing can be told."""
    assert rivals({40: close, 7: ahead, 12: behind}, 7) == (40,)
    assert rivals({7: ahead, 12: behind}, 7) == ()
    assert rivals({7: ahead}, 7) == ()
    assert rivals({7: [0.99], 12: [0.5], 3: [0.6]}, 7) == (3, 12)


def test_the_test_is_one_sentence():
    """For reports: with the level that is promised."""
    assert "\n" not in TEST
    assert f"{LEVEL:.0%}".rstrip("%") in TEST
