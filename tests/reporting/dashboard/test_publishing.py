"""What the dashboard is given once a candidate is confirmed: note, figures, files."""

import urllib.request
from dataclasses import replace

import optuna_dashboard
import pytest
from optuna.artifacts import get_all_artifact_meta
from optuna_dashboard._custom_plot_data import get_plotly_graph_objects

from search.evaluation.results import write_confirmation
from search.reporting.dashboard.notes import confirmation_note, study_note
from search.reporting.dashboard.publishing import (
    ARTIFACT_ATTRIBUTE,
    NOTE_START,
    artifact_store,
    publish,
    study_id,
    upload_artifacts,
)
from tests.support.dashboard_server import served
from tests.support.example_report import example_confirmation, small_study


@pytest.fixture
def study(tmp_path):
    """A small study."""
    return small_study(tmp_path, trained=4)


def confirm(study, runs=5):
    """Keeps an invented confirmation."""
    confirmation = example_confirmation(study, runs)
    write_confirmation(confirmation, study.folder)
    return confirmation


def note(study):
    """The study's note, as the dashboard reads it."""
    return optuna_dashboard.get_note(study.optuna)


def test_the_note_gains_the_confirmed_figures(study):
    """Figure, n, interval, ledger, bars; and again when another confirmation comes."""
    publish(study)
    assert "Confirmed" not in note(study)
    confirmation = confirm(study)
    publish(study)
    assert note(study).startswith(f"**Confirmed: trial {confirmation.final.trial}, ")
    for expected in (
        "10,000 test images",
        "95 % interval",
        "Minus most consistent below",
        "opened 7",
    ):
        assert expected in note(study)
    second = confirm(study, runs=3)
    publish(study)
    assert note(study) == study_note(study.options, study.setup, second)


def test_a_note_that_a_person_edited_stays(study):
    """Even when a confirmation comes."""
    publish(study)
    optuna_dashboard.save_note(study.optuna, note(study) + "mine")
    confirm(study)
    publish(study)
    assert "Confirmed" not in note(study)
    assert note(study).endswith("mine")


def test_a_note_of_an_earlier_version_is_renewed(study):
    """Written once, as we begin it, and its digest not kept: nobody has edited it."""
    optuna_dashboard.save_note(study.optuna, f"{NOTE_START}**mnist** within ...")
    confirm(study)
    publish(study)
    assert note(study).startswith("**Confirmed")


def test_nothing_is_written_twice(study):
    """Publishing again changes neither journal nor store."""
    confirm(study)
    (study.folder / "best.py").write_text("network")
    publish(study)
    journal = (study.folder / "journal.log").read_bytes()
    publish(study)
    assert (study.folder / "journal.log").read_bytes() == journal


def test_caveats_stand_in_the_note(study):
    """A confirmation of a quick look says that it was one."""
    confirmation = example_confirmation(study)
    quick = replace(confirmation, caveats=("final runs trained on 600 images",))
    assert "**final runs trained on 600 images**" in confirmation_note(quick)


def test_the_race_and_the_runs_are_figures_too(study):
    """Beside those that every study has."""
    confirm(study)
    publish(study)
    stored = study.storage.get_study_system_attrs(study_id(study))
    names = set(get_plotly_graph_objects(stored))
    assert {"frugal-race", "frugal-test", "frugal-landscape"} <= names


def test_files_are_uploaded_once_per_content(study):
    """A file that changes takes its earlier place; what is not there is no artifact."""
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


def test_what_a_person_removes_stays_away_until_it_changes(study):
    """Removing in the dashboard stores null: the same content does not come back."""
    path = study.folder / "best.py"
    path.write_text("first")
    upload_artifacts(study)
    (kept,) = get_all_artifact_meta(study.optuna)
    number, listed = study_id(study), ARTIFACT_ATTRIBUTE.format(kept.artifact_id)
    study.storage.set_study_system_attr(number, listed, "null")
    assert upload_artifacts(study) == []
    path.write_text("second")
    assert upload_artifacts(study) == ["best.py"]


def test_the_dashboard_serves_the_files(study):
    """By the address that its page links to."""
    (study.folder / "best.py").write_text("network")
    publish(study)
    (kept,) = get_all_artifact_meta(study.optuna)
    with served(study) as address:
        root, number = address.split("/dashboard/studies/")
        with urllib.request.urlopen(f"{root}/artifacts/{number}/{kept.artifact_id}") as answer:
            assert answer.read() == b"network"
