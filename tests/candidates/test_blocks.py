"""The blocks of an architecture: the layers that they add, and the errors of wrong ones."""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from search.candidates.architecture import Architecture, Head, layers
from search.candidates.blocks import (
    DEEPEST,
    Activation,
    AnyBlock,
    Block,
    Dense,
    Dropout,
    Norm,
    Parallel,
    Pool,
    Repeat,
    Residual,
    Separable,
    SqueezeExcite,
)
from search.candidates.candidate import Candidate
from search.candidates.layers import LONGEST
from search.candidates.recipe import Recipe
from search.errors import ArchitectureError, FrugalError
from search.files import from_data, from_json, to_data, to_json

IMAGE = (8, 12, 10)
BLOCKS: list[AnyBlock] = [
    Block(8, padding="same"),
    Separable(8),
    Pool(),
    Norm(),
    Activation(),
    Dropout(0.1),
    SqueezeExcite(),
    Residual((Block(8, padding="same"),)),
    Dense((Block(8, padding="same"),)),
    Parallel(((Block(8, padding="same"),), ())),
    Repeat((Block(8, padding="same"),)),
]
ODD: list[Any] = [
    *("", "x", "same", "depthwise", b"same"),
    *(-1, 0, 3, 0.5, 8.0, float("nan"), float("inf"), True, None, 10**9, 10**12),
    *((), (3,), (3, 5), (0, 1), (3.0, 3.0), (1, 2, 3), ("norm",), ("x",), ((), ()), [], [3], {}),
    *(np.int64(3), np.float64(0.5), np.ones((3, 3)), object(), print, Block, Block(3), Head()),
    *((Block(3),), [Block(3)], ((Block(3),),), ((Block(3),), [Block(3)]), (None,), ("x", "y")),
]
PLACES: list[Callable[[Any], Architecture]] = [
    lambda block: Architecture(IMAGE, 3, (block,)),
    lambda block: Architecture(IMAGE, 3, (Residual((block,)),)),
    lambda block: Architecture(IMAGE, 3, (Parallel(((block,), (block, Norm()))),)),
    lambda block: Architecture(IMAGE, 3, (Repeat((Dense((block,)), Block(8, 1))),)),
    lambda block: Architecture(IMAGE, 3, (), Head(blocks=(block,))),
]


def outcome(make: Callable[[], Architecture]) -> str:
    """Return the error of an architecture, or "" if it is valid and returns from JSON as it is."""
    try:
        architecture = make()
        assert architecture.parameters + architecture.macs + architecture.activation_bytes > 0
    except ArchitectureError as error:
        return str(error)
    except TypeError as error:
        assert re.search("a block must be one of|head must be a Head", str(error))  # noqa: PT017
        return str(error)
    assert from_json(Architecture, to_json(architecture)) == architecture
    return ""


def is_plain(error: str) -> bool:
    """Return whether an error is one line with a place, a rule and no Python internals."""
    rules = "must|needs|cannot|requires|exceeds|instead of|output is constant|has other layers"
    return "\n" not in error and len(error) < 300 and re.search(rules, error) is not None


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: type(block).__name__)
def test_odd_values_give_plain_errors(block: Any) -> None:
    """Any value in any field of a block, also inside others, is used or rejected in one line."""
    for field in fields(block):
        for value in ODD:
            wrong = replace(block, **{field.name: value})
            for place in PLACES:
                error = outcome(lambda wrong=wrong, place=place: place(wrong))  # type: ignore[misc]
                assert not error or is_plain(error), (wrong, error)


@pytest.mark.parametrize("field", [field.name for field in fields(Head)])
def test_odd_values_in_the_head_give_plain_errors(field: str) -> None:
    """The same holds for the head, of every kind."""
    for kind in ("pool-conv", "conv-pool", "conv", "pool-linear", "linear", "pool"):
        for value in ODD:
            given: dict[str, Any] = {"kind": kind, field: value}
            error = outcome(lambda given=given: Architecture(IMAGE, 3, (), Head(**given)))  # type: ignore[misc]
            assert not error or is_plain(error), (given, error)


@pytest.mark.parametrize("field", ["image", "classes", "blocks", "head"])
def test_odd_values_in_the_architecture_give_plain_errors(field: str) -> None:
    """The same holds for the architecture."""
    for value in ODD:
        given: dict[str, Any] = {"image": IMAGE, "classes": 3, "blocks": (), field: value}
        error = outcome(lambda given=given: Architecture(**given))  # type: ignore[misc]
        assert not error or is_plain(error), (given, error)


def nested(levels: int, wrap: Callable[[AnyBlock], AnyBlock] = lambda b: Residual((b,))) -> Any:
    """Return blocks inside each other."""
    block: AnyBlock = Norm()
    for _ in range(levels - 1):
        block = wrap(block)
    return block


SAME = Block(8, padding="same")


@pytest.mark.parametrize(
    "blocks, message",
    [
        (
            (SAME, Residual((Separable(8, kernel=0),))),
            "block 2 (Separable in Residual) has kernel 0: kernel must be a whole number of at "
            "least 1, or a tuple (height, width) of two such numbers",
        ),
        (
            (Residual((SAME, Parallel(((SAME,), [SAME])))),),  # type: ignore[arg-type]  # wrong on purpose
            "block 1 (Parallel in Residual) has branches ((Block(width=8, kernel=3, "
            "padding='same', bias=False, dr...: branches must be a tuple of at least two "
            "branches, each a tuple of blocks such as (Block(8),)",
        ),
        (
            (Residual([SAME]),),  # type: ignore[arg-type]  # wrong on purpose
            "block 1 (Residual) has blocks [Block(width=8, kernel=3, padding='same', bias=False, "
            "dro...: blocks must be a tuple of at least one block, such as "
            "(Block(8),)",
        ),
        (
            (Dense(()),),
            "block 1 (Dense) has blocks (): blocks must be a tuple of at least one block, such as "
            "(Block(8),)",
        ),
        (
            (Parallel(((SAME,),)),),
            "block 1 (Parallel) has branches ((Block(width=8, kernel=3, padding='same', "
            "bias=False, dr...: branches must be a tuple of at least two branches, each a "
            "tuple of blocks such as (Block(8),)",
        ),
        (
            (Block(12, groups=3),),
            "layer 1 (convolution in block 1) has 3 groups for 8 input and 12 output channels: "
            "the number of groups must divide both; use a divisor of 4",
        ),
        (
            (Block(10, groups=4),),
            "layer 1 (convolution in block 1) has 4 groups for 8 input and 10 output channels: "
            "the number of groups must divide both; use a divisor of 2, or a width that is a "
            "multiple of 4",
        ),
        (
            (Block(12, groups="depthwise"),),
            "layer 1 (convolution in block 1) has 8 groups for 8 input and 12 output channels: "
            "the number of groups must divide both; use a divisor of 4, or a width that is a "
            "multiple of 8",
        ),
        (
            (Block(8, kernel=(3, 4), padding="same"),),
            "layer 1 (convolution in block 1) has padding 'same' and kernel (3, 4): 'same' "
            "requires odd kernels; use a kernel of odd sides, or padding as a number",
        ),
        (
            (Norm("group", 3),),
            "layer 1 (group norm in block 1) has 3 groups for 8 channels: the number of groups "
            "must be a divisor of 8",
        ),
        (
            (Block(1, norm="layer"),),
            "layer 2 (layer norm in block 1) normalises single values, so its output is "
            "constant: use more channels or another norm",
        ),
        (
            (Pool("max", 2, padding=2),),
            "layer 1 (max pooling in block 1) has padding 2 and size 2: padding must be at most "
            "half of the size",
        ),
        (
            (Residual((Block(8),)),),
            "the residual block in block 1 adds maps of 10x8 and 12x10 pixels: its blocks must "
            "keep the size or divide it by their strides; use padding 'same' and a stride inside "
            "it, and pooling after it",
        ),
        (
            (Dense((Block(8),)),),
            "layer 4 (concatenation in block 1) gets maps of 10x8 and 12x10 pixels: they must be "
            "equal; use padding 'same' and equal strides in its branches",
        ),
        (
            (Repeat((Block(9, padding=1),)),),
            "layer 4 (conv in block 1) cannot reuse the weights of layer 1: a repeated block must "
            "return as many channels as it gets; change its last width, or put a block of that "
            "width before it",
        ),
        (
            (Repeat((Residual((Pool("max", 3, 2, 1),), norm="none"),), times=5),),
            "the repetition in block 1 has other layers the second time: a shortcut has a "
            "convolution only where the shapes differ; repeat blocks that keep the shape",
        ),
        (
            (Repeat((Repeat((Norm(),), times=10**9),), times=10**9),),
            f"the repetition in block 1 exceeds {LONGEST:,} layers: repeat fewer times",
        ),
        (
            (nested(DEEPEST + 1),),
            f"block 1 contains more than {DEEPEST} blocks inside each other: nest fewer blocks",
        ),
        (
            (nested(900),),
            f"block 1 contains more than {DEEPEST} blocks inside each other: nest fewer blocks",
        ),
    ],
)
def test_errors_name_the_block_and_the_rule(blocks: tuple[AnyBlock, ...], message: str) -> None:
    """Each error names the layer or block, its value, the rule and, if possible, the remedy."""
    with pytest.raises(ArchitectureError) as caught:
        layers(Architecture((8, 12, 10), 3, blocks))
    assert str(caught.value) == message


def test_a_value_that_is_no_block() -> None:
    """A class, None or a nested tuple instead of a block is a TypeError that lists the classes."""
    for wrong in (Block, None, (Block(8),)):
        with pytest.raises(TypeError, match=r"^block 1 \(Residual\) contains .*: a block must be"):
            Architecture(IMAGE, 3, (Residual((wrong,)),))  # type: ignore[arg-type]  # wrong on purpose


def test_errors_are_independent_of_earlier_architectures() -> None:
    """8.0 and True are rejected as widths, although they equal the valid widths 8 and 1."""
    for width, equal in ((8, 8.0), (1, True)):
        assert layers(Architecture(IMAGE, 3, (Block(width),)))
        with pytest.raises(ArchitectureError, match="width must be a whole number"):
            layers(Architecture(IMAGE, 3, (Block(equal),)))  # type: ignore[arg-type]  # wrong on purpose


def test_the_deepest_nesting_is_possible() -> None:
    """Blocks inside each other up to the limit can be counted, and written to JSON and back."""
    for wrap in (lambda b: Residual((b,)), lambda b: Parallel(((b,), ()))):
        architecture = Architecture(IMAGE, 3, (nested(DEEPEST, wrap),))
        assert len(layers(architecture)) > DEEPEST
        candidate = Candidate(architecture, Recipe())
        assert from_json(Candidate, to_json(candidate)) == candidate


def test_numbers_of_any_size_are_counted() -> None:
    """A width of 10**12 takes no memory: the budget rejects the network before it is built."""
    architecture = Architecture(IMAGE, 3, (Block(10**12, kernel=(3, 1), groups=4),), Head("pool"))
    assert architecture.parameters == 10**12 * (2 * 3 + 2)


OLD_BLOCK = {
    "width": 8,
    "kernel": 3,
    "padding": 1,
    "bias": False,
    "dropout": 0.05,
    "pool": 2,
    "order": ["norm", "relu", "dropout", "pool"],
}
NEW_FIELDS: list[tuple[str, Any]] = [
    ("groups", 2),
    ("groups", "depthwise"),
    ("stride", 2),
    ("dilation", 3),
    ("activation", "channel_prelu"),
    ("norm", "group"),
    ("norm_groups", 4),
    ("pooling", "blur"),
]


def test_json_of_earlier_versions_means_the_same() -> None:
    """A block without the new fields has their defaults, and is written without them again."""
    data = {"image": [1, 28, 28], "classes": 10, "blocks": [OLD_BLOCK]}
    architecture = from_data(Architecture, data)
    assert architecture.blocks == (Block(8, padding=1, dropout=0.05, pool=2),)
    assert to_data(architecture)["blocks"] == [OLD_BLOCK]
    assert "blocks" not in to_data(architecture)["head"]


@pytest.mark.parametrize("name, value", NEW_FIELDS)
def test_json_contains_new_fields_that_are_not_the_default(name: str, value: Any) -> None:
    """A new field is written only with another value, and read again."""
    architecture = Architecture((8, 28, 28), 10, (replace(Block(8), **{name: value}),))
    (written,) = to_data(architecture)["blocks"]
    assert written.keys() - OLD_BLOCK.keys() == {name}
    assert from_data(Architecture, to_data(architecture)) == architecture


@pytest.mark.parametrize(
    "blocks, message",
    [
        (
            [OLD_BLOCK, {"type": "residul", "blocks": []}],
            "unknown type 'residul': use one of block, separable, pool, norm, activation, dropout, "
            "squeezeexcite, residual, dense, parallel, repeat @ $.blocks[1]",
        ),
        ([{"type": ["pool"]}], "unknown type ['pool']: use one of block, separable, pool, norm, "),
        ([{"type": None}], "unknown type None: use one of block, separable, pool, norm, "),
        (["pool"], "'pool' is not a JSON object @ $.blocks[0]"),
        ([{"type": "pool", "size": 2.0}], "2.0 is not a whole number @ $.blocks[0].size"),
        ([{"type": "pool", "width": 2}], "unknown field width @ $.blocks[0]"),
        ([{"type": "dropout"}], "required field missing @ $.blocks[0].dropout"),
        (
            [{"type": "residual", "blocks": [OLD_BLOCK, {"width": "8"}]}],
            "'8' is not a whole number @ $.blocks[0].blocks[1].width",
        ),
        (
            [{"type": "parallel", "branches": [[OLD_BLOCK], [{"width": 8, "bias": 0}]]}],
            "0 is not true or false @ $.blocks[0].branches[1][0].bias",
        ),
        ([{"width": 8, "kernel": [3]}], "block 1 has kernel (3,): kernel must be a whole number "),
        ([{"width": 8, "kernel": "3"}], "block 1 has kernel '3': kernel must be a whole number "),
        ([{"width": 8, "kernel": {}}], "{} is not a whole number @ $.blocks[0].kernel"),
        ([{"width": 8, "padding": True}], "True is not a whole number @ $.blocks[0].padding"),
        ([{"width": 8, "groups": None}], "None is not a whole number @ $.blocks[0].groups"),
        ([{"width": 0}], "block 1 has width 0: width must be a whole number of at least 1 @ $"),
    ],
)
def test_errors_in_json_name_the_path(blocks: list[Any], message: str) -> None:
    """Each error is one line that names the value, the rule and the place in the JSON."""
    data = {"image": [1, 28, 28], "classes": 10, "blocks": blocks}
    with pytest.raises(FrugalError) as caught:
        from_data(Architecture, data)
    assert str(caught.value).startswith(f"invalid Architecture: {message}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [v for v in ODD if not isinstance(v, np.ndarray)], ids=repr)
def test_odd_values_in_json_give_one_frugal_error(value: Any) -> None:
    """Any JSON value in any field of a block is used or rejected in one line."""
    for block in BLOCKS:
        for field in fields(block):
            data = to_data(Architecture(IMAGE, 3, (Residual((block,)),)))
            data["blocks"][0]["blocks"][0][field.name] = value
            try:
                assert from_data(Architecture, data).classes == 3
            except FrugalError as error:
                assert str(error).startswith("invalid Architecture: ")  # noqa: PT017
                assert "\n" not in str(error)  # noqa: PT017


def test_json_that_is_nested_too_deeply() -> None:
    """A thousand blocks inside each other are an error of one line, not a RecursionError."""
    inner = '{"type": "residual", "blocks": ['
    for levels in (30, 300, 100_000):
        blocks = inner * levels + '{"type": "norm"}' + "]}" * levels
        text = f'{{"image": [1, 28, 28], "classes": 10, "blocks": [{blocks}]}}'
        with pytest.raises(FrugalError, match=r"^invalid Architecture: .*(inside|nest).*[^\n]$"):
            from_json(Architecture, text)
