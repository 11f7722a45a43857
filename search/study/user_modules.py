"""The user's code: space.py, objective.py and the user's own modules that they import.

`UserCode` reads these files once, and stores and executes their text. Its modules are in
`sys.modules` only while its code runs. Modules of the same name in two studies therefore do not
conflict, and the next `UserCode` reads edited modules again. Does not import torch.
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
# Names of modules that space.py and objective.py import from elsewhere. A module of the user with
# such a name would be ignored, or would hide the program's.
TAKEN = sys.stdlib_module_names | {PACKAGE.name, "numpy", "optuna", "torch", "torchvision"}
INSTALLED = {"site-packages", "dist-packages"}  # folders of installed packages
FILES_OF_STUDY = ("best.py", "running/", "weights/")  # names that a study's folder uses itself
NOT_SOURCE = (*EXTENSION_SUFFIXES, *BYTECODE_SUFFIXES)
ONE_AT_A_TIME = threading.RLock()  # sys.modules is global to the process

# Frames between an import statement and its finder: frozen ones by file, others by name.
IMPORTING = {"<frozen importlib._bootstrap>", "importlib", __name__}

Name = tuple[str, ...]  # ("my_blocks", "wide") for the module my_blocks.wide
Import = tuple[Name, int]  # the name and the line of the import statement


class ModuleError(FrugalError):
    """A module that a study cannot store; `UserCode` adds file and line of the import."""


@dataclass(frozen=True)
class SourceFile:
    """The text of a Python file. path: its location, for errors and for `__file__`."""

    path: Path
    text: str

    def parsed(self) -> ast.Module:
        """Return the syntax tree; FrugalError with the line of a syntax error."""
        try:
            return ast.parse(self.text, str(self.path))
        except SyntaxError as error:
            raise FrugalError(f"{self.path}, line {error.lineno}: {error.msg}") from error
        except ValueError as error:
            raise FrugalError(f"{self.path}: {error}") from error


@dataclass(frozen=True)
class FolderModules:
    """The user's modules on disk: in the file's folder, then in the user's folders in sys.path.

    The latter are the current directory, and subfolders and parent folders of the file's folder.
    """

    folder: Path

    def beside(self) -> set[str]:
        """Return the names of the modules and packages in the file's folder."""
        modules = {path.stem for path in self.folder.glob("*.py")}
        packages = {path.parent.name for path in self.folder.glob("*/__init__.py")}
        return (modules | packages) - TAKEN

    def find(self, name: Name) -> tuple[str, SourceFile] | None:
        """Return (path in a study's folder, file) of a module; None if it is not the user's own.

        ModuleError if its name is reserved or it is not Python source.
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
        """The folder of a module's top-level package; namespace packages come last."""
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
                f"{path} has the name of a module of Python or of this program, so importing "
                f"{name} is ambiguous: rename the file"
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
    """The modules stored in a study, by path in its folder."""

    folder: Path
    texts: Mapping[str, str]

    def beside(self) -> set[str]:
        """Return no names: all modules are known already."""
        return set()

    def files(self) -> dict[str, SourceFile]:
        """Return all modules by path."""
        return {path: SourceFile(self.folder / path, text) for path, text in self.texts.items()}

    def find(self, name: Name) -> tuple[str, SourceFile] | None:
        """Return (path, file) of a module; None if it is not stored in the study."""
        for path in _candidates(name):
            if path in self.texts:
                return path, SourceFile(self.folder / path, self.texts[path])
        return None


@dataclass(frozen=True)
class MainFile:
    """space.py or objective.py, and the source of its modules."""

    file: SourceFile
    modules: FolderModules | RecordedModules

    @classmethod
    def on_disk(cls, path: Path) -> "MainFile":
        """Read the file at a path; FrugalError if it cannot be read."""
        return cls(read_source(path), FolderModules(path.parent))


class UserCode(MetaPathFinder, InspectLoader):
    """One or both of the two files, with the user's own modules that they import.

    All modules named in import statements, also within functions, are found before any code is
    executed. FrugalError for a syntax error in one of them, or if the two files import different
    modules of the same name.
    """

    def __init__(self, mains: Mapping[str, MainFile]) -> None:
        # files on disk come first: they are compared with the stored ones when a study is resumed
        self._mains = dict(
            sorted(mains.items(), key=lambda m: isinstance(m[1].modules, RecordedModules))
        )
        self._found_by = {f"{name}.py": main for name, main in self._mains.items()}
        self._sources = {path: main.file for path, main in self._found_by.items()}
        self._beside = set[str]().union(*(main.modules.beside() for main in mains.values()))
        self._loaded: dict[str, ModuleType] = {}
        self._path: list[str] = []  # entries that the user's code added to sys.path
        self._active = False
        self._complete = False
        self._collect_all()
        self._add_recorded()

    def file(self, name: str) -> SourceFile:
        """Return the file of the module "space" or "objective"."""
        return self._mains[name].file

    def execute(self, name: str) -> ModuleType:
        """Execute "space" or "objective". Errors of the user's code are not caught."""
        with self._importable():
            return importlib.import_module(name)

    def bound(self, function: Callable[P, R]) -> Callable[P, R]:
        """Return the function with access to the user's own modules while it runs."""

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            with self._importable():
                return function(*args, **kwargs)

        return call

    def complete(self) -> tuple[tuple[str, str], ...]:
        """Return (path in the study's folder, source text) of every module after execution.

        A study stores these. Importing any other module of the user later is an ImportError.
        """
        with self._importable():
            self._collect_all()  # again, because the code may have added folders to sys.path
        self._complete = True
        modules = sorted(self._sources.keys() - {f"{name}.py" for name in FILES})
        return tuple((path, self._sources[path].text) for path in modules)

    # finding modules

    def _collect_all(self) -> None:
        for path, file in list(self._sources.items()):
            self._collect(file, _package(path), self._found_by[path])

    def _add_recorded(self) -> None:
        """Add the modules stored in a study, except those found on disk."""
        for main in self._mains.values():
            if isinstance(main.modules, RecordedModules):
                for path, file in main.modules.files().items():
                    self._sources.setdefault(path, file)
                    self._found_by.setdefault(path, main)

    def _collect(self, file: SourceFile, package: Name, main: MainFile) -> None:
        """Add every module that a file's import statements name, recursively."""
        for name, line in _imports(file.parsed(), package):
            try:
                self._add(name, main)
            except ModuleError as error:
                raise FrugalError(f"{file.path}, line {line}: {error}") from error

    def _add(self, name: Name, main: MainFile) -> bool:
        """Add a module if it is the user's own; return whether it is."""
        found = main.modules.find(name)
        if found is None:
            return False
        path, file = found
        if path in self._sources:
            mains = (main, self._found_by[path])
            if not any(isinstance(each.modules, RecordedModules) for each in mains):
                _check_same(self._sources[path], file)
            return True  # stored modules are compared when the study is resumed
        if path.startswith(FILES_OF_STUDY):
            raise ModuleError(
                f"{file.path} is imported, but a study's folder has its own {path}: "
                "rename the module"
            )
        self._sources[path], self._found_by[path] = file, main
        self._collect(file, _package(path), main)
        return True

    # importing modules

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Implement Python's import: the spec of one of the user's own modules, or None."""
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
            return ModuleSpec(fullname, self, is_package=True)  # a namespace package
        return None

    def _find_later(self, name: Name) -> bool:
        """Find a module that is imported by importlib.import_module, not by a statement."""
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
        """The user's file that caused the current import; None if a library caused it."""
        frame = sys._getframe()  # noqa: SLF001 # as `warnings` and `logging` do to find their caller
        while frame.f_back and IMPORTING & {frame.f_code.co_filename, frame.f_globals["__name__"]}:
            frame = frame.f_back
        return frame.f_code.co_filename if frame.f_globals.get("__loader__") is self else None

    def create_module(self, spec: ModuleSpec) -> None:
        """Implement Python's import: return None for a default module."""

    def exec_module(self, module: ModuleType) -> None:
        """Implement Python's import: execute the module's text."""
        name = module.__name__
        self._loaded[name] = module
        path = next((path for path in _paths(name) if path in self._sources), None)
        if path is not None:
            file = self._sources[path]
            exec(compile(file.text, str(file.path), "exec"), module.__dict__)  # noqa: S102 # the user's own

    def get_source(self, fullname: str) -> str:
        """Return the text of one of the user's modules for tracebacks; "" if there is none."""
        texts = [self._sources[path].text for path in _paths(fullname) if path in self._sources]
        return texts[0] if texts else ""

    @contextmanager
    def _importable(self) -> Iterator[None]:
        """Let imports within the block find the user's modules instead of others of these names."""
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
        """Remove other modules with names of the user's from sys.modules, and return them."""
        tops = {path.partition("/")[0].removesuffix(".py") for path in self._sources}
        others = {
            name for name in self._beside & sys.modules.keys() if not _is_installed_module(name)
        }
        tops = (tops & sys.modules.keys()) | others
        names = [name for name in sys.modules if name.partition(".")[0] in tops] if tops else []
        return {name: sys.modules.pop(name) for name in names}


def read_source(path: Path) -> SourceFile:
    """Read a UTF-8 file; FrugalError if it cannot be read."""
    try:
        return SourceFile(path, path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise FrugalError(f"cannot read {path}: {error}") from error


def _candidates(name: Name) -> tuple[str, str]:
    """The possible paths of a module, in the order of Python's search."""
    path = "/".join(name)
    return f"{path}/__init__.py", f"{path}.py"


def _paths(fullname: str) -> tuple[str, str]:
    return _candidates(tuple(fullname.split(".")))


def _package(path: str) -> Name:
    """The package for relative imports of the module at a path: itself if it is a package."""
    return tuple(path.split("/")[:-1])


def _check_same(known: SourceFile, file: SourceFile) -> None:
    """Raise ModuleError if two modules of one name differ: a study has one folder for them."""
    if not same_source(known.text, file.text):
        raise ModuleError(
            f"{file.path} is imported, but {known.path} has the same name and different content: a "
            "study stores both files and their modules in one folder; rename one of them"
        )


def _is_on_path(name: str) -> bool:
    """Whether Python finds a module or package of that name, except namespace packages."""
    spec = PathFinder.find_spec(name)
    return spec is not None and spec.loader is not None


def _is_installed_module(name: str) -> bool:
    """Whether the module in sys.modules is from an installed package."""
    file = getattr(sys.modules.get(name), "__file__", None)
    return file is not None and bool(INSTALLED & set(Path(file).parts))


def _imports(tree: ast.Module, package: Name) -> Iterator[Import]:
    """Yield every possible module name in import statements: packages before their modules.

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
