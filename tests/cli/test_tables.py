"""The trials of a study as tables on the terminal."""

import json
from dataclasses import replace

import pytest

from search.candidates.architecture import Architecture
from search.candidates.recipe import Recipe
from search.cli.tables import (
    as_json,
    layer_table,
    learning_curve,
    nines,
    outcomes,
    ranking,
    recipe_table,
)
from search.files import from_data
from search.study.records import Record
from tests.support import simulated_run as simulated
from tests.support.example_trials import RECORDS
from tests.support.nested_architectures import EVERYTHING
from tests.support.terminal import text


def test_the_ranking_says_split_window_n_and_caveats() -> None:
    """The ranking shows the context of its scores, the standard error and the caveats."""
    printed = text(ranking(RECORDS, 5, 3, images=10_000, caveats=["trained on 5,000 images only"]))
    assert printed.startswith("best 3 of 12 trained to the end")
    assert "consistency: based on validation accuracy over the last 5 epochs, n = 10,000" in printed
    assert "standard error of one such accuracy: 0.08 points" in printed
    assert "trained on 5,000 images only" in printed
    assert "37 over budget, 12 trained, 1 stopped early" in printed


def test_the_ranking_is_best_first_and_limited() -> None:
    """The ranking has the requested number of rows, best first, with parameters and label."""
    rows = [
        line for line in text(ranking(RECORDS, 5, 3, images=None), 120).splitlines() if "|" in line
    ]
    assert [row.split()[:2] for row in rows] == [["11", "99.33"], ["10", "99.30"], ["9", "99.27"]]
    assert all("5,256" in row and simulated.CANDIDATE.label in row for row in rows)


def test_an_empty_study_has_a_ranking() -> None:
    """A study without trained candidates gives an empty table."""
    assert text(ranking([], 5, images=10_000)).startswith("best 0 of 0 trained to the end")
    assert outcomes([]) == ""


def test_the_layers_add_up() -> None:
    """The table has a row per layer, and totals equal to those of the architecture."""
    printed = text(layer_table(simulated.ARCHITECTURE))
    rows = printed.splitlines()
    numbered = [row for row in rows if row.split()[:1] and row.split()[0].isdigit()]
    assert len(numbered) == len(simulated.ARCHITECTURE.layers)
    total = next(row for row in rows if row.split()[:1] == ["total"])
    assert total.split() == ["total", "5,256", f"{simulated.ARCHITECTURE.macs:,}"]
    assert (
        " 1  conv 3x3, 1 to 12, bias        12x26x26         120     73,008          3" in printed
    )


def test_frozen_parameters_have_a_column() -> None:
    """Frozen parameters are shown beside the learned ones if there are any."""
    assert "frozen" not in text(layer_table(simulated.ARCHITECTURE))
    printed = text(layer_table(EVERYTHING))
    assert "frozen" in printed
    total = next(line.split() for line in printed.splitlines() if " total " in line)
    assert total == ["total", f"{EVERYTHING.parameters:,}", "9", f"{EVERYTHING.macs:,}"]


def test_the_recipe_is_shown_in_full() -> None:
    """The table has a row for each setting of the recipe."""
    printed = text(recipe_table(simulated.CANDIDATE.recipe))
    for words in ("batch", "sgd, momentum 0.9, nesterov", "EMA, decay 0.998", "rotation up to 7"):
        assert words in printed


def test_the_learning_curve_marks_the_window() -> None:
    """The table has a row per epoch with both accuracies, marked scored epochs, split and n."""
    printed = text(learning_curve(RECORDS[11], 5, images=10_000))
    marked = [line.split()[0] for line in printed.splitlines() if line.endswith("in the window")]
    assert marked == ["11", "12", "13", "14", "15"]
    assert "trial 11: trained, consistency 99.33 %" in printed
    assert "validation: n = 10,000 images" in printed
    assert "99.33 %   98.33 %" in printed


def test_a_curve_without_a_score_marks_nothing() -> None:
    """A trial that was stopped early or never trained has no window."""
    assert "in the window" not in text(learning_curve(RECORDS[12], 5, images=10_000))
    assert "trial 13: over budget" in text(learning_curve(RECORDS[13], 5, images=10_000))


@pytest.mark.parametrize("accuracy,expected", [(0.0, 0), (0.9, 1), (0.99, 2), (1.0, 4)])
def test_bars_are_nines(accuracy: float, expected: int) -> None:
    """0 % is zero nines, and 100 % is finite."""
    assert nines(accuracy) == pytest.approx(expected)


def test_json_holds_everything_of_a_trial() -> None:
    """JSON has architecture and recipe, which can be read back, curves, score and size."""
    data = json.loads(json.dumps(as_json(RECORDS[3]), allow_nan=False))
    assert from_data(Architecture, data["architecture"]) == simulated.ARCHITECTURE
    assert from_data(Recipe, data["recipe"]) == simulated.CANDIDATE.recipe
    assert data["validation_accuracy"] == list(RECORDS[3].validation_accuracy)
    assert (data["consistency"], data["parameters"], data["epochs"]) == (0.9909, 5256, 15)


def test_json_has_no_nan() -> None:
    """A loss of NaN is null, and so is the architecture of a trial without a candidate."""
    failed = replace(RECORDS[12], validation_loss=(0.3, float("nan")))
    assert as_json(failed)["validation_loss"] == [0.3, None]
    bare = as_json(Record(7, "interrupted"))
    assert (bare["architecture"], bare["recipe"], bare["consistency"]) == (None, None, None)
