"""Intervals, probabilities and optimism, checked against simulations with known true values."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from benchmarks.intervals.simulated_scores import (
    SHAPES,
    differences,
    expectations,
    optimisms,
    promises,
    shares,
)
from search.errors import FrugalError
from search.evaluation.intervals import (
    MeasuredMean,
    beyond_noise,
    difference_from_published,
    difference_noise,
    expected_consistency,
    expected_optimism,
    mean,
    nearest_median,
    pooled_spread,
    reproduction_tolerance,
    spread,
    standard_error,
    target_reach,
)

SCORES = [0.9938, 0.9941, 0.9945]
TIMES = 400  # simulations; three standard errors of a share of 95 % are 3.3 points
SLACK = {0.95: 0.033, 0.8: 0.06}  # three standard errors at TIMES, by level


@pytest.mark.parametrize("images", [1_000, 10_000])
def test_the_expectation_is_covered_at_its_level(images: int) -> None:
    """The coverage is at least the level, and at 80 % not much higher.

    Simulated with new images of different difficulty, new seeds and the lowest of five correlated
    epochs. The upper bound of 87.6 % is the coverage of an 80 % interval that is 1.2 times too
    wide.
    """
    for (_, level), found in expectations(images, (3, 5, 10), (0.8, 0.95), TIMES).items():
        assert found.covered >= level - SLACK[level]
        assert level > 0.8 or found.covered <= 0.876 + SLACK[level]


def test_the_expectation_is_between_0_and_1() -> None:
    """Equal runs, even without an error, give an interval of positive width within 0 and 1."""
    perfect = expected_consistency([1.0, 1.0, 1.0], 1_000)
    assert 0.99 < perfect.low < perfect.high == 1.0
    equal = expected_consistency([0.994] * 3, 10_000)
    assert equal.low < 0.9935
    assert equal.high > 0.9945
    assert expected_consistency([0.0] * 3, 1_000).low == pytest.approx(0)


def test_more_images_more_runs_and_a_lower_level_narrow_the_expectation() -> None:
    """The width depends on the number of images, the number of runs and the level."""
    wide = expected_consistency(SCORES, 1_000)
    for narrow in (
        expected_consistency(SCORES, 10_000),
        expected_consistency(SCORES * 3, 1_000),
        expected_consistency(SCORES, 1_000, level=0.8),
    ):
        assert narrow.high - narrow.low < wide.high - wide.low
        assert narrow.low < 0.9941 < narrow.high


@pytest.mark.parametrize("runs", [3, 5, 10])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_the_difference_is_covered_at_its_level(runs: int, level: float) -> None:
    """The coverage equals the level for a published figure that is a single, rounded run."""
    found = differences(runs, level, 2 * TIMES)
    assert found.covered == pytest.approx(level, abs=SLACK[level])


def test_a_difference_is_ours_minus_theirs() -> None:
    """The interval is centred on the difference; equal runs have the spread of the rounding."""
    found = difference_from_published([0.9950, 0.9950, 0.9950], 0.9949)
    assert (found.low + found.high) / 2 == pytest.approx(0.0001)
    assert 0.0001 < found.high - found.low < 0.0005


@pytest.mark.parametrize("runs", [3, 5, 10])
@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_the_share_of_runs_is_covered_at_its_level(runs: int, level: float, share: float) -> None:
    """The coverage is at least the level for every share."""
    assert shares(runs, share, level, TIMES).covered >= level - SLACK[level]


@pytest.mark.parametrize("runs", [3, 5, 10])
def test_probabilities_of_another_run_are_calibrated(runs: int) -> None:
    """Another run reaches a target as often as its predicted probability states."""
    for result, found in promises(runs, 2 * TIMES).items():
        assert found == pytest.approx(result, abs=0.05)


def test_hits_are_runs_at_or_above_the_target() -> None:
    """A target of 99.4 / 100 equals 9,940 of 10,000 although the floats differ in the last bit."""
    assert 99.4 / 100 != 0.994
    found = target_reach([0.9940, 0.9941, 0.9939], 99.4 / 100)
    assert (found.hits, found.runs) == (2, 3)
    assert found.interval.low < 2 / 3 < found.interval.high
    assert found.probability == pytest.approx(0.5)


def test_no_spread_no_probability() -> None:
    """A single run and equal runs give no probability; the share still has an interval."""
    assert target_reach([0.995], 0.994).probability is None
    equal = target_reach([0.995] * 3, 0.994)
    assert equal.probability is None
    assert equal.interval.high == 1.0
    assert equal.interval.low == pytest.approx(0.025 ** (1 / 3))


@pytest.mark.parametrize("shape", SHAPES)
def test_the_optimism_of_the_best_is_estimated(shape: str) -> None:
    """The mean estimate is within 0.3 spreads of the true optimism for every distribution.

    The true optimism is 0.3 to 1.9 spreads; the error of 50 simulated searches is 0.06 spreads.
    """
    true, estimated, _, _ = optimisms(shape, 20, 50)
    assert estimated == pytest.approx(true, abs=0.3)


def test_bad_candidates_do_not_change_the_optimism() -> None:
    """A long tail of bad candidates has no effect; an estimate from the variance would be 0."""
    good = [0.9930, 0.9931, 0.9933, 0.9934, 0.9936]
    alone = expected_optimism(good, 0.0004)
    assert alone > 0.0002
    assert expected_optimism([*good, 0.98, 0.95, 0.5, 0.1], 0.0004) == alone
    _, estimated, _, naive = optimisms("equal, half a long bad tail", 20, 10)
    assert naive < 0.1
    assert estimated > 1


def test_no_optimism_without_noise_or_choice() -> None:
    """It is 0 for a spread of 0, for one or no candidate, and for one far ahead of all others."""
    assert expected_optimism([0.99, 0.98], 0.0) == 0
    assert expected_optimism([0.99], 0.001) == 0
    assert expected_optimism([], 0.001) == 0
    assert expected_optimism([0.99, 0.5, 0.4], 0.001) == 0


def test_optimism_scales_and_does_not_depend_on_order() -> None:
    """The estimate is deterministic and proportional to scores and spread."""
    scores = [0.9921, 0.9930, 0.9912, 0.9928, 0.9925]
    luck = expected_optimism(scores, 0.0004)
    assert expected_optimism(sorted(scores), 0.0004) == pytest.approx(luck)
    assert expected_optimism([score / 2 for score in scores], 0.0002) == pytest.approx(luck / 2)


@pytest.mark.parametrize(
    "call",
    [
        lambda: expected_consistency([0.99], 10_000),
        lambda: difference_from_published([0.99], 0.99),
        lambda: target_reach([], 0.99),
        lambda: difference_from_published([0.99, 0.98], 0.99, level=95),
        lambda: target_reach([0.99], 0.99, level=1.0),
        lambda: expected_optimism([0.99, 0.98], -0.1),
    ],
)
def test_invalid_arguments_are_refused(call: Callable[..., Any]) -> None:
    """Too few runs, a level in per cent and a negative spread are one-line errors with a remedy."""
    with pytest.raises(FrugalError, match=r"^[^\n]*;[^\n]*$"):
        call()


def test_the_nearest_to_the_median() -> None:
    """For an even number of scores, the run is the lower of the two in the middle."""
    assert nearest_median([0.3, 0.1, 0.2]) == 2
    assert nearest_median([0.4, 0.1, 0.3, 0.2]) == 3
    assert nearest_median([0.2, 0.2, 0.2]) == 1
    assert nearest_median([0.7]) == 0


def test_mean_and_spread() -> None:
    """The spread is the sample standard deviation; a single repeat has none."""
    assert mean([1.0, 2.0, 3.0]) == 2.0
    assert spread([1.0, 2.0, 3.0]) == 1.0
    assert spread([1.0]) is None


def test_the_pooled_spread_weighs_by_degrees_of_freedom() -> None:
    """Each sample has its own mean; samples of one repeat are ignored, and without any it is 0."""
    assert pooled_spread([[0.0, 2.0], [10.0, 11.0, 12.0], [99.0]]) == pytest.approx(
        ((2 + 2) / 3) ** 0.5
    )
    assert pooled_spread([[0.5], []]) == 0.0


def test_a_reproduction_may_differ_as_two_samples_of_images_do() -> None:
    """The tolerance covers 95 % of simulated pairs; at an accuracy of 1 it exceeds one image."""
    draw = np.random.default_rng(1)
    images, accuracy = 10_000, 0.99
    pairs = draw.binomial(images, accuracy, (4_000, 2)) / images
    apart = np.abs(pairs[:, 0] - pairs[:, 1]) <= reproduction_tolerance(accuracy, images)
    assert apart.mean() == pytest.approx(0.95, abs=0.012)
    assert reproduction_tolerance(1.0, images) > 1 / images


def test_noise_of_a_difference_combines_images_and_spread() -> None:
    """A change within the noise is neither a rise nor a fall."""
    one, other = MeasuredMean(0.99, 10_000), MeasuredMean(0.98, 10_000)
    images = 0.99 * 0.01 / 10_000 + 0.98 * 0.02 / 10_000
    assert difference_noise(one, other) == pytest.approx(2 * images**0.5)
    repeated = one._replace(scores=(0.985, 0.995))
    assert difference_noise(repeated, other) == pytest.approx(2 * (images + 0.005**2) ** 0.5)
    assert [beyond_noise(rise, 0.01) for rise in (0.01, -0.01, 0.02, -0.02)] == [
        *(None, None, True, False),
    ]


def test_the_standard_error_is_that_of_the_binomial() -> None:
    """The standard error of 99.4 % on 10,000 images is 0.08 points."""
    assert standard_error(0.994, 10_000) == pytest.approx(0.0008, abs=0.00005)
