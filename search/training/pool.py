"""The interface of a pool, which trains several candidates at a time. No Optuna, no torch.

A candidate in a pool is called a member. Each epoch of a member yields one event. All engines have
the same semantics.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from search.candidates.candidate import Candidate
from search.errors import LossError, TrainingError

LONGEST = 500  # characters of an error message that are recorded
Weights = dict[str, np.ndarray]  # a state_dict as float32 arrays


@dataclass(frozen=True)
class EpochResult:
    """The result of one epoch. Accuracies are fractions, losses are mean cross-entropies.

    epoch: counted from 1. training_*: measured on the augmented batches during the epoch, with
    dropout. validation_*: measured with the scored weights (averaged or raw) on the whole
    validation split. seconds: duration of the epoch. weights: the scored weights after the last
    epoch, None before.
    """

    epoch: int
    training_accuracy: float
    training_loss: float
    validation_accuracy: float
    validation_loss: float
    seconds: float
    weights: Weights | None = None


@dataclass(frozen=True)
class Failure:
    """The reason why the training of a member failed.

    died: whether the cause was outside the member, such as a killed worker process. error: type and
    message of a program error; "" if the loss of the member is not finite, which is a property of
    the member and not an error.
    """

    reason: str
    died: bool = False
    error: str = ""

    @classmethod
    def of(cls, error: Exception) -> "Failure":
        """Return the failure of a member, from the error that its training raised."""
        if isinstance(error, LossError):
            return cls(str(error))
        line = " ".join(str(error).split())[:LONGEST]
        cause = f"{type(error).__name__}: {line}" if line else type(error).__name__
        return cls(line if isinstance(error, TrainingError) else cause, error=cause)


@dataclass(frozen=True)
class PoolEvent:
    """A result of a member. The pool removes a member after its last epoch and after a failure."""

    member: int
    result: EpochResult | Failure


class Pool(Protocol):
    """Trains at most `capacity` candidates at a time.

    Iterating yields events until no member is left. Members may be added and dropped between two
    events. Leaving the `with` block stops all members. note: a message for the user, for example
    that training is slower than usual; empty if there is none.
    """

    capacity: int
    device: str
    note: str

    def admit(self, candidate: Candidate, seed: int) -> int:
        """Add a candidate and return its member number; at most `capacity` at a time."""

    def drop(self, member: int) -> None:
        """Stop a member, at the latest after its current epoch; no effect if it has ended."""

    def __iter__(self) -> Iterator[PoolEvent]: ...

    def __enter__(self) -> "Pool": ...

    def __exit__(self, *_: object) -> None: ...
