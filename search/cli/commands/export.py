"""`python -m search export`: the best network as one Python file."""

from pathlib import Path
from typing import Any

import click

from search import api
from search.cli.options import study_options


@click.command(short_help="Write the best network as one Python file.")
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
    for path in api.export(**options):
        click.echo(f"wrote {path}, {path.stat().st_size:,} bytes")
    click.echo(f"try: python {options['out']} IMAGE.png")
