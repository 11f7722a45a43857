"""The charts of a confirmation: race, test runs, selection bias, public results."""

import pytest

from search.evaluation.results import Confirmation
from search.reporting.charts.confirmation import (
    draw_published_differences,
    draw_race,
    draw_runs,
    draw_selection_to_test,
    published_differences,
    race_rows,
    selection_to_test,
)


def test_the_race_lists_the_winner_first(confirmation: Confirmation) -> None:
    """A comparable candidate follows, then the dropped candidates, by their means."""
    rows = race_rows(confirmation.race)
    assert [row.outcome for row in rows[:2]] == ["winner", "comparable"]
    assert {row.outcome for row in rows[2:]} == {
        "dropped after 3 repeats",
        "dropped after 2 repeats",
    }
    assert rows[0].name == f"trial {confirmation.race.winner}"
    figure = draw_race(rows, confirmation.race)
    assert "n = 10,000 validation images" in figure.layout.meta["subtitle"]
    assert len(figure.data[1].x) == sum(len(row.scores) for row in rows)


def test_from_selection_to_test(confirmation: Confirmation) -> None:
    """The selection bias is the difference between the three stages."""
    selected, repeated, tested = selection_to_test(confirmation)
    assert selected.consistency - repeated.consistency == pytest.approx(
        confirmation.luck.to_repeats
    )
    assert repeated.consistency - tested.consistency == pytest.approx(confirmation.luck.to_test)
    assert (selected.runs, repeated.runs, tested.runs) == (1, 5, 5)
    figure = draw_selection_to_test((selected, repeated, tested), confirmation.final.interval)
    assert "n = 10,000 test images" in figure.layout.meta["subtitle"]


def test_the_final_runs_show_window_and_target(confirmation: Confirmation) -> None:
    """There is a line per run, one is marked as exported; window and target are drawn."""
    figure = draw_runs(confirmation.final, 2, 0.994)
    assert sum("exported" in line.name for line in figure.data) == 1
    window, target = figure.layout.shapes
    assert (window.x0, window.x1) == (4.5, 6.5)
    assert target.y0 == pytest.approx(0.6)


def test_differences_are_in_points(confirmation: Confirmation) -> None:
    """Differences and intervals are converted to percentage points."""
    differences = published_differences(confirmation.final)
    first = confirmation.final.differences[0]
    assert differences[0].points == pytest.approx(100 * first.difference)
    assert differences[0].low < differences[0].points < differences[0].high
    figure = draw_published_differences(differences, confirmation.final)
    assert "not used for selection" in figure.layout.meta["subtitle"]
