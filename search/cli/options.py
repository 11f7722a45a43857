"""Options, units and error handling shared by the commands. Does not import torch."""

import os
import sys
import warnings
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn, TextIO, TypeVar, cast

import click

from search import api
from search.errors import FrugalError, StudyWarning
from search.files import is_stdout, is_stream
from search.study.hints import STORAGE_VARIABLE

DATA_HELP = (
    "Data set: mnist, fashion-mnist, kmnist, qmnist, emnist-digits, a folder with the four IDX "
    "files, or a folder of images by class (train/<class>/*.png, optionally val/ and test/)."
)
MOVED_DATA_HELP = "New location of the study's data, if they were moved."
INTERRUPTED_LINE = "interrupted; progress is saved, run the same command again to resume"
FAILED, INTERRUPTED = 1, 130  # exit codes; 130 is the shell convention for Ctrl-C
TRACEBACK_VARIABLE = "FRUGAL_TRACEBACK"  # if set, internal errors show their traceback
DIGITS = 9  # without rounding, 99.4 / 100 exceeds 0.994, the accuracy of 9,940 of 10,000 images
Command = TypeVar("Command", bound=Callable[..., Any])


class Commands(click.Group):
    """A group that reports errors as one line and an exit code instead of a traceback.

    Exit codes: 0 success, FAILED (1), 2 invalid input, INTERRUPTED (130) by Ctrl-C.
    """

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("always", StudyWarning)
                warnings.showwarning = _show_warning
                return super().invoke(ctx)
        except FrugalError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo(INTERRUPTED_LINE, err=True)
            sys.exit(INTERRUPTED)
        # click's own exits, and a closed pipe, such as by head
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:  # any bug of the program
            if os.environ.get(TRACEBACK_VARIABLE):
                raise
            line = " ".join(str(error).split())
            click.echo(
                f"Error: internal error, {type(error).__name__}: {line}; set "
                f"{TRACEBACK_VARIABLE}=1 to see the traceback",
                err=True,
            )
            sys.exit(FAILED)


def exit_interrupted() -> NoReturn:
    """Exit after a command was stopped by Ctrl-C and has saved its progress."""
    click.echo(INTERRUPTED_LINE)
    sys.exit(INTERRUPTED)


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Print a `StudyWarning` as a note, and any other warning as Python does."""
    if issubclass(category, StudyWarning):
        click.echo(f"note: {message}", err=True)
    else:
        text = warnings.formatwarning(message, category, filename, lineno, line)
        click.echo(text, file, nl=False, err=True)


def studies_option(command: Command) -> Command:
    """--studies: the folder of all studies."""
    return click.option(
        "--studies",
        type=click.Path(path_type=Path),
        default=Path("studies"),
        show_default=True,
        help="Folder of all studies.",
    )(command)


def storage_option(command: Command) -> Command:
    """--storage: the storage URL of a study that is not stored in its folder."""
    return click.option(
        "--storage",
        metavar="URL",
        envvar=STORAGE_VARIABLE,
        show_envvar=True,
        help="URL of a database that stores the study, for several folders or hosts. By default "
        "the study is stored as a journal in its folder.",
    )(command)


def _say_study(line: str, options: Mapping[str, Any]) -> None:
    """Print which study was selected, except before JSON, which names the study itself.

    Printed to stderr if the file to write is a device or a pipe, because that may be stdout.
    """
    out: Path | None = options.get("out")
    if not options.get("as_json_"):
        click.echo(line, err=out is not None and is_stream(out))


def study_options(command: Command) -> Command:
    """--study, --studies and --storage, the same for every command that reads a study.

    Without --study, the command uses the most recently run study and names it in its first line.
    """

    @wraps(command)
    def named(study: str | None, studies: Path, storage: str | None, **options: Any) -> Any:
        if study is None:
            last = api.last_run(studies, storage)
            _say_study(last.text, options)
            study = last.study
        return command(study=study, studies=studies, storage=storage, **options)

    option = click.option("--study", help="Name of the study.  [default: the most recently run]")
    return cast(Command, option(studies_option(storage_option(named))))


def device_option(command: Command) -> Command:
    """--device: the device to train on."""
    return click.option(
        "--device",
        type=click.Choice(["auto", "cpu", "cuda", "mps", "simulated"]),
        default="auto",
        show_default=True,
        help="Device to train on. simulated (run only) draws random accuracies without training.",
    )(command)


def device_options(command: Command) -> Command:
    """--device and --workers, the same for every command that trains several networks."""
    workers = click.option(
        "--workers",
        type=int,
        help="Number of parallel trainings.  [default: 1 per CPU core, 16 per CUDA GPU, else 1]",
    )
    return device_option(workers(command))


def out_option(default: Path | None, help_: str) -> Callable[[Command], Command]:
    """--out, the file to write, and --force."""

    def add(command: Command) -> Command:
        out = click.option(
            "--out",
            type=click.Path(path_type=Path, allow_dash=True),
            callback=_stdout_for_dash,
            default=default,
            show_default=default is not None,
            help=help_,
        )
        force = click.option(
            "--force",
            is_flag=True,
            help="Overwrite existing files even if they were not written by this program.",
        )
        return out(force(command))

    return add


def _stdout_for_dash(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    return Path("/dev/stdout") if path == Path("-") else path


def echo_written(path: Path, text: str) -> None:
    """Print a line about a file that was written, to stderr if the file is stdout."""
    click.echo(text, err=is_stdout(path))


def size_text(path: Path) -> str:
    """The size of a written file: ", 1,234 bytes"; "" for a device or a pipe."""
    return "" if is_stream(path) else f", {path.stat().st_size:,} bytes"


def fraction(percentage: float | None) -> float | None:
    """Convert an accuracy in % to the fraction that the library uses: 99.4 gives 0.994."""
    return None if percentage is None else round(percentage / 100, DIGITS)
