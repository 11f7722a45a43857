"""A terminal for tests of the displays."""

import io

import pytest
from rich.console import Console

from tests.support.terminal import WIDTH


@pytest.fixture
def terminal() -> Console:
    """A terminal of 80 columns that keeps its output."""
    return Console(file=io.StringIO(), width=WIDTH, force_terminal=True, color_system=None)
