"""A study of version 0.1.0 keeps working: shown, exported, reported, reproduced, resumed.

tests/support/old_study/b is a study of version 0.1.0, created on 2026-11-25: 14 candidates of the
shipped space on 600 images of MNIST, with a confirmation of the best two and a drill-down. Its
files must not be changed, because they represent existing studies of users.
"""

import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner

from search.api import reproduce, run
from search.cli.main import main
from search.data.dataset import load as load_dataset
from search.data.test_ledger import LEDGER, read_openings
from search.evaluation.results import read_confirmation, read_drilldown
from search.exporting.python_file import read_candidate, read_run
from search.loop.run import Run
from search.study.study import Study, create_or_resume, load
from search.study.user_files import load_space, saved_objective
from search.training.engines.in_process import InProcessPool

OLD = Path(__file__).parent / "support" / "old_study"
OUTCOMES = {"trained": 8, "stopped early": 6, "over budget": 18}
TRIALS = sum(OUTCOMES.values())
BEST = [(12, 0.7602, 9_947), (23, 0.7199, 8_947), (22, 0.7016, 8_469)]  # consistency, parameters
WINNER = 12
LAST = 31  # the last trial of the journal: stopped early after one epoch
OVERRIDES = (("epochs", 3), ("window", 2))


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The study in a copy that no test modifies; loading it creates a lock file."""
    return load("b", Path(shutil.copytree(OLD, tmp_path_factory.mktemp("old") / "studies")))


@pytest.fixture
def studies(tmp_path: Path) -> Path:
    """A studies folder with a copy of the study."""
    return Path(shutil.copytree(OLD, tmp_path / "studies"))


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A copy of its journal in an otherwise empty studies folder."""
    path = tmp_path / "alone" / "b" / "journal.log"
    path.parent.mkdir(parents=True)
    shutil.copy(OLD / "b" / "journal.log", path)
    return path


def command(name: str, studies: Path, *options: object) -> str:
    """The output of a command on the study."""
    arguments = [name, "--study", "b", "--studies", studies, *options]
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def search_on(studies: Path, wanted: int) -> Study:
    """Resume the study in this process until it has `wanted` candidates."""
    settings = load("b", studies).setup
    study = create_or_resume("b", studies, settings)
    space, objective = load_space(OLD / "b" / "space.py"), saved_objective(study)
    with InProcessPool(load_dataset(settings.data, settings.train_examples), "cpu", 1) as pool:
        resumed = Run(study, space=space, objective=objective, pool=pool, wanted=wanted)
        assert list(resumed.events())
    return study


def network(path: Path) -> dict[str, torch.Tensor]:
    """The weights of an exported file."""
    names: dict[str, Any] = {"__name__": path.stem}
    exec(path.read_text(encoding="utf-8"), names)
    state: dict[str, torch.Tensor] = names["load"]().state_dict()
    return state


@pytest.mark.parametrize("alone", [False, True], ids=["study", "journal"])
def test_it_is_shown(alone: bool, studies: Path, journal: Path) -> None:
    """show prints ranking and caveats, with the whole folder and with the journal only."""
    root = journal.parents[1] if alone else studies
    assert "76.02 %" in command("show", root)
    shown = json.loads(command("show", root, "--json"))
    best = [(r["number"], r["consistency"], r["parameters"]) for r in shown["ranking"][:3]]
    assert best == BEST
    assert shown["ranking"][0]["validation_accuracy"] == [0.5219, 0.7602, 0.8401]
    assert (shown["window"], shown["validation_images"], len(shown["caveats"])) == (2, 10_000, 3)
    study = load("b", root)
    assert Counter(record.outcome for record in study.records()) == OUTCOMES
    assert (study.setup.overrides, study.setup.train_examples) == (OVERRIDES, 600)


def test_its_best_is_exported_again(studies: Path, tmp_path: Path) -> None:
    """A new export has the candidate, run and weights of the old export."""
    command("export", studies, "--out", tmp_path / "again.py")
    before, after = OLD / "b" / "best.py", tmp_path / "again.py"
    assert read_candidate(after) == read_candidate(before)
    assert read_run(after) == read_run(before)
    weights = network(after)
    assert weights.keys() == network(before).keys()
    assert all(torch.equal(weights[name], tensor) for name, tensor in network(before).items())


def test_an_unconfirmed_trial_is_exported(old: Study, studies: Path, tmp_path: Path) -> None:
    """The export has the curve of its record and the weights stored by the search."""
    command("export", studies, "--trial", 22, "--out", tmp_path / "other.py")
    record = old.records()[22]
    assert read_run(tmp_path / "other.py").accuracy == record.validation_accuracy
    learned = [tensor for tensor in network(tmp_path / "other.py").values() if tensor.ndim > 1]
    assert sum(tensor.numel() for tensor in learned) > 0.9 * record.parameters


def test_its_old_export_is_reproduced(studies: Path) -> None:
    """The accuracy agrees with the file, and the evaluation on the test set is logged."""
    again = reproduce(studies / "b" / "best.py", studies=studies, device="cpu")
    assert again.agrees
    assert len(again.accuracy) == 3
    (opening,) = read_openings(studies / LEDGER)
    assert opening.reason == "reproduce: best.py"


def test_it_is_reported(studies: Path, tmp_path: Path) -> None:
    """The HTML and Markdown reports have the confirmation, and the page the drill-down."""
    command("report", studies, "--out", tmp_path / "report.html", "--markdown")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    summary = (tmp_path / "report.md").read_text(encoding="utf-8")
    for text in (page, summary):
        assert "77.79 %" in text  # mean on test
        assert "9,947" in text
    assert "batch norm" in page
    drilldown = read_drilldown(OLD / "b")
    assert drilldown is not None
    for step in drilldown.steps:
        assert step.name in page


def test_its_confirmation_is_complete(studies: Path) -> None:
    """Confirming again trains nothing, does not use the test set and gives the old result."""
    before = read_confirmation(OLD / "b")
    repeats = (studies / "b" / "repeats.jsonl").read_bytes()
    command("confirm", studies, "--top", 2, "--seeds", 3, "--device", "cpu", "--workers", 1)
    after = read_confirmation(studies / "b")
    assert before is not None
    assert after is not None
    race = replace(after.race, test=before.race.test)  # the description of the test has changed
    assert (race, after.final.trial, after.final.runs) == (
        before.race,
        before.final.trial,
        before.final.runs,
    )
    assert after.race.winner == WINNER
    assert (studies / "b" / "repeats.jsonl").read_bytes() == repeats
    assert not (studies / LEDGER).exists()


def test_its_drilldown_is_shown(studies: Path) -> None:
    """The drill-down prints every step and trains nothing."""
    repeats = (studies / "b" / "repeats.jsonl").read_bytes()
    shown = command("drilldown", studies, "--device", "cpu", "--workers", 1)
    before, after = read_drilldown(OLD / "b"), read_drilldown(studies / "b")
    assert before is not None
    assert after is not None
    assert [(step.name, step.parameters) for step in after.steps] == [
        (step.name, step.parameters) for step in before.steps
    ]
    assert all(step.name in shown for step in before.steps)
    assert (studies / "b" / "repeats.jsonl").read_bytes() == repeats


@pytest.fixture(scope="module")
def resumed(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The study with one more candidate, trained in a worker process."""
    root = shutil.copytree(OLD, tmp_path_factory.mktemp("resumed") / "studies")
    files: dict[str, Any] = {name: OLD / "b" / f"{name}.py" for name in ("space", "objective")}
    return run(15, study="b", studies=root, device="cpu", workers=1, **files)


def test_it_is_resumed(old: Study, resumed: Study) -> None:
    """One more candidate is trained with the settings of the study; old records are kept."""
    records = resumed.records()
    assert records[:TRIALS] == old.records()
    *rejected, last = records[TRIALS:]
    assert {record.outcome for record in rejected} <= {"over budget"}
    assert last.outcome in ("trained", "stopped early")
    assert last.candidate is not None
    assert last.candidate.recipe.epochs == 3
    assert last.candidate.recipe.augmentation.fill == 0
    assert resumed.setup == old.setup
    assert resumed.setup.border is None


def test_a_journal_alone_is_resumed(journal: Path, resumed: Study) -> None:
    """Without other files, the journal proposes and trains the same candidates."""
    records = search_on(journal.parents[1], 15).records()
    assert len(records) > TRIALS
    assert [(r.origin, r.outcome, r.candidate, r.validation_accuracy) for r in records] == [
        (r.origin, r.outcome, r.candidate, r.validation_accuracy) for r in resumed.records()
    ]


def test_a_killed_old_run_is_resumed(old: Study, journal: Path) -> None:
    """The unfinished candidate of a killed old run is trained again."""
    text = journal.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    epoch = max(place for place, line in enumerate(lines) if '"intermediate_value"' in line)
    whole = old.records()[LAST]
    journal.write_text("".join(lines[: epoch + 1]), encoding="utf-8")
    lost, again = search_on(journal.parents[1], 14).records()[LAST:]
    assert (lost.outcome, lost.origin) == ("interrupted", LAST)
    assert (again.origin, again.candidate) == (LAST, whole.candidate)
    assert again.outcome == whole.outcome
    assert again.validation_accuracy == pytest.approx(whole.validation_accuracy, abs=0.02)
