"""`python -m search reproduce`: retrain an exported network and compare the results."""

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


@click.command(short_help="Retrain an exported network and compare.")
@click.argument("file", type=click.Path(path_type=Path))
@studies_option
@click.option("--data", help="New location of the data, if they were moved.")
@device_option
def reproduce(file: Path, studies: Path, data: str | None, device: str) -> None:
    """Retrain the network of an exported FILE from the settings in its docstring, and compare.

    Reports whether the number of parameters and the accuracy agree, and exits with code 1 if they
    do not. If the accuracies in FILE are test accuracies, the network is evaluated on the test set,
    which is logged in the ledger of the studies folder.
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
    same = "same as" if ours.parameters == theirs.parameters else "DIFFERENT from"
    verdict = "identical in every epoch"
    if not ours.identical:
        verdict = (
            f"{100 * ours.difference:+.2f} points; noise explains up to {100 * ours.allowed:.2f} "
            f"(95 %): {'agrees' if ours.agrees else 'DOES NOT AGREE'}"
        )
    return [
        f"{ours.parameters:,} parameters, {same} the file ({theirs.parameters:,})",
        f"accuracy after epoch {len(ours.accuracy)}: {percent(ours.accuracy[-1])}, in the file "
        f"{percent(theirs.accuracy[-1])} ({n}): {verdict}",
        f"trained in {duration(ours.seconds)} on {ours.device}, {ours.versions}; in the file: "
        f"{theirs.device}, {theirs.versions}",
    ]
