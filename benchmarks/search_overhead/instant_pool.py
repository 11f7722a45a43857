"""Candidates that are trained in no time: accuracies drawn from the candidate and its seed.

The one thing in `overhead.py` and `view.py` that is not real. The curves rise as recorded ones do,
and a candidate is the better the more it multiplies and the better its rate, schedule, averaging
and augmentation suit it, so a sampler has something to learn and pruning something to stop.
"""

import time
from collections.abc import Iterator
from itertools import count
from math import exp, log10

import numpy as np

from search.candidates.candidate import Candidate
from search.seeds import derive
from search.training.pool import EpochResult, PoolEvent

ENOUGH = 400_000  # MACs at which two thirds of what size can bring are reached
RATES = {"sgd": 0.08, "adamw": 0.006}  # the best ones
SCHEDULES = {"onecycle": 0.0, "cosine": 0.001, "step": 0.003, "constant": 0.006}  # error added
NOISE = 0.0004  # standard deviation of an accuracy: between epochs of recorded curves


class Pool:
    """Members that learn nothing: an epoch each in turn. seconds: of the CPU, spent on drawing."""

    device = "cpu"

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.seconds = 0.0
        self._members: dict[int, tuple[Candidate, int, int]] = {}
        self._numbers = count()

    def admit(self, candidate: Candidate, seed: int) -> int:
        """A new member."""
        member = next(self._numbers)
        self._members[member] = (candidate, seed, 1)
        return member

    def drop(self, member: int) -> None:
        """It is gone."""
        self._members.pop(member, None)

    def __iter__(self) -> Iterator[PoolEvent]:
        while self._members:
            for member in list(self._members):
                if member in self._members:
                    started = time.process_time()
                    event = self._trained(member)
                    self.seconds += time.process_time() - started
                    yield event

    def _trained(self, member: int) -> PoolEvent:
        candidate, seed, epoch = self._members[member]
        self._members[member] = (candidate, seed, epoch + 1)
        weights = None
        if epoch == candidate.recipe.epochs:
            weights = {"weights": np.zeros(candidate.architecture.parameters, np.float32)}
            del self._members[member]
        reached = accuracy(candidate, seed, epoch)
        return PoolEvent(
            member,
            EpochResult(
                epoch,
                training_accuracy=reached,
                training_loss=0.05,
                validation_accuracy=reached,
                validation_loss=0.05,
                seconds=0.1,
                weights=weights,
            ),
        )


def accuracy(candidate: Candidate, seed: int, epoch: int) -> float:
    """The drawn validation accuracy after an epoch, a fraction; the same whenever it is asked."""
    rising = 1 + 4 * exp(-epoch / 2)
    noise = np.random.default_rng(derive(seed, "instant", epoch) % 2**32).normal(0, NOISE)
    return float(np.clip(1 - error(candidate) * rising + noise, 0, 1))


def error(candidate: Candidate) -> float:
    """The fraction that the candidate gets wrong in the end, without noise; 0.005 at best."""
    architecture, recipe = candidate.architecture, candidate.recipe
    amiss = log10(recipe.rate / RATES.get(recipe.optimiser, 0.01))
    turned = recipe.augmentation.rotation - 8
    return (
        0.005
        + 0.012 * exp(-architecture.macs / ENOUGH)
        + 0.006 * amiss**2
        + SCHEDULES[recipe.schedule.kind]
        + 0.003 * (recipe.ema == 0)
        + 0.00003 * turned**2
        + 0.02 * sum(block.dropout for block in architecture.blocks)
    )
