"""The rules of the house, held by reading the source: who knows whom, and how long a module is.

The import graph is what the modules say themselves, at the top or inside a function. That Python
also runs a package's `__init__` on the way to a module is no edge: `search/__init__.py` is the
guided tour for users, not something that a module of the library knows.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIBRARY = sorted((ROOT / "search").rglob("*.py"))
LONGEST = 250  # lines of a module: what one reads in one go

LONGER: dict[str, tuple[int, str]] = {}  # module: its own limit and why it is one noun still
VALUES = ["architecture", "layer", "recipe", "candidate", "values", "errors"]
OUTSIDE_OPTUNA = ["training", "member", "engines", "network", "data", "randomness", *VALUES]
WITHOUT_TORCH = ["report", "summary", "evidence", "pages", "sections", "charts", "dashboard"]
THE_COMMAND_LINE = {"search.cli.main"}  # alone may know the user's space and objective
OPENERS = ("open_test", "load_sealed")  # the ways to the test images; both write the ledger
MAY_OPEN = {  # search.data defines them; confirm, baselines and reproduce report with them
    "search.data.dataset",
    "search.evaluation.confirm",
    "search.evaluation.baselines",
    "search.exporting.reproduce",
}
VAGUE = {"util", "helper", "manager", "handler", "config", "params"}


def module_name(path: Path) -> str:
    """search/engines/eager.py -> search.engines.eager; a package is named by its folder."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_name(path): path.read_text(encoding="utf-8") for path in LIBRARY}
TREES = {name: ast.parse(source) for name, source in SOURCES.items()}


def imports(tree: ast.Module) -> set[str]:
    """The dotted names that a module imports; of the project's own, the module that is meant."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"a relative import: from {'.' * node.level}{node.module}"
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            modules = inner & SOURCES.keys()
            found |= modules
            if modules != inner:
                found.add(str(node.module))
    return found


GRAPH = {name: imports(tree) for name, tree in TREES.items()}


def reachable(start: str) -> dict[str, tuple[str, ...]]:
    """Every import that can be reached from a module, with the shortest way to it."""
    ways: dict[str, tuple[str, ...]] = {start: (start,)}
    waiting = [start]
    for name in waiting:
        for imported in sorted(GRAPH.get(name, ()) - ways.keys()):
            ways[imported] = (*ways[name], imported)
            waiting.append(imported)
    return ways


def ways_to(start: str, package: str) -> list[str]:
    """How a module comes to import a package, directly or not; empty if it does not."""
    return [
        " -> ".join(way)
        for name, way in reachable(start).items()
        if name == package or name.startswith(f"{package}.")
    ]


def members(name: str) -> list[str]:
    """The module search.<name> and, of a package, all modules within."""
    inner = f"search.{name}."
    return [module for module in SOURCES if module == inner[:-1] or module.startswith(inner)]


def mentions(tree: ast.Module, name: str) -> bool:
    """Whether code uses a name: as a variable, an attribute, an import or a bare string."""
    return any(_name(node) == name for node in ast.walk(tree))


def test_the_graph_is_read():
    """The reader of imports finds what is known to be there, direct and transitive."""
    assert "search.candidates.architecture" in GRAPH["search.candidates.candidate"]
    assert ways_to("search.training.pool", "torch")
    assert "search.errors" in reachable("search.candidates.candidate")
    assert members("engines")


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("package", ["torch", "optuna"])
def test_values_know_neither_torch_nor_optuna(name, package):
    """Architecture, recipe, candidate and their JSON are plain Python, all the way down."""
    assert ways_to(f"search.{name}", package) == []


@pytest.mark.parametrize("name", OUTSIDE_OPTUNA)
def test_training_knows_no_optuna(name):
    """What trains a pool knows nothing of trials, all the way down."""
    modules = members(name)
    assert modules
    assert [way for module in modules for way in ways_to(module, "optuna")] == []


@pytest.mark.parametrize("name", WITHOUT_TORCH)
def test_what_only_reads_knows_no_torch(name):
    """A report and a dashboard are made from what is written down, all the way down."""
    modules = members(name)
    assert modules
    assert [way for module in modules for way in ways_to(module, "torch")] == []


def test_the_library_imports_neither_space_nor_objective():
    """Both files are the user's: they import the library, and only the command line loads them."""
    importers = {name for name, found in GRAPH.items() if found & {"space", "objective"}}
    assert importers <= THE_COMMAND_LINE


def test_the_command_line_is_on_top():
    """No module of the library imports the command line; only `python -m search` starts it."""
    importers = {name for name, found in GRAPH.items() if "search.cli.main" in found}
    assert importers <= {"search.__main__"}


def test_imports_run_one_way():
    """No two modules need each other at import time: top-level imports have no cycle."""
    top = {
        name: imports(ast.Module([node for node in tree.body if _is_import(node)], []))
        for name, tree in TREES.items()
    }
    done: set[str] = set()
    while ready := {name for name in top.keys() - done if not (top[name] & top.keys()) - done}:
        done |= ready
    assert top.keys() - done == set()


@pytest.mark.parametrize("opener", OPENERS)
def test_the_test_images_stay_closed(opener):
    """Nothing uses a way to the test images but confirm, baselines and reproduce."""
    openers = {name for name, tree in TREES.items() if mentions(tree, opener)}
    assert openers <= MAY_OPEN
    for file in ("space.py", "objective.py"):
        assert not mentions(ast.parse((ROOT / file).read_text(encoding="utf-8")), opener)


def test_every_way_to_the_test_images_is_watched():
    """In the module that may read them, no public function but these reaches `read_test`."""
    functions = {
        node.name: node
        for node in TREES["search.data.dataset"].body
        if isinstance(node, ast.FunctionDef)
    }
    reaching = {"read_test"}
    while more := {n for n, node in functions.items() if _uses(node, reaching)} - reaching:
        reaching |= more
    assert {name for name in reaching & functions.keys() if name[0] != "_"} == set(OPENERS)


def test_only_open_test_reads_the_test_images():
    """A source's `read_test` is used by the module of `open_test` alone."""
    readers = {
        name
        for name, tree in TREES.items()
        if any(
            isinstance(node, ast.Attribute) and _name(node) == "read_test"
            for node in ast.walk(tree)
        )
    }
    assert readers <= {"search.data.dataset"}


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_module_says_what_it_holds(name):
    """Every module opens with a docstring."""
    assert ast.get_docstring(TREES[name])


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_module_is_short(name):
    """At most 250 lines, or a longer limit with its reason in LONGER."""
    limit, _ = LONGER.get(name, (LONGEST, ""))
    assert len(SOURCES[name].splitlines()) <= limit


def test_longer_modules_still_are():
    """An exception that is no longer needed goes."""
    needless = [name for name in LONGER if len(SOURCES[name].splitlines()) <= LONGEST]
    assert needless == []


def test_names_say_something():
    """No module is named after a drawer: utils, helpers, manager, handler, config, params."""
    vague = [name for name in SOURCES if any(word in name.lower() for word in VAGUE)]
    assert vague == []


def _is_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _uses(node: ast.AST, names: set[str]) -> bool:
    """Whether the code of a function uses one of the names."""
    return any(_name(each) in names for each in ast.walk(node))


def _name(node: ast.AST) -> str | None:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
            return name
        case ast.Constant(value=str(name)):
            return name
    return None
