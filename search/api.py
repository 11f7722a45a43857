"""The commands as Python functions.

Arguments with the same name have the same meaning in all functions:

    study     name of the study; None for the most recently run one (for run: see there)
    studies   folder of all studies
    storage   Optuna storage URL; None for the value of the environment variable FRUGAL_STORAGE, or,
              if it is not set, the journal in the study's folder
    data      name of a data set, or a folder of images; None for the data that the study or the
              exported file names
    device    "auto", "cpu", "cuda" or "mps"
    workers   number of candidates or repeats to train in parallel; None for the default of the
              device
    show      function that is called with every event as it happens
    force     whether to overwrite existing files that were not written by this program

Every function raises FrugalError for errors that the caller can correct. The message names the
corresponding option of the command. Modules that import torch or plotly are imported inside the
functions that need them, so that the other functions and the help of the command line start fast.
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
BEST = "best.py"  # the last export, which is also copied to the study's folder
REPORT = "report.html"  # in the study's folder
PORT = 8080  # of the dashboard
PROBES = 20  # random proposals that test a space before its study is created; 0.1 s
TARGET = 0.994  # target accuracy of the published systems among the baselines
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
    """Search until the study has `trials` trained candidates, and return the study.

    Creates the study or resumes it. When a study is resumed, arguments that are None take the value
    of the study, including space and objective.

    study: name of the study; by default derived from the data and the limits, such as "mnist" or
    "mnist-2000-images-4-epochs", see `search.study.naming`. max_params, max_epochs, window:
    override the values of the objective. minimise: "parameters" searches for the smallest network
    whose consistency reaches target, a fraction. warm_start: whether to train the published
    networks within the budget first. prune: whether to stop inferior candidates early. timeout:
    seconds after which no new candidate is started. show: called with every event of
    `search.loop.events`. Ctrl-C stops the run after the current epoch.
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
        user_space.draw(setup.task, PROBES, setup.seed)  # raises before the study is created
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
    """Return an existing study, with its `trials` as a DataFrame, `ranking()` and `best()`.

    Emits a `StudyWarning` if source files in the study's folder were edited.
    """
    root, storage = Path(studies), storage_url(storage)
    opened = studies_.load(study or last_run(root, storage).study, root, storage)
    _warn_of_edits(opened)
    return opened


def last_run(studies: Path | str = STUDIES, storage: str | None = None) -> LastRun:
    """Return the most recently run study of a studies folder or storage, and its time."""
    return naming.last_run(Path(studies), storage_url(storage))


def list_studies(studies: Path | str = STUDIES) -> list[ListedStudy]:
    """Return the studies of a folder, sorted by name.

    A study that cannot be opened has no setup and no records; its `problem` is the reason.
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
    """Write a trained network as one Python file, and return the paths of the written files.

    trial: number of the trial; None for the confirmed one, or else the best. A study keeps the
    weights of its best few trials, and for a confirmed trial those of the run closest to the
    median. safetensors, onnx: also write these formats next to the file. data: new location of the
    study's data, which is checked and stored in the file for `reproduce`. No images are read unless
    data is given or the study was created before version 0.2, which stored no statistics of its
    data.
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
            f"{path} is not a regular file, so no other formats can be written next to it: pass a "
            "file to --out, or omit --safetensors and --onnx"
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

    The `top` candidates race on the validation set, with at most `seeds` repeats each. Only the
    winner is then trained `seeds` times on all training images and evaluated on the test set. A
    study that searches for the smallest network confirms its answer.

    target: accuracy, above 0 and at most 1, that every one of the last epochs must reach; None for
    the target of the study, or else TARGET. show: called with the `RepeatEvent`s of
    `search.evaluation.retraining`. Returns None if it was stopped by Ctrl-C; another call resumes.
    """
    from search.evaluation.confirm import ConfirmationRun, summarise_confirmation
    from search.training.device import open_pool, resolve_device, worker_count

    if target is not None and not 0 < target <= 1:
        raise FrugalError(
            f"--target {100 * target:.6g}: must be an accuracy in %, above 0 and at most 100"
        )
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
    """Retrain an exported network from the settings in its file, and compare the results.

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
    """Train the steps from a plain network to a candidate, and analyse each of them.

    Writes drilldown.json and drilldown.md to the study's folder. trial: number of the trial whose
    candidate is the last step; None for the confirmed one, or else the best. seeds: number of
    repeats per step. epochs: number of epochs per training; None for that of the recipe. show:
    called with `RepeatsPlanned`, then with every `RepeatEvent` of `search.evaluation.retraining`.
    Returns None if it was stopped by Ctrl-C; another call resumes.
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
    """Write the report of a study as one HTML page, and return the paths of the written files.

    out: path of the page; None for report.html in the study's folder. markdown: also write a
    summary in Markdown next to the page. data: new location of the study's data, from which the
    page shows augmented images. show: called with a line of text if a part of the page is missing.
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
    """Return published networks with the results measured here. Trains nothing by default.

    train: name of a baseline to train with its published recipe and to evaluate on the test set, in
    repeats 0 to `seeds` - 1; evaluations are logged in the ledger, and only this baseline is
    returned. Ctrl-C stops the training and leaves some repeats missing; another call resumes. show:
    called with `RepeatsPlanned`, then with every `RepeatEvent` of `search.evaluation.retraining`.
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
    out: Path | str | None = None,
    force: bool = False,
) -> SpacePreview:
    """Sample random candidates of a space and summarise them, without training.

    seed: random seed. max_params: parameter budget, overrides that of the objective. out: path of
    an HTML page with a picture of the sizes; None for no page.
    """
    from search.data.dataset import load

    if samples < 1:
        raise FrugalError(f"--samples {samples}: must be at least 1")
    files = _path(space), _path(objective)
    user_space, user_objective = load_files(*files, figures={"parameters": max_params})
    budget = user_objective.budget
    dataset = load(data)
    task = Task(dataset.image, len(dataset.classes), budget, dataset.border.values)
    drawn = user_space.draw(task, samples, seed)
    candidates = [each for each in drawn if isinstance(each, Candidate)]
    rejected = [(e.outcome, str(e)) for e in drawn if isinstance(e, NoCandidateError)]
    preview = preview_space(candidates, budget, rejected)
    if out is not None:
        from search.reporting.space_page import write_space_page

        write_space_page(preview, Path(out), force=force)
    return preview


def describe_data(
    data: str = DEFAULT_DATA,
    *,
    train_examples: int | None = None,
    out: Path | str | None = None,
    force: bool = False,
) -> "DataDescription":
    """Return a description of a data set: images by split and class, shape, mean and border.

    train_examples: use a subset of this many training images. out: path of an HTML page of sample
    images, with and without augmentation; None for no page.
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
            f"study {opened.name} has no trial {number}: list its trials with "
            f"{opened.command('show')}"
        )
    return records[number]


def _check_run(trials: int, sampler: str, timeout: float | None) -> None:
    if trials < 1:
        raise FrugalError(f"--trials {trials}: must be at least 1")
    if timeout is not None and timeout <= 0:
        raise FrugalError(f"--timeout {timeout}: must be a number of seconds above 0")
    if sampler not in NAMES:
        raise FrugalError(f'unknown sampler "{sampler}": choose one of {", ".join(NAMES)}')


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
    """Return the name of the study for a run without --study, derived from data and limits.

    If no study has this name, but a study with the name given by earlier versions has all requested
    settings, that name is returned.
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
    """Return the request without the limits that are equal to those of the objective."""
    figures = ("parameters", "epochs", "window")
    if all(getattr(asked, figure) is None for figure in figures):
        return asked
    own = load_objective(path)
    usual = {**vars(own.budget), "window": own.window}
    same = [figure for figure in figures if getattr(asked, figure) == usual[figure]]
    return replace(asked, **dict.fromkeys(same))


def _notes_on_files(study: Study, files: tuple[Path | None, ...], free: str) -> list[str]:
    """Return a line for each file in the current directory that differs from the study's copy."""
    names = [name for name, path in zip(FILES, files, strict=True) if path is None]
    return [
        f"note: ./{path} differs from the study's copy, which is used; to use the edited file, "
        f"start another study with --study {free}"
        for path in edited_originals(study, names)
    ]


def _notes_on_limits(study: Study, asked: Request, free: str) -> list[str]:
    """Return a line if the study has limits or data that were not requested in this run."""
    setup = study.setup
    figures = [f"{name} {n:,}" for name, n in setup.overrides if getattr(asked, name) is None]
    images = setup.images_text if asked.train_examples is None else ""
    data = setup.data if setup.data != DEFAULT_DATA and not asked.data else ""
    simulated = "simulated training" if setup.simulated and asked.simulated is None else ""
    limits = comma_separated([data, images, *figures, simulated])
    if not limits:
        return []
    return [
        f"note: study {study.name} is resumed with its own settings: {limits}; to start a study "
        f"without them, use --study {free}"
    ]


def _warn_of_edits(opened: Study) -> None:
    edited = ", ".join(map(str, edited_copies(opened)))
    if edited:
        warnings.warn(
            f"{edited}: edited after study {opened.name} was created, and not used; undo the edit, "
            "or start another study from the edited file with --space or --objective",
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
