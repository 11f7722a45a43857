"""A pool whose members train at the same time on one CUDA device, each on a stream of its own.

A training step is captured once as a CUDA graph and replayed. The host never waits for a member: it
queues a slice of steps for each in turn, and reads an epoch's results once available. On other
devices the members take the same steps without streams and graphs, which is how most of this is
tested.
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

SLICE = 16  # steps queued for a member at a time: an estimate, until it is measured
QUEUED_SLICES = 2  # at most, of a member: one runs while the host is with other members
PAUSE = 1e-4  # seconds that the host sleeps when no member can queue another slice
WARM_UP = 3  # steps before a capture: torch's own examples take three


class CaptureError(Exception):
    """A step could not be captured as a CUDA graph, for another reason than memory."""


class InlineQueue:
    """Runs work at once, in the calling thread. can_capture: whether `capture` makes graphs."""

    can_capture = False

    def activate(self) -> AbstractContextManager[Any]:
        """Within it, work for the device goes into this queue."""
        return nullcontext()

    def record_event(self) -> Callable[[], bool]:
        """A function that returns, without waiting, whether all work queued so far is done."""
        return lambda: True

    def copy_to_host(self, values: Tensor) -> Tensor:
        """The values in host memory; valid once an event recorded later is done."""
        return values

    def synchronize(self) -> None:
        """Waits until all queued work is done."""

    def capture(self, step: Callable[[], None], _: torch.Generator) -> Callable[[], None]:
        """A function that replays the step; each replay draws new numbers from the generator.

        Here it is the step itself. CaptureError, after which `stop_capturing` must be called.
        """
        return step

    def stop_capturing(self) -> None:
        """No more captures in this queue."""


class CudaStream(InlineQueue):
    """A CUDA stream. To be created and used while its device is the current one."""

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
        """See `InlineQueue`; four float64 values, overwritten by the next four."""
        return self._host.copy_(values, non_blocking=True)

    def synchronize(self) -> None:
        """See `InlineQueue`."""
        self._stream.synchronize()

    def capture(self, step: Callable[[], None], generator: torch.Generator) -> Callable[[], None]:
        """See `InlineQueue`. The step must have run `WARM_UP` times; capturing does not run it.

        The graph has its own memory pool, freed with it: graphs that run at the same time must not
        share one.
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

    def stop_capturing(self) -> None:
        """See `InlineQueue`. Takes a new stream: that of a failed capture may be unusable."""
        self.can_capture = False
        self._stream = torch.cuda.Stream()


def open_queue(device: str) -> InlineQueue:
    """A new queue on a device."""
    return CudaStream() if device.startswith("cuda") else InlineQueue()


class Turn(Enum):
    """The outcome of a member's turn in which no epoch ended."""

    QUEUED = auto()  # a slice of steps was queued
    WAITING = auto()  # nothing could be queued yet


class GraphTraining:
    """The training of one member. queue: for its work. turns: see `_turns`."""

    def __init__(
        self, candidate: Candidate, seed: int, data: DeviceData, queue: InlineQueue
    ) -> None:
        self.queue = queue
        self._arguments = (candidate, seed, data)
        self.turns = self._turns()

    def restart_without_graph(self) -> "GraphTraining":
        """The same training from its beginning."""
        self.close()
        self.queue.stop_capturing()
        return GraphTraining(*self._arguments, self.queue)

    def close(self) -> None:
        """Ends the training and frees its memory, once all queued work is done."""
        self.queue.synchronize()  # a graph must not be destroyed while it runs
        self.turns.close()

    def _turns(self) -> Generator[EpochResult | Turn]:
        """Each turn queues a slice of steps; the last turn of an epoch gives its result.

        Errors are those of `search.training.trainer.train`, and CaptureError in the first epoch.
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
        """Takes one step for each item: three to warm up, then replays of the captured step.

        An epoch of three steps or fewer needs no graph. So a capture happens in the first epoch
        only, and where it fails the training can restart before any result was given.
        """
        step = training.step
        for _ in range(WARM_UP):
            yield step()
        if self.queue.can_capture and training.steps > WARM_UP:
            step = self.queue.capture(step, training.generator)
        while True:
            yield step()

    def _queue_steps(self, count: int, steps: Iterator[None]) -> Iterator[Turn]:
        """Queues an epoch's steps, with at most `QUEUED_SLICES` slices that are not done."""
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
    """Members of any architecture and batch size on one device, each with a queue of its own."""

    def __init__(self, dataset: Dataset, device: str = "cuda", capacity: int = 1) -> None:
        self.capacity, self.device, self.note = capacity, device, ""
        if device.startswith("cuda"):
            torch.cuda.set_device(device)
        self._data = DeviceData(dataset, torch.device(device))
        if device.startswith("cuda"):
            torch.cuda.synchronize()  # the members' streams do not wait for this one
        self._numbers = count()
        self._trainings: dict[int, GraphTraining] = {}
        self._free_queues: list[InlineQueue] = []

    def admit(self, candidate: Candidate, seed: int) -> int:
        """Adds a candidate; its first steps are queued when the pool is iterated."""
        member = next(self._numbers)
        queue = self._free_queues.pop() if self._free_queues else open_queue(self.device)
        self._trainings[member] = GraphTraining(candidate, seed, self._data, queue)
        return member

    def drop(self, member: int) -> None:
        """Removes a member and frees its memory and its queue."""
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
            # the same seed gives the same numbers again, and float32 is float32 as on a CPU
            with cudnn.flags(enabled=True, deterministic=True, allow_tf32=False):
                outcome = next(self._trainings[member].turns)
        except CaptureError as error:
            self.note = f"{error}; such members train step by step, which is slower"
            self._trainings[member] = self._trainings[member].restart_without_graph()
            return Turn.QUEUED
        # whatever one member's training raises must neither end the others nor the run
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
