"""The user's own modules: found, isolated, stored, and executed from the stored text."""

import importlib
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import optuna
import pytest

from search.candidates.candidate import Task
from search.errors import FrugalError
from search.study.settings import StudySettings
from search.study.study import Study, create_or_resume
from search.study.user_files import (
    edited_copies,
    edited_originals,
    load_files,
    load_objective,
    load_space,
    restore_copies,
    saved_objective,
)
from tests.support import tiny

TASK = Task((1, 28, 28), 10)
OBJECTIVE = tiny.OBJECTIVE.read_text()
SPACE = tiny.SPACE.read_text()


def written(folder: Path, **texts: str) -> Path:
    """Write files by path without .py, with "__" as separator; return the folder."""
    for name, text in texts.items():
        path = folder / f"{name.replace('_in_', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def space_of(width: str) -> str:
    """The tiny space with another expression for the first width."""
    return SPACE.replace('trial.suggest_int("first", 2, 8)', width)


def first_width(space: Any) -> int:
    """The first width of a candidate of the space."""
    width: int = space.sample(optuna.create_study().ask(), TASK).architecture.blocks[0].width
    return width


def paths(loaded: Any) -> list[str]:
    """The paths of the modules that a study would store."""
    return [path for path, _ in loaded.modules]


HELPER = space_of("width()").replace("from optuna", "from blocks import width\nfrom optuna")
LAZY = space_of('__import__("blocks").width()').replace(
    '"""Two convolutions with strong pooling, and a learning rate."""', "import blocks"
)


DYNAMIC = space_of('__import__("importlib").import_module("blocks").width()')


@pytest.mark.parametrize("text", [HELPER, LAZY], ids=["at the top", "in a function"])
def test_a_module_is_found_next_to_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """The current directory and sys.path do not matter, and the module is stored."""
    written(tmp_path / "mine", space=text, blocks="def width():\n    return 7\n")
    monkeypatch.chdir(tmp_path)
    space = load_space(Path("mine/space.py"))
    assert first_width(space) == 7
    assert space.modules == (("blocks.py", "def width():\n    return 7\n"),)


def test_packages_are_stored_with_imported_modules(tmp_path: Path) -> None:
    """Relative imports, submodules and nested imports are stored; unused modules are not."""
    text = HELPER.replace("from blocks import", "from lab.blocks import")
    folder = written(
        tmp_path,
        space=text,
        lab_in___init__="",
        lab_in_blocks="from . import wide\nfrom .deep.one import I\nwidth = lambda: wide.W + I\n",
        lab_in_wide="import plain\nW = plain.W\n",
        lab_in_deep_in_one="I = 1\n",
        lab_in_unused="1 / 0\n",
        plain="W = 4\n",
        unused="1 / 0\n",
    )
    space = load_space(folder / "space.py")
    assert first_width(space) == 5
    assert paths(space) == [
        "lab/__init__.py",
        "lab/blocks.py",
        "lab/deep/one.py",
        "lab/wide.py",
        "plain.py",
    ]


def test_modules_of_one_name_do_not_conflict(tmp_path: Path) -> None:
    """Two spaces with modules of the same name use their own, also in late imports."""
    spaces = [
        load_space(
            written(tmp_path / name, space=text, blocks=f"width = lambda: {width}\n") / "space.py"
        )
        for name, text, width in (("a", HELPER, 3), ("b", LAZY, 5), ("c", LAZY, 7))
    ]
    assert [first_width(space) for space in (*spaces, *spaces)] == [3, 5, 7, 3, 5, 7]


def test_an_edited_module_is_read_again(tmp_path: Path) -> None:
    """Size and time, which Python's cache compares, may be unchanged."""
    folder = written(tmp_path, space=HELPER, blocks="width = lambda: 3\n")
    assert first_width(load_space(folder / "space.py")) == 3
    times = (folder / "blocks.py").stat()
    written(folder, blocks="width = lambda: 4\n")
    os.utime(folder / "blocks.py", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert first_width(load_space(folder / "space.py")) == 4
    assert tiny.names(folder) == ["blocks.py", "space.py"]  # no __pycache__


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module of the same name is neither used nor lost, and sys is restored."""
    written(tmp_path / "callers", blocks="width = lambda: 1 / 0\n")
    monkeypatch.syspath_prepend(str(tmp_path / "callers"))
    monkeypatch.setitem(sys.modules, "blocks", sys)  # so that it is removed after the test
    del sys.modules["blocks"]
    mine = importlib.import_module("blocks")
    before = set(sys.modules), list(sys.path), list(sys.meta_path)
    folder = written(tmp_path / "a", space=LAZY, blocks="width = lambda: 6\n")
    assert first_width(load_space(folder / "space.py")) == 6
    with pytest.raises(FrugalError, match="ImportError: a study stores"):
        first_width(load_space(written(folder, space=DYNAMIC) / "space.py"))
    assert (set(sys.modules), list(sys.path), list(sys.meta_path)) == before
    assert sys.modules["blocks"] is mine


def test_a_failed_import_leaves_nothing_behind(tmp_path: Path) -> None:
    """After a failed space, the next one loads normally."""
    before = set(sys.modules), list(sys.path), list(sys.meta_path)
    folder = written(tmp_path, space=HELPER, blocks="width = 1 / 0\n")
    with pytest.raises(FrugalError, match=r"blocks.py, line 1: ZeroDivisionError"):
        load_space(folder / "space.py")
    assert (set(sys.modules), list(sys.path), list(sys.meta_path)) == before
    written(folder, blocks="width = lambda: 3\n")
    assert first_width(load_space(folder / "space.py")) == 3


def test_the_two_files_import_each_other(tmp_path: Path) -> None:
    """A space reads the effective budget, also if it overrides the file's."""
    text = space_of("1 + BUDGET.epochs").replace(
        "from optuna", "from objective import BUDGET\nfrom optuna"
    )
    folder = written(
        tmp_path, space=text, objective=f"def late():\n    import space\n\n\n{OBJECTIVE}"
    )
    files = folder / "space.py", folder / "objective.py"
    space, objective = load_files(*files, figures={"epochs": 6})
    assert (first_width(space), objective.budget.epochs) == (7, 6)
    assert space.modules == objective.modules == ()
    assert first_width(load_files(*files)[0]) == 3  # 1 + its own two epochs


def test_importing_another_objective_is_an_error(tmp_path: Path) -> None:
    """Otherwise the space would use one objective and the score another."""
    text = f"from objective import BUDGET\n{SPACE}"
    folder = written(tmp_path / "a", space=text, objective=OBJECTIVE.replace("1_200", "900"))
    with pytest.raises(FrugalError, match=r"space.py, line 1: .*objective.py has the same name"):
        load_files(folder / "space.py", tiny.OBJECTIVE)
    space, _ = load_files(folder / "space.py", folder / "objective.py")
    assert space.modules == ()


def test_different_modules_of_one_name_in_two_folders_are_an_error(tmp_path: Path) -> None:
    """A study has one folder for modules; equal texts are no conflict."""
    space = written(tmp_path / "a", space=HELPER, blocks="width = lambda: 3\n") / "space.py"
    objective = written(tmp_path / "b", objective=f"import blocks\n{OBJECTIVE}", blocks="X = 1\n")
    with pytest.raises(FrugalError, match=r"b/objective.py, line 1: .*rename one of them"):
        load_files(space, objective / "objective.py")
    written(tmp_path / "b", blocks="width = lambda: 3  # the same\n")
    assert paths(load_files(space, objective / "objective.py")[0]) == ["blocks.py"]


@pytest.mark.parametrize("name", ["random", "search", "numpy"])
def test_a_reserved_name_is_an_error(tmp_path: Path, name: str) -> None:
    """A module with a reserved name would be ambiguous."""
    folder = written(tmp_path, space=f"import {name}\n{SPACE}", **{name: "X = 1\n"})
    with pytest.raises(FrugalError, match=rf"space.py, line 1: .*{name}.py has the name .* rename"):
        load_space(folder / "space.py")
    (folder / f"{name}.py").rename(folder / "other.py")
    assert load_space(folder / "space.py").modules == ()


@pytest.mark.parametrize("path", ["best.py", "weights/wide.py", "running/wide.py"])
def test_a_module_with_the_path_of_a_study_file_is_an_error(tmp_path: Path, path: str) -> None:
    """Otherwise an export would replace it, or it would be deleted with old weights."""
    name = path.removesuffix(".py").replace("/", ".")
    folder = written(
        tmp_path, space=f"import {name}\n{SPACE}", **{path[:-3].replace("/", "_in_"): ""}
    )
    with pytest.raises(FrugalError, match=rf"space.py, line 1: .*has its own {path}"):
        load_space(folder / "space.py")


@pytest.mark.parametrize("suffix", [".so", ".pyc", ".abi3.so"])
def test_a_module_without_source_is_an_error(tmp_path: Path, suffix: str) -> None:
    """The error states that a study stores source text."""
    folder = written(tmp_path, space=f"\nimport fast\n{SPACE}")
    (folder / f"fast{suffix}").write_bytes(b"\x00")
    with pytest.raises(FrugalError, match=r"space.py, line 2: .*fast.*modules as Python source"):
        load_space(folder / "space.py")


def test_installed_packages_are_not_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packages of a virtual environment in the file's folder are not stored."""
    installed = written(tmp_path / "venv/lib/site-packages", an_installed_one="X = 1\n")
    monkeypatch.syspath_prepend(str(installed))
    folder = written(tmp_path, space=f"import an_installed_one\nimport yaml\n{SPACE}")
    assert load_space(folder / "space.py").modules == ()
    sys.modules.pop("an_installed_one")


def test_the_shipped_files_have_no_modules() -> None:
    """The package, tests and docs next to the shipped files are not the user's modules."""
    root = Path(__file__).parents[2]
    space, objective = load_files(root / "space.py", root / "objective.py")
    assert space.modules == objective.modules == ()


@pytest.mark.parametrize("late", [False, True])
def test_a_folder_that_the_file_adds_to_the_path_is_searched(tmp_path: Path, late: bool) -> None:
    """It applies to later imports and those in functions; sys.path is restored."""
    before = list(sys.path)
    text = LAZY if late else HELPER
    found = 'import sys, pathlib\nsys.path.insert(0, str(pathlib.Path(__file__).parent / "lib"))\n'
    folder = written(tmp_path, space=found + text, lib_in_blocks="width = lambda: 6\n")
    space = load_space(folder / "space.py")
    assert first_width(space) == 6
    assert paths(space) == ["blocks.py"]
    assert sys.path == before


def test_a_module_of_the_current_directory_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `python -m search`, Python finds modules of the current directory."""
    written(tmp_path, lab_in_space=HELPER.replace("from blocks", "from lab.blocks"))
    written(tmp_path, lab_in_blocks="width = lambda: 6\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FrugalError, match=r"space.py, line 3: ModuleNotFoundError: .*'lab'"):
        load_space(Path("lab/space.py"))
    monkeypatch.syspath_prepend("")
    space = load_space(Path("lab/space.py"))
    assert first_width(space) == 6
    assert paths(space) == ["lab/blocks.py"]


def test_a_module_imported_by_name_is_stored(tmp_path: Path) -> None:
    """importlib.import_module at module level is found in time."""
    line = 'width = __import__("importlib").import_module("blocks").width\n'
    folder = written(tmp_path, space=line + space_of("width()"), blocks="width = lambda: 6\n")
    space = load_space(folder / "space.py")
    assert (first_width(space), paths(space)) == (6, ["blocks.py"])


def test_a_module_imported_too_late_is_an_error(tmp_path: Path) -> None:
    """A module that only a running sample() imports by name is not stored."""
    folder = written(tmp_path, space=DYNAMIC, blocks="width = lambda: 6\n")
    space = load_space(folder / "space.py")
    with pytest.raises(FrugalError, match=r"ImportError: a study stores .* none names blocks: add"):
        first_width(space)


BROKEN = {
    "no Python": ("def width(:\n", r"blocks.py, line 1: "),
    "raises": ("\nwidth = None.x\n", r"blocks.py, line 2: AttributeError: "),
    "raises later": ("def width():\n    return [][1]\n", r"blocks.py, line 2: IndexError: "),
    "lacks the name": ("WIDTH = 1\n", r"space.py, line 3: ImportError: cannot import name 'width'"),
    "lacks a module": ("import nowhere_at_all\n", r"blocks.py, line 1: ModuleNotFoundError: "),
    "is not text": ("\udcff", r"cannot read .*blocks.py: "),
}


@pytest.mark.parametrize("text, message", BROKEN.values(), ids=BROKEN)
def test_an_error_names_the_modules_own_line(tmp_path: Path, text: str, message: str) -> None:
    """The error is one line with the module's file and line."""
    folder = written(tmp_path, space=HELPER)
    (folder / "blocks.py").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(FrugalError, match=message) as caught:
        first_width(load_space(folder / "space.py"))
    assert "\n" not in str(caught.value)


def test_code_that_needs_its_module_works(tmp_path: Path) -> None:
    """Dataclasses with deferred annotations, which need sys.modules, work."""
    classes = (
        "from __future__ import annotations\nimport dataclasses, typing\n"
        "@dataclasses.dataclass\nclass Widths:\n    least: typing.ClassVar[int] = 3\n"
        "    most: int = 6\n"
    )
    text = classes + space_of("Widths().most + len(dataclasses.fields(Widths))")
    assert first_width(load_space(written(tmp_path, space=text) / "space.py")) == 7


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    """Some editors write a byte order mark."""
    (tmp_path / "space.py").write_bytes(b"\xef\xbb\xbf" + SPACE.encode())
    assert load_space(tmp_path / "space.py").source == SPACE


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """A study with two files that import one module each; the original folder is deleted."""
    folder = written(
        tmp_path / "mine",
        space=HELPER,
        blocks="width = lambda: 6\n",
        objective=OBJECTIVE.replace("min(", "score(").replace(
            "from search", "from scores import score\nfrom search"
        ),
        scores="score = max\n",
    )
    space, objective = load_files(folder / "space.py", folder / "objective.py")
    settings = StudySettings(
        data="mnist",
        digest="0123",
        image=(1, 28, 28),
        classes=10,
        budget=objective.budget,
        window=objective.window,
        seed=0,
        space=space.source,
        objective=objective.source,
        modules=space.modules,
    )
    folder.rename(tmp_path / "gone")
    return create_or_resume("mine", tmp_path / "studies", settings)


def test_a_study_uses_its_stored_texts(study: Study) -> None:
    """Edited or missing copies do not change the executed code."""
    assert tiny.names(study.folder)[2:] == [
        *("blocks.py", "journal.log", "objective.py", "scores.py", "space.py", "study.json")
    ]
    written(study.folder, scores="score = min\n", objective="1 / 0\n")
    (study.folder / "blocks.py").unlink()
    space, objective = load_files(study=study)
    assert first_width(space) == 6
    assert objective.score([0.1, 0.9]) == saved_objective(study).score([0.1, 0.9]) == 0.9
    assert space.modules == study.setup.modules
    assert (space.path, objective.path) == (
        study.folder / "space.py",
        study.folder / "objective.py",
    )


def test_edited_copies_are_found_and_missing_ones_restored(study: Study) -> None:
    """Comments are no edit, syntax errors are; edited copies are not overwritten."""
    assert edited_copies(study) == []
    written(study.folder, scores="score = max  # the best\n", space="def f(", blocks="width = 1\n")
    assert edited_copies(study) == [study.folder / "space.py", study.folder / "blocks.py"]
    (study.folder / "objective.py").unlink()
    (study.folder / "scores.py").unlink()
    assert edited_copies(study) == [study.folder / "space.py", study.folder / "blocks.py"]
    restore_copies(study)
    for path in ("objective.py", "scores.py"):
        assert (study.folder / path).read_text() == study.setup.files[path]
    assert (study.folder / "blocks.py").read_text() == "width = 1\n"


def test_files_of_the_current_directory_that_differ_are_found(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changed files and modules are listed; none if there are no such files."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    written(here, blocks="width = 1\n")
    assert edited_originals(study) == []
    written(here, space=study.setup.space + "\n# the same\n")
    assert edited_originals(study) == [Path("blocks.py")]
    written(here, objective="BUDGET = 1\n")
    assert edited_originals(study) == [Path("objective.py"), Path("blocks.py")]
    assert edited_originals(study, ["space"]) == [Path("blocks.py")]
    assert edited_originals(study, []) == []


def test_a_copy_is_not_written_outside_of_the_study(study: Study, tmp_path: Path) -> None:
    """A linked subfolder does not redirect copies."""
    (tmp_path / "elsewhere").mkdir()
    (study.folder / "lab").symlink_to(tmp_path / "elsewhere")
    settings = replace(study.setup, modules=(("lab/wide.py", "W = 1\n"),))
    study.setup = settings
    restore_copies(study)
    assert tiny.names(tmp_path / "elsewhere") == []


def test_a_given_file_uses_its_own_modules(study: Study, tmp_path: Path) -> None:
    """With --space, that file's modules are used, and the study's for its objective."""
    mine = written(tmp_path / "new", space=HELPER, blocks="width = lambda: 4\n") / "space.py"
    space, objective = load_files(mine, study=study)
    assert first_width(space) == 4
    assert objective.score([0.1, 0.9]) == 0.9
    assert dict(space.modules) == {"blocks.py": "width = lambda: 4\n", "scores.py": "score = max\n"}


def test_an_objective_alone_finds_its_modules(tmp_path: Path) -> None:
    """load_objective finds modules like load_space."""
    text = OBJECTIVE.replace("min(accuracies", "score(accuracies")
    folder = written(
        tmp_path, objective=f"from scores import score\n{text}", scores="score = max\n"
    )
    objective = load_objective(folder / "objective.py")
    assert objective.score([0.1, 0.9]) == 0.9
    assert paths(objective) == ["scores.py"]
