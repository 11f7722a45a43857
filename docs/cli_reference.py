"""docs/cli.md: what `--help` prints for every command, generated.

python -m docs.cli_reference            prints it
python -m docs.cli_reference --write    writes docs/cli.md
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
FUNCTIONS = {  # what does the same from Python, by the name of the command
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

What `--help` prints, word for word. Generated: after a change of the command line run
`python -m docs.cli_reference --write`; a test compares this page with `{PROGRAM}`.

Each command is also a function: see [Python API](python.md).

| exit code | meaning |
|---|---|
| 0 | done, also when `--timeout` has ended a run |
| 1 | failed: nothing could be trained, a result does not agree, or an internal error |
| 2 | bad input: the message says what was wrong, the rule and the remedy |
| 130 | interrupted by Ctrl-C: what was finished is kept, the same command resumes |

After an internal error, `FRUGAL_TRACEBACK=1` shows where it happened.
"""


def reference() -> str:
    """The whole page: one section per command, in the order of the help."""
    return "\n".join([PREFACE, *(section(words) for words in commands(main))])


def section(words: tuple[str, ...]) -> str:
    """The help of one command, and the link to its function."""
    title = " ".join([PROGRAM, *words])
    text = f"## {title}\n\n```text\n{printed_help(words)}```\n"
    if not words:
        return text
    function = FUNCTIONS[words[0]]
    return f"{text}\nFrom Python: [`search.{function}`](python.md#search{function}).\n"


def commands(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command after the program's name, groups first: (), ("run",), ..."""
    yield words
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            if (inner := command.get_command(click.Context(command), name)) and not inner.hidden:
                yield from commands(inner, (*words, name))


def printed_help(words: tuple[str, ...]) -> str:
    """What the command prints for --help, on a terminal of 80 columns."""
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
