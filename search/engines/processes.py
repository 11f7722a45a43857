"""A pool of worker processes, one thread and one member each: what suits the cores of a CPU.

Workers only train. They are spawned, ignore Ctrl-C, and end when their parent does. After each
epoch a worker waits for word, so that a dropped member never starts another epoch.
"""

import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType

import torch

from search.candidate import Candidate
from search.data import Dataset
from search.errors import TrainingError
from search.training import EpochResult, Event, Failure, Resident, train

GO_ON, DROP = "go on", "drop"
ENDING = 5.0  # seconds that a worker may take to end


@dataclass(eq=False)
class Worker:
    """A process, our end of its pipe, and the member that it trains, if any.

    waiting: its member's epoch is told, and it waits to hear whether to go on.
    """

    process: BaseProcess
    pipe: Connection
    member: int | None = None
    waiting: bool = False

    def say(self, word: object) -> None:
        """Sends it word; a worker that has died meanwhile is heard of by its pipe's end."""
        with suppress(OSError):
            self.pipe.send(word)


class ProcessPool:
    """One spawned process per member; images are shared through a memory-mapped file."""

    device = "cpu"

    def __init__(self, dataset: Dataset, capacity: int) -> None:
        self.capacity = capacity
        self._folder = tempfile.TemporaryDirectory(prefix="frugal-")
        self._images = Path(self._folder.name, "dataset.pt")
        torch.save(dataset, self._images)
        self._numbers = count()
        self._workers: list[Worker] = []

    def admit(self, candidate: Candidate, seed: int) -> int:
        """Hands the candidate to a free worker, starting one if need be."""
        worker = self._free()
        worker.member = next(self._numbers)
        worker.say((worker.member, candidate, seed))
        return worker.member

    def drop(self, member: int) -> None:
        """Tells the member's worker to stop; it is free again as soon as its epoch is over."""
        for worker in self._workers:
            if worker.member == member:
                worker.member, worker.waiting = None, False
                worker.say(DROP)

    def __iter__(self) -> Iterator[Event]:
        while busy := {w.pipe: w for w in self._workers if w.member is not None}:
            self._go_on()
            for pipe in wait(list(busy)):
                event = self._hear(busy[pipe])  # type: ignore[index]  # wait returns what it got
                if event is not None:
                    yield event
                    self._go_on()

    def _go_on(self) -> None:
        for worker in self._workers:
            if worker.waiting:
                worker.waiting = False
                worker.say(GO_ON)

    def _hear(self, worker: Worker) -> Event | None:
        """What the worker has to tell, None if it is of a member that was dropped in mid-epoch."""
        try:
            speaker, result = worker.pipe.recv()
        except (EOFError, OSError):
            return self._bury(worker)
        if speaker != worker.member:
            return None
        worker.waiting = isinstance(result, EpochResult) and result.weights is None
        if not worker.waiting:
            worker.member = None
        return Event(speaker, result)

    def _bury(self, worker: Worker) -> Event | None:
        self._workers.remove(worker)
        worker.pipe.close()
        worker.process.join(ENDING)
        if worker.member is None:
            return None
        code = worker.process.exitcode
        killed = code is not None and code < 0  # by a signal; an exception of its own gives 1
        return Event(worker.member, Failure(f"worker process ended, exit code {code}", killed))

    def _free(self) -> Worker:
        for worker in [worker for worker in self._workers if worker.member is None]:
            if worker.process.is_alive():
                return worker
            self._bury(worker)
        self._workers.append(self._spawn())
        return self._workers[-1]

    def _spawn(self) -> Worker:
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, self._images), daemon=True)
        with _without_main(), _deaf():
            process.start()
        theirs.close()
        return Worker(process, ours)

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
def _deaf() -> Iterator[None]:
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


def _work(pipe: Connection, images: Path) -> None:
    """The life of a worker: candidates in, one result per epoch out, until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, args=(images.parent,), daemon=True).start()
    torch.set_num_threads(1)
    data = Resident(torch.load(images, mmap=True, weights_only=False), torch.device("cpu"))
    try:
        while True:
            word = pipe.recv()
            if word != DROP:  # which came too late: its member had ended
                _train(pipe, data, *word)
    except (EOFError, OSError):
        return


def _train(pipe: Connection, data: Resident, member: int, candidate: Candidate, seed: int) -> None:
    try:
        for result in train(candidate, seed, data):
            pipe.send((member, result))
            if result.weights is None and pipe.recv() == DROP:
                return
    except TrainingError as error:
        pipe.send((member, Failure(str(error))))


def _end_with_parent(folder: Path) -> None:
    """Ends with the parent, and removes the folder, for which a killed parent had no time."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)
