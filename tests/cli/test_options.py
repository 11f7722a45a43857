"""Shared options, the most recent study, notes on edited files, and exit codes."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from search import api
from search.cli.main import main
from search.study.naming import LAST_RUNS
from tests.support import tiny
from tests.support.interruptible import start_interruptible

SIMULATED = ("--device", "simulated", "--trials", 1, "--workers", 1)


def typed(*arguments: object) -> Result:
    """The result of a command on a terminal that is wide enough for all lines."""
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(main, words, env={"COLUMNS": "250"})


def printed(*arguments: object) -> list[str]:
    """The output lines of a command, which must succeed."""
    result = typed(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A studies folder with two simulated studies, mnist and, run later, mnist-5-epochs."""
    root = tmp_path_factory.mktemp("studies")
    for more in (("--study", "mnist"), ("--max-epochs", 5)):
        printed("run", *SIMULATED, "--studies", root, *more)
    return root


@pytest.fixture
def studies(simulated: Path, tmp_path: Path) -> Path:
    """A copy of the studies folder."""
    return Path(shutil.copytree(simulated, tmp_path / "studies"))


def test_a_command_uses_the_most_recent_study_and_names_it(studies: Path, tmp_path: Path) -> None:
    """The first line names the study, except if it was passed with --study."""
    page = ("report", "--out", tmp_path / "page.html")
    for command in (("show",), page):
        first = printed(*command, "--studies", studies)[0]
        assert first.startswith("study mnist-5-epochs-simulated, last run 20")
        named = printed(*command, "--studies", studies, "--study", "mnist")
        assert not named[0].startswith("study ")
    printed("run", *SIMULATED, "--study", "mnist", "--studies", studies)
    assert printed("show", "--studies", studies)[0].startswith("study mnist, last run")


def test_output_for_programs_has_no_other_lines(studies: Path, tmp_path: Path) -> None:
    """JSON is the only output; with a pipe as --out, the name of the study goes to stderr."""
    result = typed("show", "--studies", studies, "--json")
    assert json.loads(result.output)["study"] == "mnist-5-epochs-simulated"
    os.mkfifo(tmp_path / "pipe")
    result = typed("export", "--studies", studies, "--out", tmp_path / "pipe")
    assert result.exit_code == 2  # a simulated study cannot be exported
    assert result.stdout == ""
    assert result.stderr.startswith("study mnist-5-epochs-simulated, last run")


def test_a_lost_record_of_runs_is_replaced(studies: Path) -> None:
    """Without the record, the newest run in the environment files of the studies counts."""
    (studies / LAST_RUNS).unlink()
    runs = json.loads((studies / "mnist" / "environment.json").read_text())
    later = [{**runs[0], "started": "2199-01-01T00:00:00+00:00"}]
    (studies / "mnist" / "environment.json").write_text(json.dumps(later))
    assert printed("show", "--studies", studies)[0].startswith("study mnist, last run 2")


def test_a_missing_study_is_one_line(tmp_path: Path) -> None:
    """Every command that takes a study prints one line if there is none."""
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
def test_every_command_notices_edited_copies(studies: Path, command: str) -> None:
    """A line on stderr names the edited copies; the edits are neither used nor undone."""
    folder = studies / "mnist"
    for name in ("space", "objective"):
        (folder / f"{name}.py").write_text("1 / 0\n")
    result = typed(command, "--study", "mnist", "--studies", studies, *COMMANDS[command])
    (note,) = [line for line in result.stderr.splitlines() if line.startswith("note: ")]
    assert note.startswith(f"note: {folder}/space.py, {folder}/objective.py: edited after study")
    assert "ZeroDivisionError" not in result.output
    assert (folder / "objective.py").read_text() == "1 / 0\n"


def test_only_writing_commands_restore_a_missing_copy(studies: Path) -> None:
    """show and report do not write it; run does."""
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
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A studies folder with a trained study."""
    root = tmp_path_factory.mktemp("studies")
    files: dict[str, Any] = {"space": tiny.SPACE, "objective": tiny.OBJECTIVE}
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
def test_other_files_are_not_overwritten(
    trained: Path, tmp_path: Path, command: str, options: tuple[Any, ...], names: tuple[str, ...]
) -> None:
    """Neither the output file nor files next to it are overwritten without --force."""
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
    assert typed(*words).exit_code == 0  # files of this program need no --force
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


@pytest.mark.parametrize("out", ["-", "/dev/stdout"])
@pytest.mark.parametrize(
    "command, first",
    [("export", b'"""A network'), ("report", b"<!doctype"), ("data", b"<!doctype")],
)
def test_standard_output_has_only_the_file(
    trained: Path, command: str, first: bytes, out: str
) -> None:
    """Other lines go to stderr, so that the file can be piped or redirected."""
    study = () if command == "data" else ("--studies", trained)
    words = [sys.executable, "-m", "search", command, *map(str, study), "--out", out]
    ended = subprocess.run(words, capture_output=True, check=True)
    assert ended.stdout.lower().startswith(first.lower())
    assert b"wrote /dev/stdout" in ended.stderr
    assert ended.stdout.count(b"wrote /dev/stdout") == 0


def test_nothing_is_written_beside_a_stream(trained: Path) -> None:
    """Other formats are written next to the output, so it must be a regular file."""
    result = typed("export", "--studies", trained, "--out", "/dev/null", "--safetensors")
    assert result.exit_code == 2
    assert "/dev/null is not a regular file" in result.stderr


# exit codes
NAN = """
from tests.support.tiny import space

def sample(trial, task):
    candidate = space.sample(trial, task)
    return replace(candidate, recipe=replace(candidate.recipe, rate=1e30))
"""


def test_a_run_without_a_fully_trained_candidate_fails(tmp_path: Path) -> None:
    """The run is complete, but exits with code 1 so that `run && confirm` stops."""
    space = tmp_path / "space.py"
    space.write_text(f"from dataclasses import replace\n{NAN}")
    files = ("--space", space, "--objective", tiny.OBJECTIVE, "--studies", tmp_path / "studies")
    real = ("--train-examples", 300, "--workers", 1, "--trials", 2, "--device", "cpu")
    result = typed("run", *files, *real)
    assert result.exit_code == 1
    assert "2 failed" in result.stderr
    assert "the last one failed because the training loss became" in result.stderr
    assert "Traceback" not in result.output


def test_a_space_that_raises_creates_no_study(tmp_path: Path) -> None:
    """After the space is fixed, the same command creates the study."""
    space = tmp_path / "space.py"
    space.write_text("def sample(trial, task):\n    return trial.nothing\n")
    words = ("run", *SIMULATED, "--studies", tmp_path / "studies", "--space", space)
    result = typed(*words)
    assert result.exit_code == 2
    assert "space.py, line 2: AttributeError" in result.stderr
    assert not (tmp_path / "studies").exists()
    space.write_text(tiny.SPACE.read_text())
    printed(*words)


def test_an_internal_error_is_one_line(studies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It exits with code 1; an environment variable shows the traceback."""

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr(api, "load_study", broken)
    result = typed("show", "--studies", studies, "--study", "mnist")
    assert result.exit_code == 1
    assert "internal error, RuntimeError: two lines; set FRUGAL_TRACEBACK=1" in result.stderr
    monkeypatch.setenv("FRUGAL_TRACEBACK", "1")
    result = typed("show", "--studies", studies, "--study", "mnist")
    assert isinstance(result.exception, RuntimeError)


def interrupted(
    words: tuple[int | Path | str, ...], ready: Callable[..., Any], **environment: Any
) -> subprocess.CompletedProcess[str]:
    """Run a command, send Ctrl-C once `ready` is true, and return the ended process."""
    process = start_interruptible(
        [sys.executable, "-m", "search", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env=os.environ | environment,
    )
    assert process.stdout is not None
    tiny.until(ready)
    os.killpg(process.pid, signal.SIGINT)
    text = process.stdout.read()
    process.stdout.close()
    return subprocess.CompletedProcess(process.args, process.wait(), text)


def test_an_interrupted_run_ends_with_130(tmp_path: Path) -> None:
    """The run stops after the current epoch and prints its summary."""
    studies = tmp_path / "studies"
    words = ("run", *SIMULATED, "--trials", 50, "--study", "a", "--studies", studies)
    journal = studies / "a" / "journal.log"
    process = interrupted(words, lambda: tiny.lines(journal) > 20, FRUGAL_SIMULATED_SECONDS="0.2")
    assert process.returncode == 130
    assert "interrupted: " in process.stdout
    assert "Traceback" not in process.stdout


@pytest.mark.slow
@pytest.mark.parametrize("command", ["confirm", "drilldown", "reproduce"])
def test_other_interrupted_commands_end_with_130(
    trained: Path, tmp_path: Path, command: str
) -> None:
    """confirm, drilldown and reproduce exit without a traceback at any time."""
    studies = shutil.copytree(trained, tmp_path / "studies")
    printed("export", "--studies", studies, "--out", tmp_path / "best.py")
    best = tmp_path / "best.py"
    best.write_text(re.sub(r'"epochs": \d+', '"epochs": 9999', best.read_text()))
    words = {
        "confirm": ("confirm", "--studies", studies, "--workers", 1, "--seeds", 99),
        "drilldown": ("drilldown", "--studies", studies, "--workers", 1, "--epochs", 99),
        "reproduce": ("reproduce", best, "--studies", studies),
    }[command]
    began = time.monotonic()  # training has started within 8 seconds
    process = interrupted(words, lambda: time.monotonic() > began + 8)
    assert process.returncode == 130, process.stdout
    assert "Traceback" not in process.stdout
