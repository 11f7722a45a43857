"""The page of `python -m search space`: what a space proposes, in one picture. No torch."""

from pathlib import Path

from plotly.offline import get_plotlyjs

from search.candidates.space_preview import SpacePreview
from search.reporting.charts.space import draw_space
from search.reporting.markup import SCRIPT, chart, document, tag, write

TITLE = "What the space proposes"


def space_html(preview: SpacePreview) -> str:
    """Return the page, self-contained."""
    figure = chart(draw_space(preview), "space", "Histograms of parameters, MACs and depth")
    scripts = (get_plotlyjs(), SCRIPT.read_text("utf-8"))
    return document(TITLE, [tag("h1", TITLE, class_="plain"), figure], scripts=scripts)


def write_space_page(preview: SpacePreview, path: Path, *, force: bool = False) -> None:
    """Write the page; see `markup.write`."""
    write(space_html(preview), path, force=force)
