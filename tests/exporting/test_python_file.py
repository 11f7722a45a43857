"""Exported files: equal to the trained network, readable, and usable with torch alone."""

import ast
import importlib.util
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from search.candidates.architecture import Architecture, Head
from search.candidates.blocks import Block
from search.candidates.candidate import Budget, Candidate
from search.candidates.recipe import Augmentation, Recipe
from search.data import dataset as data
from search.data.dataset import Dataset
from search.data.description import DataStatistics
from search.errors import FrugalError
from search.exporting.network_source import WIDTH
from search.exporting.origin import Origin
from search.exporting.python_file import (
    _readable,
    export_source,
    read_candidate,
    write_export,
)
from search.exporting.weight_formats import trained_module, write_onnx, write_safetensors
from search.study.records import Record
from search.study.settings import StudySettings
from search.training.network import build_network
from search.training.trainer import DeviceData, train
from tests.support import random_values as strategies

GREY, RGB = (1, 28, 28), (3, 20, 20)
MAP = Block(12, padding=1, pool=4), Block(10, padding=1, bias=True, pool=2)  # output 3x3 or 2x2
ARCHITECTURES = {
    "pool_conv": Architecture(GREY, 10, (*MAP, Block(9, dropout=0.1)), Head("pool-conv")),
    "conv_pool": Architecture(GREY, 10, MAP, Head("conv-pool", "maximum", 3, bias=True)),
    "conv": Architecture(GREY, 10, MAP, Head("conv", kernel=3, dropout=0.2)),
    "pool_linear": Architecture(GREY, 10, MAP, Head("pool-linear", "maximum", bias=True)),
    "linear": Architecture(GREY, 10, MAP, Head("linear", hidden=7, hidden_relu=False)),
    "hidden": Architecture(RGB, 10, MAP, Head("linear", bias=True, hidden=7)),
    "pool": Architecture(GREY, 10, (*MAP, Block(11, kernel=1)), Head("pool")),
    "norm_last": Architecture(
        RGB, 3, (Block(5, 5, 2, order=("relu", "pool", "norm", "dropout"), dropout=0.5, pool=2),)
    ),
    "bare": Architecture(GREY, 10, (Block(6, 7, 1, bias=True, order=("relu",)),), Head()),
}
ALONE = """
import importlib.util, pathlib, sys, torch
images = torch.load(sys.argv[1])
logits = {}
for path in pathlib.Path(sys.argv[2]).glob("*.py"):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    network = module.load()
    assert isinstance(network, torch.nn.Sequential) and not network.training
    with torch.inference_mode():
        logits[path.stem] = network(module.normalise(images[module.IMAGE[0]]))
assert not {"search", "optuna", "cattrs", "PIL"} & sys.modules.keys()
torch.save(logits, sys.argv[3])
"""


@pytest.fixture(scope="module")
def measured(small_mnist: Dataset) -> DataStatistics:
    """The statistics of the small MNIST."""
    return data.measure(small_mnist)


@pytest.fixture(scope="module")
def setup(small_mnist: Dataset) -> StudySettings:
    """The settings of a study of two epochs on the small MNIST."""
    return StudySettings(
        data="mnist",
        digest=small_mnist.digest,
        image=GREY,
        classes=10,
        budget=Budget(epochs=2),
        window=2,
        seed=7,
        space="a = 1\n",
        objective="b = 2\n",
    )


@pytest.fixture(scope="module")
def digits(small_mnist: Dataset) -> tuple[Record, dict[str, np.ndarray]]:
    """A candidate trained for two epochs: (record, weights)."""
    blocks = Block(8, pool=2), Block(12, dropout=0.05, pool=2), Block(16)
    recipe = Recipe(epochs=2, batch=32, ema=0.9, augmentation=Augmentation(shift=1.0))
    candidate = Candidate(Architecture(GREY, 10, blocks), recipe)
    results = list(train(candidate, 7, DeviceData(small_mnist, torch.device("cpu"))))
    curve = tuple(result.validation_accuracy for result in results)
    weights = results[-1].weights
    assert weights is not None
    return recorded(candidate, curve), weights


def recorded(candidate: Candidate, curve: tuple[float, ...] = (0.9, 0.95)) -> Record:
    """The record of a candidate trained to the end."""
    score = min(curve)
    return Record(3, "trained", candidate, consistency=score, validation_accuracy=curve, origin=3)


def candidate_of(record: Record) -> Candidate:
    """The candidate of a record that has one."""
    assert record.candidate is not None
    return record.candidate


def docstring_of(source: str) -> str:
    """The docstring of a module, on one line."""
    docstring = ast.get_docstring(ast.parse(source))
    assert docstring is not None
    return " ".join(docstring.split())


def weights_of(architecture: Architecture, seed: int = 0) -> dict[str, np.ndarray]:
    """Random weights with running statistics of random images."""
    network = build_network(architecture, seed)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for _ in range(3):
            network(torch.randn(16, *architecture.image, generator=generator))
    state = network.state_dict()
    return {name: t.numpy() for name, t in state.items() if t.is_floating_point()}


def logits_of(
    architecture: Architecture,
    weights: dict[str, np.ndarray],
    images: Tensor,
    measured: DataStatistics,
) -> Tensor:
    """Logits of the project's own network on images (N, C, H, W), uint8."""
    network = build_network(architecture).eval()
    network.load_state_dict({n: torch.from_numpy(w) for n, w in weights.items()}, strict=False)
    mean, std = (torch.tensor(v)[:, None, None] for v in (measured.mean, measured.std))
    with torch.inference_mode():
        logits: Tensor = network((images / 255 - mean) / std)
    return logits


def loaded(path: Path) -> ModuleType:
    """The module of an exported file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def alone(*arguments: Any, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Python without the project: isolated, in another folder, with warnings as errors."""
    command = [sys.executable, "-I", "-W", "error", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def best(
    digits: tuple[Record, dict[str, np.ndarray]],
    setup: StudySettings,
    measured: DataStatistics,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The path of the trained candidate's export."""
    record, weights = digits
    path = tmp_path_factory.mktemp("best") / "best.py"
    text = export_source(Origin(record, setup, "demo", measured, {"torch": "2"}), weights)
    write_export(text, path)
    return path


def test_an_export_is_the_trained_network(
    small_mnist: Dataset,
    digits: tuple[Record, dict[str, np.ndarray]],
    best: Path,
    setup: StudySettings,
    measured: DataStatistics,
    tmp_path: Path,
) -> None:
    """Without the project, exports of all heads and orders give the same classes and logits.

    Images are greyscale and RGB; logits may differ by 1e-5.
    """
    grey = small_mnist.validation.images
    images = {1: grey, 3: grey.expand(-1, 3, -1, -1)[:, :, :20, :20]}
    torch.save(images, tmp_path / "images.pt")
    coloured = replace(measured, mean=(0.1, 0.2, 0.3), std=(0.3, 0.2, 0.1), background="mixed")
    expected = {"best": logits_of(candidate_of(digits[0]).architecture, digits[1], grey, measured)}
    for name, architecture in ARCHITECTURES.items():
        figures = measured if architecture.image == GREY else coloured
        weights = weights_of(architecture)
        record = recorded(Candidate(architecture, Recipe()))
        text = export_source(Origin(record, setup, "demo", figures), weights)
        write_export(text, best.with_name(f"{name}.py"))
        expected[name] = logits_of(architecture, weights, images[architecture.image[0]], figures)
    ended = alone("-c", ALONE, "images.pt", best.parent, "logits.pt", cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    found = torch.load(tmp_path / "logits.pt")
    assert found.keys() == expected.keys()
    for name, logits in expected.items():
        assert torch.equal(found[name].argmax(1), logits.argmax(1)), name
        assert (found[name] - logits).abs().max() <= 1e-5, name


@pytest.mark.slow
def test_every_validation_image(
    digits: tuple[Record, dict[str, np.ndarray]], best: Path, measured: DataStatistics
) -> None:
    """All 10,000 validation images have the same class, with logits within 1e-5."""
    record, weights = digits
    images = data.load("mnist").validation.images
    module = loaded(best)
    with torch.inference_mode():
        found = module.load()(module.normalise(images))
    expected = logits_of(candidate_of(record).architecture, weights, images, measured)
    assert torch.equal(found.argmax(1), expected.argmax(1))
    assert (found - expected).abs().max() <= 1e-5


def test_the_file_is_readable(best: Path, digits: tuple[Record, dict[str, np.ndarray]]) -> None:
    """The file passes ruff, has no line over 100 columns, and is within the documented size."""
    text = best.read_text()
    assert max(map(len, text.splitlines())) <= 100
    parameters = candidate_of(digits[0]).architecture.parameters
    assert len(text) < 17_000 + 5 * parameters
    for command in ("check", "format --check --line-length 100"):
        ruff = ["ruff", *command.split(), "--isolated", str(best)]
        ended = subprocess.run([sys.executable, "-m", *ruff], capture_output=True, check=False)
        assert ended.returncode == 0, ended.stdout


def test_it_is_valid_for_python_39(best: Path) -> None:
    """The file has the grammar of Python 3.9, which old versions of torch need."""
    ast.parse(best.read_text(), feature_version=(3, 9))


def test_every_layer_is_on_its_own_line(best: Path) -> None:
    """Each line of a layer has its output shape and parameters."""
    text = best.read_text()
    assert "            nn.Conv2d(1, 8, 3, bias=False),  # 8x26x26, 72 parameters\n" in text
    assert "            nn.Dropout(0.05),  # 12x11x11\n" in text
    assert "            # block 2: receptive field 10x10 pixels\n" in text
    assert "            # head: pool-conv\n" in text


def test_the_docstring_has_the_result_with_its_n(
    best: Path, digits: tuple[Record, dict[str, np.ndarray]], setup: StudySettings
) -> None:
    """The docstring names result, data, study and trial; each accuracy has its n."""
    reported = docstring_of(best.read_text())
    assert digits[0].consistency is not None
    worst = f"{100 * digits[0].consistency:.2f} %"
    assert f"over the last 2 of 2 epochs: {worst} (n = 500 validation images)" in reported
    assert 'study "demo", trial 3' in reported
    assert "trial 3, seed 7, random draws of trial 3; data mnist (digest " in reported
    assert setup.digest in reported
    assert "with torch 2; exported on" in reported
    assert "Limitation" not in reported


def test_caveats_and_special_names_are_in_the_docstring(
    digits: tuple[Record, dict[str, np.ndarray]], setup: StudySettings, measured: DataStatistics
) -> None:
    """Overridden settings are listed; quotes and backslashes in names are escaped."""
    record, weights = digits
    odd = replace(setup, data='C:\\new\\"""set"""', overrides=(("max_epochs", 2),))
    names = replace(measured, classes=('"', "\\n", *"éabcdefg"))
    text = export_source(Origin(record, odd, 'a"', names), weights)
    reported = docstring_of(text)
    assert 'C:\\new\\"""set"""' in reported
    assert "Limitation: max_epochs overridden: 2." in reported
    assert names.classes == next(
        ast.literal_eval(node.value)
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "CLASSES"
    )


def test_the_score_of_another_objective_is_in_the_docstring(
    digits: tuple[Record, dict[str, np.ndarray]], setup: StudySettings, measured: DataStatistics
) -> None:
    """A score that differs from the lowest accuracy is stated in addition to it."""
    record, weights = digits
    text = export_source(Origin(replace(record, consistency=0.5), setup, "demo", measured), weights)
    assert "own objective: 0.5." in " ".join(text.split())


def test_the_candidate_is_read_back(
    best: Path, digits: tuple[Record, dict[str, np.ndarray]]
) -> None:
    """The candidate read from the docstring equals the trained one."""
    assert read_candidate(best) == digits[0].candidate


@pytest.mark.parametrize("seed", range(20))
def test_any_candidate_is_read_back(
    seed: int, setup: StudySettings, measured: DataStatistics, tmp_path: Path
) -> None:
    """Random candidates, with JSON of any length, are read back."""
    random = Random(seed)
    architecture = strategies.random_architecture(random)
    candidate = Candidate(architecture, strategies.random_recipe(random))
    weights = weights_of_zero(architecture)
    text = export_source(Origin(recorded(candidate), setup, "demo", measured), weights)
    (tmp_path / "best.py").write_text(text, encoding="utf-8")
    assert read_candidate(tmp_path / "best.py") == candidate
    assert max(map(len, text.splitlines())) <= 100


def weights_of_zero(architecture: Architecture) -> dict[str, np.ndarray]:
    """Weights of zeros, which are fast to write."""
    return {
        name: np.zeros(tensor.shape, np.float32)
        for name, tensor in build_network(architecture).state_dict().items()
        if tensor.is_floating_point()
    }


@pytest.mark.parametrize("content", [None, "", "not python", '"""{"""', '"""\n{"a": 1}"""'])
def test_other_files_are_refused(content: str | None, tmp_path: Path) -> None:
    """A missing file or one without a candidate is a one-line error."""
    path = tmp_path / "other.py"
    if content is not None:
        path.write_text(content)
    with pytest.raises(FrugalError) as caught:
        read_candidate(path)
    assert "\n" not in str(caught.value)


def test_only_an_export_is_replaced(best: Path, tmp_path: Path) -> None:
    """An earlier export is replaced, but not a file of another kind or a folder."""
    text = best.read_text()
    write_export(text, best)
    (tmp_path / "space.py").write_text("mine = 1\n")
    with pytest.raises(FrugalError, match="was not written by this program"):
        write_export(text, tmp_path / "space.py")
    assert (tmp_path / "space.py").read_text() == "mine = 1\n"
    for path, error in (
        (tmp_path, "is a folder"),
        (tmp_path / "missing" / "best.py", "cannot write"),
    ):
        with pytest.raises(FrugalError, match=error):
            write_export(text, path)
    assert [path.name for path in tmp_path.iterdir()] == ["space.py"]


def test_only_a_trained_trial_is_exported(
    digits: tuple[Record, dict[str, np.ndarray]], setup: StudySettings, measured: DataStatistics
) -> None:
    """A trial without a score is an error that states its outcome."""
    record, weights = digits
    running = replace(record, outcome="stopped early", consistency=None)
    with pytest.raises(FrugalError, match='trial 3 cannot be exported, its outcome is "stopped'):
        export_source(Origin(running, setup, "demo", measured), weights)


def test_weights_must_fit_the_architecture(digits: tuple[Record, dict[str, np.ndarray]]) -> None:
    """Missing arrays, unknown arrays and wrong shapes are errors that name the array."""
    record, weights = digits
    architecture = candidate_of(record).architecture
    missing = {name: array for name, array in weights.items() if name != "0.weight"}
    with pytest.raises(FrugalError, match=r"0\.weight has no array, .* shape \(8, 1, 3, 3\)"):
        trained_module(architecture, missing)
    with pytest.raises(FrugalError, match=r"99\.bias has shape \(2,\), .* no array"):
        trained_module(architecture, weights | {"99.bias": np.zeros(2, np.float32)})
    with pytest.raises(FrugalError, match=r"0\.weight has shape \(8,\)"):
        trained_module(architecture, weights | {"0.weight": np.zeros(8, np.float32)})


@pytest.fixture(scope="module")
def pictures(small_mnist: Dataset, best: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The digit with the highest probability, as image files of several kinds."""
    folder, module = tmp_path_factory.mktemp("pictures"), loaded(best)
    images = small_mnist.validation.images
    surest = int(module.predict(module.load(), images).max(dim=1).values.argmax())
    white_on_black = Image.fromarray(images[surest, 0].numpy())
    black_on_white = Image.fromarray(255 - images[surest, 0].numpy())
    white_on_black.save(folder / "as_trained.png")
    white_on_black.resize((84, 84)).save(folder / "larger.png")
    black_on_white.resize((84, 84)).convert("RGB").save(folder / "paper.png")
    ink = Image.new("LA", (28, 28))
    ink.putalpha(white_on_black)
    ink.save(folder / "transparent.png")
    wide = Image.new("L", (100, 28), "white")
    wide.paste(black_on_white, (36, 0))
    wide.crop((20, 0, 80, 28)).save(folder / "wide.png")
    (folder / "text.png").write_text("no image")
    Image.new("I;16", (28, 28)).save(folder / "deep.png")
    return folder


def test_the_file_classifies_images(pictures: Path, best: Path) -> None:
    """Images of any size, shade and mode have the same class; all changes are listed."""
    names = ["as_trained.png", "larger.png", "paper.png", "transparent.png"]
    ended = alone(best, *names, cwd=pictures)
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = dict(line.split(": ", 1) for line in ended.stdout.splitlines())
    assert list(lines) == names
    assert len({line.split(",")[0] for line in lines.values()}) == 1
    assert "(" not in lines["as_trained.png"]
    centred = "digit centred and scaled as in MNIST, from 84x84"
    assert lines["larger.png"].endswith(f"({centred})")
    light = "inverted: its border is light, that of all training images dark"
    assert f"({light}; {centred}" in lines["paper.png"]
    assert f"(placed on a white background; {light}" in lines["transparent.png"]


def test_an_image_that_cannot_be_read(pictures: Path, best: Path) -> None:
    """Each unreadable image has one error line, the others are classified; exit code 2."""
    ended = alone(best, "missing.png", "text.png", "deep.png", "larger.png", cwd=pictures)
    assert ended.returncode == 2
    reported = ended.stderr.splitlines()
    assert [line.split(": cannot be read: ")[0] for line in reported] == [
        "missing.png",
        "text.png",
        "deep.png",
    ]
    assert ended.stdout.startswith("larger.png: ")


def test_without_pillow(
    best: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without Pillow, the error names the package; exit code 2."""
    module = loaded(best)
    monkeypatch.setitem(sys.modules, "PIL", None)
    monkeypatch.setattr(sys, "argv", ["best.py", "image.png"])
    with pytest.raises(SystemExit) as caught:
        module.main()
    assert caught.value.code == 2
    assert capsys.readouterr().err == "reading images requires Pillow: pip install pillow\n"


def test_proportions_are_kept(pictures: Path, best: Path) -> None:
    """A wide image is scaled as a whole and centred on the colour of its border."""
    module = loaded(best)
    pixels, _ = module.read(pictures / "wide.png")
    fitted = module.resize(pixels)
    assert fitted.shape == GREY
    assert (fitted[:, :7] == 255).all()
    assert (fitted[:, -7:] == 255).all()
    assert (fitted < 128).any()


def test_the_template_is_itself_a_network() -> None:
    """The unchanged template runs: images above the middle grey are classified as light."""
    from search.exporting import template as standalone

    pixels = torch.stack([torch.zeros(1, 2, 2), torch.full((1, 2, 2), 255)]).to(torch.uint8)
    found = standalone.predict(standalone.load(), pixels).argmax(dim=1).tolist()
    assert [standalone.CLASSES[index] for index in found] == ["dark", "light"]


def test_the_background_is_that_of_the_borders(measured: DataStatistics) -> None:
    """MNIST is dark and its negative light.

    Grey borders, RGB images and a single image of the other shade make the background mixed.
    """
    grey = torch.zeros(4, 1, 8, 8, dtype=torch.uint8)
    grey[:, :, 2:6, 2:6] = 255
    assert measured.background == data.border_shade(grey) == "dark"
    assert data.border_shade(255 - grey) == "light"
    assert data.border_shade(grey + 128) == "mixed"
    assert data.border_shade(grey.expand(-1, 3, -1, -1)) == "mixed"
    one_is_light = torch.cat([grey.repeat(50, 1, 1, 1), 255 - grey[:1]])
    assert data.border_shade(one_is_light) == "mixed"


def test_safetensors_are_read_back(
    digits: tuple[Record, dict[str, np.ndarray]],
    setup: StudySettings,
    measured: DataStatistics,
    tmp_path: Path,
) -> None:
    """All arrays are identical; architecture, recipe and origin are in the metadata."""
    from safetensors import safe_open

    record, weights = digits
    origin = Origin(record, setup, "demo", measured)
    path = tmp_path / "best.safetensors"
    write_safetensors(candidate_of(record), weights, path, origin.metadata)
    with safe_open(path, "np") as opened:
        assert set(opened.keys()) == set(weights)
        assert all(np.array_equal(opened.get_tensor(name), weights[name]) for name in weights)
        reported = opened.metadata()
    assert json.loads(reported["architecture"])["image"] == [1, 28, 28]
    assert json.loads(reported["mean"]) == list(measured.mean)
    assert "trial 3" in reported["origin"]


def test_onnx_gives_the_same_logits(
    small_mnist: Dataset,
    digits: tuple[Record, dict[str, np.ndarray]],
    measured: DataStatistics,
    tmp_path: Path,
) -> None:
    """The logits of onnxruntime on real images are within 1e-4 of torch's for any batch size."""
    onnxruntime = pytest.importorskip("onnxruntime")
    record, weights = digits
    path = tmp_path / "best.onnx"
    write_onnx(candidate_of(record), weights, path, {"study": "demo"})
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    images = small_mnist.validation.images
    mean, std = (torch.tensor(v)[:, None, None] for v in (measured.mean, measured.std))
    for count in (1, 500):
        normal = ((images[:count] / 255 - mean) / std).numpy()
        (logits,) = session.run(["logits"], {"images": normal})
        architecture = candidate_of(record).architecture
        expected = logits_of(architecture, weights, images[:count], measured)
        assert np.abs(logits - expected.numpy()).max() <= 1e-4
    assert session.get_modelmeta().custom_metadata_map["study"] == "demo"
    assert [item.name for item in tmp_path.iterdir()] == ["best.onnx"]


def test_onnx_without_its_packages(
    digits: tuple[Record, dict[str, np.ndarray]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The error names the missing package and what to install."""
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    record, weights = digits
    with pytest.raises(FrugalError, match=r'onnx.*pip install "frugal-search\[onnx\]"'):
        write_onnx(candidate_of(record), weights, tmp_path / "best.onnx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("length", range(0, 120, 7))
def test_json_in_the_docstring_stays_json(length: int) -> None:
    """Wrapped JSON is still valid: lines break only between items, not in strings or numbers."""
    value = {
        "name": "x" * length,
        "versions": "torch 2.15.0, torchvision 0.29.2, optuna 5.0.0",
        "accuracy": [0.99123] * length,
    }
    lines = _readable(value)
    assert json.loads("\n".join(lines)) == value
    assert all(len(line) <= WIDTH + length for line in lines)
