"""`python -m search drilldown`: what each ingredient of the best network adds."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from search import api
from search.cli.options import MOVED_DATA_HELP, device_options, exit_interrupted, study_options
from search.cli.repeat_display import PlannedRepeatDisplay
from search.cli.tables import add_figures, table_of
from search.evaluation.results import DRILLDOWN_FILE, DRILLDOWN_PAGE, Drilldown, Step
from search.reporting.drilldown_page import (
    COLUMNS,
    drilldown_notes,
    step_facts,
    step_figures,
)


@click.command(short_help="Show what each ingredient adds, from a plain network to the best.")
@study_options
@click.option(
    "--trial",
    type=int,
    help="Number of the trial to analyse.  [default: the confirmed winner, or the best]",
)
@click.option(
    "--seeds",
    type=int,
    default=1,
    show_default=True,
    help="Number of repeats per step. A single repeat cannot separate an effect from noise.",
)
@click.option(
    "--epochs", type=int, help="Number of epochs per training run.  [default: as in the recipe]"
)
@click.option("--data", help=MOVED_DATA_HELP)
@device_options
def drilldown(study: str, studies: Path, **options: Any) -> None:
    """Show what each ingredient adds, from a plain network to the best candidate.

    Trains one network per step on the study's images: a plain network, fewer parameters, batch
    norm, dropout, augmentation, schedule, EMA. Each step is shown with its target, its result and
    an analysis. Writes drilldown.json and drilldown.md to the study's folder.

    Run the same command again to resume; finished repeats are not trained again.
    """
    console = Console()
    with PlannedRepeatDisplay(console) as display:
        result = api.drilldown(study, studies=studies, show=display.show, **options)
    if result is None:
        exit_interrupted()
    console.print(drilldown_panels(result))
    for name in (DRILLDOWN_FILE, DRILLDOWN_PAGE):
        click.echo(f"wrote {studies / study / name}")


def drilldown_panels(drilldown: Drilldown) -> RenderableType:
    """A panel for each step, then a table of all steps with the caveats below."""
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
