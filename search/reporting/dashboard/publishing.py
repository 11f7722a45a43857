"""What Optuna's dashboard shows of a study, written into it: figures, notes, files. No torch.

All is written through the study's own storage and its lock, so a run may go on meanwhile.
"""

import json
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import optuna
import optuna_dashboard
import plotly.graph_objects as go
from optuna.artifacts import FileSystemArtifactStore, upload_artifact
from optuna.samplers import RandomSampler
from optuna.trial import Trial

from search.evaluation.results import read_confirmation
from search.reporting.charts.confirmation import draw_race, draw_runs, race_rows
from search.reporting.charts.study import (
    curves,
    draw_curves,
    draw_effort,
    draw_landscape,
    effort,
    landscape,
)
from search.reporting.dashboard.notes import study_note, trial_note
from search.study.records import COUNTED, REJECTED_OUTCOMES, Record
from search.study.study import Study

REJECTED_NOTED = 100  # untrained proposals with a note: hundreds would cost much and say little
FIGURE = "dashboard:plot_data:{}:"  # as optuna_dashboard stores a figure, in numbered pieces
NOTED = "dashboard:{}:note_ver"  # as it stores how often a trial's note was written
STUDY_NOTED = "dashboard:note_ver"
OURS = "frugal:note"  # the digest of the study's note as we wrote it last
FIRST = "Small image classifiers for "  # how the note began before its digest was kept
Going = Callable[[], bool]
FOLDER = "artifacts"
ARTIFACTS = ("best.py", "report.html")  # of the study's folder
LISTED = "artifacts:{}"  # as Optuna stores that there is one, null once it is removed
KNOWN = "frugal:artifact:{}"  # the study's system attribute: id and digest of what was uploaded


def publish(study: Study) -> None:
    """Writes our figures, the exported files, and notes of study and trials into the study.

    Costs and limits: see `save_figures`, `artifacts.upload` and `save_notes`.
    """
    records = study.records()
    save_figures(study, records)
    upload_artifacts(study)
    save_notes(study, records)


def save_figures(study: Study, records: list[Record]) -> None:
    """Replaces our figures where they changed; each is at most some 60 KB, in pieces of 2 KB."""
    stored = _attributes(study)
    for name, figure in figures(study, records).items():
        if figure.to_json() != _joined(stored, FIGURE.format(name)):
            optuna_dashboard.save_plotly_graph_object(study.optuna, figure, graph_object_id=name)


def figures(study: Study, records: list[Record]) -> dict[str, go.Figure]:
    """The figures by the name under which the dashboard keeps them."""
    setup = study.setup
    points = landscape(records, setup.budget.parameters, setup.target)
    curve_data = curves(records, setup.window, setup.target)
    shown = {
        "frugal-landscape": draw_landscape(points, setup),
        "frugal-curves": draw_curves(curve_data, setup),
        "frugal-effort": draw_effort(effort(records), setup),
    }
    if found := read_confirmation(study.folder):
        shown["frugal-race"] = draw_race(race_rows(found.race), found.race)
        target = found.final.reach.target
        shown["frugal-test"] = draw_runs(found.final, found.window, target)
    return shown


def save_notes(study: Study, records: list[Record], going: Going = lambda: True) -> None:
    """Notes the study and every finished trial, once: what a person makes of a note stays.

    Of proposals that were never trained the first REJECTED_NOTED get one; all carry their reason as
    a user attribute. A note takes some three writes, milliseconds each in a journal, so that the
    first time on a study of 1,000 trials takes half a minute; it ends early when `going` says no.
    """
    stored = _attributes(study)
    _note_study(study, stored)
    for record, trial in _without_note(study, records, stored):
        if not going():
            return
        optuna_dashboard.save_note(trial, trial_note(record, study.setup))


def _note_study(study: Study, stored: dict[str, Any]) -> None:
    """Writes the study's note, and again when a confirmation changes it, but over none but ours."""
    text = study_note(study.name, study.setup, read_confirmation(study.folder))
    known = optuna_dashboard.get_note(study.optuna)
    if STUDY_NOTED in stored and (known == text or not _ours(known, stored)):
        return
    optuna_dashboard.save_note(study.optuna, text)
    study.storage.set_study_system_attr(study_id(study), OURS, _digest(text))


def _ours(note: str, stored: dict[str, Any]) -> bool:
    """Whether the note is as we wrote it."""
    if OURS in stored:
        return bool(stored[OURS] == _digest(note))
    return bool(stored[STUDY_NOTED] == 1) and note.startswith(FIRST)


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _without_note(
    study: Study, records: list[Record], stored: dict[str, Any]
) -> Iterator[tuple[Record, Trial]]:
    storage, study_number = study.storage, study_id(study)
    # a handle on a trial asks its study's sampler; this one has nothing to say and costs nothing
    view = optuna.load_study(study_name=study.name, storage=storage, sampler=RandomSampler())
    unseen = [record for record in records if record.outcome in REJECTED_OUTCOMES][:REJECTED_NOTED]
    seen = [record for record in records if record.outcome in COUNTED | {"interrupted"}]
    for record in [*seen, *unseen]:
        trial_id = storage.get_trial_id_from_study_id_trial_number(study_number, record.number)
        if NOTED.format(trial_id) not in stored:
            yield record, Trial(view, trial_id)


def _joined(stored: dict[str, Any], prefix: str) -> str:
    pieces = sum(key.startswith(prefix) for key in stored)
    return "".join(stored[f"{prefix}{piece}"] for piece in range(pieces))


def _attributes(study: Study) -> dict[str, Any]:
    return study.storage.get_study_system_attrs(study_id(study))


def study_id(study: Study) -> int:
    """By which its storage knows it."""
    return study.storage.get_study_id_from_name(study.name)


def artifact_store(study: Study) -> FileSystemArtifactStore:
    """The study's artifact store."""
    folder = study.folder / FOLDER
    folder.mkdir(exist_ok=True)
    return FileSystemArtifactStore(folder)


def upload_artifacts(study: Study) -> list[str]:
    """Uploads the files that are there, each content once, and returns the names of the new ones.

    What a person removes in the dashboard stays away until the file changes.
    """
    return [name for name in ARTIFACTS if _upload(study, study.folder / name)]


def _upload(study: Study, path: Path) -> bool:
    if not path.is_file():
        return False
    study_id = study.storage.get_study_id_from_name(study.name)
    stored = study.storage.get_study_system_attrs(study_id)
    known: dict[str, str] = stored.get(KNOWN.format(path.name), {})
    digest = blake2b(path.read_bytes(), digest_size=16).hexdigest()
    if known.get("digest") == digest:
        return False
    artifact = _replaced(study, path, known, stored) or upload_artifact(
        artifact_store=artifact_store(study), file_path=str(path), study_or_trial=study.optuna
    )
    told = {"id": artifact, "digest": digest}
    study.storage.set_study_system_attr(study_id, KNOWN.format(path.name), told)
    return True


def _replaced(
    study: Study, path: Path, known: dict[str, str], stored: dict[str, Any]
) -> str | None:
    """Writes the new content under the old id, unless there is none or a person removed it."""
    artifact = known.get("id")
    if artifact is None or json.loads(stored.get(LISTED.format(artifact), "null")) is None:
        return None
    with path.open("rb") as file:
        artifact_store(study).write(artifact, file)
    return artifact
