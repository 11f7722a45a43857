"""`python -m search export`: write the best network as one Python file."""

import shlex
from pathlib import Path
from typing import Any

import click

from search import api
from search.cli.options import (
    MOVED_DATA_HELP,
    echo_written,
    out_option,
    size_text,
    study_options,
)
from search.files import is_stream


@click.command(short_help="Write the best network as one Python file.")
@study_options
@click.option(
    "--trial",
    type=int,
    help="Number of the trial to export.  [default: the confirmed winner, or the best]",
)
@out_option(Path("best.py"), "Output file, or - for standard output.")
@click.option("--safetensors", is_flag=True, help="Also write the weights as safetensors.")
@click.option(
    "--data",
    help=f"{MOVED_DATA_HELP} Stored in the file for reproduce.",
)
@click.option("--onnx", is_flag=True, help="Also write an ONNX model, checked with onnxruntime.")
def export(**options: Any) -> None:
    """Write the best network as one Python file that depends only on torch.

    The file contains the layers, the scored weights, the recipe and the origin. A study keeps the
    weights of its best few candidates. If the study is confirmed, the confirmed candidate is
    exported, with the weights of the run closest to the median, not of the run that is best on the
    test set. No images are read, unless --data is given or the study was created before version
    0.2.
    """
    written = api.export(**options)
    for path in written:
        echo_written(path, f"wrote {path}{size_text(path)}")
    if not is_stream(written[0]):
        click.echo(f"try: python {shlex.quote(str(written[0]))} IMAGE.png")
