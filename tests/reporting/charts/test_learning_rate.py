"""The drawn learning rate compared with the schedule used in training."""

from typing import get_args

import pytest

from search.candidates.recipe import Recipe, Schedule, ScheduleKind, rates
from search.reporting.charts.learning_rate import draw_rate_curve, rate_curve


@pytest.mark.parametrize("kind", get_args(ScheduleKind))
def test_the_curve_equals_the_schedule(kind: ScheduleKind) -> None:
    """First and last point, peak and number of steps are those of the training."""
    recipe = Recipe(epochs=4, batch=100, schedule=Schedule(kind, every=2, cycle_momentum=True))
    curve, real = rate_curve(recipe, 5_030), list(rates(recipe, 50))
    assert curve.steps == len(real) == 200
    assert (curve.rates[0], curve.rates[-1]) == (real[0][0], real[-1][0])
    assert max(curve.rates) == pytest.approx(recipe.rate, rel=0.01)
    assert curve.epochs[-1] == pytest.approx(4, abs=0.03)
    moving = len(set(curve.momenta)) > 1
    assert len(draw_rate_curve(curve, recipe).data) == 1 + moving == 1 + (kind == "onecycle")


def test_a_curve_of_unknown_length_has_no_step_count() -> None:
    """Without the number of training images the curve is drawn without a number of steps."""
    recipe = Recipe(epochs=3)
    assert rate_curve(recipe, None).steps == 0
    assert "steps" not in draw_rate_curve(rate_curve(recipe, None), recipe).layout.meta["subtitle"]
