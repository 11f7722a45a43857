"""The command that lists published networks, and trains one again by its own recipe."""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from search.cli.options import device_options, studies_option


@click.command(short_help="List published networks beside what we measured, or train one.")
@click.option("--train", metavar="NAME", help="Train this one by its own recipe, score it on test.")
@click.option(
    "--seeds",
    type=int,
    default=3,
    show_default=True,
    help="Repeats with draws of their own; 1 says nothing about the spread.",
)
@click.option("--json", "as_json_", is_flag=True, help="The list for machines.")
@studies_option
@device_options
def baselines(train: str | None, as_json_: bool, **options: Any) -> None:
    """List published networks: their figures, what we measured of them, the public bars.

    With --train one of them is trained again on all training images by its own recipe, whatever
    its budget, and scored on the test images after each epoch; every opening of these is written
    to the ledger of the studies folder. The same command again goes on where it stopped, and trains
    nothing twice.
    """
    if train is None:
        _list(options["studies"], as_json_)
    else:
        _train(train, **options)


def _list(studies: Path, as_json_: bool) -> None:
    from search.candidates import baselines as known
    from search.cli.comparison import as_json, listing

    measured = known.measured(studies)
    if not as_json_:
        Console().print(listing(known.baselines(), measured, known.bars()))
        return
    told = {
        "about": known.about(),
        "unlike": known.unlike(),
        "baselines": [as_json(each, measured.get(each.name, ())) for each in known.baselines()],
        "bars": [vars(bar) for bar in known.bars()],
    }
    click.echo(json.dumps(told, indent=1))


def _train(name: str, seeds: int, studies: Path, device: str, workers: int | None) -> None:
    from search.candidates.baselines import find
    from search.cli.comparison import compared, training_table
    from search.cli.repeat_display import open_repeat_display
    from search.evaluation.baselines import Baselining

    baseline, console = find(name), Console()
    training = Baselining(baseline, studies, seeds)
    missing = len(training.missing())
    console.print(training_table(baseline))
    if missing:
        with open_repeat_display(console, missing) as display:
            ended = not training.train(device, workers, display.show)
        if ended:
            console.print("ended; what was finished is kept: the same command goes on from there")
            return
    console.print(compared(baseline, training.repeats()))
