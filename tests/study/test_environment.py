"""What a run ran with."""

import pytest

from search.study.environment import PACKAGES, read_versions, versions, versions_text


@pytest.mark.parametrize(
    "packages, text",
    [
        ({}, ""),
        ({"torch": "2.11.0+cpu"}, "torch 2.11.0+cpu"),
        ({"torch": "2.11.0", "optuna": "4.9.0rc1"}, "torch 2.11.0, optuna 4.9.0rc1"),
    ],
)
def test_versions_read_back_from_their_text(packages, text):
    """As repeats, confirmations and exported files hold them."""
    assert versions_text(packages) == text
    assert read_versions(text) == packages


def test_the_installed_versions_read_back():
    """Whatever is installed here."""
    assert set(versions()) == set(PACKAGES)
    assert read_versions(versions_text(versions())) == versions()


def test_a_text_that_is_none_has_no_versions():
    """Such as a note by another program."""
    assert read_versions("unknown") == {}
