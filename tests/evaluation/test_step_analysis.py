"""What the figures of a drill-down step say, and what a step aims at."""

from dataclasses import replace
from math import sqrt

import pytest

from search.evaluation.intervals import mean_curve
from search.evaluation.step_analysis import (
    TRAINS,
    Situation,
    StepMeasures,
    analyse,
    are_repeated,
    change_noise,
    consistency_change,
    needs,
    next_step_sentence,
    percentage_points,
    target_general,
    target_higher,
    target_learning,
    target_sentence,
    target_smaller,
    target_steadier,
)


def measures(*curves, training=0.99, scores=None, window=2, **changed) -> StepMeasures:
    """A step of 10,000 parameters on 10,000 images, scored by the lowest of its window."""
    known = {"images": 10_000, "train_examples": 50_000, "classes": 10, "limit": 10_000, **changed}
    if scores is None:
        scores = tuple(min(curve[-window:]) for curve in curves)
    trained = tuple((training,) * len(curve) for curve in curves)
    parameters = known.pop("parameters", 10_000)
    return StepMeasures(parameters, curves, trained, tuple(scores), window=window, **known)


BEFORE = measures((0.98, 0.98), training=0.98, parameters=40_000)
STEADY = measures((0.98, 0.98), training=0.975, handicaps=("with dropout",))
OVERFIT = measures((0.98, 0.98), training=0.999)
UNSTEADY = measures((0.99, 0.95), training=0.985)
FAILED = measures(failures=("nan",))
HIGHER, SAME, LOWER = (measures((score, score)) for score in (0.99, 0.9801, 0.97))


def test_means_over_repeats():
    """Best epochs and consistencies are means; the swing is of each repeat's own window."""
    step = measures((0.5, 0.9, 0.8), (0.7, 0.6, 0.8), training=0.95)
    assert step.best_validation == pytest.approx((0.9 + 0.8) / 2)
    assert step.consistency == pytest.approx((0.8 + 0.6) / 2)
    assert step.swing == pytest.approx((0.1 + 0.2) / 2)
    assert step.gap == pytest.approx(0.95 - 0.85)
    assert mean_curve(step.curves) == pytest.approx((0.6, 0.75, 0.8))


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
    assert change_noise(one, other) == pytest.approx(expected)
    assert consistency_change(one, other) == pytest.approx(0.01)
    assert not are_repeated(one, other)


def test_noise_of_repeats_has_their_spread():
    """The variance of each mean over its repeats is added."""
    one = measures((0.98, 0.98), (0.99, 0.99))
    other = measures((0.98, 0.98), (0.98, 0.98))
    images = (0.985 * 0.015 + 0.98 * 0.02) / 10_000
    assert change_noise(one, other) == pytest.approx(2 * sqrt(images + (0.01**2 / 2) / 2))
    assert are_repeated(one, other)


def test_a_score_that_is_no_share_still_has_noise():
    """An objective of the user's may give anything."""
    assert (
        change_noise(measures((0.9, 0.9), scores=(7.0,)), measures((0.9, 0.9), scores=(-1.0,)))
        == 0.0
    )


def test_the_gap_s_noise_is_of_both_numbers_of_images():
    """Training and validation accuracy each have an error."""
    step = measures((0.98, 0.98), training=0.99)
    expected = 2 * sqrt(0.99 * 0.01 / 50_000 + 0.98 * 0.02 / 10_000)
    assert step.gap_noise == pytest.approx(expected)


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
    step = measures(curve, window=3)
    assert (step.unsteady, step.climbing) == (unsteady, climbing)


def test_the_edge_of_unsteadiness():
    """Exactly what the images resolve is still steady."""
    step = measures((0.99, 0.99))
    edge = replace(step, curves=((0.99 - step.resolution, 0.99),))
    assert not replace(edge, curves=((0.99 - step.resolution + 1e-9, 0.99),)).unsteady
    assert replace(edge, curves=((0.99 - step.resolution - 1e-9, 0.99),)).unsteady


def sentences(now, before=BEFORE) -> str:
    """The analysis as one text."""
    return " ".join(analyse(now, before))


def test_a_difference_within_noise_is_called_so():
    """With the noise, and never a better or worse."""
    text = sentences(measures((0.9805, 0.9805), training=0.9805))
    assert "Consistency 98.05 %, 0.05 points above the step before: within noise (0.39" in text
    assert "30,000 fewer than before, which cost nothing that can be measured" in text


@pytest.mark.parametrize("rise, within", [(1e-6, False), (-1e-6, True)])
def test_the_edge_of_noise(rise, within):
    """A little more than noise is more, a little less is within it."""
    edge = 0.984
    for _ in range(30):  # the noise depends a little on the score itself
        edge = 0.98 + change_noise(measures((edge, edge)), BEFORE)
    now = measures((edge + rise, edge + rise))
    assert ("within noise" in analyse(now, BEFORE)[0]) is within


def test_one_repeat_claims_no_more_than_its_images():
    """Only where both steps have repeats is the noise all noise."""
    text = sentences(measures((0.99, 0.99)))
    assert "more than the noise of 10,000 images alone explains" in text
    before = measures((0.98, 0.98), (0.98, 0.98))
    text = sentences(measures((0.99, 0.99), (0.9901, 0.99)), before)
    assert "more than the noise explains" in text


@pytest.mark.parametrize(
    "training, handicaps, words",
    [
        (0.9995, (), "Overfits: best training accuracy 99.95 %, 0.95 points above the best"),
        (0.9905, (), "Learns nothing by heart"),
        (0.9700, (), "Underfits: best training accuracy 97.00 %, 2.00 points below"),
        (0.9700, ("with dropout",), "measured with dropout, so that it is expected to be lower"),
        (0.9905, ("with dropout",), "Not overfitting as far as can be seen"),
        (0.9995, ("with dropout",), "although training is measured with dropout"),
    ],
)
def test_the_gap(training, handicaps, words):
    """Over- or underfitting; training on harder images is expected to be lower, and told so."""
    now = measures((0.99, 0.99), training=training, handicaps=handicaps)
    assert words in sentences(now)
    assert ("overfitting" in needs(now)) is ("Overfits" in sentences(now))


@pytest.mark.parametrize(
    "parameters, score, words",
    [
        (40_000, 0.99, "40,000 parameters, 30,000 over the 10,000 allowed, as many as before."),
        (10_000, 0.97, "30,000 fewer than before, which lost 1.00 points: 0.033 points per 1,000"),
        (10_000, 0.99, "30,000 fewer than before, which gained 1.00 points"),
        (40_200, 0.98, "200 more than before, which brought nothing that can be measured"),
        (40_200, 0.99, "200 more than before, which gained 1.00 points: 5 points per 1,000"),
        (10_001, 0.98, "10,001 parameters, 1 over the 10,000 allowed"),
        (10_000, 0.98, "10,000 parameters, within the 10,000 allowed"),
    ],
)
def test_what_parameters_were_worth(parameters, score, words):
    """Gained or lost per parameter, and against the budget, limits included."""
    now = measures((score, score), parameters=parameters)
    assert words in sentences(now)
    assert ("size" in needs(now)) is (parameters > 10_000)


@pytest.mark.parametrize(
    "curve, words",
    [
        (
            (0.990, 0.991),
            "Steady: validation accuracy varies by 0.10 points over the last 2 epochs",
        ),
        ((0.990, 0.980), "Unsteady: validation accuracy varies by 1.00 points"),
        ((0.980, 0.990), "Still climbing: validation accuracy rises by 1.00 points"),
    ],
)
def test_the_last_epochs(curve, words):
    """How much they vary, against what the images resolve."""
    assert words in sentences(measures(curve))


def test_a_window_of_one_epoch():
    """Nothing is said about what it cannot show."""
    assert "cannot be told" in sentences(measures((0.9, 0.99), window=1))


def test_a_step_that_did_not_train():
    """Failed, or no better than a guess: nothing else is read from it, nor compared with it."""
    failed = measures(failures=("the training loss became nan in epoch 1",) * 2)
    assert analyse(failed, BEFORE) == [
        "Did not train: the training loss became nan in epoch 1 (2 repeats)."
    ]
    guessing = measures((0.1135, 0.1135), training=0.11)
    assert "Learned next to nothing: 11.35 % at best" in sentences(guessing)
    assert needs(failed) == needs(guessing) == ("training",)
    after = sentences(measures((0.99, 0.99)), failed)
    assert "nothing to compare with" in after
    assert "step before:" not in after


def test_a_failed_repeat_among_others_is_told():
    """With how many and why."""
    now = measures((0.99, 0.99), failures=("out of memory",))
    assert sentences(now).startswith("1 of 2 repeats failed (out of memory)")


def test_the_first_step_has_no_step_before():
    """Then only what it is."""
    text = sentences(measures((0.99, 0.99)), None)
    assert "before" not in text
    assert "Capacity: 10,000 parameters, within the 10,000 allowed." in text


def test_what_the_figures_call_for():
    """Most urgent first, and whether the next step is for that."""
    now = measures((0.99, 0.98), training=0.9999, parameters=20_000)
    assert needs(now) == ("size", "overfitting", "steadiness")
    call = "The figures call for a smaller network, then regularisation, then steadier last epochs"
    assert (
        next_step_sentence(now, None, ("x", ("size",)))
        == f"{call}; next comes x, which is for the first."
    )
    assert next_step_sentence(now, None, ("dropout", ("overfitting",))).endswith(
        "which is for regularisation."
    )
    assert "something else: a better fit" in next_step_sentence(now, None, ("x", ("fit",)))
    assert next_step_sentence(now, None, None) == f"{call}: what a next step would have to address."


def test_what_was_lost_is_to_be_won_back():
    """Beyond noise only, and only against a step that trained."""
    changed = {"training": 0.96, "handicaps": ("with dropout",)}
    assert needs(measures((0.97, 0.97), **changed), BEFORE) == ("fit",)
    assert needs(measures((0.979, 0.979), **changed), BEFORE) == ()
    assert needs(measures((0.97, 0.97), **changed), measures(failures=("nan",))) == ()


def test_nothing_may_stand_out():
    """Then that is said, and no reason is made up for the next step."""
    now = measures((0.99, 0.99), training=0.985, handicaps=("with dropout",))
    assert needs(now) == ()
    assert next_step_sentence(now, None, None) == "Nothing stands out in 10,000 images."
    assert next_step_sentence(now, None, ("EMA", ("steadiness",))).endswith(
        "next comes EMA all the same."
    )


def test_words():
    """Points and verdicts."""
    assert percentage_points(-0.00524) == "0.52 points"
    assert [target_sentence(each) for each in (True, False, None)] == [
        "Target reached.",
        "Target missed.",
        "Target neither reached nor missed: within noise.",
    ]


def reached(target, before, now):
    """Whether the figures reach it."""
    return target(Situation(before, 10_000)).reached(now)


@pytest.mark.parametrize("training, expected", [(0.9901, True), (0.99, False)])
def test_a_skeleton_learns_its_images(training, expected):
    """Above 99 %, on training images."""
    now = measures((0.98, 0.98), training=training)
    assert reached(target_learning, None, now) is expected


@pytest.mark.parametrize(
    "parameters, score, expected",
    [(10_000, 0.98, True), (10_001, 0.98, False), (9_000, 0.97, False), (9_000, 0.99, True)],
)
def test_fewer_parameters_lose_nothing(parameters, score, expected):
    """The limit itself is allowed; a loss beyond noise is not."""
    now = measures((score, score), parameters=parameters)
    assert reached(target_smaller, STEADY, now) is expected


@pytest.mark.parametrize("now, expected", [(HIGHER, True), (SAME, None), (LOWER, False)])
def test_a_higher_consistency(now, expected):
    """Within noise it is neither reached nor missed."""
    assert "above the 98.00 %" in target_higher(Situation(STEADY, 10_000)).words
    assert reached(target_higher, STEADY, now) is expected


@pytest.mark.parametrize("now, expected", [(HIGHER, True), (SAME, None), (LOWER, False)])
def test_against_overfitting(now, expected):
    """Where it was measured, validation is to rise."""
    words = target_general(Situation(OVERFIT, 10_000)).words
    assert words == "best validation above 98.00 %: training was 1.90 points above it"
    assert reached(target_general, OVERFIT, now) is expected


@pytest.mark.parametrize("now, expected", [(HIGHER, True), (SAME, True), (LOWER, False)])
def test_no_overfitting_to_close(now, expected):
    """Then nothing is to be lost."""
    assert "no overfitting" in target_general(Situation(STEADY, 10_000)).words
    assert reached(target_general, STEADY, now) is expected


@pytest.mark.parametrize(
    "curve, expected", [((0.98, 0.96), True), ((0.99, 0.94), False), ((0.93, 0.92), False)]
)
def test_steadier_last_epochs(curve, expected):
    """Less than before, at no loss of consistency."""
    assert "4.00 points" in target_steadier(Situation(UNSTEADY, 10_000)).words
    assert reached(target_steadier, UNSTEADY, measures(curve)) is expected


def test_calm_epochs_leave_the_consistency():
    """Where nothing varied, a higher one is aimed at."""
    assert "consistency above" in target_steadier(Situation(STEADY, 10_000)).words


@pytest.mark.parametrize("target", [target_higher, target_general, target_steadier])
def test_after_a_failure_the_aim_is_to_train(target):
    """Nothing else can be aimed at; and a step that fails reaches nothing."""
    assert target(Situation(FAILED, 10_000)) == TRAINS
    assert TRAINS.reached(SAME) is True
    for before in (STEADY, OVERFIT, UNSTEADY):
        assert reached(target, before, FAILED) is False
