"""`python -m search studies`: the studies of a folder."""

import shlex
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from search import api
from search.candidates.wording import percent
from search.cli.options import studies_option
from search.cli.tables import add_figures, table_of
from search.study.hints import DEFAULT_STUDIES, PROGRAM
from search.study.settings import StudySettings
from search.study.smallest import rank_candidates
from search.study.study import ListedStudy


@click.command(short_help="List the studies.")
@studies_option
def studies(studies: Path) -> None:
    """List the studies with their data, budget, trained candidates and best consistency."""
    listed = api.list_studies(studies)
    if listed:
        Console().print(studies_table(listed))
    else:
        named = "" if studies == DEFAULT_STUDIES else f" --studies {shlex.quote(str(studies))}"
        click.echo(f"no studies in {studies}; start one with: {PROGRAM} run{named}")


def studies_table(studies: Sequence[ListedStudy]) -> Table:
    """One row per study: number of trained candidates, best candidate, data and budget."""
    table = table_of("studies", ["consistency: computed from the validation accuracy on n images"])
    table.add_column("study", overflow="fold")
    add_figures(table, "trained", "consistency", "n", "parameters")
    table.add_column("data, budget, window", overflow="fold")
    for listed in studies:
        if listed.setup is None:
            table.add_row(Text(listed.name), "", "", "", "", Text(listed.problem))
            continue
        images = listed.setup.validation_images
        best = next(iter(rank_candidates(listed.records, listed.setup.target)), None)
        table.add_row(
            Text(listed.name),
            f"{sum(record.counts for record in listed.records):,}",
            percent(best.consistency or 0.0) if best else "",
            f"{images:,}" if images and best else "",
            f"{best.parameters:,}" if best else "",
            Text(_settings_words(listed.setup)),
        )
    return table


def _settings_words(setup: StudySettings) -> str:
    settings = f"{setup.data}, {setup.budget}, window {setup.window}"
    goal = [f"goal: {setup.goal}"] if setup.target is not None else []
    return "; ".join([settings, *goal, *setup.caveats])
