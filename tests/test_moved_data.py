"""Commands on a study with images that were moved or are missing."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

import search
from search.cli.main import main
from search.data import dataset as data
from search.data.description import OLD_RULES, RULES
from search.data.test_ledger import LEDGER
from search.errors import FrugalError
from search.evaluation.side_files import study_repeats
from search.exporting.python_file import read_run
from search.study.study import load
from tests.support import tiny

CLASSES, SIDE, PER_CLASS = ("ant", "bee", "cat"), 16, 12  # images per class and split
SPLITS = ("train", "val", "test")
HERE: dict[str, Any] = {"device": "cpu", "workers": 1}
TINY: dict[str, Any] = {"space": tiny.SPACE, "objective": tiny.OBJECTIVE}
COMMANDS = ("export", "report", "reproduce", "confirm", "drilldown")


def write_images(folder: Path) -> Path:
    """Write images of three splits, with a bar at a position that depends on the class."""
    random = np.random.default_rng(0)
    for split in SPLITS:
        for label, name in enumerate(CLASSES):
            (folder / split / name).mkdir(parents=True)
            for number in range(PER_CLASS):
                pixels = random.integers(0, 60, (SIDE, SIDE)).astype(np.uint8)
                pixels[4 * label + 2 : 4 * label + 5] += 150
                Image.fromarray(pixels).save(folder / split / name / f"{number}.png")
    return folder


@pytest.fixture(scope="module")
def created(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two studies, "new" and "old", and their images, which were moved.

    The study in "old" is like those of earlier versions, without rules and statistics.
    """
    root = tmp_path_factory.mktemp("created")
    images = write_images(root / "images")
    search.run(1, study="s", studies=root / "new", data=str(images), **TINY, **HERE)
    dataset = data.load(str(images), rules=OLD_RULES)
    tiny.search(root / "old", dataset, 1, name="s", validation_images=len(dataset.validation))
    images.rename(root / "moved")
    return root


@pytest.fixture
def place(created: Any, tmp_path: Path) -> tuple[Path, str]:
    """A copy of the studies folder, and the new location of the images."""
    return Path(shutil.copytree(created / "new", tmp_path / "studies")), str(created / "moved")


@pytest.fixture
def old_place(created: Any, tmp_path: Path) -> tuple[Path, str]:
    """The same for the study of an earlier version."""
    return Path(shutil.copytree(created / "old", tmp_path / "studies")), str(created / "moved")


def says_moved() -> Any:
    """Expect the error that names the option."""
    return pytest.raises(
        FrugalError, match=r"was made from .*images, which does not exist: .*--data$"
    )


def test_a_study_keeps_rules_and_statistics(place: tuple[Path, str]) -> None:
    """A study stores the statistics of its split and of all training images."""
    studies, new = place
    setup = load("s", studies).setup
    dataset, statistics = data.load_measured(new)
    assert (setup.rules, setup.statistics) == (RULES, statistics)
    assert statistics.split == data.measure(dataset)
    assert statistics.final == data.measure(data.all_training_images(new))
    assert (statistics.split.train, statistics.final.train) == (36, 72)


def test_an_export_needs_no_images(place: tuple[Path, str], tmp_path: Path) -> None:
    """The file has the classes and the mean of the images without reading them."""
    studies, new = place
    search.export("s", studies=studies, out=tmp_path / "a.py")
    text = (tmp_path / "a.py").read_text()
    statistics = load("s", studies).setup.statistics
    assert statistics is not None
    mean = statistics.split.mean
    assert 'CLASSES = ("ant", "bee", "cat")\n' in text
    assert f"MEAN = ({mean[0]!r},)" in text
    search.export("s", studies=studies, out=tmp_path / "b.py", data=new)
    runs = [read_run(tmp_path / name) for name in ("a.py", "b.py")]
    assert [run.data for run in runs] == [str(Path(new).with_name("images")), new]
    assert replace(runs[0], data=new) == runs[1]


def test_other_images_are_an_error(place: tuple[Path, str], tmp_path: Path) -> None:
    """Every command with --data checks the images."""
    studies, _ = place
    others = str(write_images(tmp_path / "others"))
    Image.new("L", (SIDE, SIDE)).save(Path(others) / "train" / "ant" / "0.png")
    where: dict[str, Any] = {"studies": studies, "data": others}
    with pytest.raises(FrugalError, match="now contains other images"):
        search.export("s", out=tmp_path / "a.py", **where)
    for command in (search.confirm, search.drilldown):
        with pytest.raises(FrugalError, match="now contains other images"):
            command("s", **where, **HERE)
    assert not (tmp_path / "a.py").exists()


def test_a_file_is_reproduced_on_moved_images(place: tuple[Path, str], tmp_path: Path) -> None:
    """The error names --data; with it, every epoch is identical."""
    studies, new = place
    search.export("s", studies=studies, out=tmp_path / "a.py")
    with pytest.raises(FrugalError, match=r"a.py was trained on .*does not exist.*--data"):
        search.reproduce(tmp_path / "a.py", studies=studies, device="cpu")
    again = search.reproduce(tmp_path / "a.py", studies=studies, data=new, device="cpu")
    assert again.identical


def test_a_report_is_written_without_images(place: tuple[Path, str]) -> None:
    """A line names the missing part and the remedy; with --data the page is complete."""
    studies, new = place
    lines: list[str] = []
    (page,) = search.report("s", studies=studies, show=lines.append)
    (line,) = lines
    assert line.startswith("no augmentation examples: study s was made from ")
    assert line.endswith("pass its new location with --data")
    missing = page.read_text().count("<img")
    (page,) = search.report("s", studies=studies, data=new, show=lines.append)
    assert lines == [line]
    assert page.read_text().count("<img") > missing


def test_a_study_is_confirmed_on_moved_images(place: tuple[Path, str], tmp_path: Path) -> None:
    """Final runs train on all training images, and the export has their mean."""
    studies, new = place
    with says_moved():
        search.confirm("s", studies=studies, top=1, seeds=3, **HERE)
    assert not (studies / LEDGER).exists()
    search.confirm("s", studies=studies, top=1, seeds=3, data=new, **HERE)
    finals = [r for r in study_repeats(load("s", studies)).read() if r.split == "test"]
    assert {repeat.train_examples for repeat in finals} == {72}
    search.export("s", studies=studies, out=tmp_path / "a.py")
    statistics = load("s", studies).setup.statistics
    assert statistics is not None
    mean = statistics.final.mean
    assert f"MEAN = ({mean[0]!r},)" in (tmp_path / "a.py").read_text()
    again = search.reproduce(tmp_path / "a.py", studies=studies, data=new, device="cpu")
    assert again.identical


def test_a_study_is_drilled_down_on_moved_images(place: tuple[Path, str]) -> None:
    """The drill-down needs --data if the images were moved."""
    studies, new = place
    with says_moved():
        search.drilldown("s", studies=studies, **HERE)
    assert search.drilldown("s", studies=studies, data=new, epochs=1, **HERE) is not None


def test_a_study_is_resumed_on_moved_images(place: tuple[Path, str]) -> None:
    """The setup of the study does not change."""
    studies, new = place
    setup = load("s", studies).setup
    with says_moved():
        search.run(2, study="s", studies=studies, **HERE)
    study = search.run(2, study="s", studies=studies, data=new, prune=False, **HERE)
    assert (tiny.outcomes(study).count("trained"), study.setup) == (2, setup)


def test_an_old_study_measures_its_images(old_place: tuple[Path, str], tmp_path: Path) -> None:
    """Its export uses the rules of the study and needs the images."""
    studies, new = old_place
    with says_moved():
        search.export("s", studies=studies, out=tmp_path / "a.py")
    search.export("s", studies=studies, out=tmp_path / "a.py", data=new)
    text = (tmp_path / "a.py").read_text()
    assert "TURNED = False" in text
    run = read_run(tmp_path / "a.py")
    assert (run.rules, run.data) == (OLD_RULES, new)
    assert search.reproduce(tmp_path / "a.py", studies=studies, device="cpu").identical


@pytest.mark.slow
def test_an_old_study_is_used_without_val(old_place: tuple[Path, str], tmp_path: Path) -> None:
    """It is resumed, confirmed, drilled down and reported with its original split."""
    studies, new = old_place
    where: dict[str, Any] = {"studies": studies, "data": new}
    study = search.run(2, study="s", prune=False, **where, **HERE)
    assert tiny.outcomes(study).count("trained") == 2
    search.confirm("s", top=1, seeds=3, **where, **HERE)
    finals = [r for r in study_repeats(load("s", studies)).read() if r.split == "test"]
    assert {repeat.train_examples for repeat in finals} == {36}
    assert search.drilldown("s", epochs=1, **where, **HERE) is not None
    lines: list[str] = []
    search.report("s", **where, show=lines.append)
    assert lines == []
    search.export("s", out=tmp_path / "a.py", **where)
    assert search.reproduce(tmp_path / "a.py", studies=studies, device="cpu").identical


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_have_the_option_data(command: str) -> None:
    """The help of every command lists --data."""
    printed = CliRunner().invoke(main, [command, "--help"]).output
    assert "--data" in printed


def test_moved_data_on_the_command_line(place: tuple[Path, str], tmp_path: Path) -> None:
    """Without --data the exit code is 2; with it, the file is written."""
    studies, new = place
    study = ["--study", "s", "--studies", str(studies)]
    ended = CliRunner().invoke(main, ["drilldown", *study, "--device", "cpu", "--workers", "1"])
    assert ended.exit_code == 2
    assert "pass its new location with --data" in ended.output
    out = str(tmp_path / "a.py")
    words = ["export", *study, "--data", new, "--out", out]
    assert CliRunner().invoke(main, words).exit_code == 0
