"""Published steps: their data, finding them by name, and our measurements of them."""

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
    """A repeat of a baseline with two epochs."""
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


def test_every_step_exists() -> None:
    """There are 19 steps of five systems, each with a unique name."""
    assert len({baseline.system for baseline in all_baselines()}) == 5
    assert len({baseline.name for baseline in all_baselines()}) == len(all_baselines()) == 19
    steps = {(system["system"], step["step"]) for system in GOLDEN for step in system["steps"]}
    assert {(baseline.system, baseline.step) for baseline in all_baselines()} == steps


@pytest.mark.parametrize("baseline", TRAINABLE)
def test_architectures_are_the_published_ones(baseline: Baseline) -> None:
    """The architecture equals the golden one and has the published number of parameters."""
    golden = next(
        step["architecture"]
        for system in GOLDEN
        for step in system["steps"]
        if (system["system"], step["step"]) == (baseline.system, baseline.step)
    )
    assert baseline.candidate is not None
    assert baseline.candidate.architecture == from_data(Architecture, golden)
    assert baseline.candidate.architecture.parameters == baseline.parameters


@pytest.mark.parametrize("baseline", ALL)
def test_json_round_trip(baseline: Baseline) -> None:
    """A baseline with its recipe survives a JSON round trip."""
    assert from_json(Baseline, to_json(baseline)) == baseline


@pytest.mark.parametrize("baseline", ALL)
def test_accuracies_are_fractions(baseline: Baseline) -> None:
    """No accuracy is given in per cent."""
    given = baseline.published
    figures = [given.best, given.lowest, given.best_training, *given.accuracy]
    assert all(0.6 < figure < 1 for figure in figures if figure is not None)


@pytest.mark.parametrize("baseline", LOGGED)
def test_published_figures_agree_with_the_log(baseline: Baseline) -> None:
    """A log has every epoch; lowest and best agree with it, or the note explains why not."""
    given = baseline.published
    assert baseline.candidate is not None
    assert len(given.accuracy) == baseline.candidate.recipe.epochs
    assert given.lowest == lowest_of_window(given.accuracy) == min(given.accuracy[-WINDOW:])
    peak = max(given.accuracy)
    assert given.best == peak or f"{100 * peak:.2f}" in baseline.note


@pytest.mark.parametrize("baseline", TRAINABLE)
def test_recipes_score_raw_weights_and_fill_white(baseline: Baseline) -> None:
    """No published recipe averages weights, and rotations fill with white."""
    assert baseline.candidate is not None
    recipe = baseline.candidate.recipe
    assert recipe.ema == 0
    assert recipe.augmentation.fill == float(recipe.augmentation.moves)


def test_recipes_as_they_ran() -> None:
    """Schedules, rates and augmentation match the runs that differ from the plain recipe."""
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


def test_unpublished_parts_are_documented() -> None:
    """Substitutes are documented, and a step without layers or substitute has no candidate."""
    assert [b.name for b in all_baselines() if b.stand_in] == ["session-5-2", "session-5-3"]
    assert [b.name for b in all_baselines() if b.candidate is None] == ["session-5-1"]
    assert "not published" in find_baseline("session-5-3").stand_in
    assert "never stepped" in find_baseline("s5-final-5").note
    assert "README says 0.1" in find_baseline("drill-down-4").note
    assert "bilinear" in known_differences()
    assert all(sentence.endswith(".") for sentence in baseline_notes())


@pytest.mark.parametrize("given, nearest", [("ev8-6", "ev8-"), ("POOLING-MIN", "pooling-max")])
def test_unknown_name(given: str, nearest: str) -> None:
    """The error for an unknown name suggests the closest one."""
    with pytest.raises(FrugalError, match=f"{given}.*closest name is {nearest}"):
        find_baseline(given)


def test_within() -> None:
    """Baselines of at most 10,000 parameters and 15 epochs are within the default budget."""
    kept = [baseline.name for baseline in baselines_within(Budget())]
    drill_down = [f"drill-down-{step}" for step in (2, 3, 4)]
    assert kept == ["ev8-4", "ev8-5", *drill_down, "session-5-2", "session-5-3"]
    assert baselines_within(Budget(100)) == ()


def test_every_baseline_is_within_its_budget() -> None:
    """A baseline has the default budget, the larger one, or its own size."""
    assert find_baseline("ev8-5").budget == Budget()
    assert find_baseline("pooling-max").budget == find_baseline("s5-final-5").budget == LARGER
    assert find_baseline("drill-down-1").budget == Budget(992_800, 15)
    assert find_baseline("session-5-1").budget is None
    for baseline in all_baselines():
        if baseline.candidate:
            assert baseline.budget is not None
            assert not baseline.budget.violations(baseline.candidate)


def test_public_results() -> None:
    """Public results have their accuracies as fractions."""
    found = [(bar.parameters, bar.epochs, bar.lowest) for bar in public_results()]
    assert found == [
        (9_436, 15, 0.9949),
        (7_496, 15, 0.9947),
        (6_128, 15, 0.9942),
        (19_866, 19, 0.9955),
    ]


def test_repeats_of_the_user_take_precedence(tmp_path: Path) -> None:
    """The user's repeats replace shipped ones with the same number and are added to the others."""
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


def test_shipped_repeats_are_complete() -> None:
    """Shipped repeats belong to known baselines, use all images and have every epoch."""
    for name, repeats in measured_repeats(Path("nowhere")).items():
        candidate = find_baseline(name).candidate
        for each in repeats:
            assert candidate is not None
            assert len(each.accuracy) == candidate.recipe.epochs
            assert (each.split, each.images, each.train_examples) == ("test", 10_000, 60_000)
            assert all(map(math.isfinite, each.loss))


def test_no_torch() -> None:
    """Reading the baselines imports neither torch nor Optuna."""
    code = (
        "import sys; from search.candidates.baselines import all_baselines; all_baselines();"
        "sys.exit('torch' in sys.modules or 'optuna' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
