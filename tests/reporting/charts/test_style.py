"""The accuracy axis and the caption that all charts share."""

from dataclasses import replace

from search.reporting.charts.style import accuracy_axis, context, error_percent
from tests.support.example_report import SETUP


def test_the_accuracy_axis_has_accuracies_as_labels() -> None:
    """Errors of 0.6 to 3 % give a few labels between 97 and 99.4, with the best on top."""
    axis = accuracy_axis("accuracy", [0.6, 3.0])
    assert axis["range"][0] > axis["range"][1]
    assert set(axis["ticktext"]) <= {"99.4", "99.2", "99", "98.5", "98", "97"}
    assert error_percent(0.994) == 0.6
    assert error_percent(1.0) > 0  # so that its logarithm exists


def test_context_gives_the_standard_error() -> None:
    """For 10,000 images at 99.4 % it is 0.08 percentage points; with unknown n there is none."""
    assert "0.08 percentage points" in context(SETUP, 0.994)
    assert "standard error" not in context(replace(SETUP, validation_images=None), 0.994)
