"""Which study a folder and the files in it belong to: its identity, the folder's marker. No torch.

A study has an identity of its own, kept in the study itself and in the marker of its folder, so
that a folder can be renamed or copied. What belongs to another study is set aside: moved, never
deleted or overwritten.
"""

import os
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import count
from pathlib import Path

from optuna.storages import BaseStorage

from search.errors import FrugalError
from search.files import read_file, write_file
from search.study.hints import masked_url
from search.study.storage import (
    JOURNAL,
    has_journal,
    read_storage,
    storage_errors,
    storage_place,
)

SETUP = "setup"  # the user attribute of Optuna's study that holds our settings
IDENTITY = "identity"  # the user attribute that holds the study's identity
MARKER = "study.json"  # in a study's folder
SET_ASIDE = "set-aside"  # the folder in a study's that holds what belongs to other studies
SHORT = 8  # digits of an identity that are enough for people
# What a study's commands write into its folder, apart from journal, marker and locks.
WRITTEN = (
    "confirmation.json",
    "confirmed",
    "repeats.jsonl",
    "drilldown.json",
    "drilldown.md",
    "weights",
    "samples.npz",
    "environment.json",
    "best.py",
    "report.html",
    "report.md",
    "artifacts",
)


@dataclass(frozen=True)
class Marker:
    """Whose files a folder holds. name: of the study in its storage.

    storage: where its trials are, see `storage.storage_place`; None for the journal in the folder.
    """

    identity: str
    name: str
    storage: str | None = None


def read_marker(folder: Path) -> Marker | None:
    """The marker of a folder, None where there is none or it cannot be read."""
    try:
        return read_file(Marker, folder / MARKER)
    except (FrugalError, OSError, UnicodeDecodeError):
        return None


def write_marker(marker: Marker, folder: Path) -> None:
    """Writes the marker unless the folder has it already."""
    if read_marker(folder) != marker:
        write_file(marker, folder / MARKER)


@dataclass(frozen=True)
class StoredStudy:
    """A study in a storage. identity: "" where none is kept. ours: whether it has our settings."""

    name: str
    number: int
    identity: str
    ours: bool


def stored_studies(storage: BaseStorage) -> list[StoredStudy]:
    """The studies of a storage, without those whose creation was killed before they had a trial."""
    with storage_errors():
        entries = [
            StoredStudy(
                name=entry.study_name,
                number=entry._study_id,  # noqa: SLF001 # Optuna has no public way
                identity=str(entry.user_attrs.get(IDENTITY, "")),
                ours=SETUP in entry.user_attrs,
            )
            for entry in storage.get_all_studies()
        ]
        return [entry for entry in entries if entry.ours or storage.get_n_trials(entry.number)]


def new_identity() -> str:
    """A new identity, 32 hexadecimal digits."""
    return uuid.uuid4().hex


def identity_of(storage: BaseStorage, number: int) -> str:
    """The identity of a study; "" where it has none yet.

    Studies of earlier versions keep none: theirs follows from the settings and the start of the
    first trial, so that processes and copies that find it independently agree.
    """
    attributes = storage.get_study_user_attrs(number)
    if IDENTITY in attributes:
        return str(attributes[IDENTITY])
    if not storage.get_n_trials(number):
        return ""
    first = storage.get_trial(storage.get_trial_id_from_study_id_trial_number(number, 0))
    if first.datetime_start is None:
        return ""
    text = f"{attributes[SETUP]}\n{first.datetime_start.isoformat()}"
    return blake2b(text.encode(), digest_size=16).hexdigest()


def set_aside(folder: Path, paths: Iterable[Path], owner: str = "") -> list[str]:
    """Moves files of another study out of the way; returns a line that says so, none for no files.

    They are moved to set-aside/OWNER in the study's folder. owner: the identity of the other study,
    "" where it is not known; the folder is then named after the date.
    """
    found = [path for path in paths if os.path.lexists(path)]
    if not found:
        return []
    place = _new_folder(folder / SET_ASIDE, owner[:SHORT] or datetime.now(UTC).date().isoformat())
    try:
        for path in found:
            target = place / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
    except OSError as error:
        raise FrugalError(
            f"cannot set aside {path}, which belongs to another study: {error.strerror or error}; "
            "move it away, or choose another --study"
        ) from error
    identity = f" (identity {owner[:SHORT]})" if owner else ""
    names = ", ".join(str(path.relative_to(folder)) for path in found)
    return [f"set aside files of another study{identity} in {place}: {names}"]


def _new_folder(parent: Path, name: str) -> Path:
    """A folder that was not there: NAME, NAME-2, NAME-3."""
    for number in count(1):
        place = parent / (name if number == 1 else f"{name}-{number}")
        try:
            place.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise FrugalError(
                f"cannot create {place}: {error.strerror or error}; choose another --study"
            ) from error
        return place
    raise AssertionError("count() ends nowhere")


def checked_marker(name: str, folder: Path, url: str | None) -> Marker | None:
    """The folder's marker; FrugalError where the folder's study is not where it is looked for."""
    marker = read_marker(folder)
    if marker is None:
        return None
    if url is None and marker.storage is not None:
        raise FrugalError(
            f"the folder {folder} belongs to study {marker.name} in the storage {marker.storage}: "
            f"add --storage with its URL, or choose a study other than {name} with --study"
        )
    if url is not None and marker.storage is None and has_journal(folder):
        raise FrugalError(
            f"the folder {folder} belongs to the study in its journal, not to one in "
            f"{masked_url(url)}: omit --storage, or choose a study other than {name} with "
            "--study"
        )
    return marker


def check_unmarked(name: str, folder: Path, url: str | None) -> None:
    """FrugalError where a study in a storage would write into the folder of a journal's study."""
    if url is None or read_marker(folder) is not None or not has_journal(folder):
        return
    if stored_studies(read_storage(folder)):
        raise FrugalError(
            f"the folder {folder} belongs to the study in its journal, not to study {name} in a "
            "storage: omit --storage, or choose another studies folder with --studies"
        )


def find_study(
    name: str, folder: Path, storage: BaseStorage, marker: Marker | None, url: str | None
) -> StoredStudy | None:
    """The study in a storage that a folder belongs to, None if there is none or it is unfinished.

    The only one of a journal; else the one that is called like the folder, else the one that the
    marker names. FrugalError where that is not clear, and for a study of another program.
    """
    stored = stored_studies(storage)
    own = [study for study in stored if study.ours]
    if url is None and len(own) == 1:
        return own[0]
    called = [study for study in (own if url is None else stored) if study.name == name]
    marked = [study for study in own if marker and study.identity == marker.identity]
    if url is None and own and not (called or marked):
        raise FrugalError(
            f"{folder / JOURNAL} contains {len(own)} studies ({', '.join(s.name for s in own)}), "
            f"and none is named {name}: give the folder the name of the study to open"
        )
    if url is None:
        found = [*called, *marked, *stored][:1]
    else:
        found = _in_storage(folder, url, marker, called, marked)
    if found and not found[0].ours:
        raise FrugalError(
            f"study {found[0].name} was not created by this program: it has no settings; choose "
            "another --study"
        )
    return found[0] if found else None


def _in_storage(
    folder: Path,
    url: str,
    marker: Marker | None,
    called: list[StoredStudy],
    marked: list[StoredStudy],
) -> list[StoredStudy]:
    """The study that a folder belongs to; FrugalError where the folder is another study's."""
    if marked and called and marked != called:
        raise FrugalError(
            f"the folder {folder} belongs to study {marked[0].name}, and the storage also has a "
            f"study {called[0].name}: give the folder its former name, or choose another --study"
        )
    if marker and not marked and marker.storage not in (None, storage_place(url)):
        raise FrugalError(
            f"the folder {folder} belongs to study {marker.name} in the storage {marker.storage}, "
            f"not in {masked_url(url)}: select that storage, or choose another --study"
        )
    return marked or called


def set_aside_former(folder: Path, sources: Mapping[str, str], marker: Marker | None) -> list[str]:
    """Sets aside what a former study left in the folder where another begins; lines about it.

    sources: the text by name of the files that the new study copies there.
    """
    edited = [name for name, text in sources.items() if _differs(folder / name, text)]
    left = [folder / name for name in (*WRITTEN, *edited)]
    return set_aside(folder, left, marker.identity if marker else "")


def _differs(path: Path, text: str) -> bool:
    return os.path.lexists(path) and not (path.is_file() and path.read_bytes() == text.encode())
