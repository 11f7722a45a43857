"""The storage of trials: Optuna's journal in the study's folder, or any storage URL. No torch.

`open_storage` opens it for writing. `read_storage` writes nothing and takes no lock, so it works in
read-only folders and does not affect a run.
"""

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import optuna
from filelock import FileLock
from optuna.exceptions import StorageInternalError
from optuna.storages import (
    BaseStorage,
    InMemoryStorage,
    JournalStorage,
    RDBStorage,
    get_storage,
)
from optuna.storages.journal import BaseJournalBackend
from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from search.errors import FrugalError
from search.study.database import CREATION, database_file, is_outage, shared_database
from search.study.hints import masked_text, masked_url

ANSWER = 30.0  # seconds to wait for a storage server
JOURNAL = "journal.log"
TABLE = "studies"  # a table that Optuna creates in a database
DRIVER_PACKAGES = {"psycopg2": "psycopg2-binary", "psycopg": "'psycopg[binary]'"}  # of PostgreSQL
optuna.logging.set_verbosity(optuna.logging.ERROR)  # events and errors report everything needed
Log = dict[str, Any]


def open_storage(folder: Path, url: str | None = None) -> BaseStorage:
    """Open the storage of the URL, else the journal in `folder`, which is created if needed.

    FrugalError if the journal is damaged before its last line or the storage does not answer.
    """
    return _open_url(url, _create_tables) if url else _open_journal(folder / JOURNAL)


def read_storage(folder: Path, url: str | None = None) -> BaseStorage:
    """Open an existing storage like `open_storage`, but without writing.

    A damaged last line of a journal is ignored. A later write removes it first.
    """
    return _open_url(url, _open_tables) if url else _read_journal(folder / JOURNAL)


def has_journal(folder: Path) -> bool:
    """Whether the folder has a journal, readable or not."""
    try:
        os.lstat(folder / JOURNAL)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True  # opening it raises an error with the reason
    return True


def storage_place(url: str) -> str:
    """The URL that identifies a storage: without password, with the full path of a file."""
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):  # SQLAlchemy raises both for an invalid URL
        return masked_url(url)
    file = database_file(parts)
    if file is None:
        return masked_url(url)
    return masked_url(parts.set(database=str(file.absolute())).render_as_string(False))


class OutageError(Exception):
    """The storage does not answer, or is locked: an error that can pass by itself.

    final: the error for the user if it does not.
    """

    def __init__(self, text: str, final: FrugalError) -> None:
        super().__init__(text)
        self.final = final


@contextmanager
def storage_errors(*, passing: bool = False) -> Iterator[None]:
    """Raise FrugalError for errors of the storage in the block: disk full, no server, locked.

    passing: raise OutageError for those that can pass by themselves.
    """
    try:
        yield
    except Exception as error:
        if not _is_failure(error):
            raise
        text = masked_text(_reason(error))  # the driver's error may contain the password
        final = FrugalError(
            f"the storage failed ({text}); recorded trials are kept: "
            "fix the storage and run the same command again to resume"
        )
        if passing and is_outage(error):
            raise OutageError(text, final) from None
        raise final from None


def _is_failure(error: Exception) -> bool:
    """Whether the storage raised it. Drivers are compared by name to avoid importing them."""
    drivers = ("sqlalchemy.", "redis.")
    known = isinstance(error, OSError | StorageInternalError)
    return known or type(error).__module__.startswith(drivers)


def one_append(storage: BaseStorage) -> AbstractContextManager[None]:
    """Append everything that the block writes to a journal at once; other runs wait.

    Other storages write as usual.
    """
    return storage.one_append() if isinstance(storage, JournalFile) else nullcontext()


def _open_journal(path: Path) -> BaseStorage:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        lock = JournalLock(path)
        lock.acquire()
    except OSError as error:
        raise FrugalError(
            f"cannot write {path}: {error.strerror or error}; choose another studies folder "
            "with --studies"
        ) from error
    lock.release()
    return _replayed(path, lock)


def _read_journal(path: Path) -> BaseStorage:
    try:
        if not path.is_file():
            path.stat()  # raises if the file does not exist
            raise FrugalError(
                f"{path} is not a file, as a journal must be: choose another study with --study"
            )
        _check_lines(path)
    except OSError as error:
        raise FrugalError(
            f"cannot read {path}: {error.strerror or error}; make it readable, or choose another "
            "study with --study"
        ) from error
    return _replayed(path, JournalLock(path))


def _replayed(path: Path, lock: "JournalLock") -> BaseStorage:
    try:
        return JournalFile(Journal(path, lock))
    except (ValueError, KeyError, TypeError, AssertionError, IndexError) as error:
        raise FrugalError(
            f"{path} is damaged: its records are inconsistent ({error!r}); restore it "
            "from a copy, or start another study with --study"
        ) from error


def _check_lines(path: Path) -> int:
    """Return the number of bytes of all complete lines; FrugalError for a damaged one.

    A damaged last line comes from a killed write and is not included.
    """
    content = path.read_bytes()
    start = 0
    for number, line in enumerate(content.split(b"\n"), start=1):
        end = start + len(line) + 1
        if end > len(content):  # the rest has no line end
            return start
        if not _is_record(line):
            if end < len(content):
                raise FrugalError(
                    f"{path} is damaged in line {number}: a journal has one JSON record per line; "
                    "restore it from a copy, or start another study with --study"
                )
            return start
        start = end
    return start


def _is_record(line: bytes) -> bool:
    return _record(line) is not None


def _record(line: bytes) -> Log | None:
    """The record in a line; None if the line is damaged."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def _create_tables(url: str) -> BaseStorage:
    """Open a storage and create its tables; one process at a time in a shared database."""
    database = shared_database(url)
    if database is None:
        return get_storage(url)
    with database.lock(CREATION):
        storage = RDBStorage(url, engine_kwargs=database.engine_arguments)
        database.create_tables()
    return get_storage(storage)


def _open_tables(url: str) -> BaseStorage:
    """Open a database without creating tables; an empty storage if there are no tables."""
    file = database_file(make_url(url))
    if file and not file.exists():
        return InMemoryStorage()
    database = shared_database(url)
    arguments = database.engine_arguments if database else {}
    engine = create_engine(url, **arguments)
    try:
        if not inspect(engine).has_table(TABLE):
            return InMemoryStorage()
    finally:
        engine.dispose()
    return get_storage(RDBStorage(url, arguments, skip_table_creation=True))


def _open_url(url: str, opening: Callable[[str], BaseStorage]) -> BaseStorage:
    """Open the storage in a thread, with a timeout for servers that do not answer."""
    opened: list[BaseStorage] = []
    failed: list[Exception] = []

    def connect() -> None:
        try:
            opened.append(opening(url))
        except Exception as error:  # noqa: BLE001 # every driver has its own errors; reported below
            failed.append(error)

    attempt = threading.Thread(target=connect, daemon=True)
    attempt.start()
    attempt.join(ANSWER)
    if opened:
        return opened[0]
    if failed and isinstance(failed[0], ImportError):
        missing = failed[0].__cause__ or failed[0]  # Optuna's text does not name the module
        raise FrugalError(
            f"the storage {masked_url(url)} needs a driver that is not installed "
            f"({_first_line(missing)}): {_installation(url)}"
        )
    reason = (
        masked_text(_first_line(failed[0]), url)
        if failed
        else f"no answer within {ANSWER:.0f} seconds"
    )
    raise FrugalError(
        f"the storage {masked_url(url)} does not answer ({reason}); check the URL and that the "
        "server is running, or omit --storage to use a journal file"
    )


def _installation(url: str) -> str:
    """How to install the driver of a URL."""
    parts = make_url(url)
    package = DRIVER_PACKAGES.get(parts.get_driver_name())
    if package is None:
        return f"install the package that provides SQLAlchemy's {parts.drivername}"
    return f"pip install {package}"


def _reason(error: Exception) -> str:
    """The first line of the driver's error; the errors around it say less."""
    cause = error.__cause__ if isinstance(error, StorageInternalError) else error
    original = cause.orig if isinstance(cause, DBAPIError) else cause
    return _first_line(original or error)


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__


class JournalLock:
    """A lock that the kernel releases when its process ends; removes a damaged last line.

    Optuna's own lock files remain after a kill and block the next writer for 30 seconds.
    """

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._lock = FileLock(journal.with_name(".journal.lock"), thread_local=False)
        self._checked = False  # whether all lines were checked, as before the first write

    def acquire(self) -> None:
        """Wait for the lock, then remove a partial line of a killed writer.

        FrugalError if the journal is missing, or damaged before its last line.
        """
        check_there(self._journal)
        self._lock.acquire()
        try:
            self._cut()
        except (OSError, FrugalError):
            self._lock.release()
            raise

    def _cut(self) -> None:
        if self._checked:
            truncate_partial_line(self._journal)
            return
        whole = _check_lines(self._journal)
        if whole < self._journal.stat().st_size:
            os.truncate(self._journal, whole)
        self._checked = True

    def release(self) -> None:
        """Release the lock."""
        self._lock.release()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock within the block."""
        self.acquire()
        try:
            yield
        finally:
            self.release()


def check_there(journal: Path) -> None:
    """Raise FrugalError if the journal is missing: its folder was moved or removed."""
    if not journal.exists():
        raise moved(journal.parent)


def moved(folder: Path) -> FrugalError:
    """The error if a study's folder was moved or replaced while it was open."""
    return FrugalError(
        f"the study's folder {folder} was moved, renamed or replaced while it was in use; its "
        "contents are kept: run the same command again with the new name"
    )


def truncate_partial_line(journal: Path) -> None:
    """Remove everything after the last line end: an incomplete record of a killed process."""
    with journal.open("rb+") as file:
        size = file.seek(0, os.SEEK_END)
        if size == 0:
            return
        file.seek(size - 1)
        if file.read(1) != b"\n":
            file.seek(0)
            file.truncate(file.read().rfind(b"\n") + 1)


class Journal(BaseJournalBackend):
    """The lines of a journal file, as Optuna's own backend writes them.

    `one_append` appends with one write and one fsync, so a killed process leaves all of its lines
    or none.
    """

    def __init__(self, path: Path, lock: JournalLock | None = None) -> None:
        self._path = path
        self._lock = lock or JournalLock(path)
        self._read = (0, 0)  # the number of lines read so far and their bytes
        self._waiting: list[Log] | None = None  # lines of `one_append` that are not in the file yet
        self._before = 0  # the number of lines in the file before those
        self._lost: OSError | None = None  # the error of a write whose lines are missing

    def append_logs(self, logs: list[Log]) -> None:
        """Append lines; OSError if the file cannot be written."""
        if self._waiting is not None:
            # a copy, equal to what will be read from the file
            self._waiting += [json.loads(json.dumps(log)) for log in logs]
            return
        with self._lock.held():
            self._append(logs)

    def read_logs(self, log_number_from: int) -> Iterator[Log]:
        """Yield the lines from a number on, including those not in the file yet."""
        if self._waiting is None or not self._before:
            yield from self._from_file(log_number_from)
        if self._waiting is not None:
            self._before = self._before or self._read[0]
            yield from self._waiting[max(0, log_number_from - self._before) :]

    @contextmanager
    def one_append(self) -> Iterator[None]:
        """Collect the lines that the block writes and append them at its end, also after an error.

        The lock is held, so no other process writes and the lines keep their numbers in the file.
        """
        with self._lock.held():
            self._waiting, self._before = [], 0
            try:
                yield
            finally:
                waiting, self._waiting = self._waiting, None
                if waiting:
                    self._append_together(waiting)

    def _append_together(self, logs: list[Log]) -> None:
        """Append collected lines. Optuna counts them as read, so no write may follow a failure."""
        try:
            self._append(logs)
        except OSError as error:
            self._lost = error
            raise
        if self._before:
            self._read = self._before + len(logs), self._path.stat().st_size

    def _append(self, logs: list[Log]) -> None:
        if self._lost:
            raise self._lost
        if self._path.stat().st_size < self._read[1]:  # the file is another journal
            raise moved(self._path.parent)
        lines = "".join(json.dumps(log, separators=(",", ":")) + "\n" for log in logs)
        with self._path.open("ab") as file:
            file.write(lines.encode())
            file.flush()
            os.fsync(file.fileno())

    def _from_file(self, number: int) -> Iterator[Log]:
        known, place = self._read if number >= self._read[0] else (0, 0)
        with self._path.open("rb") as file:
            file.seek(place)
            for line in file:
                if not line.endswith(b"\n"):  # another process is writing it
                    return
                known, place = known + 1, place + len(line)
                if known > number:
                    log = _record(line)
                    if log is None:
                        self._check_last(file.read(1))
                        return
                    self._read = known, place
                    yield log
                self._read = known, place

    def _check_last(self, following: bytes) -> None:
        """Raise FrugalError if lines follow a damaged one; a damaged last line is removed later."""
        if following:
            raise FrugalError(f"{self._path} is damaged: restore it from a copy")


class JournalFile(JournalStorage):
    """Optuna's storage over a `Journal`."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal)
        self._journal = journal

    def one_append(self) -> AbstractContextManager[None]:
        """See `Journal.one_append`."""
        return self._journal.one_append()
