"""Real studies in one or two seconds: tiny networks on a few hundred images of MNIST."""

import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import torch

from search.data.dataset import Dataset
from search.loop.events import RunEvent
from search.loop.run import Run
from search.loop.samplers import SamplerName
from search.study.settings import StudySettings
from search.study.study import Study, create_or_resume
from search.study.user_files import Objective, Space, load_objective, load_space
from search.training.engines.in_process import InProcessPool

FOLDER = Path(__file__).parent
SPACE, OBJECTIVE = FOLDER / "space.py", FOLDER / "objective.py"
TRAIN, VALIDATION = 300, 200  # images
PATIENCE = 240.0  # seconds to wait for a condition before the test fails
context = get_context("forkserver")  # imports torch once, so that processes start fast
context.set_forkserver_preload(["tests.support.tiny"])


def few(dataset: Dataset) -> Dataset:
    """Return a dataset with only the first images of both splits."""
    train = dataset.train.at(torch.arange(TRAIN))
    return replace(dataset, train=train, validation=dataset.validation.at(torch.arange(VALIDATION)))


def setup_of(dataset: Dataset, space: Space, objective: Objective, **changed: Any) -> StudySettings:
    """Return the settings of a study on the dataset."""
    made = StudySettings(
        data=dataset.name,
        digest=dataset.digest,
        image=dataset.image,
        classes=len(dataset.classes),
        budget=objective.budget,
        window=objective.window,
        seed=0,
        space=space.source,
        objective=objective.source,
    )
    return replace(made, **changed)


def opened(
    root: Path,
    dataset: Dataset,
    *,
    name: str = "tiny",
    space: Path = SPACE,
    objective: Path = OBJECTIVE,
    storage: str | None = None,
    **changed: Any,
) -> tuple[Study, Space, Objective]:
    """Create or resume the study in `root`; return it with its space and objective."""
    files = load_space(space), load_objective(objective)
    return create_or_resume(name, root, setup_of(dataset, *files, **changed), storage), *files


def search(
    root: Path,
    dataset: Dataset,
    wanted: int,
    *,
    show: Callable[[RunEvent, Run], None] | None = None,
    sampler: SamplerName = "tpe",
    prune: bool = False,
    capacity: int = 1,
    **given: Any,
) -> Study:
    """Search in this process until the study has `wanted` trained candidates; return the study."""
    study, space, objective = opened(root, dataset, **given)
    with InProcessPool(dataset, "cpu", capacity) as pool:
        run = Run(
            study,
            space=space,
            objective=objective,
            pool=pool,
            wanted=wanted,
            sampler=sampler,
            prune=prune,
        )
        for event in run.events():
            if show:
                show(event, run)
    return study


def started(root: Path, images: Path, wanted: int, **given: Any) -> BaseProcess:
    """Start `search` in another process. images: a file with the dataset, from `torch.save`."""
    process = context.Process(target=_work, args=(root, images, wanted), kwargs=given)
    process.start()
    return process


def _work(root: Path, images: Path, wanted: int, **given: Any) -> None:
    torch.set_num_threads(1)
    search(root, torch.load(images, weights_only=False), wanted, **given)


def kill(process: BaseProcess) -> None:
    """Kill a process (SIGKILL) and wait for its end."""
    process.kill()
    process.join()


def kill_after(process: BaseProcess, journal: Path, more: int) -> None:
    """Kill a process (SIGKILL) after it has written `more` further lines to the journal."""
    moment = lines(journal) + more
    until(lambda: lines(journal) >= moment or not process.is_alive(), pause=0.0005)
    kill(process)


def until(happened: Callable[[], object], pause: float = 0.002) -> None:
    """Wait for a condition, at most PATIENCE seconds."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(pause)


def lines(journal: Path) -> int:
    """Return the number of lines in a journal."""
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def course(study: Study) -> dict[int, tuple[Any, ...]]:
    """Return proposals and results of a study by origin, without interrupted trials."""
    trials = study.optuna.get_trials(deepcopy=False)
    return {
        r.origin: (r.outcome, trials[r.number].params, r.validation_accuracy, r.consistency)
        for r in study.records()
        if r.outcome not in ("interrupted", "waiting")
    }


def names(folder: Path) -> list[str]:
    """Return the sorted names in a folder."""
    return sorted(path.name for path in folder.iterdir())


def outcomes(study: Study) -> list[str]:
    """Return the outcome of every trial, by number."""
    return [record.outcome for record in study.records()]
