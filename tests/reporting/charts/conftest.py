"""A small study and an invented confirmation of it."""

import pytest

from search.evaluation.results import Confirmation
from search.study.study import Study
from tests.support.example_report import example_confirmation, small_study


@pytest.fixture(scope="package")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A small study; tests must not change it."""
    return small_study(tmp_path_factory.mktemp("studies"))


@pytest.fixture(scope="package")
def confirmation(study: Study) -> Confirmation:
    """An invented confirmation of the study."""
    return example_confirmation(study)
