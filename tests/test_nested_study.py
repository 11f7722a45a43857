"""A whole study of nested blocks: every command reads it and shows what it contains."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from search.cli.main import main
from search.reporting.dashboard.notes import trial_note
from search.reporting.dashboard.publishing import publish
from search.study.study import Study, load
from tests.support import nested_space

SPACE = Path(nested_space.__file__)
TRIALS = 12


def typed(*arguments: Any) -> str:
    """Return the output of a command on a wide terminal."""
    words = [str(argument) for argument in arguments]
    result = CliRunner().invoke(main, words, env={"COLUMNS": "250"})
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A simulated study; tests must not add trials."""
    root = tmp_path_factory.mktemp("studies")
    place = ("--study", "nested", "--studies", root)
    typed("run", *place, "--space", SPACE, "--device", "simulated", "--trials", TRIALS)
    return load("nested", root)


def test_all_candidates_are_recorded(study: Study) -> None:
    """Every candidate is read back with its blocks, and is a row of the table."""
    trained = [record for record in study.records() if record.counts]
    assert len(trained) == TRIALS
    for record in trained:
        assert record.candidate is not None
        assert record.candidate.label == record.label
        assert record.candidate.architecture.parameters == record.parameters
    assert set(study.trials["head.blocks"]) == {"12k1"}


def test_show_has_the_frozen_parameters(study: Study) -> None:
    """The layer table has the columns of learned and frozen parameters, and all sources."""
    printed = typed("show", "--study", "nested", "--studies", study.folder.parent)
    assert "frozen" in printed
    assert "blur pool 3x3, stride 2, padding 1" in printed
    best = study.best().candidate
    assert best is not None
    assert printed.count("from layers") == sum(len(n.inputs) > 1 for n in best.architecture.layers)
    assert printed.count("weights of layer") == sum(
        layer.source is not None for layer in best.architecture.layers
    )


def test_json_has_the_nested_blocks(study: Study) -> None:
    """The JSON of `show` contains the architecture as it is stored."""
    printed = typed("show", "--study", "nested", "--studies", study.folder.parent, "--json")
    first = json.loads(printed)["ranking"][0]
    kinds = {block.get("type") for block in first["architecture"]["blocks"]}
    assert "pool" in kinds
    assert kinds & {"residual", "dense", "parallel", "repeat"}


def test_the_space_is_previewed() -> None:
    """`space` shows nested candidates block by block, with their frozen parameters."""
    printed = typed("space", "--space", SPACE)
    assert " parameters, 9 frozen parameters, " in printed


def test_the_list_of_studies(study: Study) -> None:
    """`studies` shows the study and the size of its best network."""
    printed = typed("studies", "--studies", study.folder.parent)
    assert f"{study.best().parameters:,}" in printed


def test_the_report_has_the_frozen_parameters(study: Study, tmp_path: Path) -> None:
    """The HTML page and the Markdown summary have the column and explain the signs of labels."""
    out = tmp_path / "report.html"
    place = ("--study", "nested", "--studies", study.folder.parent)
    typed("report", *place, "--out", out, "--markdown")
    page, summary = out.read_text(), out.with_suffix(".md").read_text()
    assert "Frozen: fixed numbers, which are not learned." in page
    assert "learned parameters, 9 frozen parameters. For one image" in page
    assert "( )+ for a residual block" in page
    assert "| parameters | frozen | MACs |" in summary
    assert "allowed, 9 frozen parameters |" in summary
    assert "( )+ for a residual block" in summary


def test_the_dashboard_has_the_frozen_parameters(study: Study) -> None:
    """The notes on trials have the column and the number."""
    publish(study)
    text = trial_note(study.best(), study.setup)
    assert " parameters, 9 frozen parameters, " in text
    assert "frozen" in next(line for line in text.splitlines() if line.startswith("| #"))
