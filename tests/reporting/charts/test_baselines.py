"""Published networks and public results in the chart of a study's candidates."""

from typing import Any

import numpy as np

from search.candidates.baselines import Baseline, PublicResult, Published
from search.evaluation.repeats import Repeat
from search.evaluation.results import Confirmation
from search.reporting.charts.baselines import (
    add_marks,
    baseline_marks,
    confirmed_mark,
    lowest_scores,
)
from search.reporting.charts.study import draw_landscape, landscape
from search.study.study import Study
from tests.support.example_report import SETUP


def repeat(key: str, accuracy: tuple[Any, ...], failure: str = "") -> Repeat:
    """Return a repeat on the test set."""
    return Repeat(
        key=key,
        number=0,
        seed=1,
        split="test",
        images=10_000,
        train_examples=60_000,
        accuracy=accuracy,
        loss=(),
        training_accuracy=(),
        training_loss=(),
        seconds=1.0,
        device="cpu",
        versions="",
        time="",
        failure=failure,
    )


BASELINES = (
    Baseline(
        "a",
        system="s",
        step="1",
        parameters=5_000,
        published=Published(0.99, 0.98, None, ()),
        candidate=None,
    ),
    Baseline(
        "b",
        system="s",
        step="2",
        parameters=90_000,
        published=Published(0.99, 0.98, None, ()),
        candidate=None,
    ),
    Baseline(
        "c",
        system="s",
        step="3",
        parameters=6_000,
        published=Published(0.99, None, None, ()),
        candidate=None,
    ),
)


def test_repeats_are_scored_like_published_networks() -> None:
    """The score is the lowest of the last five epochs; failed repeats are left out."""
    curve = (0.1, 0.95, 0.96, 0.94, 0.97, 0.98)
    assert lowest_scores([repeat("a", curve), repeat("a", (), "NaN")]) == (0.94,)


def test_marks_of_baselines_and_public_results() -> None:
    """Baselines without an accuracy have no mark; those outside the chart are counted."""
    results = (PublicResult("bar", 7_000, 15, 0.995, 0.99),)
    published = baseline_marks(BASELINES, results, {"c": (repeat("c", (0.97, 0.96)),)}, 15_000)
    assert [(mark.kind, mark.name, mark.accuracy) for mark in published.marks] == [
        ("public result", "bar", 0.99),
        ("published network, as published", "a", 0.98),
        ("published network, retrained", "c", 0.96),
    ]
    assert published.outside == 1


def test_marks_fit_into_the_picture(study: Study, confirmation: Confirmation) -> None:
    """The axes are extended to include every mark."""
    figure = draw_landscape(landscape(study.records(), 10_000), SETUP)
    marks = [
        *baseline_marks(BASELINES, (), {}, 15_000).marks,
        confirmed_mark(confirmation.final, 300),
    ]
    add_marks(figure, marks)
    assert figure.layout.xaxis.range[0] <= 300
    assert [trace.name for trace in figure.data[-2:]] == [
        "published network, as published",
        "this study, confirmed on test",
    ]
    low, high = sorted(figure.layout.yaxis.range)
    assert low < np.log10(2.0) < high  # 98 % is an error of 2 %
