"""Where trials are kept: Optuna's journal in the study's folder, or any storage URL. No torch."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import optuna
from optuna.storages import BaseStorage, get_storage

from search.errors import FrugalError
from search.study.journal import Journal, JournalFile, JournalLock

ANSWER = 30.0  # seconds within which a storage server has to answer
JOURNAL = "journal.log"
optuna.logging.set_verbosity(optuna.logging.ERROR)  # what happens is told by us


def open_storage(folder: Path, url: str | None = None) -> BaseStorage:
    """The journal in `folder`, made if there is none, or the storage that the URL names.

    FrugalError where the journal is damaged before its last line or the storage does not answer.
    """
    return _open_url(url) if url else _open_journal(folder / JOURNAL)


@contextmanager
def answering() -> Iterator[None]:
    """FrugalError where the storage fails within the block: disk full, server gone, file locked."""
    try:
        yield
    except Exception as error:
        if not _is_failure(error):
            raise
        raise FrugalError(
            f"the storage failed ({_first_line(error)}); what it holds is kept: mend it and run "
            "the same command again"
        ) from error


def _is_failure(error: Exception) -> bool:
    """Whether a storage raised it; drivers are known by name, for only one of them is loaded."""
    drivers = ("sqlalchemy.", "redis.")
    known = isinstance(error, OSError | optuna.exceptions.StorageInternalError)
    return known or type(error).__module__.startswith(drivers)


def together(storage: BaseStorage) -> AbstractContextManager[None]:
    """What the block writes is appended to a journal at once, and no other run writes meanwhile.

    Any other storage writes as it is told to.
    """
    return storage.together() if isinstance(storage, JournalFile) else nullcontext()


def _open_journal(path: Path) -> BaseStorage:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        lock = JournalLock(path)
        lock.acquire()
    except OSError as error:
        raise FrugalError(
            f"cannot write {path}: {error.strerror or error}; choose another root with --studies"
        ) from error
    try:
        _check_lines(path)
    finally:
        lock.release()
    try:
        return JournalFile(Journal(path))
    except (ValueError, KeyError, TypeError, AssertionError, IndexError) as error:
        raise FrugalError(
            f"{path} is damaged: its records do not follow from one another ({error!r}); restore "
            "it from a copy, or start another study with --study"
        ) from error


def _check_lines(path: Path) -> None:
    """Damage is an error that names its line; in the last line it is a killed write, and is cut."""
    content = path.read_bytes()
    start = 0
    for number, line in enumerate(content.splitlines(keepends=True), start=1):
        if not _is_record(line):
            if start + len(line) < len(content):
                raise FrugalError(
                    f"{path} is damaged in line {number}: a journal holds one JSON record a line; "
                    "restore it from a copy, or start another study with --study"
                )
            os.truncate(path, start)
        start += len(line)


def _is_record(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _open_url(url: str) -> BaseStorage:
    """Opens the storage aside, so that a server that never answers cannot hold the program."""
    opened: list[BaseStorage] = []
    failed: list[Exception] = []

    def connect() -> None:
        try:
            opened.append(get_storage(url))
        except Exception as error:  # noqa: BLE001 # every driver has its own; all are told below
            failed.append(error)

    attempt = threading.Thread(target=connect, daemon=True)
    attempt.start()
    attempt.join(ANSWER)
    if opened:
        return opened[0]
    reason = _first_line(failed[0]) if failed else f"no answer within {ANSWER:.0f} seconds"
    raise FrugalError(
        f"the storage {url} does not answer ({reason}); check the URL and that its server runs, "
        "or leave --storage out to use a journal file"
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
