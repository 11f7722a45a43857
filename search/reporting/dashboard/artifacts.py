"""Files of a study in Optuna's artifact store, where its dashboard offers them. No torch.

The store is a folder of the study. A file that changes takes the place of its earlier content.
"""

import json
from hashlib import blake2b
from pathlib import Path
from typing import Any

from optuna.artifacts import FileSystemArtifactStore, upload_artifact

from search.study.study import Study

FOLDER = "artifacts"
FILES = ("best.py", "report.html")  # of the study's folder
LISTED = "artifacts:{}"  # as Optuna stores that there is one, null once it is removed
KNOWN = "frugal:artifact:{}"  # the study's system attribute: id and digest of what was uploaded


def store(study: Study) -> FileSystemArtifactStore:
    """The study's artifact store."""
    folder = study.folder / FOLDER
    folder.mkdir(exist_ok=True)
    return FileSystemArtifactStore(folder)


def upload(study: Study) -> list[str]:
    """Uploads the files that are there, each content once, and returns the names of the new ones.

    What a person removes in the dashboard stays away until the file changes.
    """
    return [name for name in FILES if _upload(study, study.folder / name)]


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
        artifact_store=store(study), file_path=str(path), study_or_trial=study.optuna
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
        store(study).write(artifact, file)
    return artifact
