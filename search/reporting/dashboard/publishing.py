"""Write charts, notes and files for Optuna's dashboard into a study. No torch.

All data are written through the study's storage and its lock, so a search may run meanwhile.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

import optuna
import optuna_dashboard
import plotly.graph_objects as go
from optuna.artifacts import FileSystemArtifactStore, upload_artifact
from optuna.samplers import RandomSampler
from optuna.trial import Trial

from search.evaluation.side_files import study_confirmation
from search.reporting.charts.confirmation import draw_race, draw_runs, race_rows
from search.reporting.charts.study import (
    draw_effort,
    draw_landscape,
    draw_learning_curves,
    effort,
    landscape,
    learning_curves,
)
from search.reporting.dashboard.notes import study_note, trial_note
from search.study.records import COUNTED, REJECTED_OUTCOMES, Record
from search.study.study import Study

REJECTED_NOTED = 100  # rejected proposals with a note: further notes take long and add little
FIGURE = "dashboard:plot_data:{}:"  # optuna_dashboard's key of a figure, for its numbered pieces
TRIAL_NOTE_VERSION = "dashboard:{}:note_ver"  # its key for the number of edits
STUDY_NOTE_VERSION = "dashboard:note_ver"
NOTE_DIGEST = "frugal:note"  # digest of the study's note as last written by this module
NOTE_START = "Small image classifiers for "  # start of notes written without a digest
ARTIFACT_FOLDER = "artifacts"
ARTIFACTS = ("best.py", "report.html")  # files in the study's folder
ARTIFACT_ATTRIBUTE = "artifacts:{}"  # Optuna's key of an artifact; null after removal
UPLOADED = "frugal:artifact:{}"  # system attribute of the study: id and digest of the uploaded file


def publish(study: Study) -> None:
    """Write charts, exported files, and notes on the study and its trials into the study.

    See `save_figures`, `upload_artifacts` and `save_notes` for time and size.
    """
    records = study.records()
    save_figures(study, records)
    upload_artifacts(study)
    save_notes(study, records)


def save_figures(study: Study, records: list[Record]) -> None:
    """Replace the charts that changed; each has at most about 60 KB, stored in pieces of 2 KB."""
    stored = _attributes(study)
    for name, figure in figures(study, records).items():
        if figure.to_json() != _joined(stored, FIGURE.format(name)):
            optuna_dashboard.save_plotly_graph_object(study.optuna, figure, graph_object_id=name)


def figures(study: Study, records: list[Record]) -> dict[str, go.Figure]:
    """Return the charts by the name under which the dashboard stores them."""
    setup = study.setup
    points = landscape(records, setup.budget.parameters, setup.target)
    curves = learning_curves(records, setup.window, setup.target)
    drawn = {
        "frugal-landscape": draw_landscape(points, setup),
        "frugal-curves": draw_learning_curves(curves, setup),
        "frugal-effort": draw_effort(effort(records), setup),
    }
    if confirmation := study_confirmation(study):
        drawn["frugal-race"] = draw_race(race_rows(confirmation.race), confirmation.race)
        target = confirmation.final.reach.target
        drawn["frugal-test"] = draw_runs(confirmation.final, confirmation.window, target)
    return drawn


def save_notes(
    study: Study, records: list[Record], go_on: Callable[[], bool] = lambda: True
) -> None:
    """Write a note on the study and on every finished trial that has none; keep edited notes.

    Of the rejected proposals, only the first REJECTED_NOTED get a note; all have their reason as a
    user attribute. A note takes about three writes of some milliseconds each in a journal: half a
    minute for the first call on a study of 1,000 trials. Stops early if `go_on` returns False.
    """
    stored = _attributes(study)
    _note_study(study, stored)
    for record, trial in _without_note(study, records, stored):
        if not go_on():
            return
        optuna_dashboard.save_note(trial, trial_note(record, study.setup))


def _note_study(study: Study, stored: dict[str, Any]) -> None:
    """Write the study's note; update it after a confirmation unless a user has edited it."""
    text = study_note(study.options, study.setup, study_confirmation(study))
    note = optuna_dashboard.get_note(study.optuna)
    if STUDY_NOTE_VERSION in stored and (note == text or not _is_ours(note, stored)):
        return
    optuna_dashboard.save_note(study.optuna, text)
    study.storage.set_study_system_attr(study_id(study), NOTE_DIGEST, _digest(text))


def _is_ours(note: str, stored: dict[str, Any]) -> bool:
    """Whether the note is unchanged since this module wrote it."""
    if NOTE_DIGEST in stored:
        return bool(stored[NOTE_DIGEST] == _digest(note))
    return bool(stored[STUDY_NOTE_VERSION] == 1) and note.startswith(NOTE_START)


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _without_note(
    study: Study, records: list[Record], stored: dict[str, Any]
) -> Iterator[tuple[Record, Trial]]:
    storage, study_number = study.storage, study_id(study)
    # creating a Trial calls the sampler of its study; a RandomSampler has no cost
    name = study.optuna.study_name
    view = optuna.load_study(study_name=name, storage=storage, sampler=RandomSampler())
    rejected = [record for record in records if record.outcome in REJECTED_OUTCOMES][
        :REJECTED_NOTED
    ]
    trained = [record for record in records if record.outcome in COUNTED | {"error", "interrupted"}]
    for record in [*trained, *rejected]:
        trial_id = storage.get_trial_id_from_study_id_trial_number(study_number, record.number)
        if TRIAL_NOTE_VERSION.format(trial_id) not in stored:
            yield record, Trial(view, trial_id)


def _joined(stored: dict[str, Any], prefix: str) -> str:
    pieces = sum(key.startswith(prefix) for key in stored)
    return "".join(stored[f"{prefix}{piece}"] for piece in range(pieces))


def _attributes(study: Study) -> dict[str, Any]:
    return study.storage.get_study_system_attrs(study_id(study))


def study_id(study: Study) -> int:
    """Return the id of the study in its storage."""
    return study.storage.get_study_id_from_name(study.optuna.study_name)


def artifact_store(study: Study) -> FileSystemArtifactStore:
    """Return the study's artifact store; its folder is created if possible."""
    folder = study.folder / ARTIFACT_FOLDER
    with suppress(OSError):  # a read-only study is shown without new files
        folder.mkdir(exist_ok=True)
    return FileSystemArtifactStore(folder)


def upload_artifacts(study: Study) -> list[str]:
    """Upload the existing files whose content is new, and return their names.

    A file that the user removed in the dashboard is uploaded again only after it changes.
    """
    return [name for name in ARTIFACTS if _upload(study, study.folder / name)]


def _upload(study: Study, path: Path) -> bool:
    if not path.is_file():
        return False
    stored = _attributes(study)
    uploaded: dict[str, str] = stored.get(UPLOADED.format(path.name), {})
    digest = blake2b(path.read_bytes(), digest_size=16).hexdigest()
    if uploaded.get("digest") == digest:
        return False
    artifact = _replaced(study, path, uploaded, stored) or upload_artifact(
        artifact_store=artifact_store(study), file_path=str(path), study_or_trial=study.optuna
    )
    value = {"id": artifact, "digest": digest}
    study.storage.set_study_system_attr(study_id(study), UPLOADED.format(path.name), value)
    return True


def _replaced(
    study: Study, path: Path, uploaded: dict[str, str], stored: dict[str, Any]
) -> str | None:
    """Write new content under the old id; None if there is no id or the user removed the file."""
    artifact = uploaded.get("id")
    if (
        artifact is None
        or json.loads(stored.get(ARTIFACT_ATTRIBUTE.format(artifact), "null")) is None
    ):
        return None
    with path.open("rb") as file:
        artifact_store(study).write(artifact, file)
    return artifact
