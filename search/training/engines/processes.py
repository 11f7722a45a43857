"""A pool of worker processes: one per core of a CPU, or one per GPU with many members.

Workers are spawned, ignore Ctrl-C, and end when their parent does. They train while the parent
samples or writes.
"""

import signal
import sys
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
from types import ModuleType

from search.candidates.candidate import Candidate
from search.data.dataset import Dataset
from search.training.engines.shared_dataset import SharedDataset
from search.training.engines.worker import CONTINUE, Admit, Drop, WorkerSpec, run_worker
from search.training.pool import EpochResult, Failure, PoolEvent

EXIT_TIMEOUT = 5.0  # seconds that a worker may take to end


@dataclass(eq=False)
class Worker:
    """A worker process, the parent's end of its pipe, its spec, and the members that it trains.

    waiting: the member whose result was received and for which the worker awaits CONTINUE.
    """

    process: BaseProcess
    pipe: Connection
    spec: WorkerSpec
    members: set[int] = field(default_factory=set)
    waiting: int | None = None

    @property
    def load(self) -> float:
        """Number of members; infinite if the process has died."""
        return len(self.members) if self.process.is_alive() else inf

    def send(self, message: object) -> None:
        """Sends a message; if the worker has died, the end of its pipe says so later."""
        with suppress(OSError):
            self.pipe.send(message)


class ProcessPool:
    """One process per spec, started when first needed; all share a memory-mapped dataset."""

    def __init__(self, dataset: Dataset, specs: tuple[WorkerSpec, ...]) -> None:
        self.capacity = sum(spec.places for spec in specs)
        self.device, self.note = specs[0].device.partition(":")[0], ""
        self._specs = specs
        self._dataset = SharedDataset(dataset)
        self._numbers = count()
        self._workers: list[Worker] = []
        self._pending: deque[PoolEvent] = deque()

    def admit(self, candidate: Candidate, seed: int) -> int:
        """Sends the candidate to the worker with the fewest members; starts one if needed."""
        worker = self._pick_or_start_worker()
        member = next(self._numbers)
        worker.members.add(member)
        worker.send(Admit(member, candidate, seed))
        return member

    def drop(self, member: int) -> None:
        """Tells the member's worker to stop it; the place is free at once."""
        self._pending = deque(event for event in self._pending if event.member != member)
        for worker in self._workers:
            if member in worker.members:
                self._forget(worker, member)
                worker.send(Drop(member))

    def __iter__(self) -> Iterator[PoolEvent]:
        while self._pending or any(worker.members for worker in self._workers):
            yield from self._deliver()
            busy = {worker.pipe: worker for worker in self._workers if worker.members}
            for pipe in wait(list(busy)) if busy else ():
                worker = busy[pipe]  # type: ignore[index]  # wait returns what it got
                if worker in self._workers:
                    self._receive(worker)
                    yield from self._deliver()

    def _deliver(self) -> Iterator[PoolEvent]:
        """All pending events; then waiting workers go on, unless their member was dropped."""
        while self._pending:
            yield self._pending.popleft()
        for worker in self._workers:
            if worker.waiting is not None:
                worker.waiting = None
                worker.send(CONTINUE)

    def _receive(self, worker: Worker) -> None:
        """Receives one message of a worker; results of members dropped meanwhile are ignored."""
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
            self._pending.append(PoolEvent(member, result))

    def _note(self, note: str) -> None:
        if not self.note:
            warnings.warn(note, RuntimeWarning, stacklevel=2)
        self.note = note

    def _forget(self, worker: Worker, member: int) -> None:
        worker.members.remove(member)
        if worker.waiting == member:
            worker.waiting = None

    def _worker_died(self, worker: Worker) -> None:
        """All members of the worker fail. Only a member on its own can be the cause itself."""
        self._workers.remove(worker)
        worker.pipe.close()
        worker.process.join(EXIT_TIMEOUT)
        code = worker.process.exitcode
        killed = code is not None and code < 0  # by a signal; an exception of its own gives 1
        failure = Failure(
            f"worker process ended, exit code {code}", killed or len(worker.members) > 1
        )
        self._pending.extend(PoolEvent(member, failure) for member in sorted(worker.members))

    def _pick_or_start_worker(self) -> Worker:
        """The worker with the fewest members; among those without any, a running one first."""
        for worker in [w for w in self._workers if not w.members and not w.process.is_alive()]:
            self._worker_died(worker)
        running = {worker.spec: worker for worker in self._workers}
        spec = min(
            self._specs, key=lambda spec: (running[spec].load, 0) if spec in running else (0, 1)
        )
        if spec not in running:
            running[spec] = Worker(*spawn(run_worker, self._dataset, spec), spec)
            self._workers.append(running[spec])
        return running[spec]

    def __enter__(self) -> "ProcessPool":
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.process.kill()  # it holds nothing that an orderly end would save
        for worker in self._workers:
            worker.process.join(EXIT_TIMEOUT)
            worker.pipe.close()
        self._workers.clear()
        self._dataset.close()


def spawn(target: Callable[..., None], *arguments: object) -> tuple[BaseProcess, Connection]:
    """A process that runs target(pipe, *arguments), and the parent's end of its pipe."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=target, args=(theirs, *arguments), daemon=True)
    with _without_main(), _ignoring_sigint():
        process.start()
    theirs.close()
    return process, ours


@contextmanager
def _without_main() -> Iterator[None]:
    """A process spawned here does not import the user's script, as multiprocessing would do.

    A script without `if __name__ == "__main__"` would run once more in every worker.
    """
    main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _ignoring_sigint() -> Iterator[None]:
    """A process spawned here ignores Ctrl-C from its start, before it can set a handler itself."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # starting it would unblock the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
