"""The Python API: killed and resumed studies, and two calls of every function."""

import importlib
import inspect
import os
import pkgutil
import re
import shutil
import signal
import subprocess
import sys
import threading
import urllib.request
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch

import search
from search.api import baselines, confirm, drilldown, export, load_study, report, run, space_preview
from search.data import sources
from search.data.dataset import load
from search.data.sources import Source
from search.errors import FrugalError, StudyWarning
from search.evaluation.confirm import ConfirmationRun, summarise_confirmation
from search.evaluation.drilldown import DrilldownRun
from search.evaluation.repeats import RepeatFile
from search.evaluation.results import (
    BASELINE_REPEATS_FILE,
    measured_repeats,
    read_drilldown,
    write_confirmation,
)
from search.evaluation.retraining import RepeatFinished, RepeatsPlanned
from search.loop.events import Ended, Opened
from search.seeds import derive
from search.study.records import Record
from search.study.settings import SIMULATED
from search.study.study import Study, create_or_resume
from search.study.user_files import load_files, load_objective, load_space
from search.training.engines.in_process import InProcessPool
from search.training.trainer import DeviceData, train
from tests.support import digits_folder, tiny
from tests.support.interruptible import start_interruptible

ROOT = Path(__file__).parents[1]
QUICK: dict[str, Any] = {"train_examples": 300, "max_epochs": 2, "window": 1}
EPOCH = b'"intermediate_value"'  # in a journal, the record of an epoch


def command(root: Path, **options: Any) -> subprocess.Popen[Any]:
    """Start `python -m search run` with these options as a terminal does."""
    given = QUICK | {
        "study": "mnist",
        "studies": root,
        "workers": 1,
        "device": "cpu",
        **options,
    }
    words = [f"--{name.replace('_', '-')}={value}" for name, value in given.items()]
    return start_interruptible(
        [sys.executable, "-m", "search", "run", *words],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def wait_for_an_epoch(process: subprocess.Popen[Any], root: Path) -> None:
    """Wait until the first epoch of the study is recorded."""
    journal = root / "mnist" / "journal.log"

    def recorded() -> bool:
        assert process.poll() is None, "the run has ended"
        return journal.exists() and EPOCH in journal.read_bytes()

    tiny.until(recorded)


def members(group: int) -> int:
    """The number of running processes in a process group; needs no `ps` on Linux."""
    if Path("/proc/self/stat").exists():
        rows = [_stat(path).rpartition(")")[2].split() for path in Path("/proc").glob("[0-9]*")]
        return sum(len(row) > 2 and row[0] != "Z" and int(row[2]) == group for row in rows)
    table = subprocess.run(["ps", "-A", "-o", "stat=,pgid="], capture_output=True, check=True)
    rows = [row.split() for row in table.stdout.decode().splitlines()]
    return sum(state[0] != "Z" and int(its) == group for state, its in rows)


def _stat(process: Path) -> str:
    try:
        return (process / "stat").read_text()
    except OSError:  # the process has ended
        return ""


def retrained(study: Study, record: Record) -> tuple[float, ...]:
    """The accuracies of the record's candidate and seed, trained outside of a study."""
    data = DeviceData(load("mnist", study.setup.train_examples), torch.device("cpu"))
    seed = derive(study.setup.seed, record.origin)
    assert record.candidate is not None
    return tuple(r.validation_accuracy for r in train(record.candidate, seed, data))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of two candidates of the shipped space, killed once and resumed."""
    root = tmp_path_factory.mktemp("studies")
    process = command(root, trials=2)
    wait_for_an_epoch(process, root)
    assert members(process.pid) > 1
    process.kill()
    process.wait()
    tiny.until(lambda: members(process.pid) == 0)  # until its worker has ended too
    run(2, studies=root, workers=1, device="cpu")
    return root


def test_a_killed_study_is_resumed(root: Path) -> None:
    """The unfinished candidate is trained again with the same random seed."""
    study = load_study(studies=root)
    records = [record for record in study.records() if record.outcome != "over budget"]
    assert [record.outcome for record in records] == ["interrupted", "trained", "trained"]
    lost, again, _ = records
    assert lost.process_gone
    assert (lost.candidate, lost.origin) == (again.candidate, again.origin)
    assert lost.validation_accuracy == again.validation_accuracy[: lost.epochs]
    assert retrained(study, again) == again.validation_accuracy


def test_overrides_are_kept(root: Path) -> None:
    """A resumed run uses the overrides of the study, and the study lists them as caveats."""
    study = load_study(studies=root)
    assert study.setup.overrides == (("epochs", 2), ("window", 1))
    assert study.setup.train_examples == 300
    for record in study.records():
        assert record.candidate is not None
        assert record.candidate.recipe.epochs == 2
    assert {"epochs overridden: 2", "window overridden: 1"} < set(study.setup.caveats)
    assert any("300 of 50,000" in caveat for caveat in study.setup.caveats)


def test_the_same_call_again_trains_nothing(root: Path) -> None:
    """A run of a finished study is complete without training."""
    before = load_study(studies=root).records()
    events: list[Any] = []
    study = run(2, studies=root, workers=1, device="cpu", show=events.append)
    assert [type(event) for event in events] == [Opened, Ended]
    assert (events[-1].ending, events[-1].trained) == ("complete", 2)
    assert any("epochs overridden" in line for line in events[0].notes)
    assert study.records() == before


@pytest.mark.parametrize(
    "option, value, message",
    [
        ("max_params", 5_000, "budget: 10,000 parameters"),
        ("max_epochs", 3, "2 epochs in the study, 10,000 parameters, 3 epochs now"),
        ("window", 2, "window: 1 in the study, 2 now"),
        ("train_examples", 500, "train examples: 300 in the study, 500 now"),
        ("seed", 1, "seed: 0 in the study, 1 now"),
        ("space", tiny.SPACE, "space.py: "),
        ("objective", tiny.OBJECTIVE, "objective.py: "),
    ],
)
def test_another_setup_is_refused(root: Path, option: str, value: int | Path, message: str) -> None:
    """The error names the difference and the remedy, and the journal does not change."""
    changed: dict[str, Any] = {option: value}
    before = (root / "mnist" / "journal.log").read_bytes()
    with pytest.raises(FrugalError, match=rf"({message}).*another study with --study mnist-2"):
        run(3, study="mnist", studies=root, workers=1, device="cpu", **changed)
    assert (root / "mnist" / "journal.log").read_bytes() == before


def test_the_trials_are_a_table(root: Path) -> None:
    """The table has one row per trial and one column per setting."""
    table = load_study(studies=root).trials
    assert list(table["outcome"]).count("trained") == 2
    assert set(table["recipe.epochs"]) == {2}


def test_ctrl_c_stops_after_the_current_epoch(tmp_path: Path) -> None:
    """The trial is marked as interrupted; the next run trains it with the same random seed."""
    options: dict[str, Any] = {"space": tiny.SPACE, "trials": 1, "max_epochs": 5}
    process = command(tmp_path, **options)
    wait_for_an_epoch(process, tmp_path)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to workers too
    process.wait(tiny.PATIENCE)
    tiny.until(lambda: members(process.pid) == 0)
    study = load_study(studies=tmp_path)
    stopped = study.records()[-1]
    assert (stopped.outcome, stopped.reason) == ("interrupted", "stopped by the user")
    assert 1 <= stopped.epochs < 5
    assert tiny.names(study.folder / "running") == []
    study = run(1, studies=tmp_path, space=tiny.SPACE, workers=1, device="cpu")
    again = study.best()
    assert (again.candidate, again.origin) == (stopped.candidate, stopped.origin)
    assert retrained(study, again) == again.validation_accuracy


BAD = {
    "no trials": ({"trials": 0}, "--trials 0: must be at least 1"),
    "negative trials": ({"trials": -3}, "--trials -3: must be at least 1"),
    "no time": ({"timeout": 0}, "--timeout 0: must be a number of seconds above 0"),
    "no workers": ({"workers": 0}, "--workers 0: must be at least 1"),
    "unknown sampler": ({"sampler": "tpo"}, 'unknown sampler "tpo": choose one of tpe, random'),
    "unknown device": ({"device": "tpu"}, 'unknown device "tpu": use one of auto, cpu'),
    "unknown data": ({"data": "mnits"}, "unknown data 'mnits'"),
    "too few epochs": ({"max_epochs": 4}, "4 epochs are fewer than the window of 5"),
    "no budget": ({"max_params": 0}, "parameters must be a whole number of at least 1"),
    "too few images": ({"train_examples": 3}, "at least 10, one per class"),
    "no such space": ({"space": "nowhere.py"}, "cannot read nowhere.py"),
    "a name that is no folder": ({"study": "../mnist"}, "cannot name a study"),
}


@pytest.mark.parametrize("options, message", BAD.values(), ids=BAD)
def test_bad_input_is_an_error_of_one_line(
    tmp_path: Path, options: dict[str, Any], message: str
) -> None:
    """The error is raised before anything is written."""
    with pytest.raises(FrugalError) as caught:
        run(studies=tmp_path, **{"device": "cpu", **options})
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert tiny.names(tmp_path) == []


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_missing_gpu_is_an_error(tmp_path: Path) -> None:
    """The error names the remedy."""
    with pytest.raises(FrugalError, match=r"no cuda device .*--device cpu"):
        run(studies=tmp_path, device="cuda")


def test_an_unreachable_storage_is_an_error(tmp_path: Path) -> None:
    """The error is raised before anything is trained."""
    with pytest.raises(FrugalError, match="does not answer"):
        run(studies=tmp_path, device="cpu", storage=f"sqlite:///{tmp_path}/no/study.db")


def test_an_export_needs_a_finished_trial(tmp_path: Path) -> None:
    """A study without a finished trial says how to train one, and nothing is written."""
    files = load_space(tiny.SPACE), load_objective(tiny.OBJECTIVE)
    setup = tiny.setup_of(load("mnist", 100), *files)
    create_or_resume("mnist", tmp_path / "studies", setup)
    with pytest.raises(FrugalError, match=r"no candidate trained to the end .* run --study mnist"):
        export(studies=tmp_path / "studies", out=tmp_path / "best.py")
    assert tiny.names(tmp_path) == ["studies"]


PATIENCE = 60.0  # seconds to wait for the page of the dashboard
TRAIN, SEEDS, TARGET = 300, 3, 0.5  # images, repeats, accuracy
HERE: dict[str, Any] = {"device": "cpu", "workers": 1}
TINY: dict[str, Any] = {"space": tiny.SPACE, "objective": tiny.OBJECTIVE}


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A studies folder with a study of two tiny candidates on 300 images of MNIST.

    It is confirmed and drilled down, all in this process, because a pool of worker processes takes
    seconds to start.
    """
    studies = tmp_path_factory.mktemp("searched") / "studies"
    images = load("mnist", TRAIN)
    settings: dict[str, Any] = {
        "train_examples": TRAIN,
        "notes": images.notes,
        "validation_images": 10_000,
    }
    study = tiny.search(studies, images, 2, name="mnist", **settings)
    open_pool = partial(InProcessPool, device="cpu", capacity=2)
    confirmation = ConfirmationRun(study, open_pool, top=1, seeds=SEEDS)
    assert list(confirmation.events())
    write_confirmation(summarise_confirmation(confirmation, TARGET, "confirm"), study.folder)
    assert DrilldownRun(study).train(open_pool)
    return studies


def visited(studies: Path) -> list[int]:
    """Open the dashboard, request its page, stop it with Ctrl-C and return HTTP statuses."""
    statuses: list[int] = []

    def visit(url: str) -> None:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as response:
                statuses.append(response.status)
        finally:
            os.kill(os.getpid(), signal.SIGINT)

    def show(line: str) -> None:
        (url,) = re.findall(r"http://\S+", line)
        threading.Thread(target=visit, args=(url,)).start()

    search.open_dashboard(studies=studies, show=show)
    return statuses


def used(studies: Path, out: Path) -> dict[str, Any]:
    """The results of all functions on the study, by name, without values that vary in time."""
    where: dict[str, Any] = {"studies": studies}
    confirmation = search.confirm(**where, top=1, seeds=SEEDS, target=TARGET, **HERE)
    assert confirmation is not None
    final = replace(confirmation.final, openings=0)  # reproduce evaluates on the test set too
    exported = search.export(**where, out=out / "best.py", safetensors=True)
    reproduction = search.reproduce(exported[0], **where, device="cpu")
    return {
        "run": search.run(2, **where, **TINY, **HERE).records(),
        "load_study": search.load_study(**where).ranking(),
        "list_studies": search.list_studies(studies),
        "confirm": (confirmation.race, final),
        "drilldown": search.drilldown(**where, **HERE),
        "export": exported,
        "reproduce": (reproduction.accuracy, reproduction.identical),
        "report": search.report(**where, out=out / "report.html", markdown=True),
        "baselines": search.baselines(**where),
        "space_preview": search.space_preview(5, **TINY),
        "describe_data": search.describe_data(train_examples=TRAIN, out=out / "samples.html"),
        "open_dashboard": visited(studies),
    }


def test_every_function_works_twice_after_every_module_is_imported(
    searched: Path, tmp_path: Path
) -> None:
    """No module replaces a function of the same name, and a second call gives the same result."""
    for module in pkgutil.walk_packages(search.__path__, "search."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    public = {name for name in search.__all__ if inspect.isfunction(getattr(search, name))}
    first, second = used(searched, tmp_path), used(searched, tmp_path)
    assert first.keys() == public
    assert first == second
    assert first["open_dashboard"] == [200]
    assert first["reproduce"][1]
    files = {"best.py", "best.safetensors", "report.html", "report.md", "samples.html"}
    assert files == set(tiny.names(tmp_path))


def test_functions_take_options_by_name() -> None:
    """Functions take at most one positional argument; shared arguments have one default."""
    defaults: dict[str, set[object]] = {}
    for name in search.__all__:
        function = getattr(search, name)
        if not inspect.isfunction(function):
            continue
        first, *others = inspect.signature(function).parameters.values()
        assert first.kind is first.POSITIONAL_OR_KEYWORD
        assert all(other.kind is other.KEYWORD_ONLY for other in others), name
        for parameter in (first, *others):
            defaults.setdefault(parameter.name, set()).add(parameter.default)
    assert defaults["studies"] == {search.api.STUDIES}
    assert defaults["study"] == {
        None
    }  # the most recent study; run derives a name from data and limits
    assert defaults["storage"] == {None}
    assert defaults["device"] == {"auto"}
    assert defaults["workers"] == {None}


@pytest.mark.parametrize("confirmed", [True, False])
def test_export_and_report_load_the_data_once(
    searched: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, confirmed: bool
) -> None:
    """Data are loaded once, whether the study is confirmed or not, and not for a second report."""
    studies = Path(shutil.copytree(searched, tmp_path / "studies"))
    if not confirmed:
        (studies / "mnist" / "confirmation.json").unlink()
    (studies / "mnist" / "samples.npz").unlink(missing_ok=True)
    loads = []
    find = sources.find

    def counted(*given: Any, **named: Any) -> Source:
        loads.append(given)
        return find(*given, **named)

    monkeypatch.setattr(sources, "find", counted)
    export(studies=studies, out=tmp_path / "best.py", safetensors=True)
    assert len(loads) == 1
    report(studies=studies, markdown=True)
    assert len(loads) == 2
    report(studies=studies)
    assert len(loads) == 2


@pytest.mark.parametrize("workers", [0, -1])
def test_too_few_workers_are_an_error(searched: Path, tmp_path: Path, workers: int) -> None:
    """Every function that trains several networks raises the error before it trains."""
    calls = (
        lambda: run(3, studies=searched, workers=workers),
        lambda: confirm(studies=searched, workers=workers),
        lambda: drilldown(studies=searched, workers=workers),
        lambda: baselines("ev8-5", studies=tmp_path / "studies", workers=workers),
    )
    for call in calls:
        with pytest.raises(FrugalError, match=f"^--workers {workers}: must be at least 1$"):
            call()
    assert not (tmp_path / "studies").exists()


@pytest.mark.parametrize("target", [0.0, -0.5, 99.4, float("nan")])
def test_an_invalid_target_is_an_error(searched: Path, target: float) -> None:
    """The target of confirm is a fraction above 0 and at most 1."""
    with pytest.raises(FrugalError, match=r"--target .*: must be an accuracy in %, above 0 and at"):
        confirm(studies=searched, target=target)


def test_a_preview_needs_a_sample() -> None:
    """The error is raised before the data are loaded."""
    with pytest.raises(FrugalError, match="--samples -1: must be at least 1"):
        space_preview(-1, data="nowhere")


def test_the_number_of_missing_repeats_is_the_first_event(searched: Path, tmp_path: Path) -> None:
    """drilldown reports the number of missing repeats and trains no finished repeat again."""
    studies = Path(shutil.copytree(searched, tmp_path / "studies"))
    events: list[Any] = []
    result = drilldown(studies=studies, epochs=1, show=events.append, **HERE)
    assert result is not None
    assert events[0] == RepeatsPlanned(len(result.steps))
    assert sum(isinstance(event, RepeatFinished) for event in events) == len(result.steps)
    again: list[Any] = []
    assert drilldown(studies=studies, epochs=1, show=again.append, **HERE) == result
    assert again == [RepeatsPlanned(0)]
    assert read_drilldown(studies / "mnist") == result


def test_baselines_returns_the_trained_baseline(tmp_path: Path) -> None:
    """If no repeat is missing, nothing is trained and the test set is not used."""
    repeat_file = RepeatFile(tmp_path / BASELINE_REPEATS_FILE)
    for repeat in measured_repeats(tmp_path)["ev8-5"][:2]:
        repeat_file.add(repeat)
    events: list[Any] = []
    results = baselines("ev8-5", seeds=2, studies=tmp_path, show=events.append)
    assert [baseline.name for baseline in results.baselines] == ["ev8-5"]
    assert results.measured == {"ev8-5": repeat_file.read()}
    assert (results.missing, events) == (0, [RepeatsPlanned(0)])
    assert not (tmp_path / "ledger").exists()


DRAWN: dict[str, Any] = {"device": "simulated", "workers": 1}
LIMITS: dict[str, Any] = {"train_examples": 2_000, "max_epochs": 6}


@pytest.fixture(params=["journal", "sqlite"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, object]:
    """The location of studies: a folder, with and without a database as storage."""
    url = f"sqlite:///{tmp_path}/studies.db" if request.param == "sqlite" else None
    return {"studies": tmp_path / "studies", "storage": url}


def opening(trials: int = 1, **options: object) -> Opened:
    """The first event of a simulated run, which is run to its end."""
    events: list[object] = []
    run(trials, **{**DRAWN, **options}, show=events.append)
    assert isinstance(events[0], Opened)
    return events[0]


def test_a_limited_run_is_a_separate_study(place: dict[str, Any]) -> None:
    """A run with limits does not affect a later run without limits."""
    quick = opening(**LIMITS, **place)
    assert quick.study == "mnist-2000-images-6-epochs-simulated"
    assert quick.setup.startswith("mnist, 2,000 of 50,000 training images, 10,000 parameters, 6 ep")
    full = opening(**place)
    assert (full.study, full.resumed) == ("mnist-simulated", False)
    assert full.setup == "mnist, 10,000 parameters, 15 epochs; simulated"
    again = opening(2, **LIMITS, **place)
    assert (again.study, again.resumed, again.trained) == (quick.study, True, 1)
    assert not any(line.startswith("note: ") for line in (*full.notes, *again.notes))
    assert load_study(**place).name == quick.study


def test_default_limits_are_not_in_the_name(place: dict[str, Any]) -> None:
    """Limits equal to those of the objective, or to all images, do not change the name."""
    usual: dict[str, Any] = {
        "max_epochs": 15,
        "max_params": 10_000,
        "window": 5,
        "train_examples": 50_000,
    }
    first = opening(**usual, **place)
    assert (first.study, first.notes[1:]) == ("mnist-simulated", (SIMULATED,))
    assert opening(2, **place).trained == 1
    assert opening(3, **usual, **place).trained == 2


def test_another_seed_space_or_objective_is_refused(place: dict[str, Any]) -> None:
    """They are not part of the name; the error proposes an unused name."""
    opening(**place)
    for other in ({"seed": 1}, {"space": tiny.SPACE}, {"objective": tiny.OBJECTIVE}):
        with pytest.raises(FrugalError, match=r"other settings .*--study mnist-simulated-2$"):
            opening(2, **other, **place)
    assert opening(**place).trained == 1


def digits(folder: Path, images: int) -> Path:
    """A folder of the first training images of MNIST."""
    return digits_folder.folder(folder, load("mnist"), images, 50)


OTHERS = {
    "mnist-simulated": {"max_epochs": 15},
    "mnist-3000-images-simulated": {"train_examples": 3_000},
}


def test_an_existing_study_named_mnist_is_resumed(place: dict[str, Any]) -> None:
    """It is resumed if it has all requested settings, with a note on its limits."""
    opening(study="mnist", **LIMITS, **place)
    for asked in (LIMITS, {"max_epochs": 6, "data": "mnist"}):
        assert opening(**asked, **place).study == "mnist"
    alone = opening(device="auto", **place)
    assert (alone.study, alone.resumed) == ("mnist", True)
    (note,) = [line for line in alone.notes if line.startswith("note: ")]
    limits = "2,000 of 50,000 training images, epochs 6, simulated training"
    assert note.startswith(f"note: study mnist is resumed with its own settings: {limits}; ")
    assert note.endswith("use --study mnist-2")
    for name, asked in OTHERS.items():
        assert opening(**asked, **place).study == name
    assert opening(**place).study == "mnist-simulated"  # it exists now


def test_a_study_named_mnist_of_other_images_is_resumed_with_them(
    place: dict[str, Any], tmp_path: Path
) -> None:
    """Images are compared by their digest, not by the name of their folder."""
    folder, other = digits(tmp_path / "a", 300), digits(tmp_path / "b", 250)
    opening(study="mnist", data=str(folder), **place)
    moved = shutil.move(folder, tmp_path / "moved")
    assert opening(data=str(moved), **place).study == "mnist"
    assert opening(data=str(other), **place).study == "b-simulated"
    assert opening(data="mnist", **place).study == "mnist-simulated"


def test_two_folders_of_the_same_name_are_not_mixed(place: dict[str, Any], tmp_path: Path) -> None:
    """The second folder is an error that names the difference, unless --study is another."""
    first, second = digits(tmp_path / "a/pets", 300), digits(tmp_path / "b/pets", 250)
    assert opening(data=str(first), **place).study == "pets-simulated"
    with pytest.raises(FrugalError, match=r"data: .* in the study, .* now.*pets-simulated-2$"):
        opening(data=str(second), **place)
    assert opening(data=str(second), study="pets-2", **place).trained == 0


MODULES = {
    "space.py": "import helper\n"
    + tiny.SPACE.read_text().replace('"first", 2, 8', "*helper.FIRST"),
    "objective.py": "from scores import least\n"
    + tiny.OBJECTIVE.read_text().replace("min(", "least("),
    "helper.py": 'FIRST = ("first", 2, 8)\n',
    "scores.py": "least = min\n",
}


def test_edited_modules_are_noticed(
    place: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A study uses its own copies; edited modules are an error if they are passed."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, text in MODULES.items():
        (folder / name).write_text(text)
    files: dict[str, Any] = {"space": folder / "space.py", "objective": folder / "objective.py"}
    study = run(1, study="s", **files, **DRAWN, **place)
    assert set(MODULES) < set(tiny.names(study.folder))
    assert [path for path, _ in study.setup.modules] == ["helper.py", "scores.py"]
    (folder / "helper.py").write_text('FIRST = ("first", 3, 8)\n')
    with pytest.raises(FrugalError, match=r"helper.py: -FIRST = .*2, 8.* / \+FIRST = .*3, 8"):
        run(2, study="s", **files, **DRAWN, **place)
    monkeypatch.chdir(folder)
    began = opening(2, study="s", **place)
    (note,) = [line for line in began.notes if line.startswith("note: ")]
    assert note.startswith("note: ./helper.py differs from the study's copy, which is used")
    assert began.notes[0] == f"space {study.folder}/space.py, objective {study.folder}/objective.py"
    shutil.rmtree(folder)
    assert opening(3, study="s", **place).trained == 2


def test_a_confirmation_scores_by_the_recorded_objective(tmp_path: Path) -> None:
    """Neither an edited copy nor the original folder of the modules is used."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, text in MODULES.items():
        (folder / name).write_text(text)
    files: dict[str, Any] = {"space": folder / "space.py", "objective": folder / "objective.py"}
    kept, _ = load_files(*files.values())
    images, studies = load("mnist", 300), tmp_path / "studies"
    settings: dict[str, Any] = {
        "modules": kept.modules,
        "train_examples": 300,
        "validation_images": 10_000,
    }
    study = tiny.search(studies, images, 1, **files, **settings)
    shutil.rmtree(folder)
    (study.folder / "scores.py").write_text("least = max\n")
    with pytest.warns(
        StudyWarning, match="scores.py: edited after study tiny was created, and not"
    ):
        opened = load_study(studies=studies)
    confirmation = ConfirmationRun(opened, partial(InProcessPool, device="cpu", capacity=3), 1, 3)
    assert list(confirmation.events())
    for final in summarise_confirmation(confirmation, TARGET, "confirm").final.runs:
        assert final.consistency == min(final.accuracy)
