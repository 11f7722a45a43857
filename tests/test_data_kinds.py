"""Every kind of data on every engine with every command.

A cell is a combination of a kind of `tests.support.data_kinds`, an engine and a command. The test
of a command lists its cells as parameters; NOT_COVERED lists all other cells with the reason. In
the fast tier, all kinds are trained on every CPU engine, and RGB images are tested with every
command. The commands on the other kinds and with torch are in the slow tier.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from search import Architecture, Augmentation, Block, Candidate, Head, Recipe
from search.api import confirm, drilldown, export, load_study, report, reproduce, run
from search.data import dataset as data
from search.data import sources
from search.data.split import divide
from search.evaluation.results import Confirmation, read_confirmation
from search.reporting.pictures import samples_html
from search.reporting.report_data import SAMPLES, read_samples
from search.study.records import Record
from search.training.backend import TorchBackend
from search.training.engines.cuda_graphs import CudaGraphPool
from search.training.engines.in_process import InProcessPool
from search.training.native import available
from search.training.native.build import SWITCH
from search.training.native.program import Program
from search.training.native.stages import WIDEST
from search.training.network import build_network
from search.training.pool import EpochResult
from search.training.trainer import DeviceData, Trainer
from tests.support.data_kinds import DATA_KINDS, RGB, DataKind

ROOT = Path(__file__).parents[1]
STUDY = "kind"
SEEDS = 3  # minimum that confirm accepts
CPP, TORCH, STEPS = "C++ engine", "torch", "CUDA steps on a CPU"
GRAPHS, MPS = "CUDA graphs", "MPS"
ENGINES = (CPP, TORCH, STEPS, GRAPHS, MPS)
SWITCHED = {CPP: "1", TORCH: "0", STEPS: "0"}  # value of the switch of the C++ engine
TRAINING = "train"  # not a command: a pool in this process, as used by reproduce and on a Mac
COMMANDS = (TRAINING, "run", "export", "report", "reproduce", "confirm", "drilldown")
NOT_COVERED = {  # by engine and command, for every kind of data
    **{
        (STEPS, command): "commands use these steps only on a CUDA device"
        for command in COMMANDS
        if command != TRAINING
    },
    **{(GRAPHS, command): "needs a CUDA device" for command in COMMANDS},
    **{(MPS, command): "needs a Mac" for command in COMMANDS},
}
pytestmark = pytest.mark.skipif(not available(), reason="no C++ compiler here")


def cells(fast: Callable[[DataKind, str], bool]) -> list[Any]:
    """Test parameters: every kind on the two engines that commands use on a CPU."""
    return [
        pytest.param(
            (kind, engine),
            id=f"{kind.name}, {engine}",
            marks=() if fast(kind, engine) else pytest.mark.slow,
        )
        for kind, engine in product(DATA_KINDS, (CPP, TORCH))
    ]


each_cell = pytest.mark.parametrize(
    "cell", cells(lambda kind, engine: (kind, engine) == (RGB, CPP)), indirect=True
)


def test_the_table_is_complete() -> None:
    """Each cell is a parameter of a test or listed in NOT_COVERED."""
    tested = {
        (kind, engine, command)
        for command in COMMANDS
        for kind, engine in _cells_of(globals()[f"test_{command}"])
    }
    missing = set(product(DATA_KINDS, ENGINES, COMMANDS)) - tested
    assert missing == {
        (kind, engine, command) for kind in DATA_KINDS for engine, command in NOT_COVERED
    }


def _cells_of(test: Any) -> set[tuple[DataKind, str]]:
    """The kinds and engines in the parameters of a test."""
    (marker,) = (mark for mark in test.pytestmark if mark.name == "parametrize")
    return {parameters.values[0] for parameters in marker.args[1]}


def test_the_kinds_span_the_range() -> None:
    """The kinds have 1 to 4 channels, 8 to 64 pixels, 2 to 200 classes, and every form."""
    assert {kind.channels for kind in DATA_KINDS} == {1, 2, 3, 4}
    assert (sources.SIDES, {kind.side for kind in DATA_KINDS}) == ((8, 64), {8, 64})
    assert {2, WIDEST, 200} < {kind.classes for kind in DATA_KINDS}
    assert {kind.light for kind in DATA_KINDS} == {False, True}
    assert {kind.form for kind in DATA_KINDS} == {"folders", "IDX", "EMNIST", "memory"}


# training in this process
@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[DataKind], tuple[Path, str]]:
    """A function that writes the data of a kind once and returns their folder and name."""
    names: dict[DataKind, tuple[Path, str]] = {}

    def write(kind: DataKind) -> tuple[Path, str]:
        if kind not in names:
            folder = tmp_path_factory.mktemp("data") / "images"
            names[kind] = folder, kind.write(folder)
        return names[kind]

    return write


@pytest.fixture
def loaded(
    written: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> Callable[[DataKind], data.Dataset]:
    """A function that loads the data of a kind as the commands do."""

    def load(kind: DataKind) -> data.Dataset:
        folder, name = written(kind)
        kind.be_at_hand(folder, monkeypatch)
        return data.load(name)

    return load


def results(pool: CudaGraphPool | InProcessPool, candidate: Candidate) -> list[EpochResult]:
    """The results of one candidate, by epoch."""
    found = []
    with pool:
        pool.admit(candidate, 3)
        for event in pool:
            assert isinstance(event.result, EpochResult)
            found.append(event.result)
    return found


def small_candidate(kind: DataKind) -> Candidate:
    """A candidate with two convolutions and no dropout, whose masks differ between engines."""
    blocks = (Block(6, padding=1, pool=2), Block(8, padding=1))
    recipe = Recipe(2, batch=6, rate=0.02, smoothing=0.1, augmentation=Augmentation(9, 1, 0.1))
    return Candidate(Architecture(kind.image, kind.classes, blocks, Head("linear")), recipe)


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param((kind, engine), id=f"{kind.name}, {engine}")
        for kind, engine in product(DATA_KINDS, (CPP, TORCH, STEPS))
    ],
)
def test_train(
    cell: tuple[DataKind, str], loaded: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each engine trains on the images as they were written, with the same losses as torch."""
    kind, engine = cell
    monkeypatch.setenv(SWITCH, SWITCHED[engine])
    dataset, candidate = loaded(kind), small_candidate(kind)
    made, labels = kind.images("train")
    by_label = torch.from_numpy(labels).long().argsort(stable=True)
    order = by_label if kind.form == "folders" else torch.arange(len(labels))
    kept, held_out = divide(torch.from_numpy(labels).long()[order], "validation")
    images = torch.from_numpy(made)[order]
    assert torch.equal(dataset.train.images, images[kept])
    assert torch.equal(dataset.validation.images, images[held_out])
    assert dataset.border.values == (kind.border,) * kind.channels
    backend = Trainer(candidate, 3, DeviceData(dataset, torch.device("cpu"))).backend
    is_native = engine == CPP and kind.classes <= WIDEST
    assert isinstance(backend, Program if is_native else TorchBackend)
    pool = CudaGraphPool(dataset, "cpu") if engine == STEPS else InProcessPool(dataset)
    trained = results(pool, candidate)
    monkeypatch.setenv(SWITCH, "0")
    expected = results(InProcessPool(dataset), candidate)
    for ours, theirs in zip(trained, expected, strict=True):
        assert ours.training_loss == pytest.approx(theirs.training_loss, rel=1e-3)
        assert ours.validation_loss == pytest.approx(theirs.validation_loss, rel=1e-3)


@pytest.mark.parametrize("kind", DATA_KINDS, ids=lambda kind: kind.name)
def test_samples_are_shown(kind: DataKind, loaded: Callable[..., Any]) -> None:
    """The page of `data` shows the border and a picture of every class."""
    dataset = loaded(kind)
    page = samples_html(dataset, Augmentation(9, 1, 0.1))
    assert page.count("<img") == kind.classes
    assert ", ".join([f"{kind.border:.4f}"] * kind.channels) in page
    assert ("border filled with 1" in page) == kind.light


# commands
@dataclass(frozen=True)
class Cell:
    """A study of one candidate and its confirmation, on one kind of data by one engine."""

    kind: DataKind
    engine: str
    data: str
    searched: Path  # studies folder after the run
    confirmed: Path  # a copy of it after confirm

    @property
    def record(self) -> Record:
        """The record of the only candidate."""
        return load_study(STUDY, studies=self.searched).best()

    @property
    def candidate(self) -> Candidate:
        """The only candidate."""
        candidate = self.record.candidate
        assert candidate is not None
        return candidate

    @property
    def confirmation(self) -> Confirmation:
        """The result of confirm."""
        confirmation = read_confirmation(self.confirmed / STUDY)
        assert confirmation is not None
        return confirmation


@pytest.fixture(scope="module")
def made() -> dict[tuple[DataKind, str], Cell]:
    """The cells created so far."""
    return {}


@pytest.fixture
def cell(
    request: pytest.FixtureRequest,
    written: Callable[..., Any],
    made: dict[tuple[DataKind, str], Cell],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Cell:
    """A cell, searched and confirmed once, with its engine and data available."""
    kind, engine = request.param
    folder, name = written(kind)
    monkeypatch.setenv(SWITCH, SWITCHED[engine])
    kind.be_at_hand(folder, monkeypatch)
    if request.param not in made:
        root = tmp_path_factory.mktemp("cell")
        searched, confirmed = root / "searched", root / "confirmed"
        _search(name, searched)
        shutil.copytree(searched, confirmed)
        confirm(STUDY, studies=confirmed, top=1, seeds=SEEDS, data=name, device="cpu", workers=1)
        made[request.param] = Cell(kind, engine, name, searched, confirmed)
    return made[request.param]


def _search(name: str, studies: Path) -> None:
    """Train one candidate of the shipped space."""
    files: dict[str, Any] = {"space": ROOT / "space.py", "objective": ROOT / "objective.py"}
    limits: dict[str, Any] = {"max_epochs": 2, "window": 1}
    run(1, study=STUDY, studies=studies, data=name, device="cpu", workers=1, **files, **limits)


@each_cell
def test_run(cell: Cell) -> None:
    """The engine trains a candidate for images of this shape, filled with their border."""
    commands = json.loads((cell.searched / STUDY / "environment.json").read_text())
    assert [command["operators"] for command in commands] == [cell.engine]
    assert cell.record.outcome == "trained"
    assert cell.candidate.architecture.image == cell.kind.image
    assert cell.candidate.architecture.classes == cell.kind.classes
    assert cell.candidate.recipe.augmentation.fill == cell.kind.border


CLEAN = """
import json, sys
import importlib.util
import torch
spec = importlib.util.spec_from_file_location("exported", sys.argv[1])
exported = importlib.util.module_from_spec(spec)
spec.loader.exec_module(exported)
pixels = torch.load(sys.argv[2])
print(json.dumps([exported.CLASSES, exported.predict(exported.load(), pixels).tolist()]))
assert not [name for name in sys.modules if name.partition(".")[0] in ("search", "optuna")]
"""


def in_a_clean_process(path: Path, images: torch.Tensor) -> tuple[list[str], torch.Tensor]:
    """The classes and the probabilities (N, classes) of an exported file for images."""
    pixels = path.with_suffix(".pt")
    torch.save(images, pixels)
    command = [sys.executable, "-I", "-c", CLEAN, str(path), str(pixels)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=path.parent, check=False)
    assert done.returncode == 0, done.stderr
    classes, probabilities = json.loads(done.stdout)
    return classes, torch.tensor(probabilities)


@each_cell
def test_export(cell: Cell, tmp_path: Path) -> None:
    """The exported file reproduces the trained network without this package.

    After the run it gives the recorded validation accuracy, after confirm the test accuracy.
    """
    number, dataset = cell.record.number, data.load(cell.data)
    (path,) = export(STUDY, studies=cell.searched, out=tmp_path / "best.py")
    classes, probabilities = in_a_clean_process(path, dataset.validation.images)
    network = build_network(cell.candidate.architecture).eval()
    weights = load_file(cell.searched / STUDY / "weights" / f"trial-{number:05}.safetensors")
    network.load_state_dict(weights, strict=False)
    images = DeviceData(dataset, torch.device("cpu")).validation_images
    with torch.inference_mode():
        expected = network(images).softmax(1)
    assert tuple(classes) == dataset.classes
    assert torch.allclose(probabilities, expected, atol=1e-5)
    hits = (probabilities.argmax(1) == dataset.validation.labels).double().mean().item()
    assert hits == pytest.approx(cell.record.validation_accuracy[-1], abs=1e-9)

    (path,) = export(STUDY, studies=cell.confirmed, out=tmp_path / "confirmed.py")
    final, test = cell.confirmation.final, sources.find(cell.data).read_test()
    _, probabilities = in_a_clean_process(path, test.images)
    hits = (probabilities.argmax(1) == test.labels).double().mean().item()
    (median,) = (each for each in final.runs if each.number == final.median)
    assert hits == pytest.approx(median.accuracy[-1], abs=1e-9)


@each_cell
def test_report(cell: Cell, tmp_path: Path) -> None:
    """The report of the confirmed study has pictures of its augmentation."""
    notes: list[str] = []
    page, summary = report(
        STUDY,
        studies=cell.confirmed,
        out=tmp_path / "report.html",
        markdown=True,
        show=notes.append,
    )
    assert notes == []
    identity = load_study(STUDY, studies=cell.confirmed).identity
    samples = read_samples(cell.confirmed / STUDY / SAMPLES, cell.record.number, identity)
    assert samples is not None
    assert samples.plain.shape[1:] == samples.augmented.shape[2:] == cell.kind.image
    html = page.read_text(encoding="utf-8")
    assert "No augmentation examples" not in html
    assert ("border filled with 1" in html) == cell.kind.light
    assert f"{100 * cell.confirmation.final.mean:.2f}" in summary.read_text(encoding="utf-8")


@each_cell
def test_reproduce(cell: Cell, tmp_path: Path) -> None:
    """Retraining in this process equals the training in a worker process, in every epoch."""
    (path,) = export(STUDY, studies=cell.searched, out=tmp_path / "best.py")
    again = reproduce(path, studies=cell.searched, data=cell.data, device="cpu")
    assert again.identical
    assert again.agrees


@each_cell
def test_confirm(cell: Cell) -> None:
    """Every run is evaluated on all test images after every epoch."""
    final = cell.confirmation.final
    assert len(final.runs) == SEEDS
    assert final.images == len(sources.find(cell.data).read_test())
    assert all(len(each.accuracy) == 2 for each in final.runs)


@each_cell
def test_drilldown(cell: Cell, tmp_path: Path) -> None:
    """Every step is trained, from a plain network to the candidate."""
    root = Path(shutil.copytree(cell.searched, tmp_path / "studies"))
    result = drilldown(
        STUDY, studies=root, seeds=1, epochs=1, data=cell.data, device="cpu", workers=1
    )
    assert result is not None
    assert len(result.steps) > 2
    assert all(len(step.scores) == 1 and not step.failures for step in result.steps)
    assert result.steps[-1].candidate.architecture == cell.candidate.architecture
