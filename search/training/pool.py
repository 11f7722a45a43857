"""Training of candidates: one result per member and epoch comes out. Knows no Optuna.

`train` unfolds one candidate's epochs; a `Pool` trains several at a time and `open_pool` chooses
the engine that runs them. What the numbers mean does not depend on the engine.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from search.candidates.candidate import Candidate

Weights = dict[str, np.ndarray]  # a state_dict as float32 arrays


@dataclass(frozen=True)
class EpochResult:
    """What one epoch gave. Accuracies are fractions, losses mean cross-entropies.

    training: on the augmented batches as they were learned from, with dropout. validation: of the
    scored weights (EMA or raw) on the whole validation split. weights: the scored ones, after the
    last epoch only.
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
    """Why a member ended without a result. died: its worker process was killed from outside."""

    reason: str
    died: bool = False


@dataclass(frozen=True)
class PoolEvent:
    """What a member has to tell. After its last epoch, a failure or a drop it is gone."""

    member: int
    result: EpochResult | Failure


class Pool(Protocol):
    """Candidates that are trained at one time.

    Iterating yields events until no member is left; between two events members may be admitted
    and dropped. Leaving the `with` block ends all of them. note: what a reader of the run should
    know of how it went; empty while there is nothing.
    """

    capacity: int
    device: str
    note: str

    def admit(self, candidate: Candidate, seed: int) -> int:
        """Takes a candidate in and returns its member number; at most `capacity` at a time."""

    def drop(self, member: int) -> None:
        """Stops a member, at the latest after the epoch under way; one that is gone stays gone."""

    def __iter__(self) -> Iterator[PoolEvent]: ...

    def __enter__(self) -> "Pool": ...

    def __exit__(self, *_: object) -> None: ...
