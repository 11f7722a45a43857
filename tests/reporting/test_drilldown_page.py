"""A drill-down as values, as panels in the terminal and as a Markdown page."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console, RenderableType

from search.cli.commands.drilldown import drilldown_panels
from search.errors import FrugalError
from search.evaluation.results import Drilldown, Step, read_drilldown, write_drilldown
from search.reporting.drilldown_page import drilldown_markdown, step_result, write_page
from tests.support import simulated_run as simulated

FIRST = Step(
    name="skeleton",
    adds="the shape of the best [bold] candidate",
    target="train above 99 %",
    analysis="Target reached. Overfits.",
    candidate=simulated.CANDIDATE,
    parameters=24_000,
    best_training=0.9988,
    best_validation=0.9914,
    consistency=0.9895,
    scores=(0.9890, 0.9900),
    curve=(0.98, 0.9895),
    training=(0.97, 0.9988),
)
FAILED = replace(
    FIRST,
    name="batch norm",
    best_training=0.0,
    best_validation=0.0,
    consistency=None,
    scores=(),
    curve=(),
    training=(),
    failures=("the training loss became nan in epoch 1",) * 2,
    analysis="Target missed. Did not train.",
)
DRILLDOWN = Drilldown(
    study="mnist",
    trial=40,
    steps=(FIRST, FAILED),
    window=5,
    epochs=15,
    images=10_000,
    train_examples=50_000,
    seeds=2,
    device="cpu",
    versions="torch 2",
    time="2026-11-01T00:00:00+00:00",
    seconds=600.0,
    caveats=("steps left out, for trial 40 has none: EMA",),
)


def text(shown: RenderableType, width: int = 80) -> str:
    """Return the text that a terminal shows."""
    output = io.StringIO()
    Console(file=output, width=width).print(shown)
    return output.getvalue()


def test_a_drilldown_is_stored_and_read_back(tmp_path: Path) -> None:
    """It equals the original; a missing file gives None; a newer one replaces it."""
    assert read_drilldown(tmp_path) is None
    written = write_drilldown(replace(DRILLDOWN, seeds=1), tmp_path)
    assert write_drilldown(DRILLDOWN, tmp_path) == written
    assert read_drilldown(tmp_path) == DRILLDOWN
    assert [path.name for path in tmp_path.iterdir()] == ["drilldown.json"]


@pytest.mark.parametrize("writing", [write_drilldown, write_page])
def test_a_folder_that_cannot_be_written(tmp_path: Path, writing: Callable[..., Any]) -> None:
    """The error names the file that cannot be written."""
    with pytest.raises(FrugalError, match=r"cannot write .*drilldown"):
        writing(DRILLDOWN, tmp_path / "none")


def test_a_result_has_its_n() -> None:
    """It has the number of repeats and, from two on, their spread; a failed step has no scores."""
    assert step_result(FIRST) == (
        "24,000 parameters; best training accuracy 99.88 %, best validation accuracy 99.14 %, "
        "consistency 98.95 % (2 repeats, spread 0.07 points)"
    )
    assert step_result(replace(FIRST, scores=(0.9895,))).endswith("consistency 98.95 % (1 repeat)")
    assert step_result(FAILED) == "24,000 parameters; all repeats failed"


def test_a_terminal_shows_every_step() -> None:
    """Panels have target, result, analysis, n and caveats; names are not parsed as markup."""
    shown = text(drilldown_panels(DRILLDOWN))
    assert all(len(line) <= 80 for line in shown.splitlines())
    flat = " ".join(shown.replace("│", " ").split())
    assert "1. skeleton" in flat
    assert "[bold] candidate" in flat
    assert "analysis Target reached. Overfits." in flat
    assert "all repeats failed" in flat
    assert "n = 10,000 images" in flat
    assert "for trial 40 has none: EMA" in flat


def test_a_page_shows_the_same() -> None:
    """The page has the caveats, then a table of all steps, then a section for each step."""
    lines = drilldown_markdown(DRILLDOWN).splitlines()
    assert lines[0] == "# Drill-down: from a plain network to trial 40 of study mnist"
    assert lines[2] == "- **steps left out, for trial 40 has none: EMA**"
    assert "| skeleton | 24,000 | 99.88 % | 99.14 % | 98.95 % | 0.07 |" in lines
    assert "| batch norm | 24,000 |  |  | failed |  |" in lines
    assert "## 1. skeleton" in lines
    assert "- **target**: train above 99 %" in lines
    assert any("n = 10,000 images; mean of 2 repeats per step" in line for line in lines)
