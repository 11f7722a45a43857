"""The elements of an HTML page: tags, tables, charts, images, and the page itself. No torch.

All text that is put into a tag is escaped, unless it is of type `Html`.
"""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from PIL import Image
from plotly.offline import get_plotlyjs

from search.files import check_replaceable, has_sign, write_own

STYLE = Path(__file__).with_name("report.css")
SCRIPT = Path(__file__).with_name("report.js")
SIGN = '<meta name="generator" content="Frugal">'  # in the head of every generated page
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
HEAD = 400  # bytes at the start of a file in which SIGN is searched for
MARGIN = {"l": 56, "r": 16, "t": 12, "b": 44}  # CSS pixels around a figure's axes
VOID = frozenset({"img"})  # elements without an end tag
SHOWN_CHANNELS = (1, 3)  # grey and RGB; a PNG with two channels is grey with opacity
HEIGHT = 380  # CSS pixels: default height of a figure


class Html(str):
    """Text that is HTML already and is not escaped again."""

    __slots__ = ()


EMPTY = Html("")


@dataclass(frozen=True)
class Section:
    """A section of the page. short_title: its name in the table of contents, "" for the title."""

    anchor: str
    title: str
    content: Html
    short_title: str = ""


def tag(name: str, *content: str, **attributes: Any) -> Html:
    """Return an element. The trailing underscore of an attribute name is dropped; None omits it."""
    attribute_text = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    end = "" if name in VOID else f"</{name}>"
    return Html(f"<{name}{attribute_text}>{join(content)}{end}")


def join(content: Iterable[str]) -> Html:
    """Concatenate elements and texts; a number and its % sign are kept on one line."""
    parts = (part if isinstance(part, Html) else _escaped(part) for part in content)
    return Html("".join(parts))


def _escaped(text: str) -> str:
    return escape(text).replace(" %", f"{NO_BREAK_SPACE}%")


def paragraph(*content: str, **attributes: Any) -> Html:
    """Return a paragraph."""
    return tag("p", *content, **attributes)


def code(text: str) -> Html:
    """Return source code, a command or a name as inline code, unchanged."""
    return tag("code", Html(escape(text)))


def command(text: str) -> Html:
    """Return a command as a code block."""
    return tag("pre", code(text))


def bullet_list(items: Iterable[str], **attributes: Any) -> Html:
    """Return a bulleted list."""
    return tag("ul", *(tag("li", item) for item in items), **attributes)


def facts(items: Iterable[tuple[str, str]]) -> Html:
    """Return a description list with one line for each (name, text) pair."""
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", text)) for name, text in items))


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    caption: str = "",
    words: Sequence[int] = (0,),
    foot: Sequence[str] = (),
    kind: str | None = None,
) -> Html:
    """Return a table that scrolls horizontally if it is wider than the page.

    words: indices of the text columns; all others contain numbers. foot: the cells of the last
    line, such as sums. kind: CSS class of the table; if given, each row with a nonempty first cell
    starts a group.
    """

    def cells(name: str, line: Sequence[str]) -> Html:
        classes = ("words" if place in words else None for place in range(len(line)))
        tags = (tag(name, cell, class_=c) for cell, c in zip(line, classes, strict=True))
        return tag("tr", *tags, class_="first" if kind and line[0] else None)

    parts = [tag("thead", cells("th", head)), tag("tbody", *(cells("td", row) for row in rows))]
    if foot:
        parts.append(tag("tfoot", cells("td", foot)))
    box = tag("div", tag("table", *parts, class_=kind), class_="wide", tabindex="0")
    return tag("figure", box, tag("figcaption", caption), class_="listed") if caption else box


def chart(
    figure: go.Figure, name: str, alternative: str, note: str = "", *, broad: bool = False
) -> Html:
    """Return a figure with the title and the subtitle set by `style`; report.js draws it.

    name: id of the chart, unique on the page. alternative: text description for screen readers.
    note: sentences added to the caption. broad: whether the chart keeps its width on a narrow page
    and scrolls.
    """
    data = json.loads(figure.to_json())
    layout, meta = data["layout"], data["layout"].pop("meta")
    height = layout.pop("height", HEIGHT)
    for replaced in ("title", "template", "modebar", "legend"):
        layout.pop(replaced, None)
    layout |= {"margin": MARGIN, "showlegend": False, "autosize": True}
    layout.setdefault("yaxis", {})["automargin"] = True
    drawing = Html(json.dumps(data, separators=(",", ":")).replace("<", "\\u003c"))
    caption = [tag("strong", meta["title"]), " ", meta["subtitle"], ". " * bool(note), note]
    size, role = f"--height:{height}px", {"role": "img", "aria_label": alternative}
    place = tag("div", id=name, class_="chart", style=size, **role)
    return tag(
        "figure",
        tag("figcaption", *caption),
        tag("div", place, class_="broad", tabindex="0") if broad else place,
        tag("div", class_="legend"),
        tag("script", drawing, type="application/json", data_chart=name),
    )


def picture(pixels: NDArray[np.uint8], alternative: str, width: int | None = None) -> Html:
    """Return an image, (H, W) or (H, W, 2 to 4) uint8, embedded as PNG. width: CSS pixels."""
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "png", optimize=True)
    encoded = base64.b64encode(buffer.getvalue()).decode()
    size = {"width": width, "height": width and round(width * pixels.shape[0] / pixels.shape[1])}
    return tag("img", src=f"data:image/png;base64,{encoded}", alt=alternative, **size)


def image_grid(rows: Iterable[NDArray[np.uint8]], gap: int) -> NDArray[np.uint8]:
    """Arrange rows of images, each (N, C, H, W), in one image (height, width, C + 1), uint8.

    C is 1 or 3; images with another number of channels are shown in grey, as the mean of their
    channels. The last channel is opacity. gap: transparent pixels between images.
    """
    strips = [np.concatenate([_with_gap(image, gap) for image in row], axis=1) for row in rows]
    height, width, _ = (grid := np.concatenate(strips)).shape
    return grid[: height - gap, : width - gap]


def _with_gap(image: NDArray[np.uint8], gap: int) -> NDArray[np.uint8]:
    """(C, H, W) -> (H + gap, W + gap, C + 1), with the gap at the bottom and on the right."""
    if len(image) not in SHOWN_CHANNELS:
        image = image.mean(axis=0, keepdims=True).round().astype(np.uint8)
    opaque = np.concatenate([image, np.full_like(image[:1], 255)])
    return np.pad(opaque, ((0, 0), (0, gap), (0, gap))).transpose(1, 2, 0)


def page(title: str, header: Html, sections: Sequence[Section], footer: Html) -> str:
    """Return a page of sections and charts, with a table of contents and plotly embedded."""
    contents = tag(
        "nav",
        bullet_list(tag("a", s.short_title or s.title, href=f"#{s.anchor}") for s in sections),
        aria_label="Contents",
    )
    body = [tag("section", tag("h2", s.title), s.content, id=s.anchor) for s in sections]
    scripts = (get_plotlyjs(), SCRIPT.read_text("utf-8"))
    return document(title, [header, *body, footer], contents=contents, scripts=scripts)


def document(
    title: str, content: Iterable[Html], *, contents: Html = EMPTY, scripts: Iterable[str] = ()
) -> str:
    """Return a self-contained page with embedded style sheet and scripts.

    contents: the table of contents. scripts: JavaScript source, run after the content is loaded.
    """
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            SIGN,
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            '<link rel="icon" href="data:,">',  # stops browsers from requesting a favicon
            tag("title", title),
            tag("style", Html(STYLE.read_text("utf-8"))),
            "</head>",
            "<body>",
            *([contents] if contents else []),
            "<main>",
            *content,
            "</main>",
            *(tag("script", Html(script)) for script in scripts),
            "</body>",
            "</html>",
            "",
        ]
    )


def write(text: str, path: Path, *, sign: str = SIGN, force: bool = False) -> None:
    """Write a page; replace an existing file only if this program wrote it, or with force.

    sign: text by which files written by this program are recognised. FrugalError if the file cannot
    be written or must not be replaced.
    """
    write_own(path, text, lambda file: has_sign(file, sign, HEAD), force)


def check_page(path: Path, *, sign: str = SIGN, force: bool = False) -> None:
    """Raise FrugalError if `write` would refuse to replace the existing file."""
    check_replaceable(path, lambda file: has_sign(file, sign, HEAD), force)
