"""Simulated runs, races and searches whose truth is known, told to the functions that judge them.

Shared by the tests and by `benchmarks/intervals.py`, which runs them longer.
"""

from collections.abc import Callable, Sequence
from math import sqrt
from statistics import fmean
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from search.evaluation.intervals import (
    difference_from_published,
    expected_consistency,
    expected_optimism,
    target_reach,
)
from search.evaluation.race import dropped_candidates, rivals

WINDOW = 5
HARD, DIFFICULTY = 0.026, (0.1, 0.33)  # share of hard images; Beta of their error: 0.6 % in all
SLIP = 1e-4  # error on any other image
SEED_EFFECT = 0.05  # standard deviation, in those of an image's own chance
EPOCHS_AGREE = 0.8  # share of the chance on an image that is the run's, not the epoch's
SPREAD = 0.0004  # of one run, as measured with networks of 10,000 parameters: 0.03 to 0.05 points
Array = NDArray[np.float64]
Generator = np.random.Generator


class Coverage(NamedTuple):
    """Share of simulations in which an interval holds the truth, and its mean width."""

    covered: float
    width: float


class Raced(NamedTuple):
    """Shares of races: the best kept to the end; the best the winner or a rival; repeats saved."""

    kept: float
    named: float
    saved: float


def new_images(draw: Generator, images: int, runs: int) -> Array:
    """Consistencies (runs,) of fresh seeds on one fresh sample of images."""
    hard = draw.binomial(images, HARD)
    bar = ndtri(1 - np.clip(draw.beta(*DIFFICULTY, hard), 1e-12, 1 - 1e-12))[:, None, None]
    of_run = draw.standard_normal((hard, runs, 1)) * sqrt(EPOCHS_AGREE)
    of_epoch = draw.standard_normal((hard, runs, WINDOW)) * sqrt(1 - EPOCHS_AGREE)
    effect = draw.normal(0, SEED_EFFECT, (1, runs, 1))
    wrong = (of_run + of_epoch + effect > bar).sum(axis=0)
    wrong += draw.poisson(SLIP * (images - hard), wrong.shape)
    lowest: Array = 1 - wrong.max(axis=1) / images
    return lowest


def expectations(
    images: int, runs: Sequence[int], levels: Sequence[float], times: int, seed: int = 1
) -> dict[tuple[int, float], Coverage]:
    """Coverage of `expectation` by (runs, level); the truth is the mean of all simulated runs."""
    draw = np.random.default_rng(seed)
    samples = np.stack([new_images(draw, images, max(runs)) for _ in range(times)])
    return {
        (count, level): _coverage(
            [expected_consistency(sample[:count].tolist(), images, level) for sample in samples],
            samples.mean(),
        )
        for count in runs
        for level in levels
    }


def differences(runs: int, level: float, times: int, seed: int = 1) -> Coverage:
    """Coverage of `difference`: ours is 0.01 points above a published run of the same spread."""
    draw = np.random.default_rng(seed)
    truth, found = 0.0001, []
    for scores in draw.normal(0.994, SPREAD, (times, runs + 1)):
        seen = scores.round(4)
        found.append(difference_from_published((seen[1:] + truth).tolist(), float(seen[0]), level))
    return _coverage(found, truth)


def shares(runs: int, share: float, level: float, times: int, seed: int = 1) -> Coverage:
    """Coverage of `reach` for the share of runs that reach a target."""
    draw = np.random.default_rng(seed)
    hits = draw.random((times, runs)) < share
    found = [target_reach(np.where(row, 0.995, 0.993).tolist(), 0.994, level) for row in hits]
    return _coverage([one.interval for one in found], share)


def promises(runs: int, times: int, seed: int = 1) -> dict[float, float]:
    """By probability: how often at most that is told of a target that a further run just reaches.

    The same numbers come out, evenly spread from 0 to 1, if the probabilities are right.
    """
    draw = np.random.default_rng(seed)
    scores = draw.normal(0.994, SPREAD, (times, runs + 1))
    told = np.array([target_reach(row[1:].tolist(), float(row[0])).probability for row in scores])
    return {share: float((told <= share).mean()) for share in (0.05, 0.2, 0.5, 0.8, 0.95)}


SHAPES: dict[str, Callable[[Generator, int], Array]] = {  # true values, in spreads of one run
    "equal": lambda _, count: np.zeros(count),
    "normal 0.5": lambda draw, count: draw.normal(0, 0.5, count),
    "normal 2": lambda draw, count: draw.normal(0, 2, count),
    "normal 5": lambda draw, count: draw.normal(0, 5, count),
    "skewed": lambda draw, count: -draw.exponential(3, count),
    "alike, a third a long bad tail": lambda draw, count: np.where(
        draw.random(count) < 1 / 3, -draw.exponential(20, count), draw.normal(0, 1, count)
    ),
    "equal, half a long bad tail": lambda draw, count: np.where(
        draw.random(count) < 1 / 2, -draw.exponential(20, count), 0.0
    ),
}


def optimisms(
    shape: str, candidates: int, times: int, seed: int = 1
) -> tuple[float, float, float, float]:
    """(true, estimated, standard deviation of the estimate, naive) luck of the best, in spreads.

    naive: what shrinking by the variance of all scores (normal empirical Bayes) says.
    """
    draw = np.random.default_rng(seed)
    luck, told, naive = [], [], []
    for _ in range(times):
        true = SHAPES[shape](draw, candidates)
        seen = true + draw.standard_normal(candidates)
        told.append(expected_optimism((0.99 + SPREAD * seen).tolist(), SPREAD) / SPREAD)
        naive.append((seen.max() - seen.mean()) * min(1.0, 1 / seen.var(ddof=1)))
    for _ in range(20 * times):
        true = SHAPES[shape](draw, candidates)
        noise = draw.standard_normal(candidates)
        luck.append(noise[(true + noise).argmax()])
    return fmean(luck), fmean(told), float(np.std(told)), fmean(naive)


def normal(draw: Generator, size: tuple[int, ...]) -> Array:
    """Noise of unit variance."""
    return draw.standard_normal(size)


def skewed(draw: Generator, size: tuple[int, ...]) -> Array:
    """Noise of mean 0 and unit variance with a longer tail below, as a minimum has."""
    return -(draw.gumbel(0, 1, size) - np.euler_gamma) * sqrt(6) / np.pi


def heavy(draw: Generator, size: tuple[int, ...]) -> Array:
    """Student's t with 4 degrees of freedom, scaled to unit variance."""
    return draw.standard_t(4, size) / sqrt(2)


NOISES = {"normal": normal, "skewed": skewed, "heavy": heavy}


def races(
    gaps: Sequence[float],
    spreads: Sequence[float],
    times: int,
    most: int = 5,
    noise: Callable[[Generator, tuple[int, ...]], Array] = normal,
    seed: int = 1,
) -> Raced:
    """Whole races. gaps: to the best, spreads: of one run; both in points, by racer.

    The best ones are those of gap 0, and one of them is enough to be kept and named.
    """
    draw = np.random.default_rng(seed)
    size = (times, len(gaps), most)
    points = 99.4 - np.array(gaps)[:, None] + np.array(spreads)[:, None] * noise(draw, size)
    best = {place for place, gap in enumerate(gaps) if gap == 0}
    told = [_race(scores.round(2) / 100, best) for scores in points]
    return Raced(*(fmean(column) for column in zip(*told, strict=True)))


def _race(scores: Array, best: set[int]) -> tuple[bool, bool, float]:
    racers, most = scores.shape
    left, used = dict(enumerate(scores.tolist())), 0
    for number in range(1, most + 1):
        used += len(left)
        seen = {racer: found[:number] for racer, found in left.items()}
        if number < most:
            left = {r: left[r] for r in left.keys() - dropped_candidates(seen, racers, most).keys()}
        if number > 1 and len(left) == 1:
            break
    seen = {racer: found[:number] for racer, found in left.items()}
    winner = max(seen, key=lambda racer: fmean(seen[racer]))
    named = {winner, *rivals(seen, winner)}
    return bool(best & left.keys()), bool(best & named), 1 - used / (racers * most)


def _coverage(intervals: Sequence[Any], truth: float) -> Coverage:
    covered = fmean(found.low <= truth <= found.high for found in intervals)
    return Coverage(covered, fmean(found.high - found.low for found in intervals))
