"""Statistics: means and spreads, intervals, tests and selection bias.

Accuracies are fractions and spreads are standard deviations. Never imports torch or Optuna; scipy
is imported inside the functions that use it. `benchmarks/intervals` measures the coverages.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, pi, sqrt
from statistics import NormalDist, fmean, stdev
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.errors import FrugalError

FEWEST = 2  # repeats from which a spread can be computed
LEVEL = 0.95
NOISE_ERRORS = 2.0  # standard errors that count as noise: chance exceeds them in 1 of 20 cases
NORMAL_95 = 1.96  # standard errors that chance exceeds in 5 % of cases
SAME = 1e-9  # accuracy; 99.4 / 100 and 9,940 / 10,000 are equal but differ in the last bit
ROUNDING = 1e-4 / sqrt(12)  # standard deviation of a percentage rounded to two decimals
NEAR = 8.0  # spreads below the best score; noise cannot make lower candidates the best
STEP = 0.25  # spreads between grid points of the true values: small compared with the noise
ROUNDS = 300  # of expectation maximisation; 1,000 change the estimate by 0.02 spreads on average
FINE = 400  # grid points of the integral over the best score
Array = NDArray[np.float64]


# repeats of one candidate


def mean(scores: Iterable[float]) -> float:
    """The arithmetic mean; statistics.StatisticsError if there are no scores."""
    return fmean(scores)


def spread(scores: Iterable[float]) -> float | None:
    """The standard deviation over repeats; None for fewer than FEWEST repeats."""
    repeats = list(scores)
    return stdev(repeats) if len(repeats) >= FEWEST else None


def pooled_spread(samples: Iterable[Sequence[float]]) -> float:
    """The standard deviation of a single score, pooled over the repeats of several candidates.

    Each candidate's repeats are one sample with its own mean. Samples without a spread are ignored;
    the result is 0 if no sample has one.
    """
    squares = [
        (len(scores) - 1, deviation**2)
        for scores in samples
        if (deviation := spread(scores)) is not None
    ]
    freedom = sum(count for count, _ in squares)
    return (sum(count * square for count, square in squares) / freedom) ** 0.5 if freedom else 0.0


def nearest_median(scores: Sequence[float]) -> int:
    """The index of the median score; of the lower middle score if their number is even.

    ValueError if there are no scores.
    """
    order = sorted(range(len(scores)), key=lambda index: (scores[index], index))
    return order[(len(order) - 1) // 2]


def mean_curve(curves: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """The mean over repeats for each epoch; empty if there is no repeat."""
    return tuple(fmean(epoch) for epoch in zip(*curves, strict=True))


# one accuracy, on a number of images


def standard_error(accuracy: float, images: int) -> float:
    """The binomial standard error of an accuracy p on n images: sqrt(p (1 - p) / n)."""
    return sqrt(accuracy * (1 - accuracy) / images)


def wilson_interval(accuracy: float, images: int, level: float = LEVEL) -> tuple[float, float]:
    """The ends of Wilson's interval for an accuracy on n images; covers image sampling only."""
    z = NormalDist().inv_cdf(0.5 + level / 2)
    middle = (accuracy + z**2 / (2 * images)) / (1 + z**2 / images)
    variance = accuracy * (1 - accuracy) / images + z**2 / (4 * images**2)
    half = z * sqrt(variance) / (1 + z**2 / images)
    return middle - half, middle + half


def accuracy_noise(accuracy: float, images: int) -> float:
    """The difference from an accuracy on n images that image sampling alone explains."""
    return NOISE_ERRORS * standard_error(accuracy, images)


# differences


class MeasuredMean(NamedTuple):
    """A mean accuracy over repeats, all measured on the same n images.

    scores: of the repeats; their spread is used if there are at least FEWEST.
    """

    accuracy: float
    images: int
    scores: Sequence[float] = ()


def difference_noise(*means: MeasuredMean) -> float:
    """The difference of two means that chance alone explains: NOISE_ERRORS of its standard errors.

    The standard error combines the sampling of the images and, for means that have one, the spread
    over repeats. The images of the two means are treated as independent samples, which is
    conservative if they are the same.
    """
    variance = 0.0
    for measured in means:
        variance += standard_error(measured.accuracy, measured.images) ** 2
        if (deviation := spread(measured.scores)) is not None:
            variance += deviation**2 / len(measured.scores)
    return NOISE_ERRORS * sqrt(variance)


def beyond_noise(rise: float, noise: float) -> bool | None:
    """Whether a figure rose; None if the change is within the noise."""
    return None if abs(rise) <= noise else rise > 0


def reproduction_tolerance(accuracy: float, images: int) -> float:
    """The largest expected difference of two trainings of one candidate, each on n images, at 95 %.

    It covers image sampling only. An accuracy of 0 or 1 is treated as one image away from it.
    """
    return NORMAL_95 * sqrt(2 * max(accuracy * (1 - accuracy), 1 / images) / images)


class Lead(NamedTuple):
    """The lead of another candidate's mean over that of this candidate.

    other: trial of the other candidate. difference: of the means. errors: the difference in
    standard errors. needed: standard errors required for significance.
    """

    other: int
    difference: float
    errors: float
    needed: float


def beaten_candidates(
    scores: Mapping[int, Sequence[float]], error: float, ahead: Sequence[int] = ()
) -> dict[int, Lead]:
    """The trials with a mean significantly below that of another trial, by t tests.

    scores: by trial. error: probability of a false positive per comparison. ahead: the trials to
    compare with, all if empty. The spread is pooled over the trials; a trial's own spread is used
    if it is larger. The result is empty if a trial has fewer than FEWEST scores or if the scores of
    every trial are equal.
    """
    from scipy.special import stdtrit

    if len(scores) < 2 or min(map(len, scores.values())) < FEWEST:
        return {}
    means = {trial: fmean(sample) for trial, sample in scores.items()}
    squares, freedom = _squared_errors(scores, means)
    if not squares:
        return {}
    needed = float(stdtrit(freedom, 1 - error / 2))
    beaten = {}
    for trial, own in means.items():
        leads = {
            other: (means[other] - own) / sqrt(squares[other] + squares[trial])
            for other in ahead or means
            if other != trial
        }
        other = max(leads, key=lambda number: (leads[number], -number), default=trial)
        if leads.get(other, 0.0) > needed:
            beaten[trial] = Lead(other, means[other] - own, leads[other], needed)
    return beaten


def _squared_errors(
    scores: Mapping[int, Sequence[float]], means: Mapping[int, float]
) -> tuple[dict[int, float], int]:
    """The squared standard error of each mean (empty without a spread) and degrees of freedom."""
    sums = {trial: sum((x - means[trial]) ** 2 for x in sample) for trial, sample in scores.items()}
    freedom = sum(len(sample) - 1 for sample in scores.values())
    pooled = sum(sums.values()) / freedom
    if pooled < SAME**2:
        return {}, freedom
    errors = {
        trial: max(pooled, sums[trial] / (len(sample) - 1)) / len(sample)
        for trial, sample in scores.items()
    }
    return errors, freedom


# intervals for a confirmed candidate


@dataclass(frozen=True)
class Interval:
    """A confidence interval from low to high. level: confidence level, such as 0.95."""

    low: float
    high: float
    level: float


@dataclass(frozen=True)
class TargetReach:
    """How often runs reach a target in all epochs of the window. hits: number of runs that did.

    interval: for the share of runs that reach it, from the hits alone. probability: that another
    run reaches it, from mean and spread of the consistencies; None without a spread.
    """

    target: float
    hits: int
    runs: int
    interval: Interval
    probability: float | None


def expected_consistency(scores: Sequence[float], images: int, level: float = LEVEL) -> Interval:
    """An interval for the expected consistency of a new run on as many new images of the same kind.

    scores: consistencies of at least two runs with different seeds, all on the same `images`
    images. The interval is for the mean over seeds and over samples of images, not for a single new
    run.

    SE^2 = p (1 - p) / N + s^2 / S, with N images, shared by all runs, and S seeds. The degrees of
    freedom follow Welch and Satterthwaite; the first term counts as known. The result is Wilson's
    interval for the number of images that alone would give this SE. So it stays between 0 and 1,
    and its width is positive even if all runs agree. It is conservative: the part of p (1 - p) / N
    that varies from run to run is also contained in s^2 and counts twice. Coverage in simulations
    with 1,000 and 10,000 images and 3, 5 and 10 runs (4,000 each): 97.2 to 98.2 % at a level of
    95 %, 86 to 87 % at 80 %.

    FrugalError for fewer than two runs, which say nothing about the effect of the seed.
    """
    share, noise = mean(_several(scores)), _known(scores)
    of_images, of_seeds = share * (1 - share) / images, noise**2 / len(scores)
    error = of_images + of_seeds
    freedom = (error / of_seeds) ** 2 * (len(scores) - 1) if of_seeds else inf
    quantile = _quantile(freedom, level)
    size = images * (of_images / error) if error else images
    centre = (share + quantile**2 / (2 * size)) / (1 + quantile**2 / size)
    half = quantile * sqrt(share * (1 - share) / size + (quantile / (2 * size)) ** 2)
    half /= 1 + quantile**2 / size
    return Interval(max(0.0, centre - half), min(1.0, centre + half), level)


def target_reach(scores: Sequence[float], target: float, level: float = LEVEL) -> TargetReach:
    """How often runs on these images reach a target: consistency >= target.

    interval: Clopper and Pearson's for the share of runs. Its coverage is at least the level for
    every share; at 95 %, the coverage of Jeffreys' falls to 0.87 and that of Wilson's to 0.83 for
    some shares of 3 to 10 runs (computed). probability: that another run reaches the target, by
    Student's t, including the uncertainty of mean and spread. None for a single run or equal runs:
    a probability of 0 or 1 would claim that training is free of chance, which a few equal runs do
    not show. FrugalError if there are no runs.
    """
    from scipy.special import betaincinv, stdtr

    if not scores:
        raise FrugalError("0 runs: at least 1 is needed; train repeats first")
    runs, hits = len(scores), sum(score >= target - SAME for score in scores)
    tail = _tail(level)
    low = float(betaincinv(hits, runs - hits + 1, tail)) if hits else 0.0
    high = float(betaincinv(hits + 1, runs - hits, 1 - tail)) if hits < runs else 1.0
    noise, probability = spread(scores), None
    if noise:
        distance = (mean(scores) - target) / (noise * sqrt(1 + 1 / runs))
        probability = float(stdtr(runs - 1, distance))
    return TargetReach(target, hits, runs, Interval(low, high, level), probability)


def difference_from_published(
    scores: Sequence[float], published: float, level: float = LEVEL
) -> Interval:
    """An interval for our mean minus a published figure on the same test images, by Student's t.

    It is for the difference of the two networks' averages over seeds on these images. The published
    figure is a single run of unknown spread, so our spread is used for it too:
    SE^2 = s^2 (1 + 1/S) with S - 1 degrees of freedom. The spread is at least that of rounding a
    percentage to two decimals. Coverage in simulations with 3, 5 and 10 runs (4,000 each): 94.7 to
    95.5 % at a level of 95 %. Selection is not corrected for: if the published network was selected
    on the test images, its figure is too high and this difference too low. FrugalError for fewer
    than two runs.
    """
    noise = max(_known(_several(scores)), ROUNDING)
    half = _quantile(len(scores) - 1, level) * noise * sqrt(1 + 1 / len(scores))
    difference = mean(scores) - published
    return Interval(difference - half, difference + half, level)


# the best of many scores


def expected_optimism(observed: Sequence[float], spread: float) -> float:
    """The expected optimism of the best of N scores: how far it is above its own true value.

    observed: one score per candidate, true value + noise of standard deviation `spread`. The noise
    must be independent between candidates, such as that of seeds; noise from the sampling of images
    is mostly shared by all candidates and would make the estimate too high.

    The distribution of the true values is estimated by nonparametric maximum likelihood
    (expectation maximisation) from the scores within NEAR spreads of the best, so that a long tail
    of bad candidates has no effect. The optimism is then an integral over N values at the quantiles
    of that distribution. It is 0 for a spread of 0 and for a single candidate.

    In simulations (400 searches each; true values equal, normal, skewed, or with long bad tails)
    the average is within 0.2 spreads of the truth for 5 to 60 candidates and within 0.25 for 200,
    too low if many are equal. The estimate for a single search has a standard deviation of 0.2 to
    0.55 spreads. FrugalError for a spread below 0.
    """
    if spread < 0:
        raise FrugalError(f"spread {spread:g}: must be 0 or more; pass a standard deviation")
    if not spread or len(observed) < FEWEST:
        return 0.0
    scores = np.asarray(observed, dtype=np.float64) / spread
    near = scores[scores > scores.max() - NEAR]
    return spread * _noise_of_best(_true_values(near)) if len(near) >= FEWEST else 0.0


def _true_values(scores: Array) -> Array:
    """Estimate the true values of scores with unit noise: quantiles of their distribution."""
    span = float(scores.max() - scores.min())
    grid = np.linspace(scores.min(), scores.max(), int(span / STEP) + 2)
    likelihood = np.exp(-0.5 * (scores[:, None] - grid) ** 2)
    weights = np.full(len(grid), 1 / len(grid))
    for _ in range(ROUNDS):
        weights = weights * (likelihood / (likelihood @ weights)[:, None]).mean(axis=0)
    levels = (np.arange(len(scores)) + 0.5) / len(scores)
    places = np.searchsorted(np.cumsum(weights), levels)
    return grid[np.minimum(places, len(grid) - 1)]


def _noise_of_best(values: Array) -> float:
    """The expected noise in the highest of these values, each with unit normal noise added."""
    from scipy.special import log_ndtr

    best, step = np.linspace(values.min() - 6, values.max() + 6, FINE, retstep=True)
    noise = best[:, None] - values
    below = log_ndtr(noise)  # log probability that a noisy value is below the best
    density = np.exp(below.sum(axis=1, keepdims=True) - below - noise**2 / 2) / sqrt(2 * pi)
    return float((noise * density).sum() * step)


def _several(scores: Sequence[float]) -> Sequence[float]:
    if len(scores) < FEWEST:
        raise FrugalError(
            f"{len(scores)} run: an interval needs at least {FEWEST} to include the effect of "
            "seeds; train more repeats"
        )
    return scores


def _known(scores: Sequence[float]) -> float:
    return spread(scores) or 0.0


def _quantile(freedom: float, level: float) -> float:
    """The two-sided quantile of Student's t; of the normal distribution for infinite freedom."""
    from scipy.special import ndtri, stdtrit

    below = 1 - _tail(level)
    return float(ndtri(below) if freedom == inf else stdtrit(freedom, below))


def _tail(level: float) -> float:
    """The probability outside the interval on each side."""
    if not 0 < level < 1:
        raise FrugalError(f"level {level:g}: must be between 0 and 1; use 0.95 for 95 %")
    return (1 - level) / 2
