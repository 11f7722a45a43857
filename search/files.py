"""JSON conversion, atomic file writes, and the cache folder. Imports neither torch nor Optuna."""

import glob
import json
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeVar, get_args

import cattrs
from cattrs.gen import make_dict_unstructure_fn, override
from cattrs.preconf.json import make_converter

from search.errors import FrugalError

V = TypeVar("V")
DESCRIPTOR = re.compile(r"/dev/(stdin|stdout|stderr)|/(?:dev|proc/self)/fd/(\d+)")
STDOUT = 1  # its file descriptor
ABANDONED = 3600.0  # seconds: an older partial file was left by a killed process
OTHER_FILE = "name another file with --out"
LEFT_OUT = "left out of JSON"  # key of a field's metadata, see `left_out`
DEEPEST = 100  # levels of lists and objects in JSON; blocks inside each other take up to 70
TOO_DEEP = f"more than {DEEPEST} lists and objects are inside each other"
TAG = "type"  # key of the class in JSON of a value whose type is a union of dataclasses
OMITTED = "omitted if default"  # key of a field's metadata, see `omitted`


def to_json(value: Any) -> str:
    """Return the value as one line of JSON, with keys in the order of its fields."""
    return json.dumps(to_data(value))


def to_data(value: Any) -> Any:
    """Return the value as plain dictionaries, lists, strings and numbers."""
    return _converter.unstructure(value)


def from_json(kind: type[V], text: str) -> V:
    """Return the value of type `kind` that `to_json` wrote, equal to the original.

    FrugalError if the text is not JSON, and in the cases of `from_data`.
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise FrugalError(f"invalid {kind.__name__}: not JSON, {error}") from error
    except RecursionError as error:
        raise FrugalError(f"invalid {kind.__name__}: {TOO_DEEP}") from error
    return from_data(kind, data)


def from_data(kind: type[V], data: Any) -> V:
    """Return the value of type `kind`, a dataclass, from plain data.

    Fields with a default are optional. FrugalError names every field that is missing, unknown, of
    the wrong type or invalid, with its path ($.recipe.rate).
    """
    if not isinstance(data, Mapping):
        raise FrugalError(f"invalid {kind.__name__}: {data!r:.60} is not a JSON object")
    if _is_too_deep(data):
        raise FrugalError(f"invalid {kind.__name__}: {TOO_DEEP}")
    try:
        return _converter.structure(data, kind)
    except cattrs.BaseValidationError as error:
        reasons = "; ".join(cattrs.transform_error(error, format_exception=_reason))
        raise FrugalError(f"invalid {kind.__name__}: {reasons}") from error


def _is_too_deep(data: Any) -> bool:
    """Return whether lists and objects are inside each other in more than DEEPEST levels."""
    level = [data]
    for _ in range(DEEPEST + 1):
        inside = [value.values() if isinstance(value, Mapping) else value for value in level]
        level = [v for values in inside for v in values if isinstance(v, Mapping | list)]
        if not level:
            return False
    return True


def _reason(error: BaseException, kind: type | None) -> str:
    if isinstance(error, FrugalError):
        return str(error)
    if isinstance(error, KeyError):
        return "required field missing"
    if isinstance(error, cattrs.ForbiddenExtraKeysError):
        return "unknown field " + ", ".join(sorted(error.extra_fields))
    if kind is not None and isinstance(error, TypeError | AttributeError):
        return f"not a {getattr(kind, '__name__', kind)}"
    return str(error).replace("typing.Literal", "")


def _exactly(types: tuple[type, ...], words: str) -> Callable[[Any, Any], Any]:
    """Return a hook that accepts only these types: 3.7 is not a width, "false" is not a flag."""

    def hook(value: Any, kind: Any) -> Any:
        if type(value) not in types:
            raise FrugalError(f"{value!r:.60} is not {words}")
        return kind(value)

    return hook


def left_out(value: Any) -> dict[str, Any]:
    """Return metadata for a dataclass field that gets this value if JSON does not contain it.

    Use it when a default changes: JSON that was written before keeps its meaning.
    """
    return {LEFT_OUT: value}


def omitted() -> dict[str, Any]:
    """Return metadata for a dataclass field that JSON omits while it has its default.

    Use it for a new field: JSON of values that do not use it is the same as before.
    """
    return {OMITTED: True}


def _omitted_fields(kind: Any) -> list[str]:
    """Names of the fields with `omitted`; empty if `kind` is not a dataclass."""
    if not (isinstance(kind, type) and is_dataclass(kind)):
        return []
    return [f.name for f in fields(kind) if OMITTED in f.metadata]


def _without_omitted_fields(kind: Any) -> Callable[[Any], Any]:
    omit: dict[str, Any] = {name: override(omit_if_default=True) for name in _omitted_fields(kind)}
    return make_dict_unstructure_fn(kind, _converter, **omit)


def _left_out_values(kind: Any) -> dict[str, Any]:
    """Values of `left_out` by field, as plain data; empty if `kind` is not a dataclass."""
    if not (isinstance(kind, type) and is_dataclass(kind)):
        return {}
    found = {f.name: f.metadata[LEFT_OUT] for f in fields(kind) if LEFT_OUT in f.metadata}
    return {name: to_data(value) for name, value in found.items()}


def _with_left_out_values(kind: Any) -> Callable[[Any, Any], Any]:
    structure, values = _converter.gen_structure_attrs_fromdict(kind), _left_out_values(kind)

    def hook(data: Any, kind: Any) -> Any:
        return structure({**values, **data} if isinstance(data, Mapping) else data, kind)

    return hook


def _is_tagged(kind: Any) -> bool:
    """Whether a type is a union of dataclasses, of which JSON names the class."""
    return isinstance(kind, UnionType) and all(map(is_dataclass, get_args(kind)))


def _tagged_structure(kind: Any) -> Callable[[Any, Any], Any]:
    names = {member.__name__.lower(): member for member in get_args(kind)}
    default = get_args(kind)[0].__name__.lower()

    def hook(data: Any, _: Any) -> Any:
        if not isinstance(data, Mapping):
            raise FrugalError(f"{data!r:.60} is not a JSON object")
        name = data.get(TAG, default)
        if not isinstance(name, str) or name not in names:
            raise FrugalError(f"unknown type {name!r:.60}: use one of {', '.join(names)}")
        return _converter.structure({k: v for k, v in data.items() if k != TAG}, names[name])

    return hook


def _tagged_unstructure(kind: Any) -> Callable[[Any], Any]:
    default = get_args(kind)[0]

    def hook(value: Any) -> Any:
        data = _converter.unstructure(value, type(value))
        return data if type(value) is default else {TAG: type(value).__name__.lower(), **data}

    return hook


# cattrs's own hooks for unions come before those that are registered for a union by its type
NUMBERS = (float | tuple[float, ...] | None,)
PAIRS = (
    int | tuple[int, int],
    int | tuple[int, int] | Literal["same"],
    int | Literal["depthwise"],
)


def _number_or_pair(value: Any, _: Any) -> Any:
    """A whole number, a list of whole numbers, or a word."""
    if isinstance(value, list):
        return tuple(_converter.structure(item, int) for item in value)
    return value if isinstance(value, str) else _converter.structure(value, int)


def _number_or_numbers(value: Any, _: Any) -> float | tuple[float, ...] | None:
    """A number, a list of numbers, or null."""
    if value is None:
        return None
    if isinstance(value, list):
        return tuple(_converter.structure(item, float) for item in value)
    return _converter.structure(value, float)


_converter = make_converter(forbid_extra_keys=True, unstruct_collection_overrides={tuple: list})
_converter.register_structure_hook(int, _exactly((int,), "a whole number"))
_converter.register_structure_hook(float, _exactly((int, float), "a number"))
_converter.register_structure_hook(bool, _exactly((bool,), "true or false"))
_converter.register_structure_hook(str, _exactly((str,), "a string"))
_converter.register_structure_hook_func(lambda kind: kind in NUMBERS, _number_or_numbers)
_converter.register_structure_hook_func(lambda kind: kind in PAIRS, _number_or_pair)
_converter.register_structure_hook_factory(_is_tagged, _tagged_structure)
_converter.register_unstructure_hook_factory(_is_tagged, _tagged_unstructure)
_converter.register_unstructure_hook_factory(
    lambda kind: bool(_omitted_fields(kind)), _without_omitted_fields
)
_converter.register_structure_hook_factory(
    lambda kind: bool(_left_out_values(kind)), _with_left_out_values
)


def read_file(kind: type[V], path: Path) -> V | None:
    """Return the value that `write_file` wrote; None if the file does not exist."""
    if not path.exists():
        return None
    return from_json(kind, path.read_text(encoding="utf-8"))


def write_file(value: Any, path: Path) -> Path:
    """Write a value as one line of JSON; see `write_whole`."""
    return write_whole(path, to_json(value) + "\n")


def write_whole(path: Path, content: str | bytes, remedy: str = "") -> Path:
    """Write a file atomically, replacing an existing one, and return its path.

    Text is written as UTF-8. For a symbolic link, the target is replaced. Devices and pipes are
    written to directly. FrugalError if the file cannot be written; remedy: the end of that message,
    which says what to do. If the process is killed, the existing file stays unchanged. A hidden
    file ending in ".part" may remain next to it; a later write of the same file removes it.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        if is_stream(path):
            _write_to_stream(path, data)
        else:
            _replace(path.resolve(), data)
    except OSError as error:
        reason = f"cannot write {path}: {error.strerror or error}"
        raise FrugalError(f"{reason}; {remedy}" if remedy else reason) from error
    return path


def is_stream(path: Path) -> bool:
    """Whether the path is a device, a pipe or an open file of this process (/dev/stdout)."""
    if _descriptor(path) is not None:
        return True
    return path.exists() and not path.is_file() and not path.is_dir()


def is_stdout(path: Path) -> bool:
    """Whether the path is the standard output of this process."""
    return _descriptor(path) == STDOUT


def _descriptor(path: Path) -> int | None:
    """Return the file descriptor that a path such as /dev/fd/3 names; None for other paths."""
    match = DESCRIPTOR.fullmatch(str(path))
    if match is None:
        return None
    return {"stdin": 0, "stdout": STDOUT, "stderr": 2}.get(match[1]) or int(match[2] or 0)


def _write_to_stream(path: Path, data: bytes) -> None:
    """Write to a stream; for an open file, at its current position (reopening would rewind it)."""
    sys.stdout.flush()
    descriptor = _descriptor(path)
    with os.fdopen(os.dup(descriptor), "wb") if descriptor is not None else path.open("wb") as file:
        file.write(data)


def _replace(path: Path, data: bytes) -> None:
    part = path.parent / f".{path.name}.{os.getpid()}.part"  # two processes may write the same file
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        with suppress(OSError):  # after a successful replace it does not exist
            part.unlink()
    _remove_abandoned_parts(path)


def _remove_abandoned_parts(path: Path) -> None:
    """Remove partial files of killed processes; no write takes as long as ABANDONED."""
    oldest = time.time() - ABANDONED
    with suppress(OSError):
        for part in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
            if part.stat().st_mtime < oldest:
                part.unlink()


def write_own(
    path: Path, content: str | bytes, is_own: Callable[[Path], bool], force: bool
) -> Path:
    """Write a file to a path that the user gave; see `write_whole`.

    FrugalError as in `check_replaceable`. is_own: recognises files written by this program.
    """
    check_replaceable(path, is_own, force)
    return write_whole(path, content, OTHER_FILE)


def check_replaceable(path: Path, is_own: Callable[[Path], bool], force: bool) -> None:
    """Raise FrugalError for a folder and, unless force, for a file that is not this program's."""
    if path.is_dir():
        raise FrugalError(f"{path} is a folder: {OTHER_FILE}")
    if not force and not is_stream(path) and path.exists() and not is_own(path):
        raise FrugalError(
            f"{path} exists and was not written by this program: {OTHER_FILE}, or replace it with "
            "--force"
        )


def make_writable(folder: Path, remedy: str) -> Path:
    """Create a folder and its parents if they do not exist, and return it.

    FrugalError if it cannot be created or written to. remedy: the end of that message.
    """
    probe = folder / ".writable"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink(missing_ok=True)
    except OSError as error:
        raise FrugalError(f"cannot write {folder}: {error.strerror or error}; {remedy}") from error
    return folder


def has_sign(path: Path, sign: str, within: int) -> bool:
    """Whether the first `within` characters of a file contain `sign`; FrugalError if unreadable."""
    try:
        return sign in path.read_text(encoding="utf-8", errors="replace")[:within]
    except OSError as error:
        raise FrugalError(f"cannot read {path}: {error.strerror or error}") from error


def default_cache() -> Path:
    """Folder for downloads and compiled code: $XDG_CACHE_HOME/frugal, else ~/.cache/frugal."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "frugal"
