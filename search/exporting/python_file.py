"""Export of architecture and weights as one readable Python file that requires only torch.

The file is `template.py` with the layers, values and weights of the network instead of the
template's, and with the code of `search.data` that reads images. Its docstring states the origin
and contains the candidate and the training run as JSON, which `read_candidate` and `read_run` read
back. Never imports Optuna itself.
"""

import ast
import json
import re
import textwrap
import zlib
from base64 import b85encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from inspect import getsource
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from search.candidates.candidate import Candidate
from search.candidates.wording import parameter_words
from search.data import image_file, mnist_layout
from search.errors import FrugalError
from search.exporting.network_source import WIDTH, network_statements
from search.exporting.origin import IDENTITY_WORD, Origin, TrainedRun
from search.exporting.weight_formats import weight_arrays
from search.files import from_data, has_sign, to_data, write_own

TEMPLATE = Path(__file__).with_name("template.py")
SIGN = "A network found by Frugal"  # start of every exported file, which marks it as ours
IDENTITY = re.compile(rf"\({IDENTITY_WORD}\s+([0-9a-f]{{32}})\)")
GLUE = "\N{NO-BREAK SPACE}"  # keeps a key and its value on one line
RUN = 1  # index of the training run among the JSON objects of the docstring, after the candidate
KINDS = {1: "greyscale", 3: "RGB"}  # kinds of images by number of channels


def export_source(origin: Origin, weights: Mapping[str, np.ndarray]) -> str:
    """The text of an exported file. weights: the scored weights; FrugalError if they do not fit."""
    measured = origin.measured
    architecture = origin.candidate.architecture
    return _fill_template(
        {
            "__doc__": _docstring(origin),
            "IMAGE": str(architecture.image),
            "CLASSES": _tuple(origin.class_names),
            "MEAN": _tuple(measured.mean),
            "STD": _tuple(measured.std),
            "BACKGROUND": json.dumps(measured.background),
            "TURNED": str(measured.turned),
            **network_statements(architecture),
            **_reading(digits=measured.mnist_layout),
            "WEIGHTS": _encode_weights(weight_arrays(architecture, weights)),
        }
    )


def write_export(text: str, path: Path, *, force: bool = False) -> None:
    """Write an exported file; `force` allows replacing an existing file that is not an export."""
    write_own(path, text, is_export, force)


def is_export(path: Path) -> bool:
    """Whether a file is an exported network; FrugalError if it cannot be read."""
    return has_sign(path, SIGN, WIDTH)


def write_copy(text: str, path: Path, identity: str) -> None:
    """Write a copy of an exported file into its study's folder if possible. identity: of the study.

    The copy is only a convenience: a file of another study, or one that cannot be replaced, is kept
    without an error.
    """
    if _identity(path) in ("", identity):
        with suppress(FrugalError):
            write_export(text, path)


def _identity(path: Path) -> str:
    """The identity of the study recorded in an exported file; "" if there is none."""
    try:
        named = IDENTITY.search(path.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ""
    return named[1] if named else ""


def read_candidate(path: Path) -> Candidate:
    """The candidate recorded in an exported file, equal to the one that was trained."""
    return from_data(Candidate, _json_objects(path)[0])


def read_run(path: Path) -> TrainedRun:
    """The training that produced an exported file's weights; FrugalError if it is not recorded."""
    objects = _json_objects(path)
    if len(objects) < RUN + 1:
        raise FrugalError(
            f"{path} does not record its training run: export the network again with python -m "
            "search export"
        )
    return from_data(TrainedRun, objects[RUN])


def _json_objects(path: Path) -> list[Any]:
    """The JSON objects in the docstring of an exported file, in order."""
    try:
        docstring = ast.get_docstring(ast.parse(path.read_bytes())) or ""
        start, objects = docstring.index("\n{") + 1, []
        while start:
            data, end = json.JSONDecoder().raw_decode(docstring, start)
            objects.append(data)
            start = docstring.find("\n{", end) + 1
    except OSError as error:
        raise FrugalError(f"cannot read {path}: {error.strerror or error}") from error
    except (SyntaxError, ValueError) as error:
        raise FrugalError(
            f"{path} is not an exported network: its docstring must contain a candidate as JSON; "
            "pass a file written by `python -m search export`"
        ) from error
    return objects


def _docstring(origin: Origin) -> str:
    architecture = origin.candidate.architecture
    channels, height, width = architecture.image
    paragraphs = [
        f"{SIGN}: {architecture.parameters:,} parameters, data {origin.setup.data}.",
        f"It classifies {KINDS.get(channels, f'{channels}-channel')} images of {width}x{height} "
        f"pixels into {architecture.classes} classes. In Python, load() returns the trained "
        "network and predict(load(), pixels) returns probabilities. `python FILE image.png` prints "
        "the class of an image (requires Pillow).",
        f"Result: {origin.result}",
        *(f"Limitation: {caveat}." for caveat in origin.caveats),
        f"Origin: {origin.descent}",
        f"Trained: {origin.training}",
        f"Size: {parameter_words(architecture)}, {architecture.macs:,} multiply-accumulates and a "
        f"peak of {architecture.activation_bytes:,} bytes of activations per image.",
        "The candidate, which defines the network and its training:",
    ]
    lines = [line for text in paragraphs for line in (*textwrap.wrap(text, WIDTH - 3), "")]
    lines += _readable(to_data(origin.candidate))
    if origin.run:
        lines += ["", "The training run, which `python -m search reproduce FILE` repeats:", ""]
        lines += _readable(to_data(origin.run))
    text = "\n".join(lines)
    return '"""{}\n"""'.format(text.replace("\\", r"\\").replace('"""', r"\"\"\""))


def _readable(value: Any, indent: str = "", name: str = "") -> list[str]:
    """Lines of JSON: a single line if it fits, wrapped like text if it contains no objects."""
    line = f"{indent}{name}{json.dumps(value)}"
    keyed = isinstance(value, dict)
    items = list(value.values()) if keyed else value
    if len(line) < WIDTH:
        return [line]
    if not any(map(_contains_objects, items)):
        whole = indent + name + _nonbreaking_json(value)
        wrapped = textwrap.wrap(
            whole,
            WIDTH - 1,
            subsequent_indent=f"{indent} ",
            break_on_hyphens=False,
            break_long_words=False,
        )
        return [part.replace(GLUE, " ") for part in wrapped]
    names = [f"{json.dumps(key)}: " for key in value] if keyed else [""] * len(items)
    parts = [_readable(item, f"{indent}  ", key) for key, item in zip(names, items, strict=True)]
    for part in parts[:-1]:
        part[-1] += ","
    opening, closing = "{}" if keyed else "[]"
    return [f"{indent}{name}{opening}", *chain(*parts), f"{indent}{closing}"]


def _contains_objects(value: Any) -> bool:
    """Whether a value is an object, or a list that contains one at any depth."""
    return isinstance(value, dict) or (
        isinstance(value, list) and any(map(_contains_objects, value))
    )


def _nonbreaking_json(value: Any) -> str:
    """JSON on one line that can be wrapped only between items, not in strings or after keys."""
    if isinstance(value, dict):
        items = [
            f"{json.dumps(key)}:{GLUE}{_nonbreaking_json(item)}" for key, item in value.items()
        ]
        return f"{{{', '.join(items)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_nonbreaking_json, value))}]"
    return json.dumps(value).replace(" ", GLUE)


def _tuple(values: Sequence[str | float]) -> str:
    """The source of a tuple, with one item per line if a single line is too short."""
    items = [json.dumps(value, ensure_ascii=False) for value in values]
    line = f"({', '.join(items)}{',' * (len(items) == 1)})"
    if len("CLASSES = ") + len(line) <= WIDTH:
        return line
    return "\n".join(["(", *(f"    {item}," for item in items), ")"])


def _encode_weights(weights: Mapping[str, np.ndarray]) -> str:
    """All arrays in sequence as wrapped base85 text, as the template's `load` expects."""
    numbers = b"".join(array.astype("<f4").tobytes() for array in weights.values())
    text = b85encode(zlib.compress(numbers, level=9)).decode()
    lines = [text[start : start + WIDTH] for start in range(0, len(text), WIDTH)]
    return "\n".join(['"""', *lines, '"""'])


def _reading(*, digits: bool) -> dict[str, str]:
    """The template's functions that read and prepare images, after the code that they import.

    digits: whether images are converted to the layout of MNIST's digits.
    """
    source = TEMPLATE.read_text("utf-8")
    functions = _functions(source)
    read, prepare = functions["read"], functions["prepare"]
    if digits:
        prepare = functions["prepare_digit"].replace("prepare_digit", "prepare")
        prepare = f"{_code(mnist_layout)}\n\n\n{prepare}"
    return {
        image_file.__name__: "",
        mnist_layout.__name__: "",
        "read": f"{_code(image_file)}\n\n\n{read}",
        "prepare": prepare,
        "prepare_digit": "",
    }


def _functions(source: str) -> dict[str, str]:
    """The source of a module's top-level functions, by name."""
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return {node.name: ast.get_source_segment(source, node) or "" for node in functions}


def _code(module: ModuleType) -> str:
    """The source of a module after its imports."""
    source = getsource(module)
    imports = [
        node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    return "\n".join(source.splitlines()[imports[-1].end_lineno :]).strip()


def _fill_template(statements: Mapping[str, str]) -> str:
    """The template with its top-level statements replaced, by name; "" removes a statement.

    The empty lines before a removed statement are removed too.
    """
    lines = TEMPLATE.read_text("utf-8").splitlines()
    for node in reversed(ast.parse("\n".join(lines)).body):
        name, old = _statement(node)
        if name not in statements:
            continue
        first, last = old.lineno - 1, (old.end_lineno or old.lineno) - 1
        before, after = lines[first][: old.col_offset], lines[last][old.end_col_offset :]
        new = [before + statements[name] + after] if statements[name] else []
        while not new and not lines[first - 1]:
            first -= 1
        lines[first : last + 1] = new
    return "\n".join(lines) + "\n"


def _statement(node: ast.stmt) -> tuple[str, ast.expr | ast.stmt]:
    """The name of a top-level statement and the part of it that an export replaces."""
    match node:
        case ast.Expr(value=ast.Constant() as text):
            return "__doc__", text
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, value
        case ast.ImportFrom(module=str(name)):
            return name, node
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
            return name, node
    return "", node
