"""Analysis, needs and targets of drill-down steps."""

from collections.abc import Callable
from dataclasses import replace
from math import sqrt
from typing import Any

import pytest

from search.evaluation.intervals import mean_curve
from search.evaluation.step_analysis import (
    TRAINS,
    Situation,
    StepMeasures,
    Target,
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


def measures(
    *curves: Any,
    training: float = 0.99,
    scores: tuple[Any, ...] | None = None,
    window: int = 2,
    **changed: Any,
) -> StepMeasures:
    """A step of 10,000 parameters on 10,000 images, scored by the lowest epoch of its window."""
    known: dict[str, Any] = {
        "images": 10_000,
        "train_examples": 50_000,
        "classes": 10,
        "limit": 10_000,
        **changed,
    }
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


def test_means_over_repeats() -> None:
    """Figures are means over repeats; the swing is computed per repeat before averaging."""
    step = measures((0.5, 0.9, 0.8), (0.7, 0.6, 0.8), training=0.95)
    assert step.best_validation == pytest.approx((0.9 + 0.8) / 2)
    assert step.consistency == pytest.approx((0.8 + 0.6) / 2)
    assert step.swing == pytest.approx((0.1 + 0.2) / 2)
    assert step.gap == pytest.approx(0.95 - 0.85)
    assert mean_curve(step.curves) == pytest.approx((0.6, 0.75, 0.8))


def test_a_step_of_failed_repeats_has_no_consistency() -> None:
    """If every repeat failed, the consistency is None, the accuracies are 0 and nothing raises."""
    failed = measures(failures=("nan",))
    assert (failed.consistency, failed.learned) == (None, False)
    assert (failed.best_training, failed.best_validation) == (0.0, 0.0)
    assert mean_curve(()) == ()


@pytest.mark.parametrize("best, learned", [(0.2, False), (0.2001, True)])
def test_twice_the_accuracy_of_guessing_is_nothing_learned(best: float, learned: bool) -> None:
    """With ten classes, a step has learned only above 20 %."""
    assert measures((best, best)).learned is learned


def test_noise_of_single_repeats_is_that_of_the_images() -> None:
    """Without a spread, the noise is twice the binomial standard error of the difference."""
    one, other = measures((0.99, 0.99)), measures((0.98, 0.98))
    expected = 2 * sqrt((0.99 * 0.01 + 0.98 * 0.02) / 10_000)
    assert change_noise(one, other) == pytest.approx(expected)
    assert consistency_change(one, other) == pytest.approx(0.01)
    assert not are_repeated(one, other)


def test_noise_of_repeats_includes_their_spread() -> None:
    """The variance of each mean over its repeats is added to that of the images."""
    one = measures((0.98, 0.98), (0.99, 0.99))
    other = measures((0.98, 0.98), (0.98, 0.98))
    images = (0.985 * 0.015 + 0.98 * 0.02) / 10_000
    assert change_noise(one, other) == pytest.approx(2 * sqrt(images + (0.01**2 / 2) / 2))
    assert are_repeated(one, other)


def test_scores_outside_0_to_1_are_allowed() -> None:
    """A user's objective may return any number; its noise is that of the clipped score."""
    assert (
        change_noise(measures((0.9, 0.9), scores=(7.0,)), measures((0.9, 0.9), scores=(-1.0,)))
        == 0.0
    )


def test_the_gap_s_noise_is_of_both_numbers_of_images() -> None:
    """The noise of the gap combines the errors of training and validation accuracy."""
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
def test_unsteady_or_climbing(curve: tuple[float, ...], unsteady: bool, climbing: bool) -> None:
    """Unsteady: the epochs differ by more than the noise; climbing: they also only rise."""
    step = measures(curve, window=3)
    assert (step.unsteady, step.climbing) == (unsteady, climbing)


def test_the_edge_of_unsteadiness() -> None:
    """A swing equal to the noise of the images is still steady."""
    step = measures((0.99, 0.99))
    edge = replace(step, curves=((0.99 - step.resolution, 0.99),))
    assert not replace(edge, curves=((0.99 - step.resolution + 1e-9, 0.99),)).unsteady
    assert replace(edge, curves=((0.99 - step.resolution - 1e-9, 0.99),)).unsteady


def sentences(now: StepMeasures, before: StepMeasures | None = BEFORE) -> str:
    """The analysis as one text."""
    return " ".join(analyse(now, before))


def test_a_difference_within_noise() -> None:
    """A difference within noise is reported with the noise, without a gain or a loss."""
    text = sentences(measures((0.9805, 0.9805), training=0.9805))
    assert "Consistency 98.05 %, 0.05 points above the previous step: within noise (0.39" in text
    assert "30,000 fewer than before, without a measurable loss." in text


@pytest.mark.parametrize("rise, within", [(1e-6, False), (-1e-6, True)])
def test_the_edge_of_noise(rise: float, within: bool) -> None:
    """A change slightly above the noise counts, one slightly below is within noise."""
    edge = 0.984
    for _ in range(30):  # the noise depends a little on the score itself
        edge = 0.98 + change_noise(measures((edge, edge)), BEFORE)
    now = measures((edge + rise, edge + rise))
    assert ("within noise" in analyse(now, BEFORE)[0]) is within


def test_a_single_repeat_has_only_the_noise_of_its_images() -> None:
    """The sentence says that the noise is from images alone unless both steps have repeats."""
    text = sentences(measures((0.99, 0.99)))
    assert "more than the noise from 10,000 images alone (" in text
    before = measures((0.98, 0.98), (0.98, 0.98))
    text = sentences(measures((0.99, 0.99), (0.9901, 0.99)), before)
    assert "more than the noise (" in text


@pytest.mark.parametrize(
    "training, handicaps, words",
    [
        (0.9995, (), "Overfitting: best training accuracy 99.95 %, 0.95 points above the best"),
        (0.9905, (), "No overfitting: best training accuracy 99.05 %"),
        (0.9700, (), "Underfitting: best training accuracy 97.00 %, 2.00 points below"),
        (0.9700, ("with dropout",), "measured with dropout, so it is expected to be lower"),
        (0.9905, ("with dropout",), "No overfitting visible"),
        (0.9995, ("with dropout",), "although the training accuracy is measured with dropout"),
    ],
)
def test_the_gap(training: float, handicaps: tuple[Any, ...], words: str) -> None:
    """The analysis reports over- and underfitting, and reasons for a lower training accuracy."""
    now = measures((0.99, 0.99), training=training, handicaps=handicaps)
    assert words in sentences(now)
    assert ("overfitting" in needs(now)) is ("Overfitting" in sentences(now))


@pytest.mark.parametrize(
    "parameters, score, words",
    [
        (40_000, 0.99, "40,000 parameters, 30,000 over the 10,000 allowed, the same as before."),
        (10_000, 0.97, "30,000 fewer than before, consistency down by 1.00 points (0.033 points"),
        (10_000, 0.99, "30,000 fewer than before, consistency up by 1.00 points"),
        (40_200, 0.98, "200 more than before, without a measurable gain"),
        (40_200, 0.99, "200 more than before, consistency up by 1.00 points (5 points per 1,000"),
        (10_001, 0.98, "10,001 parameters, 1 over the 10,000 allowed"),
        (10_000, 0.98, "10,000 parameters, within the 10,000 allowed"),
    ],
)
def test_the_capacity(parameters: int, score: float, words: str) -> None:
    """The analysis compares the parameters with the budget and with the change in consistency."""
    now = measures((score, score), parameters=parameters)
    assert words in sentences(now)
    assert ("size" in needs(now)) is (parameters > 10_000)


@pytest.mark.parametrize(
    "curve, words",
    [
        (
            (0.990, 0.991),
            "Stable: validation accuracy varies by 0.10 points over the last 2 epochs",
        ),
        ((0.990, 0.980), "Unstable: validation accuracy varies by 1.00 points"),
        ((0.980, 0.990), "Still improving: validation accuracy rises by 1.00 points"),
    ],
)
def test_the_last_epochs(curve: tuple[float, ...], words: str) -> None:
    """The analysis compares the variation of the last epochs with the noise of the images."""
    assert words in sentences(measures(curve))


def test_a_window_of_one_epoch() -> None:
    """With a window of one epoch, the stability is not measured."""
    assert "Stability not measured" in sentences(measures((0.9, 0.99), window=1))


def test_a_step_that_did_not_train() -> None:
    """A step that failed or is no better than guessing is neither analysed nor compared with."""
    failed = measures(failures=("the training loss became nan in epoch 1",) * 2)
    assert analyse(failed, BEFORE) == [
        "Training failed: the training loss became nan in epoch 1 (2 repeats)."
    ]
    guessing = measures((0.1135, 0.1135), training=0.11)
    assert "Learned almost nothing: best validation accuracy 11.35 %" in sentences(guessing)
    assert needs(failed) == needs(guessing) == ("training",)
    after = sentences(measures((0.99, 0.99)), failed)
    assert "there is no comparison" in after
    assert "previous step:" not in after


def test_a_failed_repeat_among_others_is_reported() -> None:
    """The analysis states the number of failed repeats and the reasons."""
    now = measures((0.99, 0.99), failures=("out of memory",))
    assert sentences(now).startswith("1 of 2 repeats failed (out of memory)")


def test_the_first_step_has_no_step_before() -> None:
    """The first step is analysed without a comparison."""
    text = sentences(measures((0.99, 0.99)), None)
    assert "before" not in text
    assert "previous" not in text
    assert "Capacity: 10,000 parameters, within the 10,000 allowed." in text


def test_the_needs_and_the_next_step() -> None:
    """Needs are listed by urgency, with the need that the next step addresses."""
    now = measures((0.99, 0.98), training=0.9999, parameters=20_000)
    assert needs(now) == ("size", "overfitting", "steadiness")
    needed = "Needed: a smaller network, then regularisation, then more stable last epochs"
    assert (
        next_step_sentence(now, None, ("x", ("size",)))
        == f"{needed}; the next step, x, aims at the first of these."
    )
    assert next_step_sentence(now, None, ("dropout", ("overfitting",))).endswith(
        "the next step, dropout, aims at regularisation."
    )
    assert "something else: a better fit" in next_step_sentence(now, None, ("x", ("fit",)))
    assert next_step_sentence(now, None, None) == f"{needed}; no step follows."


def test_a_loss_of_consistency_needs_a_better_fit() -> None:
    """Only a loss beyond noise counts, and only against a step that trained."""
    changed: dict[str, Any] = {"training": 0.96, "handicaps": ("with dropout",)}
    assert needs(measures((0.97, 0.97), **changed), BEFORE) == ("fit",)
    assert needs(measures((0.979, 0.979), **changed), BEFORE) == ()
    assert needs(measures((0.97, 0.97), **changed), measures(failures=("nan",))) == ()


def test_a_step_without_needs() -> None:
    """Without needs the sentence says so and names the next step."""
    now = measures((0.99, 0.99), training=0.985, handicaps=("with dropout",))
    assert needs(now) == ()
    nothing = "No need for improvement is measurable with 10,000 images"
    assert next_step_sentence(now, None, None) == f"{nothing}."
    following = next_step_sentence(now, None, ("EMA", ("steadiness",)))
    assert following == f"{nothing}; the next step is EMA."


def test_words() -> None:
    """Differences are in points; a target is reached, missed or undecided."""
    assert percentage_points(-0.00524) == "0.52 points"
    assert [target_sentence(each) for each in (True, False, None)] == [
        "Target reached.",
        "Target missed.",
        "Target undecided: the difference is within noise.",
    ]


def reached(
    target: Callable[[Situation], Target], before: StepMeasures | None, now: StepMeasures
) -> bool | None:
    """Whether the figures of a step reach its target."""
    return target(Situation(before, 10_000)).reached(now)


@pytest.mark.parametrize("training, expected", [(0.9901, True), (0.99, False)])
def test_a_skeleton_learns_its_images(training: float, expected: bool) -> None:
    """The target of the skeleton is a training accuracy above 99 %."""
    now = measures((0.98, 0.98), training=training)
    assert reached(target_learning, None, now) is expected


@pytest.mark.parametrize(
    "parameters, score, expected",
    [(10_000, 0.98, True), (10_001, 0.98, False), (9_000, 0.97, False), (9_000, 0.99, True)],
)
def test_fewer_parameters_lose_nothing(parameters: int, score: float, expected: bool) -> None:
    """As many parameters as the limit are allowed; a loss beyond noise is not."""
    now = measures((score, score), parameters=parameters)
    assert reached(target_smaller, STEADY, now) is expected


@pytest.mark.parametrize("now, expected", [(HIGHER, True), (SAME, None), (LOWER, False)])
def test_a_higher_consistency(now: StepMeasures, expected: bool | None) -> None:
    """The target is a rise of the consistency; within noise it is undecided."""
    assert "above the 98.00 %" in target_higher(Situation(STEADY, 10_000)).words
    assert reached(target_higher, STEADY, now) is expected


@pytest.mark.parametrize("now, expected", [(HIGHER, True), (SAME, None), (LOWER, False)])
def test_against_overfitting(now: StepMeasures, expected: bool | None) -> None:
    """After an overfitting step, the target is a higher validation accuracy."""
    words = target_general(Situation(OVERFIT, 10_000)).words
    assert words == (
        "best validation accuracy above 98.00 %; training accuracy was 1.90 points higher"
    )
    assert reached(target_general, OVERFIT, now) is expected


@pytest.mark.parametrize("now, expected", [(HIGHER, True), (SAME, True), (LOWER, False)])
def test_no_overfitting_to_close(now: StepMeasures, expected: bool) -> None:
    """Without overfitting, the target is no loss of validation accuracy."""
    assert "not overfitting" in target_general(Situation(STEADY, 10_000)).words
    assert reached(target_general, STEADY, now) is expected


@pytest.mark.parametrize(
    "curve, expected", [((0.98, 0.96), True), ((0.99, 0.94), False), ((0.93, 0.92), False)]
)
def test_steadier_last_epochs(curve: tuple[float, ...], expected: bool) -> None:
    """The target is less variation than before, without a loss of consistency."""
    assert "4.00 points" in target_steadier(Situation(UNSTEADY, 10_000)).words
    assert reached(target_steadier, UNSTEADY, measures(curve)) is expected


def test_after_stable_epochs_the_target_is_a_higher_consistency() -> None:
    """If the last epochs were stable, the step aims at a higher consistency."""
    assert "consistency above" in target_steadier(Situation(STEADY, 10_000)).words


@pytest.mark.parametrize("target", [target_higher, target_general, target_steadier])
def test_after_a_failed_step_the_target_is_to_train(target: Callable[..., Any]) -> None:
    """After a failed step, training is the only target; a failed step reaches no target."""
    assert target(Situation(FAILED, 10_000)) == TRAINS
    assert TRAINS.reached(SAME) is True
    for before in (STEADY, OVERFIT, UNSTEADY):
        assert reached(target, before, FAILED) is False
