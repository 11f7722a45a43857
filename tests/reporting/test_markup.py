"""The elements of a page: text is escaped, tables and charts contain their data."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from search.errors import FrugalError
from search.reporting.charts.style import style
from search.reporting.markup import (
    SIGN,
    Html,
    Section,
    chart,
    code,
    facts,
    image_grid,
    join,
    paragraph,
    picture,
    table,
    tag,
    write,
)
from tests.support.example_report import NASTY


def test_text_is_escaped_markup_is_not() -> None:
    """Text that is put into a tag cannot become a tag or end an attribute."""
    html = tag("p", NASTY, tag("b", "x & y"), title='a "quoted" <name>')
    assert "<script>" not in html
    assert "<b>x &amp; y</b>" in html
    assert 'title="a &quot;quoted&quot; &lt;name&gt;"' in html


def test_a_percentage_stays_on_one_line_and_source_is_unchanged() -> None:
    """A line never starts with a % sign; source code such as `a % b` is copied unchanged."""
    assert paragraph("99.31 %") == "<p>99.31\N{NO-BREAK SPACE}%</p>"
    assert code("a % b") == "<code>a % b</code>"


def test_python_names_become_html_attributes() -> None:
    """class_ and aria_label are converted, None omits an attribute, an image has no end tag."""
    assert (
        tag("div", class_="wide", aria_label="x", id=None)
        == '<div class="wide" aria-label="x"></div>'
    )
    assert tag("img", alt="") == '<img alt="">'


def test_a_table_has_its_own_box_and_a_caption() -> None:
    """The caption is outside the scrolling box; columns of text have a class."""
    html = table(("trial", "label"), [("1", "a|b")], caption="n = 10", words=(1,))
    assert re.match(r'<figure class="listed"><div class="wide" tabindex="0"><table>', html)
    assert '<td>1</td><td class="words">a|b</td>' in html
    assert html.endswith("<figcaption>n = 10</figcaption></figure>")


def test_the_first_row_of_a_group_is_marked() -> None:
    """In a table with groups, each row with a nonempty first cell gets a class."""
    html = table(("", "x"), [("a", "1"), ("", "2")], kind="groups")
    assert html.count('<tr class="first">') == 1


def test_facts_and_joined_elements() -> None:
    """Facts become a description list with one line for each pair."""
    assert facts([("seed", "0")]) == "<dl><div><dt>seed</dt><dd>0</dd></div></dl>"
    assert join(["<", tag("b", "x")]) == "&lt;<b>x</b>"


def drawn(**options: Any) -> Html:
    """Return a chart of one point."""
    figure = go.Figure(go.Scatter(x=[1], y=[2], name=NASTY))
    return chart(style(figure, "Title & co", f"n = 3 {NASTY}"), "point", "one point", **options)


def test_a_chart_carries_its_data_title_and_alternative() -> None:
    """The data are JSON that no text can end; the caption has title, subtitle and note."""
    html = drawn(note="More.")
    assert html.count("<script") == 1
    found = re.search(r'data-chart="point">(.*?)</script>', html)
    assert found is not None
    data = json.loads(found[1])
    assert data["data"][0]["name"] == NASTY
    assert "title" not in data["layout"]
    assert "<strong>Title &amp; co</strong>" in html
    assert "More." in html
    assert 'role="img" aria-label="one point"' in html


def test_a_broad_chart_scrolls_on_a_narrow_page() -> None:
    """Only a broad chart is in a box that scrolls."""
    assert 'class="broad"' in drawn(broad=True)
    assert 'class="broad"' not in drawn()


@pytest.mark.parametrize("shape", [(4, 6), (4, 6, 2), (4, 6, 3), (4, 6, 4)])
def test_pictures_are_embedded(shape: tuple[int, ...]) -> None:
    """Grey and coloured images, opaque or not, become PNG data with their aspect ratio."""
    html = picture(np.zeros(shape, dtype=np.uint8), "nothing", 60)
    assert html.startswith('<img src="data:image/png;base64,')
    assert 'alt="nothing" width="60" height="40"' in html


def test_images_are_laid_out_in_rows() -> None:
    """The images are opaque and the gaps between them transparent; there is no outer gap."""
    images = np.arange(2 * 3 * 1 * 4 * 5, dtype=np.uint8).reshape(2, 3, 1, 4, 5)
    grid = image_grid(images, gap=2)
    assert grid.shape == (4 + 2 + 4, 5 + 2 + 5 + 2 + 5, 2)
    assert np.array_equal(grid[6:, 7:12, 0], images[1, 1, 0])
    assert (grid[6:, 7:12, 1] == 255).all()
    assert (grid[4:6, :, 1] == 0).all()
    assert (grid[:, 5:7, 1] == 0).all()


def test_a_short_title_is_optional() -> None:
    """Without one, the table of contents uses the title."""
    assert Section("a", "Long", tag("p")).short_title == ""


def test_only_a_report_is_replaced(tmp_path: Path) -> None:
    """A report is replaced; any other file stays and gives an error, unless force is set."""
    path = tmp_path / "report.html"
    write(f"{SIGN} first", path)
    write(f"{SIGN} second", path)
    assert path.read_text() == f"{SIGN} second"
    path.write_text("<html>my own page")
    with pytest.raises(FrugalError, match=r"exists and was not written by this program.*--force"):
        write(f"{SIGN} third", path)
    assert path.read_text() == "<html>my own page"
    write(f"{SIGN} third", path, force=True)
    assert path.read_text() == f"{SIGN} third"


@pytest.mark.parametrize(
    "name, error", [("absent/report.html", "cannot write"), (".", "is a folder")]
)
def test_an_unwritable_path_is_an_error(tmp_path: Path, name: str, error: str) -> None:
    """A missing folder or a folder as path gives FrugalError and leaves no partial file."""
    with pytest.raises(FrugalError, match=error):
        write(f"{SIGN}", tmp_path / name)
    assert list(tmp_path.rglob("*.part")) == []
