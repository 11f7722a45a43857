"""The figures of a report: computed values, and that the drawings say their n."""

from dataclasses import replace

import numpy as np
import pytest

from search.candidates.baselines import Baseline, PublicResult, Published
from search.candidates.recipe import Recipe, Schedule, rates
from search.evaluation.repeats import Repeat
from search.reporting.charts.baselines import (
    add_marks,
    baseline_marks,
    confirmed_mark,
    lowest_scores,
)
from search.reporting.charts.confirmation import (
    draw_published_differences,
    draw_race,
    draw_runs,
    draw_selection_to_test,
    published_differences,
    race_rows,
    selection_to_test,
)
from search.reporting.charts.drilldown import draw_drilldown, step_scores
from search.reporting.charts.importance import FEWEST, draw_importance, importance
from search.reporting.charts.learning_rate import draw_rate_curve, rate_curve
from search.reporting.charts.parallel_coordinates import FAINT, SHOWN, draw_parallel, parallel
from search.reporting.charts.study import draw_landscape, landscape
from search.reporting.report_data import ConfirmedPredictions
from search.reporting.sections.mistakes import confusion, errors
from search.study.records import Record
from tests.support import example_report as evidence
from tests.support.example_report import SETUP, candidate


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A small study, to be read only."""
    return evidence.small_study(tmp_path_factory.mktemp("studies"))


@pytest.fixture(scope="module")
def confirmation(study):
    """An invented confirmation of it."""
    return evidence.confirmed(study)


def told(figure):
    """The words beside a drawing."""
    return figure.layout.meta["told"]


def trained(number, width, score):
    """A candidate trained to the end."""
    return Record(
        number,
        "trained",
        candidate(width),
        parameters=candidate(width).architecture.parameters,
        consistency=score,
        validation_accuracy=(score,) * 6,
    )


def test_influence_finds_what_decides():
    """Of 60 trials whose score is one choice and noise, that choice alone is beyond chance."""
    import optuna

    draws = np.random.default_rng(0)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0), direction="maximize")
    for _ in range(60):
        trial = study.ask()
        decisive, idle = trial.suggest_float("decisive", 0, 1), trial.suggest_float("idle", 0, 1)
        study.tell(trial, 0.9 + 0.05 * decisive + 1e-9 * idle + 1e-4 * draws.standard_normal())
    found = importance(study)
    assert found.trials == 60
    assert [share.name for share in found.telling] == ["decisive"]
    assert sum(share.share for share in found.shares) == pytest.approx(1.0)
    assert "shuffles" in told(draw_importance(found, SETUP))


def test_influence_of_few_or_equal_trials_says_why_not(tmp_path):
    """Below FEWEST candidates nothing is computed, and the reason is told."""
    few = evidence.small_study(tmp_path, trained=FEWEST - 1)
    found = importance(few.optuna)
    assert found.shares == ()
    assert (found.trials, found.why_not) == (9, "it takes 10 candidates trained to the end")


def test_influence_is_the_same_again(study):
    """The shuffles are fixed: a report that is written twice says the same."""
    assert importance(study.optuna) == importance(study.optuna)


def test_parallel_keeps_the_axes_that_differ(study):
    """What is the same in all candidates is no axis; consistency is the last, its best on top."""
    found = parallel(study.records())
    names = [axis.name for axis in found.axes]
    assert names[0] == "parameters"
    assert names[-1] == "consistency"
    assert {"schedule", "batch", "rotation"} <= set(names)
    assert not {"head", "optimiser", "depth"} & set(names)
    assert found.lines[0].places[-1] == 1.0
    assert all(0 <= place <= 1 for line in found.lines for place in line.places)


def test_parallel_lines_are_thinned_evenly():
    """Of 1,000 candidates the best few stay, and at most FAINT others."""
    found = parallel([trained(n, 5 + n % 9, 0.9 + n / 11_000) for n in range(1_000)])
    assert [line.number for line in found.lines[:SHOWN]] == [999, 998, 997, 996, 995]
    assert len(found.lines) <= SHOWN + FAINT


def test_parallel_of_one_candidate_is_drawn():
    """Nothing differs then but the consistency's own axis."""
    found = parallel([trained(0, 8, 0.99)])
    assert [axis.name for axis in found.axes] == ["consistency"]
    assert draw_parallel(found, SETUP).to_json()


@pytest.mark.parametrize("kind", ["constant", "step", "cosine", "onecycle"])
def test_the_course_is_that_of_the_training(kind):
    """First and last point, peak and number of steps are those that the training takes."""
    recipe = Recipe(epochs=4, batch=100, schedule=Schedule(kind, every=2, cycle_momentum=True))
    found, real = rate_curve(recipe, 5_030), list(rates(recipe, 50))
    assert found.steps == len(real) == 200
    assert (found.rates[0], found.rates[-1]) == (real[0][0], real[-1][0])
    assert max(found.rates) == pytest.approx(recipe.rate, rel=0.01)
    assert found.epochs[-1] == pytest.approx(4, abs=0.03)
    moving = len(set(found.momenta)) > 1
    assert len(draw_rate_curve(found, recipe).data) == 1 + moving == 1 + (kind == "onecycle")


def test_a_course_of_unknown_length_claims_no_steps():
    """Without the number of training images the curve is drawn, its steps are not counted."""
    recipe = Recipe(epochs=3)
    assert rate_curve(recipe, None).steps == 0
    assert "steps" not in told(draw_rate_curve(rate_curve(recipe, None), recipe))


def test_the_race_lists_the_winner_first_and_who_left(confirmation):
    """The winner, its rival, then those who left by their means."""
    found = race_rows(confirmation.race)
    assert [lane.fate for lane in found[:2]] == ["wins", "rival"]
    assert {lane.fate for lane in found[2:]} == {"left after 3", "left after 2"}
    assert found[0].name == f"trial {confirmation.race.winner}"
    figure = draw_race(found, confirmation.race)
    assert "n = 10,000 validation images" in told(figure)
    assert len(figure.data[1].x) == sum(len(lane.scores) for lane in found)


def test_the_way_of_the_score(confirmation):
    """Selected, repeated, on test: the three figures that the luck is the differences of."""
    selected, repeated, tested = selection_to_test(confirmation)
    assert selected.consistency - repeated.consistency == pytest.approx(
        confirmation.luck.to_repeats
    )
    assert repeated.consistency - tested.consistency == pytest.approx(confirmation.luck.to_test)
    assert (selected.runs, repeated.runs, tested.runs) == (1, 5, 5)
    drawn = draw_selection_to_test((selected, repeated, tested), confirmation.final.interval)
    assert "n = 10,000 test images" in told(drawn)


def test_the_final_runs_show_window_and_target(confirmation):
    """A line a run, the exported one said, the window shaded, the target dashed."""
    figure = draw_runs(confirmation.final, 2, 0.994)
    assert sum("exported" in line.name for line in figure.data) == 1
    window, target = figure.layout.shapes
    assert (window.x0, window.x1) == (4.5, 6.5)
    assert target.y0 == pytest.approx(0.6)


def test_gaps_are_in_points(confirmation):
    """Differences and intervals of a confirmation, times 100."""
    found, first = published_differences(confirmation.final), confirmation.final.differences[0]
    assert found[0].points == pytest.approx(100 * first.difference)
    assert found[0].low < found[0].points < found[0].high
    assert "not searched on" in told(draw_published_differences(found, confirmation.final))


def test_the_ladder_leaves_out_means_that_do_not_exist(study):
    """A step whose repeats all failed is a rung without a figure."""
    found = evidence.drilled(study)
    failed = replace(found.steps[1], consistency=None, scores=())
    rungs = step_scores(replace(found, steps=(found.steps[0], failed, *found.steps[2:])))
    assert rungs[1].consistency is None
    figure = draw_drilldown(rungs, found)
    assert len(figure.data[1].x) == len(rungs) - 1
    assert "3 repeats a step" in told(figure)


def answers(labels, predicted, probability):
    """Answers on black images."""
    labels, predicted = np.array(labels), np.array(predicted)
    places = np.flatnonzero(labels != predicted)
    images = np.zeros((len(places), 1, 4, 4), dtype=np.uint8)
    return ConfirmedPredictions(labels, predicted, np.array(probability), places, images)


def test_confusions_are_counted():
    """Rows are the true classes; the most frequent confusions come first."""
    found = confusion(answers([0, 1, 1, 2, 2], [0, 2, 2, 2, 0], [0.9] * 5), 3)
    assert found.counts == ((1, 0, 0), (0, 0, 2), (1, 0, 1))
    assert found.worst == ((1, 2, 2), (2, 0, 1))


def test_logits_beyond_the_classes_have_a_column():
    """A head with more logits than classes may say one that is no class."""
    assert len(confusion(answers([0, 1], [0, 3], [0.9, 0.5]), 2).counts) == 4


def test_the_surest_errors_come_first():
    """Misclassified images by the probability of what was said."""
    found = errors(answers([0, 1, 2], [1, 2, 0], [0.4, 0.9, 0.6]))
    assert [(error.true, error.guess, error.probability) for error in found] == [
        (1, 2, 0.9), (2, 0, 0.6), (0, 1, 0.4),
    ]  # fmt: skip
    assert found[0].image.shape == (4, 4)


def repeat(key, accuracy, failure=""):
    """A repeat on test."""
    return Repeat(
        key=key,
        number=0,
        seed=1,
        split="test",
        images=10_000,
        train_examples=60_000,
        accuracy=accuracy,
        loss=(),
        training_accuracy=(),
        training_loss=(),
        seconds=1.0,
        device="cpu",
        versions="",
        time="",
        failure=failure,
    )


BASELINES = (
    Baseline(
        "a",
        system="s",
        step="1",
        parameters=5_000,
        published=Published(0.99, 0.98, None, ()),
        candidate=None,
    ),
    Baseline(
        "b",
        system="s",
        step="2",
        parameters=90_000,
        published=Published(0.99, 0.98, None, ()),
        candidate=None,
    ),
    Baseline(
        "c",
        system="s",
        step="3",
        parameters=6_000,
        published=Published(0.99, None, None, ()),
        candidate=None,
    ),
)


def test_scores_of_repeats_are_those_of_the_published():
    """The lowest of the last five epochs, failures left out."""
    curve = (0.1, 0.95, 0.96, 0.94, 0.97, 0.98)
    assert lowest_scores([repeat("a", curve), repeat("a", (), "NaN")]) == (0.94,)


def test_rivals_stand_at_their_figures_and_far_ones_are_counted():
    """Published, ours and bars; what has no figure or no room is no mark."""
    bars = (PublicResult("bar", 7_000, 15, 0.995, 0.99),)
    found = baseline_marks(BASELINES, bars, {"c": (repeat("c", (0.97, 0.96)),)}, 15_000)
    assert [(mark.kind, mark.name, mark.accuracy) for mark in found.marks] == [
        ("public bar", "bar", 0.99),
        ("seed, published", "a", 0.98),
        ("seed, our repeats", "c", 0.96),
    ]
    assert found.beyond == 1


def test_marks_fit_into_the_picture(study, confirmation):
    """The axes grow until they hold every mark."""
    figure = draw_landscape(landscape(study.records(), 10_000), SETUP)
    marks = [
        *baseline_marks(BASELINES, (), {}, 15_000).marks,
        confirmed_mark(confirmation.final, 300),
    ]
    add_marks(figure, marks)
    assert figure.layout.xaxis.range[0] <= 300
    assert [trace.name for trace in figure.data[-2:]] == [
        "seed, published",
        "ours, confirmed on test",
    ]
    low, high = sorted(figure.layout.yaxis.range)
    assert low < np.log10(2.0) < high  # 98 % is an error of 2 %
