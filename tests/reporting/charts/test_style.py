"""What all charts share: the axis of accuracies and the context of a number."""

from dataclasses import replace

from search.reporting.charts.style import accuracy_axis, context, error_percent
from tests.support.example_report import SETUP


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
