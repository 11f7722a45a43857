"""The commands as functions, for Python and notebooks: run, load_study, export."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import optuna

from search.candidates.candidate import Budget, Candidate, Task
from search.data.dataset import Dataset, load
from search.errors import FrugalError
from search.evaluation.confirm import ConfirmationRun, summarise_confirmation
from search.evaluation.results import Confirmation, write_confirmation
from search.evaluation.retraining import RepeatEvent
from search.exporting import reproduce as reproduction
from search.exporting.origin import selected_trial, trained_network
from search.exporting.python_file import export_source, write_export
from search.exporting.reproduce import Reproduction
from search.exporting.weight_formats import write_onnx, write_safetensors
from search.loop.admission import baselines_to_start_with
from search.loop.events import RunEvent
from search.loop.run import Run
from search.loop.samplers import NAMES, SamplerName
from search.study import study as studies_
from search.study.environment import command_line
from search.study.locks import exclusive_lock
from search.study.records import Record
from search.study.settings import DEFAULT_STUDY, StudySettings, check_goal, default_study
from search.study.study import Study
from search.study.user_files import Objective, Space, load_objective, load_space
from search.training.device import (
    SIMULATED,
    choose,
    choose_for_search,
    default_workers,
    open_pool,
    operators,
)
from search.training.interrupts import Stopping, ending_on_interrupt
from search.training.pool import EpochResult, Pool

STUDIES = Path("studies")
DEFAULT_DATA = DEFAULT_STUDY
DEFAULT_SEED = 0
BEST = "best.py"  # the study's answer as exported last, kept in its folder too
TARGET = 0.994  # accuracy: what the systems among the baselines were after
Show = Callable[[RepeatEvent | Stopping], object]


def run(
    trials: int = 100,
    *,
    study: str | None = None,
    studies: Path | str = STUDIES,
    storage: str | None = None,
    data: str | None = None,
    space: Path | str | None = None,
    objective: Path | str | None = None,
    max_params: int | None = None,
    max_epochs: int | None = None,
    window: int | None = None,
    train_examples: int | None = None,
    minimise: str | None = None,
    target: float | None = None,
    warm_start: bool = False,
    sampler: SamplerName = "tpe",
    prune: bool = True,
    timeout: float | None = None,
    seed: int | None = None,
    device: str = "auto",
    workers: int | None = None,
    show: Callable[[RunEvent], None] | None = None,
) -> Study:
    """Searches until the study holds `trials` trained candidates, and returns the study.

    Begins the study or goes on with it; what is None then takes the study's own figure. study: its
    name, by default "mnist". minimise: "parameters" seeks the smallest network whose consistency
    reaches target, a fraction; the study is then by default called after its data,
    "mnist-smallest". warm_start: published networks that keep the budget are trained first.
    timeout: seconds after which no new candidate starts. show: called with every event of
    `search.loop.events`. Ctrl-C ends the run at the next epoch. FrugalError for everything that the
    caller can mend.
    """
    _check(trials, sampler, timeout, workers)
    check_goal(minimise, target)
    study = study or default_study(minimise, data)
    root = Path(studies)
    kept = _kept(study, root, storage)
    chosen = choose_for_search(device, simulated=kept is not None and kept.simulated)
    count = workers or default_workers(chosen)
    if kept:
        train_examples = kept.train_examples if train_examples is None else train_examples
        seed = kept.seed if seed is None else seed
        minimise, target = minimise or kept.minimise, target or kept.target
    user_space = load_space(Path(space) if space else None)
    user_objective = _objective(objective, kept, max_params, max_epochs, window)
    dataset = load(
        data or (kept.data if kept else DEFAULT_DATA),
        train_examples,
    )
    setup = _setup(dataset, user_space, user_objective, train_examples, seed)
    setup = replace(setup, minimise=minimise, target=target, simulated=chosen == SIMULATED)
    opened = studies_.create_or_resume(study, root, setup, storage)
    opened.record_environment(
        device=chosen, operators=operators(chosen), workers=count, command=command_line()
    )
    told = (f"space {user_space.path}, objective {user_objective.path}",)
    published, words = baselines_to_start_with(setup) if warm_start else ((), "")
    with open_pool(dataset, chosen, count) as pool:
        loop = Run(
            study=opened,
            space=user_space,
            objective=user_objective,
            pool=pool,
            wanted=trials,
            sampler=sampler,
            prune=prune,
            timeout=timeout,
        )
        loop.published = published
        with ending_on_interrupt(loop, show):
            for event in loop.events((*told, words) if words else told):
                if show:
                    show(event)
    return opened


def load_study(
    study: str = DEFAULT_STUDY,
    *,
    studies: Path | str = STUDIES,
    storage: str | None = None,
) -> Study:
    """An existing study: its `trials` as a DataFrame, its `ranking()` and `best()`."""
    return studies_.load(study, Path(studies), storage)


def export(
    study: str = DEFAULT_STUDY,
    *,
    trial: int | None = None,
    out: Path | str = BEST,
    studies: Path | str = STUDIES,
    storage: str | None = None,
    safetensors: bool = False,
    onnx: bool = False,
) -> list[Path]:
    """Writes a trained network as one Python file, and beside it what else is asked for.

    trial: its number; the confirmed one if None, else the best. Weights of the best few are kept,
    and of a confirmed trial those of the run nearest the median. Returns what was written.
    """
    opened = load_study(study, studies=studies, storage=storage)
    record = selected_trial(opened) if trial is None else _trial(opened, trial)
    origin, weights = trained_network(opened, record)
    path, text = Path(out), export_source(origin, weights)
    write_export(text, path)
    if trial is None:
        write_export(text, opened.folder / BEST)
    written = [path]
    for wanted, suffix, write in (
        (safetensors, ".safetensors", write_safetensors),
        (onnx, ".onnx", write_onnx),
    ):
        if wanted:
            written.append(path.with_suffix(suffix))
            write(origin.candidate, weights, written[-1], origin.metadata)
    return written


def draw(
    samples: int,
    *,
    data: str = DEFAULT_DATA,
    seed: int = DEFAULT_SEED,
    space: Path | str | None = None,
    objective: Path | str | None = None,
    max_params: int | None = None,
) -> tuple[list[Candidate], Budget]:
    """Candidates drawn at random from a space, over budget or not, and the budget. No training."""
    if samples < 1:
        raise FrugalError(f"--samples {samples}: at least 1")
    user_space = load_space(Path(space) if space else None)
    budget = load_objective(Path(objective) if objective else None, max_params).budget
    dataset = load(data)
    task = Task(dataset.image, len(dataset.classes), budget)
    drawing = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=seed))
    return [user_space.sample(drawing.ask(), task) for _ in range(samples)], budget


def _trial(opened: Study, number: int) -> Record:
    records = opened.records()
    if not 0 <= number < len(records):
        raise FrugalError(
            f"study {opened.name} has no trial {number}: python -m search show ranks those it has"
        )
    return records[number]


def _check(trials: int, sampler: str, timeout: float | None, workers: int | None) -> None:
    if trials < 1:
        raise FrugalError(f"--trials {trials}: at least 1 trained candidate must be asked for")
    if timeout is not None and timeout <= 0:
        raise FrugalError(f"--timeout {timeout}: a number of seconds above 0")
    if workers is not None and workers < 1:
        raise FrugalError(f"--workers {workers}: at least 1")
    if sampler not in NAMES:
        raise FrugalError(f'no sampler "{sampler}": one of {", ".join(NAMES)}')


def _kept(name: str, root: Path, storage: str | None) -> StudySettings | None:
    if not studies_.exists(name, root, storage):
        return None
    return studies_.load(name, root, storage).setup


def _objective(
    path: Path | str | None,
    kept: StudySettings | None,
    max_params: int | None,
    max_epochs: int | None,
    window: int | None,
) -> Objective:
    overrides = dict(kept.overrides) if kept else {}
    return load_objective(
        Path(path) if path else None,
        max_params if max_params is not None else overrides.get("parameters"),
        max_epochs if max_epochs is not None else overrides.get("epochs"),
        window if window is not None else overrides.get("window"),
    )


def _setup(
    dataset: Dataset,
    space: Space,
    objective: Objective,
    train_examples: int | None,
    seed: int | None,
) -> StudySettings:
    return StudySettings(
        data=dataset.name,
        digest=dataset.digest,
        image=dataset.image,
        classes=len(dataset.classes),
        budget=objective.budget,
        window=objective.window,
        seed=DEFAULT_SEED if seed is None else seed,
        space=space.source,
        objective=objective.source,
        train_examples=train_examples,
        overrides=objective.overrides,
        notes=dataset.notes,
        validation_images=len(dataset.validation),
    )


def confirm(
    study: str = "mnist",
    *,
    studies: Path | str = STUDIES,
    storage: str | None = None,
    top: int = 5,
    seeds: int = 5,
    target: float | None = None,
    data: str | None = None,
    device: str = "auto",
    workers: int | None = None,
    show: Show | None = None,
) -> Confirmation | None:
    """Confirms a study's best candidate and keeps what was found in its folder.

    The `top` candidates race on validation over at most `seeds` repeats each; the winner alone is
    then trained `seeds` times on all training images, and the test images are opened for it.
    target: accuracy (0 to 1) that every last epoch is to reach, the study's own or TARGET if None;
    a study that looks for the smallest network confirms its answer. Goes on where it was
    interrupted; None where Ctrl-C ended it. FrugalError for everything that the caller can mend.
    """
    opened = studies_.load(study, Path(studies), storage)
    chosen = choose(device)
    count = _workers(workers, chosen)

    def pool(dataset: Dataset) -> Pool:
        return open_pool(dataset, chosen, count)

    confirming = ConfirmationRun(opened, pool, top, seeds, data)
    opened.record_environment(
        device=chosen, operators=operators(chosen), workers=count, command=command_line()
    )
    lock, doing = opened.folder / ".confirm.lock", f"study {opened.name} is being confirmed"
    with exclusive_lock(lock, doing), ending_on_interrupt(confirming, show):
        for told in confirming.events():
            if show:
                show(told)
        if not confirming.complete:
            return None
        found = summarise_confirmation(
            confirming, target or opened.setup.target or TARGET, command_line()
        )
        write_confirmation(found, opened.folder)
    return found


def reproduce(
    path: Path | str,
    *,
    studies: Path | str = STUDIES,
    data: str | None = None,
    device: str = "auto",
    show: Callable[[EpochResult], object] | None = None,
) -> Reproduction:
    """Trains an exported network again from what its file says, and compares.

    studies: whose ledger is told where the file's figures are of the test images. FrugalError
    where the file is no export, or the data are others.
    """
    return reproduction.reproduce(Path(path), Path(studies), data, choose(device), show)


def _workers(wanted: int | None, device: str) -> int:
    if wanted is not None and wanted < 1:
        raise FrugalError(f"--workers {wanted}: at least 1")
    return wanted or default_workers(device)
