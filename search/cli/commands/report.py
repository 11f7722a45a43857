"""`python -m search report`: the report of a study as HTML and Markdown."""

from functools import partial
from typing import Any

import click

from search import api
from search.cli.options import (
    MOVED_DATA_HELP,
    echo_written,
    out_option,
    size_text,
    study_options,
)
from search.files import is_stdout


@click.command(short_help="Write a report of the study as one HTML page.")
@study_options
@out_option(
    None, "Output file, or - for standard output.  [default: report.html in the study's folder]"
)
@click.option("--markdown", is_flag=True, help="Also write a summary in Markdown next to the page.")
@click.option("--data", help=MOVED_DATA_HELP)
def report(**options: Any) -> None:
    """Write a report of the study as one self-contained HTML page, which works offline.

    The page starts with the result and continues with layers, learning curves, all candidates,
    confirmation, drill-down and settings. Missing sections name the command that creates them. The
    test images are not read.
    """
    show = partial(click.echo, err=options["out"] is not None and is_stdout(options["out"]))
    for path in api.report(**options, show=show):
        echo_written(path, f"wrote {path}{size_text(path)}")
