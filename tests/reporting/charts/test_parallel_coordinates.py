"""Parallel coordinates: which settings have an axis, and which candidates a line."""

from search.reporting.charts.parallel_coordinates import (
    COLOURED,
    GREY_LINES,
    draw_parallel_coordinates,
    parallel_coordinates,
)
from search.study.records import Record
from search.study.study import Study
from tests.support.example_report import SETUP, candidate


def trained(number: int, width: int, score: float) -> Record:
    """Return the record of a candidate trained to the end."""
    return Record(
        number,
        "trained",
        candidate(width),
        parameters=candidate(width).architecture.parameters,
        consistency=score,
        validation_accuracy=(score,) * 6,
    )


def test_parallel_keeps_the_axes_that_differ(study: Study) -> None:
    """Settings equal in all candidates have no axis; consistency is last, with the best on top."""
    coordinates = parallel_coordinates(study.records())
    names = [axis.name for axis in coordinates.axes]
    assert names[0] == "parameters"
    assert names[-1] == "consistency"
    assert {"schedule", "batch", "rotation"} <= set(names)
    assert not {"head", "optimiser", "depth"} & set(names)
    assert coordinates.lines[0].places[-1] == 1.0
    assert all(0 <= place <= 1 for line in coordinates.lines for place in line.places)


def test_parallel_lines_are_thinned_evenly() -> None:
    """Of 1,000 candidates the best few are shown, and at most GREY_LINES others."""
    records = [trained(n, 5 + n % 9, 0.9 + n / 11_000) for n in range(1_000)]
    coordinates = parallel_coordinates(records)
    assert [line.number for line in coordinates.lines[:COLOURED]] == [999, 998, 997, 996, 995]
    assert len(coordinates.lines) <= COLOURED + GREY_LINES


def test_parallel_of_one_candidate_is_drawn() -> None:
    """With one candidate the only axis is consistency."""
    coordinates = parallel_coordinates([trained(0, 8, 0.99)])
    assert [axis.name for axis in coordinates.axes] == ["consistency"]
    assert draw_parallel_coordinates(coordinates, SETUP).to_json()
