"""`python -m search reproduce`: trains an exported network again and compares."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from search import api
from search.candidates.wording import duration, percent
from search.cli.options import device_option, studies_option

if TYPE_CHECKING:
    from search.exporting.reproduce import Reproduction


@click.command(short_help="Train an exported network again and compare.")
@click.argument("file", type=click.Path(path_type=Path))
@studies_option
@click.option("--data", help="Where the data lie now, if not where they were.")
@device_option
def reproduce(file: Path, studies: Path, data: str | None, device: str) -> None:
    """Train the network of an exported FILE again, from its own docstring, and compare.

    Says whether parameters and accuracy agree; exits with 1 where they do not. Where the file's
    figures are of the test images these are opened, with an entry in the ledger.
    """
    console = Console()
    with console.status("training") as status:
        reproduction = api.reproduce(
            file,
            studies=studies,
            data=data,
            device=device,
            show=lambda result: status.update(
                f"epoch {result.epoch}: {percent(result.validation_accuracy)}"
            ),
        )
    for line in _lines(reproduction):
        console.print(line, highlight=False, soft_wrap=True)
    if not reproduction.agrees:
        sys.exit(1)


def _lines(ours: "Reproduction") -> list[str]:
    theirs = ours.run
    n = f"n = {theirs.images:,} {theirs.split} images"
    same = "as in the file" if ours.parameters == theirs.parameters else "NOT as in the file"
    verdict = "identical in every epoch"
    if not ours.identical:
        verdict = (
            f"{100 * ours.difference:+.2f} points; two runs may lie {100 * ours.allowed:.2f} "
            f"apart by noise (95 %): {'agrees' if ours.agrees else 'DOES NOT AGREE'}"
        )
    return [
        f"{ours.parameters:,} parameters, {same} ({theirs.parameters:,})",
        f"accuracy after epoch {len(ours.accuracy)}: {percent(ours.accuracy[-1])}, in the file "
        f"{percent(theirs.accuracy[-1])} ({n}): {verdict}",
        f"trained in {duration(ours.seconds)} on {ours.device}, {ours.versions}; the file's "
        f"run: {theirs.device}, {theirs.versions}",
    ]
