"""Searches for the smallest network without training: accuracies are drawn, by size and seed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from math import exp
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from search.candidates.baselines import Baseline
from search.candidates.candidate import Candidate
from search.loop.run import Run
from search.study.settings import StudySettings
from search.study.study import Study, create_or_resume
from search.study.user_files import Objective, Space, load_objective, load_space
from search.training.pool import EpochResult
from search.training.pool import PoolEvent as Trained
from tests.support import tiny

TARGET = 0.95
HALF = 400  # parameters: half of what can be reached is reached with so many


class Pool:
    """Members that learn nothing: an epoch each in turn, a drawn accuracy."""

    device = "cpu"

    def __init__(self, capacity: int = 1) -> None:
        self.capacity = capacity
        self._members: dict[int, tuple[Candidate, int, int]] = {}
        self._numbers = count()
        self.epochs = 0

    def admit(self, candidate: Candidate, seed: int) -> int:
        """A new member."""
        member = next(self._numbers)
        self._members[member] = (candidate, seed, 0)
        return member

    def drop(self, member: int) -> None:
        """It is gone."""
        self._members.pop(member, None)

    def __iter__(self) -> Iterator[Trained]:
        while self._members:
            for member in list(self._members):
                if member in self._members:
                    yield self._trained(member)

    def _trained(self, member: int) -> Trained:
        candidate, seed, epoch = self._members[member]
        self._members[member] = (candidate, seed, epoch + 1)
        self.epochs += 1
        accuracy = drawn(candidate.architecture.parameters, seed, epoch)
        weights = None
        if epoch + 1 == candidate.recipe.epochs:
            weights = {"seed": np.float64([seed % 2**32])}
            del self._members[member]
        return Trained(
            member,
            EpochResult(
                epoch + 1,
                training_accuracy=0.5,
                training_loss=1.0,
                validation_accuracy=accuracy,
                validation_loss=1.0,
                seconds=0.1,
                weights=weights,
            ),
        )


def drawn(parameters: int, seed: int, epoch: int) -> float:
    """The accuracy after an epoch: the larger the better, with noise of one point."""
    noise = Random(f"{seed} {epoch}").gauss(0, 0.01)
    return min(1.0, 0.999 - 0.2 * exp(-parameters / HALF) + noise)


def opened(
    root: Path, space: Path = tiny.SPACE, objective: Path = tiny.OBJECTIVE, **changed: Any
) -> tuple[Study, Space, Objective]:
    """The study in `root`, begun or resumed, with its files; of the tiny ones if not told."""
    files = load_space(space), load_objective(objective)
    return create_or_resume("tiny", root, replace(setup_of(*files), **changed)), *files


def setup_of(space: Space, objective: Objective) -> StudySettings:
    """A study for the fewest parameters that hold TARGET; its first successes come early."""
    return StudySettings(
        data="mnist",
        digest="0123456789",
        image=(1, 28, 28),
        classes=10,
        budget=objective.budget,
        window=objective.window,
        seed=1,
        space=space.source,
        objective=objective.source,
        validation_images=10_000,
        minimise="parameters",
        target=TARGET,
    )


def search(
    root: Path,
    wanted: int,
    *,
    show: Callable[[Any, Run], None] | None = None,
    capacity: int = 1,
    sampler: str = "random",
    prune: bool = True,
    published: tuple[Baseline, ...] = (),
    **given: Any,
) -> Study:
    """Searches until the study holds `wanted`. given: see `opened`."""
    study, space, objective = opened(root, **given)
    run = Run(
        study,
        space=space,
        objective=objective,
        pool=Pool(capacity),
        wanted=wanted,
        sampler=sampler,
        prune=prune,
        published=published,
    )
    for event in run.events():
        if show:
            show(event, run)
    return study
