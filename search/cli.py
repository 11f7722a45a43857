"""The commands: python -m search. Prints; all that it does is done by the modules below it."""

import sys
from pathlib import Path
from typing import Any

import click

from search.errors import FrugalError


class Commands(click.Group):
    """A group that tells a FrugalError as one line and exits with 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except FrugalError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(2)


@click.group(cls=Commands, context_settings={"max_content_width": 100})
def main() -> None:
    """Search for the best small network under a hard budget."""


def _study_options(command: Any) -> Any:
    for option in (
        click.option("--storage", metavar="URL", help="Any Optuna storage instead of the journal."),
        click.option(
            "--studies", type=click.Path(path_type=Path), default=Path("studies"),
            show_default=True, help="Folder of all studies.",
        ),
        click.option("--study", default="mnist", show_default=True, help="Name of the study."),
    ):
        command = option(command)
    return command


@main.command()
@click.option("--trials", type=int, default=100, show_default=True)
@_study_options
@click.option("--data")
@click.option("--space", type=click.Path(path_type=Path))
@click.option("--objective", type=click.Path(path_type=Path))
@click.option("--max-params", type=int)
@click.option("--max-epochs", type=int)
@click.option("--window", type=int)
@click.option("--train-examples", type=int)
@click.option("--sampler", default="tpe")
@click.option("--pruner", type=click.Choice(["default", "none"]), default="default")
@click.option("--timeout", type=float)
@click.option("--seed", type=int)
@click.option("--device", default="auto")
@click.option("--workers", type=int)
def run(pruner: str, **options: Any) -> None:
    """Search until the study holds N trained candidates."""
    from search.api import run as search_run

    search_run(prune=pruner == "default", show=lambda event: click.echo(repr(event)[:400]), **options)
