"""Summaries of repeats."""

import pytest

from search.evaluation.repeats import Repeat
from search.evaluation.results import summarise_repeats


def repeat(number: int, accuracy: tuple[float, ...], failure: str = "") -> Repeat:
    """A repeat of a baseline on the test images."""
    return Repeat(
        key="ev8-5",
        number=number,
        seed=7,
        split="test",
        images=10_000,
        train_examples=60_000,
        accuracy=accuracy,
        loss=accuracy,
        training_accuracy=accuracy,
        training_loss=accuracy,
        seconds=9.0,
        device="cpu",
        versions="torch 2",
        time="2026-11-21T07:00:00+00:00",
        failure=failure,
    )


def test_a_summary_includes_only_complete_repeats() -> None:
    """Mean and worst are of the lowest of the last five epochs; failed repeats are only counted."""
    repeats = [
        repeat(0, (0.97, 0.98, 0.994, 0.995, 0.996, 0.997, 0.998)),
        repeat(1, (0.97, 0.98, 0.993, 0.994, 0.995, 0.996, 0.997)),
        repeat(2, (0.1,), "the loss became nan"),
    ]
    summary = summarise_repeats(repeats)
    assert summary is not None
    assert (summary.n, summary.failed, summary.images) == (2, 1, 10_000)
    assert summary.mean == pytest.approx(0.9935)
    assert summary.worst == pytest.approx(0.993)
    assert summary.best == pytest.approx(0.9975)
    assert summarise_repeats(repeats[2:]) is None
