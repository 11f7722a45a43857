"""`python -m search studies`: the studies of a folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from search.candidates.wording import (
    percent,
)
from search.cli.options import studies_option
from search.cli.tables import add_figures, table_of
from search.study.records import Record
from search.study.settings import StudySettings
from search.study.smallest import rank_candidates


@click.command(short_help="List the studies.")
@studies_option
def studies(studies: Path) -> None:
    """List the studies: data, budget, trained candidates, best consistency."""
    from search.study.study import load, names

    found = [load(name, studies) for name in names(studies)]
    if not found:
        click.echo(f"no studies in {studies}: python -m search run begins one")
        return
    listed = [ListedStudy(s.name, s.setup, s.setup.validation_images, s.records()) for s in found]
    Console().print(studies_table(listed))


class ListedStudy(NamedTuple):
    """A study among others. images: of its validation split, None if unknown."""

    name: str
    setup: StudySettings
    images: int | None
    records: Sequence[Record]


def studies_table(studies: Sequence[ListedStudy]) -> Table:
    """One line per study: its data and budget, what was trained, the best so far."""
    table = table_of("studies", ["consistency: of validation accuracy, on n images"])
    table.add_column("study", overflow="fold")
    add_figures(table, "trained", "consistency", "n", "parameters")
    table.add_column("data, budget, window", overflow="fold")
    for listed in studies:
        best = next(iter(rank_candidates(listed.records, listed.setup.target)), None)
        table.add_row(
            Text(listed.name),
            f"{sum(record.counts for record in listed.records):,}",
            percent(best.consistency or 0.0) if best else "",
            f"{listed.images:,}" if listed.images and best else "",
            f"{best.parameters:,}" if best else "",
            Text(_made_of(listed.setup)),
        )
    return table


def _made_of(setup: StudySettings) -> str:
    made = f"{setup.data}, {setup.budget}, window {setup.window}"
    goal = [f"goal: {setup.goal}"] if setup.target is not None else []
    return "; ".join([made, *goal, *setup.caveats])
