"""The race: order of repeats, dropped candidates, rivals, and resuming from the repeat file."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.intervals.simulated_scores import NOISES, races
from search.evaluation.intervals import LEVEL
from search.evaluation.race import TEST, Race, dropped_candidates, rivals
from search.evaluation.repeats import RepeatFile, repeat_key
from search.evaluation.retraining import RepeatJob
from tests.support.example_repeat import REPEAT
from tests.support.simulated_run import trained

MOST = 5
TIMES = 500  # races; three standard errors at 95 % are 2.9 points
SLACK = 0.029
GAPS = [0, 0.05, 0.1, 0.15, 0.2]  # points behind the best
TINY = 1e-6  # points: a best candidate that is almost impossible to find, the hardest case
EQUAL = [0.04] * 5  # points: spread of a single run of each racer
ahead, close, is_behind = [0.9940, 0.9942], [0.9939, 0.9941], [0.9900, 0.9902]


def contest(tmp_path: Path, racers: int = 3, most: int = MOST) -> Race:
    """A race of the first `racers` trials."""
    entrants = [replace(trained(number, 0.993), origin=number) for number in range(racers)]
    return Race(entrants, most, RepeatFile(tmp_path / "repeats.jsonl"), min, seed=3)


def run_to_end(
    race: Race, scores: dict[int, list[float]], stop_after: int | None = None
) -> list[tuple[int, int]]:
    """Record repeats in the order of the race; scores: by trial, one per repeat."""
    given: list[tuple[int, int]] = []
    while (job := race.next([])) is not None and len(given) != stop_after:
        trial = int(job.key.split()[1])
        curve = (0.999, scores[trial][job.number])
        recorded = replace(REPEAT, key=job.key, number=job.number, seed=job.seed, accuracy=curve)
        race.repeat_file.add(recorded)
        given.append((trial, job.number))
    return given


def scores_of(means: list[float], spread: float = 0.0003, seed: int = 0) -> dict[int, list[float]]:
    """Consistencies of repeats around these means, by trial."""
    noise = np.random.default_rng(seed).normal(0, spread, (len(means), MOST))
    return {n: (mean + noise[n]).round(4).tolist() for n, mean in enumerate(means)}


def test_the_race_runs_in_rounds(tmp_path: Path) -> None:
    """Each racer gets a repeat before any gets another, and all repeats have different seeds."""
    race = contest(tmp_path)
    given = run_to_end(race, scores_of([0.993, 0.993, 0.993]))
    assert given[:6] == [(0, 0), (1, 0), (2, 0), *given[3:6]]
    assert sorted(given[3:6]) == [(0, 1), (1, 1), (2, 1)]
    seeds = [repeat.seed for repeat in race.repeat_file.read()]
    assert len(set(seeds)) == len(seeds)


def test_a_candidate_far_behind_is_dropped(tmp_path: Path) -> None:
    """A clearly inferior candidate gets no further repeats."""
    race = contest(tmp_path)
    given = run_to_end(race, scores_of([0.993, 0.9931, 0.95]))
    reported = race.result(10_000)
    is_behind = next(racer for racer in reported.racers if racer.trial == 2)
    assert is_behind.left_after is not None
    assert is_behind.left_after < MOST
    assert "trial" in is_behind.why
    assert sum(trial == 2 for trial, _ in given) == is_behind.left_after
    assert reported.winner != 2
    assert 2 not in reported.rivals


def test_comparable_candidates_stay_to_the_end(tmp_path: Path) -> None:
    """Comparable candidates are not dropped: the best mean wins, and the others are rivals."""
    race = contest(tmp_path)
    scores = scores_of([0.993, 0.993, 0.993], seed=4)
    assert len(run_to_end(race, scores)) == 3 * MOST
    reported = race.result(10_000)
    means = {racer.trial: racer.mean for racer in reported.racers}
    assert reported.winner == max(means, key=means.__getitem__)
    assert set(reported.rivals) == {0, 1, 2} - {reported.winner}


@pytest.mark.parametrize("stop_after", [1, 4, 6, 7, 9])
def test_an_interrupted_race_is_the_same_race(tmp_path: Path, stop_after: int) -> None:
    """A race resumed from the repeat file plans the same repeats and has the same result."""
    scores = scores_of([0.993, 0.9932, 0.99], seed=1)
    whole = contest(tmp_path / "whole")
    all_of_it = run_to_end(whole, scores)
    first = run_to_end(contest(tmp_path / "parts"), scores, stop_after)
    again = contest(tmp_path / "parts")
    assert first + run_to_end(again, scores) == all_of_it
    assert again.result(10_000) == whole.result(10_000)


def test_no_worker_waits_for_a_round(tmp_path: Path) -> None:
    """While the last repeat of a round is in training, the leader starts the next round."""
    race = contest(tmp_path, racers=2)
    run_to_end(race, scores_of([0.993, 0.99]), stop_after=3)
    under_way = race.next([])
    assert under_way is not None
    assert (under_way.key, under_way.number) == (repeat_key(1), 1) or under_way.number == 1
    ahead = race.next([under_way])
    assert ahead is not None
    assert ahead.number == 2


def test_repeats_may_end_in_any_order(tmp_path: Path) -> None:
    """A repeat that ends before an earlier one of its candidate is not trained again."""
    race = contest(tmp_path, racers=2)
    under_way: list[RepeatJob] = []
    scores = scores_of([0.993, 0.993])
    given = []
    while True:
        while len(under_way) < 4 and (job := race.next(under_way)):
            under_way.append(job)
        if not under_way:
            break
        job = under_way.pop()  # the one that started last ends first
        given.append((job.key, job.number))
        assert len(given) <= 2 * MOST
        curve = (0.999, scores[int(job.key.split()[1])][job.number])
        race.repeat_file.add(
            replace(REPEAT, key=job.key, number=job.number, seed=job.seed, accuracy=curve)
        )
    assert race.state().over
    assert len(set(given)) == len(given)


def test_a_repeat_that_is_recorded_twice_counts_once(tmp_path: Path) -> None:
    """The race ends with a file that has a line twice, and the first of them counts."""
    race = contest(tmp_path, racers=2)
    job = race.next([])
    assert job is not None
    first = replace(REPEAT, key=job.key, number=0, seed=job.seed, accuracy=(0.999, 0.993))
    race.repeat_file.add(first)
    race.repeat_file.add(replace(first, accuracy=(0.999, 0.5)))
    given = run_to_end(race, scores_of([0.993, 0.993]))
    assert len(given) < 2 * MOST
    assert race.state().over
    assert race.repeat_file.of(job.key, "validation")[0] == first


def test_a_candidate_with_a_failed_repeat_is_dropped(tmp_path: Path) -> None:
    """A failed repeat drops its candidate, whatever the scores of its other repeats."""
    race = contest(tmp_path)
    race.repeat_file.add(
        replace(REPEAT, key=repeat_key(1), number=0, failure="the loss became nan")
    )
    given = run_to_end(race, scores_of([0.99, 0.999, 0.99]))
    assert 1 not in {trial for trial, _ in given}
    reported = race.result(10_000)
    assert reported.winner != 1
    assert "failed to train: the loss became nan" in {r.trial: r.why for r in reported.racers}[1]


def test_a_single_candidate_is_repeated_too(tmp_path: Path) -> None:
    """A single candidate gets two repeats, so that its selection bias can be measured."""
    race = contest(tmp_path, racers=1)
    assert run_to_end(race, scores_of([0.993])) == [(0, 0), (0, 1)]
    assert race.result(10_000).winner == 0


def test_a_repeat_becomes_unnecessary(tmp_path: Path) -> None:
    """A repeat is not wanted any more once its candidate is dropped or the race is over."""
    race = contest(tmp_path, racers=2)
    ahead = race.next([])
    assert ahead is not None
    assert race.wanted(ahead)
    run_to_end(race, scores_of([0.993, 0.9]))
    assert not race.wanted(ahead)


def test_the_best_stays_and_repeats_are_saved() -> None:
    """With gaps of 0 to 0.2 points the best is kept in 95 % of races; a sixth of repeats is saved.

    Simulated for five racers and up to five repeats.
    """
    found = races(GAPS, EQUAL, TIMES)
    assert found.kept >= LEVEL
    assert found.named >= LEVEL
    assert 0.15 < found.saved < 0.22


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("own", [1 / 3, 1, 3])
def test_the_best_stays_with_tiny_gaps(own: float, noise: str) -> None:
    """The best is kept at the level, with a third, once or three times the others' spread."""
    spreads = [0.04 * max(own, 1), *[0.04 * max(1 / own, 1)] * 4]
    found = races([0, *[TINY] * 4], spreads, TIMES, noise=NOISES[noise])
    assert found.kept >= LEVEL - SLACK


@pytest.mark.parametrize("racers, most", [(2, 3), (2, 5), (8, 3), (4, 8)])
def test_the_best_stays_however_many_race(racers: int, most: int) -> None:
    """The level is that of the whole race, for any number of racers and rounds."""
    found = races([0, *[TINY] * (racers - 1)], [0.04] * racers, TIMES // 2, most)
    assert found.kept >= LEVEL


def test_equal_candidates_save_no_repeats() -> None:
    """If all candidates are equally good, one always remains and few repeats are saved."""
    found = races([0.0] * 5, EQUAL, TIMES // 4)
    assert found.kept == 1
    assert found.saved < 0.01


def test_a_candidate_far_behind_is_dropped_at_the_first_test() -> None:
    """The reason is given in words, and the other candidates remain."""
    scores = {7: ahead, 40: close, 12: is_behind}
    gone = dropped_candidates(scores, racers=3, most=5)
    assert list(gone) == [12]
    assert gone[12] == "0.40 points below trial 7: 28.3 standard errors, 6.9 are significant"


def test_no_candidate_is_dropped_without_a_test() -> None:
    """A test needs two candidates, two repeats of each and a spread."""
    assert dropped_candidates({1: [0.99], 2: [0.5]}, 2, 5) == {}
    assert dropped_candidates({1: [0.99, 0.99], 2: []}, 2, 5) == {}
    assert dropped_candidates({1: [0.99, 0.99], 2: [0.5, 0.5]}, 2, 5) == {}
    assert dropped_candidates({1: [0.99, 0.98]}, 5, 5) == {}
    assert dropped_candidates({}, 5, 5) == {}


def test_more_racers_need_a_larger_lead() -> None:
    """A lead that is significant between two racers is not significant among a hundred."""
    scores = {1: [0.9940, 0.9942, 0.9941], 2: [0.9934, 0.9936, 0.9932]}
    assert list(dropped_candidates(scores, 2, 5)) == [2]
    assert dropped_candidates(scores, 100, 5) == {}
    assert dropped_candidates(scores, 2, 5, level=0.9999) == {}


def test_a_candidate_of_large_spread_is_tested_with_its_own_spread() -> None:
    """A low mean of a large spread is not dropped; the same mean of a small spread is."""
    steady = {number: [0.9940 + number * 1e-6, 0.9942, 0.9941] for number in range(4)}
    assert 9 in dropped_candidates({**steady, 9: [0.9930, 0.9932, 0.9931]}, 5, 5)
    assert 9 not in dropped_candidates({**steady, 9: [0.9910, 0.9950, 0.9933]}, 5, 5)


def test_rivals_do_not_differ_significantly_from_the_winner() -> None:
    """Rivals are ordered by number; without a possible test all other candidates are rivals."""
    assert rivals({40: close, 7: ahead, 12: is_behind}, 7) == (40,)
    assert rivals({7: ahead, 12: is_behind}, 7) == ()
    assert rivals({7: ahead}, 7) == ()
    assert rivals({7: [0.99], 12: [0.5], 3: [0.6]}, 7) == (3, 12)


def test_the_test_is_one_sentence() -> None:
    """The description of the test for reports is one line and states the level."""
    assert "\n" not in TEST
    assert f"{LEVEL:.0%}".rstrip("%") in TEST
