"""`python -m search run`: the search, and what it prints at its end."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console

from search import api
from search.cli.options import DATA_HELP, device_options, fraction, storage_option, studies_option
from search.cli.run_display import open_display
from search.cli.smallest import best_words, smallest_summary
from search.cli.tables import layer_table, ranking
from search.loop.samplers import NAMES
from search.study.hints import password_note
from search.study.study import Study


@click.command(short_help="Search until the study holds N trained candidates.")
@click.option(
    "--trials",
    type=int,
    default=100,
    show_default=True,
    help="Trained candidates in the study, stopped early or not; those over budget are free.",
)
@click.option(
    "--study",
    help="Name of the study.  [default: after the data and what limits it, such as mnist or "
    "mnist-2000-images-4-epochs; mnist-smallest with --minimise]",
)
@studies_option
@storage_option
@click.option("--data", help=f"{DATA_HELP}  [default: the study's, or mnist]")
@click.option(
    "--space",
    type=click.Path(path_type=Path),
    help="Another space.py.  [default: the study's own, or ./space.py]",
)
@click.option(
    "--objective",
    type=click.Path(path_type=Path),
    help="Another objective.py.  [default: the study's own, or ./objective.py]",
)
@click.option("--max-params", type=int, help="Learned parameters, in place of the objective's.")
@click.option("--max-epochs", type=int, help="Training epochs, in place of the objective's.")
@click.option("--window", type=int, help="Last epochs that count, in place of the objective's.")
@click.option("--train-examples", type=int, help="Train on so many images, for a quick look.")
@click.option(
    "--minimise",
    type=click.Choice(["parameters"]),
    help="Seek the smallest network whose consistency reaches --target, instead of the highest "
    "consistency. One that reaches it is trained twice more with fresh draws; when all three runs "
    "do, it is the answer, and only smaller ones are trained from then on.",
)
@click.option("--target", type=float, help="Consistency in %, such as 99.4, for --minimise.")
@click.option(
    "--warm-start",
    is_flag=True,
    help="Train the published networks that keep the budget first, as they were published.",
)
@click.option(
    "--sampler",
    type=click.Choice(NAMES),
    default="tpe",
    show_default=True,
    help="Who proposes. tpe learns from over-budget and stopped candidates too (it ranks them "
    "behind the trained ones); gp, cmaes and nsga2 learn from those trained to the end alone, so "
    "more of their proposals are over budget; random learns nothing.",
)
@click.option(
    "--pruner",
    type=click.Choice(["default", "none"]),
    default="default",
    show_default=True,
    help="Stop candidates that can no longer matter, or train all to the end.",
)
@click.option("--timeout", type=float, help="Seconds after which no new candidate starts.")
@click.option("--seed", type=int, help="Of all draws of the study.  [default: the study's, or 0]")
@device_options
def run(pruner: str, target: float | None, **options: Any) -> None:
    """Search until the study holds N trained candidates.

    The same command again goes on where it stopped. Ctrl-C ends at the next epoch and loses
    nothing that was finished.
    """
    console = Console()
    options |= {"target": fraction(target), "prune": pruner == "default"}
    with open_display(console) as display:
        study = api.run(show=display.show, **options)
    _next_steps(console, study)


def _next_steps(console: Console, study: Study) -> None:
    """The best candidate, its layers, and what to try next."""
    records, setup = study.records(), study.setup
    best = study.ranking()[:1]
    if not best:
        return
    if setup.target is not None:
        console.print(smallest_summary(records, setup, 3))
    else:
        images, caveats = setup.validation_images, setup.caveats
        console.print(ranking(records, setup.window, 3, images=images, caveats=caveats))
    assert best[0].candidate is not None  # a ranked trial has one
    console.print(best_words(records, setup, best[0]))
    console.print(layer_table(best[0].candidate.architecture))
    options = study.options
    for command, purpose in (
        ("show", "the ranking, the best's recipe and learning curve"),
        ("confirm", "whether it is really the best, and what it is worth on unseen images"),
        ("report", "all of it as one page"),
        ("export", "the best network as one Python file"),
        ("dashboard", "every trial in the browser"),
    ):
        if setup.simulated and command in ("confirm", "export"):
            continue  # both refuse a simulated study
        line = f"  python -m search {command + options:<{len(options) + 9}}  {purpose}"
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    if note := password_note(study.url):
        console.print(f"  {note}", highlight=False, markup=False, soft_wrap=True)
