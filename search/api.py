"""The commands as functions, for scripts and notebooks.

Common arguments:

    study     name of the study; None: the study run last (for run, see there)
    studies   folder of all studies
    storage   Optuna storage URL; None: the variable FRUGAL_STORAGE, or if it is not set the
              journal in the study's folder
    data      name of a data set, or a folder of images; None: the data of the study or file
    device    "auto", "cpu", "cuda" or "mps"
    workers   number of parallel trainings; None: the default of the device
    show      called with every event
    force     overwrite existing files even if they were not written by this program

Errors that the caller can correct are raised as FrugalError; the message names the option of the
command. Modules that import torch or plotly are imported inside the functions that need them, so
that other functions and the command line's help start fast.
"""

import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from search.candidates.baselines import Baseline, all_baselines, find_baseline, public_results
from search.candidates.candidate import Candidate, Task
from search.candidates.recipe import Augmentation
from search.candidates.space_preview import SpacePreview, preview_space
from search.candidates.wording import comma_separated
from search.data.description import RULES
from search.errors import FrugalError, StudyWarning
from search.evaluation.results import (
    BaselineResults,
    Confirmation,
    Drilldown,
    measured_repeats,
    write_confirmation,
    write_drilldown,
)
from search.evaluation.retraining import (
    FilesSetAside,
    RepeatEvent,
    RepeatsPlanned,
    data_place,
)
from search.evaluation.side_files import prepare_to_write
from search.loop.admission import baselines_to_start_with
from search.loop.events import RunEvent
from search.loop.run import Run
from search.loop.samplers import NAMES, SamplerName
from search.reporting.drilldown_page import write_page
from search.study import naming
from search.study import study as studies_
from search.study.environment import command_line
from search.study.hints import storage_url
from search.study.locks import exclusive_lock
from search.study.naming import DEFAULT_DATA, LastRun, Request
from search.study.records import Record
from search.study.settings import FILES, StudySettings, check_goal
from search.study.study import ListedStudy, Study
from search.study.user_files import (
    NoCandidateError,
    Objective,
    Space,
    edited_copies,
    edited_originals,
    load_files,
    load_objective,
    restore_copies,
)
from search.training.interrupts import Stopping, ending_on_interrupt
from search.training.pool import EpochResult

if TYPE_CHECKING:
    from search.data.dataset import DataDescription, Dataset
    from search.data.description import StudyStatistics
    from search.exporting.reproduce import Reproduction

STUDIES = Path("studies")
DEFAULT_SEED = 0
BEST = "best.py"  # the last export of the best candidate, also kept in the study's folder
REPORT = "report.html"  # in the study's folder
PORT = 8080  # of the dashboard
PROBES = 20  # random proposals that test a space before its study is created; 0.1 s
TARGET = 0.994  # target accuracy of the published baselines
PAGE_AUGMENTATION = Augmentation(rotation=10, shift=1, scale=0.05)  # typical of the shipped space
ShowConfirm = Callable[[RepeatEvent | Stopping], object]
ShowRepeats = Callable[[RepeatsPlanned | RepeatEvent | Stopping], object]


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
    """Run a search until the study has `trials` trained candidates, and return the study.

    Creates the study or resumes it; arguments that are None then default to the settings of the
    study, including space and objective. study: by default named after the data and limits, such
    as "mnist" or "mnist-2000-images-4-epochs"; see `search.study.naming`. minimise: "parameters"
    searches for the smallest network whose consistency reaches target, a fraction. warm_start:
    train published networks within the budget first. timeout: time in seconds after which no new
    candidate is started. show: called with the events of `search.loop.events`. Ctrl-C stops the
    run after the current epoch.
    """
    from search.data.dataset import load_measured
    from search.training.device import SIMULATED, open_pool, resolve_search_device, worker_count

    _check_run(trials, sampler, timeout)
    check_goal(minimise, target)
    root, storage = Path(studies), storage_url(storage)
    files = _path(space), _path(objective)
    figures = {"parameters": max_params, "epochs": max_epochs, "window": window}
    load_once = lru_cache(maxsize=1)(load_measured)
    asked = Request(
        data,
        train_examples,
        **figures,
        minimise=minimise,
        simulated=None if device == "auto" else device == SIMULATED,
    )
    name = study or _study_name(asked, files[1], load_once, partial(_saved, root, storage))
    saved = _saved(root, storage, name)
    kept = saved.setup if saved else None
    chosen = resolve_search_device(device, simulated=kept is not None and kept.simulated)
    count = worker_count(workers, chosen)
    if kept:
        train_examples = kept.train_examples if train_examples is None else train_examples
        seed = kept.seed if seed is None else seed
        minimise, target = minimise or kept.minimise, target or kept.target
    user_space, user_objective = load_files(*files, saved, figures)
    place = data_place(saved, data) if saved else data or DEFAULT_DATA
    rules = kept.rules if kept else RULES
    dataset, statistics = load_once(place, train_examples, rules=rules)
    setup = _setup(dataset, user_space, user_objective, train_examples, seed)
    setup = replace(setup, minimise=minimise, target=target, simulated=chosen == SIMULATED)
    setup = replace(setup, rules=rules, statistics=statistics)
    if saved is None:
        user_space.draw(setup.task, PROBES, setup.seed)  # raises before there is a study
    opened = studies_.create_or_resume(name, root, setup, storage)
    prepare_to_write(opened)
    naming.record_last_run(name, root, storage)
    _warn_of_edits(opened)
    restore_copies(opened)
    _record_environment(opened, chosen, count)
    notes = [f"space {user_space.path}, objective {user_objective.path}", *opened.notes]
    if saved:
        free = studies_.free_name(name, root, storage)
        notes += _notes_on_files(saved, files, free)
        notes += [] if study else _notes_on_limits(saved, asked, free)
    published: tuple[Baseline, ...] = ()
    if warm_start:
        published, note = baselines_to_start_with(setup)
        notes.append(note)
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
            for event in loop.events(tuple(notes)):
                if show:
                    show(event)
    return opened


def load_study(
    study: str | None = None,
    *,
    studies: Path | str = STUDIES,
    storage: str | None = None,
) -> Study:
    """Open an existing study: its `trials` as a DataFrame, its `ranking()` and `best()`.

    Warns with a `StudyWarning` if copies of source files in the study's folder were edited.
    """
    root, storage = Path(studies), storage_url(storage)
    opened = studies_.load(study or last_run(root, storage).study, root, storage)
    _warn_of_edits(opened)
    return opened


def last_run(studies: Path | str = STUDIES, storage: str | None = None) -> LastRun:
    """The study that was run last in a studies folder or storage, and the time of that run."""
    return naming.last_run(Path(studies), storage_url(storage))


def list_studies(studies: Path | str = STUDIES) -> list[ListedStudy]:
    """The studies of a folder, sorted by name.

    If a study cannot be opened, it has no setup and no records, and `problem` is the reason.
    """
    root = Path(studies)
    return [studies_.listed_study(name, root) for name in studies_.names(root)]


def export(
    study: str | None = None,
    *,
    trial: int | None = None,
    out: Path | str = BEST,
    studies: Path | str = STUDIES,
    storage: str | None = None,
    safetensors: bool = False,
    onnx: bool = False,
    data: str | None = None,
    force: bool = False,
) -> list[Path]:
    """Write a trained network as one Python file, and optionally in other formats.

    No image is read unless data is given, or the study was created before version 0.2, which did
    not store statistics of its images. data: new location of the study's data, stored in the file
    for `reproduce`. trial: number of the trial; None: the confirmed one, or the best. A study
    stores the weights of its best few trials, and of a confirmed trial those of the run closest to
    the median. Returns the paths of the files written.
    """
    from search.exporting.origin import selected_trial, trained_network
    from search.exporting.python_file import export_source, is_export, write_copy, write_export
    from search.exporting.weight_formats import has_metadata, write_onnx, write_safetensors
    from search.files import check_replaceable, is_stream

    path, formats = Path(out), {}
    if safetensors:
        formats[path.with_suffix(".safetensors")] = write_safetensors
    if onnx:
        formats[path.with_suffix(".onnx")] = write_onnx
    if formats and is_stream(path):
        raise FrugalError(
            f"{path} is no file, so nothing can be written beside it: give --out a file, or leave "
            "out --safetensors and --onnx"
        )
    check_replaceable(path, is_export, force)
    for beside in formats:
        check_replaceable(beside, has_metadata, force)
    opened = load_study(study, studies=studies, storage=storage)
    record = selected_trial(opened) if trial is None else _trial(opened, trial)
    origin, weights = trained_network(opened, record, data)
    text = export_source(origin, weights)
    write_export(text, path, force=force)
    if trial is None:
        write_copy(text, opened.folder / BEST, opened.identity)
    for beside, write_weights in formats.items():
        write_weights(origin.candidate, weights, beside, origin.metadata, force=force)
    return [path, *formats]


def confirm(
    study: str | None = None,
    *,
    studies: Path | str = STUDIES,
    storage: str | None = None,
    top: int = 5,
    seeds: int = 5,
    target: float | None = None,
    data: str | None = None,
    device: str = "auto",
    workers: int | None = None,
    show: ShowConfirm | None = None,
) -> Confirmation | None:
    """Confirm the best candidate and write confirmation.json to the study's folder.

    The best `top` candidates are compared on validation over at most `seeds` repeats each. Then the
    winner is trained `seeds` times on all training images and evaluated on the test set. target:
    accuracy, above 0 and at most 1, that each of the last epochs must reach; None: the target of
    the study, or TARGET. In a search for the smallest network, the answer is confirmed. Resumes an
    interrupted confirmation; returns None if interrupted by Ctrl-C. show: called with the
    `RepeatEvent`s of `search.evaluation.retraining`.
    """
    from search.evaluation.confirm import ConfirmationRun, summarise_confirmation
    from search.training.device import open_pool, resolve_device, worker_count

    if target is not None and not 0 < target <= 1:
        raise FrugalError(f"--target {100 * target:.6g}: an accuracy in %, above 0 and at most 100")
    opened = load_study(study, studies=studies, storage=storage)
    chosen = resolve_device(device)
    count = worker_count(workers, chosen)
    pool = partial(open_pool, device=chosen, workers=count)
    confirming = ConfirmationRun(opened, pool, top, seeds, data)
    prepare_to_write(opened)
    _show_notes(opened, show)
    restore_copies(opened)
    _record_environment(opened, chosen, count)
    lock, doing = opened.folder / ".confirm.lock", f"study {opened.name} is being confirmed"
    with exclusive_lock(lock, doing), ending_on_interrupt(confirming, show):
        for event in confirming.events():
            if show:
                show(event)
        if not confirming.complete:
            return None
        confirmation = summarise_confirmation(
            confirming, target or opened.setup.target or TARGET, command_line()
        )
        write_confirmation(confirmation, opened.folder)
    return confirmation


def reproduce(
    path: Path | str,
    *,
    studies: Path | str = STUDIES,
    data: str | None = None,
    device: str = "auto",
    show: Callable[[EpochResult], object] | None = None,
) -> "Reproduction":
    """Retrain an exported network from the settings in its file, and compare.

    If the accuracies in the file are test accuracies, the network is evaluated on the test set,
    which is logged in the ledger of `studies`. show: called with the result of every epoch.
    """
    from search.exporting import reproduce as reproduction
    from search.training.device import resolve_device

    return reproduction.reproduce(Path(path), Path(studies), data, resolve_device(device), show)


def drilldown(
    study: str | None = None,
    *,
    studies: Path | str = STUDIES,
    storage: str | None = None,
    trial: int | None = None,
    seeds: int = 1,
    epochs: int | None = None,
    data: str | None = None,
    device: str = "auto",
    workers: int | None = None,
    show: ShowRepeats | None = None,
) -> Drilldown | None:
    """Train and analyse the steps from a plain network to a candidate.

    Writes drilldown.json and drilldown.md to the study's folder. trial: number of the trial whose
    candidate is the last step; None: the confirmed one, or the best. seeds: number of repeats per
    step. epochs: number of epochs per training run; None: as in the recipe. Resumes an interrupted
    drill-down; returns None if interrupted by Ctrl-C. show: called with `RepeatsPlanned`, then with
    every `RepeatEvent` of `search.evaluation.retraining`.
    """
    from search.evaluation.drilldown import DrilldownRun
    from search.training.device import open_pool, resolve_device, worker_count

    opened = load_study(study, studies=studies, storage=storage)
    drilling = DrilldownRun(opened, trial, seeds, epochs)
    chosen = resolve_device(device)
    count = worker_count(workers, chosen)
    prepare_to_write(opened)
    missing = len(drilling.missing())
    if missing:
        restore_copies(opened)
        _record_environment(opened, chosen, count)
    if show:
        show(RepeatsPlanned(missing))
        _show_notes(opened, show)
    if not drilling.train(partial(open_pool, device=chosen, workers=count), show, data):
        return None
    result = drilling.result()
    write_drilldown(result, opened.folder)
    write_page(result, opened.folder)
    return result


def report(
    study: str | None = None,
    *,
    studies: Path | str = STUDIES,
    storage: str | None = None,
    out: Path | str | None = None,
    markdown: bool = False,
    data: str | None = None,
    force: bool = False,
    show: Callable[[str], object] | None = None,
) -> list[Path]:
    """Write a report of a study as one HTML page, and return the paths of the files written.

    out: output file; None: report.html in the study's folder. markdown: also write a summary in
    Markdown next to the page. data: new location of the study's data, for examples of augmented
    images. show: called with a line of text for each part that is missing from the page.
    """
    from search.reporting.markdown import SIGN, markdown_report
    from search.reporting.markup import check_page, write
    from search.reporting.page import report_html
    from search.reporting.pictures import ensure_samples
    from search.reporting.report_data import gather_report_data

    opened = load_study(study, studies=studies, storage=storage)
    opened.best()
    written = [Path(out) if out else opened.folder / REPORT]
    check_page(written[0], force=force)
    if markdown:
        written.append(written[0].with_suffix(".md"))
        check_page(written[1], sign=SIGN, force=force)
    samples, note = ensure_samples(opened, data)
    if note and show:
        show(note)
    contents = gather_report_data(opened, samples)
    write(report_html(contents), written[0], force=force)
    if markdown:
        write(markdown_report(contents), written[1], sign=SIGN, force=force)
    return written


def baselines(
    train: str | None = None,
    *,
    studies: Path | str = STUDIES,
    seeds: int = 3,
    device: str = "auto",
    workers: int | None = None,
    show: ShowRepeats | None = None,
) -> BaselineResults:
    """Published networks with published and measured results. Trains nothing by default.

    train: name of a baseline to train with its published recipe (repeats 0 to `seeds` - 1) and to
    evaluate on the test set, which is logged in the ledger; only this baseline is returned. Resumes
    an interrupted training; after Ctrl-C some repeats are missing. show: called with
    `RepeatsPlanned`, then with every `RepeatEvent` of `search.evaluation.retraining`.
    """
    root = Path(studies)
    if train is None:
        return BaselineResults(all_baselines(), measured_repeats(root), public_results())
    from search.evaluation.baselines import BaselineTraining

    baseline = find_baseline(train)
    training = BaselineTraining(baseline, root, seeds)
    missing = len(training.missing())
    if show:
        show(RepeatsPlanned(missing))
    if missing:
        training.train(device, workers, show)
    return BaselineResults(
        (baseline,),
        {baseline.name: training.repeats()},
        public_results(),
        missing=len(training.missing()),
    )


def space_preview(
    samples: int = 1000,
    *,
    data: str = DEFAULT_DATA,
    seed: int = DEFAULT_SEED,
    space: Path | str | None = None,
    objective: Path | str | None = None,
    max_params: int | None = None,
) -> SpacePreview:
    """Sample random candidates of a space, without training.

    seed: random seed. max_params: parameter budget; overrides the objective.
    """
    from search.data.dataset import load

    if samples < 1:
        raise FrugalError(f"--samples {samples}: at least 1")
    files = _path(space), _path(objective)
    user_space, user_objective = load_files(*files, figures={"parameters": max_params})
    budget = user_objective.budget
    dataset = load(data)
    task = Task(dataset.image, len(dataset.classes), budget, dataset.border.values)
    drawn = user_space.draw(task, samples, seed)
    candidates = [each for each in drawn if isinstance(each, Candidate)]
    rejected = [(e.outcome, str(e)) for e in drawn if isinstance(e, NoCandidateError)]
    return preview_space(candidates, budget, rejected)


def describe_data(
    data: str = DEFAULT_DATA,
    *,
    train_examples: int | None = None,
    out: Path | str | None = None,
    force: bool = False,
) -> "DataDescription":
    """Image counts by split and class, image shape, mean and border value of a data set.

    train_examples: use a subset of this many training images. out: output file of a page of sample
    images, with and without augmentation; None: no page.
    """
    from search.data.dataset import DataDescription, load

    dataset = load(data, train_examples)
    if out is not None:
        from search.reporting.pictures import write_samples

        write_samples(dataset, PAGE_AUGMENTATION, Path(out), force=force)
    return DataDescription.of(dataset)


def open_dashboard(
    study: str | None = None,
    *,
    studies: Path | str = STUDIES,
    storage: str | None = None,
    port: int = PORT,
    show: Callable[[str], object] = print,
) -> None:
    """Serve Optuna's dashboard for a study on this machine until Ctrl-C.

    port: if it is in use, the next free port is taken. show: called with the address, and with a
    line of text if notes and figures can no longer be updated.
    """
    from search.reporting.dashboard.server import serve

    serve(load_study(study, studies=studies, storage=storage), port=port, show=show)


def _show_notes(opened: Study, show: Callable[[FilesSetAside], object] | None) -> None:
    if show and opened.notes:
        show(FilesSetAside(tuple(opened.notes)))


def _trial(opened: Study, number: int) -> Record:
    records = opened.records()
    if not 0 <= number < len(records):
        raise FrugalError(
            f"study {opened.name} has no trial {number}: {opened.command('show')} ranks those "
            "it has"
        )
    return records[number]


def _check_run(trials: int, sampler: str, timeout: float | None) -> None:
    if trials < 1:
        raise FrugalError(f"--trials {trials}: at least 1 trained candidate must be asked for")
    if timeout is not None and timeout <= 0:
        raise FrugalError(f"--timeout {timeout}: a number of seconds above 0")
    if sampler not in NAMES:
        raise FrugalError(f'no sampler "{sampler}": one of {", ".join(NAMES)}')


def _record_environment(opened: Study, device: str, workers: int) -> None:
    from search.training.device import operators

    opened.record_environment(
        device=device, operators=operators(device), workers=workers, command=command_line()
    )


def _path(path: Path | str | None) -> Path | None:
    return Path(path) if path else None


def _saved(root: Path, storage: str | None, name: str) -> Study | None:
    if not studies_.exists(name, root, storage):
        return None
    return studies_.load(name, root, storage)


def _study_name(
    asked: Request,
    objective: Path | None,
    load: "Callable[..., tuple[Dataset, StudyStatistics]]",
    saved: Callable[[str], Study | None],
) -> str:
    """The name of the study for a run without --study, derived from data and limits.

    If no such study exists, but one with the name of earlier versions that matches the request,
    the name of that study.
    """
    from search.data.sources import NAMES

    if asked.data or asked.train_examples is not None:
        dataset, _ = load(asked.data or DEFAULT_DATA, asked.train_examples, rules=RULES)
        if asked.train_examples == dataset.training_images:
            asked = replace(asked, train_examples=None)
    name = naming.default_name(_without_usual_figures(asked, objective), NAMES)
    former = naming.former_name(asked)
    if former == name or saved(name) or not (study := saved(former)):
        return name
    digest = None
    if asked.data:
        dataset, _ = load(asked.data, asked.train_examples, rules=study.setup.rules)
        digest = dataset.digest
    return former if asked.fits(study.setup, digest) else name


def _without_usual_figures(asked: Request, path: Path | None) -> Request:
    """The request without limits that equal those of the objective."""
    figures = ("parameters", "epochs", "window")
    if all(getattr(asked, figure) is None for figure in figures):
        return asked
    own = load_objective(path)
    usual = {**vars(own.budget), "window": own.window}
    same = [figure for figure in figures if getattr(asked, figure) == usual[figure]]
    return replace(asked, **dict.fromkeys(same))


def _notes_on_files(study: Study, files: tuple[Path | None, ...], free: str) -> list[str]:
    """A line for each file of the current directory that differs from the study's own."""
    names = [name for name, path in zip(FILES, files, strict=True) if path is None]
    return [
        f"note: ./{path} differs from the study's own copy, which is used; to use the edited file "
        f"begin another study with --study {free}"
        for path in edited_originals(study, names)
    ]


def _notes_on_limits(study: Study, asked: Request, free: str) -> list[str]:
    """A line if the study has limits, or data, that this run did not ask for."""
    setup = study.setup
    figures = [f"{name} {n:,}" for name, n in setup.overrides if getattr(asked, name) is None]
    images = setup.images_text if asked.train_examples is None else ""
    data = setup.data if setup.data != DEFAULT_DATA and not asked.data else ""
    simulated = "simulated training" if setup.simulated and asked.simulated is None else ""
    limits = comma_separated([data, images, *figures, simulated])
    if not limits:
        return []
    return [
        f"note: study {study.name} goes on as it was begun, with {limits}; a study without this "
        f"begins with --study {free}"
    ]


def _warn_of_edits(opened: Study) -> None:
    edited = ", ".join(map(str, edited_copies(opened)))
    if edited:
        warnings.warn(
            f"{edited}: edited after study {opened.name} began, and not used; undo the edit, or "
            "begin another study from the edited file with --space or --objective",
            StudyWarning,
            stacklevel=3,
        )


def _setup(
    dataset: "Dataset",
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
        train_examples=None if train_examples == dataset.training_images else train_examples,
        overrides=objective.overrides,
        notes=dataset.notes,
        validation_images=len(dataset.validation),
        border=dataset.border.values,
        modules=space.modules,
        training_images=dataset.training_images,
    )
