"""Drill-downs of real studies: training data, recorded repeats, output and resuming."""

import os
import signal
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import torch
from click.testing import CliRunner
from filelock import FileLock

from search.cli.main import main
from search.data.dataset import Dataset, load
from search.errors import FrugalError
from search.evaluation.drilldown import DrilldownRun
from search.evaluation.ingredients import INGREDIENTS
from search.evaluation.intervals import Interval, TargetReach
from search.evaluation.repeats import RepeatFile
from search.evaluation.results import (
    Confirmation,
    Drilldown,
    FinalResult,
    RaceResult,
    SelectionBias,
    read_drilldown,
    write_confirmation,
)
from search.evaluation.retraining import RepeatEpoch, RepeatEvent, RepeatFinished
from search.seeds import derive
from search.study import study
from search.training.engines.in_process import InProcessPool
from search.training.interrupts import Stopping
from search.training.trainer import DeviceData, train
from tests.support import digits_folder as digits
from tests.support import tiny

SPACE = """
from search import Architecture, Augmentation, Block, Candidate, Head, Recipe, Schedule

def sample(trial, task):
    blocks = (Block(trial.suggest_int("first", 4, 6), 5, pool=4, dropout=0.05), Block(10))
    augmentation = Augmentation(rotation=5)
    recipe = Recipe(task.budget.epochs, 32, schedule=Schedule(), augmentation=augmentation, ema=0.9)
    return Candidate(Architecture(task.image, task.classes, blocks, Head()), recipe)
"""
NAMES = [ingredient.name for ingredient in INGREDIENTS]
Drilled = tuple[DrilldownRun, Drilldown, list[RepeatEvent | Stopping]]
open_pool = partial(InProcessPool, device="cpu", capacity=2)


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory, small_mnist: Dataset) -> Path:
    """The studies folder with a study of two candidates that have every ingredient."""
    root = tmp_path_factory.mktemp("drilling")
    data = load(str(digits.folder(root / "digits", small_mnist, 240, 60)))
    space = root / "space.py"
    space.write_text(SPACE, encoding="utf-8")
    tiny.search(root / "studies", data, 2, name="mnist", space=space, data=str(root / "digits"))
    return root / "studies"


def drilling(studies: Path, **asked: Any) -> DrilldownRun:
    """A drill-down of the study."""
    return DrilldownRun(study.load("mnist", studies), **asked)


@pytest.fixture(scope="module")
def drilled(searched: Path) -> Drilled:
    """A trained drill-down, its result and all its events."""
    events: list[RepeatEvent | Stopping] = []
    going = drilling(searched, seeds=2)
    assert going.train(open_pool, events.append)
    return going, going.result(), events


def test_every_step_is_in_the_result(drilled: Drilled) -> None:
    """Steps are in order and end with the best candidate; figures are those of the repeats."""
    going, found, _ = drilled
    assert [step.name for step in found.steps] == NAMES
    best = going.study.best()
    assert (found.trial, found.steps[-1].candidate) == (best.number, best.candidate)
    repeat_file = RepeatFile(going.study.folder / "repeats.jsonl")
    for step in found.steps:
        key = f"drilldown trial {best.number}, 2 epochs: {step.name}"
        repeats = repeat_file.of(key, "validation")
        assert step.scores == tuple(min(repeat.accuracy) for repeat in repeats)
        assert step.consistency == pytest.approx(sum(step.scores) / 2)
        assert step.best_validation == pytest.approx(sum(max(r.accuracy) for r in repeats) / 2)
        assert step.parameters == step.candidate.architecture.parameters
        assert step.target
        assert step.analysis
    assert (found.window, found.epochs, found.seeds) == (2, 2, 2)


def test_steps_are_trained_on_the_study_s_own_images(drilled: Drilled) -> None:
    """A repeat equals a separate training of its step on the same split with the same seed."""
    going, found, _ = drilled
    dataset = load(going.study.setup.data)
    assert (found.images, found.train_examples) == (len(dataset.validation), len(dataset.train))
    step = found.steps[2]
    seed = derive(0, "drilldown", going.record.origin, step.name, 1)
    alone = train(step.candidate, seed, DeviceData(dataset, torch.device("cpu")))
    repeats = RepeatFile(going.study.folder / "repeats.jsonl").read()
    (kept,) = [r for r in repeats if r.key.endswith(f": {step.name}") and r.number == 1]
    assert kept.accuracy == tuple(result.validation_accuracy for result in alone)
    assert (kept.seed, kept.split) == (seed, "validation")


def test_the_test_images_are_not_read(drilled: Drilled) -> None:
    """A drill-down adds no entry to the ledger."""
    going, _, _ = drilled
    assert not (going.study.folder.parent / "ledger").exists()


def test_a_second_drilldown_trains_nothing(drilled: Drilled) -> None:
    """A second drill-down reads all repeats from the file and has the same result."""
    going, found, _ = drilled
    events: list[RepeatEvent | Stopping] = []
    again = drilling(going.study.folder.parent, seeds=2)
    assert again.train(open_pool, events.append)
    assert events == []
    assert again.result() == found


def test_a_single_repeat_has_a_caveat(drilled: Drilled) -> None:
    """One repeat per step is allowed, with a caveat that noise and effect are not separated."""
    going, found, _ = drilled
    one = drilling(going.study.folder.parent, seeds=1)
    assert one.missing() == []
    assert any("noise and effect cannot be separated" in each for each in one.result().caveats)
    assert not any("noise and effect" in caveat for caveat in found.caveats)


def test_other_epochs_are_other_repeats(drilled: Drilled) -> None:
    """Repeats of another number of epochs have other keys, and the result has caveats."""
    going, _, _ = drilled
    short = drilling(going.study.folder.parent, epochs=1)
    assert len(short.missing()) == len(NAMES)
    assert {job.candidate.recipe.epochs for job in short.missing()} == {1}
    assert not {job.key for job in short.missing()} & {job.key for job in going.missing()}
    short = drilling(going.study.folder.parent, epochs=1, trial=going.record.number)
    drilldown_result = list(short._caveats(()))
    assert "trained for 1 epoch instead of the recipe's 2 epochs" in drilldown_result
    assert any("fewer than the study's window of 2" in caveat for caveat in drilldown_result)


def test_a_missing_ingredient_is_a_caveat(drilled: Drilled) -> None:
    """Ingredients that the candidate does not use are listed in the caveats."""
    going, _, _ = drilled
    assert "ingredients that trial 0 does not use: EMA" in list(
        replace(going, trial=0)._caveats(["EMA"])
    )


def test_an_interrupted_drilldown_resumes(searched: Path, tmp_path: Path) -> None:
    """Ctrl-C ends it at the next epoch; finished repeats are not trained again."""
    studies = Path(copytree(searched, tmp_path / "studies"))
    (studies / "mnist" / "repeats.jsonl").unlink(missing_ok=True)
    events: list[RepeatEvent | Stopping] = []

    def show(event: RepeatEvent | Stopping) -> None:
        events.append(event)
        if sum(isinstance(each, RepeatFinished) for each in events) == 2 and isinstance(
            event, RepeatEpoch
        ):
            os.kill(os.getpid(), signal.SIGINT)

    going = drilling(studies)
    assert not going.train(open_pool, show)
    assert Stopping() in events
    kept = RepeatFile(studies / "mnist" / "repeats.jsonl").read()
    assert 2 <= len(kept) < len(NAMES)
    rest = len(going.missing())
    events.clear()
    assert going.train(open_pool, events.append)
    assert (
        sum(isinstance(event, RepeatFinished) for event in events) == rest == len(NAMES) - len(kept)
    )


def test_other_images_are_refused(searched: Path, tmp_path: Path, small_mnist: Dataset) -> None:
    """Images that differ from the study's are an error before anything is trained."""
    other = digits.folder(tmp_path / "digits", small_mnist, 200, 60)
    with pytest.raises(FrugalError, match="was made from"):
        drilling(searched, epochs=1).train(open_pool, data=str(other))


@pytest.mark.parametrize(
    "given, words",
    [
        ({"seeds": 0}, "--seeds 0: must be at least 1"),
        ({"epochs": 0}, "--epochs 0: must be at least 1"),
        ({"trial": 99}, "no trial 99 that was trained to the end"),
    ],
)
def test_invalid_drilldowns_are_refused(searched: Path, given: dict[str, int], words: str) -> None:
    """Each invalid argument is an error that states its value and the rule."""
    with pytest.raises(FrugalError, match=words):
        drilling(searched, **given)


def test_the_confirmed_winner_comes_before_the_best(searched: Path, tmp_path: Path) -> None:
    """The default is the confirmed winner, then the best; a requested trial overrides both."""
    studies = Path(copytree(searched, tmp_path / "studies"))
    best, other = drilling(studies).study.ranking()
    assert drilling(studies).record == best
    confirmed(studies / "mnist", other.number)
    assert drilling(studies).record == other
    assert drilling(studies, trial=best.number).record == best


def confirmed(folder: Path, winner: int) -> None:
    """Write a confirmation with this winner and arbitrary figures."""
    anything = Interval(0.0, 1.0, 0.95)
    write_confirmation(
        Confirmation(
            "mnist",
            2,
            RaceResult((), winner=winner, rivals=(), test="", level=0.95, images=60),
            FinalResult(
                *(winner, (), 0, 0.9, 0.9, 0.0, anything),
                TargetReach(0.9, 0, 0, anything, None),
                *((), 60, 240, 1),
            ),
            SelectionBias(0.0, 0.0, 0.0, 2),
            *("", "cpu", "torch 2", "2026-11-01T00:00:00+00:00", 1.0),
        ),
        folder,
    )


def test_a_second_drilldown_is_refused_during_the_first(searched: Path) -> None:
    """A second process that runs a drill-down of the same study gets an error."""
    with (
        FileLock(searched / "mnist" / ".drilldown.lock"),
        pytest.raises(FrugalError, match="a drill-down of study mnist is running already"),
    ):
        drilling(searched, epochs=1).train(open_pool)


def test_a_study_without_a_trained_candidate(tmp_path: Path, small_mnist: Dataset) -> None:
    """A study without a trained candidate is an error."""
    opened, *_ = tiny.opened(tmp_path, tiny.few(small_mnist))
    with pytest.raises(FrugalError, match="no candidate trained to the end yet"):
        DrilldownRun(opened)


def test_the_command_prints_and_writes_the_result(drilled: Drilled) -> None:
    """The result is printed, stored as JSON and written as a page."""
    going, found, _ = drilled
    folder = going.study.folder
    drilldown_result = CliRunner().invoke(
        main, ["drilldown", "--studies", str(folder.parent), "--seeds", "2", "--device", "cpu"]
    )
    assert drilldown_result.exit_code == 0, drilldown_result.output
    assert read_drilldown(folder) == found
    page = (folder / "drilldown.md").read_text(encoding="utf-8")
    for name, following in pairwise(NAMES):
        assert page.index(f". {name}\n") < page.index(f". {following}\n")
    assert f"trial {found.trial} of study mnist" in drilldown_result.output
    assert "drilldown.json" in drilldown_result.output
