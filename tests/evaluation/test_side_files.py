"""Ownership of result files in study folders, checked on real confirmed studies."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from search.api import confirm, drilldown, export, report, run
from search.data.dataset import Dataset
from search.evaluation.repeats import REPEATS_FILE, RepeatFile
from search.evaluation.results import (
    CONFIRMATION_FILE,
    CONFIRMED_FOLDER,
    DRILLDOWN_FILE,
    DRILLDOWN_PAGE,
    predictions_path,
)
from search.evaluation.side_files import (
    arrays_identity,
    prepare_to_write,
    study_confirmation,
    study_drilldown,
    study_predictions,
    study_repeats,
)
from search.exporting.python_file import read_run
from search.study.ownership import MARKER, SET_ASIDE, SHORT
from search.study.study import Study, load
from tests.support import digits_folder as digits
from tests.support import tiny

OLD = Path(__file__).parents[1] / "support" / "old_study"
HERE: dict[str, Any] = {"device": "cpu", "workers": 1}
RESULTS = (CONFIRMATION_FILE, REPEATS_FILE, DRILLDOWN_FILE, DRILLDOWN_PAGE)
SEEDS = {"one": 0, "two": 0, "three": 5}  # "one" and "two" differ only in their candidates


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory, small_mnist: Dataset) -> Path:
    """A studies folder: "one" has a confirmation and a drill-down, the others have not."""
    root = tmp_path_factory.mktemp("beside")
    images = digits.folder(root / "digits", small_mnist, train=300, test=100)
    smaller = root / "smaller.py"
    smaller.write_text(tiny.SPACE.read_text().replace("Block(first, 5,", "Block(first, 3,"))
    for name, seed in SEEDS.items():
        known: dict[str, Any] = {
            "study": name,
            "data": str(images),
            "seed": seed,
            "objective": tiny.OBJECTIVE,
        }
        space = smaller if name == "two" else tiny.SPACE
        run(2, studies=root / "studies", space=space, **known, **HERE)
    confirmed(root / "studies", "one")
    return root / "studies"


def confirmed(studies: Path, name: str) -> None:
    """Run a confirmation and a drill-down of a study."""
    confirm(study=name, studies=studies, top=2, seeds=3, target=0.5, **HERE)
    drilldown(study=name, studies=studies, seeds=1, **HERE)


@pytest.fixture
def studies(searched: Path, tmp_path: Path) -> Path:
    """A copy of the studies folder, beside the same images."""
    return Path(shutil.copytree(searched, tmp_path / "studies"))


def contents(folder: Path) -> dict[str, bytes]:
    """The content of all files in a folder except locks, by relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(".lock")
    }


def beside(studies: Path, name: str) -> dict[str, bytes]:
    """The results in a study's folder."""
    names = (*RESULTS, f"{CONFIRMED_FOLDER}/")
    files = contents(studies / name)
    return {path: text for path, text in files.items() if path.startswith(names)}


def hand_over(studies: Path, name: str) -> dict[str, bytes]:
    """Copy the results of "one" into another study's folder; return them."""
    given = beside(studies, "one")
    for path, text in given.items():
        (studies / name / path).parent.mkdir(exist_ok=True)
        (studies / name / path).write_bytes(text)
    return given


def nothing_of(study: Study) -> bool:
    """Whether the study has no results."""
    found = (study_confirmation(study), study_drilldown(study), study_predictions(study))
    return found == (None, None, None) and not study_repeats(study).read()


def test_results_record_their_study(searched: Path) -> None:
    """Each result records the study's identity, seed and candidate."""
    study = load("one", searched)
    confirmation, found = study_confirmation(study), study_drilldown(study)
    assert confirmation is not None
    assert found is not None
    assert confirmation.identity == found.identity == study.identity != ""
    record = study.records()[confirmation.final.trial]
    assert (confirmation.seed, confirmation.candidate) == (0, record.candidate)
    repeats = study_repeats(study).read()
    assert repeats == RepeatFile(study.folder / REPEATS_FILE).read()
    assert {repeat.identity for repeat in repeats} == {study.identity}
    assert arrays_identity(predictions_path(study.folder)) == study.identity
    prepare_to_write(study)
    assert study.notes == []


@pytest.mark.parametrize("name", ["two", "three"])
def test_results_of_another_study_are_not_its_own(studies: Path, name: str, tmp_path: Path) -> None:
    """Commands that read ignore the results of other studies and change no file."""
    hand_over(studies, name)
    before = contents(studies / name)
    study = load(name, studies)
    assert nothing_of(study)
    out: dict[str, Any] = {"study": name, "studies": studies}
    export(out=tmp_path / "best.py", **out)
    assert read_run(tmp_path / "best.py").accuracy == study.best().validation_accuracy
    report(out=tmp_path / "report.html", markdown=True, **out)
    summary = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "not confirmed" in summary or "on test" not in summary
    after = contents(studies / name)
    assert {path: after[path] for path in before} == before


@pytest.mark.parametrize("name", ["two", "three"])
def test_a_command_that_writes_sets_other_results_aside(studies: Path, name: str) -> None:
    """All results of the other study are moved, and the study's own results replace them."""
    given = hand_over(studies, name)
    confirmed(studies, name)
    identity = load("one", studies).identity
    assert contents(studies / name / SET_ASIDE / identity[:SHORT]) == given
    study = load(name, studies)
    confirmation, found = study_confirmation(study), study_drilldown(study)
    assert confirmation is not None
    assert found is not None
    assert confirmation.identity == found.identity == study.identity
    assert {repeat.identity for repeat in study_repeats(study).read()} == {study.identity}
    assert contents(studies / "one")[CONFIRMATION_FILE] == given[CONFIRMATION_FILE]


def test_files_set_aside_are_reported(studies: Path) -> None:
    """There is one line per other study, for any number of files."""
    hand_over(studies, "two")
    study = load("two", studies)
    prepare_to_write(study)
    (line,) = study.notes
    assert re.match(r"set aside files of another study \(identity \w{8}\) in .*: ", line)
    for name in RESULTS:
        assert name in line


def test_a_new_study_in_an_old_folder_ignores_the_old_results(studies: Path) -> None:
    """After the journal was deleted, the results of the old study are set aside."""
    given = beside(studies, "one")
    (studies / "one" / "journal.log").unlink()
    former = (studies / "one" / MARKER).read_text()
    images = load("two", studies).setup.data
    files: dict[str, Any] = {"space": tiny.SPACE, "objective": tiny.OBJECTIVE}
    run(1, study="one", studies=studies, data=images, seed=9, **files, **HERE)
    assert nothing_of(load("one", studies))
    place = studies / "one" / SET_ASIDE / json.loads(former)["identity"][:SHORT]
    assert given.items() <= contents(place).items()


@pytest.mark.parametrize("edited", [{"trial": 99}, {"trial": 0, "identity": ""}, {"seed": 3}])
def test_a_confirmation_that_does_not_match_is_ignored(
    studies: Path, edited: dict[str, Any]
) -> None:
    """Edited files and files of a copy that was continued elsewhere are ignored."""
    path = studies / "one" / CONFIRMATION_FILE
    content = json.loads(path.read_text())
    study = load("one", studies)
    other = next(r.number for r in study.ranking() if r.number != content["final"]["trial"])
    for name, value in edited.items():
        if name == "trial":
            content["final"]["trial"] = value or other
        else:
            content[name] = value
    path.write_text(json.dumps(content))
    assert study_confirmation(study) is None


def _without_identity(studies: Path, name: str) -> None:
    """Convert a study's results to those of an earlier version."""
    folder = studies / name
    for file in (CONFIRMATION_FILE, DRILLDOWN_FILE):
        _strip(folder / file, [json.loads((folder / file).read_text())])
    lines = (folder / REPEATS_FILE).read_text().splitlines()
    _strip(folder / REPEATS_FILE, [json.loads(line) for line in lines])
    path = predictions_path(folder)
    with np.load(path) as arrays:
        kept = {key: arrays[key] for key in arrays.files if key != "identity"}
    with path.open("wb") as written:
        np.savez(written, **kept)


def _strip(path: Path, values: list[dict[str, Any]]) -> None:
    for value in values:
        for name in ("identity", "seed", "candidate") if "key" not in value else ("identity",):
            value.pop(name, None)
    path.write_text("\n".join(json.dumps(value) for value in values) + "\n")


def test_matching_results_without_identity_are_accepted(studies: Path) -> None:
    """Results of earlier versions are accepted if seeds and candidates match the trials."""
    _without_identity(studies, "one")
    study = load("one", studies)
    assert study_confirmation(study) is not None
    assert study_drilldown(study) is not None
    assert study_predictions(study) is not None
    assert len(study_repeats(study).read()) == len(RepeatFile(study.folder / REPEATS_FILE).read())
    prepare_to_write(study)
    assert study.notes == []


@pytest.mark.parametrize("name", ["two", "three"])
def test_other_results_without_identity_are_set_aside(studies: Path, name: str) -> None:
    """Results of a study of the same seed with other candidates are set aside too."""
    _without_identity(studies, "one")
    given = hand_over(studies, name)
    study = load(name, studies)
    assert nothing_of(study)
    prepare_to_write(study)
    assert all(line.startswith("set aside files of another study") for line in study.notes)
    places = (studies / name / SET_ASIDE).iterdir()  # the weights still name their study
    assert {path: text for place in places for path, text in contents(place).items()} == given
    assert beside(studies, name) == {}


def test_repeats_of_another_study_in_the_same_file_are_ignored(studies: Path) -> None:
    """A file that was joined by hand gives only the study's own repeats."""
    other = beside(studies, "one")[REPEATS_FILE]
    confirmed(studies, "two")
    own = study_repeats(load("two", studies)).read()
    with (studies / "two" / REPEATS_FILE).open("ab") as file:
        file.write(other)
    assert study_repeats(load("two", studies)).read() == own


def test_an_old_study_keeps_its_results(tmp_path: Path) -> None:
    """All results that the version of 2026-11-25 wrote are accepted."""
    root = Path(shutil.copytree(OLD, tmp_path / "studies"))
    before = contents(root)
    study = load("b", root)
    confirmation, found = study_confirmation(study), study_drilldown(study)
    assert confirmation is not None
    assert found is not None
    assert confirmation.final.trial == found.trial
    assert study_predictions(study) is not None
    every = RepeatFile(study.folder / REPEATS_FILE).read()
    assert study_repeats(study).read() == every
    assert contents(root) == before
    prepare_to_write(study)
    assert study.notes == []


@pytest.mark.parametrize("content", [b"", b"\0", b"PK\3\4 and no more", b"[1]"])
def test_damaged_predictions_are_ignored(studies: Path, content: bytes) -> None:
    """Reading ignores damaged predictions, and a command that writes sets them aside."""
    study = load("one", studies)
    predictions_path(study.folder).write_bytes(content)
    assert study_predictions(study) is None
    prepare_to_write(study)
    assert len(study.notes) == 1
    assert not predictions_path(study.folder).exists()
