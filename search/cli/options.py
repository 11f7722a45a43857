"""Options, units and error handling shared by the commands. Imports no torch."""

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
    "mnist, fashion-mnist, kmnist, qmnist, emnist-digits, a folder with the four IDX files, or a "
    "folder of class folders of images (train/<class>/*.png, also val/ and test/)."
)
ENDED = "ended; what was finished is kept: the same command goes on from there"
FAILED, INTERRUPTED = 1, 130  # exit codes; 130 is the shell's for Ctrl-C
TRACEBACK_VARIABLE = "FRUGAL_TRACEBACK"  # shows the traceback of an internal error
DIGITS = 9  # 99.4 / 100 is not the 0.994 that 9,940 of 10,000 images give
Command = TypeVar("Command", bound=Callable[..., Any])


class Commands(click.Group):
    """A group that ends with one line and an exit code, never with a traceback.

    Exit codes: 0 done, FAILED, 2 bad input, INTERRUPTED by Ctrl-C.
    """

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("always", StudyWarning)
                warnings.showwarning = _show_warning
                return super().invoke(ctx)
        except FrugalError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo(ENDED, err=True)
            sys.exit(INTERRUPTED)
        # click's own ends, and a reader such as head that has closed the pipe
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:  # a fault of the program, whatever it is
            if os.environ.get(TRACEBACK_VARIABLE):
                raise
            line = " ".join(str(error).split())
            click.echo(
                f"Error: internal error, {type(error).__name__}: {line}; set "
                f"{TRACEBACK_VARIABLE}=1 to see where",
                err=True,
            )
            sys.exit(FAILED)


def exit_interrupted() -> NoReturn:
    """Ends a command that Ctrl-C ended in order: what was finished is kept."""
    click.echo(ENDED)
    sys.exit(INTERRUPTED)


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Prints a remark on a study as a note, and any other warning as Python does."""
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
    """--storage: the storage URL of a study that is not in its folder."""
    return click.option(
        "--storage",
        metavar="URL",
        envvar=STORAGE_VARIABLE,
        show_envvar=True,
        help="Any Optuna storage URL, in place of the journal in the study's folder.",
    )(command)


def _say_study(line: str, options: Mapping[str, Any]) -> None:
    """Prints which study was taken, unless what is printed is read by a program.

    JSON names the study itself. A device or pipe as the file to write may be stdout.
    """
    out: Path | None = options.get("out")
    if not options.get("as_json_"):
        click.echo(line, err=out is not None and is_stream(out))


def study_options(command: Command) -> Command:
    """--study, --studies and --storage, the same for every command that reads a study.

    Without --study, the command gets the study that was run last, and its first line names it.
    """

    @wraps(command)
    def named(study: str | None, studies: Path, storage: str | None, **options: Any) -> Any:
        if study is None:
            last = api.last_run(studies, storage)
            _say_study(last.text, options)
            study = last.study
        return command(study=study, studies=studies, storage=storage, **options)

    option = click.option("--study", help="Name of the study.  [default: the one run last]")
    return cast(Command, option(studies_option(storage_option(named))))


def device_option(command: Command) -> Command:
    """--device: where to train."""
    return click.option(
        "--device",
        type=click.Choice(["auto", "cpu", "cuda", "mps", "simulated"]),
        default="auto",
        show_default=True,
        help="Where to train. simulated, for run only, draws accuracies and trains nothing.",
    )(command)


def device_options(command: Command) -> Command:
    """--device and --workers, the same for every command that trains several networks."""
    workers = click.option(
        "--workers",
        type=int,
        help="Trainings at a time.  [default: one per core on a CPU, 16 per GPU on CUDA, else 1]",
    )
    return device_option(workers(command))


def out_option(default: Path | None, help_: str) -> Callable[[Command], Command]:
    """--out: the file to write, and --force."""

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
            help="Replace existing files even if this program did not write them.",
        )
        return out(force(command))

    return add


def _stdout_for_dash(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    return Path("/dev/stdout") if path == Path("-") else path


def echo_written(path: Path, text: str) -> None:
    """Prints a line about a file that was written; on stderr where the file is stdout itself."""
    click.echo(text, err=is_stdout(path))


def size_text(path: Path) -> str:
    """The size of a file that was written: ", 1,234 bytes"; "" of a device or a pipe."""
    return "" if is_stream(path) else f", {path.stat().st_size:,} bytes"


def fraction(percentage: float | None) -> float | None:
    """An accuracy in % as a fraction, as the library has it: 99.4 gives 0.994."""
    return None if percentage is None else round(percentage / 100, DIGITS)
