"""docs/cli.md: what `--help` prints for every command, generated.

python -m tests.cli_reference            prints it
python -m tests.cli_reference --write    writes docs/cli.md
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
PREFACE = f"""# The command line

What `--help` prints, word for word. Generated: after a change of the command line run
`python -m tests.cli_reference --write`; a test compares this page with `{PROGRAM}`.
"""


def reference() -> str:
    """The whole page: one section per command, in the order of the help."""
    sections = [
        f"## {' '.join([PROGRAM, *words])}\n\n```text\n{printed_help(words)}```\n"
        for words in commands(main)
    ]
    return "\n".join([PREFACE, *sections])


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
