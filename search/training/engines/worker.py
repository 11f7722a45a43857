"""The life of a worker process: candidates in, one result per epoch out, until its pipe closes.

Its words: `Admit` and `Drop` from the parent, GO_ON where it waits after an epoch; to the parent
(member, result), or (None, note) for what is of no member.
"""

import os
import shutil
import signal
import threading
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Literal

import torch

from search.candidates.candidate import Candidate
from search.data.dataset import Dataset
from search.training.engines.cuda_graphs import CudaGraphPool
from search.training.engines.in_process import InProcessPool
from search.training.pool import EpochResult, Pool, PoolEvent

GO_ON = "go on"
Engine = Literal["eager", "graphs"]


@dataclass(frozen=True, eq=False)
class WorkerSpec:
    """One worker's duty. places: members at a time.

    waits: after each epoch it waits for word, so that a dropped member never starts another. Where
    epochs take seconds that is worth more than the wait; on a GPU they take hundredths.
    """

    engine: Engine = "eager"
    device: str = "cpu"
    places: int = 1
    waits: bool = True

    def open(self, dataset: Dataset) -> InProcessPool | CudaGraphPool:
        """The pool that does it, in the calling process."""
        kind = CudaGraphPool if self.engine == "graphs" else InProcessPool
        return kind(dataset, self.device, self.places)


@dataclass(frozen=True)
class Admit:
    """A member, by its number in the parent, is to be trained."""

    member: int
    candidate: Candidate
    seed: int


@dataclass(frozen=True)
class Drop:
    """A member is to be trained no further; one that has ended meanwhile is none."""

    member: int


def work(pipe: Connection, images: Path, spec: WorkerSpec) -> None:
    """All that a worker does. images: the file of the dataset, in a folder that goes with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, args=(images.parent,), daemon=True).start()
    torch.set_num_threads(1)
    dataset = torch.load(images, mmap=True, weights_only=False)
    with suppress(EOFError, OSError), spec.open(dataset) as pool:
        Service(pipe, pool, spec.waits).serve()


class Service:
    """Trains what it is told to, until the pipe closes: then EOFError or OSError."""

    def __init__(self, pipe: Connection, pool: Pool, waits: bool) -> None:
        self._pipe, self._pool, self._waits = pipe, pool, waits
        self._inner: dict[int, int] = {}  # a member's number in our pool, by that in the parent
        self._noted = ""

    def serve(self) -> None:
        """Never returns."""
        while True:
            self._execute(self._pipe.recv())
            for event in self._pool:
                self._tell(event)
                while self._pipe.poll():
                    self._execute(self._pipe.recv())

    def _execute(self, word: object) -> None:
        if isinstance(word, Admit):
            self._inner[word.member] = self._pool.admit(word.candidate, word.seed)
        elif isinstance(word, Drop) and word.member in self._inner:
            self._pool.drop(self._inner.pop(word.member))

    def _tell(self, event: PoolEvent) -> None:
        member = next(number for number, inner in self._inner.items() if inner == event.member)
        if self._pool.note != self._noted:
            self._noted = self._pool.note
            self._pipe.send((None, self._noted))
        self._pipe.send((member, event.result))
        if not isinstance(event.result, EpochResult) or event.result.weights is not None:
            del self._inner[member]
        while self._waits and member in self._inner:
            word = self._pipe.recv()
            if word == GO_ON:
                return
            self._execute(word)


def _end_with_parent(folder: Path) -> None:
    """Ends with the parent, and removes the folder, for which a killed parent had no time."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)
