"""`python -m search drilldown`: what each ingredient adds, from a plain network to the best one."""

from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from search.cli.options import device_options, study_options
from search.cli.tables import add_figures, table_of
from search.errors import FrugalError
from search.evaluation.results import Drilldown, Step
from search.reporting.drilldown_page import COLUMNS, drilldown_notes, step_facts, step_figures


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
def drilldown(study: str, studies: Path, storage: str | None, **asked: Any) -> None:
    """Tell the way from a plain network to the best candidate in steps.

    A skeleton, fewer parameters, batch norm, dropout, augmentation, schedule, EMA: each step is
    trained on the study's own images, and told with its target, its result and an analysis of the
    figures. Writes drilldown.json and drilldown.md into the study's folder.

    The same command again goes on where it stopped, and trains nothing twice.
    """
    from search.cli.repeat_display import open_repeat_display
    from search.evaluation.drilldown import DrilldownRun
    from search.evaluation.results import write_drilldown
    from search.reporting.drilldown_page import write_page
    from search.study.environment import command_line
    from search.study.study import load
    from search.training.device import choose, default_workers, open_pool, operators

    opened = load(study, studies, storage)
    drilling = DrilldownRun(opened, *(asked[name] for name in ("trial", "seeds", "epochs")))
    console, device, workers = Console(), choose(asked["device"]), asked["workers"]
    if workers is not None and workers < 1:
        raise FrugalError(f"--workers {workers}: at least 1")
    workers = workers or default_workers(device)
    if missing := len(drilling.missing()):
        opened.record_environment(
            device=device, operators=operators(device), workers=workers, command=command_line()
        )
    with open_repeat_display(console, missing) as display:
        opener = partial(open_pool, device=device, workers=workers)
        complete = drilling.train(opener, display.show, asked["data"])
    if not complete:
        console.print("ended; what was finished is kept: the same command goes on from there")
        return
    found = drilling.result()
    console.print(drilldown_panels(found))
    for path in (write_drilldown(found, opened.folder), write_page(found, opened.folder)):
        click.echo(f"wrote {path}")


def drilldown_panels(found: Drilldown) -> RenderableType:
    """A panel for every step, then all of them in a table, the caveats below it."""
    panels = [_panel(number, step) for number, step in enumerate(found.steps, start=1)]
    return Group(*panels, _table(found))


def _panel(number: int, step: Step) -> RenderableType:
    body = Table.grid(padding=(0, 2))
    body.add_column(style="bold", no_wrap=True)
    body.add_column(overflow="fold")
    for name, text in step_facts(step):
        body.add_row(name, Text(text))
    return Panel(body, title=f"{number}. {escape(step.name)}", title_align="left")


def _table(found: Drilldown) -> Table:
    title = f"from a plain network to trial {found.trial} of study {found.study}"
    table = table_of(title, [*drilldown_notes(found), *found.caveats])
    table.add_column("step")
    add_figures(table, *COLUMNS)
    for step in found.steps:
        table.add_row(Text(step.name), *step_figures(step))
    return table
