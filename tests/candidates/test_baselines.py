"""The published steps: their facts, how they are found, and what we measured of them."""

import json
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from search import Budget
from search.candidates.architecture import Architecture
from search.candidates.baselines import (
    LARGER,
    WINDOW,
    Baseline,
    all_baselines,
    baseline_notes,
    baselines_within,
    find_baseline,
    known_differences,
    lowest_of_window,
    public_results,
)
from search.errors import FrugalError
from search.evaluation.repeats import Repeat, RepeatFile
from search.evaluation.results import measured_repeats
from search.files import from_data, from_json, to_json

GOLDEN = [
    json.loads(path.read_text()) for path in sorted((Path(__file__).parent / "golden").glob("*"))
]
ALL = [pytest.param(baseline, id=baseline.name) for baseline in all_baselines()]
TRAINABLE = [pytest.param(b, id=b.name) for b in all_baselines() if b.candidate]
LOGGED = [pytest.param(b, id=b.name) for b in all_baselines() if b.published.accuracy]


def repeat(name: str, number: int, accuracy: float = 0.9) -> Repeat:
    """A repeat of a baseline, two epochs long."""
    curve = (accuracy, accuracy)
    return Repeat(
        key=name,
        number=number,
        seed=7,
        split="test",
        images=100,
        train_examples=600,
        accuracy=curve,
        loss=curve,
        training_accuracy=curve,
        training_loss=curve,
        seconds=1.0,
        device="cpu",
        versions="",
        time="now",
    )


def test_every_step_is_here():
    """Five systems, 19 steps, each under a name of its own."""
    assert len({baseline.system for baseline in all_baselines()}) == 5
    assert len({baseline.name for baseline in all_baselines()}) == len(all_baselines()) == 19
    steps = {(system["system"], step["step"]) for system in GOLDEN for step in system["steps"]}
    assert {(baseline.system, baseline.step) for baseline in all_baselines()} == steps


@pytest.mark.parametrize("baseline", TRAINABLE)
def test_architectures_are_the_published_ones(baseline):
    """The architecture is that of the golden facts and has the published count."""
    golden = next(
        step["architecture"]
        for system in GOLDEN
        for step in system["steps"]
        if (system["system"], step["step"]) == (baseline.system, baseline.step)
    )
    assert baseline.candidate.architecture == from_data(Architecture, golden)
    assert baseline.candidate.architecture.parameters == baseline.parameters


@pytest.mark.parametrize("baseline", ALL)
def test_json_round_trip(baseline):
    """A baseline survives JSON, recipe and all."""
    assert from_json(Baseline, to_json(baseline)) == baseline


@pytest.mark.parametrize("baseline", ALL)
def test_accuracies_are_fractions(baseline):
    """No figure is left in per cent."""
    given = baseline.published
    figures = [given.best, given.lowest, given.best_training, *given.accuracy]
    assert all(0.6 < figure < 1 for figure in figures if figure is not None)


@pytest.mark.parametrize("baseline", LOGGED)
def test_logs_agree_with_what_is_told(baseline):
    """A log has an accuracy per epoch; lowest is its own, and so is best unless the note says."""
    given = baseline.published
    assert len(given.accuracy) == baseline.candidate.recipe.epochs
    assert given.lowest == lowest_of_window(given.accuracy) == min(given.accuracy[-WINDOW:])
    peak = max(given.accuracy)
    assert given.best == peak or f"{100 * peak:.2f}" in baseline.note


@pytest.mark.parametrize("baseline", TRAINABLE)
def test_recipes_score_raw_weights_and_fill_white(baseline):
    """None averaged weights; what is rotated shows white corners."""
    recipe = baseline.candidate.recipe
    assert recipe.ema == 0
    assert recipe.augmentation.fill == float(recipe.augmentation.moves)


def test_recipes_as_they_ran():
    """Schedules, rates and augmentation where a step differs from the plain recipe."""
    recipes = {b.name: b.candidate.recipe for b in all_baselines() if b.candidate}
    onecycle = recipes["ev8-5"]
    assert (onecycle.rate, onecycle.schedule.kind, onecycle.schedule.cycle_momentum) == (
        0.1,
        "onecycle",
        True,
    )
    assert (recipes["s5-final-5"].schedule.kind, recipes["s5-final-5"].rate) == ("constant", 0.02)
    assert recipes["s5-final-5"].augmentation.jitter == 0.1
    steps = recipes["drill-down-4"]
    assert (steps.batch, steps.schedule.every, steps.schedule.gamma) == (32, 5, 0.1)
    adam = recipes["pooling-max"]
    assert (adam.optimiser, adam.rate, adam.batch, adam.schedule.every) == ("adam", 0.0015, 64, 7)
    assert {name: r.epochs for name, r in recipes.items() if r.epochs != 15} == {
        **{f"s5-final-{step}": 16 for step in range(1, 6)},
        "pooling-average": 20,
        "pooling-max": 20,
    }


def test_what_was_not_published_is_said():
    """Stand-ins are named, and a step without layers or stand-in has nothing to train."""
    assert [b.name for b in all_baselines() if b.stand_in] == ["session-5-2", "session-5-3"]
    assert [b.name for b in all_baselines() if b.candidate is None] == ["session-5-1"]
    assert "not published" in find_baseline("session-5-3").stand_in
    assert "never stepped" in find_baseline("s5-final-5").note
    assert "README says 0.1" in find_baseline("drill-down-4").note
    assert "bilinear" in known_differences()
    assert all(sentence.endswith(".") for sentence in baseline_notes())


@pytest.mark.parametrize("given, nearest", [("ev8-6", "ev8-"), ("POOLING-MIN", "pooling-max")])
def test_unknown_name(given, nearest):
    """An unknown name is answered with the nearest."""
    with pytest.raises(FrugalError, match=f"{given}.*nearest is {nearest}"):
        find_baseline(given)


def test_within():
    """Those of at most 10,000 parameters and 15 epochs keep the usual budget."""
    kept = [baseline.name for baseline in baselines_within(Budget())]
    drill_down = [f"drill-down-{step}" for step in (2, 3, 4)]
    assert kept == ["ev8-4", "ev8-5", *drill_down, "session-5-2", "session-5-3"]
    assert baselines_within(Budget(100)) == ()


def test_every_baseline_runs_under_a_budget_that_it_keeps():
    """The usual one, the larger one, or its own."""
    assert find_baseline("ev8-5").budget == Budget()
    assert find_baseline("pooling-max").budget == find_baseline("s5-final-5").budget == LARGER
    assert find_baseline("drill-down-1").budget == Budget(992_800, 15)
    assert find_baseline("session-5-1").budget is None
    assert not any(b.budget.violations(b.candidate) for b in all_baselines() if b.candidate)


def test_bars():
    """The public bars, with their accuracies as fractions."""
    told = [(bar.parameters, bar.epochs, bar.lowest) for bar in public_results()]
    assert told == [
        (9_436, 15, 0.9949),
        (7_496, 15, 0.9947),
        (6_128, 15, 0.9942),
        (19_866, 19, 0.9955),
    ]


def test_measured_counts_the_users_own_first(tmp_path):
    """Own repeats stand in for shipped ones of the same number, and join those of others."""
    shipped = measured_repeats(tmp_path)
    repeat_file = RepeatFile(tmp_path / "baselines.jsonl")
    repeat_file.add(repeat("ev8-1", 1))
    repeat_file.add(repeat("ev8-1", 0))
    own = replace(repeat("ev8-5", 0), accuracy=(0.5, 0.6))
    repeat_file.add(own)
    found = measured_repeats(tmp_path)
    assert [each.number for each in found["ev8-1"]] == [0, 1]
    assert found["ev8-5"][0] == own
    assert found["ev8-5"][1:] == shipped.get("ev8-5", ())[1:]


def test_measured_figures_are_whole():
    """Shipped repeats are of known baselines, on all images, an accuracy for each epoch."""
    for name, repeats in measured_repeats(Path("nowhere")).items():
        candidate = find_baseline(name).candidate
        for each in repeats:
            assert len(each.accuracy) == candidate.recipe.epochs
            assert (each.split, each.images, each.train_examples) == ("test", 10_000, 60_000)
            assert all(map(math.isfinite, each.loss))


def test_no_torch():
    """Reading the facts imports neither torch nor Optuna."""
    code = (
        "import sys; from search.candidates.baselines import all_baselines; all_baselines();"
        "sys.exit('torch' in sys.modules or 'optuna' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
