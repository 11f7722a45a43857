"""docs/python.md documents every function with its signature, an example and its command."""

import ast
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import search
from docs import cli_reference
from search.cli.main import main

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "python.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([\w-]*(?:\.md)?)#([^)\s]+)\)")  # page in docs/ and heading
FUNCTIONS = {name for name in search.__all__ if inspect.isfunction(getattr(search, name))}


def section(name: str) -> str:
    """The section of the page on a function."""
    pattern = re.compile(rf"^## search\.{name}$.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    text: str
    (text,) = pattern.findall(PAGE)
    return text


def defined(source: str) -> list[tuple[str, bool, str]]:
    """The arguments of a definition as (name, keyword-only, source of the default)."""
    (definition,) = ast.parse(source).body
    assert isinstance(definition, ast.FunctionDef)
    arguments = definition.args
    required = [None] * (len(arguments.args) - len(arguments.defaults))
    positional = zip(arguments.args, [*required, *arguments.defaults], strict=True)
    by_name = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return [
        (argument.arg, keyword_only, ast.unparse(default) if default else "")
        for keyword_only, pairs in ((False, positional), (True, by_name))
        for argument, default in pairs
    ]


def accepted(function: Callable[..., object]) -> list[tuple[str, bool, str]]:
    """The arguments of a function in the form of `defined`; paths as strings."""
    return [
        (name, parameter.kind is parameter.KEYWORD_ONLY, written(parameter.default))
        for name, parameter in inspect.signature(function).parameters.items()
    ]


def written(default: Any) -> str:
    """The source of a default: a function by its name, "" without a default."""
    if default is inspect.Parameter.empty:
        return ""
    if callable(default):
        name: str = default.__name__
        return name
    return repr(str(default) if isinstance(default, Path) else default)


def anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_every_function_has_its_section() -> None:
    """There is a section for every function and no other."""
    assert set(re.findall(r"^## search\.(\w+)$", PAGE, re.MULTILINE)) == FUNCTIONS


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_section_has_signature_example_and_command(name: str) -> None:
    """The signature equals that of the function, and the section links to its command."""
    text = section(name)
    signature, *examples = BLOCK.findall(text)
    assert defined(signature) == accepted(getattr(search, name))
    assert any(f"search.{name}(" in example for example in examples)
    (command,) = [key for key, function in cli_reference.FUNCTIONS.items() if function == name]
    assert f"(cli.md#python--m-search-{command})" in text


def test_every_command_links_to_its_function() -> None:
    """Every command of docs/cli.md has a link to its function."""
    commands = [words[0] for words in cli_reference.commands(main) if words]
    assert sorted(commands) == sorted(cli_reference.FUNCTIONS)
    assert set(cli_reference.FUNCTIONS.values()) == FUNCTIONS


def test_examples_match_the_signatures() -> None:
    """Every block compiles, and its calls bind to the arguments of the functions."""
    calls = [
        call
        for block in BLOCK.findall(PAGE)
        for call in ast.walk(ast.parse(block))
        if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("search.")
    ]
    assert len(calls) > len(FUNCTIONS)
    for call in calls:
        function = getattr(search, ast.unparse(call.func).removeprefix("search."))
        options = {str(keyword.arg): keyword.value for keyword in call.keywords}
        inspect.signature(function).bind(*call.args, **options)


def test_links_to_headings_exist() -> None:
    """Every link between or within the pages of docs/ names an existing heading."""
    pages = {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")}
    anchors = {name: set(map(anchor, HEADING.findall(text))) for name, text in pages.items()}
    links = [(name, *link) for name, text in pages.items() for link in LINK.findall(text)]
    assert links
    assert [link for link in links if link[2] not in anchors[link[1] or link[0]]] == []
