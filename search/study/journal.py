"""Optuna's journal as a file: whole lines, one writer at a time, several operations in one append.

Never imports torch.
"""

import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock
from optuna.storages import JournalStorage
from optuna.storages.journal import BaseJournalBackend

Log = dict[str, Any]


class JournalLock:
    """A lock that the kernel releases with its process; cuts an unterminated tail before a write.

    Optuna's own lock files outlive a killed process and stall the next writer for 30 seconds.
    """

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._lock = FileLock(journal.with_name(".journal.lock"), thread_local=False)

    def acquire(self) -> None:
        """Waits for the lock, then mends the tail that a killed writer may have left."""
        self._lock.acquire()
        try:
            cut_tail(self._journal)
        except OSError:
            self._lock.release()
            raise

    def release(self) -> None:
        """Lets the next writer in."""
        self._lock.release()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else writes meanwhile."""
        self.acquire()
        try:
            yield
        finally:
            self.release()


def cut_tail(journal: Path) -> None:
    """Cuts what follows the last line end: the half-written record of a killed process."""
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

    What `together` writes is appended at once, by one write and one fsync, so a killed process
    leaves all of it or nothing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = JournalLock(path)
        self._read = (0, 0)  # lines read so far, and the bytes that they take
        self._waiting: list[Log] | None = None  # written within `together`, not yet in the file
        self._before = 0  # lines in the file before those
        self._lost: OSError | None = None  # why what was taken as written is not in the file

    def append_logs(self, logs: list[Log]) -> None:
        """Adds lines; OSError where the file cannot be written."""
        if self._waiting is not None:
            self._waiting += [json.loads(json.dumps(log)) for log in logs]  # as they will be read
            return
        with self._lock.held():
            self._append(logs)

    def read_logs(self, log_number_from: int) -> Iterator[Log]:
        """The lines from a number on, with those that are to be written."""
        if self._waiting is None or not self._before:
            yield from self._from_file(log_number_from)
        if self._waiting is not None:
            self._before = self._before or self._read[0]
            yield from self._waiting[max(0, log_number_from - self._before) :]

    @contextmanager
    def together(self) -> Iterator[None]:
        """Holds the lines of the block back and appends them at its end, however it ends.

        No other process writes meanwhile: the lines are numbered as they will lie in the file.
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
        """Optuna counts these lines as read: without them in the file, what follows is not true."""
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
                self._read = known, place
                if known > number:
                    yield json.loads(line)


class JournalFile(JournalStorage):
    """Optuna's storage over a `Journal`."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal)
        self._journal = journal

    def together(self) -> AbstractContextManager[None]:
        """See `Journal.together`."""
        return self._journal.together()
