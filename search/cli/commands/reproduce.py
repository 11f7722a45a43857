"""`python -m search reproduce`: trains an exported network again and compares."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

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
    from search.api import reproduce as search_reproduce
    from search.candidates.wording import percent

    console = Console()
    with console.status("training") as status:
        found = search_reproduce(
            file,
            studies=studies,
            data=data,
            device=device,
            show=lambda r: status.update(f"epoch {r.epoch}: {percent(r.validation_accuracy)}"),
        )
    for line in _lines(found):
        console.print(line, highlight=False, soft_wrap=True)
    if not found.agrees:
        sys.exit(1)


def _lines(found: "Reproduction") -> list[str]:
    from search.candidates.wording import duration, percent

    run = found.run
    n = f"n = {run.images:,} {run.split} images"
    same = "as in the file" if found.parameters == run.parameters else "NOT as in the file"
    verdict = "identical in every epoch"
    if not found.identical:
        verdict = (
            f"{100 * found.difference:+.2f} points; two runs may lie {100 * found.allowed:.2f} "
            f"apart by noise (95 %): {'agrees' if found.agrees else 'DOES NOT AGREE'}"
        )
    return [
        f"{found.parameters:,} parameters, {same} ({run.parameters:,})",
        f"accuracy after epoch {len(found.accuracy)}: {percent(found.accuracy[-1])}, in the file "
        f"{percent(run.accuracy[-1])} ({n}): {verdict}",
        f"trained in {duration(found.seconds)} on {found.device}, {found.versions}; the file's "
        f"run: {run.device}, {run.versions}",
    ]
