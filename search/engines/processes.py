"""A pool of worker processes, one thread and one member each: what suits the cores of a CPU.

Workers only train. They are spawned, ignore Ctrl-C, and end when their parent does. After each
epoch a worker waits for word, so that a dropped member never starts another epoch.
"""

import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

import torch

from search.candidate import Candidate
from search.data import Dataset
from search.errors import TrainingError
from search.training import EpochResult, Event, Failure, Resident, train

GO_ON, DROP = "go on", "drop"
ENDING = 5.0  # seconds that a worker may take to end by itself


@dataclass
class Worker:
    """A process, our end of its pipe, and the member that it trains, if any."""

    process: BaseProcess
    pipe: Connection
    member: int | None = None


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
        worker.pipe.send((worker.member, candidate, seed))
        return worker.member

    def drop(self, member: int) -> None:
        """Tells the member's worker to stop; it is free again at once."""
        for worker in self._workers:
            if worker.member == member:
                worker.member = None
                worker.pipe.send(DROP)

    def __iter__(self) -> Iterator[Event]:
        while busy := {w.pipe: w for w in self._workers if w.member is not None}:
            for pipe in wait(list(busy)):
                worker = busy[pipe]  # type: ignore[index]  # wait returns what it was given
                if worker.member is not None:
                    yield from self._hear(worker, worker.member)

    def _hear(self, worker: Worker, member: int) -> Iterator[Event]:
        try:
            speaker, result = worker.pipe.recv()
        except (EOFError, OSError):
            yield Event(member, self._bury(worker))
            return
        if speaker != member:  # the last words of a member that was dropped in mid-epoch
            return
        if isinstance(result, Failure) or result.weights is not None:
            worker.member = None
        yield Event(member, result)
        if worker.member == member:
            worker.pipe.send(GO_ON)

    def _bury(self, worker: Worker) -> Failure:
        worker.process.join(ENDING)
        worker.member = None
        self._workers.remove(worker)
        return Failure(f"worker process ended, exit code {worker.process.exitcode}", died=True)

    def _free(self) -> Worker:
        for worker in self._workers:
            if worker.member is None:
                return worker
        self._workers.append(self._spawn())
        return self._workers[-1]

    def _spawn(self) -> Worker:
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, self._images), daemon=True)
        process.start()
        theirs.close()
        return Worker(process, ours)

    def __enter__(self) -> "ProcessPool":
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.pipe.close()
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join(ENDING)
        self._workers.clear()
        self._folder.cleanup()


def _work(pipe: Connection, images: Path) -> None:
    """The life of a worker: candidates in, one result per epoch out, until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    data = Resident(torch.load(images, mmap=True, weights_only=False), torch.device("cpu"))
    try:
        while True:
            _train(pipe, data, *pipe.recv())
    except (EOFError, OSError):
        return


def _train(
    pipe: Connection, data: Resident, member: int, candidate: Candidate, seed: int
) -> None:
    try:
        for result in train(candidate, seed, data):
            pipe.send((member, result))
            if result.weights is None and pipe.recv() == DROP:
                return
    except TrainingError as error:
        pipe.send((member, Failure(str(error))))


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
    os._exit(1)
