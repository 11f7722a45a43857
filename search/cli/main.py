"""The commands: python -m search. What they do is done by the modules below; here it is said.

Modules that need torch are imported inside the commands, so that help and errors come at once.
"""

from pathlib import Path
from typing import Any

import click
from rich.console import Console

from search.cli.commands.baselines import baselines
from search.cli.commands.confirm import confirm
from search.cli.commands.drilldown import drilldown
from search.cli.commands.report import report
from search.cli.commands.reproduce import reproduce
from search.cli.commands.run import run
from search.cli.commands.show import show
from search.cli.options import DATA_HELP, Commands, studies_option, study_options


@click.group(cls=Commands, context_settings={"max_content_width": 100})
@click.version_option(package_name="frugal-search", prog_name="frugal")
def main() -> None:
    """Search for the best small network under a hard budget.

    Sample a candidate; admit it if it keeps the budget; train it; score its last epochs; tell the
    study. The space of candidates is space.py, what "good" means is objective.py: edit them.
    """


main.add_command(run)


main.add_command(show)


main.add_command(baselines)


main.add_command(confirm)


main.add_command(drilldown)


main.add_command(report)


main.add_command(reproduce)


@main.command(short_help="Show what will be trained on.")
@click.option("--data", default="mnist", show_default=True, help=DATA_HELP)
@click.option("--train-examples", type=int, help="Of a subset of so many training images.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("samples.html"),
    show_default=True,
    help="The page of sample images.",
)
def data(data: str, train_examples: int | None, out: Path) -> None:
    """Show counts by split and class, shape, mean and deviation; write a page of sample images."""
    from search.candidates.recipe import Augmentation
    from search.cli.overviews import DataCounts, data_table
    from search.data.dataset import load
    from search.reporting.samples import counts, write_samples

    dataset = load(data, train_examples)
    table = counts(dataset)
    by_split = [(str(split), column.tolist()) for split, column in table.items()]
    shown = DataCounts(
        dataset.name,
        dataset.image,
        dataset.classes,
        by_split,
        dataset.mean,
        dataset.std,
        dataset.notes,
    )
    Console().print(data_table(shown))
    write_samples(dataset, Augmentation(rotation=10, shift=1, scale=0.05), out)
    click.echo(f"wrote {out}: sample images, plain and augmented")


@main.command(short_help="Preview a space without training.")
@click.option("--samples", type=int, default=1000, show_default=True, help="Candidates to draw.")
@click.option("--data", default="mnist", show_default=True, help=DATA_HELP)
@click.option("--space", type=click.Path(path_type=Path), help="Another space.py.")
@click.option("--objective", type=click.Path(path_type=Path), help="Another objective.py.")
@click.option("--max-params", type=int, help="Learned parameters, in place of the objective's.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the draws.")
def space(samples: int, data: str, seed: int, **files: Any) -> None:
    """Draw candidates at random: share admitted, spread of size and depth, a few spelled out."""
    from search.api import draw
    from search.cli.overviews import space_preview
    from search.cli.preview import preview

    candidates, budget = draw(samples, data=data, seed=seed, **files)
    Console().print(space_preview(preview(candidates, budget)))


@main.command(short_help="List the studies.")
@studies_option
def studies(studies: Path) -> None:
    """List the studies: data, budget, trained candidates, best consistency."""
    from search.cli.overviews import ListedStudy, studies_table
    from search.study.study import load, names

    found = [load(name, studies) for name in names(studies)]
    if not found:
        click.echo(f"no studies in {studies}: python -m search run begins one")
        return
    listed = [ListedStudy(s.name, s.setup, s.setup.validation_images, s.records()) for s in found]
    Console().print(studies_table(listed))


@main.command(short_help="Write the best network as one Python file.")
@study_options
@click.option("--trial", type=int, help="Another trial than the best.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("best.py"),
    show_default=True,
    help="The file to write.",
)
@click.option("--safetensors", is_flag=True, help="Also the weights as safetensors.")
@click.option("--onnx", is_flag=True, help="Also an ONNX model, checked with onnxruntime.")
def export(**options: Any) -> None:
    """Write the best network as one Python file that needs torch alone.

    The file holds the layers, the weights that were scored, the recipe and the origin. Weights
    are kept for the best few candidates of a study; a confirmed study gives the confirmed
    candidate with the weights of the run nearest the median, never the best on test.
    """
    from search.api import export as search_export

    for path in search_export(**options):
        click.echo(f"wrote {path}, {path.stat().st_size:,} bytes")
    click.echo(f"try: python {options['out']} IMAGE.png")


@main.command(short_help="Open the study in Optuna's dashboard.")
@study_options
@click.option("--port", type=int, default=8080, show_default=True, help="The next free if busy.")
def dashboard(study: str, studies: Path, storage: str | None, port: int) -> None:
    """Serve Optuna's dashboard for the study on this machine, with notes and figures of our own.

    Ctrl-C ends it.
    """
    from search.reporting.dashboard.server import serve
    from search.study.study import load

    serve(load(study, studies, storage), port=port, tell=click.echo)
