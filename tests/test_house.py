"""Static checks of the source: import rules, access to the test set, naming, layout of tests.

Every import statement counts, at the top of a module, inside a function or under TYPE_CHECKING.
The `__init__` of a parent package, which Python runs too, does not count as an import.
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

# The packages and modules of `search` by layer. Each may import from the layers listed before its
# own and from itself, but not from its own layer or from later ones.
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
MODULES_OF_ITS_OWN = 8  # maximum number of modules directly in `search`
WITHOUT_TORCH = ("candidates", "study", "loop", "reporting")
PICTURES = "search.reporting.pictures"  # applies the augmentation, which needs torch
WITHOUT_OPTUNA = ("candidates", "data", "training")
OPENERS = ("open_test", "load_sealed")  # the access to the test images; both log to the ledger
MAY_OPEN = {  # search.data.dataset defines them; the others report test accuracies
    "search.data.dataset",
    "search.evaluation.confirm",
    "search.evaluation.baselines",
    "search.exporting.reproduce",
}
MOST_POSITIONAL = 5
VARIADIC = {  # functions with any number of arguments: cells, children, a C function
    "add_figures",
    "add_row",
    "frugal_learn",
    "tag",
}
BENCHMARKS = sorted((ROOT / "benchmarks").rglob("*.py"))
NOT_NAMED_AFTER_A_MODULE = {  # by path in tests/, with their subject
    "candidates/test_golden.py": "published networks, in every module that counts or builds them",
    "candidates/test_public_networks.py": "networks of torchvision, likewise",
    "cli/test_reading.py": "commands on read-only studies and invalid folders",
    "cli/test_simulated.py": "a whole simulated study, command by command",
    "loop/test_shared_study.py": "runs that share a study in a database",
    "test_data_kinds.py": "kinds of data on every engine with every command",
    "test_docs.py": "the documentation",
    "test_house.py": "the source",
    "test_moved_data.py": "commands on moved data",
    "test_nested_study.py": "a whole study of nested blocks, command by command",
    "test_old_studies.py": "studies, exports and journals of version 0.1.0",
    "test_python_page.py": "docs/python.md",
    "test_space_page.py": "docs/space.md",
}
VAGUE = {"util", "helper", "manager", "handler", "config", "params", "common", "misc"}


def module_name(path: Path) -> str:
    """search/study/study.py -> search.study.study; a package is named by its folder."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_name(path): path.read_text(encoding="utf-8") for path in LIBRARY}
TREES = {name: ast.parse(source) for name, source in SOURCES.items()}


def imports(tree: ast.AST) -> set[str]:
    """The dotted names that code imports; for the project's own, the names of modules."""
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
    """The index of the layer of a module."""
    return next(place for place, names in enumerate(FLOORS) if package(module) in names)


def own(modules: set[str]) -> set[str]:
    """The modules of the library, without `search` itself, which is the public interface."""
    return {module for module in modules if module.startswith("search.")}


def reachable(start: str, graph: Mapping[str, set[str]]) -> dict[str, str]:
    """All direct and indirect imports of a module, with the shortest path to each."""
    paths = {start: start}
    waiting = [start]
    for name in waiting:
        for imported in sorted(graph.get(name, set()) - paths.keys()):
            paths[imported] = f"{paths[name]} -> {imported}"
            waiting.append(imported)
    return paths


def paths_to(start: str, target: str, graph: Mapping[str, set[str]] = GRAPH) -> list[str]:
    """The import paths from a module to a package; empty if it does not import it."""
    return [
        path
        for name, path in reachable(start, graph).items()
        if name == target or name.startswith(f"{target}.")
    ]


def members(name: str) -> list[str]:
    """The modules of a package of the library."""
    modules = [module for module in SOURCES if package(module) == name]
    assert modules
    return modules


def mentions(tree: ast.AST, name: str) -> bool:
    """Whether code uses a name: as a variable, an attribute, an import or a bare string."""
    return any(_name(node) == name for node in ast.walk(tree))


def test_the_import_graph_is_correct() -> None:
    """Known imports are found, including indirect ones and those in functions."""
    assert "search.candidates.architecture" in GRAPH["search.candidates.candidate"]
    assert paths_to("search.training.trainer", "torch")
    assert "search.errors" in reachable("search.candidates.candidate", GRAPH)
    assert "search.api" in GRAPH["search"]
    assert imports(ast.parse("def f():\n    from search.study import study")) == {
        "search.study.study"
    }


def test_every_package_has_a_layer() -> None:
    """FLOORS lists each package and module of `search` exactly once."""
    named = [name for names in FLOORS for name in names]
    assert sorted(named) == sorted({package(module) for module in SOURCES} - {""})
    assert {path.name for path in (ROOT / "search").iterdir() if path.is_dir()} - {
        "__pycache__"
    } == PACKAGES
    assert len(list((ROOT / "search").glob("*.py"))) <= MODULES_OF_ITS_OWN


@pytest.mark.parametrize("name", sorted(SOURCES.keys() - {"search"}))
def test_imports_go_in_one_direction(name: str) -> None:
    """Modules import only from lower layers and their own package, also in functions."""
    climbing = [
        imported
        for imported in own(GRAPH[name])
        if package(imported) != package(name) and floor(imported) >= floor(name)
    ]
    assert climbing == []
    assert "search" not in GRAPH[name]


def test_there_is_no_import_cycle() -> None:
    """No modules import each other, not even inside functions."""
    done: set[str] = set()
    while ready := {name for name in GRAPH.keys() - done if not own(GRAPH[name]) - {name} - done}:
        done |= ready
    assert GRAPH.keys() - done == set()


@pytest.mark.parametrize("name", WITHOUT_TORCH)
def test_reaches_no_torch(name: str) -> None:
    """Packages that sample, record, decide and report do not import torch, even indirectly."""
    starts = [module for module in members(name) if module != PICTURES]
    assert [path for start in starts for path in paths_to(start, "torch")] == []


def test_the_command_line_starts_without_torch() -> None:
    """No module of the command line imports torch at its top, so help and errors are fast."""
    top = {name: imports(ast.Module(_import_statements(tree), [])) for name, tree in TREES.items()}
    assert [path for start in members("cli") for path in paths_to(start, "torch", top)] == []


@pytest.mark.parametrize("name", WITHOUT_OPTUNA)
def test_reaches_no_optuna(name: str) -> None:
    """Candidates, images and training do not import Optuna, even indirectly."""
    assert [path for module in members(name) for path in paths_to(module, "optuna")] == []


def test_the_library_imports_neither_space_nor_objective() -> None:
    """Both files belong to the user and are loaded by their path."""
    assert [name for name, names in GRAPH.items() if names & {"space", "objective"}] == []


@pytest.mark.parametrize("opener", OPENERS)
def test_access_to_the_test_images_is_restricted(opener: str) -> None:
    """Only confirm, baselines and reproduce can access the test images."""
    assert {name for name, tree in TREES.items() if mentions(tree, opener)} <= MAY_OPEN
    for file in ("space.py", "objective.py"):
        assert not mentions(ast.parse((ROOT / file).read_text(encoding="utf-8")), opener)


@pytest.mark.parametrize("opener", sorted(MAY_OPEN - {"search.data.dataset"}))
def test_drilldown_cannot_access_the_test_images(opener: str) -> None:
    """The drill-down imports no module that can access the test images."""
    assert paths_to("search.evaluation.drilldown", opener) == []


def test_all_access_to_the_test_images_is_checked() -> None:
    """In search.data.dataset, only the functions in OPENERS call `read_test`, even indirectly."""
    functions = {
        node.name: node
        for node in TREES["search.data.dataset"].body
        if isinstance(node, ast.FunctionDef)
    }
    reaching = {"read_test"}
    while more := {n for n, node in functions.items() if _uses(node, reaching)} - reaching:
        reaching |= more
    assert {name for name in reaching & functions.keys() if name[0] != "_"} == set(OPENERS)


def test_only_open_test_reads_the_test_images() -> None:
    """Only the module of `open_test` calls `read_test` of a source."""
    readers = {
        name
        for name, tree in TREES.items()
        if any(
            isinstance(node, ast.Attribute) and _name(node) == "read_test"
            for node in ast.walk(tree)
        )
    }
    assert readers <= {"search.data.dataset"}


def test_no_test_module_imports_another() -> None:
    """Code shared by test modules is in tests/support or in a conftest.py."""
    statement = re.compile(r"^\s*(?:from|import) tests\b.*\btest_.*", re.MULTILINE)
    importing = {
        path.name: statements
        for path in (ROOT / "tests").rglob("*.py")
        if (statements := statement.findall(path.read_text(encoding="utf-8")))
    }
    assert importing == {}


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_module_has_a_docstring(name: str) -> None:
    """Every module starts with a docstring."""
    assert ast.get_docstring(TREES[name])


def test_calls_name_their_arguments() -> None:
    """A call has at most five positional arguments, except of functions in VARIADIC."""
    crowded = [
        f"{module}:{node.lineno}"
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and len(node.args) > MOST_POSITIONAL
        and _name(node.func) not in VARIADIC
    ]
    assert crowded == []


def test_private_names_stay_in_their_module() -> None:
    """No module imports a name with a leading underscore from another module."""
    borrowed = [
        f"{module} imports {alias.name}"
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("search")
        for alias in node.names
        if alias.name.startswith("_")
    ]
    assert borrowed == []


def test_module_names_are_specific() -> None:
    """No module has a vague name such as utils, helpers, manager or config."""
    assert [name for name in SOURCES if any(word in name.lower() for word in VAGUE)] == []


def test_no_module_hides_a_public_function() -> None:
    """Importing all modules of the library replaces no public function."""
    public = {name: getattr(search, name) for name in search.__all__}
    for module in pkgutil.walk_packages(search.__path__, "search."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    assert {name: getattr(search, name) for name in search.__all__} == public
    assert all(callable(each) for each in public.values())


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.stem)
def test_a_benchmark_imports_by_full_name(path: Path) -> None:
    """Benchmarks import each other as benchmarks.<question>.<module>, and nothing from tests."""
    packages = {name.partition(".")[0] for name in imports(ast.parse(path.read_text("utf-8")))}
    assert packages & {"tests", *(other.stem for other in BENCHMARKS)} == set()


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.stem)
def test_a_benchmark_accepts_its_options(path: Path) -> None:
    """Each option of a command is an argument of its function."""
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    command = getattr(importlib.import_module(name), "main", None)
    assert command or "@click.command" not in path.read_text(encoding="utf-8")
    if command:
        inspect.signature(command.callback).bind(**dict.fromkeys(p.name for p in command.params))


def test_tests_mirror_the_packages() -> None:
    """tests/<package>/test_<module>.py tests search/<package>/<module>.py, or a benchmark."""
    tests = ROOT / "tests"
    unmatched = []
    for path in (path.relative_to(tests) for path in tests.rglob("test_*.py")):
        module = path.with_name(path.name.removeprefix("test_"))
        exists = (ROOT / "search" / module).exists() or (ROOT / module).exists()
        if not exists and path.as_posix() not in NOT_NAMED_AFTER_A_MODULE:
            unmatched.append(path.as_posix())
    assert unmatched == []


def _import_statements(tree: ast.Module) -> list[ast.stmt]:
    """The imports at the top of a module."""
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
