"""The figures: computed values on hand-made records, and that drawings stay small."""

import re
from dataclasses import replace

import pytest

from search.candidates.architecture import Architecture, Block
from search.candidates.candidate import Budget, Candidate
from search.candidates.recipe import Recipe
from search.reporting.charts.study import (
    FAINT,
    Point,
    curves,
    draw_curves,
    draw_effort,
    draw_landscape,
    effort,
    landscape,
)
from search.reporting.charts.style import accuracy_axis, context, error_percent
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
LARGEST = 60_000  # bytes: some 30 writes of the dashboard's pieces


def trained(number, parameters, *curve):
    """A candidate trained to the end, scored by its lowest of the last two epochs."""
    return Record(
        number,
        "trained",
        CANDIDATE,
        parameters=parameters,
        consistency=min(curve[-2:]),
        validation_accuracy=curve,
        seconds=12.0,
    )


def stopped(number, parameters, *curve):
    """A candidate that was stopped early."""
    return replace(trained(number, parameters, *curve), outcome="stopped early", consistency=None)


def over(number, parameters):
    """A proposal over budget."""
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


def test_the_landscape_places_every_trained_candidate():
    """Trained ones at their consistency, stopped ones at their last accuracy, best first."""
    found = landscape(RECORDS, 10_000)
    assert found.trained == ((3, 9_000, 0.993), (0, 5_000, 0.99), (1, 8_000, 0.984))
    assert found.stopped == ((7, 9_900, 0.7), (4, 4_000, 0.6))


def test_the_frontier_holds_what_no_smaller_candidate_equals():
    """Trial 1 is larger than trial 0 and worse; the stopped ones are no part of it."""
    assert [p.number for p in landscape(RECORDS, 10_000).frontier] == [0, 3]


def test_of_equals_the_smaller_is_on_the_frontier():
    """An equal score at more parameters adds nothing, nor does a worse one at the same."""
    found = landscape(
        [trained(0, 900, 0.9, 0.9), trained(1, 800, 0.9, 0.9), trained(2, 800, 0.9, 0.8)], 1_000
    )
    assert [point.number for point in found.frontier] == [1]


def test_over_budget_counts_are_rounded_and_far_ones_only_counted():
    """10,090 and 10,110 share the stripe at 10,000 + 1/50 of the budget's grid."""
    found = landscape(RECORDS, 10_000)
    assert found.over == ((10_000, 1), (10_200, 1))
    assert found.beyond == 1


def test_curves_of_the_best_and_of_the_others():
    """The best by rank, the window of the best, and every other candidate with an epoch."""
    found = curves(RECORDS, 2)
    assert [record.number for record in found.best] == [3, 0, 1]
    assert found.window == (5, 6)
    assert found.others == ((0.5, 0.6, 0.7), (0.5, 0.6), (0.4, 0.6), (0.5,))


def test_many_other_curves_are_thinned_evenly():
    """Of 500 other curves at most FAINT are kept, from the best to the worst."""
    found = curves([stopped(n, 5_000, n / 500) for n in range(500)], 2)
    assert len(found.others) == FAINT
    assert found.others[0] == (499 / 500,)
    assert found.others[-1] == (4 / 500,)


def test_effort_counts_what_stopping_early_saved():
    """4 of 6 epochs at 6 s and 3 of 6 at 4 s were saved; the failed one's epoch was spent."""
    found = effort(RECORDS)
    assert dict(found.outcomes)["over budget"] == 3
    assert found.stopped_after == ((2, 1), (3, 1))
    assert found.epochs == 6 * 3 + 2 + 3 + 1
    assert found.saved == 4 + 3
    assert found.seconds_saved == pytest.approx(4 * 6.0 + 3 * 4.0)


def test_every_drawing_says_its_n_and_its_caveats():
    """Title or subtitle tell the number of validation images and that it was a quick look."""
    notes = ("trained on 1,000 training images",)
    setup = replace(SETUP, notes=notes, overrides=(("window", 2),))
    told = [subtitle(figure) for figure in drawings(RECORDS, setup)]
    assert all("n = 10,000 validation images" in text for text in told[:2])
    for caveat in setup.caveats:
        assert all(caveat in text for text in told)


def test_the_landscape_draws_the_budget():
    """The dashed line stands at the budget, and the axis goes beyond it."""
    figure = drawings(RECORDS)[0]
    assert figure.layout.shapes[0].x0 == 10_000
    assert figure.layout.xaxis.range[1] > 10_000


def test_a_target_is_drawn_with_those_that_hold_it():
    """A dotted line, and a ring around each believed success, at its first run; none without."""
    repeats = [
        replace(trained(10 + n, 5_000, 0.9, 0.991, 0.99), repeat_of=0, repeat=n) for n in (2, 3)
    ]
    records = [*RECORDS, *repeats]
    found = landscape(records, 10_000, 0.99)
    assert found.believed == (Point(0, 5_000, 0.99),)
    figure = draw_landscape(found, replace(SETUP, minimise="parameters", target=0.99))
    (ring,) = [trace for trace in figure.data if "believed" in (trace.name or "")]
    assert ring.name == "believed to hold 99.00 % (dotted)"
    assert (ring.x, ring.y) == ((5_000,), (1.0,))
    assert [shape.y0 for shape in figure.layout.shapes if shape.line.dash == "dot"] == [1.0]
    assert landscape(records, 10_000).believed == ()
    assert [r.number for r in curves(records, 2, 0.99).best][:2] == [0, 3]


def test_the_window_is_shaded():
    """From half an epoch before its first to half an epoch after its last."""
    (window,) = drawings(RECORDS)[1].layout.shapes
    assert (window.x0, window.x1) == (4.5, 6.5)


@pytest.mark.parametrize("records", [[], RECORDS[2:3], RECORDS[4:5]], ids=["no", "over", "stopped"])
def test_a_young_study_is_drawn_too(records):
    """Without a trained candidate, or any at all, the figures are there and say nothing false."""
    for figure in drawings(records):
        assert figure.to_json()
    assert "standard error" not in subtitle(drawings(records)[0])


def test_figures_stay_small():
    """1,000 trained and stopped candidates of 15 epochs and 3,000 proposals over budget."""
    curve = [0.9 + 0.00617 * epoch for epoch in range(15)]
    records = [
        (trained, stopped)[n % 2](n, 3_000 + 7 * n, *(a + n * 1.37e-6 for a in curve))
        for n in range(1_000)
    ] + [over(1_000 + n, 10_000 + 3 * n) for n in range(3_000)]
    sizes = [len(figure.to_json()) for figure in drawings(records)]
    assert max(sizes) < LARGEST


def test_the_axis_of_accuracies_is_labelled_by_them():
    """Errors of 0.6 to 3 % give few labels between 97 and 99.4, the best on top."""
    axis = accuracy_axis("accuracy", [0.6, 3.0])
    assert axis["range"][0] > axis["range"][1]
    assert set(axis["ticktext"]) <= {"99.4", "99.2", "99", "98.5", "98", "97"}
    assert error_percent(0.994) == 0.6
    assert error_percent(1.0) > 0  # has a logarithm


def test_context_gives_the_standard_error():
    """10,000 images at 99.4 % carry a standard error of 0.08 points; unknown n claims none."""
    assert "0.08 points" in context(SETUP, 0.994)
    assert "standard error" not in context(replace(SETUP, validation_images=None), 0.994)


def subtitle(figure):
    """The lines under the title, as one text."""
    _, *lines = re.sub("<(?!br)[^>]*>", "", figure.layout.title.text).split("<br>")
    return " ".join(lines)


def drawings(records, setup=SETUP):
    """The three figures of the records."""
    return [
        draw_landscape(landscape(records, 10_000), setup),
        draw_curves(curves(records, setup.window), setup),
        draw_effort(effort(records), setup),
    ]
