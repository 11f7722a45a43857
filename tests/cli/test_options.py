"""Options shared by the commands: the study run last, and notes on a study that is opened."""

import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

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
