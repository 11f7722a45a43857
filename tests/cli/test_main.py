"""The commands through the command line: output and errors."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner, Result

from search.cli.main import main

QUICK = ["--train-examples", "300", "--max-epochs", "1", "--window", "1", "--workers", "1"]
TINY = """
from search import Architecture, Block, Candidate, Head, Recipe
def sample(trial, task):
    width = trial.suggest_int("width", 2, 8)
    blocks = (Block(width, pool=2), Block(4, pool=2))
    return Candidate(
        Architecture(task.image, task.classes, blocks, Head("pool-conv")),
        Recipe(epochs=task.budget.epochs, batch=50),
    )
"""


def typed(*arguments: Any) -> Result:
    """The result of a command."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def refused(*arguments: Any) -> str:
    """The error line of a command: exit code 2, one line on stderr, no traceback."""
    result = typed(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stderr.count("\n") == 1, result.stderr
    assert result.stderr.startswith("Error: ")
    return result.stderr


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A studies folder with one study of two trained candidates."""
    root = tmp_path_factory.mktemp("studies")
    (root / "tiny.py").write_text(TINY)
    result = typed(
        *("run", "--study", "mnist", "--trials", 2, "--studies", root, "--seed", 7),
        *("--space", root / "tiny.py", *QUICK),
    )
    assert result.exit_code == 0, result.output
    (root / "said").write_text(result.output)
    return root


def test_a_run_ends_with_the_best_candidate_and_next_commands(studies: Path) -> None:
    """The last lines have the best candidate, its layers, next commands and the caveats."""
    said = (studies / "said").read_text()
    for expected in ("2 of 2", "receptive", "python -m search export", "300 of 50,000"):
        assert expected in said


def test_a_finished_study_says_so_and_trains_nothing(studies: Path) -> None:
    """Running the same command again adds no trial."""
    journal = studies / "mnist" / "journal.log"
    before = journal.read_bytes()
    result = typed(
        "run", "--trials", 2, "--studies", studies, "--space", studies / "tiny.py", *QUICK
    )
    assert result.exit_code == 0, result.output
    assert journal.read_bytes() == before


def test_show_as_json_has_the_content_of_show(studies: Path) -> None:
    """JSON has the ranking, the curves, the caveats and the n of the accuracies."""
    data = json.loads(typed("show", "--studies", studies, "--json").output)
    assert data["validation_images"] == 10_000
    assert data["window"] == 1
    assert any("300 of 50,000" in caveat for caveat in data["caveats"])
    best = data["ranking"][0]
    assert best["consistency"] == min(best["validation_accuracy"][-1:])
    assert best["architecture"]["blocks"]
    assert f"{100 * best['consistency']:.2f}" in typed("show", "--studies", studies).output


def test_studies_lists_the_studies_of_a_folder(studies: Path) -> None:
    """The list names every study, and an empty folder is not an error."""
    assert "mnist" in typed("studies", "--studies", studies).output
    assert "no studies" in typed("studies", "--studies", studies / "none").output


def test_export_writes_a_file_that_loads(studies: Path, tmp_path: Path) -> None:
    """The exported file runs and loads the network with its weights."""
    out = tmp_path / "best.py"
    result = typed("export", "--studies", studies, "--out", out, "--safetensors")
    assert result.exit_code == 0, result.output
    assert out.with_suffix(".safetensors").exists()
    names: dict[str, Any] = {"__name__": "best"}
    exec(compile(out.read_text(), str(out), "exec"), names)
    with torch.inference_mode():
        assert names["load"]()(torch.zeros(1, 1, 28, 28)).shape == (1, 10)


def test_data_shows_counts_and_writes_the_page(tmp_path: Path) -> None:
    """The terminal shows counts by split and class, the page the images."""
    result = typed("data", "--out", tmp_path / "page.html")
    assert result.exit_code == 0, result.output
    assert "50,000" in result.output
    assert (tmp_path / "page.html").stat().st_size > 10_000


def test_space_previews_without_training() -> None:
    """The preview shows the share of accepted candidates."""
    result = typed("space", "--samples", 30)
    assert result.exit_code == 0, result.output
    assert "accepted" in result.output


@pytest.mark.parametrize(
    "arguments,said",
    [
        (["--trials", 0], "--trials 0"),
        (["--trials", -3], "--trials -3"),
        (["--data", "mnits"], "mnist"),
        (["--data", "/nowhere/at/all"], "/nowhere/at/all"),
        (["--max-epochs", 3], "window of 5"),
        (["--window", 0], "window 0"),
        (["--max-params", 0], "at least 1"),
        (["--timeout", 0], "--timeout 0"),
        (["--workers", 0], "--workers 0"),
        (["--train-examples", 0], "0"),
        (["--train-examples", -5], "-5"),
        (["--train-examples", 60_001], "60,001"),
        (["--study", "../up"], "cannot name a study"),
        (["--space", "nowhere.py"], "nowhere.py"),
        (["--storage", "nonsense://x"], "nonsense://x"),
        (["--minimise", "parameters"], "--target 99.4"),
        (["--target", 99.4], "--target 99.4 requires --minimise parameters"),
        (["--minimise", "parameters", "--target", 0.994], "--target 0.994 is out of range"),
        (["--minimise", "parameters", "--target", 100], "above 50 and below 100"),
    ],
)
def test_bad_input_is_one_line(tmp_path: Path, arguments: list[Any], said: str) -> None:
    """Invalid input exits with code 2 and one line that shows the value."""
    assert said in refused("run", "--studies", tmp_path, *arguments)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA device")
def test_a_missing_gpu_is_an_error(tmp_path: Path) -> None:
    """A missing device is an error before anything is written."""
    assert "cuda" in refused("run", "--studies", tmp_path, "--device", "cuda")
    assert list(tmp_path.iterdir()) == []


def test_a_studies_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """A studies folder that is a file is an error."""
    (tmp_path / "file").write_text("")
    assert "cannot write" in refused("run", "--studies", tmp_path / "file", *QUICK)


def test_a_damaged_journal_names_its_line(studies: Path, tmp_path: Path) -> None:
    """Damage before the last line is an error, and the journal does not change."""
    shutil.copytree(studies / "mnist", tmp_path / "mnist")
    journal = tmp_path / "mnist" / "journal.log"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:3], b'{"op": 5,\n', *lines[4:]]))
    damaged = journal.read_bytes()
    assert "damaged in line 4" in refused("show", "--studies", tmp_path)
    assert journal.read_bytes() == damaged


def test_a_budget_that_no_candidate_meets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a limited number of proposals, the error names the smallest candidate."""
    monkeypatch.setattr(
        "search.loop.admission.REJECTED", 40
    )  # enough for the smallest of seven widths
    (tmp_path / "tiny.py").write_text(TINY)
    said = refused(
        "run", "--studies", tmp_path, "--space", tmp_path / "tiny.py", "--max-params", 50, *QUICK
    )
    assert "has 142 parameters" in said


def test_a_space_that_raises_is_named_by_its_line(tmp_path: Path) -> None:
    """The error has the file, the line and the message of the user's code."""
    (tmp_path / "bad.py").write_text("def sample(trial, task):\n    return 1 / 0\n")
    said = refused("run", "--studies", tmp_path, "--space", tmp_path / "bad.py", *QUICK)
    assert "bad.py, line 2: ZeroDivisionError: division by zero" in said


def test_a_space_without_sample(tmp_path: Path) -> None:
    """The error names the function that a space file must define."""
    (tmp_path / "empty.py").write_text("")
    assert "sample" in refused("run", "--studies", tmp_path, "--space", tmp_path / "empty.py")


def test_nothing_to_show_or_export(tmp_path: Path) -> None:
    """An empty folder and an unknown name are errors."""
    for command in ("show", "export"):
        assert f"no study in {tmp_path} yet" in refused(command, "--studies", tmp_path)
        assert "no study mnist" in refused(command, "--studies", tmp_path, "--study", "mnist")


def test_a_mistyped_option_or_command_suggests_the_right_one() -> None:
    """The suggestions of click are printed."""
    assert "--trials" in typed("run", "--trails", 3).stderr
    assert "show" in typed("shwo").stderr


def test_a_search_for_the_smallest_network(studies: Path, tmp_path: Path) -> None:
    """The study is named after data, goal and limits, and says whether it has an answer."""
    study = "mnist-smallest-300-images-1-epochs-window-1"
    goal = ["--minimise", "parameters", "--target", 99.4]
    options = ["--studies", tmp_path, "--space", studies / "tiny.py", *QUICK]
    result = typed("run", "--trials", 1, *goal, "--warm-start", *options)
    assert result.exit_code == 0, result.output
    for expected in (
        f"study {study} in",
        "goal: the fewest parameters that reach 99.4 %",
        "published networks first: none is within 10,000 parameters, 1 epochs",
        "no answer so far: no candidate is verified to reach 99.40 %",
        f"show --study {study}",
    ):
        assert expected in result.output
    again = typed("run", "--study", study, "--trials", 1, *options)
    assert "nothing to do" in again.output, again.output
    shown = typed("show", "--studies", tmp_path)
    for expected in ("no answer so far", "parameters against consistency", "| target, 99.40 %"):
        assert expected in shown.output
    data = json.loads(typed("show", "--studies", tmp_path, "--json").output)
    assert data["frontier"] == {"target": 0.994, "answer": None, "successes": []}
    other = refused("run", "--trials", 1, "--minimise", "parameters", "--target", 99.5, *options)
    assert "goal: the fewest parameters that reach 99.4 % in the study" in other
    usual = refused("run", "--study", "mnist", "--studies", studies, *goal, *options[2:])
    assert "goal: the highest consistency in the study, the fewest parameters" in usual
