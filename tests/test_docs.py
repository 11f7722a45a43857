"""The documentation is correct: commands of the README run, docs/cli.md equals --help, links exist.

Every block of commands (```console, lines starting with "$ ") and of Python in the README has a
comment on the line before it, which is invisible in the rendered page:

    <!-- run -->                        run without changes
    <!-- run with --trials 2 -->        append these options to every command, to be fast
    <!-- not run: the reason -->        not run in the tests, with the reason

The blocks run from top to bottom in one empty folder. A leading `pip install ... &&` is skipped,
because the tests run in an environment where it has already been done.
"""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.support.readme import MARKER, README, examples

ROOT = Path(__file__).parents[1]

PAGE = """\
Words.

<!-- run with --trials 2 -->
```console
$ pip install -e . && echo one
output
$ echo two
```

<!-- not run: it takes a day -->
```console
$ sleep 86400
```

```python
print("unmarked")
```
"""

PAGES = sorted(
    page
    for folder in (ROOT, ROOT / "docs", ROOT / "benchmarks", ROOT / "studies")
    for page in folder.glob("*.md")
)


def test_the_markers_are_parsed() -> None:
    """Markers, prompts, appended options and unmarked blocks are recognised."""
    first, second, third = examples(PAGE)
    assert [command[2] for command in first.commands] == [
        "echo one --trials 2",
        "echo two --trials 2",
    ]
    assert second.commands == []
    assert (third.marker, third.language) == ("", "python")


def test_every_block_says_whether_it_runs() -> None:
    """Every command of the README is tested or has a reason why it is not."""
    unmarked = [
        example.text
        for example in examples(README.read_text(encoding="utf-8"))
        if not MARKER.fullmatch(example.marker)
    ]
    assert unmarked == []


@pytest.mark.timeout(900)  # if it runs alone; each process imports torch
def test_every_command_of_the_readme_runs(readme_session: Any) -> None:
    """All commands exit with code 0, from top to bottom in an empty folder."""
    results = readme_session.results()
    for done in results:
        assert done.returncode == 0, f"{shlex.join(done.args)}\n{done.stdout}{done.stderr}"
    assert [done.args for done in results] == readme_session.commands
    assert results


def test_the_readme_gives_the_two_commands() -> None:
    """Installing and running, and installing and testing, take one line each."""
    typed = [
        line for example in examples(README.read_text(encoding="utf-8")) for line in example.typed
    ]
    assert "pip install -e . && python -m search run --trials 100" in typed
    assert command_of_ci() in typed


def test_ci_runs_the_command_of_the_readme() -> None:
    """.ci/run and CONTRIBUTING.md have the test command of the README."""
    assert command_of_ci() == 'pip install -e ".[test]" && pytest'
    assert command_of_ci() in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_the_reference_equals_the_help() -> None:
    """docs/cli.md is up to date; if not, run python -m docs.cli_reference --write."""
    from docs import cli_reference

    assert cli_reference.PAGE.read_text(encoding="utf-8") == cli_reference.reference()


def test_relative_links_exist() -> None:
    """Every relative link of the pages names a file that exists."""
    broken = [
        f"{page.name}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_paths_and_modules_exist(page: Path) -> None:
    """Every source path and every module after `python -m` that a page names exists."""
    text = page.read_text(encoding="utf-8")
    paths = re.findall(r"`((?:search|benchmarks|tests|docs)/[\w./-]+)`", text)
    modules = re.findall(r"python -m ((?:benchmarks|docs)(?:\.\w+)+)", text)
    paths += [f"{module.replace('.', '/')}.py" for module in modules]
    assert [path for path in paths if not (ROOT / path).exists()] == []


def command_of_ci() -> str:
    """The command in .ci/run that installs and tests."""
    found = re.search(r"^readme='(.*)'$", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.M)
    assert found
    return found[1]
