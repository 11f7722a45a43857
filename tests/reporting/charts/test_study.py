"""The charts of a study: values computed from given records, and the size of the drawings."""

import re
from dataclasses import replace
from typing import Any

import pytest

from search.candidates.architecture import Architecture
from search.candidates.blocks import Block
from search.candidates.candidate import Budget, Candidate
from search.candidates.recipe import Recipe
from search.reporting.charts.study import (
    GREY_CURVES,
    Point,
    draw_effort,
    draw_landscape,
    draw_learning_curves,
    effort,
    landscape,
    learning_curves,
)
from search.study.records import Record
from search.study.settings import StudySettings

CANDIDATE = Candidate(Architecture((1, 28, 28), 10, (Block(8, pool=2),)), Recipe(epochs=6))
SETUP = StudySettings(
    data="mnist",
    digest="0" * 32,
    image=(1, 28, 28),
    classes=10,
    budget=Budget(10_000, 6),
    window=2,
    seed=0,
    space="",
    objective="",
    validation_images=10_000,
)
LARGEST = 60_000  # bytes: about 30 of the pieces in which the dashboard writes


def trained(number: int, parameters: int, *curve: Any) -> Record:
    """Return a candidate trained to the end, scored by the lowest of its last two epochs."""
    return Record(
        number,
        "trained",
        CANDIDATE,
        parameters=parameters,
        consistency=min(curve[-2:]),
        validation_accuracy=curve,
        seconds=12.0,
    )


def stopped(number: int, parameters: int, *curve: Any) -> Record:
    """Return a candidate that was stopped early."""
    return replace(trained(number, parameters, *curve), outcome="stopped early", consistency=None)


def over(number: int, parameters: int) -> Record:
    """Return a proposal over budget."""
    return Record(number, "over budget", CANDIDATE, parameters=parameters)


RECORDS = [
    trained(0, 5_000, 0.9, 0.95, 0.97, 0.98, 0.991, 0.99),
    trained(1, 8_000, 0.9, 0.95, 0.97, 0.98, 0.985, 0.984),
    over(2, 10_090),
    trained(3, 9_000, 0.9, 0.95, 0.97, 0.98, 0.994, 0.993),
    stopped(4, 4_000, 0.5, 0.6),
    over(5, 10_110),
    over(6, 40_000),
    stopped(7, 9_900, 0.5, 0.6, 0.7),
    Record(8, "failed", CANDIDATE, validation_accuracy=(0.5,), parameters=3_000),
    Record(9, "running", CANDIDATE, validation_accuracy=(0.4, 0.6), parameters=3_100),
]


def test_the_landscape_has_every_trained_candidate() -> None:
    """Trained candidates have their consistency, stopped ones their last accuracy; best first."""
    points = landscape(RECORDS, 10_000)
    assert points.trained == ((3, 9_000, 0.993), (0, 5_000, 0.99), (1, 8_000, 0.984))
    assert points.stopped == ((7, 9_900, 0.7), (4, 4_000, 0.6))


def test_the_frontier_is_the_pareto_front() -> None:
    """Trial 1 is larger and worse than trial 0; stopped candidates are not included."""
    assert [p.number for p in landscape(RECORDS, 10_000).frontier] == [0, 3]


def test_only_the_smaller_of_equal_candidates_is_on_the_frontier() -> None:
    """An equal score with more parameters is left out, as is a lower one with as many."""
    points = landscape(
        [trained(0, 900, 0.9, 0.9), trained(1, 800, 0.9, 0.9), trained(2, 800, 0.9, 0.8)], 1_000
    )
    assert [point.number for point in points.frontier] == [1]


def test_proposals_over_budget_are_counted_in_bins() -> None:
    """With bins of 200 (1/50 of the budget), 10,090 counts as 10,000 and 10,110 as 10,200."""
    points = landscape(RECORDS, 10_000)
    assert points.over_budget == ((10_000, 1), (10_200, 1))
    assert points.off_axis == 1


def test_curves_of_the_best_and_of_the_others() -> None:
    """They have the best by rank, the best one's window, and all others with at least one epoch."""
    curves = learning_curves(RECORDS, 2)
    assert [record.number for record in curves.best] == [3, 0, 1]
    assert curves.window == (5, 6)
    assert curves.others == ((0.5, 0.6, 0.7), (0.5, 0.6), (0.4, 0.6), (0.5,))


def test_many_other_curves_are_thinned_evenly() -> None:
    """Of 500 other curves at most GREY_CURVES are shown, from the best to the worst."""
    curves = learning_curves([stopped(n, 5_000, n / 500) for n in range(500)], 2)
    assert len(curves.others) == GREY_CURVES
    assert curves.others[0] == (499 / 500,)
    assert curves.others[-1] == (4 / 500,)


def test_effort_counts_what_stopping_early_saved() -> None:
    """It saved 4 of 6 epochs at 6 s and 3 of 6 at 4 s; the epoch of a failed trial was spent."""
    spent = effort(RECORDS)
    assert dict(spent.outcomes)["over budget"] == 3
    assert spent.stopped_after == ((2, 1), (3, 1))
    assert spent.epochs == 6 * 3 + 2 + 3 + 1
    assert spent.epochs_saved == 4 + 3
    assert spent.seconds_saved == pytest.approx(4 * 6.0 + 3 * 4.0)


def test_every_chart_has_its_n_and_its_caveats() -> None:
    """Subtitles have the number of validation images and the caveats of a quick look."""
    notes = ("trained on 1,000 training images",)
    setup = replace(SETUP, notes=notes, overrides=(("window", 2),))
    subtitles = [subtitle(figure) for figure in drawings(RECORDS, setup)]
    assert all("n = 10,000 validation images" in text for text in subtitles[:2])
    for caveat in setup.caveats:
        assert all(caveat in text for text in subtitles)


def test_the_landscape_draws_the_budget() -> None:
    """A dashed line marks the budget, and the axis extends beyond it."""
    figure = drawings(RECORDS)[0]
    assert figure.layout.shapes[0].x0 == 10_000
    assert figure.layout.xaxis.range[1] > 10_000


def test_a_target_is_drawn_with_the_verified_candidates() -> None:
    """A dotted line marks the target, a ring each verified candidate at its first run."""
    repeats = [
        replace(trained(10 + n, 5_000, 0.9, 0.991, 0.99), repeat_of=0, repeat=n) for n in (2, 3)
    ]
    records = [*RECORDS, *repeats]
    points = landscape(records, 10_000, 0.99)
    assert points.believed == (Point(0, 5_000, 0.99),)
    figure = draw_landscape(points, replace(SETUP, minimise="parameters", target=0.99))
    (ring,) = [trace for trace in figure.data if "verified" in (trace.name or "")]
    assert ring.name == "verified to reach 99.00 % (dotted line)"
    assert (ring.x, ring.y) == ((5_000,), (1.0,))
    assert [shape.y0 for shape in figure.layout.shapes if shape.line.dash == "dot"] == [1.0]
    assert landscape(records, 10_000).believed == ()
    assert [r.number for r in learning_curves(records, 2, 0.99).best][:2] == [0, 3]


def test_the_window_is_shaded() -> None:
    """The shading extends half an epoch beyond the first and the last epoch of the window."""
    (window,) = drawings(RECORDS)[1].layout.shapes
    assert (window.x0, window.x1) == (4.5, 6.5)


@pytest.mark.parametrize("records", [[], RECORDS[2:3], RECORDS[4:5]], ids=["no", "over", "stopped"])
def test_a_study_without_trained_candidates_is_drawn(records: list[Any]) -> None:
    """Charts are drawn without any trained candidate, and then have no standard error."""
    for figure in drawings(records):
        assert figure.to_json()
    assert "standard error" not in subtitle(drawings(records)[0])


def test_charts_stay_small() -> None:
    """They are small for 1,000 candidates of 15 epochs and 3,000 proposals over budget."""
    curve = [0.9 + 0.00617 * epoch for epoch in range(15)]
    records = [
        (trained, stopped)[n % 2](n, 3_000 + 7 * n, *(a + n * 1.37e-6 for a in curve))
        for n in range(1_000)
    ] + [over(1_000 + n, 10_000 + 3 * n) for n in range(3_000)]
    sizes = [len(figure.to_json()) for figure in drawings(records)]
    assert max(sizes) < LARGEST


def subtitle(figure: Any) -> str:
    """Return the lines under the title as one text."""
    _, *lines = re.sub("<(?!br)[^>]*>", "", figure.layout.title.text).split("<br>")
    return " ".join(lines)


def drawings(records: list[Any], setup: StudySettings = SETUP) -> Any:
    """Return the three charts of the records."""
    return [
        draw_landscape(landscape(records, 10_000), setup),
        draw_learning_curves(learning_curves(records, setup.window), setup),
        draw_effort(effort(records), setup),
    ]
