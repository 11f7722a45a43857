"""Drill-downs of real studies: what is trained on what, kept, told and gone on with."""

import os
import signal
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from shutil import copytree

import pytest
import torch
from click.testing import CliRunner
from filelock import FileLock

from search.cli.main import main
from search.data.dataset import load
from search.errors import FrugalError
from search.evaluation.drilldown import DrilldownRun
from search.evaluation.ingredients import INGREDIENTS
from search.evaluation.intervals import Interval, TargetReach
from search.evaluation.repeats import RepeatFile
from search.evaluation.results import (
    Confirmation,
    FinalResult,
    RaceResult,
    SelectionBias,
    read_drilldown,
    write_confirmation,
)
from search.evaluation.retraining import RepeatEpoch, RepeatFinished
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
open_pool = partial(InProcessPool, device="cpu", capacity=2)


@pytest.fixture(scope="module")
def searched(tmp_path_factory, small_mnist) -> Path:
    """The studies folder with a study of two candidates that have every ingredient."""
    root = tmp_path_factory.mktemp("drilling")
    data = load(str(digits.folder(root / "digits", small_mnist, 240, 60)))
    space = root / "space.py"
    space.write_text(SPACE, encoding="utf-8")
    tiny.search(root / "studies", data, 2, name="mnist", space=space, data=str(root / "digits"))
    return root / "studies"


def drilling(studies: Path, **asked) -> DrilldownRun:
    """A drill-down of it."""
    return DrilldownRun(study.load("mnist", studies), **asked)


@pytest.fixture(scope="module")
def drilled(searched):
    """The drill-down once trained, and every event on the way."""
    events = []
    going = drilling(searched, seeds=2)
    assert going.train(open_pool, events.append)
    return going, going.result(), events


def test_every_step_is_told(drilled):
    """In order, the last one the best candidate itself; figures are those of the repeats."""
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


def test_steps_are_trained_on_the_study_s_own_images(drilled):
    """Split, n, subset and draws: as one would train the step alone."""
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


def test_the_test_images_stay_closed(drilled):
    """Nothing was written to the ledger."""
    going, _, _ = drilled
    assert not (going.study.folder.parent / "ledger").exists()


def test_asked_again_it_trains_nothing(drilled):
    """And tells the same."""
    going, found, _ = drilled
    events = []
    again = drilling(going.study.folder.parent, seeds=2)
    assert again.train(open_pool, events.append)
    assert events == []
    assert again.result() == found


def test_fewer_seeds_say_that_they_cannot_tell_noise(drilled):
    """One repeat per step is allowed, and told wherever the figures are."""
    going, found, _ = drilled
    one = drilling(going.study.folder.parent, seeds=1)
    assert one.missing() == []
    assert any("cannot tell noise from effect" in caveat for caveat in one.result().caveats)
    assert not any("cannot tell noise" in caveat for caveat in found.caveats)


def test_other_epochs_are_other_repeats(drilled):
    """They do not mix, the schedule follows, and the page says so."""
    going, _, _ = drilled
    short = drilling(going.study.folder.parent, epochs=1)
    assert len(short.missing()) == len(NAMES)
    assert {job.candidate.recipe.epochs for job in short.missing()} == {1}
    assert not {job.key for job in short.missing()} & {job.key for job in going.missing()}
    short = drilling(going.study.folder.parent, epochs=1, trial=going.record.number)
    told = list(short._caveats(()))
    assert "trained for 1 epoch, the recipe says 2 epochs" in told
    assert any("fewer than the window of 2" in caveat for caveat in told)


def test_an_ingredient_that_it_never_had_is_left_out(drilled):
    """And said."""
    going, _, _ = drilled
    assert "steps left out, for trial 0 has none: EMA" in list(
        replace(going, trial=0)._caveats(["EMA"])
    )


def test_interrupted_it_goes_on(searched, tmp_path):
    """Ctrl-C ends it at the next epoch; what was finished is not trained again."""
    studies = Path(copytree(searched, tmp_path / "studies"))
    (studies / "mnist" / "repeats.jsonl").unlink(missing_ok=True)
    events = []

    def show(event):
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


def test_other_images_are_refused(searched, tmp_path, small_mnist):
    """Before anything is trained, with what to do."""
    other = digits.folder(tmp_path / "digits", small_mnist, 200, 60)
    with pytest.raises(FrugalError, match="was made from"):
        drilling(searched, epochs=1).train(open_pool, data=str(other))


@pytest.mark.parametrize(
    "given, words",
    [
        ({"seeds": 0}, "--seeds 0: at least 1"),
        ({"epochs": 0}, "--epochs 0: at least 1"),
        ({"trial": 99}, "no trial 99 that was trained to the end"),
    ],
)
def test_what_cannot_be_drilled_down(searched, given, words):
    """Each in a line that says why."""
    with pytest.raises(FrugalError, match=words):
        drilling(searched, **given)


def test_the_confirmed_winner_comes_before_the_best(searched, tmp_path):
    """Once there is a confirmation; a trial that is asked for comes before both."""
    studies = Path(copytree(searched, tmp_path / "studies"))
    best, other = drilling(studies).study.ranking()
    assert drilling(studies).record == best
    confirmed(studies / "mnist", other.number)
    assert drilling(studies).record == other
    assert drilling(studies, trial=best.number).record == best


def confirmed(folder: Path, winner: int) -> None:
    """A confirmation that says so, and nothing else of interest."""
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


def test_two_do_not_drill_down_at_a_time(searched):
    """The second is told, and trains nothing."""
    with (
        FileLock(searched / "mnist" / ".drilldown.lock"),
        pytest.raises(FrugalError, match="is being drilled down already"),
    ):
        drilling(searched, epochs=1).train(open_pool)


def test_a_study_without_a_trained_candidate(tmp_path, small_mnist):
    """It says how to get one."""
    opened, *_ = tiny.opened(tmp_path, tiny.few(small_mnist))
    with pytest.raises(FrugalError, match="no candidate trained to the end yet"):
        DrilldownRun(opened)


def test_the_command_writes_and_tells(drilled):
    """The same story on the terminal, as values and as a page."""
    going, found, _ = drilled
    folder = going.study.folder
    told = CliRunner().invoke(
        main, ["drilldown", "--studies", str(folder.parent), "--seeds", "2", "--device", "cpu"]
    )
    assert told.exit_code == 0, told.output
    assert read_drilldown(folder) == found
    page = (folder / "drilldown.md").read_text(encoding="utf-8")
    for name, following in pairwise(NAMES):
        assert page.index(f". {name}\n") < page.index(f". {following}\n")
    assert f"trial {found.trial} of study mnist" in told.output
    assert "drilldown.json" in told.output
