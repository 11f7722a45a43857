import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import optuna
import pytest

from search.candidates.candidate import Budget
from search.errors import FrugalError
from search.study import study as studies
from search.study.settings import StudySettings
from search.study.storage import open_storage
from search.study.study import KEPT_WEIGHTS, Study, create_or_resume
from tests.support import tiny

SETUP = StudySettings(
    data="mnist",
    digest="0123456789",
    image=(1, 28, 28),
    classes=10,
    budget=Budget(),
    window=5,
    seed=0,
    space="a = 1\n",
    objective="WINDOW = 5\n",
)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """A study without trials."""
    return create_or_resume("mine", tmp_path, SETUP)


def scored(study: Study, values: Sequence[float]) -> None:
    """Add one trained trial per value, with that value as its weights."""
    for value in values:
        trial = study.optuna.ask()
        weights = {"bias": np.array([value], np.float32)}
        with study.saving_weights(trial.number, weights):
            study.finish_trial(trial, "trained", value)


def test_a_study_is_a_folder(tmp_path: Path, study: Study) -> None:
    """The folder contains the journal and the original texts of the two files."""
    assert {"journal.log", "space.py", "objective.py"} <= set(tiny.names(tmp_path / "mine"))
    assert (tmp_path / "mine" / "space.py").read_text() == SETUP.space
    assert study.setup == SETUP
    assert studies.names(tmp_path) == ["mine"]
    assert studies.exists("mine", tmp_path)


def test_a_study_is_resumed_only_with_its_own_settings(tmp_path: Path, study: Study) -> None:
    """Other settings are an error with the differences and an unused name."""
    assert create_or_resume("mine", tmp_path, SETUP).setup == study.setup
    (tmp_path / "mine-2").mkdir()
    other = StudySettings(**{**vars(SETUP), "window": 3})
    with pytest.raises(FrugalError, match=r"window: 5 in the study, 3 now.*--study mine-3$"):
        create_or_resume("mine", tmp_path, other)
    assert studies.load("mine", tmp_path).setup == SETUP


@pytest.mark.parametrize(
    "name, free",
    [
        ("mnist", "mnist-4"),
        ("mnist-2", "mnist-4"),
        ("a-b", "a-b-2"),
        ("mnist-window-3", "mnist-window-3-2"),
    ],
)
def test_a_free_name_counts_on(tmp_path: Path, name: str, free: str) -> None:
    """The number skips existing studies; a number that is no counter, as of a window, stays."""
    for there in ("mnist", "mnist-2", "mnist-3"):
        (tmp_path / there).mkdir()
    assert studies.free_name(name, tmp_path) == free


def test_a_free_name_is_free_in_the_storage_too(tmp_path: Path) -> None:
    """Names of studies in the storage are skipped even without a folder here."""
    url = f"sqlite:///{tmp_path}/studies.db"
    for name in ("mine", "mine-2"):
        create_or_resume(name, tmp_path / "elsewhere", SETUP, url)
    assert studies.free_name("mine", tmp_path, url) == "mine-3"
    assert studies.names_in_storage(url) == ["mine", "mine-2"]


@pytest.mark.parametrize("name", ["", "..", "a/b", "-x", "a b", ".hidden"])
def test_an_invalid_name_is_an_error(tmp_path: Path, name: str) -> None:
    """A name that is not a plain folder name is rejected, so no study is outside its root."""
    with pytest.raises(FrugalError, match="cannot name a study"):
        create_or_resume(name, tmp_path, SETUP)


@pytest.mark.usefixtures("study")
def test_a_missing_study_is_an_error(tmp_path: Path) -> None:
    """The error lists the existing studies, and nothing is created."""
    with pytest.raises(FrugalError, match=r"no study other in .*existing studies: mine"):
        studies.load("other", tmp_path)
    assert not studies.exists("other", tmp_path)
    assert tiny.names(tmp_path) == ["mine"]


def test_an_unwritable_root_is_an_error(tmp_path: Path) -> None:
    """A file as the studies folder is an error with a remedy."""
    (tmp_path / "file").touch()
    with pytest.raises(FrugalError, match="choose another studies folder with --studies"):
        create_or_resume("mine", tmp_path / "file", SETUP)


def test_an_incomplete_study_is_created_again(tmp_path: Path) -> None:
    """A journal without settings, which are written last, is completed."""
    (tmp_path / "mine").mkdir()
    optuna.create_study(study_name="mine", storage=open_storage(tmp_path / "mine"))
    assert not studies.exists("mine", tmp_path)
    with pytest.raises(FrugalError, match="contains no study mine"):
        studies.load("mine", tmp_path)
    assert create_or_resume("mine", tmp_path, SETUP).setup == SETUP


def test_a_study_of_another_program_is_rejected(tmp_path: Path) -> None:
    """A study with trials but without our settings is an error."""
    (tmp_path / "mine").mkdir()
    storage = open_storage(tmp_path / "mine")
    optuna.create_study(study_name="mine", storage=storage).add_trial(
        optuna.trial.create_trial(value=1.0)
    )
    with pytest.raises(FrugalError, match="was not created by this program"):
        create_or_resume("mine", tmp_path, SETUP)


def test_a_study_without_a_score_has_no_best(study: Study) -> None:
    """The error contains the command that trains candidates."""
    assert study.ranking() == []
    assert study.trials.empty
    with pytest.raises(FrugalError, match=r"no candidate trained to the end .* run --study mine"):
        study.best()


def test_weights_are_kept_of_the_best_few(study: Study) -> None:
    """Only weights of the best few remain, in any order of scores."""
    scored(study, (0.5, 0.9, 0.1, 0.8, 0.2, 0.7, 0.3))
    (study.folder / "weights" / "trial-00099.partial").touch()  # a save that was killed
    scored(study, (0.6,))
    best = [record.number for record in study.ranking()[:KEPT_WEIGHTS]]
    assert best == [1, 3, 5, 7, 0]
    names = tiny.names(study.folder / "weights")
    assert names == [f"trial-{number:05}.safetensors" for number in sorted(best)]
    assert study.weights(3)["bias"] == np.float32(0.8)
    with pytest.raises(FrugalError, match=r"no weights of trial 2 .*\(1, 3, 5, 7, 0\)"):
        study.weights(2)


def test_weights_are_there_before_the_score(study: Study) -> None:
    """A run killed between the two leaves no scored candidate without weights."""
    trial = study.optuna.ask()
    with study.saving_weights(trial.number, {"bias": np.array([1], np.float32)}):
        assert study.weights(trial.number)["bias"] == 1
        assert study.ranking() == []
        study.finish_trial(trial, "trained", 0.5)


def test_abandoned_trials_are_ended(study: Study, tmp_path: Path) -> None:
    """An abandoned trial gets an outcome and a reason permanently."""
    study.optuna.ask()
    (left,) = studies.load("mine", tmp_path).optuna.get_trials(deepcopy=False)
    study.end_abandoned_trial(left)
    (record,) = studies.load("mine", tmp_path).records()
    assert (record.outcome, record.reason) == ("interrupted", "its process is gone")
    assert record.process_gone


def test_records_follow_what_other_runs_write(study: Study, tmp_path: Path) -> None:
    """Records of other runs are read; ended trials are read only once."""
    other = studies.load("mine", tmp_path)
    trial = other.optuna.ask()
    assert [record.outcome for record in study.records()] == ["running"]
    other.finish_trial(trial, "trained", 0.5)
    assert [record.outcome for record in study.records()] == ["trained"]
    assert study.records()[0] is study.records()[0]


def test_the_environment_of_every_run_is_recorded(study: Study) -> None:
    """environment.json has one entry per run, in order."""
    study.record_environment(device="cpu", operators="torch", workers=1, command="first")
    study.record_environment(device="cpu", operators="torch", workers=2, command="second")
    noted = json.loads((study.folder / "environment.json").read_text())
    assert [run["command"] for run in noted] == ["first", "second"]
    assert set(noted[0]) >= {"started", "device", "workers", "platform", "python", "torch"}


def test_a_study_uses_any_storage(tmp_path: Path) -> None:
    """With a database, weights and files stay in the folder."""
    url = f"sqlite:///{tmp_path}/study.db"
    study = create_or_resume("mine", tmp_path, SETUP, url)
    scored(study, (0.5,))
    assert studies.exists("mine", tmp_path, url)
    assert studies.load("mine", tmp_path, url).best().consistency == 0.5
    assert not (tmp_path / "mine" / "journal.log").exists()
    with pytest.raises(FrugalError, match="contains no study other"):
        studies.load("other", tmp_path, url)
