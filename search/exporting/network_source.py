"""The source of an exported file's class `Network`.

A chain of layers is an `nn.Sequential` with one layer per line. Any other network has one attribute
per part, which is a chain of layers without branches, and a `forward` that connects the parts.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from inspect import Parameter, getsource, signature
from itertools import chain, count, groupby, pairwise
from textwrap import indent

from torch import nn

from search.candidates.architecture import Architecture
from search.candidates.layers import IMAGE, JOINTS, Layer
from search.candidates.wording import comma_separated, counted, frozen_words, shape_words
from search.training.network import MODULES, BlurPool

WIDTH = 100  # columns of the exported file
VARIABLES = ("x", "y", "z", "u", "v", "w")  # of `forward`; further ones are x7, x8 and so on
_REQUIRED = Parameter.empty
_INDENT = " " * 4


@dataclass(frozen=True)
class Part:
    """Consecutive layers of a block without branches. name: of its attribute.

    layers: their numbers, counted from 0; those of the first time if they are repeated.
    """

    name: str
    layers: tuple[int, ...]


def network_statements(architecture: Architecture) -> dict[str, str]:
    """Return the source of `Network` and of what it needs, by the name of the statement.

    "base64" is the template's import of that module, after which another import may follow.
    """
    own = [module for module in _modules(architecture) if not module.__module__.startswith("torch")]
    network = _chain(architecture) if _is_chain(architecture) else _graph(architecture)
    statements = {"Network": "\n\n\n".join([*(getsource(m).strip() for m in own), network])}
    if BlurPool in own:
        statements["base64"] = "from base64 import b85decode\nfrom math import comb"
    return statements


def _modules(architecture: Architecture) -> list[Callable[..., nn.Module]]:
    kinds = dict.fromkeys(layer.kind for layer in architecture.layers if layer.kind not in JOINTS)
    return [MODULES[kind] for kind in kinds]


def _is_chain(architecture: Architecture) -> bool:
    return all(
        layer.inputs == (number - 1,) and layer.source is None and layer.kind not in JOINTS
        for number, layer in enumerate(architecture.layers)
    )


def _chain(architecture: Architecture) -> str:
    """Return a subclass of nn.Sequential: one layer per line with output shape and parameters."""
    lines = [*_heading(architecture, "nn.Sequential"), f"{_INDENT * 2}super().__init__("]
    for block, group in groupby(architecture.layers, lambda layer: layer.block):
        layers = list(group)
        lines.append(f"{_INDENT * 3}# {_title(architecture, block, layers[-1])}")
        for layer in layers:
            lines += _layer_lines(layer, _INDENT * 3, "", ",")
    return "\n".join([*lines, f"{_INDENT * 2})"])


def _heading(architecture: Architecture, base: str) -> list[str]:
    images = ", ".join(("N", *map(str, architecture.image)))
    (logits,) = architecture.layers[-1].shape
    return [
        f"class Network({base}):",
        f'    """images ({images}), float32, normalised -> logits (N, {logits})."""',
        "",
        "    def __init__(self) -> None:",
    ]


def _title(architecture: Architecture, block: int, last: Layer) -> str:
    if block < 0:
        return f"head: {architecture.head.kind}"
    side, kind = last.receptive_field, type(architecture.blocks[block]).__name__
    name = f"block {block + 1}" + f" ({kind})" * (kind != "Block")
    return f"{name}: receptive field {side}x{side} pixels"


def _layer_lines(layer: Layer, space: str, before: str, after: str) -> list[str]:
    """Return the lines of a layer, with its output shape and parameters as a comment.

    before, after: text of the statement around the layer.
    """
    name, arguments = _call(layer)
    code = f"{space}{before}{name}({arguments}){after}"
    learned = counted(layer.parameters, "parameter") if layer.parameters else ""
    shape = comma_separated([shape_words(layer.shape), learned])
    comment = f"# {shape}{frozen_words(layer.frozen)}"
    if len(f"{code}  {comment}") <= WIDTH:
        return [f"{code}  {comment}"]
    if len(code) <= WIDTH:
        return [f"{space}{comment}", code]
    inner = f"{space}{_INDENT}{arguments}"
    return [f"{space}{comment}", f"{space}{before}{name}(", inner, f"{space}){after}"]


def _call(layer: Layer) -> tuple[str, str]:
    """Return the class and the arguments of a layer.

    Required arguments are given by position, others only if they are not torch's default.
    """
    module, arguments = MODULES[layer.kind], []
    for index, parameter in enumerate(signature(module).parameters.values()):
        if parameter.kind in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD):
            continue
        value = layer.arguments.get(parameter.name, parameter.default)
        first = index == 0 and parameter.name in layer.arguments
        if first or parameter.default is _REQUIRED:
            arguments.append(repr(value))
        elif value != parameter.default:
            arguments.append(f"{parameter.name}={value!r}")
    prefix = "nn." * module.__module__.startswith("torch")
    return f"{prefix}{module.__name__}", ", ".join(arguments)


def _graph(architecture: Architecture) -> str:
    """Return a subclass of nn.Module with one attribute per part, in the order of the weights."""
    parts = _parts(architecture.layers)
    lines = [*_heading(architecture, "nn.Module"), f"{_INDENT * 2}super().__init__()"]
    block = None
    for part in parts:
        layers = [architecture.layers[number] for number in part.layers]
        if layers[0].block != block:
            block = layers[0].block
            last = [layer for layer in architecture.layers if layer.block == block][-1]
            lines.append(f"{_INDENT * 2}# {_title(architecture, block, last)}")
        lines += _part_lines(part, layers)
    lines += ["", "    def forward(self, x: Tensor) -> Tensor:"]
    lines += ['        """Return the logits of the images x."""']
    statements = _with_loops(list(_statements(architecture.layers, parts)))
    return "\n".join([*lines, *(indent(line, _INDENT * 2) for line in statements)])


def _part_lines(part: Part, layers: Sequence[Layer]) -> list[str]:
    start = f"self.{part.name} = "
    if len(layers) == 1:
        return _layer_lines(layers[0], _INDENT * 2, start, "")
    lines = [f"{_INDENT * 2}{start}nn.Sequential("]
    for layer in layers:
        lines += _layer_lines(layer, _INDENT * 3, "", ",")
    return [*lines, f"{_INDENT * 2})"]


def _parts(layers: Sequence[Layer]) -> list[Part]:
    """Return the parts in the order of their layers. A joint is not in any part."""
    runs: list[list[int]] = []
    follows = _followers(layers)
    for number, layer in enumerate(layers):
        if layer.kind in JOINTS or layer.repeats is not None:
            continue
        if runs and number in follows and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [Part(name, tuple(run)) for name, run in zip(_names(layers, runs), runs, strict=True)]


def _followers(layers: Sequence[Layer]) -> set[int]:
    """Return the layers that belong to the part of the layer before them.

    Each time, such a layer reads only the layer before it, and no other layer reads that one.
    """
    readers: dict[int, list[int]] = {}
    for number, layer in enumerate(layers):
        for n in layer.inputs:
            readers.setdefault(n, []).append(number)
    apart = {_first(layers, 0)}
    for before, number in pairwise(range(len(layers))):
        alone = layers[number].inputs == (before,) and readers.get(before) == [number]
        if not alone or not _consecutive(layers, before, number):
            apart |= {_first(layers, before) + 1, _first(layers, number)}
    return set(range(len(layers))) - apart


def _first(layers: Sequence[Layer], number: int) -> int:
    """Return the number of a layer, or of the one that it repeats."""
    repeats = layers[number].repeats
    return number if repeats is None else repeats


def _consecutive(layers: Sequence[Layer], before: int, number: int) -> bool:
    same = layers[before].block == layers[number].block and layers[before].kind not in JOINTS
    return same and _first(layers, before) + 1 == _first(layers, number)


def _names(layers: Sequence[Layer], runs: Sequence[Sequence[int]]) -> Iterator[str]:
    """Yield the names of parts: "block1", or "block2_1", "block2_2" and so on, and "head"."""
    for block, group in groupby(runs, lambda run: layers[run[0]].block):
        name = "head" if block < 0 else f"block{block + 1}"
        number = len(list(group))
        yield from [name] if number == 1 else [f"{name}_{n}" for n in range(1, number + 1)]


def _statements(layers: Sequence[Layer], parts: Sequence[Part]) -> Iterator[str]:
    """Yield the statements of `forward`. A variable is reused when its value is not read again."""
    starts = {part.layers[0]: part for part in parts}
    last = {n: number for number, layer in enumerate(layers) for n in layer.inputs}
    variables = {IMAGE: "x"}
    for number, layer in enumerate(layers):
        inputs = [variables[n] for n in layer.inputs]
        for n in dict.fromkeys(layer.inputs):
            if last[n] == number:
                del variables[n]
        own = _first(layers, number)
        if layer.kind in JOINTS:
            variables[number] = _free(variables.values())
            yield _joint(variables[number], layer.kind, inputs)
        elif own in starts:
            variables[number] = _free(variables.values())
            yield f"{variables[number]} = self.{starts[own].name}({inputs[0]})"
        else:
            variables[number] = inputs[0]
    yield f"return {variables[len(layers) - 1]}"


def _free(used: Collection[str]) -> str:
    names = chain(VARIABLES, (f"x{n}" for n in count(len(VARIABLES) + 1)))
    return next(name for name in names if name not in used)


def _joint(variable: str, kind: str, inputs: Sequence[str]) -> str:
    """Return the statement of a joint.

    The order of a sum is kept: its first operand decides the memory layout of the result, which
    the rounding of later convolutions depends on.
    """
    if kind != "concat":
        return f"{variable} = {(' + ' if kind == 'add' else ' * ').join(inputs)}"
    features = f"[{', '.join(inputs)}]"
    line = f"{variable} = torch.cat({features}, dim=1)"
    if len(line) <= WIDTH - len(_INDENT * 2):
        return line
    if len(features) > WIDTH - len(_INDENT * 3 + ", dim=1"):
        features = "\n".join(["[", *(f"{_INDENT * 2}{name}," for name in inputs), f"{_INDENT}]"])
        return f"{variable} = torch.cat(\n{_INDENT}{features},\n{_INDENT}dim=1,\n)"
    return f"{variable} = torch.cat(\n{_INDENT}{features}, dim=1\n)"


def _with_loops(statements: list[str]) -> list[str]:
    """Return the statements with consecutive repetitions written as loops."""
    for length in range(1, len(statements) // 2 + 1):
        statements = list(_loops(statements, length))
    return statements


def _loops(statements: Sequence[str], length: int) -> Iterator[str]:
    start = 0
    while start < len(statements):
        body = statements[start : start + length]
        times = 1
        while statements[start + times * length :][:length] == body:
            times += 1
        if times > 1:
            yield "\n".join([f"for _ in range({times}):", *(indent(s, _INDENT) for s in body)])
        else:
            yield statements[start]
        start += times * length if times > 1 else 1
