from dataclasses import replace
from math import sqrt

import pytest

from search.evaluation.step_analysis import Measures, change, mean_curve, noise, repeated


def measures(*curves, training=0.99, scores=None, window=2, **given) -> Measures:
    """A step of 10,000 parameters on 10,000 images, scored by the lowest of its window."""
    known = {"images": 10_000, "train_examples": 50_000, "classes": 10, "limit": 10_000, **given}
    if scores is None:
        scores = tuple(min(curve[-window:]) for curve in curves)
    trained = tuple((training,) * len(curve) for curve in curves)
    parameters = known.pop("parameters", 10_000)
    return Measures(parameters, curves, trained, tuple(scores), window=window, **known)


def test_means_over_repeats():
    """Best epochs and consistencies are means; the swing is of each repeat's own window."""
    found = measures((0.5, 0.9, 0.8), (0.7, 0.6, 0.8), training=0.95)
    assert found.best_validation == pytest.approx((0.9 + 0.8) / 2)
    assert found.consistency == pytest.approx((0.8 + 0.6) / 2)
    assert found.swing == pytest.approx((0.1 + 0.2) / 2)
    assert found.gap == pytest.approx(0.95 - 0.85)
    assert mean_curve(found.curves) == pytest.approx((0.6, 0.75, 0.8))


def test_nothing_that_ended_is_no_figure():
    """Where every repeat failed: no consistency, nothing learned, and no error."""
    failed = measures(failures=("nan",))
    assert (failed.consistency, failed.learned) == (None, False)
    assert (failed.best_training, failed.best_validation) == (0.0, 0.0)
    assert mean_curve(()) == ()


@pytest.mark.parametrize("best, learned", [(0.2, False), (0.2001, True)])
def test_twice_a_guess_is_nothing_learned(best, learned):
    """Of ten classes: 20 % is not enough."""
    assert measures((best, best)).learned is learned


def test_noise_of_single_repeats_is_that_of_the_images():
    """Twice the binomial standard error of a difference; no spread is made up."""
    one, other = measures((0.99, 0.99)), measures((0.98, 0.98))
    expected = 2 * sqrt((0.99 * 0.01 + 0.98 * 0.02) / 10_000)
    assert noise(one, other) == pytest.approx(expected)
    assert change(one, other) == pytest.approx(0.01)
    assert not repeated(one, other)


def test_noise_of_repeats_has_their_spread():
    """The variance of each mean over its repeats is added."""
    one = measures((0.98, 0.98), (0.99, 0.99))
    other = measures((0.98, 0.98), (0.98, 0.98))
    images = (0.985 * 0.015 + 0.98 * 0.02) / 10_000
    assert noise(one, other) == pytest.approx(2 * sqrt(images + (0.01**2 / 2) / 2))
    assert repeated(one, other)


def test_a_score_that_is_no_share_still_has_noise():
    """An objective of the user's may give anything."""
    assert noise(measures((0.9, 0.9), scores=(7.0,)), measures((0.9, 0.9), scores=(-1.0,))) == 0.0


def test_the_gap_s_noise_is_of_both_numbers_of_images():
    """Training and validation accuracy each have an error."""
    found = measures((0.98, 0.98), training=0.99)
    expected = 2 * sqrt(0.99 * 0.01 / 50_000 + 0.98 * 0.02 / 10_000)
    assert found.gap_noise == pytest.approx(expected)


@pytest.mark.parametrize(
    "curve, unsteady, climbing",
    [
        ((0.990, 0.991, 0.990), False, False),  # 0.1 points: 10,000 images do not resolve 0.19
        ((0.990, 0.985, 0.991), True, False),
        ((0.970, 0.980, 0.990), True, True),
        ((0.990, 0.980, 0.970), True, False),
        ((0.990, 0.990, 0.990), False, False),
    ],
)
def test_unsteady_or_climbing(curve, unsteady, climbing):
    """Last epochs differ by more than the images resolve; and whether they only rise."""
    found = measures(curve, window=3)
    assert (found.unsteady, found.climbing) == (unsteady, climbing)


def test_the_edge_of_unsteadiness():
    """Exactly what the images resolve is still steady."""
    found = measures((0.99, 0.99))
    edge = replace(found, curves=((0.99 - found.resolution, 0.99),))
    assert not replace(edge, curves=((0.99 - found.resolution + 1e-9, 0.99),)).unsteady
    assert replace(edge, curves=((0.99 - found.resolution - 1e-9, 0.99),)).unsteady
