"""A small study and an invented confirmation of it, for the charts of both."""

import pytest

from tests.support.example_report import example_confirmation, small_study


@pytest.fixture(scope="package")
def study(tmp_path_factory):
    """A small study, to be read only."""
    return small_study(tmp_path_factory.mktemp("studies"))


@pytest.fixture(scope="package")
def confirmation(study):
    """An invented confirmation of it."""
    return example_confirmation(study)
