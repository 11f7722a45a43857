"""A worker process: it receives candidates through a pipe and sends one result per epoch.

Messages to the worker: `Admit`, `Drop`, and CONTINUE if it waits after each epoch. Messages from
the worker: (member, result), or (None, note) for a note of its pool. The process ends when its pipe
is closed or its parent ends.
"""

import os
import signal
import threading
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from typing import Literal

import torch

from search.candidates.candidate import Candidate
from search.data.dataset import Dataset
from search.training.engines.cuda_graphs import CudaGraphPool
from search.training.engines.in_process import InProcessPool
from search.training.engines.shared_dataset import SharedDataset
from search.training.pool import EpochResult, Pool, PoolEvent

CONTINUE = "continue"
Engine = Literal["eager", "graphs"]


@dataclass(frozen=True, eq=False)
class WorkerSpec:
    """The configuration of a worker: an engine on a device. places: members at a time.

    waits: whether the worker waits for a message after each epoch, so that a dropped member never
    starts another epoch. This pays off on a CPU, where an epoch takes seconds. On a GPU an epoch
    takes hundredths of a second, and the worker does not wait.
    """

    engine: Engine = "eager"
    device: str = "cpu"
    places: int = 1
    waits: bool = True

    def open(self, dataset: Dataset) -> InProcessPool | CudaGraphPool:
        """Open the worker's pool in the calling process."""
        kind = CudaGraphPool if self.engine == "graphs" else InProcessPool
        return kind(dataset, self.device, self.places)


@dataclass(frozen=True)
class Admit:
    """Message to a worker: train a candidate. member: the parent's number for it."""

    member: int
    candidate: Candidate
    seed: int


@dataclass(frozen=True)
class Drop:
    """Message to a worker: stop training a member. Has no effect if the member has ended."""

    member: int


def run_worker(pipe: Connection, shared: SharedDataset, spec: WorkerSpec) -> None:
    """Run a worker process until its pipe is closed or its parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    dataset = shared.load()
    with suppress(EOFError, OSError), spec.open(dataset) as pool:
        WorkerLoop(pipe, pool, spec.waits).run()


class WorkerLoop:
    """Handles messages and trains until the pipe is closed, which raises EOFError or OSError."""

    def __init__(self, pipe: Connection, pool: Pool, waits: bool) -> None:
        self._pipe, self._pool, self._waits = pipe, pool, waits
        self._members: dict[int, int] = {}  # the parent's number -> the number in our pool
        self._sent_note = ""

    def run(self) -> None:
        """Handle messages and train; never returns."""
        while True:
            self._handle(self._pipe.recv())
            for event in self._pool:
                self._send(event)
                while self._pipe.poll():
                    self._handle(self._pipe.recv())

    def _handle(self, message: object) -> None:
        if isinstance(message, Admit):
            self._members[message.member] = self._pool.admit(message.candidate, message.seed)
        elif isinstance(message, Drop) and message.member in self._members:
            self._pool.drop(self._members.pop(message.member))

    def _send(self, event: PoolEvent) -> None:
        """Send a result; if the worker waits, wait until CONTINUE or the member is dropped."""
        member = next(number for number, inner in self._members.items() if inner == event.member)
        if self._pool.note != self._sent_note:
            self._sent_note = self._pool.note
            self._pipe.send((None, self._sent_note))
        self._pipe.send((member, event.result))
        if not isinstance(event.result, EpochResult) or event.result.weights is not None:
            del self._members[member]
        while self._waits and member in self._members:
            message = self._pipe.recv()
            if message == CONTINUE:
                return
            self._handle(message)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
    os._exit(1)
