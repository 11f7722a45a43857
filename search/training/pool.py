"""The interface of a pool, which trains several candidates at a time. No Optuna, no torch.

A candidate in a pool is a member. Each epoch of a member gives one event. All engines implement the
same semantics.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from search.candidates.candidate import Candidate
from search.errors import LossError, TrainingError

LONGEST = 500  # characters of an error's message that are kept
Weights = dict[str, np.ndarray]  # a state_dict as float32 arrays


@dataclass(frozen=True)
class EpochResult:
    """The result of one epoch. Accuracies are fractions, losses are mean cross-entropies.

    epoch: counted from 1. training: measured on the augmented batches during the epoch, with
    dropout. validation: of the scored weights (averaged or raw) on the whole validation split.
    weights: the scored ones, after the last epoch only.
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
    """Why a member ended without a result. died: its worker process was killed from outside.

    error: type and message of an error of the program; "" where the member's loss is no finite
    number, which says something of the member.
    """

    reason: str
    died: bool = False
    error: str = ""

    @classmethod
    def of(cls, error: Exception) -> "Failure":
        """The failure of a member whose training raised the error."""
        if isinstance(error, LossError):
            return cls(str(error))
        line = " ".join(str(error).split())[:LONGEST]
        cause = f"{type(error).__name__}: {line}" if line else type(error).__name__
        return cls(line if isinstance(error, TrainingError) else cause, error=cause)


@dataclass(frozen=True)
class PoolEvent:
    """A result of a member. The member is gone after its last epoch and after a failure."""

    member: int
    result: EpochResult | Failure


class Pool(Protocol):
    """Trains at most `capacity` candidates at a time.

    Iterating yields events until no member is left; members may be admitted and dropped between
    two events. Leaving the `with` block ends all members. note: a remark for the reader of the
    run, such as a slower way of training; empty if there is none.
    """

    capacity: int
    device: str
    note: str

    def admit(self, candidate: Candidate, seed: int) -> int:
        """Adds a candidate and returns its member number; at most `capacity` at a time."""

    def drop(self, member: int) -> None:
        """Stops a member, at the latest after its current epoch; no effect if it is gone."""

    def __iter__(self) -> Iterator[PoolEvent]: ...

    def __enter__(self) -> "Pool": ...

    def __exit__(self, *_: object) -> None: ...
