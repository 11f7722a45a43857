import pytest

from search.evaluation.analysis import analyse, needs, outlook, points, verdict
from search.evaluation.step_analysis import noise
from tests.evaluation.test_step_analysis import measures

BEFORE = measures((0.98, 0.98), training=0.98, parameters=40_000)


def told(now, before=BEFORE) -> str:
    """The analysis as one text."""
    return " ".join(analyse(now, before))


def test_a_difference_within_noise_is_called_so():
    """With the noise, and never a better or worse."""
    text = told(measures((0.9805, 0.9805), training=0.9805))
    assert "Consistency 98.05 %, 0.05 points above the step before: within noise (0.39" in text
    assert "30,000 fewer than before, which cost nothing that can be measured" in text


@pytest.mark.parametrize("rise, within", [(1e-6, False), (-1e-6, True)])
def test_the_edge_of_noise(rise, within):
    """A little more than noise is more, a little less is within it."""
    edge = 0.984
    for _ in range(30):  # the noise depends a little on the score itself
        edge = 0.98 + noise(measures((edge, edge)), BEFORE)
    now = measures((edge + rise, edge + rise))
    assert ("within noise" in analyse(now, BEFORE)[0]) is within


def test_one_repeat_claims_no_more_than_its_images():
    """Only where both steps have repeats is the noise all noise."""
    assert "more than the noise of 10,000 images alone explains" in told(measures((0.99, 0.99)))
    before = measures((0.98, 0.98), (0.98, 0.98))
    text = told(measures((0.99, 0.99), (0.9901, 0.99)), before)
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
    assert words in told(now)
    assert ("overfitting" in needs(now)) is ("Overfits" in told(now))


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
    assert words in told(now)
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
    assert words in told(measures(curve))


def test_a_window_of_one_epoch():
    """Nothing is said about what it cannot show."""
    assert "cannot be told" in told(measures((0.9, 0.99), window=1))


def test_a_step_that_did_not_train():
    """Failed, or no better than a guess: nothing else is read from it, nor compared with it."""
    failed = measures(failures=("the training loss became nan in epoch 1",) * 2)
    assert analyse(failed, BEFORE) == [
        "Did not train: the training loss became nan in epoch 1 (2 repeats)."
    ]
    guessing = measures((0.1135, 0.1135), training=0.11)
    assert "Learned next to nothing: 11.35 % at best" in told(guessing)
    assert needs(failed) == needs(guessing) == ("training",)
    after = told(measures((0.99, 0.99)), failed)
    assert "nothing to compare with" in after
    assert "step before:" not in after


def test_a_failed_repeat_among_others_is_told():
    """With how many and why."""
    now = measures((0.99, 0.99), failures=("out of memory",))
    assert told(now).startswith("1 of 2 repeats failed (out of memory)")


def test_the_first_step_has_no_step_before():
    """Then only what it is."""
    text = told(measures((0.99, 0.99)), None)
    assert "before" not in text
    assert "Capacity: 10,000 parameters, within the 10,000 allowed." in text


def test_what_the_figures_call_for():
    """Most urgent first, and whether the next step is for that."""
    now = measures((0.99, 0.98), training=0.9999, parameters=20_000)
    assert needs(now) == ("size", "overfitting", "steadiness")
    call = "The figures call for a smaller network, then regularisation, then steadier last epochs"
    assert outlook(now, None, ("x", ("size",))) == f"{call}; next comes x, which is for the first."
    assert outlook(now, None, ("dropout", ("overfitting",))).endswith(
        "which is for regularisation."
    )
    assert "something else: a better fit" in outlook(now, None, ("x", ("fit",)))
    assert outlook(now, None, None) == f"{call}: what a next step would have to address."


def test_what_was_lost_is_to_be_won_back():
    """Beyond noise only, and only against a step that trained."""
    given = {"training": 0.96, "handicaps": ("with dropout",)}
    assert needs(measures((0.97, 0.97), **given), BEFORE) == ("fit",)
    assert needs(measures((0.979, 0.979), **given), BEFORE) == ()
    assert needs(measures((0.97, 0.97), **given), measures(failures=("nan",))) == ()


def test_nothing_may_stand_out():
    """Then that is said, and no reason is made up for the next step."""
    now = measures((0.99, 0.99), training=0.985, handicaps=("with dropout",))
    assert needs(now) == ()
    assert outlook(now, None, None) == "Nothing stands out in 10,000 images."
    assert outlook(now, None, ("EMA", ("steadiness",))).endswith("next comes EMA all the same.")


def test_words():
    """Points and verdicts."""
    assert points(-0.00524) == "0.52 points"
    assert [verdict(each) for each in (True, False, None)] == [
        "Target reached.",
        "Target missed.",
        "Target neither reached nor missed: within noise.",
    ]
