"""A pool of worker processes: one per CPU core, or one per GPU with many members each.

Workers are spawned, ignore Ctrl-C and end with their parent. They continue to train while the
parent samples candidates or writes results.
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
from search.errors import StudyWarning
from search.training.engines.shared_dataset import SharedDataset
from search.training.engines.worker import CONTINUE, Admit, Drop, WorkerSpec, run_worker
from search.training.native import available
from search.training.native.stages import unsupported
from search.training.pool import EpochResult, Failure, PoolEvent

EXIT_TIMEOUT = 5.0  # seconds to wait for the end of a worker


@dataclass(eq=False)
class Worker:
    """A worker process, the parent's end of its pipe, its spec and the members that it trains.

    waiting: the member with a received result for which the worker waits for CONTINUE, if any.
    """

    process: BaseProcess
    pipe: Connection
    spec: WorkerSpec
    members: set[int] = field(default_factory=set)
    waiting: int | None = None

    @property
    def load(self) -> float:
        """The number of members; infinite if the process has died."""
        return len(self.members) if self.process.is_alive() else inf

    def send(self, message: object) -> None:
        """Send a message. Ignores a dead worker: reading from its pipe detects that later."""
        with suppress(OSError):
            self.pipe.send(message)


class ProcessPool:
    """One process per spec, started on demand; all share one memory-mapped dataset."""

    def __init__(self, dataset: Dataset, specs: tuple[WorkerSpec, ...]) -> None:
        self.capacity = sum(spec.places for spec in specs)
        self.device, self.note = specs[0].device.partition(":")[0], ""
        self._specs = specs
        self._dataset = SharedDataset(dataset)
        self._numbers = count()
        self._workers: list[Worker] = []
        self._pending: deque[PoolEvent] = deque()
        self._warned = False

    def admit(self, candidate: Candidate, seed: int) -> int:
        """Send the candidate to the worker with the fewest members; start a worker if needed."""
        self._warn_of_torch(candidate)
        worker = self._pick_or_start_worker()
        member = next(self._numbers)
        worker.members.add(member)
        worker.send(Admit(member, candidate, seed))
        return member

    def drop(self, member: int) -> None:
        """Ask the member's worker to stop training it; its place is free immediately."""
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
        """Yield all pending events, then let waiting workers continue."""
        while self._pending:
            yield self._pending.popleft()
        for worker in self._workers:
            if worker.waiting is not None:
                worker.waiting = None
                worker.send(CONTINUE)

    def _receive(self, worker: Worker) -> None:
        """Receive one message from a worker; ignore results of members dropped in the meantime."""
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

    def _warn_of_torch(self, candidate: Candidate) -> None:
        """Warn once that a candidate is trained with torch although there is a C++ engine."""
        if self._warned or self.device != "cpu" or not available():
            return
        layers = unsupported(candidate.architecture)
        if layers:
            self._warned = True
            warnings.warn(
                f"the C++ engine does not support {layers}: candidates with them are trained with "
                "torch, which is slower",
                StudyWarning,
                stacklevel=2,
            )

    def _note(self, note: str) -> None:
        if not self.note:
            warnings.warn(note, RuntimeWarning, stacklevel=2)
        self.note = note

    def _forget(self, worker: Worker, member: int) -> None:
        worker.members.remove(member)
        if worker.waiting == member:
            worker.waiting = None

    def _worker_died(self, worker: Worker) -> None:
        """Record a failure of all members of a worker that has died.

        The failure counts as external (`died`) if a signal killed the process, or if several
        members share it, because then the cause is unknown.
        """
        self._workers.remove(worker)
        worker.pipe.close()
        worker.process.join(EXIT_TIMEOUT)
        code = worker.process.exitcode
        killed = code is not None and code < 0  # by a signal; an exception in the worker gives 1
        reason = f"worker process ended unexpectedly with exit code {code}"
        failure = Failure(reason, killed or len(worker.members) > 1, reason)
        self._pending.extend(PoolEvent(member, failure) for member in sorted(worker.members))

    def _pick_or_start_worker(self) -> Worker:
        """Return the worker with the fewest members; among idle ones, prefer a running worker."""
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
            worker.process.kill()  # a worker has no state that needs a clean shutdown
        for worker in self._workers:
            worker.process.join(EXIT_TIMEOUT)
            worker.pipe.close()
        self._workers.clear()
        self._dataset.close()


def spawn(target: Callable[..., None], *arguments: object) -> tuple[BaseProcess, Connection]:
    """Start a process that runs target(pipe, *arguments); return it and our end of the pipe."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=target, args=(theirs, *arguments), daemon=True)
    with _without_main(), _ignoring_sigint():
        process.start()
    theirs.close()
    return process, ours


@contextmanager
def _without_main() -> Iterator[None]:
    """Keep processes spawned in this context from importing the user's main script.

    By default multiprocessing imports it, so a script without `if __name__ == "__main__"` would run
    again in every worker.
    """
    main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _ignoring_sigint() -> Iterator[None]:
    """Make processes spawned in this context ignore Ctrl-C before they set their own handler."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # if it started later, it would unblock the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
