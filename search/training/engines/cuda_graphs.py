"""A pool whose members advance together on one CUDA device, each a graph of a whole training step.

The host never waits for one member: it queues a slice of steps for each in turn, and reads an
epoch's results once they are there. Elsewhere than on CUDA the same members take the same steps
without streams and graphs, which is how all but those two is tested.
"""

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from enum import Enum, auto
from itertools import count

import torch
from torch.backends import cudnn

from search.candidates.candidate import Candidate
from search.data.dataset import Dataset
from search.errors import TrainingError
from search.training.engines.cuda_step import Stepper
from search.training.engines.lanes import WARM_UP, CaptureError, Lane, open_lane
from search.training.pool import EpochResult, Event, Failure, Resident, finite, telling_of_memory

SLICE = 16  # steps queued for a member at a time: an estimate, until it is measured
AHEAD = 2  # slices of a member that may be queued: one runs while the host is with other members
PAUSE = 1e-4  # seconds that the host sleeps when all members have all their slices queued


class Turn(Enum):
    """What came of a member's turn when no epoch ended: steps were queued, or it had to wait."""

    QUEUED = auto()
    WAITING = auto()


class Course:
    """One member's training, taken in turns; see `turns`. lane: where its work is queued."""

    def __init__(self, candidate: Candidate, seed: int, data: Resident, lane: Lane) -> None:
        self.lane = lane
        self._told = (candidate, seed, data)
        self.turns = self._turns()

    def again(self) -> "Course":
        """The same training from its beginning, without a graph."""
        self.close()
        self.lane.give_up()
        return Course(*self._told, self.lane)

    def close(self) -> None:
        """Ends it and frees its memory, once what is queued has run."""
        self.lane.settle()  # first: a graph in flight is not to be destroyed
        self.turns.close()

    def _turns(self) -> Generator[EpochResult | Turn]:
        """A slice of steps is queued at each turn; the last turn of an epoch gives its result.

        Errors as of `search.training.train`; CaptureError, only ever within the first epoch.
        """
        candidate, seed, data = self._told
        with telling_of_memory(data.device):
            started = time.perf_counter()
            with self.lane.entered():
                stepper = Stepper(candidate, seed, data)
            steps = self._steps(stepper)
            for epoch in range(1, candidate.recipe.epochs + 1):
                with self.lane.entered():
                    stepper.begin(epoch)
                yield from self._queue(stepper.steps, steps)
                yield from self._result(stepper, epoch, started)
                started = time.perf_counter()

    def _steps(self, stepper: Stepper) -> Iterator[None]:
        """A step at a time. Three steps warm up, the fourth is captured and from then on replayed.

        Where the first epoch has no fourth there is no graph: so little needs none, and a broken
        capture can begin again unnoticed.
        """
        step = stepper.step
        for _ in range(WARM_UP):
            yield step()
        if self.lane.captures and stepper.steps > WARM_UP:
            step = self.lane.captured(step, stepper.generator)
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
            with self.lane.entered():
                for _ in range(start, min(start + SLICE, count)):
                    next(steps)
                queued.append(self.lane.mark())
            yield Turn.QUEUED

    def _result(self, stepper: Stepper, epoch: int, started: float) -> Iterator[EpochResult | Turn]:
        with self.lane.entered():
            measured = self.lane.fetch(stepper.measured())
            there = self.lane.mark()
        while not there():
            yield Turn.WAITING
        training, loss, validation, error = measured.tolist()
        finite(loss, "training", epoch)
        finite(error, "validation", epoch)
        seconds = time.perf_counter() - started
        with self.lane.entered():
            weights = stepper.weights() if epoch == stepper.recipe.epochs else None
        yield EpochResult(epoch, training, loss, validation, error, seconds, weights)


class GraphPool:
    """Members of any architecture and batch size on one device, each in a lane of its own.

    note: what a reader of the run should know of how it went; empty while there is nothing.
    """

    def __init__(self, dataset: Dataset, device: str = "cuda", capacity: int = 1) -> None:
        self.capacity, self.device, self.note = capacity, device, ""
        if device.startswith("cuda"):
            torch.cuda.set_device(device)
        self._data = Resident(dataset, torch.device(device))
        if device.startswith("cuda"):
            torch.cuda.synchronize()  # the lanes' streams do not wait for this one
        self._numbers = count()
        self._courses: dict[int, Course] = {}
        self._free: list[Lane] = []

    def admit(self, candidate: Candidate, seed: int) -> int:
        """Takes a candidate in; its first steps are queued when the pool is iterated."""
        member = next(self._numbers)
        lane = self._free.pop() if self._free else open_lane(self.device)
        self._courses[member] = Course(candidate, seed, self._data, lane)
        return member

    def drop(self, member: int) -> None:
        """Forgets a member and frees its memory and its lane."""
        course = self._courses.pop(member, None)
        if course is not None:
            course.close()
            self._free.append(course.lane)

    def __iter__(self) -> Iterator[Event]:
        while self._courses:
            busy = True
            for member in list(self._courses):
                told = self._advance(member) if member in self._courses else Turn.WAITING
                busy = busy and told is Turn.WAITING
                if isinstance(told, Event):
                    yield told
            if busy:
                time.sleep(PAUSE)

    def _advance(self, member: int) -> Event | Turn:
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
            return Event(member, Failure(str(error)))
        if isinstance(told, Turn):
            return told
        if told.weights is not None:
            self.drop(member)
        return Event(member, told)

    def __enter__(self) -> "GraphPool":
        return self

    def __exit__(self, *_: object) -> None:
        for member in list(self._courses):
            self.drop(member)
