"""`python -m search export`: the best network as one Python file."""

import shlex
from pathlib import Path
from typing import Any

import click

from search import api
from search.cli.options import echo_written, out_option, size_text, study_options
from search.files import is_stream


@click.command(short_help="Write the best network as one Python file.")
@study_options
@click.option("--trial", type=int, help="Another trial than the best.")
@out_option(Path("best.py"), "The file to write; - for standard output.")
@click.option("--safetensors", is_flag=True, help="Also the weights as safetensors.")
@click.option(
    "--data",
    help="Where the study's data lie now, if not where they were; reproduce looks there.",
)
@click.option("--onnx", is_flag=True, help="Also an ONNX model, checked with onnxruntime.")
def export(**options: Any) -> None:
    """Write the best network as one Python file that needs torch alone.

    The file holds the layers, the weights that were scored, the recipe and the origin. Weights
    are kept for the best few candidates of a study; a confirmed study gives the confirmed
    candidate with the weights of the run nearest the median, never the best on test. No image is
    read, unless --data is given or the study was begun before 0.2.
    """
    written = api.export(**options)
    for path in written:
        echo_written(path, f"wrote {path}{size_text(path)}")
    if not is_stream(written[0]):
        click.echo(f"try: python {shlex.quote(str(written[0]))} IMAGE.png")
