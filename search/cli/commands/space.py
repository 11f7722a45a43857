"""`python -m search space`: a preview of a search space, without training."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console, Group, RenderableType
from rich.table import Table

from search import api
from search.candidates.candidate import Candidate
from search.candidates.space_preview import Quantiles, SpacePreview
from search.candidates.wording import (
    block_words,
    comma_separated,
    counted,
    frozen_words,
    recipe_words,
    shape_words,
)
from search.cli.options import DATA_HELP, echo_written, out_option
from search.cli.tables import add_figures, facts, table_of
from search.files import is_stdout

REASONS = 3  # number of rejection reasons to list, the most frequent first


@click.command(short_help="Preview a search space without training.")
@click.option(
    "--samples", type=int, default=1000, show_default=True, help="Number of candidates to sample."
)
@click.option("--data", default="mnist", show_default=True, help=DATA_HELP)
@click.option(
    "--space",
    type=click.Path(path_type=Path),
    help="Path of the space file.  [default: ./space.py]",
)
@click.option(
    "--objective",
    type=click.Path(path_type=Path),
    help="Path of the objective file.  [default: ./objective.py]",
)
@click.option("--max-params", type=int, help="Parameter budget. Overrides the objective file.")
@click.option("--seed", type=int, default=0, show_default=True, help="Random seed.")
@out_option(Path("space.html"), "Output file of the picture (HTML), or - for standard output.")
def space(samples: int, out: Path, **options: Any) -> None:
    """Sample random candidates and show the share within the budget, without training.

    Also shows a few example candidates, and the distribution of parameters, MACs and depth: as a
    table, and as a picture in an HTML page.
    """
    preview = api.space_preview(samples, out=out, **options)
    Console(stderr=is_stdout(out)).print(space_preview_tables(preview))
    echo_written(out, f"wrote {out}: parameters, MACs and depth of the proposals")


def space_preview_tables(preview: SpacePreview) -> RenderableType:
    """The share of accepted candidates, the distributions, and a few examples."""
    samples = counted(preview.samples, "sample")
    accepted = f"{preview.admitted:,} of {samples} ({100 * preview.share:.1f} %)"
    over = comma_separated(
        [f"{count:,} by {limit.replace('_', ' ')}" for limit, count in preview.exceeded.items()]
    )
    summary = [
        ("budget", str(preview.budget)),
        ("accepted", accepted),
        ("over budget", over or "none"),
        *((outcome, f"{count:,}") for outcome, count in preview.rejected.items()),
        *(
            ("reason" if index == 0 else "", f"{count:,} times: {reason}")
            for index, (reason, count) in enumerate([*preview.reasons.items()][:REASONS])
        ),
    ]
    return Group(facts("space", summary), _spreads(preview), *map(spelled_out, preview.candidates))


def spelled_out(candidate: Candidate) -> Table:
    """A candidate, block by block, with its recipe."""
    architecture = candidate.architecture
    frozen = frozen_words(architecture.frozen)
    size = (
        f"example candidate: {architecture.parameters:,} parameters{frozen}, "
        f"{architecture.macs:,} MACs"
    )
    blocks = [
        (name, f"{text} -> {shape_words(shape)}") for name, text, shape in block_words(architecture)
    ]
    return facts(size, [*blocks, *recipe_words(candidate.recipe)])


def _spreads(preview: SpacePreview) -> Table:
    table = table_of("distribution over all candidates")
    table.add_column("")
    add_figures(table, "min", "25 %", "median", "75 %", "max")
    for name in ("parameters", "macs", "depth"):
        spread: Quantiles = getattr(preview, name)
        label = "MACs" if name == "macs" else name
        table.add_row(label, *(f"{quantile:,.0f}" for quantile in spread))
    return table
