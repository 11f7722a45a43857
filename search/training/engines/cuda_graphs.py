"""A pool whose members advance together on one CUDA device, each a graph of a whole training step.

The host never waits for one member: it queues a slice of steps for each in turn, and reads an
epoch's results once they are there. Elsewhere than on CUDA the same members take the same steps
without streams and graphs, which is how all but those two is tested.
"""

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, nullcontext
from enum import Enum, auto
from itertools import count
from typing import Any

import torch
from torch import Tensor
from torch.backends import cudnn

from search.candidates.candidate import Candidate
from search.data.dataset import Dataset
from search.errors import TrainingError
from search.training.engines.cuda_step import CapturableTraining
from search.training.pool import EpochResult, Failure, PoolEvent
from search.training.trainer import DeviceData, check_finite, is_out_of_memory, memory_errors

SLICE = 16  # steps queued for a member at a time: an estimate, until it is measured
AHEAD = 2  # slices of a member that may be queued: one runs while the host is with other members
PAUSE = 1e-4  # seconds that the host sleeps when all members have all their slices queued
WARM_UP = 3  # steps before a capture: torch's own examples take three


class CaptureError(Exception):
    """A step could not be captured as a CUDA graph, for another reason than memory."""


class InlineQueue:
    """Work is done at once, by the thread that asks for it."""

    captures = False

    def entered(self) -> AbstractContextManager[Any]:
        """Within it, what is asked of the device goes into this lane."""
        return nullcontext()

    def mark(self) -> Callable[[], bool]:
        """Whether all that is queued by now is done: a question that never waits."""
        return lambda: True

    def fetch(self, values: Tensor) -> Tensor:
        """Values of the device for the host; to be read once a later mark is reached."""
        return values

    def settle(self) -> None:
        """Waits until nothing is queued."""

    def captured(self, step: Callable[[], None], _: torch.Generator) -> Callable[[], None]:
        """The step as something to replay; its generator goes on drawing from replay to replay.

        CaptureError, after which the lane must `give_up`. Here it stays as it is.
        """
        return step

    def give_up(self) -> None:
        """No more captures in this lane."""


class CudaStream(InlineQueue):
    """A CUDA stream. To be made, and used, while its device is the current one."""

    captures = True

    def __init__(self) -> None:
        self._stream = torch.cuda.Stream()
        self._host = torch.empty(4, dtype=torch.float64, pin_memory=True)

    def entered(self) -> AbstractContextManager[Any]:
        """See `InlineQueue`."""
        return torch.cuda.stream(self._stream)

    def mark(self) -> Callable[[], bool]:
        """See `InlineQueue`."""
        event = torch.cuda.Event()
        event.record(self._stream)
        return event.query

    def fetch(self, values: Tensor) -> Tensor:
        """See `InlineQueue`; four float64 values, overwritten by the next four."""
        return self._host.copy_(values, non_blocking=True)

    def settle(self) -> None:
        """See `InlineQueue`."""
        self._stream.synchronize()

    def captured(self, step: Callable[[], None], generator: torch.Generator) -> Callable[[], None]:
        """See `InlineQueue`. The step must have run `WARM_UP` times in this queue.

        Capturing runs nothing.
        The graph has a memory pool of its own, which goes with it: graphs that run together must
        not share one.
        """
        graph = torch.cuda.CUDAGraph()
        try:
            graph.register_generator_state(generator)
            with torch.cuda.graph(graph, stream=self._stream):
                step()
        except RuntimeError as error:
            if is_out_of_memory(error) or is_out_of_memory(error.__context__):
                raise
            line = str(error).partition("\n")[0]
            raise CaptureError(f"no CUDA graph of a training step: {line}") from error
        return graph.replay

    def give_up(self) -> None:
        """See `InlineQueue`: on another stream; that of a broken capture may be unusable."""
        self.captures = False
        self._stream = torch.cuda.Stream()


def open_queue(device: str) -> InlineQueue:
    """A new lane on a device."""
    return CudaStream() if device.startswith("cuda") else InlineQueue()


class Turn(Enum):
    """What came of a member's turn when no epoch ended: steps were queued, or it had to wait."""

    QUEUED = auto()
    WAITING = auto()


class GraphTraining:
    """One member's training, taken in turns; see `turns`. lane: where its work is queued."""

    def __init__(
        self, candidate: Candidate, seed: int, data: DeviceData, queue: InlineQueue
    ) -> None:
        self.queue = queue
        self._told = (candidate, seed, data)
        self.turns = self._turns()

    def again(self) -> "GraphTraining":
        """The same training from its beginning, without a graph."""
        self.close()
        self.queue.give_up()
        return GraphTraining(*self._told, self.queue)

    def close(self) -> None:
        """Ends it and frees its memory, once what is queued has run."""
        self.queue.settle()  # first: a graph in flight is not to be destroyed
        self.turns.close()

    def _turns(self) -> Generator[EpochResult | Turn]:
        """A slice of steps is queued at each turn; the last turn of an epoch gives its result.

        Errors as of `search.training.train`; CaptureError, only ever within the first epoch.
        """
        candidate, seed, data = self._told
        with memory_errors(data.device):
            started = time.perf_counter()
            with self.queue.entered():
                stepper = CapturableTraining(candidate, seed, data)
            steps = self._steps(stepper)
            for epoch in range(1, candidate.recipe.epochs + 1):
                with self.queue.entered():
                    stepper.begin(epoch)
                yield from self._queue(stepper.steps, steps)
                yield from self._result(stepper, epoch, started)
                started = time.perf_counter()

    def _steps(self, stepper: CapturableTraining) -> Iterator[None]:
        """A step at a time. Three steps warm up, the fourth is captured and from then on replayed.

        Where the first epoch has no fourth there is no graph: so little needs none, and a broken
        capture can begin again unnoticed.
        """
        step = stepper.step
        for _ in range(WARM_UP):
            yield step()
        if self.queue.captures and stepper.steps > WARM_UP:
            step = self.queue.captured(step, stepper.generator)
        while True:
            yield step()

    def _queue(self, count: int, steps: Iterator[None]) -> Iterator[Turn]:
        """An epoch's steps, slice by slice, never more than `AHEAD` of what the device has done."""
        queued: deque[Callable[[], bool]] = deque()
        for start in range(0, count, SLICE):
            while len(queued) >= AHEAD:
                if queued[0]():
                    queued.popleft()
                else:
                    yield Turn.WAITING
            with self.queue.entered():
                for _ in range(start, min(start + SLICE, count)):
                    next(steps)
                queued.append(self.queue.mark())
            yield Turn.QUEUED

    def _result(
        self, stepper: CapturableTraining, epoch: int, started: float
    ) -> Iterator[EpochResult | Turn]:
        with self.queue.entered():
            measured = self.queue.fetch(stepper.measured())
            there = self.queue.mark()
        while not there():
            yield Turn.WAITING
        training, loss, validation, error = measured.tolist()
        check_finite(loss, "training", epoch)
        check_finite(error, "validation", epoch)
        seconds = time.perf_counter() - started
        with self.queue.entered():
            weights = stepper.weights() if epoch == stepper.recipe.epochs else None
        yield EpochResult(
            epoch,
            training_accuracy=training,
            training_loss=loss,
            validation_accuracy=validation,
            validation_loss=error,
            seconds=seconds,
            weights=weights,
        )


class CudaGraphPool:
    """Members of any architecture and batch size on one device, each in a lane of its own.

    note: what a reader of the run should know of how it went; empty while there is nothing.
    """

    def __init__(self, dataset: Dataset, device: str = "cuda", capacity: int = 1) -> None:
        self.capacity, self.device, self.note = capacity, device, ""
        if device.startswith("cuda"):
            torch.cuda.set_device(device)
        self._data = DeviceData(dataset, torch.device(device))
        if device.startswith("cuda"):
            torch.cuda.synchronize()  # the lanes' streams do not wait for this one
        self._numbers = count()
        self._courses: dict[int, GraphTraining] = {}
        self._free: list[InlineQueue] = []

    def admit(self, candidate: Candidate, seed: int) -> int:
        """Takes a candidate in; its first steps are queued when the pool is iterated."""
        member = next(self._numbers)
        queue = self._free.pop() if self._free else open_queue(self.device)
        self._courses[member] = GraphTraining(candidate, seed, self._data, queue)
        return member

    def drop(self, member: int) -> None:
        """Forgets a member and frees its memory and its lane."""
        course = self._courses.pop(member, None)
        if course is not None:
            course.close()
            self._free.append(course.queue)

    def __iter__(self) -> Iterator[PoolEvent]:
        while self._courses:
            busy = True
            for member in list(self._courses):
                told = self._advance(member) if member in self._courses else Turn.WAITING
                busy = busy and told is Turn.WAITING
                if isinstance(told, PoolEvent):
                    yield told
            if busy:
                time.sleep(PAUSE)

    def _advance(self, member: int) -> PoolEvent | Turn:
        try:
            # the same seed gives the same numbers again, and float32 is float32 as on a CPU
            with cudnn.flags(enabled=True, deterministic=True, allow_tf32=False):
                told = next(self._courses[member].turns)
        except CaptureError as error:
            self.note = f"{error}; such members train step by step, which is slower"
            self._courses[member] = self._courses[member].again()
            return Turn.QUEUED
        except TrainingError as error:
            self.drop(member)
            return PoolEvent(member, Failure(str(error)))
        if isinstance(told, Turn):
            return told
        if told.weights is not None:
            self.drop(member)
        return PoolEvent(member, told)

    def __enter__(self) -> "CudaGraphPool":
        return self

    def __exit__(self, *_: object) -> None:
        for member in list(self._courses):
            self.drop(member)
