"""Real studies in a second or two: tiny networks on a few hundred real images of MNIST."""

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
from search.study.settings import StudySettings
from search.study.study import Study, create_or_resume
from search.study.user_files import Objective, Space, load_objective, load_space
from search.training.engines.in_process import InProcessPool

FOLDER = Path(__file__).parent
SPACE, OBJECTIVE = FOLDER / "space.py", FOLDER / "objective.py"
TRAIN, VALIDATION = 300, 200  # images
PATIENCE = 240.0  # seconds until something that must happen is said not to have happened
context = get_context("forkserver")  # imports torch once; then a process costs no time
context.set_forkserver_preload(["tests.support.tiny"])


def few(dataset: Dataset) -> Dataset:
    """The first images of a small data set."""
    train = dataset.train.at(torch.arange(TRAIN))
    return replace(dataset, train=train, validation=dataset.validation.at(torch.arange(VALIDATION)))


def setup_of(dataset: Dataset, space: Space, objective: Objective, **changed: Any) -> StudySettings:
    """What a study on the data set is made of."""
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
    """The study in `root`, begun or resumed, with the files it is searched by."""
    files = load_space(space), load_objective(objective)
    return create_or_resume(name, root, setup_of(dataset, *files, **changed), storage), *files


def search(
    root: Path,
    dataset: Dataset,
    wanted: int,
    *,
    show: Callable[[RunEvent, Run], None] | None = None,
    sampler: str = "tpe",
    prune: bool = False,
    capacity: int = 1,
    **given: Any,
) -> Study:
    """Searches in this process until the study holds `wanted`, and returns it."""
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
    """The same in a process of its own; images: a file that `torch.save` wrote the data set to."""
    process = context.Process(target=_work, args=(root, images, wanted), kwargs=given)
    process.start()
    return process


def _work(root: Path, images: Path, wanted: int, **given: Any) -> None:
    torch.set_num_threads(1)
    search(root, torch.load(images, weights_only=False), wanted, **given)


def kill(process: BaseProcess) -> None:
    """kill -9."""
    process.kill()
    process.join()


def kill_after(process: BaseProcess, journal: Path, more: int) -> None:
    """kill -9, once the process has written so many lines more."""
    moment = lines(journal) + more
    until(lambda: lines(journal) >= moment or not process.is_alive(), pause=0.0005)
    kill(process)


def until(happened: Callable[[], object], pause: float = 0.002) -> None:
    """Waits for it."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(pause)


def lines(journal: Path) -> int:
    """Lines of a journal so far."""
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def course(study: Study) -> dict[int, tuple[Any, ...]]:
    """What a study proposed and what came of it, by origin; what was interrupted left out."""
    trials = study.optuna.get_trials(deepcopy=False)
    return {
        r.origin: (r.outcome, trials[r.number].params, r.validation_accuracy, r.consistency)
        for r in study.records()
        if r.outcome not in ("interrupted", "waiting")
    }


def names(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


def outcomes(study: Study) -> list[str]:
    """How each trial ended, in order of its number."""
    return [record.outcome for record in study.records()]
