"""`python -m search dashboard`: Optuna's dashboard with additional notes and figures."""

from pathlib import Path

import click

from search import api
from search.cli.options import study_options


@click.command(short_help="Open the study in Optuna's dashboard.")
@study_options
@click.option(
    "--port",
    type=int,
    default=8080,
    show_default=True,
    help="Port to serve on. If it is in use, the next free port is taken.",
)
def dashboard(study: str, studies: Path, storage: str | None, port: int) -> None:
    """Serve Optuna's dashboard for the study on this machine, with additional notes and figures.

    Press Ctrl-C to stop the server.
    """
    api.open_dashboard(study, studies=studies, storage=storage, port=port, show=click.echo)
