"""The user's code: space.py, objective.py and the modules of the user's own that they import.

`UserCode` reads these files once, keeps their text and executes that text. Its modules are in
`sys.modules` only while its code runs: modules of the same name in two studies stay apart, and a
module that was edited is read anew by the next `UserCode`. No torch.
"""

import ast
import importlib
import sys
import sysconfig
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import BYTECODE_SUFFIXES, EXTENSION_SUFFIXES, ModuleSpec, PathFinder
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import ParamSpec, TypeVar

from search.errors import FrugalError
from search.study.settings import FILES, same_source

P = ParamSpec("P")
R = TypeVar("R")
PACKAGE = Path(__file__).resolve().parents[1]
# Names that space.py and objective.py import from elsewhere, so that a module beside them with
# such a name would be either ignored or in the way of the program.
TAKEN = sys.stdlib_module_names | {PACKAGE.name, "numpy", "optuna", "torch", "torchvision"}
INSTALLED = {"site-packages", "dist-packages"}  # folders of installed packages, not of the user's
FILES_OF_STUDY = ("best.py", "running/", "weights/")  # what a study's folder holds itself
NOT_SOURCE = (*EXTENSION_SUFFIXES, *BYTECODE_SUFFIXES)
ONE_AT_A_TIME = threading.RLock()  # sys.modules belongs to the whole process

# Frames between an import and its finder: by file for what is frozen, by name for the rest.
IMPORTING = {"<frozen importlib._bootstrap>", "importlib", __name__}

Name = tuple[str, ...]  # ("my_blocks", "wide") of the module my_blocks.wide
Import = tuple[Name, int]  # the name and the line of the statement


class ModuleError(FrugalError):
    """A module that a study cannot keep; the place of its import is added by `UserCode`."""


@dataclass(frozen=True)
class SourceFile:
    """The text of a Python file. path: where it lies, for errors and for `__file__`."""

    path: Path
    text: str

    def parsed(self) -> ast.Module:
        """The syntax tree; FrugalError with the line that is no Python."""
        try:
            return ast.parse(self.text, str(self.path))
        except SyntaxError as error:
            raise FrugalError(f"{self.path}, line {error.lineno}: {error.msg}") from error
        except ValueError as error:
            raise FrugalError(f"{self.path}: {error}") from error


@dataclass(frozen=True)
class FolderModules:
    """The modules that a file finds on disk: beside it, then in folders of the user's in sys.path.

    Those are the current directory, folders within the file's own and folders around it.
    """

    folder: Path

    def beside(self) -> set[str]:
        """The names of the modules and packages beside the file."""
        modules = {path.stem for path in self.folder.glob("*.py")}
        packages = {path.parent.name for path in self.folder.glob("*/__init__.py")}
        return (modules | packages) - TAKEN

    def find(self, name: Name) -> tuple[str, SourceFile] | None:
        """(path in a study's folder, file) of a module; None if it is not one of the user's own.

        FrugalError where it has the name of another module or is no Python source.
        """
        if name[0] in TAKEN:
            self._check_free(name[0])
            return None
        root = self._root(name)
        if root is None:
            return None
        for path in _candidates(name):
            if (root / path).is_file():
                return path, read_source(root / path)
        self._check_source(root, name)
        return None

    def _root(self, name: Name) -> Path | None:
        """The folder of a module's uppermost package; a folder without __init__.py comes last."""
        top = name[:1]
        for root in self._roots():
            if any((root / path).is_file() for path in _candidates(top)):
                return root
            self._check_source(root, top)
        spaces = [root for root in self._roots() if (root / top[0]).is_dir()]
        return spaces[0] if len(name) > 1 and spaces and not _is_on_path(top[0]) else None

    def _roots(self) -> list[Path]:
        listed = [Path(entry).resolve() for entry in sys.path]
        return list(dict.fromkeys([self.folder, *filter(self._is_own, listed)]))

    def _is_own(self, root: Path) -> bool:
        folder, standard = self.folder.resolve(), Path(sysconfig.get_path("stdlib")).resolve()
        if INSTALLED & set(root.parts) or root.is_relative_to(standard):
            return False
        return root == Path.cwd() or root.is_relative_to(folder) or folder.is_relative_to(root)

    def _check_free(self, name: str) -> None:
        module, package = self.folder / f"{name}.py", self.folder / name / "__init__.py"
        if module.is_file() or (package.is_file() and name != PACKAGE.name):
            path = module if module.is_file() else package
            raise ModuleError(
                f"{path} has the name of a module of Python or of this program, but {name} is "
                "imported: rename the file"
            )

    def _check_source(self, root: Path, name: Name) -> None:
        folder = root.joinpath(*name[:-1])
        for suffix in NOT_SOURCE:
            if (path := folder / f"{name[-1]}{suffix}").is_file():
                raise ModuleError(
                    f"{path} is imported, but a study stores modules as Python source: put its "
                    ".py file there, or install it as a package"
                )


@dataclass(frozen=True)
class RecordedModules:
    """The modules that a study has kept, by their path in its folder."""

    folder: Path
    texts: Mapping[str, str]

    def beside(self) -> set[str]:
        """No name: all of them are known already."""
        return set()

    def files(self) -> dict[str, SourceFile]:
        """All of them by path."""
        return {path: SourceFile(self.folder / path, text) for path, text in self.texts.items()}

    def find(self, name: Name) -> tuple[str, SourceFile] | None:
        """(path, file) of a module; None if the study does not hold it."""
        for path in _candidates(name):
            if path in self.texts:
                return path, SourceFile(self.folder / path, self.texts[path])
        return None


@dataclass(frozen=True)
class MainFile:
    """space.py or objective.py, from wherever it comes, and where its modules are found."""

    file: SourceFile
    modules: FolderModules | RecordedModules

    @classmethod
    def on_disk(cls, path: Path) -> "MainFile":
        """The file at a path; FrugalError where it cannot be read."""
        return cls(read_source(path), FolderModules(path.parent))


class UserCode(MetaPathFinder, InspectLoader):
    """One or both of the two files, with the user's own modules that they import.

    It finds all modules that import statements name, in functions too, before anything is executed.
    FrugalError where one is no Python, or where the two files import different modules of the same
    name.
    """

    def __init__(self, mains: Mapping[str, MainFile]) -> None:
        # what lies on disk comes first: it is compared with the record when a study is resumed
        self._mains = dict(
            sorted(mains.items(), key=lambda m: isinstance(m[1].modules, RecordedModules))
        )
        self._found_by = {f"{name}.py": main for name, main in self._mains.items()}
        self._sources = {path: main.file for path, main in self._found_by.items()}
        self._beside = set[str]().union(*(main.modules.beside() for main in mains.values()))
        self._loaded: dict[str, ModuleType] = {}
        self._path: list[str] = []  # what the user's code has put into sys.path
        self._active = False
        self._complete = False
        self._collect_all()
        self._add_recorded()

    def file(self, name: str) -> SourceFile:
        """The file that is imported as "space" or "objective"."""
        return self._mains[name].file

    def execute(self, name: str) -> ModuleType:
        """Executes "space" or "objective". Raises what the user's code raises."""
        with self._importable():
            return importlib.import_module(name)

    def bound(self, function: Callable[P, R]) -> Callable[P, R]:
        """The function, so that imports that it executes find the user's own modules."""

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            with self._importable():
                return function(*args, **kwargs)

        return call

    def complete(self) -> tuple[tuple[str, str], ...]:
        """(path in the study's folder, source text) of every module, once all is executed.

        A study records these; code that asks for another module later gets an ImportError.
        """
        with self._importable():
            self._collect_all()  # again, for the code may have added folders to sys.path
        self._complete = True
        modules = sorted(self._sources.keys() - {f"{name}.py" for name in FILES})
        return tuple((path, self._sources[path].text) for path in modules)

    # modules are found

    def _collect_all(self) -> None:
        for path, file in list(self._sources.items()):
            self._collect(file, _package(path), self._found_by[path])

    def _add_recorded(self) -> None:
        """Adds what a study has recorded, unless another file of that name was found on disk."""
        for main in self._mains.values():
            if isinstance(main.modules, RecordedModules):
                for path, file in main.modules.files().items():
                    self._sources.setdefault(path, file)
                    self._found_by.setdefault(path, main)

    def _collect(self, file: SourceFile, package: Name, main: MainFile) -> None:
        """Adds every module that the import statements of a file name, with those they import."""
        for name, line in _imports(file.parsed(), package):
            try:
                self._add(name, main)
            except ModuleError as error:
                raise FrugalError(f"{file.path}, line {line}: {error}") from error

    def _add(self, name: Name, main: MainFile) -> bool:
        """Whether the name is that of a module of the user's own."""
        found = main.modules.find(name)
        if found is None:
            return False
        path, file = found
        if path in self._sources:
            mains = (main, self._found_by[path])
            if not any(isinstance(each.modules, RecordedModules) for each in mains):
                _check_same(self._sources[path], file)
            return True  # what is recorded is compared when the study is resumed
        if path.startswith(FILES_OF_STUDY):
            raise ModuleError(
                f"{file.path} is imported, but a study's folder has its own {path}: "
                "rename the module"
            )
        self._sources[path], self._found_by[path] = file, main
        self._collect(file, _package(path), main)
        return True

    # modules are imported

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """For Python's import: one of the user's own modules, or None."""
        name = tuple(fullname.split("."))
        known = next((path for path in _paths(fullname) if path in self._sources), None)
        folder = "/".join(name)
        if known is None and self._find_later(name):
            return self.find_spec(fullname, path, target)
        if known is not None:
            is_package = known.endswith("/__init__.py")
            inside = [str(self._sources[known].path.parent)] if is_package else None
            return spec_from_file_location(
                fullname,
                self._sources[known].path,
                loader=self,
                submodule_search_locations=inside,
            )
        if any(source.startswith(f"{folder}/") for source in self._sources):
            return ModuleSpec(fullname, self, is_package=True)  # a folder without __init__.py
        return None

    def _find_later(self, name: Name) -> bool:
        """Finds a module that no import statement names, but importlib.import_module does."""
        importer = self._importing_module()
        if importer is None:
            return False
        if not self._complete:
            return any(self._add(name, main) for main in self._mains.values())
        if any(main.modules.find(name) for main in self._mains.values()):
            raise ImportError(
                f"a study stores only modules named in import statements, and none names "
                f"{'.'.join(name)}: add one to {importer}"
            )
        return False

    def _importing_module(self) -> str | None:
        """The file of the user's that asks for the import under way; None if a library asks."""
        frame = sys._getframe()  # noqa: SLF001 # as `warnings` and `logging` look for their caller
        while frame.f_back and IMPORTING & {frame.f_code.co_filename, frame.f_globals["__name__"]}:
            frame = frame.f_back
        return frame.f_code.co_filename if frame.f_globals.get("__loader__") is self else None

    def create_module(self, spec: ModuleSpec) -> None:
        """For Python's import: a plain module."""

    def exec_module(self, module: ModuleType) -> None:
        """For Python's import: executes the module's text."""
        name = module.__name__
        self._loaded[name] = module
        path = next((path for path in _paths(name) if path in self._sources), None)
        if path is not None:
            file = self._sources[path]
            exec(compile(file.text, str(file.path), "exec"), module.__dict__)  # noqa: S102 # the user's own

    def get_source(self, fullname: str) -> str:
        """For tracebacks: the text of one of the user's modules, "" if there is none."""
        texts = [self._sources[path].text for path in _paths(fullname) if path in self._sources]
        return texts[0] if texts else ""

    @contextmanager
    def _importable(self) -> Iterator[None]:
        """Within the block, imports find the user's modules and no others of those names."""
        with ONE_AT_A_TIME:
            if self._active:
                yield
                return
            before, hidden = sys.path[:], self._take_out()
            sys.modules.update(self._loaded)
            sys.meta_path.insert(0, self)
            sys.path[:] = [*self._path, *before]
            self._active = True
            try:
                yield
            finally:
                self._active = False
                sys.meta_path.remove(self)
                self._path = [entry for entry in sys.path if entry not in before]
                sys.path[:] = before
                found = {name: sys.modules.pop(name, None) for name in self._loaded}
                self._loaded = {name: module for name, module in found.items() if module}
                sys.modules.update(hidden)

    def _take_out(self) -> dict[str, ModuleType]:
        """Removes modules that have the names of the user's from sys.modules, and returns them."""
        tops = {path.partition("/")[0].removesuffix(".py") for path in self._sources}
        others = {
            name for name in self._beside & sys.modules.keys() if not _is_installed_module(name)
        }
        tops = (tops & sys.modules.keys()) | others
        names = [name for name in sys.modules if name.partition(".")[0] in tops] if tops else []
        return {name: sys.modules.pop(name) for name in names}


def read_source(path: Path) -> SourceFile:
    """The text of a file, which is UTF-8; FrugalError where it cannot be read."""
    try:
        return SourceFile(path, path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise FrugalError(f"cannot read {path}: {error}") from error


def _candidates(name: Name) -> tuple[str, str]:
    """The paths that a module may have, in the order in which Python looks for them."""
    path = "/".join(name)
    return f"{path}/__init__.py", f"{path}.py"


def _paths(fullname: str) -> tuple[str, str]:
    return _candidates(tuple(fullname.split(".")))


def _package(path: str) -> Name:
    """The package of the module at a path: itself if it is one, for relative imports."""
    return tuple(path.split("/")[:-1])


def _check_same(known: SourceFile, file: SourceFile) -> None:
    """ModuleError where two modules of one name differ: a study has one folder for them."""
    if not same_source(known.text, file.text):
        raise ModuleError(
            f"{file.path} is imported, but {known.path} has the same name and different content: a "
            "study stores both files and their modules in one folder; rename one of them"
        )


def _is_on_path(name: str) -> bool:
    """Whether Python finds a package or module of that name, folders without __init__.py aside."""
    spec = PathFinder.find_spec(name)
    return spec is not None and spec.loader is not None


def _is_installed_module(name: str) -> bool:
    """Whether the module in sys.modules is that of an installed package."""
    file = getattr(sys.modules.get(name), "__file__", None)
    return file is not None and bool(INSTALLED & set(Path(file).parts))


def _imports(tree: ast.Module, package: Name) -> Iterator[Import]:
    """Every name that an import statement may mean: packages first, then what is within them.

    package: of the module, for relative imports.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _with_packages(tuple(alias.name.split(".")), node.lineno)
        elif isinstance(node, ast.ImportFrom) and node.level <= len(package):
            parent = package[: len(package) + 1 - node.level] if node.level else ()
            base = (*parent, *(node.module.split(".") if node.module else ()))
            for alias in node.names:
                yield from _with_packages((*base, alias.name), node.lineno)


def _with_packages(name: Name, line: int) -> Iterator[Import]:
    return ((name[:length], line) for length in range(1, len(name) + 1))
