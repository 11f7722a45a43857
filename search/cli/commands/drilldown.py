"""`python -m search drilldown`: what each ingredient adds, from a plain network to the best one."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from search import api
from search.cli.options import ENDED, device_options, study_options
from search.cli.repeat_display import PlannedRepeatDisplay
from search.cli.tables import add_figures, table_of
from search.evaluation.results import DRILLDOWN_FILE, DRILLDOWN_PAGE, Drilldown, Step
from search.reporting.drilldown_page import (
    COLUMNS,
    drilldown_notes,
    step_facts,
    step_figures,
)


@click.command(short_help="Tell the way from a plain network to the best, step by step.")
@study_options
@click.option(
    "--trial",
    type=int,
    help="Where the way ends.  [default: the confirmed winner, or the best]",
)
@click.option(
    "--seeds",
    type=int,
    default=1,
    show_default=True,
    help="Repeats of every step; one alone cannot tell noise from effect.",
)
@click.option("--epochs", type=int, help="Of every training.  [default: the recipe's]")
@click.option("--data", help="Where the study's data lie now, if not where they were.")
@device_options
def drilldown(study: str, studies: Path, **options: Any) -> None:
    """Tell the way from a plain network to the best candidate in steps.

    A skeleton, fewer parameters, batch norm, dropout, augmentation, schedule, EMA: each step is
    trained on the study's own images, and told with its target, its result and an analysis of the
    figures. Writes drilldown.json and drilldown.md into the study's folder.

    The same command again goes on where it stopped, and trains nothing twice.
    """
    console = Console()
    with PlannedRepeatDisplay(console) as display:
        result = api.drilldown(study, studies=studies, show=display.show, **options)
    if result is None:
        console.print(ENDED)
        return
    console.print(drilldown_panels(result))
    for name in (DRILLDOWN_FILE, DRILLDOWN_PAGE):
        click.echo(f"wrote {studies / study / name}")


def drilldown_panels(drilldown: Drilldown) -> RenderableType:
    """A panel for every step, then all of them in a table, the caveats below it."""
    panels = [_panel(number, step) for number, step in enumerate(drilldown.steps, start=1)]
    return Group(*panels, _table(drilldown))


def _panel(number: int, step: Step) -> RenderableType:
    body = Table.grid(padding=(0, 2))
    body.add_column(style="bold", no_wrap=True)
    body.add_column(overflow="fold")
    for name, text in step_facts(step):
        body.add_row(name, Text(text))
    return Panel(body, title=f"{number}. {escape(step.name)}", title_align="left")


def _table(drilldown: Drilldown) -> Table:
    title = f"from a plain network to trial {drilldown.trial} of study {drilldown.study}"
    table = table_of(title, [*drilldown_notes(drilldown), *drilldown.caveats])
    table.add_column("step")
    add_figures(table, *COLUMNS)
    for step in drilldown.steps:
        table.add_row(Text(step.name), *step_figures(step))
    return table
