"""Searches for the smallest network without training: accuracies are drawn by size and seed."""

from collections.abc import Callable
from dataclasses import replace
from math import exp
from pathlib import Path
from random import Random
from typing import Any

from search.candidates.baselines import Baseline
from search.candidates.candidate import Candidate
from search.loop.run import Run
from search.study.settings import StudySettings
from search.study.study import Study, create_or_resume
from search.study.user_files import Objective, Space, load_objective, load_space
from search.training.engines.simulated import SimulatedPool
from tests.support import tiny

TARGET = 0.95
HALF = 400  # parameters: half of what can be reached is reached with so many


def accuracy_by_size(candidate: Candidate, seed: int, epoch: int) -> float:
    """Validation accuracy after an epoch: the larger the better, with noise of one point."""
    noise = Random(f"{seed} {epoch}").gauss(0, 0.01)
    return min(1.0, 0.999 - 0.2 * exp(-candidate.architecture.parameters / HALF) + noise)


def opened(
    root: Path, space: Path = tiny.SPACE, objective: Path = tiny.OBJECTIVE, **changed: Any
) -> tuple[Study, Space, Objective]:
    """The study in `root`, begun or resumed, with its files; by default the tiny ones."""
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
    **options: Any,
) -> Study:
    """Searches until the study holds `wanted`. options: see `opened`."""
    study, space, objective = opened(root, **options)
    run = Run(
        study,
        space=space,
        objective=objective,
        pool=SimulatedPool(capacity, accuracy=accuracy_by_size),
        wanted=wanted,
        sampler=sampler,
        prune=prune,
        published=published,
    )
    for event in run.events():
        if show:
            show(event, run)
    return study
