"""Who is working on a study at this moment: a lock per run that the kernel releases. No torch."""

import os
import platform
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from filelock import FileLock, Timeout

from search.errors import FrugalError

FOLDER = "running"


class RunLocks:
    """The runs on one study, seen from its folder on this host.

    shared: its trials lie in a storage that other folders and hosts may use too. Their runs cannot
    be seen from here: they count as alive, and a start in their own folder takes up what they left.
    """

    def __init__(self, folder: Path, *, shared: bool = False) -> None:
        self._folder = folder / FOLDER
        self._shared = shared
        here = f"{platform.node()}:{folder.resolve()}"
        self._place = blake2b(here.encode(), digest_size=4).hexdigest()

    @contextmanager
    def entered(self) -> Iterator[str]:
        """A name for this run, alive until the block or the process ends."""
        name = f"{self._place}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self._folder / name):
            try:
                yield name
            finally:
                (self._folder / name).unlink(missing_ok=True)

    def alive(self, name: str) -> bool:
        """Whether the run of that name still has its process."""
        path = self._folder / name
        if not name or not path.exists():
            return bool(name) and self._shared and not name.startswith(self._place)
        try:
            with FileLock(path).acquire(timeout=0):
                path.unlink(missing_ok=True)
                return False
        except Timeout:
            return True

    def admission(self) -> FileLock:
        """The lock under which a run counts the study's trials and asks for the next."""
        return FileLock(self._folder.parent / ".admission.lock")


@contextmanager
def exclusive_lock(lock: Path, doing: str) -> Iterator[None]:
    """Nobody else holds the lock meanwhile. doing: "study mnist is being confirmed".

    FrugalError where somebody does already.
    """
    held = FileLock(lock)
    try:
        held.acquire(timeout=0)
    except Timeout as error:
        raise FrugalError(f"{doing} already: wait for the other, or end it") from error
    try:
        yield
    finally:
        held.release()
