"""`python -m search show`: the ranking, a size-accuracy plot and the best candidate."""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console, Group, RenderableType

from search import api
from search.candidates.baselines import all_baselines, public_results
from search.cli.options import study_options
from search.cli.smallest import (
    best_words,
    landscape_lines,
    landscape_marks,
    smallest_as_data,
    smallest_summary,
)
from search.cli.tables import as_json, layer_table, learning_curve, ranking, recipe_table
from search.reporting.report_data import MNIST
from search.study.study import Study


@click.command(short_help="Show the ranking and the best candidate.")
@study_options
@click.option(
    "--top", type=int, default=10, show_default=True, help="Number of candidates in the ranking."
)
@click.option("--json", "as_json_", is_flag=True, help="Print JSON.")
def show(study: str, studies: Path, storage: str | None, top: int, as_json_: bool) -> None:
    """Show the ranking, a plot of parameters against consistency, and the best candidate.

    The best candidate is shown with its layers, recipe and learning curve. For a study started with
    --minimise, the output begins with the candidates that reached the target and their runs.
    """
    opened = api.load_study(study, studies=studies, storage=storage)
    if as_json_:
        click.echo(json.dumps(study_as_json(opened, top), indent=1))
    else:
        Console().print(study_tables(opened, top))


def study_as_json(study: Study, top: int) -> dict[str, Any]:
    """The study and its best candidates, at most `top`, as JSON values."""
    setup = study.setup
    study.best()  # raises FrugalError if no candidate is trained to the end
    summary: dict[str, Any] = {
        "study": study.name,
        "data": setup.data,
        "goal": setup.goal,
        "caveats": list(setup.caveats),
        "window": setup.window,
        "validation_images": setup.validation_images,
    }
    if setup.target is not None:
        summary["frontier"] = smallest_as_data(study.records(), setup.target)
    return summary | {"ranking": [as_json(record) for record in study.ranking()[:top]]}


def study_tables(study: Study, top: int) -> RenderableType:
    """The ranking of at most `top` candidates, the plot and the best candidate."""
    setup, best, records = study.setup, study.best(), study.records()
    images, caveats = setup.validation_images, setup.caveats
    published = (all_baselines(), public_results()) if setup.digest == MNIST else ()
    assert best.candidate is not None  # every ranked trial has a candidate
    parts: list[RenderableType] = [
        ranking(records, setup.window, top, images=images, caveats=caveats, target=setup.target),
        landscape_lines(landscape_marks(records, setup, *published), setup),
        best_words(records, setup, best),
        layer_table(best.candidate.architecture),
        recipe_table(best.candidate.recipe),
        learning_curve(best, setup.window, images=images, caveats=caveats),
    ]
    if setup.target is not None:
        parts.insert(0, smallest_summary(records, setup, top))
    return Group(*parts)
