"""`python -m search show`: ranking, parameters against consistency, and the best candidate."""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from search.cli.options import study_options


@click.command(short_help="Show the ranking and the best candidate.")
@study_options
@click.option("--top", type=int, default=10, show_default=True, help="Candidates to rank.")
@click.option("--json", "as_json_", is_flag=True, help="The same for machines.")
def show(study: str, studies: Path, storage: str | None, top: int, as_json_: bool) -> None:
    """Show the ranking, parameters against consistency, and the best candidate.

    Of the best: layers, recipe and learning curve. Where the smallest network is sought, first who
    holds the target, in how many runs.
    """
    from search.study.study import load

    opened = load(study, studies, storage)
    if as_json_:
        click.echo(json.dumps(_told(opened, top), indent=1))
        return
    _show(opened, top)


def _told(opened: Any, top: int) -> dict[str, Any]:
    from search.cli.smallest import smallest_as_data
    from search.cli.tables import as_json

    setup = opened.setup
    opened.best()
    told = {
        "study": opened.name,
        "data": setup.data,
        "goal": setup.goal,
        "caveats": list(setup.caveats),
        "window": setup.window,
        "validation_images": setup.validation_images,
    }
    if setup.target is not None:
        told["frontier"] = smallest_as_data(opened.records(), setup.target)
    return told | {"ranking": [as_json(record) for record in opened.ranking()[:top]]}


def _show(opened: Any, top: int) -> None:
    from search.candidates.baselines import all_baselines, public_results
    from search.cli.smallest import (
        best_words,
        landscape_lines,
        landscape_marks,
        smallest_summary,
    )
    from search.cli.tables import layer_table, learning_curve, ranking, recipe_table
    from search.reporting.report_data import MNIST

    setup, best, records = opened.setup, opened.best(), opened.records()
    console, images, caveats = Console(), setup.validation_images, setup.caveats
    if setup.target is not None:
        console.print(smallest_summary(records, setup, top))
    console.print(
        ranking(records, setup.window, top, images=images, caveats=caveats, target=setup.target)
    )
    published = (all_baselines(), public_results()) if setup.digest == MNIST else ()
    console.print(landscape_lines(landscape_marks(records, setup, *published), setup))
    console.print(best_words(records, setup, best))
    console.print(layer_table(best.candidate.architecture))
    console.print(recipe_table(best.candidate.recipe))
    console.print(learning_curve(best, setup.window, images=images, caveats=caveats))
