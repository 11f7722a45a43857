"""`python -m search space`: what a space proposes, without training."""

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
    recipe_words,
    shape_words,
)
from search.cli.options import DATA_HELP
from search.cli.tables import add_figures, facts, table_of

REASONS = 3  # of samples without a candidate that are listed, the most common first


@click.command(short_help="Preview a space without training.")
@click.option("--samples", type=int, default=1000, show_default=True, help="Candidates to draw.")
@click.option("--data", default="mnist", show_default=True, help=DATA_HELP)
@click.option("--space", type=click.Path(path_type=Path), help="Another space.py.")
@click.option("--objective", type=click.Path(path_type=Path), help="Another objective.py.")
@click.option("--max-params", type=int, help="Learned parameters, in place of the objective's.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the draws.")
def space(samples: int, **options: Any) -> None:
    """Draw candidates at random: share admitted, spread of size and depth, a few spelled out."""
    Console().print(space_preview_tables(api.space_preview(samples, **options)))


def space_preview_tables(preview: SpacePreview) -> RenderableType:
    """Share admitted, spreads, and a few candidates spelled out."""
    samples = counted(preview.samples, "sample")
    admitted = f"{preview.admitted:,} of {samples} ({100 * preview.share:.1f} %)"
    over = comma_separated(
        [f"{count:,} by {limit.replace('_', ' ')}" for limit, count in preview.exceeded.items()]
    )
    summary = [
        ("budget", str(preview.budget)),
        ("admitted", admitted),
        ("over budget", over or "none"),
        *((outcome, f"{count:,}") for outcome, count in preview.rejected.items()),
        *(
            ("reason" if index == 0 else "", f"{count:,} times: {reason}")
            for index, (reason, count) in enumerate([*preview.reasons.items()][:REASONS])
        ),
    ]
    return Group(facts("space", summary), _spreads(preview), *map(spelled_out, preview.candidates))


def spelled_out(candidate: Candidate) -> Table:
    """A candidate block by block, and its recipe."""
    architecture = candidate.architecture
    size = f"a candidate: {architecture.parameters:,} parameters, {architecture.macs:,} MACs"
    blocks = [
        (name, f"{text} -> {shape_words(shape)}") for name, text, shape in block_words(architecture)
    ]
    return facts(size, [*blocks, *recipe_words(candidate.recipe)])


def _spreads(preview: SpacePreview) -> Table:
    table = table_of("spread over all candidates")
    table.add_column("")
    add_figures(table, "least", "25 %", "median", "75 %", "most")
    for name in ("parameters", "macs", "depth"):
        spread: Quantiles = getattr(preview, name)
        label = "MACs" if name == "macs" else name
        table.add_row(label, *(f"{quantile:,.0f}" for quantile in spread))
    return table
