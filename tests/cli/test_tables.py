"""Parameters against consistency on the terminal, and who holds the target."""

import json
from dataclasses import replace

import pytest

from search.candidates.architecture import Architecture
from search.candidates.baselines import all_baselines, public_results
from search.candidates.candidate import Budget
from search.candidates.recipe import Recipe
from search.cli.tables import (
    WIDTH,
    as_json,
    best_words,
    landscape_lines,
    landscape_marks,
    layer_table,
    learning_curve,
    nines,
    outcomes,
    plotted_line,
    ranking,
    recipe_table,
    smallest_as_data,
    smallest_summary,
)
from search.evaluation.intervals import standard_error
from search.files import from_data
from search.study.records import Record
from search.study.settings import StudySettings
from tests.support import simulated_run as simulated
from tests.support.example_trials import RECORDS
from tests.support.terminal import text

USUAL = StudySettings(
    data="mnist",
    digest="0" * 10,
    image=(1, 28, 28),
    classes=10,
    budget=Budget(),
    window=5,
    seed=0,
    space="",
    objective="",
    validation_images=10_000,
)
SETUP = replace(USUAL, minimise="parameters", target=0.994)


def test_the_ranking_says_split_window_n_and_caveats():
    """No consistency is shown without what it means, its error and what must be known."""
    told = text(ranking(RECORDS, 5, 3, images=10_000, caveats=["trained on 5,000 images only"]))
    assert told.startswith("best 3 of 12 trained to the end")
    assert "consistency: of validation accuracy over the last 5 epochs, n = 10,000" in told
    assert "standard error of one such accuracy: 0.08 points" in told
    assert "trained on 5,000 images only" in told
    assert "37 over budget, 12 trained, 1 stopped early" in told


def test_the_ranking_is_best_first_and_limited():
    """As many as asked for, in order, each with parameters and label."""
    rows = [
        line for line in text(ranking(RECORDS, 5, 3, images=None), 120).splitlines() if "|" in line
    ]
    assert [row.split()[:2] for row in rows] == [["11", "99.33"], ["10", "99.30"], ["9", "99.27"]]
    assert all("5,256" in row and simulated.CANDIDATE.label in row for row in rows)


def test_an_empty_study_has_a_ranking():
    """Nothing trained is no error."""
    assert text(ranking([], 5, images=10_000)).startswith("best 0 of 0 trained to the end")
    assert outcomes([]) == ""


def test_the_standard_error_is_that_of_the_binomial():
    """10,000 images at 99.4 % carry 0.08 points."""
    assert standard_error(0.994, 10_000) == pytest.approx(0.0008, abs=0.00005)


def test_the_layers_add_up():
    """A row per layer, figures and totals as the architecture counts them."""
    told = text(layer_table(simulated.ARCHITECTURE))
    rows = told.splitlines()
    numbered = [row for row in rows if row.split()[:1] and row.split()[0].isdigit()]
    assert len(numbered) == len(simulated.ARCHITECTURE.layers)
    total = next(row for row in rows if row.split()[:1] == ["total"])
    assert total.split() == ["total", "5,256", f"{simulated.ARCHITECTURE.macs:,}"]
    assert " 1  conv 3x3, 1 to 12, bias        12x26x26         120     73,008          3" in told


def test_the_recipe_is_told_in_full():
    """A line for each choice."""
    told = text(recipe_table(simulated.CANDIDATE.recipe))
    for words in ("batch", "sgd, momentum 0.9, nesterov", "EMA, decay 0.998", "rotation up to 7"):
        assert words in told


def test_the_learning_curve_marks_the_window():
    """A row per epoch, both accuracies, the scored epochs marked, split and n said."""
    told = text(learning_curve(RECORDS[11], 5, images=10_000))
    marked = [line.split()[0] for line in told.splitlines() if line.endswith("in the window")]
    assert marked == ["11", "12", "13", "14", "15"]
    assert "trial 11: trained, consistency 99.33 %" in told
    assert "validation: n = 10,000 images" in told
    assert "99.33 %   98.33 %" in told


def test_a_curve_without_a_score_marks_nothing():
    """A trial that was stopped early, or that never trained, has no window."""
    assert "in the window" not in text(learning_curve(RECORDS[12], 5, images=10_000))
    assert "trial 13: over budget" in text(learning_curve(RECORDS[13], 5, images=10_000))


@pytest.mark.parametrize("accuracy,expected", [(0.0, 0), (0.9, 1), (0.99, 2), (1.0, 4)])
def test_bars_are_nines(accuracy, expected):
    """From an honest zero; a perfect epoch is no infinity."""
    assert nines(accuracy) == pytest.approx(expected)


def test_json_holds_everything_of_a_trial():
    """Architecture and recipe nested and readable back, curves, score, size."""
    data = json.loads(json.dumps(as_json(RECORDS[3]), allow_nan=False))
    assert from_data(Architecture, data["architecture"]) == simulated.ARCHITECTURE
    assert from_data(Recipe, data["recipe"]) == simulated.CANDIDATE.recipe
    assert data["validation_accuracy"] == list(RECORDS[3].validation_accuracy)
    assert (data["consistency"], data["parameters"], data["epochs"]) == (0.9909, 5256, 15)


def test_json_has_no_figure_that_json_lacks():
    """A loss that became NaN is null; a trial without a candidate has no architecture."""
    failed = replace(RECORDS[12], validation_loss=(0.3, float("nan")))
    assert as_json(failed)["validation_loss"] == [0.3, None]
    bare = as_json(Record(7, "interrupted"))
    assert (bare["architecture"], bare["recipe"], bare["consistency"]) == (None, None, None)


def run(number, parameters, score, first=None, repeat=1):
    """A trained trial of this size."""
    record = replace(simulated.trained(number, score), parameters=parameters)
    return replace(record, repeat_of=first, repeat=repeat)


STOPPED = replace(simulated.ended(6, "stopped early", [0.98] * 11), parameters=4_000)


SUCCESSES = [
    run(0, 8_000, 0.9951),
    run(1, 6_000, 0.9942),
    run(2, 6_000, 0.9944, first=1, repeat=2),
    run(3, 6_000, 0.9940, first=1, repeat=3),
    run(4, 3_000, 0.9900),
    run(5, 4_000, 0.9941),
    replace(STOPPED, repeat_of=5, repeat=2),
    run(7, 3_500, 0.9945),
]


def test_the_answer_stands_first_in_words():
    """Then every success with the consistency of all its runs, n, and what is still in question."""
    told = text(smallest_summary(SUCCESSES, SETUP, 10))
    assert told.startswith("answer: trial 1, 6,000 parameters: 3 of 3 runs reach 99.40 %")
    assert "still in question: trial 7, 3,500 parameters" in told
    rows = {
        line.split()[0]: line.split() for line in told.splitlines() if line[:5].strip().isdigit()
    }
    assert list(rows) == ["7", "5", "1", "0"]
    assert rows["1"][1:6] == ["6,000", "answer", "99.42,", "99.44,", "99.40"]
    assert rows["5"][1:5] == ["4,000", "refuted", "99.41,", "stopped"]
    assert rows["7"][2] == rows["0"][2] == "open"
    assert "n = 10,000 images" in told


def test_the_answer_and_those_in_question_are_always_listed():
    """Of the others as many as asked for."""
    told = text(smallest_summary(SUCCESSES, SETUP, 0))
    listed = [line.split()[0] for line in told.splitlines() if line[:5].strip().isdigit()]
    assert listed == ["7", "1"]


def test_no_success_is_said():
    """One sentence, no table."""
    assert text(smallest_summary(SUCCESSES[4:5], SETUP, 5)).strip() == (
        "no answer so far: no candidate is believed to hold 99.40 %"
    )


def test_the_best_is_called_what_it_is():
    """The answer, or the best of those that nobody believes; the best where no target is."""
    assert best_words(SUCCESSES, SETUP, SUCCESSES[1]) == "trial 1, the answer:"
    assert best_words(SUCCESSES[4:5], SETUP, SUCCESSES[4]) == (
        "trial 4, the best by consistency, not believed to hold 99.40 %:"
    )
    assert best_words(SUCCESSES, USUAL, SUCCESSES[0]) == "trial 0, the best:"


def test_the_same_for_machines():
    """Answer, states, and every run."""
    told = json.loads(json.dumps(smallest_as_data(SUCCESSES, 0.994)))
    assert (told["target"], told["answer"]) == (0.994, 1)
    (one,) = [success for success in told["successes"] if success["trial"] == 1]
    assert one["state"] == "believed"
    assert [run["consistency"] for run in one["runs"]] == [0.9942, 0.9944, 0.9940]
    assert smallest_as_data(SUCCESSES[4:5], 0.994)["answer"] is None


def test_the_drawing_holds_the_frontier_and_who_else_is_near():
    """What no smaller one equals, the answer, published networks and bars, by size."""
    drawn = landscape_marks(SUCCESSES, SETUP, all_baselines(), public_results())
    assert [mark.parameters for mark in drawn] == sorted(mark.parameters for mark in drawn)
    assert max(mark.parameters for mark in drawn) <= 15_000
    ours = {mark.name: mark.kind for mark in drawn if mark.kind in ("trial", "answer")}
    assert ours == {"trial 4": "trial", "trial 7": "trial", "trial 1": "answer", "trial 0": "trial"}
    assert {mark.kind for mark in drawn} == {"trial", "answer", "published", "public bar"}


def test_the_drawing_says_what_its_signs_are():
    """And draws the budget where it lies; published figures are of the test images."""
    told = text(
        landscape_lines(landscape_marks(SUCCESSES, SETUP, all_baselines(), public_results()), SETUP)
    )
    lines = told.splitlines()
    place = next(n for n, line in enumerate(lines) if "the budget" in line)
    before, after = (int(lines[n].split()[0].replace(",", "")) for n in (place - 1, place + 1))
    assert before <= 10_000 < after
    for words in (
        "@ the answer",
        "public bar, single run, chosen on test",
        "| the target, 99.40 %",
    ):
        assert words in told
    assert "n = 10,000" in told


def test_a_usual_study_is_drawn_without_a_target():
    """Nothing published where the data are others."""
    told = text(landscape_lines(landscape_marks(SUCCESSES, USUAL), USUAL))
    assert "target" not in told
    assert "published" not in told
    assert text(landscape_lines([], USUAL)).startswith("parameters against consistency")


@pytest.mark.parametrize(
    "accuracy, line",
    [
        (0.9, "o" + " " * (WIDTH - 1)),
        (0.99, " " * (WIDTH - 1) + "o"),
        (0.5, "<" + " " * (WIDTH - 1)),
    ],
)
def test_places_are_in_nines(accuracy, line):
    """From one nine to two; what lies below stands at the edge."""
    assert plotted_line(accuracy, "o", (1.0, 2.0), None) == line
    assert plotted_line(0.99, "o", (1.0, 3.0), 0.9)[0] == "|"
