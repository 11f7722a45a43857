"""Simulated training: curves depend on candidate and seed alone; epochs take the set time."""

import subprocess
import sys
import time
from dataclasses import fields, replace
from itertools import pairwise
from math import exp
from statistics import stdev
from typing import Any, get_args

import numpy as np
import pytest

from search.candidates.architecture import Architecture
from search.candidates.blocks import Block
from search.candidates.candidate import Candidate
from search.candidates.recipe import Augmentation, Recipe, Schedule, ScheduleKind
from search.errors import FrugalError
from search.training.engines.simulated import (
    NOISE,
    SECONDS_VARIABLE,
    SimulatedPool,
    seconds_from_environment,
    simulated_accuracy,
    simulated_error,
)
from search.training.pool import EpochResult
from tests.support.results import succeeded

BEST_RECIPE = Recipe(
    epochs=4,
    rate=0.08,
    schedule=Schedule("onecycle"),
    augmentation=Augmentation(rotation=8),
    ema=0.99,
)
GOOD = Candidate(Architecture((1, 28, 28), 10, (Block(8, pool=2), Block(12))), BEST_RECIPE)
SLOW = replace(GOOD, recipe=replace(BEST_RECIPE, epochs=6, rate=0.004))
SHORT = replace(GOOD, recipe=replace(BEST_RECIPE, epochs=2, schedule=Schedule("constant")))
PAIRS = ((GOOD, 11), (SLOW, 12), (SHORT, 13), (GOOD, 14))  # with their seeds


def drawn(pool: SimulatedPool) -> dict[int, list[EpochResult]]:
    """Collect all results by member, until no member is left."""
    results: dict[int, list[EpochResult]] = {}
    for event in pool:
        results.setdefault(event.member, []).append(succeeded(event.result))
    return results


def figures(results: list[EpochResult]) -> list[tuple[Any, ...]]:
    """Return everything except the seconds; weights as bytes."""
    return [
        (
            *(getattr(r, f.name) for f in fields(r) if f.name not in ("seconds", "weights")),
            r.weights and {name: array.tobytes() for name, array in r.weights.items()},
        )
        for r in results
    ]


def alone(candidate: Candidate, seed: int) -> list[tuple[Any, ...]]:
    """Return the results of a candidate in its own pool."""
    pool = SimulatedPool(1)
    member = pool.admit(candidate, seed)
    return figures(drawn(pool)[member])


def test_results_of_a_candidate_and_a_seed_are_reproducible() -> None:
    """Figures and weights are equal in another pool and differ for another seed."""
    assert alone(GOOD, 11) == alone(GOOD, 11)
    assert alone(GOOD, 11) != alone(GOOD, 12)
    assert [epoch for epoch, *_ in alone(GOOD, 11)] == [1, 2, 3, 4]


@pytest.mark.parametrize("capacity", [2, 4])
@pytest.mark.parametrize("pairs", [PAIRS, PAIRS[::-1]], ids=["in order", "reversed"])
def test_other_members_capacity_and_order_do_not_change_results(
    capacity: int, pairs: tuple[tuple[Candidate, int], ...]
) -> None:
    """Each member has the same results as alone."""
    waiting = list(pairs)
    results: dict[int, list[EpochResult]] = {}
    members: dict[int, tuple[Candidate, int]] = {}
    with SimulatedPool(capacity) as pool:
        for _ in range(capacity):
            candidate, seed = waiting.pop(0)
            members[pool.admit(candidate, seed)] = (candidate, seed)
        for event in pool:
            results.setdefault(event.member, []).append(succeeded(event.result))
            if results[event.member][-1].weights is not None and waiting:
                candidate, seed = waiting.pop(0)
                members[pool.admit(candidate, seed)] = (candidate, seed)
    assert len(members) == len(pairs)
    for member, pair in members.items():
        assert figures(results[member]) == alone(*pair)


def test_members_advance_in_turn() -> None:
    """With epochs of equal length no member is ahead of another by more than one epoch."""
    pool = SimulatedPool(3)
    for seed in range(3):
        pool.admit(GOOD, seed)
    epochs = [succeeded(event.result).epoch for event in pool]
    assert epochs == sorted(epochs)


def test_a_dropped_member_has_no_more_results_and_the_others_continue() -> None:
    """Dropping a member that has ended or does not exist has no effect."""
    pool = SimulatedPool(2)
    dropped, other = pool.admit(SLOW, 1), pool.admit(*PAIRS[0])
    results: dict[int, list[EpochResult]] = {}
    for event in pool:
        results.setdefault(event.member, []).append(succeeded(event.result))
        pool.drop(dropped)
        pool.drop(10_000)
    assert [result.epoch for result in results[dropped]] == [1]
    assert figures(results[other]) == alone(*PAIRS[0])
    pool.drop(other)
    assert list(pool) == []


def test_the_error_of_a_curve_is_the_documented_formula() -> None:
    """With the best recipe the error depends on size only; other values add their terms."""
    size = GOOD.architecture.macs
    smallest = 0.005 + 0.012 * exp(-size / 400_000)
    assert simulated_error(GOOD) == pytest.approx(smallest)
    for change, added in (
        ({"rate": 0.8}, 0.006),
        ({"schedule": Schedule("step")}, 0.003),
        ({"ema": 0.0}, 0.003),
        ({"augmentation": Augmentation(rotation=18)}, 0.003),
    ):
        changed = replace(GOOD, recipe=replace(BEST_RECIPE, **change))
        assert simulated_error(changed) == pytest.approx(smallest + added), change
    dropping = Architecture((1, 28, 28), 10, (Block(8, pool=2, dropout=0.1), Block(12)))
    assert simulated_error(replace(GOOD, architecture=dropping)) == pytest.approx(smallest + 0.002)
    wider = replace(GOOD, architecture=Architecture((1, 28, 28), 10, (Block(16), Block(16))))
    assert simulated_error(wider) < smallest


def test_every_schedule_has_an_error() -> None:
    """Onecycle is the best schedule of the formula, and a constant rate the worst."""
    errors = {
        kind: simulated_error(replace(GOOD, recipe=replace(BEST_RECIPE, schedule=Schedule(kind))))
        for kind in get_args(ScheduleKind)
    }
    assert errors["onecycle"] == min(errors.values())
    assert errors["constant"] == max(errors.values())


def test_curves_rise_and_better_candidates_have_better_curves() -> None:
    """In means over 200 seeds, each epoch is above the previous one and above a worse candidate."""
    means = {
        name: [np.mean([simulated_accuracy(c, s, epoch) for s in range(200)]) for epoch in range(9)]
        for name, c in (("good", GOOD), ("slow", SLOW))
    }
    assert all(before < after for curve in means.values() for before, after in pairwise(curve))
    assert all(worse < better for worse, better in zip(means["slow"], means["good"], strict=True))


def test_noise_has_the_stated_deviation() -> None:
    """The deviation over 1,000 seeds at one epoch is NOISE within 10 %."""
    accuracies = [simulated_accuracy(GOOD, seed, 4) for seed in range(1_000)]
    assert stdev(accuracies) == pytest.approx(NOISE, rel=0.1)


def test_losses_and_training_accuracies_follow_the_validation_accuracy() -> None:
    """A higher validation accuracy has lower losses; all values are within their ranges."""
    pool = SimulatedPool(1)
    pool.admit(SLOW, 1)
    unsorted = [succeeded(event.result) for event in pool]
    results = sorted(unsorted, key=lambda r: r.validation_accuracy)
    for worse, better in pairwise(results):
        assert worse.validation_loss > better.validation_loss > 0
        assert worse.training_loss > better.training_loss > 0
        assert 0 < worse.training_accuracy < better.training_accuracy < 1
    assert all(r.training_accuracy < r.validation_accuracy for r in results)


def test_weights_come_with_the_last_epoch_and_are_small() -> None:
    """Weights are one float32 number that differs between two seeds."""
    pool = SimulatedPool(2)
    first, second = pool.admit(SHORT, 1), pool.admit(SHORT, 2)
    results = drawn(pool)
    assert [result.weights is None for result in results[first]] == [True, False]
    last = [results[member][-1].weights or {} for member in (first, second)]
    weights = [arrays["seed"] for arrays in last]
    assert [(array.shape, array.dtype) for array in weights] == [((1,), np.dtype(np.float32))] * 2
    assert weights[0] != weights[1]


def test_an_accuracy_function_replaces_the_formula() -> None:
    """It receives the candidate, the seed and the epoch, counted from 1."""
    pool = SimulatedPool(1, accuracy=lambda _, seed, epoch: seed / 100 + epoch / 1_000)
    pool.admit(GOOD, 90)
    accuracies = [succeeded(event.result).validation_accuracy for event in pool]
    assert accuracies == pytest.approx([0.901, 0.902, 0.903, 0.904])


def test_members_advance_at_the_same_time() -> None:
    """Three members with two epochs of 0.1 s take 0.2 s, not 0.6; each result has 0.1 s."""
    pool = SimulatedPool(3, seconds_per_epoch=0.1)
    started = time.monotonic()
    for seed in range(3):
        pool.admit(SHORT, seed)
    results = [succeeded(event.result) for event in pool]
    assert 0.2 <= time.monotonic() - started < 0.6
    assert all(0.1 <= result.seconds < 0.2 for result in results)


def test_without_seconds_nothing_sleeps() -> None:
    """The seconds of a result are the time taken to compute it."""
    pool = SimulatedPool(1)
    pool.admit(SLOW, 1)
    started = time.monotonic()
    seconds = sum(succeeded(event.result).seconds for event in pool)
    assert 0 < seconds <= time.monotonic() - started
    assert pool.drawing_seconds > 0


@pytest.mark.parametrize("text", ["soon", "-1", "nan", "inf", ""])
def test_invalid_seconds_are_an_error(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is one line with the variable, its value and the rule."""
    monkeypatch.setenv(SECONDS_VARIABLE, text)
    with pytest.raises(
        FrugalError, match=f"{SECONDS_VARIABLE}={text}: must be a number of seconds"
    ):
        seconds_from_environment()


def test_seconds_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The value of the variable is used, and 0 if it is unset."""
    monkeypatch.delenv(SECONDS_VARIABLE, raising=False)
    assert seconds_from_environment() == 0
    monkeypatch.setenv(SECONDS_VARIABLE, "0.25")
    assert seconds_from_environment() == 0.25


def test_it_runs_without_torch() -> None:
    """The module imports neither torch nor an engine that does."""
    code = "import sys, search.training.engines.simulated; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
