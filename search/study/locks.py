"""Locks between processes. The kernel releases them when a process ends. Without torch.

`waiting_lock` blocks; `exclusive_lock` fails at once if the lock is taken. `RunLocks` determines
which runs on a study still have a process.
"""

import os
import platform
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

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


class RunLocks:
    """The runs on one study that use its folder on this host.

    shared: whether the trials are in a storage that other folders and hosts may use too. Their runs
    cannot be detected here and count as alive; a new run in their folder resumes their trials.
    check: called before and after the admission lock is taken; raises if the folder was moved.
    """

    def __init__(
        self, folder: Path, *, shared: bool = False, check: Callable[[], None] | None = None
    ) -> None:
        self._folder = folder / RUNNING
        self._shared = shared
        self._check = check
        here = f"{platform.node()}:{folder.resolve()}"
        self._place = blake2b(here.encode(), digest_size=4).hexdigest()

    @contextmanager
    def registered(self) -> Iterator[str]:
        """Yield a new name for this run, which is alive until the block or the process ends."""
        name = f"{self._place}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._folder.mkdir(parents=True, exist_ok=True)
        with waiting_lock(self._folder / name):
            try:
                yield name
            finally:
                (self._folder / name).unlink(missing_ok=True)

    def is_alive(self, name: str) -> bool:
        """Whether the process of that run still exists."""
        path = self._folder / name
        if not name or not path.exists():
            return bool(name) and self._shared and not name.startswith(self._place)
        with _lock_at_once(path) as abandoned:
            if abandoned:
                path.unlink(missing_ok=True)
        return not abandoned

    @contextmanager
    def admission_lock(self) -> Iterator[None]:
        """Hold the lock under which a run counts the trials and adds the next; others wait."""
        if self._check:
            self._check()  # before the lock file recreates a folder that was moved
        with waiting_lock(self._folder.parent / ADMISSION):
            if self._check:
                self._check()
            yield
