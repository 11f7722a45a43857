"""The page of what a space proposes."""

from pathlib import Path

import pytest

from search import Budget
from search.candidates.space_preview import preview_space
from search.errors import FrugalError
from search.reporting.space_page import TITLE, write_space_page
from tests.support import simulated_run as simulated
from tests.support.browser import needs_chromium, render


@needs_chromium
def test_the_page_is_drawn(tmp_path: Path) -> None:
    """A browser draws all bars without an error."""
    preview = preview_space([simulated.CANDIDATE], Budget())
    write_space_page(preview, tmp_path / "space.html")
    drawn, errors = render((tmp_path / "space.html").as_uri(), tmp_path)
    assert errors == []
    assert "Within the budget: 100.0" in drawn
    assert drawn.count('class="trace bars"') == 6


def test_another_file_is_not_replaced(tmp_path: Path) -> None:
    """A page is written again, but not over a file of the user."""
    preview = preview_space([simulated.CANDIDATE], Budget())
    path = tmp_path / "space.html"
    write_space_page(preview, path)
    write_space_page(preview, path)
    assert TITLE in path.read_text()
    path.write_text("mine")
    with pytest.raises(FrugalError, match="--force"):
        write_space_page(preview, path)
