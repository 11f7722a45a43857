"""`python -m search report`: the study's report as HTML or Markdown."""

from pathlib import Path
from typing import Any

import click

from search import api
from search.cli.options import study_options


@click.command(short_help="Write the study as one page that needs nothing else.")
@study_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The page.  [default: report.html in the study's folder]",
)
@click.option("--markdown", is_flag=True, help="Also a summary in Markdown, beside the page.")
def report(**options: Any) -> None:
    """Write the study as one page that needs nothing else: it works offline and prints.

    The answer first, then what it rests on: layers, curves, all candidates, confirmation,
    drill-down and how it was run. What is not there yet is named with the command that makes it.
    The test images stay closed.
    """
    for path in api.report(**options, show=click.echo):
        click.echo(f"wrote {path}, {path.stat().st_size:,} bytes")
