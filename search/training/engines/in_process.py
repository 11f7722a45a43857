"""A pool in the calling process: its members train in turn, one epoch at a time."""

from collections.abc import Iterator
from itertools import count

import torch
from torch.backends import cudnn

from search.candidates.candidate import Candidate
from search.data.dataset import Dataset
from search.training.pool import EpochResult, Failure, PoolEvent
from search.training.trainer import DeviceData, train


class InProcessPool:
    """Members of any architecture on one device, trained in turn."""

    def __init__(self, dataset: Dataset, device: str = "cpu", capacity: int = 1) -> None:
        self.capacity, self.device, self.note = capacity, device, ""
        self._data = DeviceData(dataset, torch.device(device))
        self._numbers = count()
        self._members: dict[int, Iterator[EpochResult]] = {}

    def admit(self, candidate: Candidate, seed: int) -> int:
        """Add a candidate; its first epoch runs when the pool is iterated."""
        member = next(self._numbers)
        self._members[member] = train(candidate, seed, self._data)
        return member

    def drop(self, member: int) -> None:
        """Remove a member and free its memory."""
        self._members.pop(member, None)

    def __iter__(self) -> Iterator[PoolEvent]:
        while self._members:
            for member in list(self._members):
                if member in self._members:
                    yield self._advance(member)

    def _advance(self, member: int) -> PoolEvent:
        try:
            # deterministic: results are reproducible; no TF32: full float32 precision as on a CPU
            with cudnn.flags(enabled=True, deterministic=True, allow_tf32=False):
                result = next(self._members[member])
        # an error in one member must not end the other members or the run
        except Exception as error:  # noqa: BLE001
            self.drop(member)
            return PoolEvent(member, Failure.of(error))
        if result.weights is not None:
            self.drop(member)
        return PoolEvent(member, result)

    def __enter__(self) -> "InProcessPool":
        return self

    def __exit__(self, *_: object) -> None:
        self._members.clear()
