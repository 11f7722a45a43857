"""The documentation keeps its word: commands in the README run, the reference is what --help says.

Every block of commands (```console, lines beginning with "$ ") and of Python in the README carries
a comment on the line before it, invisible to the reader:

    <!-- run -->                        run as it stands
    <!-- run with --trials 2 -->        run with this appended to every command, to be quick
    <!-- not run: the reason -->        not run here, and why

The README is one session: its blocks run from top to bottom in one empty folder. A leading
`pip install ... &&` is taken as done, for the tests run in the environment that it made.
"""

import re
import shlex
from pathlib import Path

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


def test_the_convention_is_read():
    """Markers, prompts, appended options and unmarked blocks are told apart."""
    first, second, third = examples(PAGE)
    assert [command[2] for command in first.commands] == [
        "echo one --trials 2",
        "echo two --trials 2",
    ]
    assert second.commands == []
    assert (third.marker, third.language) == ("", "python")


def test_every_block_says_whether_it_runs():
    """No command of the README goes untested without a reason in its source."""
    unmarked = [
        example.text
        for example in examples(README.read_text(encoding="utf-8"))
        if not MARKER.fullmatch(example.marker)
    ]
    assert unmarked == []


@pytest.mark.timeout(900)  # where it runs alone; each process imports torch anew
def test_every_command_of_the_readme_runs(readme_session):
    """From top to bottom in an empty folder, each ends with exit code 0."""
    results = readme_session.results()
    for done in results:
        assert done.returncode == 0, f"{shlex.join(done.args)}\n{done.stdout}{done.stderr}"
    assert [done.args for done in results] == readme_session.commands
    assert results


def test_the_readme_gives_the_two_commands():
    """Setting up and running, and setting up and testing, are one line each."""
    typed = [
        line for example in examples(README.read_text(encoding="utf-8")) for line in example.typed
    ]
    assert "pip install -e . && python -m search run --trials 100" in typed
    assert command_of_ci() in typed


def test_ci_runs_the_command_of_the_readme():
    """.ci/run and CONTRIBUTING say the README's test command word for word."""
    assert command_of_ci() == 'pip install -e ".[test]" && pytest'
    assert command_of_ci() in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_the_reference_is_what_help_prints():
    """docs/cli.md is up to date; else run python -m docs.cli_reference --write."""
    from docs import cli_reference

    assert cli_reference.PAGE.read_text(encoding="utf-8") == cli_reference.reference()


def test_links_lead_somewhere():
    """Every relative link of the pages names a file that exists."""
    broken = [
        f"{page.name}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_paths_and_modules_exist(page):
    """Every path of the source and every module run with python -m that a page names is there."""
    text = page.read_text(encoding="utf-8")
    paths = re.findall(r"`((?:search|benchmarks|tests|docs)/[\w./-]+)`", text)
    modules = re.findall(r"python -m ((?:benchmarks|docs)(?:\.\w+)+)", text)
    paths += [f"{module.replace('.', '/')}.py" for module in modules]
    assert [path for path in paths if not (ROOT / path).exists()] == []


def command_of_ci() -> str:
    """The line of .ci/run that sets up and tests."""
    found = re.search(r"^readme='(.*)'$", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.M)
    assert found
    return found[1]
