"""The charts of a confirmation: race, test runs, selection to test, published results."""

import pytest

from search.reporting.charts.confirmation import (
    draw_published_differences,
    draw_race,
    draw_runs,
    draw_selection_to_test,
    published_differences,
    race_rows,
    selection_to_test,
)


def test_the_race_lists_the_winner_first_and_who_left(confirmation):
    """The winner, its rival, then those who left by their means."""
    rows = race_rows(confirmation.race)
    assert [row.outcome for row in rows[:2]] == ["wins", "rival"]
    assert {row.outcome for row in rows[2:]} == {"left after 3", "left after 2"}
    assert rows[0].name == f"trial {confirmation.race.winner}"
    figure = draw_race(rows, confirmation.race)
    assert "n = 10,000 validation images" in figure.layout.meta["subtitle"]
    assert len(figure.data[1].x) == sum(len(row.scores) for row in rows)


def test_from_selection_to_test(confirmation):
    """Selected, repeated, on test: the three figures that the luck is the differences of."""
    selected, repeated, tested = selection_to_test(confirmation)
    assert selected.consistency - repeated.consistency == pytest.approx(
        confirmation.luck.to_repeats
    )
    assert repeated.consistency - tested.consistency == pytest.approx(confirmation.luck.to_test)
    assert (selected.runs, repeated.runs, tested.runs) == (1, 5, 5)
    figure = draw_selection_to_test((selected, repeated, tested), confirmation.final.interval)
    assert "n = 10,000 test images" in figure.layout.meta["subtitle"]


def test_the_final_runs_show_window_and_target(confirmation):
    """A line a run, the exported one said, the window shaded, the target dashed."""
    figure = draw_runs(confirmation.final, 2, 0.994)
    assert sum("exported" in line.name for line in figure.data) == 1
    window, target = figure.layout.shapes
    assert (window.x0, window.x1) == (4.5, 6.5)
    assert target.y0 == pytest.approx(0.6)


def test_differences_are_in_points(confirmation):
    """Differences and intervals of a confirmation, times 100."""
    differences = published_differences(confirmation.final)
    first = confirmation.final.differences[0]
    assert differences[0].points == pytest.approx(100 * first.difference)
    assert differences[0].low < differences[0].points < differences[0].high
    figure = draw_published_differences(differences, confirmation.final)
    assert "not searched on" in figure.layout.meta["subtitle"]
