"""Import rules, checked statically: which package may import which.

Every import statement counts: at the top of a module, inside a function or under TYPE_CHECKING.
Python also runs the `__init__` of each parent package; that does not count as an import.
"""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

import search

ROOT = Path(__file__).parents[1]
LIBRARY = sorted((ROOT / "search").rglob("*.py"))

# The packages and modules of `search`, from the ground up. Each may import those of the lines above
# its own and itself, never a neighbour or what stands below.
FLOORS = (
    {"errors"},
    {"files", "seeds", "randomness"},
    {"candidates", "data"},
    {"training", "study"},
    {"evaluation", "loop"},
    {"exporting", "reporting"},
    {"api"},
    {"cli"},
    {"__main__"},
)
PACKAGES = {
    *("candidates", "data", "training", "study", "loop"),
    *("evaluation", "exporting", "reporting", "cli"),
}
MODULES_OF_ITS_OWN = 8  # the most that `search` itself may hold
WITHOUT_TORCH = ("candidates", "study", "loop", "reporting")
PICTURES = "search.reporting.pictures"  # augmented images are drawn by the augmentation itself
WITHOUT_OPTUNA = ("candidates", "data", "training")
OPENERS = ("open_test", "load_sealed")  # the ways to the test images; both write the ledger
MAY_OPEN = {  # search.data.dataset defines them; the others report what they gave
    "search.data.dataset",
    "search.evaluation.confirm",
    "search.evaluation.baselines",
    "search.exporting.reproduce",
}
MOST_POSITIONAL = 5
VARIADIC = {  # take any number of arguments: cells of a row, children of an element, a C function
    "add_figures",
    "add_row",
    "frugal_learn",
    "tag",
}
BENCHMARKS = sorted((ROOT / "benchmarks").rglob("*.py"))
NOT_NAMED_AFTER_A_MODULE = {  # by path under tests/, with what they test instead
    "candidates/test_golden.py": "published networks, in every module that counts or builds them",
    "cli/test_reading.py": "commands on studies that cannot be written, and beside odd folders",
    "cli/test_simulated.py": "a whole simulated study, command by command",
    "test_data_kinds.py": "kinds of data on every engine through every command",
    "test_docs.py": "the pages",
    "test_house.py": "the source itself",
    "test_moved_data.py": "commands on data that moved, through the command line",
    "test_old_studies.py": "studies, exports and journals of version 0.1.0",
    "test_python_page.py": "docs/python.md",
}
VAGUE = {"util", "helper", "manager", "handler", "config", "params", "common", "misc"}


def module_name(path: Path) -> str:
    """search/study/study.py -> search.study.study; a package is named by its folder."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_name(path): path.read_text(encoding="utf-8") for path in LIBRARY}
TREES = {name: ast.parse(source) for name, source in SOURCES.items()}


def imports(tree: ast.AST) -> set[str]:
    """The dotted names that code imports; of the project's own, the module that is meant."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"a relative import: from {'.' * node.level}{node.module}"
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            modules = inner & SOURCES.keys()
            names |= modules
            if modules != inner:
                names.add(str(node.module))
    return names


GRAPH = {name: imports(tree) for name, tree in TREES.items()}


def package(module: str) -> str:
    """search.study.storage -> study; search.api -> api; search itself -> ""."""
    return module.partition(".")[2].partition(".")[0]


def floor(module: str) -> int:
    """How far above the ground a module of the library stands."""
    return next(place for place, names in enumerate(FLOORS) if package(module) in names)


def own(modules: set[str]) -> set[str]:
    """Those that belong to the library; `search` itself is the public face for users."""
    return {module for module in modules if module.startswith("search.")}


def reachable(start: str, graph: Mapping[str, set[str]]) -> dict[str, str]:
    """Every import that can be reached from a module, with the shortest path to it."""
    paths = {start: start}
    waiting = [start]
    for name in waiting:
        for imported in sorted(graph.get(name, set()) - paths.keys()):
            paths[imported] = f"{paths[name]} -> {imported}"
            waiting.append(imported)
    return paths


def paths_to(start: str, target: str, graph: Mapping[str, set[str]] = GRAPH) -> list[str]:
    """How a module comes to import a package, directly or not; empty if it does not."""
    return [
        path
        for name, path in reachable(start, graph).items()
        if name == target or name.startswith(f"{target}.")
    ]


def members(name: str) -> list[str]:
    """Every module of a package of the library."""
    modules = [module for module in SOURCES if package(module) == name]
    assert modules
    return modules


def mentions(tree: ast.AST, name: str) -> bool:
    """Whether code uses a name: as a variable, an attribute, an import or a bare string."""
    return any(_name(node) == name for node in ast.walk(tree))


def test_the_graph_is_read():
    """The reader of imports finds what is known to be there, transitive and in functions."""
    assert "search.candidates.architecture" in GRAPH["search.candidates.candidate"]
    assert paths_to("search.training.trainer", "torch")
    assert "search.errors" in reachable("search.candidates.candidate", GRAPH)
    assert "search.api" in GRAPH["search"]
    assert imports(ast.parse("def f():\n    from search.study import study")) == {
        "search.study.study"
    }


def test_every_package_has_its_floor():
    """FLOORS names each package and module of `search` once, and nothing else."""
    named = [name for names in FLOORS for name in names]
    assert sorted(named) == sorted({package(module) for module in SOURCES} - {""})
    assert {path.name for path in (ROOT / "search").iterdir() if path.is_dir()} - {
        "__pycache__"
    } == PACKAGES
    assert len(list((ROOT / "search").glob("*.py"))) <= MODULES_OF_ITS_OWN


@pytest.mark.parametrize("name", sorted(SOURCES.keys() - {"search"}))
def test_imports_run_one_way(name):
    """Down to lower floors, or within the package; inside functions too."""
    climbing = [
        imported
        for imported in own(GRAPH[name])
        if package(imported) != package(name) and floor(imported) >= floor(name)
    ]
    assert climbing == []
    assert "search" not in GRAPH[name]


def test_there_is_no_circle():
    """No two modules need each other, not even through imports inside functions."""
    done: set[str] = set()
    while ready := {name for name in GRAPH.keys() - done if not own(GRAPH[name]) - {name} - done}:
        done |= ready
    assert GRAPH.keys() - done == set()


@pytest.mark.parametrize("name", WITHOUT_TORCH)
def test_reaches_no_torch(name):
    """What samples, records, decides and reports works without torch, all the way down."""
    starts = [module for module in members(name) if module != PICTURES]
    assert [path for start in starts for path in paths_to(start, "torch")] == []


def test_the_command_line_starts_without_torch():
    """Help and errors come at once: commands import what trains inside their functions."""
    top = {name: imports(ast.Module(_import_statements(tree), [])) for name, tree in TREES.items()}
    assert [path for start in members("cli") for path in paths_to(start, "torch", top)] == []


@pytest.mark.parametrize("name", WITHOUT_OPTUNA)
def test_reaches_no_optuna(name):
    """Candidates, images and training know nothing of trials, all the way down."""
    assert [path for module in members(name) for path in paths_to(module, "optuna")] == []


def test_the_library_imports_neither_space_nor_objective():
    """Both files are the user's: they import the library, which loads them by their path."""
    assert [name for name, names in GRAPH.items() if names & {"space", "objective"}] == []


@pytest.mark.parametrize("opener", OPENERS)
def test_the_test_images_stay_sealed(opener):
    """Nothing uses a way to the test images but confirm, baselines and reproduce."""
    assert {name for name, tree in TREES.items() if mentions(tree, opener)} <= MAY_OPEN
    for file in ("space.py", "objective.py"):
        assert not mentions(ast.parse((ROOT / file).read_text(encoding="utf-8")), opener)


@pytest.mark.parametrize("opener", sorted(MAY_OPEN - {"search.data.dataset"}))
def test_a_drilldown_reaches_no_opener(opener):
    """It decides by validation, and imports nothing that opens the test images."""
    assert paths_to("search.evaluation.drilldown", opener) == []


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


def test_no_test_module_imports_another():
    """What several test modules share lies in tests/support or in a conftest.py."""
    statement = re.compile(r"^\s*(?:from|import) tests\b.*\btest_.*", re.MULTILINE)
    importing = {
        path.name: statements
        for path in (ROOT / "tests").rglob("*.py")
        if (statements := statement.findall(path.read_text(encoding="utf-8")))
    }
    assert importing == {}


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_module_says_what_it_holds(name):
    """Every module opens with a docstring."""
    assert ast.get_docstring(TREES[name])


def test_calls_name_their_arguments():
    """At most five positional arguments in a call; functions of any number of them are listed."""
    crowded = [
        f"{module}:{node.lineno}"
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and len(node.args) > MOST_POSITIONAL
        and _name(node.func) not in VARIADIC
    ]
    assert crowded == []


def test_private_names_stay_in_their_module():
    """No module imports a name with a leading underscore from another one of the library."""
    borrowed = [
        f"{module} imports {alias.name}"
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("search")
        for alias in node.names
        if alias.name.startswith("_")
    ]
    assert borrowed == []


def test_names_say_something():
    """No module is named after a drawer: utils, helpers, manager, handler, config, params."""
    assert [name for name in SOURCES if any(word in name.lower() for word in VAGUE)] == []


def test_no_module_hides_a_public_function():
    """Importing every module of the library leaves each public function what it was."""
    public = {name: getattr(search, name) for name in search.__all__}
    for module in pkgutil.walk_packages(search.__path__, "search."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    assert {name: getattr(search, name) for name in search.__all__} == public
    assert all(callable(each) for each in public.values())


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.stem)
def test_a_benchmark_imports_by_full_name(path):
    """benchmarks.<question>.<module>, never a sibling by its bare name, and nothing from tests."""
    packages = {name.partition(".")[0] for name in imports(ast.parse(path.read_text("utf-8")))}
    assert packages & {"tests", *(other.stem for other in BENCHMARKS)} == set()


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.stem)
def test_a_benchmark_takes_the_options_it_declares(path):
    """Each option of its command is an argument of its function."""
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    command = getattr(importlib.import_module(name), "main", None)
    assert command or "@click.command" not in path.read_text(encoding="utf-8")
    if command:
        inspect.signature(command.callback).bind(**dict.fromkeys(p.name for p in command.params))


def test_tests_mirror_the_packages():
    """tests/<package>/test_<module>.py tests search/<package>/<module>.py; so do benchmarks'."""
    tests = ROOT / "tests"
    strangers = []
    for path in (path.relative_to(tests) for path in tests.rglob("test_*.py")):
        module = path.with_name(path.name.removeprefix("test_"))
        exists = (ROOT / "search" / module).exists() or (ROOT / module).exists()
        if not exists and path.as_posix() not in NOT_NAMED_AFTER_A_MODULE:
            strangers.append(path.as_posix())
    assert strangers == []


def _import_statements(tree: ast.Module) -> list[ast.stmt]:
    """What is imported when the module itself is."""
    return [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]


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
