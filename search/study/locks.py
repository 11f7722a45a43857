"""Locks between processes. The kernel releases them when a process ends. Without torch.

`waiting_lock` blocks; `exclusive_lock` fails at once if the lock is taken. `RunLocks` determines
which runs on a study still have a process. It is the registry of runs on one host; `heartbeat` has
the one for several hosts.
"""

import os
import platform
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from search.errors import FrugalError

RUNNING = "running"  # the subfolder of a study's folder with a locked file for each run
ADMISSION = ".admission.lock"


@contextmanager
def exclusive_lock(
    path: Path, activity: str, remedy: str = "wait for the other process to end, or stop it"
) -> Iterator[None]:
    """Hold a lock within the block. activity: "study mnist is being confirmed".

    FrugalError with the activity and the remedy if another process holds it.
    """
    with _lock_at_once(path) as acquired:
        if not acquired:
            raise FrugalError(f"{activity} already: {remedy}")
        yield


@contextmanager
def waiting_lock(path: Path) -> Iterator[None]:
    """Wait for a lock and hold it within the block."""
    with FileLock(path):
        yield


@contextmanager
def _lock_at_once(path: Path) -> Iterator[bool]:
    """Yield whether the lock was free; if so, hold it within the block."""
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


class Registration(Protocol):
    """The entry of a run among the runs on its study. name: of the run, unique."""

    name: str

    @property
    def lost(self) -> bool:
        """Whether this run was found dead, because it was suspended or cut off. It drops its
        candidates then, because other runs train them.
        """

    def check(self) -> bool:
        """Check now whether the run is still registered."""

    def renew(self) -> None:
        """Register again under a new name, after the run was found dead."""

    def pop_dead(self) -> list[str]:
        """Return the hosts of the runs that were found dead since the last call."""


class RunRegistry(Protocol):
    """The runs on a study, and the lock under which they change its trials.

    shared: whether runs in other folders take up the candidates of a run that was killed. A run
    then waits for the candidates of the others at its end.
    """

    shared: bool

    def registered(self) -> AbstractContextManager[Registration]:
        """Register a run, under a new name, until the block or the process ends."""

    def alive(self, names: set[str]) -> set[str]:
        """Return those of the runs that are alive."""

    def admission_lock(self) -> AbstractContextManager[None]:
        """Hold the lock under which a run counts the trials, adds the next and ends others."""


@dataclass
class LocalRun:
    """A `Registration` that the kernel ends with the process; it cannot be lost before."""

    name: str
    lost: bool = False

    def check(self) -> bool:
        """The run is registered."""
        return True

    def renew(self) -> None:
        """Never needed."""

    def pop_dead(self) -> list[str]:
        """Runs that were killed are found by `RunRegistry.alive` alone."""
        return []


class RunLocks:
    """The runs on one host that use a folder; see `RunRegistry`.

    foreign: whether a storage that this program cannot lock may have runs of other folders and
    hosts. They cannot be detected and count as alive. check: called before and after the admission
    lock is taken; raises if the study's folder was moved.
    """

    def __init__(
        self,
        folder: Path,
        *,
        shared: bool = False,
        foreign: bool = False,
        check: Callable[[], None] | None = None,
    ) -> None:
        self._folder = folder / RUNNING
        self.shared = shared
        self._foreign = foreign
        self._check = check
        here = f"{platform.node()}:{folder.resolve()}"
        self._place = blake2b(here.encode(), digest_size=4).hexdigest()

    @contextmanager
    def registered(self) -> Iterator[Registration]:
        """Register a run, under a new name, until the block or the process ends."""
        name = f"{self._place}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._folder.mkdir(parents=True, exist_ok=True)
        with waiting_lock(self._folder / name):
            try:
                yield LocalRun(name)
            finally:
                (self._folder / name).unlink(missing_ok=True)

    def alive(self, names: set[str]) -> set[str]:
        """Return those of the runs that are alive."""
        return {name for name in names if self.is_alive(name)}

    def is_alive(self, name: str) -> bool:
        """Whether the process of that run still exists."""
        path = self._folder / name
        if not name or not path.exists():
            return bool(name) and self._foreign and not name.startswith(self._place)
        with _lock_at_once(path) as abandoned:
            if abandoned:
                path.unlink(missing_ok=True)
        return not abandoned

    def is_killed(self, name: str) -> bool:
        """Whether it was a run in this folder on this host whose process has ended."""
        return name.startswith(self._place) and not self.is_alive(name)

    @contextmanager
    def admission_lock(self) -> Iterator[None]:
        """Hold the lock under which a run counts the trials, adds the next and ends others."""
        if self._check:
            self._check()  # before the lock file recreates a folder that was moved
        with waiting_lock(self._folder.parent / ADMISSION):
            if self._check:
                self._check()
            yield
