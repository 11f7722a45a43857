"""`python -m search run`: the search and the summary that it prints at the end."""

import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from search import api
from search.cli.options import (
    DATA_HELP,
    INTERRUPTED,
    device_options,
    fraction,
    storage_option,
    studies_option,
)
from search.cli.run_display import open_display
from search.cli.smallest import best_words, smallest_summary
from search.cli.tables import layer_table, outcomes, ranking
from search.errors import FailedError
from search.loop.events import Ended, Ending, RunEvent
from search.loop.samplers import NAMES
from search.study.hints import password_note
from search.study.study import Study


@click.command(short_help="Run a search until the study has N trained candidates.")
@click.option(
    "--trials",
    type=int,
    default=100,
    show_default=True,
    help="Total number of trained candidates in the study, including those stopped early. "
    "Candidates over budget do not count.",
)
@click.option(
    "--study",
    help="Name of the study. By default derived from the data and the limits, such as mnist or "
    "mnist-2000-images-4-epochs, or mnist-smallest with --minimise.",
)
@studies_option
@storage_option
@click.option("--data", help=f"{DATA_HELP}  [default: the study's, or mnist]")
@click.option(
    "--space",
    type=click.Path(path_type=Path),
    help="Path of the space file.  [default: the study's copy, or ./space.py for a new study]",
)
@click.option(
    "--objective",
    type=click.Path(path_type=Path),
    help="Path of the objective file.  [default: the study's copy, or ./objective.py for a new "
    "study]",
)
@click.option("--max-params", type=int, help="Parameter budget. Overrides the objective file.")
@click.option("--max-epochs", type=int, help="Number of epochs. Overrides the objective file.")
@click.option(
    "--window",
    type=int,
    help="Number of last epochs that the score is computed on. Overrides the objective file.",
)
@click.option(
    "--train-examples", type=int, help="Train on a subset of this many images, for a quick test."
)
@click.option(
    "--minimise",
    type=click.Choice(["parameters"]),
    help="Search for the smallest network that reaches the consistency given by --target, instead "
    "of the highest consistency. A candidate that reaches the target is trained twice more with "
    "new seeds. If all three runs reach it, the candidate is the answer, and from then on only "
    "smaller candidates are trained.",
)
@click.option("--target", type=float, help="Target consistency in % for --minimise, such as 99.4.")
@click.option(
    "--warm-start",
    is_flag=True,
    help="Train the published networks that are within the budget first, with their own recipes.",
)
@click.option(
    "--sampler",
    type=click.Choice(NAMES),
    default="tpe",
    show_default=True,
    help="Sampling algorithm. tpe also learns from candidates that were over budget or stopped "
    "early, which it ranks below the fully trained ones. gp, cmaes and nsga2 learn only from fully "
    "trained candidates, so more of their proposals are over budget. random does not learn.",
)
@click.option(
    "--pruner",
    type=click.Choice(["default", "none"]),
    default="default",
    show_default=True,
    help="default stops inferior candidates early, none trains every candidate to the end.",
)
@click.option(
    "--timeout", type=float, help="Time in seconds after which no new candidate is started."
)
@click.option("--seed", type=int, help="Random seed.  [default: the seed of the study, or 0]")
@device_options
def run(pruner: str, target: float | None, **options: Any) -> None:
    """Run a search until the study has N trained candidates.

    Creates the study if it does not exist. Press Ctrl-C to stop after the current epoch; progress
    is saved. Run the same command again to resume.
    """
    console = Console()
    options |= {"target": fraction(target), "prune": pruner == "default"}
    endings: list[Ending] = []
    with open_display(console) as display:

        def show(event: RunEvent) -> None:
            if isinstance(event, Ended):
                endings.append(event.ending)
            display.show(event)

        study = api.run(show=show, **options)
    _next_steps(console, study)
    if "interrupted" in endings:
        sys.exit(INTERRUPTED)
    if not study.ranking():
        raise FailedError(_why_no_candidate(study))


def _why_no_candidate(study: Study) -> str:
    counts = outcomes(study.records()) or "no trials yet"
    failures = [record.reason for record in study.records() if record.outcome == "failed"]
    reason = f"; the last one failed because {failures[-1]}" if failures else ""
    return (
        f"study {study.name} has no candidate trained to the end ({counts}{reason}): raise "
        "--trials to train more, or start another study with a space whose candidates can be "
        "trained"
    )


def _next_steps(console: Console, study: Study) -> None:
    """Print the best candidate, its layers and suggested next commands."""
    records, setup = study.records(), study.setup
    best = study.ranking()[:1]
    if not best:
        return
    if setup.target is not None:
        console.print(smallest_summary(records, setup, 3))
    else:
        images, caveats = setup.validation_images, setup.caveats
        console.print(ranking(records, setup.window, 3, images=images, caveats=caveats))
    assert best[0].candidate is not None  # every ranked trial has a candidate
    console.print(best_words(records, setup, best[0]))
    console.print(layer_table(best[0].candidate.architecture))
    options = study.options
    for command, purpose in (
        ("show", "show the ranking, and the recipe and learning curve of the best candidate"),
        ("confirm", "retrain the best candidates and evaluate the winner on the test set"),
        ("report", "write an HTML report"),
        ("export", "write the best network as a Python file"),
        ("dashboard", "browse all trials in the browser"),
    ):
        if setup.simulated and command in ("confirm", "export"):
            continue  # both reject a simulated study
        line = f"  python -m search {command + options:<{len(options) + 9}}  {purpose}"
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    if note := password_note(study.url):
        console.print(f"  {note}", highlight=False, markup=False, soft_wrap=True)
