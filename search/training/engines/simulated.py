"""Simulated training: learning curves are drawn, nothing is trained. Imports no torch.

A simulated study takes seconds. It shows whether a space, a sampler, a pruner, a storage or several
processes work; its accuracies say nothing about real networks. A curve depends on the candidate and
its seed alone:

    validation accuracy = 1 - error * (1 + 4 * exp(-epoch / 2)) + noise, clipped to [0, 1]

`simulated_error` gives the error that the curve approaches. It falls with the candidate's MACs and
rises where learning rate, schedule, averaging, rotation and dropout do not suit it, so that a
sampler has something to learn and pruning has something to stop.

`FRUGAL_SIMULATED_SECONDS` in the environment sets the seconds per epoch for the command line.
"""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from math import exp, isfinite, log10

import numpy as np

from search.candidates.candidate import Candidate
from search.errors import FrugalError
from search.seeds import derive
from search.training.pool import EpochResult, PoolEvent, Weights

SECONDS_VARIABLE = "FRUGAL_SIMULATED_SECONDS"  # seconds per epoch, 0 if unset
AccuracyFunction = Callable[[Candidate, int, int], float]

LOWEST_ERROR = 0.005  # of the best candidate
ERROR_BY_SIZE = 0.012  # added for a network without MACs
ENOUGH_MACS = 400_000  # at which two thirds of ERROR_BY_SIZE are gone
BEST_RATES = {"sgd": 0.08, "adamw": 0.006}
BEST_RATE = 0.01  # of any other optimiser
BEST_ROTATION = 8  # degrees
ERROR_BY_SCHEDULE = {"onecycle": 0.0, "cosine": 0.001, "step": 0.003, "constant": 0.006}
NOISE = 0.0004  # standard deviation of an accuracy: between epochs of recorded curves

# Ratios of the other figures of an epoch to the validation error. Medians of the 21 candidates of
# studies/2026-11-cpu that were trained to the end, epochs 2 to 15; labels were smoothed.
TRAINING_ERROR = 1.3  # training error per validation error
VALIDATION_LOSS = 6.3  # validation loss per validation error
TRAINING_LOSS = 20.0  # training loss per training error

WEIGHT_SEEDS = 2**24  # integers that float32 holds exactly


def simulated_accuracy(candidate: Candidate, seed: int, epoch: int) -> float:
    """The drawn validation accuracy after an epoch, counted from 1: a fraction."""
    rising = 1 + 4 * exp(-epoch / 2)
    noise = np.random.default_rng(derive(seed, "instant", epoch) % 2**32).normal(0, NOISE)
    return float(np.clip(1 - simulated_error(candidate) * rising + noise, 0, 1))


def simulated_error(candidate: Candidate) -> float:
    """The validation error that the candidate's curve approaches, a fraction, without noise."""
    architecture, recipe = candidate.architecture, candidate.recipe
    rate_ratio = log10(recipe.rate / BEST_RATES.get(recipe.optimiser, BEST_RATE))
    return (
        LOWEST_ERROR
        + ERROR_BY_SIZE * exp(-architecture.macs / ENOUGH_MACS)
        + 0.006 * rate_ratio**2
        + ERROR_BY_SCHEDULE[recipe.schedule.kind]
        + 0.003 * (recipe.ema == 0)
        + 0.00003 * (recipe.augmentation.rotation - BEST_ROTATION) ** 2
        + 0.02 * sum(block.dropout for block in architecture.blocks)
    )


@dataclass
class SimulatedTraining:
    """One candidate in the pool. started: of the epoch under way, on the monotonic clock."""

    candidate: Candidate
    seed: int
    started: float
    epoch: int = 1


class SimulatedPool:
    """A pool whose results are drawn, in this process, an epoch of each member in turn.

    capacity: places. A place is no process. seconds_per_epoch: wall-clock seconds that an epoch
    takes, during which all places advance; 0 does not sleep. accuracy: of (candidate, seed, epoch
    counted from 1), the validation accuracy as a fraction.

    The `seconds` of a result are seconds_per_epoch and what drawing it took. `weights` are an array
    of one number, taken from the seed. drawing_seconds: CPU time spent on drawing so far.
    """

    device = "simulated"
    note = ""

    def __init__(
        self,
        capacity: int = 1,
        seconds_per_epoch: float = 0.0,
        accuracy: AccuracyFunction = simulated_accuracy,
    ) -> None:
        self.capacity, self.seconds_per_epoch = capacity, seconds_per_epoch
        self.drawing_seconds = 0.0
        self._accuracy = accuracy
        self._numbers = count()
        self._members: dict[int, SimulatedTraining] = {}  # in the order in which epochs end

    def admit(self, candidate: Candidate, seed: int) -> int:
        """Adds a candidate; its first epoch begins now."""
        member = next(self._numbers)
        self._members[member] = SimulatedTraining(candidate, seed, time.monotonic())
        return member

    def drop(self, member: int) -> None:
        """Removes a member."""
        self._members.pop(member, None)

    def __iter__(self) -> Iterator[PoolEvent]:
        while self._members:
            member = next(iter(self._members))
            self._wait_for_epoch(self._members[member])
            yield self._advance(member)

    def _wait_for_epoch(self, training: SimulatedTraining) -> None:
        if self.seconds_per_epoch:
            end = training.started + self.seconds_per_epoch
            time.sleep(max(0.0, end - time.monotonic()))

    def _advance(self, member: int) -> PoolEvent:
        """The result of the member's epoch; the next epoch begins, unless this was the last."""
        training = self._members.pop(member)
        result = self._draw(training)
        if result.weights is None:
            training.epoch, training.started = training.epoch + 1, time.monotonic()
            self._members[member] = training
        return PoolEvent(member, result)

    def _draw(self, training: SimulatedTraining) -> EpochResult:
        started, cpu_started = time.perf_counter(), time.process_time()
        candidate, seed, epoch = training.candidate, training.seed, training.epoch
        accuracy = self._accuracy(candidate, seed, epoch)
        training_error = min(1.0, TRAINING_ERROR * (1 - accuracy))
        weights = _weights(seed) if epoch == candidate.recipe.epochs else None
        self.drawing_seconds += time.process_time() - cpu_started
        return EpochResult(
            epoch,
            training_accuracy=1 - training_error,
            training_loss=TRAINING_LOSS * training_error,
            validation_accuracy=accuracy,
            validation_loss=VALIDATION_LOSS * (1 - accuracy),
            seconds=self.seconds_per_epoch + time.perf_counter() - started,
            weights=weights,
        )

    def __enter__(self) -> "SimulatedPool":
        return self

    def __exit__(self, *_: object) -> None:
        self._members.clear()


def seconds_from_environment() -> float:
    """The value of FRUGAL_SIMULATED_SECONDS, 0 if unset; FrugalError where it is no duration."""
    text = os.environ.get(SECONDS_VARIABLE, "0")
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not (isfinite(seconds) and seconds >= 0):
        raise FrugalError(
            f"{SECONDS_VARIABLE}={text}: a number of seconds per epoch, at least 0; unset it for 0"
        )
    return seconds


def _weights(seed: int) -> Weights:
    """An array that stands for weights: small, and different from seed to seed."""
    return {"seed": np.array([seed % WEIGHT_SEEDS], np.float32)}
