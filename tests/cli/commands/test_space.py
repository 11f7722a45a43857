from search import Budget
from search.candidates.space_preview import preview_space
from search.cli.commands.data import DataCounts, data_table
from search.cli.commands.space import space_preview_tables
from search.cli.commands.studies import ListedStudy, studies_table
from search.study.settings import StudySettings
from tests.support import simulated_run as simulated
from tests.support.example_trials import RECORDS
from tests.support.terminal import text

SETUP = StudySettings(
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
)


def test_a_study_is_listed_with_its_best():
    """Name, trained candidates, best consistency with n and size, data, budget, caveats."""
    told = text(studies_table([ListedStudy("first", SETUP, 10_000, RECORDS)]), 120)
    row = next(line for line in told.splitlines() if line.startswith("first"))
    assert row.split()[:6] == ["first", "13", "99.33", "%", "10,000", "5,256"]
    assert "mnist, 8,000 parameters, 15 epochs, window 5; parameters overridden" in told
    assert "validation" in told


def test_a_study_without_a_result_is_listed():
    """Without a figure that it does not have, also at 80 columns."""
    told = text(studies_table([ListedStudy("empty", SETUP, 10_000, [])]))
    assert next(line for line in told.splitlines() if "empty" in line).split()[1] == "0"


def test_a_space_is_previewed():
    """Share admitted, limits exceeded, spreads, candidates block by block with their recipe."""
    told = text(
        space_preview_tables(preview_space([simulated.CANDIDATE] * 4, Budget(parameters=6_000)))
    )
    assert "4 of 4 samples (100.0 %)" in told
    assert "conv 3x3, 1 to 12, bias; batch norm; ReLU -> 12x26x26" in told
    assert "EMA, decay 0.998 per step" in told
    over = text(
        space_preview_tables(preview_space([simulated.CANDIDATE], Budget(parameters=5_000)))
    )
    assert "0 of 1 sample (0.0 %)" in over
    assert "1 by parameters" in over


def test_data_are_counted_by_class_and_split():
    """Every split with its total, the image's shape, mean, deviation and notes."""
    counts = [("train", [5_000, 4_000]), ("validation", [1_000, 900]), ("test", [1_000, 800])]
    classes = ["T-shirt", "[bold]"]  # a name is never markup
    told = text(
        data_table(
            DataCounts(
                "shirts",
                image=(1, 28, 28),
                classes=classes,
                counts=counts,
                mean=(0.1307,),
                std=(0.3081,),
                notes=("half",),
            )
        )
    )
    rows = {tuple(line.split()) for line in told.splitlines()}
    assert ("[bold]", "4,000", "900", "800") in rows
    assert ("total", "9,000", "1,900", "1,800") in rows
    assert ("mean", "0.1307") in rows
    assert ("note", "half") in rows
