"""A pool that trains its members concurrently on one CUDA device, each on its own stream.

A training step is captured once as a CUDA graph and then replayed. The host never waits for a
member: it queues a slice of steps for each member in turn, and reads the results of an epoch when
they are available. On other devices the members take the same steps without streams and graphs;
most tests use this mode.
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
from search.training.engines.cuda_step import CapturableTraining
from search.training.pool import EpochResult, Failure, PoolEvent
from search.training.trainer import DeviceData, check_finite, is_out_of_memory, memory_errors

SLICE = 16  # steps queued for a member at a time: an estimate, not measured yet
QUEUED_SLICES = 2  # limit per member: one runs while the host serves other members
PAUSE = 1e-4  # seconds that the host sleeps if no member can queue another slice
WARM_UP = 3  # steps before a capture, as in torch's own examples


class CaptureError(Exception):
    """A step could not be captured as a CUDA graph, for a reason other than lack of memory."""


class InlineQueue:
    """Runs work immediately, in the calling thread.

    can_capture: whether `capture` returns a graph.
    """

    can_capture = False

    def activate(self) -> AbstractContextManager[Any]:
        """Return a context manager that sends the work for the device to this queue."""
        return nullcontext()

    def record_event(self) -> Callable[[], bool]:
        """Return a function that reports, without waiting, whether all work so far is done."""
        return lambda: True

    def copy_to_host(self, values: Tensor) -> Tensor:
        """Return the values in host memory; valid once an event recorded later is done."""
        return values

    def synchronize(self) -> None:
        """Wait until all queued work is done."""

    def capture(self, step: Callable[[], None], _: torch.Generator) -> Callable[[], None]:
        """Return a function that replays the step, with new random numbers in each replay.

        In this class it is the step itself. If CaptureError is raised, `stop_capturing` must be
        called.
        """
        return step

    def stop_capturing(self) -> None:
        """Disable captures in this queue."""


class CudaStream(InlineQueue):
    """A CUDA stream. Must be created and used while its device is the current device."""

    can_capture = True

    def __init__(self) -> None:
        self._stream = torch.cuda.Stream()
        self._host = torch.empty(4, dtype=torch.float64, pin_memory=True)

    def activate(self) -> AbstractContextManager[Any]:
        """See `InlineQueue`."""
        return torch.cuda.stream(self._stream)

    def record_event(self) -> Callable[[], bool]:
        """See `InlineQueue`."""
        event = torch.cuda.Event()
        event.record(self._stream)
        return event.query

    def copy_to_host(self, values: Tensor) -> Tensor:
        """See `InlineQueue`. Takes four float64 values; the next call overwrites the result."""
        return self._host.copy_(values, non_blocking=True)

    def synchronize(self) -> None:
        """See `InlineQueue`."""
        self._stream.synchronize()

    def capture(self, step: Callable[[], None], generator: torch.Generator) -> Callable[[], None]:
        """See `InlineQueue`. The step must have run `WARM_UP` times; capturing does not run it.

        Each graph has its own memory pool, which is freed with the graph: graphs that run
        concurrently must not share a pool.
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
            raise CaptureError(f"cannot capture a training step as a CUDA graph: {line}") from error
        return graph.replay

    def stop_capturing(self) -> None:
        """See `InlineQueue`. Creates a new stream: a failed capture may leave one unusable."""
        self.can_capture = False
        self._stream = torch.cuda.Stream()


def open_queue(device: str) -> InlineQueue:
    """Return a new queue on a device."""
    return CudaStream() if device.startswith("cuda") else InlineQueue()


class Turn(Enum):
    """The outcome of a member's turn without the end of an epoch."""

    QUEUED = auto()  # a slice of steps was queued
    WAITING = auto()  # nothing could be queued yet


class GraphTraining:
    """The training of one member. queue: where its work runs. turns: see `_turns`."""

    def __init__(
        self, candidate: Candidate, seed: int, data: DeviceData, queue: InlineQueue
    ) -> None:
        self.queue = queue
        self._arguments = (candidate, seed, data)
        self.turns = self._turns()

    def restart_without_graph(self) -> "GraphTraining":
        """Return the same training, restarted from its first epoch, with captures disabled."""
        self.close()
        self.queue.stop_capturing()
        return GraphTraining(*self._arguments, self.queue)

    def close(self) -> None:
        """Wait for all queued work, end the training and free its memory."""
        self.queue.synchronize()  # a running graph must not be destroyed
        self.turns.close()

    def _turns(self) -> Generator[EpochResult | Turn]:
        """Queue a slice of steps in each turn; the last turn of an epoch yields its result.

        Raises the errors of `search.training.trainer.train`, and CaptureError in the first epoch.
        """
        candidate, seed, data = self._arguments
        with memory_errors(data.device):
            started = time.perf_counter()
            with self.queue.activate():
                training = CapturableTraining(candidate, seed, data)
            steps = self._steps(training)
            for epoch in range(1, candidate.recipe.epochs + 1):
                with self.queue.activate():
                    training.begin_epoch(epoch)
                yield from self._queue_steps(training.steps, steps)
                yield from self._result(training, epoch, started)
                started = time.perf_counter()

    def _steps(self, training: CapturableTraining) -> Iterator[None]:
        """Take one step per item: WARM_UP eager steps, then replays of the captured step.

        Epochs of at most WARM_UP steps use no graph. Therefore a capture can only happen in the
        first epoch, and if it fails, the training can restart before it has yielded a result.
        """
        step = training.step
        for _ in range(WARM_UP):
            yield step()
        if self.queue.can_capture and training.steps > WARM_UP:
            step = self.queue.capture(step, training.generator)
        while True:
            yield step()

    def _queue_steps(self, count: int, steps: Iterator[None]) -> Iterator[Turn]:
        """Queue the steps of an epoch, with at most `QUEUED_SLICES` unfinished slices."""
        queued: deque[Callable[[], bool]] = deque()
        for start in range(0, count, SLICE):
            while len(queued) >= QUEUED_SLICES:
                if queued[0]():
                    queued.popleft()
                else:
                    yield Turn.WAITING
            with self.queue.activate():
                for _ in range(start, min(start + SLICE, count)):
                    next(steps)
                queued.append(self.queue.record_event())
            yield Turn.QUEUED

    def _result(
        self, training: CapturableTraining, epoch: int, started: float
    ) -> Iterator[EpochResult | Turn]:
        with self.queue.activate():
            values = self.queue.copy_to_host(training.measurements())
            is_done = self.queue.record_event()
        while not is_done():
            yield Turn.WAITING
        accuracy, loss, validation_accuracy, validation_loss = values.tolist()
        check_finite(loss, "training", epoch)
        check_finite(validation_loss, "validation", epoch)
        seconds = time.perf_counter() - started
        with self.queue.activate():
            weights = training.weights() if epoch == training.recipe.epochs else None
        yield EpochResult(
            epoch,
            training_accuracy=accuracy,
            training_loss=loss,
            validation_accuracy=validation_accuracy,
            validation_loss=validation_loss,
            seconds=seconds,
            weights=weights,
        )


class CudaGraphPool:
    """Members of any architecture and batch size on one device, each with its own queue."""

    def __init__(self, dataset: Dataset, device: str = "cuda", capacity: int = 1) -> None:
        self.capacity, self.device, self.note = capacity, device, ""
        if device.startswith("cuda"):
            torch.cuda.set_device(device)
        self._data = DeviceData(dataset, torch.device(device))
        if device.startswith("cuda"):
            torch.cuda.synchronize()  # the streams of the members do not wait for this stream
        self._numbers = count()
        self._trainings: dict[int, GraphTraining] = {}
        self._free_queues: list[InlineQueue] = []

    def admit(self, candidate: Candidate, seed: int) -> int:
        """Add a candidate; its first steps are queued when the pool is iterated."""
        member = next(self._numbers)
        queue = self._free_queues.pop() if self._free_queues else open_queue(self.device)
        self._trainings[member] = GraphTraining(candidate, seed, self._data, queue)
        return member

    def drop(self, member: int) -> None:
        """Remove a member and free its memory and its queue."""
        training = self._trainings.pop(member, None)
        if training is not None:
            training.close()
            self._free_queues.append(training.queue)

    def __iter__(self) -> Iterator[PoolEvent]:
        while self._trainings:
            all_waiting = True
            for member in list(self._trainings):
                outcome = self._advance(member) if member in self._trainings else Turn.WAITING
                all_waiting = all_waiting and outcome is Turn.WAITING
                if isinstance(outcome, PoolEvent):
                    yield outcome
            if all_waiting:
                time.sleep(PAUSE)

    def _advance(self, member: int) -> PoolEvent | Turn:
        try:
            # deterministic: results are reproducible; no TF32: full float32 precision as on a CPU
            with cudnn.flags(enabled=True, deterministic=True, allow_tf32=False):
                outcome = next(self._trainings[member].turns)
        except CaptureError as error:
            self.note = f"{error}; training without CUDA graphs instead, which is slower"
            self._trainings[member] = self._trainings[member].restart_without_graph()
            return Turn.QUEUED
        # an error in one member must not end the other members or the run
        except Exception as error:  # noqa: BLE001
            self.drop(member)
            return PoolEvent(member, Failure.of(error))
        if isinstance(outcome, Turn):
            return outcome
        if outcome.weights is not None:
            self.drop(member)
        return PoolEvent(member, outcome)

    def __enter__(self) -> "CudaGraphPool":
        return self

    def __exit__(self, *_: object) -> None:
        for member in list(self._trainings):
            self.drop(member)
