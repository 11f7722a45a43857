"""The command that confirms: a race on validation, then the winner on the test images."""

from typing import Any

import click
from rich.console import Console

from search.cli.options import device_options, study_options
from search.errors import FrugalError

DIGITS = 9  # 99.4 / 100 is not the 0.994 that 9,940 of 10,000 images give


@click.command(short_help="Retrain the best over seeds; open the test images for the winner.")
@study_options
@click.option("--top", type=int, default=5, show_default=True, help="Candidates that race.")
@click.option(
    "--seeds",
    type=int,
    default=5,
    show_default=True,
    help="Final runs, and the most repeats of a candidate in the race; at least 3.",
)
@click.option(
    "--target",
    type=float,
    help="Accuracy in % that all of the last epochs are to reach.  [default: the study's, or 99.4]",
)
@click.option("--data", help="Where the study's data lie now, if not where they were.")
@device_options
def confirm(**options: Any) -> None:
    """Find out which candidate is really best, and what it is really worth.

    First the best candidates are retrained over fresh seeds and race on validation: those that
    cannot be best any more leave. Then the winner alone is retrained on all training images, and
    the test images are opened for it; every opening is written to the ledger of the studies folder.

    The same command again goes on where it stopped, and trains nothing twice.
    """
    from search.claims import confirm as search_confirm
    from search.cli.findings import summary
    from search.cli.repeat_display import open_repeat_display

    target = options.pop("target")
    if target is not None and not 0 < target <= 100:
        raise FrugalError(f"--target {target:g}: an accuracy in %, above 0 and at most 100")
    console = Console()
    with open_repeat_display(console, None) as display:
        found = search_confirm(
            target=target and round(target / 100, DIGITS), show=display.show, **options
        )
    if found is None:
        console.print("ended; what was finished is kept: the same command goes on from there")
        return
    console.print(summary(found))
