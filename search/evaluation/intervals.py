"""What a few repeats say about the figure to expect, about a target, a published figure and luck.

Accuracies are fractions, spreads standard deviations. Never imports torch or Optuna; scipy is
imported where it is needed. Coverages are measured by `benchmarks/intervals.py`.
"""

from collections.abc import Sequence
from math import inf, pi, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from search.errors import FrugalError
from search.evaluation.repeats import FEWEST, mean, spread
from search.evaluation.results import Interval, TargetReach

LEVEL = 0.95
SAME = 1e-9  # accuracy; 99.4 / 100 and 9,940 / 10,000 differ in the last bit and mean the same
ROUNDING = 1e-4 / sqrt(12)  # standard deviation of a figure rounded to two decimals of a per cent
NEAR = 8.0  # spreads below the best score; noise alone does not lift anything from further down
STEP = 0.25  # spreads between the true values considered: well within the noise of one score
ROUNDS = 300  # of expectation maximisation; 1,000 move an estimate by 0.02 spreads in the mean
FINE = 400  # points of the integral over the best score
Array = NDArray[np.float64]


def expected_consistency(scores: Sequence[float], images: int, level: float = LEVEL) -> Interval:
    """The consistency to expect of a new run on as many new images of the same kind.

    scores: consistencies of at least two runs with fresh seeds, all on the same `images` images.
    It is an interval for the mean over seeds and over samples of images, not for a single new run.
    SE^2 = p (1 - p) / N + s^2 / S: the images are a sample that all runs share, the seeds another;
    degrees of freedom after Welch and Satterthwaite (the first part counts as known); then Wilson's
    interval for the number of images that would alone give this SE, so that it stays within 0 and 1
    and has a width where all runs agree. Conservative: the part of p (1 - p) / N that is each run's
    own chance on an image is in s^2 already and is counted twice. Simulated with 1,000 and 10,000
    images and 3, 5 and 10 runs (4,000 each): 97.2 to 98.2 % covered at 95 %, 86 to 87 % at 80 %.
    FrugalError for fewer than two runs: nothing is known about seeds then.
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

    interval: Clopper and Pearson's for the share of runs, which holds its level for every share; at
    95 % Jeffreys' falls to 0.87 and Wilson's to 0.83 for some shares of 3 to 10 runs (computed).
    probability: that one more run reaches it, by Student's t with the uncertainty of mean and
    spread. None for one run, or where all runs gave the same: a probability of 0 or 1 would claim
    that there is no chance in training, which a few equal runs do not show.
    FrugalError for no runs.
    """
    from scipy.special import betaincinv, stdtr

    if not scores:
        raise FrugalError("0 runs reach nothing; at least 1 is needed: train repeats first")
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
    """Our mean minus a published figure, on the same test images: an interval by Student's t.

    It is for the difference of what both networks give on average over seeds on these images. The
    published figure is one run whose spread nobody told; ours stands for it: SE^2 = s^2 (1 + 1/S),
    S - 1 degrees of freedom. A spread below the rounding of two decimals of a per cent is taken as
    that rounding. Simulated with 3, 5 and 10 runs (4,000 each): 94.7 to 95.5 % covered at 95 %.
    Not corrected: a figure that was chosen on the test images is too high, which makes this
    difference too low. FrugalError for fewer than two runs.
    """
    noise = max(_known(_several(scores)), ROUNDING)
    half = _quantile(len(scores) - 1, level) * noise * sqrt(1 + 1 / len(scores))
    found = mean(scores) - published
    return Interval(found - half, found + half, level)


def expected_optimism(observed: Sequence[float], spread: float) -> float:
    """The expected luck of the best of N scores: how far it stands above its own true value.

    observed: one score each of N candidates, true value + noise of standard deviation `spread`.
    The distribution of the true values is estimated without a shape (nonparametric maximum
    likelihood by expectation maximisation) from the scores within NEAR spreads of the best, so that
    a long bad tail counts for nothing; then the luck of the best is an integral over N values at
    its quantiles. 0 for a spread of 0 and for one candidate. The noise must be each candidate's
    own, as that of seeds: what the choice of images adds is mostly shared by all candidates, and
    this would overstate the luck in it.
    Simulated (400 searches each; equal, normal, skewed, with long bad tails): on average within 0.2
    spreads of the truth for 5 to 60 candidates and within 0.25 for 200, too low where many are
    equal. For a single search it is an estimate, with a standard deviation of 0.2 to 0.55 spreads.
    FrugalError for a spread below 0.
    """
    if spread < 0:
        raise FrugalError(f"spread {spread:g}: must be 0 or more; give a standard deviation")
    if not spread or len(observed) < FEWEST:
        return 0.0
    scores = np.asarray(observed, dtype=np.float64) / spread
    near = scores[scores > scores.max() - NEAR]
    return spread * _luck(_true_values(near)) if len(near) >= FEWEST else 0.0


def _true_values(scores: Array) -> Array:
    """As many true values as scores of unit noise, at the quantiles of their distribution."""
    span = float(scores.max() - scores.min())
    grid = np.linspace(scores.min(), scores.max(), int(span / STEP) + 2)
    likelihood = np.exp(-0.5 * (scores[:, None] - grid) ** 2)
    weights = np.full(len(grid), 1 / len(grid))
    for _ in range(ROUNDS):
        weights = weights * (likelihood / (likelihood @ weights)[:, None]).mean(axis=0)
    levels = (np.arange(len(scores)) + 0.5) / len(scores)
    places = np.searchsorted(np.cumsum(weights), levels)
    return grid[np.minimum(places, len(grid) - 1)]


def _luck(values: Array) -> float:
    """The expected noise in the highest of these values, each with unit normal noise added."""
    from scipy.special import log_ndtr

    best, step = np.linspace(values.min() - 6, values.max() + 6, FINE, retstep=True)
    noise = best[:, None] - values
    below = log_ndtr(noise)  # that a value stays below the best
    density = np.exp(below.sum(axis=1, keepdims=True) - below - noise**2 / 2) / sqrt(2 * pi)
    return float((noise * density).sum() * step)


def _several(scores: Sequence[float]) -> Sequence[float]:
    if len(scores) < FEWEST:
        raise FrugalError(
            f"{len(scores)} run: an interval needs at least {FEWEST}, for one says nothing about "
            "seeds; train more repeats"
        )
    return scores


def _known(scores: Sequence[float]) -> float:
    return spread(scores) or 0.0


def _quantile(freedom: float, level: float) -> float:
    """Student's t, two-sided."""
    from scipy.special import ndtri, stdtrit

    below = 1 - _tail(level)
    return float(ndtri(below) if freedom == inf else stdtrit(freedom, below))


def _tail(level: float) -> float:
    """The error allowed on either side."""
    if not 0 < level < 1:
        raise FrugalError(f"level {level:g}: must lie between 0 and 1; 0.95 is usual")
    return (1 - level) / 2


def standard_error(accuracy: float, images: int) -> float:
    """Of an accuracy measured on n images: the binomial's sqrt(p (1 - p) / n)."""
    return sqrt(accuracy * (1 - accuracy) / images)


def wilson_interval(accuracy: float, images: int, level: float = 0.95) -> tuple[float, float]:
    """Low and high of Wilson's interval for an accuracy on n images: of the images' luck alone."""
    z = NormalDist().inv_cdf(0.5 + level / 2)
    middle = (accuracy + z**2 / (2 * images)) / (1 + z**2 / images)
    spread = accuracy * (1 - accuracy) / images + z**2 / (4 * images**2)
    half = z * sqrt(spread) / (1 + z**2 / images)
    return middle - half, middle + half
