"""Published and measured accuracies, as tables and as JSON."""

import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.console import Console, RenderableType

from search.candidates.baselines import all_baselines, find_baseline, public_results
from search.cli.commands.baselines import (
    baseline_tables,
    budget_words,
    compared_with_published,
)
from search.cli.main import main
from search.evaluation.repeats import Repeat, RepeatFile
from search.evaluation.results import (
    BASELINE_REPEATS_FILE,
    BaselineResults,
    measured_repeats,
)

EPOCHS, DAY = 15, "2026-11-21T07:00:00+00:00"
NAMES = [baseline.name for baseline in all_baselines()]


def repeat(name: str, number: int, low: float, failure: str = "") -> Repeat:
    """A repeat with lowest accuracy `low` in the last five epochs, at the fifth last one."""
    curve = (0.97,) * (EPOCHS - 5) + (low, *(low + 0.001 * step for step in range(1, 5)))
    figures = (curve, curve, curve, curve)
    return Repeat(
        name, number, 7, "test", 10_000, 60_000, *figures, 9.0, "cpu", "torch 2", DAY, failure
    )


def printed(renderable: RenderableType, width: int = 100) -> str:
    """The output of a console of this width, without trailing blanks."""
    output = io.StringIO()
    Console(file=output, width=width).print(renderable)
    lines = output.getvalue().splitlines()
    return "\n".join(line.rstrip() for line in lines)


def run(*arguments: Any) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, ["baselines", *map(str, arguments)])


@pytest.fixture
def repeats() -> list[Repeat]:
    """Two complete repeats and a failed one."""
    whole = [repeat("ev8-5", number, low) for number, low in enumerate((0.994, 0.993))]
    return [*whole, replace(repeat("ev8-5", 2, 0.9, "the loss became nan"), accuracy=(0.1,))]


@pytest.mark.parametrize("width", [80, 140])
def test_listing(repeats: list[Repeat], width: int) -> None:
    """The list has every step with published and measured values, notes and public results."""
    results = BaselineResults(all_baselines(), {"ev8-5": tuple(repeats)}, public_results())
    page = printed(baseline_tables(results), width)
    rows = {line.split()[0]: line for line in page.splitlines() if line.strip()}
    assert set(NAMES) < rows.keys()
    line = " ".join(next(x for x in page.splitlines() if x.startswith("ev8-5 ")).split())
    assert line.startswith("ev8-5 8,172 99.56 % 99.42 % 99.35 % 99.30 % 2 5")
    unmeasured = next(x for x in page.splitlines() if x.startswith("ev8-1 "))
    assert " ".join(unmeasured.split()) == "ev8-1 147,344 99.06 % 98.95 % - - 1"
    text = " ".join(page.split())
    for words in (
        "not measured yet",
        "StepLR(5, 0.5)",
        "99.49 %",
        "6,128",
        "selected on the test set",
    ):
        assert words in text
    assert "measured on cpu with torch 2, 2026-11-21" in text
    assert max(map(len, page.splitlines())) <= width


def test_compared(repeats: list[Repeat]) -> None:
    """The comparison has every epoch and repeat, mean and worst, failures and notes."""
    page = printed(compared_with_published(find_baseline("ev8-5"), repeats[:1] + repeats[2:]))
    lines = [" ".join(line.split()) for line in page.splitlines()]
    assert "1 97.24 % 97.00 % 97.00 %" in lines
    assert "11 99.42 % 99.40 % 99.40 % in the window" in lines
    assert "published, selected on test 99.56 % 99.42 %" in lines
    assert "our repeat 1 99.80 % 99.40 %" in lines
    assert "our worst, n = 1 99.80 % 99.40 %" in lines
    assert "a single repeat gives no spread: raise --seeds" in " ".join(lines)
    assert "repeat 3 failed: the loss became nan" in lines
    assert "n = 10,000 test images" in page
    assert "bilinear" in page


def test_compared_says_whether_noise_explains_it() -> None:
    """Repeats far below the published accuracy differ by more than noise, similar ones do not."""
    near = [repeat("ev8-5", number, low) for number, low in enumerate((0.9941, 0.9943))]
    far = [repeat("ev8-5", number, low) for number, low in enumerate((0.9701, 0.9702))]
    comparison = " ".join(printed(compared_with_published(find_baseline("ev8-5"), near)).split())
    assert "our mean minus published is +0.00 points" in comparison
    assert ": within noise" in comparison
    assert ": more than noise" in " ".join(
        printed(compared_with_published(find_baseline("ev8-5"), far)).split()
    )
    unlogged = [repeat("session-5-3", number, 0.99) for number in range(2)]
    page = " ".join(
        printed(compared_with_published(find_baseline("session-5-3"), unlogged)).split()
    )
    assert "published without a log" in page
    assert "stand-in: layers not published" in page


def test_budget_words() -> None:
    """A baseline that exceeds the default budget names its own budget."""
    assert budget_words(find_baseline("ev8-5")).startswith("ev8-5 is within the default budget")
    assert budget_words(find_baseline("pooling-max")) == (
        "pooling-max exceeds the default budget of 10,000 parameters, 15 epochs with 16,890 "
        "parameters, 20 epochs: it is trained under its own budget, 20,000 parameters, 20 epochs"
    )
    assert budget_words(find_baseline("session-5-1")) == ""


def test_command_lists(tmp_path: Path) -> None:
    """The list is printed as tables and as JSON, with the measured repeats or null."""
    RepeatFile(tmp_path / BASELINE_REPEATS_FILE).add(repeat("ev8-1", 0, 0.99))
    assert all(name in run("--studies", tmp_path).output for name in NAMES)
    data = json.loads(run("--json", "--studies", tmp_path).output)
    by_name = {baseline["name"]: baseline for baseline in data["baselines"]}
    assert list(by_name) == NAMES
    assert by_name["ev8-1"]["measured"]["n"] == 1
    assert len(by_name["ev8-1"]["measured"]["repeats"][0]["accuracy"]) == EPOCHS
    assert by_name["session-5-1"]["measured"] is None
    assert by_name["ev8-5"]["candidate"]["recipe"]["rate"] == 0.1
    assert [bar["parameters"] for bar in data["bars"]] == [9_436, 7_496, 6_128, 19_866]
    assert data.keys() == {"about", "unlike", "baselines", "bars"}


def test_command_trains_nothing_twice(tmp_path: Path) -> None:
    """If all repeats are recorded, the command trains nothing and does not use the test set."""
    for number in range(2):
        RepeatFile(tmp_path / BASELINE_REPEATS_FILE).add(repeat("ev8-5", number, 0.994))
    done = run("--train", "ev8-5", "--seeds", 2, "--studies", tmp_path)
    assert done.exit_code == 0, done.output
    assert "our mean, n = 2" in done.output
    assert not (tmp_path / "ledger").exists()


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("--train", "ev8-55"), "closest name is ev8-5"),
        (("--train", "session-5-1"), "cannot be trained"),
        (("--train", "ev8-5", "--seeds", "0"), "--seeds 0"),
        (("--train", "ev8-5", "--workers", "0"), "--workers 0"),
    ],
)
def test_bad_input_is_one_line(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    """Invalid input gives one line and exit code 2, and nothing is written."""
    done = run(*arguments, "--studies", tmp_path / "studies")
    assert done.exit_code == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "studies").exists()


def test_listing_needs_no_torch() -> None:
    """The list does not import torch, which takes seconds."""
    code = (
        "import sys; from search.cli.main import main; main(['baselines'], standalone_mode=False);"
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "ev8-5" in done.stdout


def test_shipped_results_are_listed(tmp_path: Path) -> None:
    """The repeats shipped with the package are listed for a user without own repeats."""
    data = json.loads(run("--json", "--studies", tmp_path).output)
    listed = {b["name"]: len(b["measured"]["repeats"]) for b in data["baselines"] if b["measured"]}
    assert listed == {name: len(repeats) for name, repeats in measured_repeats(tmp_path).items()}
    assert listed
