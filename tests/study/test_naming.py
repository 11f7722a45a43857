"""Default names of studies, and the study that was run last."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from search.candidates.candidate import Budget
from search.errors import FrugalError
from search.study.naming import (
    LAST_RUNS,
    Request,
    data_name,
    default_name,
    former_name,
    last_run,
    record_last_run,
)
from search.study.settings import StudySettings
from search.study.study import create_or_resume
from tests.support import tiny

KNOWN = ("mnist", "kmnist")
SETUP = StudySettings(
    data="mnist",
    digest="0123",
    image=(1, 28, 28),
    classes=10,
    budget=Budget(),
    window=5,
    seed=0,
    space="",
    objective="",
)


@pytest.mark.parametrize(
    "asked, name",
    [
        ({}, "mnist"),
        ({"data": "kmnist"}, "kmnist"),
        ({"data": "images/my letters/"}, "my-letters"),
        ({"train_examples": 2_000}, "mnist-2000-images"),
        ({"epochs": 4}, "mnist-4-epochs"),
        ({"parameters": 8_000}, "mnist-8000-parameters"),
        ({"window": 3}, "mnist-window-3"),
        ({"epochs": 4, "train_examples": 2_000}, "mnist-2000-images-4-epochs"),
        ({"minimise": "parameters"}, "mnist-smallest"),
        ({"minimise": "parameters", "data": "my/kmnist.v2"}, "kmnist.v2-smallest"),
        ({"simulated": True, "epochs": 4}, "mnist-4-epochs-simulated"),
        ({"simulated": False}, "mnist"),
    ],
)
def test_a_study_is_named_after_its_data_and_limits(asked: dict[str, Any], name: str) -> None:
    """A default name has its parts in a fixed order and omits default settings."""
    assert default_name(Request(**asked), KNOWN) == name


@pytest.mark.parametrize(
    "folder, name",
    [
        ("flowers", "flowers"),
        ("flowers/train", "flowers-train"),
        ("flowers/Train/", "flowers-Train"),
        ("a/data", "a-data"),
        ("b/data", "b-data"),
        ("MNIST/raw", "MNIST-raw"),
        ("flowers/train/..", "flowers"),
        ("größe é", "groe-e"),
        ("数字", "images"),
        ("/", "images"),
        ("/data", "data"),
        ("./mnist", "mnist-folder"),
        ("ledger", "ledger-folder"),
        ("-x-", "x"),
        ("..hidden", "hidden"),
        ("x" * 300, "x" * 60),
    ],
)
def test_a_folder_gives_a_valid_name(folder: str, name: str) -> None:
    """A folder gives its own name, with its parent's if it is general; never that of other data."""
    assert data_name(folder, KNOWN) == name
    assert len(default_name(Request(folder, 2_000, 8_000, 4, 3), KNOWN)) < 140


def test_the_current_directory_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current directory gives its own name."""
    (tmp_path / "leaves").mkdir()
    monkeypatch.chdir(tmp_path / "leaves")
    assert data_name(".", KNOWN) == "leaves"


@pytest.mark.parametrize(
    "minimise, data, name",
    [
        (None, "kmnist", "mnist"),
        ("parameters", None, "mnist-smallest"),
        ("parameters", "images/my letters/", "my-letters-smallest"),
    ],
)
def test_the_name_of_earlier_versions(minimise: str | None, data: str | None, name: str) -> None:
    """Studies of earlier versions are found by the names that those versions chose."""
    assert former_name(Request(data, minimise=minimise)) == name


LIMITED = replace(SETUP, train_examples=2_000, budget=Budget(10_000, 4), window=3)
FITS = [
    (SETUP, {}, None, True),
    (LIMITED, {}, None, True),
    (LIMITED, {"train_examples": 2_000, "epochs": 4}, None, True),
    (LIMITED, {"train_examples": 3_000}, None, False),
    (LIMITED, {"epochs": 15}, None, False),
    (LIMITED, {"parameters": 8_000}, None, False),
    (LIMITED, {"window": 5}, None, False),
    (SETUP, {"data": "elsewhere"}, "0123", True),
    (SETUP, {"data": "elsewhere"}, "4567", False),
    (SETUP, {"train_examples": 2_000}, None, False),
    (SETUP, {"minimise": "parameters"}, None, False),
    (SETUP, {"simulated": True}, None, False),
    (replace(SETUP, simulated=True), {"simulated": False}, None, False),
    (replace(SETUP, simulated=True), {}, None, True),
    (replace(SETUP, minimise="parameters", target=0.99), {}, None, False),
]


@pytest.mark.parametrize("setup, asked, digest, fits", FITS)
def test_a_study_fits_a_request_with_the_same_settings(
    setup: StudySettings, asked: dict[str, Any], digest: str | None, fits: bool
) -> None:
    """A study fits if no given option differs; images are compared by their digest."""
    assert Request(**asked).fits(setup, digest) == fits


@pytest.fixture
def studies(tmp_path: Path) -> Path:
    """Three studies; the journal of b is the newest."""
    root = tmp_path / "studies"
    for age, name in enumerate(("b", "a", "c")):
        create_or_resume(name, root, SETUP)
        os.utime(root / name / "journal.log", (1_700_000_000 - age, 1_700_000_000 - age))
    return root


def test_the_study_run_last_is_used(studies: Path) -> None:
    """The recorded last run is used, and its time is shown in local time."""
    record_last_run("c", studies)
    record_last_run("a", studies)
    found = last_run(studies)
    assert found.study == "a"
    assert found.text.startswith("study a, last run 20")
    assert len(found.text) == len("study a, last run 2026-11-25 19:40")


@pytest.mark.parametrize("content", [None, "", "{}", '["a"]', '[{"study": 3}]', "\udcff"])
def test_without_a_record_the_newest_study_is_used(studies: Path, content: str | None) -> None:
    """Without a record, environment.json decides, as it survives copying; else the journal."""
    if content is not None:
        (studies / LAST_RUNS).write_bytes(content.encode(errors="surrogateescape"))
    assert last_run(studies).study == "b"
    for name, started in (("a", "2026-11-25T10:00:00+00:00"), ("c", "2026-11-25T11:00:00+02:00")):
        runs = [{"started": "2026-01-01T00:00:00+00:00"}, {"started": started}]
        (studies / name / "environment.json").write_text(json.dumps(runs))
    assert last_run(studies).study == "a"
    (studies / "a" / "environment.json").write_text("damaged")
    assert last_run(studies).study == "c"


def test_a_missing_study_is_not_used(studies: Path) -> None:
    """A recorded study that was renamed or deleted is not used."""
    record_last_run("c", studies)
    (studies / "c").rename(studies / "d")
    assert last_run(studies).study == "b"


def test_no_study_is_an_error(tmp_path: Path) -> None:
    """Without a study, the error contains the remedy."""
    for root in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(FrugalError, match=rf"no study in {root} yet: .* run starts one"):
            last_run(root)
    assert tiny.names(tmp_path) == []


def test_a_storage_has_a_last_run_of_its_own(studies: Path, tmp_path: Path) -> None:
    """Each storage has its own last run, and its URL is not recorded."""
    url = f"sqlite:///{tmp_path}/secret.db"
    for name in ("x", "y"):
        create_or_resume(name, studies, SETUP, url)
    record_last_run("a", studies)
    record_last_run("x", studies, url)
    assert (last_run(studies).study, last_run(studies, url).study) == ("a", "x")
    record_last_run("y", studies, url)
    assert (last_run(studies).study, last_run(studies, url).study) == ("a", "y")
    assert "secret" not in (studies / LAST_RUNS).read_text()
    (studies / LAST_RUNS).unlink()
    assert last_run(studies, url).study in ("x", "y")
    with pytest.raises(FrugalError, match="no study in the storage yet"):
        last_run(studies, f"sqlite:///{tmp_path}/empty.db")


def test_a_password_is_no_part_of_the_mark(tmp_path: Path) -> None:
    """Neither the password nor a hash of it is recorded."""
    marks = set()
    for login in ("me:secret@", "me:other@", "a%40b:p@"):
        record_last_run("a", tmp_path, f"mysql://{login}host/studies?password=hidden")
        (run,) = json.loads((tmp_path / LAST_RUNS).read_text())
        marks.add(run["storage"])
    assert len(marks) == 1
