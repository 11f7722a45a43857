"""Searches for the smallest network with simulated training: random accuracies by size."""

from collections.abc import Callable
from dataclasses import replace
from math import exp
from pathlib import Path
from random import Random
from typing import Any

from search.candidates.baselines import Baseline
from search.candidates.candidate import Candidate
from search.loop.run import Run
from search.loop.samplers import SamplerName
from search.study.settings import StudySettings
from search.study.study import Study, create_or_resume
from search.study.user_files import Objective, Space, load_objective, load_space
from search.training.engines.simulated import SimulatedPool
from tests.support import tiny

TARGET = 0.95
HALF = 400  # parameters: scale at which the accuracy saturates with the size


def accuracy_by_size(candidate: Candidate, seed: int, epoch: int) -> float:
    """Return the validation accuracy after an epoch; it rises with the size, noise is 1 point."""
    noise = Random(f"{seed} {epoch}").gauss(0, 0.01)
    return min(1.0, 0.999 - 0.2 * exp(-candidate.architecture.parameters / HALF) + noise)


def opened(
    root: Path, space: Path = tiny.SPACE, objective: Path = tiny.OBJECTIVE, **changed: Any
) -> tuple[Study, Space, Objective]:
    """Create or resume the study in `root`; return it with its files, by default the tiny ones."""
    files = load_space(space), load_objective(objective)
    return create_or_resume("tiny", root, replace(setup_of(*files), **changed)), *files


def setup_of(space: Space, objective: Objective) -> StudySettings:
    """Return settings for the fewest parameters that reach TARGET, which succeeds early."""
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
    sampler: SamplerName = "random",
    prune: bool = True,
    published: tuple[Baseline, ...] = (),
    **options: Any,
) -> Study:
    """Search until the study has `wanted` trained candidates. options: see `opened`."""
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
