"""Simulated training: learning curves come from a formula, nothing is trained. No torch.

A simulated study takes seconds. It tests a space, a sampler, a pruner, a storage or the use of
several processes; its accuracies say nothing about real networks. A curve depends on the candidate
and its seed alone:

    validation accuracy = 1 - error * (1 + 4 * exp(-epoch / 2)) + noise, clipped to [0, 1]

`simulated_error` is the error that the curve approaches. It decreases with the candidate's MACs and
increases with unsuitable values of learning rate, schedule, averaging, rotation and dropout, so
that there is something to learn for a sampler and something to stop for a pruner.

The environment variable `FRUGAL_SIMULATED_SECONDS` sets the seconds per epoch for the command line.
"""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from math import exp, isfinite, log10

import numpy as np

from search.candidates.blocks import dropout_rates
from search.candidates.candidate import Candidate
from search.errors import FrugalError
from search.seeds import derive
from search.training.pool import EpochResult, PoolEvent, Weights

SECONDS_VARIABLE = "FRUGAL_SIMULATED_SECONDS"  # seconds per epoch, 0 if unset
AccuracyFunction = Callable[[Candidate, int, int], float]

LOWEST_ERROR = 0.005  # of the best candidate
ERROR_BY_SIZE = 0.012  # added for a network without MACs
ENOUGH_MACS = 400_000  # MACs that reduce ERROR_BY_SIZE to about a third
BEST_RATES = {"sgd": 0.08, "adamw": 0.006}
BEST_RATE = 0.01  # of any other optimiser
BEST_ROTATION = 8  # degrees
ERROR_BY_SCHEDULE = {
    "onecycle": 0.0,
    "cosine": 0.001,
    "step": 0.003,
    "constant": 0.006,
    "linear": 0.001,
    "exponential": 0.002,
    "constant-decay": 0.001,
}
NOISE = 0.0004  # standard deviation of an accuracy: as between epochs of recorded curves

# Ratios of the other figures of an epoch to the validation error: medians over epochs 2 to 15 of
# the 21 candidates of studies/2026-11-cpu that were trained to the end, with label smoothing.
TRAINING_ERROR = 1.3  # training error per validation error
VALIDATION_LOSS = 6.3  # validation loss per validation error
TRAINING_LOSS = 20.0  # training loss per training error

WEIGHT_SEEDS = 2**24  # integers that float32 holds exactly


def simulated_accuracy(candidate: Candidate, seed: int, epoch: int) -> float:
    """Return the simulated validation accuracy, a fraction, after an epoch, counted from 1."""
    rising = 1 + 4 * exp(-epoch / 2)
    noise = np.random.default_rng(derive(seed, "instant", epoch) % 2**32).normal(0, NOISE)
    return float(np.clip(1 - simulated_error(candidate) * rising + noise, 0, 1))


def simulated_error(candidate: Candidate) -> float:
    """Return the validation error that the candidate's curve approaches, without noise."""
    architecture, recipe = candidate.architecture, candidate.recipe
    rate_ratio = log10(recipe.rate / BEST_RATES.get(recipe.optimiser, BEST_RATE))
    return (
        LOWEST_ERROR
        + ERROR_BY_SIZE * exp(-architecture.macs / ENOUGH_MACS)
        + 0.006 * rate_ratio**2
        + ERROR_BY_SCHEDULE[recipe.schedule.kind]
        + 0.003 * (recipe.ema == 0)
        + 0.00003 * (recipe.augmentation.rotation - BEST_ROTATION) ** 2
        + 0.02 * sum(dropout_rates(architecture.blocks))
    )


@dataclass
class SimulatedTraining:
    """One candidate in the pool.

    started: start of the current epoch on the monotonic clock. epoch: its number, from 1.
    """

    candidate: Candidate
    seed: int
    started: float
    epoch: int = 1


class SimulatedPool:
    """A pool of simulated training in the calling process, one epoch of each member in turn.

    capacity: number of members at a time; no processes are started. seconds_per_epoch: wall-clock
    duration of an epoch, during which all members advance; 0 disables sleeping. accuracy: function
    of (candidate, seed, epoch counted from 1) that returns the validation accuracy as a fraction.

    The `seconds` of a result are seconds_per_epoch plus the time to compute it. `weights` is an
    array with one number, derived from the seed. drawing_seconds: CPU time spent on results so far.
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
        """Add a candidate; its first epoch starts now."""
        member = next(self._numbers)
        self._members[member] = SimulatedTraining(candidate, seed, time.monotonic())
        return member

    def drop(self, member: int) -> None:
        """Remove a member."""
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
        """Return the result of the member's epoch and start its next epoch, if there is one."""
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
    """Return the value of FRUGAL_SIMULATED_SECONDS, 0 if unset; FrugalError if it is invalid."""
    text = os.environ.get(SECONDS_VARIABLE, "0")
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not (isfinite(seconds) and seconds >= 0):
        raise FrugalError(
            f"{SECONDS_VARIABLE}={text}: must be a number of seconds per epoch of at least 0; "
            "unset it to use 0"
        )
    return seconds


def _weights(seed: int) -> Weights:
    """Return a placeholder for weights: one number that differs between seeds."""
    return {"seed": np.array([seed % WEIGHT_SEEDS], np.float32)}
