"""Options shared by the commands: the study run last, and notes on a study that is opened."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from search import api
from search.cli.main import main
from search.study.naming import LAST_RUNS
from tests.support import tiny

SIMULATED = ("--device", "simulated", "--trials", 1, "--workers", 1)


def typed(*arguments: object) -> Result:
    """What a command prints, on a terminal wide enough that no line wraps."""
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(main, words, env={"COLUMNS": "250"})


def printed(*arguments: object) -> list[str]:
    """The lines of a command that succeeds."""
    result = typed(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


@pytest.fixture(scope="module")
def simulated(tmp_path_factory) -> Path:
    """A studies folder with the studies mnist and, run last, mnist-5-epochs, both simulated."""
    root = tmp_path_factory.mktemp("studies")
    for more in (("--study", "mnist"), ("--max-epochs", 5)):
        printed("run", *SIMULATED, "--studies", root, *more)
    return root


@pytest.fixture
def studies(simulated, tmp_path) -> Path:
    """A copy of the studies folder."""
    return Path(shutil.copytree(simulated, tmp_path / "studies"))


def test_a_command_takes_the_study_run_last_and_names_it(studies, tmp_path):
    """In its first line; a study that is named is not said again."""
    page = ("report", "--out", tmp_path / "page.html")
    for command in (("show",), page):
        first = printed(*command, "--studies", studies)[0]
        assert first.startswith("study mnist-5-epochs-simulated, last run 20")
        named = printed(*command, "--studies", studies, "--study", "mnist")
        assert not named[0].startswith("study ")
    printed("run", *SIMULATED, "--study", "mnist", "--studies", studies)
    assert printed("show", "--studies", studies)[0].startswith("study mnist, last run")


def test_what_a_program_reads_is_not_mixed_with_it(studies, tmp_path):
    """JSON is all of the output; a line about the study goes past a pipe that is written to."""
    result = typed("show", "--studies", studies, "--json")
    assert json.loads(result.output)["study"] == "mnist-5-epochs-simulated"
    os.mkfifo(tmp_path / "pipe")
    result = typed("export", "--studies", studies, "--out", tmp_path / "pipe")
    assert result.exit_code == 2  # a simulated study is not exported
    assert result.stdout == ""
    assert result.stderr.startswith("study mnist-5-epochs-simulated, last run")


def test_a_record_that_is_lost_is_done_without(studies):
    """The newest run of the studies' environment files is taken."""
    (studies / LAST_RUNS).unlink()
    runs = json.loads((studies / "mnist" / "environment.json").read_text())
    later = [{**runs[0], "started": "2199-01-01T00:00:00+00:00"}]
    (studies / "mnist" / "environment.json").write_text(json.dumps(later))
    assert printed("show", "--studies", studies)[0].startswith("study mnist, last run 2")


def test_no_study_is_one_line(tmp_path):
    """For every command that takes one."""
    for command in ("show", "confirm", "export", "report", "drilldown", "dashboard"):
        result = typed(command, "--studies", tmp_path)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith(f"Error: no study in {tmp_path} yet: ")
    assert tiny.names(tmp_path) == []


COMMANDS = {
    "show": (),
    "report": (),
    "export": ("--out", "never.py"),
    "confirm": (),
    "drilldown": (),
    "run": SIMULATED,
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_notices_edited_copies(studies, command):
    """With one line on the error stream that names them; the edit is neither used nor undone."""
    folder = studies / "mnist"
    for name in ("space", "objective"):
        (folder / f"{name}.py").write_text("1 / 0\n")
    result = typed(command, "--study", "mnist", "--studies", studies, *COMMANDS[command])
    (note,) = [line for line in result.stderr.splitlines() if line.startswith("note: ")]
    assert note.startswith(f"note: {folder}/space.py, {folder}/objective.py: edited after study")
    assert "ZeroDivisionError" not in result.output
    assert (folder / "objective.py").read_text() == "1 / 0\n"


def test_a_missing_copy_is_restored_by_what_writes_alone(studies):
    """Neither show nor report writes it."""
    copy = studies / "mnist" / "space.py"
    text = copy.read_text()
    copy.unlink()
    for command in ("show", "report"):
        printed(command, "--study", "mnist", "--studies", studies)
        assert not copy.exists()
    printed("run", *SIMULATED, "--study", "mnist", "--studies", studies)
    assert copy.read_text() == text


# --out and --force
MINE = "my own file\n"


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A studies folder with a trained study."""
    root = tmp_path_factory.mktemp("studies")
    files = {"space": tiny.SPACE, "objective": tiny.OBJECTIVE}
    api.run(1, studies=root, train_examples=tiny.TRAIN, workers=1, device="cpu", **files)
    return root


@pytest.mark.parametrize(
    "command, options, names",
    [
        ("export", ("--safetensors",), ("a.py", "a.safetensors")),
        ("report", ("--markdown",), ("a.html", "a.md")),
        ("data", (), ("a.html",)),
    ],
)
def test_files_of_others_are_not_replaced(trained, tmp_path, command, options, names):
    """Neither the file nor those beside it, and nothing is written before; --force replaces all."""
    study = () if command == "data" else ("--studies", trained)
    out = tmp_path / names[0]
    words = (command, *study, "--out", out, *options)
    for name in names:
        (tmp_path / name).write_text(MINE)
        result = typed(*words)
        assert result.exit_code == 2
        assert "was not written by this program" in result.stderr
        assert "--force" in result.stderr
        assert (tmp_path / name).read_text() == MINE
        assert [path.name for path in tmp_path.iterdir()] == [name]
        (tmp_path / name).unlink()
    for name in names:
        (tmp_path / name).write_text(MINE)
    assert typed(*words, "--force").exit_code == 0
    assert all(MINE not in (tmp_path / name).read_bytes().decode("latin") for name in names)
    assert typed(*words).exit_code == 0  # its own files need no force
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


@pytest.mark.parametrize("out", ["-", "/dev/stdout"])
@pytest.mark.parametrize(
    "command, first",
    [("export", b'"""A network'), ("report", b"<!doctype"), ("data", b"<!doctype")],
)
def test_standard_output_holds_the_file_alone(trained, command, first, out):
    """What is said about it goes to stderr, so that the file can be piped or redirected."""
    study = () if command == "data" else ("--studies", trained)
    words = [sys.executable, "-m", "search", command, *map(str, study), "--out", out]
    ended = subprocess.run(words, capture_output=True, check=True)
    assert ended.stdout.lower().startswith(first.lower())
    assert b"wrote /dev/stdout" in ended.stderr
    assert ended.stdout.count(b"wrote /dev/stdout") == 0


def test_nothing_is_written_beside_a_stream(trained):
    """The other formats need a file to lie beside."""
    result = typed("export", "--studies", trained, "--out", "/dev/null", "--safetensors")
    assert result.exit_code == 2
    assert "/dev/null is no file" in result.stderr
