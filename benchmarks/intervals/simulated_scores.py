"""Simulated runs, races and searches with known true values, evaluated by `search.evaluation`.

Used by `intervals.py` and, with fewer simulations, by the tests of `search.evaluation`.
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
# share of hard images, and parameters of the beta distribution of their error; 0.6 % errors overall
HARD, DIFFICULTY = 0.026, (0.1, 0.33)
SLIP = 1e-4  # probability of an error on any other image
SEED_EFFECT = 0.05  # standard deviation between seeds, relative to the noise of one image
EPOCHS_AGREE = 0.8  # share of an image's noise that is common to all epochs of a run
SPREAD = 0.0004  # between runs, as measured with 10,000 parameters: 0.03 to 0.05 points
Array = NDArray[np.float64]
Generator = np.random.Generator


class Coverage(NamedTuple):
    """Share of simulations with the true value inside the interval, and mean interval width."""

    covered: float
    width: float


class Raced(NamedTuple):
    """Results of races, as shares.

    kept: races that keep the best candidate to the end. named: races in which the best candidate is
    the winner or a rival. saved: repeats that were saved.
    """

    kept: float
    named: float
    saved: float


def new_images(draw: Generator, images: int, runs: int) -> Array:
    """Return the consistencies (runs,) of new seeds on one new sample of images."""
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
    """Return the coverage of `expected_consistency` by (runs, level).

    The true value is the mean of all simulated runs.
    """
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
    """Return the coverage of `difference_from_published`.

    The true difference is 0.01 percentage points; both spreads are equal.
    """
    draw = np.random.default_rng(seed)
    truth, intervals = 0.0001, []
    for scores in draw.normal(0.994, SPREAD, (times, runs + 1)).round(4):
        ours, published = (scores[1:] + truth).tolist(), float(scores[0])
        intervals.append(difference_from_published(ours, published, level))
    return _coverage(intervals, truth)


def shares(runs: int, share: float, level: float, times: int, seed: int = 1) -> Coverage:
    """Return the coverage of `target_reach` for the share of runs that reach a target."""
    draw = np.random.default_rng(seed)
    hits = draw.random((times, runs)) < share
    reached = [target_reach(np.where(row, 0.995, 0.993).tolist(), 0.994, level) for row in hits]
    return _coverage([one.interval for one in reached], share)


def promises(runs: int, times: int, seed: int = 1) -> dict[float, float]:
    """Return {p: share of simulations with an estimated probability of at most p}.

    The target is the score of one more run. The estimated probabilities are calibrated if each
    value equals its key.
    """
    draw = np.random.default_rng(seed)
    scores = draw.normal(0.994, SPREAD, (times, runs + 1))
    estimated = np.array(
        [target_reach(row[1:].tolist(), float(row[0])).probability for row in scores]
    )
    return {share: float((estimated <= share).mean()) for share in (0.05, 0.2, 0.5, 0.8, 0.95)}


SHAPES: dict[str, Callable[[Generator, int], Array]] = {  # true values, in units of SPREAD
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
    """Return the selection bias of the best score, in units of SPREAD.

    The values are (true, mean estimate, standard deviation of the estimate, naive estimate). The
    naive estimate is normal empirical Bayes, which shrinks by the variance of all scores.
    """
    draw = np.random.default_rng(seed)
    luck, estimated, naive = [], [], []
    for _ in range(times):
        true = SHAPES[shape](draw, candidates)
        scores = true + draw.standard_normal(candidates)
        estimated.append(expected_optimism((0.99 + SPREAD * scores).tolist(), SPREAD) / SPREAD)
        naive.append((scores.max() - scores.mean()) * min(1.0, 1 / scores.var(ddof=1)))
    for _ in range(20 * times):
        true = SHAPES[shape](draw, candidates)
        noise = draw.standard_normal(candidates)
        luck.append(noise[(true + noise).argmax()])
    return fmean(luck), fmean(estimated), float(np.std(estimated)), fmean(naive)


def normal(draw: Generator, size: tuple[int, ...]) -> Array:
    """Return normal noise of unit variance."""
    return draw.standard_normal(size)


def skewed(draw: Generator, size: tuple[int, ...]) -> Array:
    """Return noise of mean 0 and unit variance with a longer lower tail, like a minimum."""
    return -(draw.gumbel(0, 1, size) - np.euler_gamma) * sqrt(6) / np.pi


def heavy(draw: Generator, size: tuple[int, ...]) -> Array:
    """Return noise from Student's t with 4 degrees of freedom, scaled to unit variance."""
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
    """Simulate complete races.

    gaps: distance of each candidate from the best. spreads: standard deviation between runs of each
    candidate. Both are in percentage points. most: repeats per candidate. Candidates with gap 0 are
    the best; a race is correct if it keeps and names at least one of them.
    """
    draw = np.random.default_rng(seed)
    size = (times, len(gaps), most)
    points = 99.4 - np.array(gaps)[:, None] + np.array(spreads)[:, None] * noise(draw, size)
    best = {place for place, gap in enumerate(gaps) if gap == 0}
    outcomes = [_race(scores.round(2) / 100, best) for scores in points]
    return Raced(*(fmean(column) for column in zip(*outcomes, strict=True)))


def _race(scores: Array, best: set[int]) -> tuple[bool, bool, float]:
    racers, most = scores.shape
    left, used = dict(enumerate(scores.tolist())), 0
    for number in range(1, most + 1):
        used += len(left)
        so_far = {racer: repeats[:number] for racer, repeats in left.items()}
        if number < most:
            dropped = dropped_candidates(so_far, racers, most).keys()
            left = {racer: left[racer] for racer in left.keys() - dropped}
        if number > 1 and len(left) == 1:
            break
    so_far = {racer: repeats[:number] for racer, repeats in left.items()}
    winner = max(so_far, key=lambda racer: fmean(so_far[racer]))
    named = {winner, *rivals(so_far, winner)}
    return bool(best & left.keys()), bool(best & named), 1 - used / (racers * most)


def _coverage(intervals: Sequence[Any], truth: float) -> Coverage:
    covered = fmean(interval.low <= truth <= interval.high for interval in intervals)
    return Coverage(covered, fmean(interval.high - interval.low for interval in intervals))
