"""Generator of docs/cli.md, the `--help` output of every command.

python -m docs.cli_reference            print the page
python -m docs.cli_reference --write    write it to docs/cli.md
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from click.testing import CliRunner

from search.cli.main import main

PAGE = Path(__file__).parents[1] / "docs" / "cli.md"
PROGRAM = "python -m search"
WIDTH = 80  # columns
FUNCTIONS = {  # the equivalent Python function, by name of the command
    "baselines": "baselines",
    "confirm": "confirm",
    "dashboard": "open_dashboard",
    "data": "describe_data",
    "drilldown": "drilldown",
    "export": "export",
    "report": "report",
    "reproduce": "reproduce",
    "run": "run",
    "show": "load_study",
    "space": "space_preview",
    "studies": "list_studies",
}
PREFACE = f"""# The command line

This page is the `--help` output of all commands. It is generated: after changing the command line,
run `python -m docs.cli_reference --write`. A test compares this page with `{PROGRAM}`.

Each command is also available as a Python function: see [Python API](python.md).

| exit code | meaning |
|---|---|
| 0 | success, including a run that stopped at its `--timeout` |
| 1 | failure: nothing could be trained, a reproduction does not agree, or an internal error |
| 2 | invalid input: the message states the value, the rule and the remedy |
| 130 | interrupted by Ctrl-C: progress is saved, and the same command resumes |

Set the environment variable `FRUGAL_TRACEBACK=1` to see the traceback of an internal error.
"""


def reference() -> str:
    """Return the whole page: one section per command, in the order of the help."""
    return "\n".join([PREFACE, *(section(words) for words in commands(main))])


def section(words: tuple[str, ...]) -> str:
    """Return the section of a command: its help and a link to its Python function."""
    title = " ".join([PROGRAM, *words])
    text = f"## {title}\n\n```text\n{printed_help(words)}```\n"
    if not words:
        return text
    function = FUNCTIONS[words[0]]
    return f"{text}\nFrom Python: [`search.{function}`](python.md#search{function}).\n"


def commands(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command after the program name: (), ("run",), ..."""
    yield words
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            if (inner := command.get_command(click.Context(command), name)) and not inner.hidden:
                yield from commands(inner, (*words, name))


def printed_help(words: tuple[str, ...]) -> str:
    """Return the output of --help for a command on a terminal of 80 columns."""
    result = CliRunner().invoke(
        main, [*words, "--help"], prog_name=PROGRAM, terminal_width=WIDTH, color=False
    )
    assert result.exit_code == 0, result.output
    return result.output


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(reference(), encoding="utf-8")
    else:
        print(reference())
