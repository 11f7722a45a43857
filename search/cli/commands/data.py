"""`python -m search data`: image counts by split and class, and a page of sample images."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console, Group, RenderableType
from rich.text import Text

from search import api
from search.candidates.wording import shape_words
from search.cli.options import DATA_HELP, echo_written, out_option
from search.cli.tables import facts, table_of
from search.files import is_stdout

if TYPE_CHECKING:
    from search.data.dataset import DataDescription


@click.command(short_help="Show a data set as a study would use it.")
@click.option("--data", default="mnist", show_default=True, help=DATA_HELP)
@click.option("--train-examples", type=int, help="Use a subset of this many training images.")
@out_option(
    Path("samples.html"), "Output file of the sample images (HTML), or - for standard output."
)
def data(data: str, train_examples: int | None, out: Path, force: bool) -> None:
    """Show image counts by split and class, image shape, mean and border value.

    Also writes an HTML page of sample images, with and without augmentation.
    """
    description = api.describe_data(data, train_examples=train_examples, out=out, force=force)
    Console(stderr=is_stdout(out)).print(data_table(description))
    echo_written(out, f"wrote {out}: sample images, plain and augmented")


def data_table(data: "DataDescription") -> RenderableType:
    """The number of images by class and split, and the shape, mean, std and border."""
    description = [
        ("data", data.name),
        ("image", f"{shape_words(data.image)} (channels, height, width)"),
        ("mean", _figures(data.mean)),
        ("std", _figures(data.std)),
        ("border", str(data.border)),
        *(("note", note) for note in data.notes),
    ]
    table = table_of("images")
    table.show_footer = True
    table.add_column("class", footer="total", overflow="fold")
    for split, counts in data.counts:
        table.add_column(split, justify="right", footer=f"{sum(counts):,}")
    for index, name in enumerate(data.classes):
        table.add_row(Text(name), *(f"{counts[index]:,}" for _, counts in data.counts))
    return Group(facts("data", description), table)


def _figures(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.4f}" for value in values)
