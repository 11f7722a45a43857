"""A pool of worker processes: one per core of a CPU, or one per GPU with many members.

Workers only train. They are spawned, ignore Ctrl-C, and end when their parent does. The parent
keeps its time for other things: while it samples or writes, they train.
"""

import signal
import sys
import tempfile
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from math import inf
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType

import torch

from search.candidates.candidate import Candidate
from search.data.dataset import Dataset
from search.training.engines.worker import GO_ON, Admit, Drop, WorkerSpec, work
from search.training.pool import EpochResult, Failure, PoolEvent

ENDING = 5.0  # seconds that a worker may take to end


@dataclass(eq=False)
class Worker:
    """A process, our end of its pipe, what it is for, and the members that it trains.

    waiting: the member whose epoch is told and for which it waits to hear whether to go on.
    """

    process: BaseProcess
    pipe: Connection
    spec: WorkerSpec
    members: set[int] = field(default_factory=set)
    waiting: int | None = None

    @property
    def load(self) -> float:
        """Members; endless for one that has died."""
        return len(self.members) if self.process.is_alive() else inf

    def say(self, word: object) -> None:
        """Sends it word; a worker that has died meanwhile is heard of by its pipe's end."""
        with suppress(OSError):
            self.pipe.send(word)


class ProcessPool:
    """One spawned process per post; images are shared through a memory-mapped file."""

    def __init__(self, dataset: Dataset, specs: tuple[WorkerSpec, ...]) -> None:
        self.capacity = sum(spec.places for spec in specs)
        self.device, self.note = specs[0].device.partition(":")[0], ""
        self._posts = specs
        self._folder = tempfile.TemporaryDirectory(prefix="frugal-")
        self._images = Path(self._folder.name, "dataset.pt")
        torch.save(dataset, self._images)
        self._numbers = count()
        self._workers: list[Worker] = []
        self._untold: deque[PoolEvent] = deque()

    def admit(self, candidate: Candidate, seed: int) -> int:
        """Hands the candidate to the worker with most room, starting one if need be."""
        worker = self._least_busy()
        member = next(self._numbers)
        worker.members.add(member)
        worker.say(Admit(member, candidate, seed))
        return member

    def drop(self, member: int) -> None:
        """Tells the member's worker to stop; its place is free at once."""
        self._untold = deque(event for event in self._untold if event.member != member)
        for worker in self._workers:
            if member in worker.members:
                self._forget(worker, member)
                worker.say(Drop(member))

    def __iter__(self) -> Iterator[PoolEvent]:
        while self._untold or any(worker.members for worker in self._workers):
            yield from self._tell()
            busy = {worker.pipe: worker for worker in self._workers if worker.members}
            for pipe in wait(list(busy)) if busy else ():
                worker = busy[pipe]  # type: ignore[index]  # wait returns what it got
                if worker in self._workers:
                    self._hear(worker)
                    yield from self._tell()

    def _tell(self) -> Iterator[PoolEvent]:
        """What is heard and not yet told. Then workers go on, if nobody dropped their members."""
        while self._untold:
            yield self._untold.popleft()
        for worker in self._workers:
            if worker.waiting is not None:
                worker.waiting = None
                worker.say(GO_ON)

    def _hear(self, worker: Worker) -> None:
        """Takes in what the worker has to tell, unless its member was dropped in mid-epoch."""
        try:
            member, result = worker.pipe.recv()
        except (EOFError, OSError):
            self._worker_died(worker)
            return
        if member is None:
            self._note(result)
        elif member in worker.members:
            if not isinstance(result, EpochResult) or result.weights is not None:
                self._forget(worker, member)
            elif worker.spec.waits:
                worker.waiting = member
            self._untold.append(PoolEvent(member, result))

    def _note(self, note: str) -> None:
        if not self.note:
            warnings.warn(note, RuntimeWarning, stacklevel=2)
        self.note = note

    def _forget(self, worker: Worker, member: int) -> None:
        worker.members.remove(member)
        if worker.waiting == member:
            worker.waiting = None

    def _worker_died(self, worker: Worker) -> None:
        """All its members have failed. Which one is to blame is known only of one alone."""
        self._workers.remove(worker)
        worker.pipe.close()
        worker.process.join(ENDING)
        code = worker.process.exitcode
        killed = code is not None and code < 0  # by a signal; an exception of its own gives 1
        failure = Failure(
            f"worker process ended, exit code {code}", killed or len(worker.members) > 1
        )
        self._untold.extend(PoolEvent(member, failure) for member in sorted(worker.members))

    def _least_busy(self) -> Worker:
        """The worker with the fewest members; of those with none, one that runs already."""
        for worker in [w for w in self._workers if not w.members and not w.process.is_alive()]:
            self._worker_died(worker)
        at = {worker.spec: worker for worker in self._workers}
        spec = min(self._posts, key=lambda spec: (at[spec].load, 0) if spec in at else (0, 1))
        if spec not in at:
            at[spec] = Worker(*spawn(work, self._images, spec), spec)
            self._workers.append(at[spec])
        return at[spec]

    def __enter__(self) -> "ProcessPool":
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.process.kill()  # it holds nothing that an orderly end would save
        for worker in self._workers:
            worker.process.join(ENDING)
            worker.pipe.close()
        self._workers.clear()
        self._folder.cleanup()


def spawn(target: Callable[..., None], *arguments: object) -> tuple[BaseProcess, Connection]:
    """A process that runs target(pipe, *arguments), and our end of its pipe."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=target, args=(theirs, *arguments), daemon=True)
    with _without_main(), _ignoring_sigint():
        process.start()
    theirs.close()
    return process, ours


@contextmanager
def _without_main() -> Iterator[None]:
    """What is spawned here does not run the user's script, as multiprocessing would have it do.

    A script without `if __name__ == "__main__"` would run once more in every worker.
    """
    main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _ignoring_sigint() -> Iterator[None]:
    """What is spawned here ignores Ctrl-C from its birth, before it can say so itself."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # starting it would unblock the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
