"""`python -m search drilldown`: what each ingredient adds, from a plain network to the best one."""

from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from search.cli.options import device_options, study_options
from search.errors import FrugalError


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
    from search.reporting.drilldown_page import told, write_page
    from search.study.environment import command_line
    from search.study.study import load
    from search.training.device import choose, default_workers, open_pool

    opened = load(study, studies, storage)
    drilling = DrilldownRun(opened, *(asked[name] for name in ("trial", "seeds", "epochs")))
    console, device, workers = Console(), choose(asked["device"]), asked["workers"]
    if workers is not None and workers < 1:
        raise FrugalError(f"--workers {workers}: at least 1")
    workers = workers or default_workers(device)
    if missing := len(drilling.missing()):
        opened.note_environment(device, workers, command_line())
    with open_repeat_display(console, missing) as display:
        opener = partial(open_pool, device=device, workers=workers)
        complete = drilling.train(opener, display.show, asked["data"])
    if not complete:
        console.print("ended; what was finished is kept: the same command goes on from there")
        return
    found = drilling.found()
    console.print(told(found))
    for path in (write_drilldown(found, opened.folder), write_page(found, opened.folder)):
        click.echo(f"wrote {path}")
