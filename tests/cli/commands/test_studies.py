"""The table of the studies of a folder."""

from search import Budget
from search.cli.commands.studies import studies_table
from search.study.settings import StudySettings
from search.study.study import ListedStudy
from tests.support.example_trials import RECORDS
from tests.support.terminal import text

SETTINGS = StudySettings(
    data="mnist",
    digest="0" * 32,
    image=(1, 28, 28),
    classes=10,
    budget=Budget(parameters=8_000),
    window=5,
    seed=0,
    space="",
    objective="",
    overrides=(("parameters", 8_000),),
    validation_images=10_000,
)


def test_a_study_is_listed_with_its_best() -> None:
    """A row has name, trained candidates, best consistency, n, size, data, budget and caveats."""
    table = text(studies_table([ListedStudy("first", SETTINGS, RECORDS)]), 120)
    row = next(line for line in table.splitlines() if line.startswith("first"))
    assert row.split()[:6] == ["first", "13", "99.33", "%", "10,000", "5,256"]
    assert "mnist, 8,000 parameters, 15 epochs, window 5; parameters overridden" in table
    assert "validation" in table


def test_a_study_without_a_result_is_listed() -> None:
    """A study without trained candidates has empty cells, also at 80 columns."""
    table = text(studies_table([ListedStudy("empty", SETTINGS, [])]))
    assert next(line for line in table.splitlines() if "empty" in line).split()[1] == "0"
