"""`python -m search report`: the study's report as HTML or Markdown."""

from functools import partial
from typing import Any

import click

from search import api
from search.cli.options import echo_written, out_option, size_text, study_options
from search.files import is_stdout


@click.command(short_help="Write the study as one page that needs nothing else.")
@study_options
@out_option(None, "The page; - for standard output.  [default: report.html in the study's folder]")
@click.option("--markdown", is_flag=True, help="Also a summary in Markdown, beside the page.")
@click.option("--data", help="Where the study's data lie now, if not where they were.")
def report(**options: Any) -> None:
    """Write the study as one page that needs nothing else: it works offline and prints.

    The answer first, then what it rests on: layers, curves, all candidates, confirmation,
    drill-down and how it was run. What is not there yet is named with the command that makes it.
    The test images stay closed.
    """
    show = partial(click.echo, err=options["out"] is not None and is_stdout(options["out"]))
    for path in api.report(**options, show=show):
        echo_written(path, f"wrote {path}{size_text(path)}")
