import pytest

from search.evaluation import targets
from search.evaluation.targets import Situation
from tests.evaluation.test_step_analysis import measures

STEADY = measures((0.98, 0.98), training=0.975, handicaps=("with dropout",))
OVERFIT = measures((0.98, 0.98), training=0.999)
UNSTEADY = measures((0.99, 0.95), training=0.985)
FAILED = measures(failures=("nan",))
HIGHER, SAME, LOWER = (measures((score, score)) for score in (0.99, 0.9801, 0.97))


def reached(target, before, now):
    """Whether the figures reach it."""
    return target(Situation(before, 10_000)).reached(now)


@pytest.mark.parametrize("training, expected", [(0.9901, True), (0.99, False)])
def test_a_skeleton_learns_its_images(training, expected):
    """Above 99 %, on training images."""
    now = measures((0.98, 0.98), training=training)
    assert reached(targets.learning, None, now) is expected


@pytest.mark.parametrize(
    "parameters, score, expected",
    [(10_000, 0.98, True), (10_001, 0.98, False), (9_000, 0.97, False), (9_000, 0.99, True)],
)
def test_fewer_parameters_lose_nothing(parameters, score, expected):
    """The limit itself is allowed; a loss beyond noise is not."""
    now = measures((score, score), parameters=parameters)
    assert reached(targets.smaller, STEADY, now) is expected


@pytest.mark.parametrize("now, expected", [(HIGHER, True), (SAME, None), (LOWER, False)])
def test_a_higher_consistency(now, expected):
    """Within noise it is neither reached nor missed."""
    assert "above the 98.00 %" in targets.higher(Situation(STEADY, 10_000)).words
    assert reached(targets.higher, STEADY, now) is expected


@pytest.mark.parametrize("now, expected", [(HIGHER, True), (SAME, None), (LOWER, False)])
def test_against_overfitting(now, expected):
    """Where it was measured, validation is to rise."""
    words = targets.general(Situation(OVERFIT, 10_000)).words
    assert words == "best validation above 98.00 %: training was 1.90 points above it"
    assert reached(targets.general, OVERFIT, now) is expected


@pytest.mark.parametrize("now, expected", [(HIGHER, True), (SAME, True), (LOWER, False)])
def test_no_overfitting_to_close(now, expected):
    """Then nothing is to be lost."""
    assert "no overfitting" in targets.general(Situation(STEADY, 10_000)).words
    assert reached(targets.general, STEADY, now) is expected


@pytest.mark.parametrize(
    "curve, expected", [((0.98, 0.96), True), ((0.99, 0.94), False), ((0.93, 0.92), False)]
)
def test_steadier_last_epochs(curve, expected):
    """Less than before, at no loss of consistency."""
    assert "4.00 points" in targets.steadier(Situation(UNSTEADY, 10_000)).words
    assert reached(targets.steadier, UNSTEADY, measures(curve)) is expected


def test_calm_epochs_leave_the_consistency():
    """Where nothing varied, a higher one is aimed at."""
    assert "consistency above" in targets.steadier(Situation(STEADY, 10_000)).words


@pytest.mark.parametrize("target", [targets.higher, targets.general, targets.steadier])
def test_after_a_failure_the_aim_is_to_train(target):
    """Nothing else can be aimed at; and a step that fails reaches nothing."""
    assert target(Situation(FAILED, 10_000)) == targets.TRAINS
    assert targets.TRAINS.reached(SAME) is True
    for before in (STEADY, OVERFIT, UNSTEADY):
        assert reached(target, before, FAILED) is False
