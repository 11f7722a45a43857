"""Reading commands on read-only studies and in folders with invalid studies."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import optuna
import pytest

from search.data.dataset import Dataset
from search.files import to_json
from search.study.ownership import MARKER, Marker
from search.study.storage import JOURNAL, open_storage
from search.study.study import listed_study
from tests.support import tiny

OLD = Path(__file__).parents[1] / "support" / "old_study"
# Root ignores permissions unless these two capabilities are dropped.
AS_OTHERS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory, small_mnist: Dataset) -> Path:
    """A studies folder with a study of this version and one of the previous version."""
    root = tmp_path_factory.mktemp("reading")
    tiny.search(root, tiny.few(small_mnist), 2, name="new")
    shutil.copytree(OLD / "b", root / "b")
    return root


@pytest.fixture
def studies(searched: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy in which all files and folders are read-only."""
    root = Path(shutil.copytree(searched, tmp_path / "studies"))
    for path in (root, *root.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield root
    for path in (root, *root.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)


def typed(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a process that respects file permissions."""
    bound = AS_OTHERS if os.geteuid() == 0 else []
    words = [*bound, sys.executable, "-m", "search", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "COLUMNS": "250"}
    return subprocess.run(
        words, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def contents(folder: Path) -> dict[str, bytes]:
    """The content of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("name", ["new", "b"])
def test_a_read_only_study_can_be_read(studies: Path, tmp_path: Path, name: str) -> None:
    """show, studies, export and report work and write nothing to the studies folder."""
    journal = studies / name / JOURNAL
    journal.chmod(0o644)
    with journal.open("ab") as file:
        file.write(b'{"op_code": 5, "worker_id"')  # an unfinished or killed write
    journal.chmod(0o444)
    before = contents(studies)
    work = tmp_path / "work"
    work.mkdir()
    there = ("--study", name, "--studies", studies)
    for words in (
        ("show", *there),
        ("show", *there, "--json"),
        ("studies", "--studies", studies),
        ("export", *there, "--out", "best.py"),
        ("report", *there, "--out", "page.html"),
    ):
        result = typed(*words, cwd=work)
        assert result.returncode == 0, result.stderr
    assert {"best.py", "page.html"} <= set(tiny.names(work))
    assert contents(studies) == before


@pytest.mark.parametrize("command", ["report", "run", "confirm", "drilldown"])
def test_a_command_that_must_write_is_an_error(studies: Path, tmp_path: Path, command: str) -> None:
    """The error is one line with the remedy, and the exit code is 2."""
    before = contents(studies)
    result = typed(command, "--study", "b", "--studies", studies, cwd=tmp_path)
    assert result.returncode == 2, result.stderr
    assert result.stderr.count("\n") == 1, result.stderr
    assert "cannot write" in result.stderr
    assert ("--out" if command == "report" else "--studies") in result.stderr
    assert contents(studies) == before


def _another_program(folder: Path) -> None:
    storage = open_storage(folder)
    optuna.create_study(study_name=folder.name, storage=storage).optimize(lambda _: 1.0, 1)


def _newer_version(folder: Path) -> None:
    shutil.copy(OLD / "b" / JOURNAL, folder / JOURNAL)
    storage = open_storage(folder)
    (study,) = storage.get_all_studies()
    storage.set_study_user_attr(study._study_id, "setup", '{"colour": 7}')


ODD: dict[str, Callable[[Path], object]] = {
    "a folder for a journal": lambda folder: (folder / JOURNAL).mkdir(),
    "an empty journal": lambda folder: (folder / JOURNAL).touch(),
    "bytes": lambda folder: (folder / JOURNAL).write_bytes(bytes(range(256)) * 9),
    "text": lambda folder: (folder / JOURNAL).write_text("hello\nthere\n"),
    "records of another kind": lambda folder: (folder / JOURNAL).write_text('{"a": 1}\n' * 3),
    "a dangling link": lambda folder: (folder / JOURNAL).symlink_to("nowhere"),
    "a link to itself": lambda folder: (folder / JOURNAL).symlink_to(JOURNAL),
    "a pipe": lambda folder: os.mkfifo(folder / JOURNAL),
    "another program's study": _another_program,
    "a newer version's settings": _newer_version,
    "a marker alone": lambda folder: (folder / MARKER).write_text(to_json(Marker("1", "x"))),
    "a storage's folder": lambda folder: (folder / MARKER).write_text(
        to_json(Marker("1", "x", "sqlite:////nowhere.db"))
    ),
    "half of a journal": lambda folder: (folder / JOURNAL).write_bytes(
        (OLD / "b" / JOURNAL).read_bytes()[200_000:]
    ),
}


@pytest.mark.parametrize("odd", ODD)
def test_an_invalid_study_is_listed_with_its_problem(
    searched: Path, tmp_path: Path, odd: str
) -> None:
    """The problem is one line; the other studies are listed as usual."""
    root = Path(shutil.copytree(searched, tmp_path / "studies"))
    (root / "odd").mkdir()
    ODD[odd](root / "odd")
    problem = listed_study("odd", root).problem
    assert problem
    assert "\n" not in problem
    assert "cannot be read: " not in problem  # the message of an unexpected error
    result = typed("studies", "--studies", root, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    for name in ("new", "b", "odd"):
        assert f"\n{name} " in result.stdout


def test_a_folder_without_a_study_is_not_listed(searched: Path, tmp_path: Path) -> None:
    """Other folders, files and hidden folders are not listed."""
    root = Path(shutil.copytree(searched, tmp_path / "studies"))
    (root / "own").mkdir()
    (root / "file").touch()
    (root / ".hidden").mkdir()
    result = typed("studies", "--studies", root, cwd=tmp_path)
    assert not {"own", "file", ".hidden"} & set(result.stdout.split())


def test_an_unreadable_folder_is_listed(searched: Path, tmp_path: Path) -> None:
    """Its problem is the error message of the system."""
    root = Path(shutil.copytree(searched, tmp_path / "studies"))
    (root / "new" / JOURNAL).chmod(0)
    (root / "shut").mkdir(mode=0)
    result = typed("studies", "--studies", root, cwd=tmp_path)
    (root / "shut").chmod(0o755)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.count("Permission denied") == 2
    assert "\nb " in result.stdout
