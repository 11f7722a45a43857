"""The note, charts and files in the dashboard after a candidate is confirmed."""

import urllib.request
from dataclasses import replace
from pathlib import Path

import optuna_dashboard
import pytest
from optuna.artifacts import get_all_artifact_meta
from optuna_dashboard._custom_plot_data import get_plotly_graph_objects

from search.evaluation.results import Confirmation, write_confirmation
from search.reporting.dashboard.notes import confirmation_note, study_note
from search.reporting.dashboard.publishing import (
    ARTIFACT_ATTRIBUTE,
    NOTE_START,
    artifact_store,
    publish,
    study_id,
    upload_artifacts,
)
from search.study.study import Study
from tests.support.dashboard_server import served
from tests.support.example_report import example_confirmation, small_study


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """A small study."""
    return small_study(tmp_path, trained=4)


def confirm(study: Study, runs: int = 5) -> Confirmation:
    """Store an invented confirmation and return it."""
    confirmation = example_confirmation(study, runs)
    write_confirmation(confirmation, study.folder)
    return confirmation


def note(study: Study) -> str:
    """Return the study's note, as the dashboard reads it."""
    text: str = optuna_dashboard.get_note(study.optuna)
    return text


def test_a_confirmation_is_added_to_the_note(study: Study) -> None:
    """The note gets score, n, interval and comparison, and is updated by a new confirmation."""
    publish(study)
    assert "Confirmed" not in note(study)
    confirmation = confirm(study)
    publish(study)
    assert note(study).startswith(f"**Confirmed: trial {confirmation.final.trial}, ")
    for expected in (
        "10,000 test images",
        "95 % interval",
        'public result "most consistent below',
        "up to then: 7",
    ):
        assert expected in note(study)
    second = confirm(study, runs=3)
    publish(study)
    assert note(study) == study_note(study.options, study.setup, second)


def test_an_edited_note_is_kept(study: Study) -> None:
    """A confirmation does not overwrite a note that the user edited."""
    publish(study)
    optuna_dashboard.save_note(study.optuna, note(study) + "mine")
    confirm(study)
    publish(study)
    assert "Confirmed" not in note(study)
    assert note(study).endswith("mine")


def test_a_note_of_an_earlier_version_is_updated(study: Study) -> None:
    """A note that was written once, without a digest, has not been edited."""
    optuna_dashboard.save_note(study.optuna, f"{NOTE_START}**mnist** within ...")
    confirm(study)
    publish(study)
    assert note(study).startswith("**Confirmed")


def test_nothing_is_written_twice(study: Study) -> None:
    """Publishing again does not change the journal."""
    confirm(study)
    (study.folder / "best.py").write_text("network")
    publish(study)
    journal = (study.folder / "journal.log").read_bytes()
    publish(study)
    assert (study.folder / "journal.log").read_bytes() == journal


def test_the_note_has_the_caveats(study: Study) -> None:
    """The note on a quick confirmation states its limitations."""
    confirmation = example_confirmation(study)
    quick = replace(confirmation, caveats=("final runs trained on 600 images",))
    assert "**final runs trained on 600 images**" in confirmation_note(quick)


def test_race_and_final_runs_are_published_as_charts(study: Study) -> None:
    """They are added to the charts that every study has."""
    confirm(study)
    publish(study)
    stored = study.storage.get_study_system_attrs(study_id(study))
    names = set(get_plotly_graph_objects(stored))
    assert {"frugal-race", "frugal-test", "frugal-landscape"} <= names


def test_files_are_uploaded_once_per_content(study: Study) -> None:
    """A changed file replaces the earlier one; a missing file is not an artifact."""
    assert upload_artifacts(study) == []
    (study.folder / "best.py").write_text("first")
    (study.folder / "report.html").write_text("page")
    assert upload_artifacts(study) == ["best.py", "report.html"]
    assert upload_artifacts(study) == []
    (study.folder / "best.py").write_text("second")
    assert upload_artifacts(study) == ["best.py"]
    kept = get_all_artifact_meta(study.optuna)
    assert sorted(meta.filename for meta in kept) == ["best.py", "report.html"]
    (best,) = (meta for meta in kept if meta.filename == "best.py")
    with artifact_store(study).open_reader(best.artifact_id) as file:
        assert file.read() == b"second"


def test_a_removed_file_is_uploaded_again_only_after_it_changes(study: Study) -> None:
    """The dashboard stores null for a removed artifact; the same content is not uploaded again."""
    path = study.folder / "best.py"
    path.write_text("first")
    upload_artifacts(study)
    (kept,) = get_all_artifact_meta(study.optuna)
    number, listed = study_id(study), ARTIFACT_ATTRIBUTE.format(kept.artifact_id)
    study.storage.set_study_system_attr(number, listed, "null")
    assert upload_artifacts(study) == []
    path.write_text("second")
    assert upload_artifacts(study) == ["best.py"]


def test_the_dashboard_serves_the_files(study: Study) -> None:
    """Files are available at the address that the dashboard links to."""
    (study.folder / "best.py").write_text("network")
    publish(study)
    (kept,) = get_all_artifact_meta(study.optuna)
    with served(study) as address:
        root, number = address.split("/dashboard/studies/")
        with urllib.request.urlopen(f"{root}/artifacts/{number}/{kept.artifact_id}") as answer:
            assert answer.read() == b"network"
