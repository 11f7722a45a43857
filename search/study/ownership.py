"""The study that a folder and its files belong to: identities and markers. Without torch.

A study has an identity, stored in the study itself and in the marker file of its folder, so that
the folder can be renamed or copied. Files of another study are set aside: moved to a subfolder,
never deleted or overwritten.
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

SETUP = "setup"  # the user attribute of Optuna's study with the settings
IDENTITY = "identity"  # the user attribute with the study's identity
MARKER = "study.json"  # in a study's folder
SET_ASIDE = "set-aside"  # the subfolder of a study's folder for files of other studies
SHORT = 8  # digits of an identity that are shown
# Files that commands write into a study's folder, apart from journal, marker and locks.
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
    """The study that a folder belongs to. name: of the study in its storage.

    storage: the location of its trials (`storage.storage_place`); None for a journal in the folder.
    """

    identity: str
    name: str
    storage: str | None = None


def read_marker(folder: Path) -> Marker | None:
    """Return the marker of a folder; None if there is none or it cannot be read."""
    try:
        return read_file(Marker, folder / MARKER)
    except (FrugalError, OSError, UnicodeDecodeError):
        return None


def write_marker(marker: Marker, folder: Path) -> None:
    """Write the marker unless the folder already has it."""
    if read_marker(folder) != marker:
        write_file(marker, folder / MARKER)


@dataclass(frozen=True)
class StoredStudy:
    """A study in a storage. identity: "" if it has none. ours: whether this program created it."""

    name: str
    number: int
    identity: str
    ours: bool


def stored_studies(storage: BaseStorage) -> list[StoredStudy]:
    """Return the studies of a storage, except unfinished ones: no settings and no trial."""
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
    """Return the identity of a study; "" if it has none yet.

    Studies of earlier versions do not store one. It is then derived from the settings and the start
    of the first trial, so that processes and copies compute the same identity independently.
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
    """Move files of another study to set-aside/OWNER in the study's folder.

    Returns one line for the user, or none if there are no such files. owner: the identity of the
    other study; "" if it is unknown, in which case the folder is named after the date.
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
    """Create a folder with a new name: NAME, NAME-2, NAME-3."""
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
    """Return the folder's marker; FrugalError if it names another storage than `url`."""
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
    """Raise FrugalError if a study in a storage would write into the folder of another study."""
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
    """Return the study in a storage that a folder belongs to; None if there is no finished one.

    It is the only study of a journal, else the study with the folder's name, else the study that
    the marker names. FrugalError if that is ambiguous, or for a study of another program.
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
    """The study that a folder belongs to; FrugalError if the folder belongs to another study."""
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
    """Set aside files of a former study in the folder of a new one; return lines for the user.

    sources: the texts of the files that the new study copies there, by name.
    """
    edited = [name for name, text in sources.items() if _differs(folder / name, text)]
    left = [folder / name for name in (*WRITTEN, *edited)]
    return set_aside(folder, left, marker.identity if marker else "")


def _differs(path: Path, text: str) -> bool:
    return os.path.lexists(path) and not (path.is_file() and path.read_bytes() == text.encode())
