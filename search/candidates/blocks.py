"""The blocks of an architecture: what a search space is written in. Does not import torch.

Each block adds its layers to a `LayerBuilder` with `lower`. A chain of blocks is a tuple; blocks
that contain chains can be nested.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from search.candidates.field_rules import (
    COUNT,
    COUNT_OR_ZERO,
    FLAG,
    PROPER_FRACTION,
    Rule,
    one_of,
)
from search.candidates.layers import (
    ACTIVATION,
    GATE,
    GROUPS,
    KERNEL,
    NORM,
    PADDING,
    POOL,
    ActivationKind,
    GateKind,
    Groups,
    Kernel,
    LayerBuilder,
    NormKind,
    Padding,
    PoolKind,
    Position,
)
from search.errors import ArchitectureError
from search.files import omitted

Step = Literal["conv", "norm", "activation", "relu", "dropout", "pool"]
DEEPEST = 20  # blocks inside each other: far below Python's limit of recursion
WIDEST = 60  # characters of a wrong value in an error
AFTER: tuple[Step, ...] = ("norm", "relu", "dropout", "pool")


@dataclass(frozen=True)
class Block:
    """[convolution, then normalisation, activation, dropout and pooling in the given order].

    width: output channels. kernel: side in pixels, or (height, width). padding: zero padding on
    every side in pixels, (vertical, horizontal), or "same", which keeps the size for odd kernels
    and stride 1. dropout: probability, 0 for none. pool: size and stride of the pooling, 1 for
    none. order: the steps after the convolution, in order; the block does not contain steps that
    are not listed. With "conv" in the order, steps may come before the convolution. "relu" is the
    older name of "activation". groups: number of groups of channels that are convolved separately;
    "depthwise" for one per input channel. norm_groups: groups of channels of the norm "group".
    pooling: kind of the pooling.
    """

    width: int
    kernel: Kernel = 3
    padding: Padding = 0
    bias: bool = False
    dropout: float = 0.0
    pool: int = 1
    order: tuple[Step, ...] = AFTER
    groups: Groups = field(default=1, metadata=omitted())
    stride: int = field(default=1, metadata=omitted())
    dilation: int = field(default=1, metadata=omitted())
    activation: ActivationKind = field(default="relu", metadata=omitted())
    norm: NormKind = field(default="batch", metadata=omitted())
    norm_groups: int = field(default=1, metadata=omitted())
    pooling: PoolKind = field(default="max", metadata=omitted())

    def lower(self, builder: LayerBuilder) -> None:
        """Add the layers of the block."""
        order = self.order
        for step in order if "conv" in order else ("conv", *order):
            self._lower_step(builder, step)

    def _lower_step(self, builder: LayerBuilder, step: str) -> None:
        if step == "conv":
            builder.conv(
                self.width,
                self.kernel,
                self.padding,
                bias=self.bias,
                groups=self.groups,
                stride=self.stride,
                dilation=self.dilation,
            )
        elif step == "norm":
            builder.norm(self.norm, self.norm_groups)
        elif step in ("activation", "relu"):
            builder.activation(self.activation)
        elif step == "dropout":
            builder.dropout(self.dropout)
        else:
            builder.pool(self.pooling, self.pool)

    @property
    def label(self) -> str:
        """The width, then the other fields unless they have the usual value.

        g and the groups or d for depthwise, k and the kernel unless it is 3, p if padded, s and
        the stride, | if pooled.
        """
        kernel = self.kernel
        size = f"{kernel[0]}x{kernel[1]}" if isinstance(kernel, tuple) else f"{kernel}"
        padded = self.padding not in (0, (0, 0))
        group = {1: "", "depthwise": "d"}.get(self.groups, f"g{self.groups}")
        return (
            f"{self.width}{group}{'' if size == '3' else f'k{size}'}{'p' if padded else ''}"
            f"{f's{self.stride}' if self.stride != 1 else ''}{' |' if self.pool > 1 else ''}"
        )


@dataclass(frozen=True)
class Separable:
    """A depthwise convolution, then a 1x1 convolution: k x k filters at a fraction of the cost.

    width: output channels. kernel, padding, stride, dilation: of the depthwise convolution. middle:
    the steps between the two convolutions. order: the steps after the second. The other fields are
    those of `Block`.
    """

    width: int
    kernel: Kernel = 3
    padding: Padding = "same"
    stride: int = 1
    dilation: int = 1
    middle: tuple[Step, ...] = ("norm", "activation")
    order: tuple[Step, ...] = ("norm", "activation", "dropout", "pool")
    bias: bool = False
    activation: ActivationKind = "relu"
    norm: NormKind = "batch"
    norm_groups: int = 1
    dropout: float = 0.0
    pool: int = 1
    pooling: PoolKind = "max"

    def lower(self, builder: LayerBuilder) -> None:
        """Add the layers of the block."""
        channels = builder.shape[0]
        both: dict[str, Any] = {
            "bias": self.bias,
            "activation": self.activation,
            "norm": self.norm,
            "norm_groups": self.norm_groups,
            "dropout": self.dropout,
            "pool": self.pool,
            "pooling": self.pooling,
        }
        Block(
            channels,
            self.kernel,
            self.padding,
            order=self.middle,
            groups="depthwise",
            stride=self.stride,
            dilation=self.dilation,
            **both,
        ).lower(builder)
        Block(self.width, kernel=1, order=self.order, **both).lower(builder)

    @property
    def label(self) -> str:
        """As for `Block`, with s for separable after the width."""
        plain = Block(self.width, self.kernel, stride=self.stride, pool=self.pool).label
        return plain.replace(f"{self.width}", f"{self.width}s", 1)


@dataclass(frozen=True)
class Pool:
    """Pooling of its own. size: side in pixels. stride: in pixels, 0 for the size.

    kind "blur" is a fixed binomial filter, applied with zero padding. padding: on every side, at
    most half of the size.
    """

    kind: PoolKind = "max"
    size: int = 2
    stride: int = 0
    padding: int = 0

    def lower(self, builder: LayerBuilder) -> None:
        """Add the layer."""
        builder.pool(self.kind, self.size, self.stride, self.padding)

    @property
    def label(self) -> str:
        """The sign of pooling."""
        return "|"


@dataclass(frozen=True)
class Norm:
    """A normalisation of its own. groups: of channels, for the kind "group"."""

    kind: NormKind = "batch"
    groups: int = 1

    def lower(self, builder: LayerBuilder) -> None:
        """Add the layer."""
        builder.norm(self.kind, self.groups)

    label = "norm"


@dataclass(frozen=True)
class Activation:
    """An activation of its own."""

    kind: ActivationKind = "relu"

    def lower(self, builder: LayerBuilder) -> None:
        """Add the layer."""
        builder.activation(self.kind)

    @property
    def label(self) -> str:
        """The kind of the activation."""
        return self.kind


@dataclass(frozen=True)
class Dropout:
    """Dropout of its own. dropout: probability."""

    dropout: float

    def lower(self, builder: LayerBuilder) -> None:
        """Add the layer."""
        builder.dropout(self.dropout)

    label = "dropout"


@dataclass(frozen=True)
class SqueezeExcite:
    """A factor per channel, computed from the means of all channels (arXiv:1709.01507).

    Global average pooling, a 1x1 convolution to channels // `reduction` (at least 1), activation, a
    1x1 convolution back, and the gate; both convolutions have biases. hidden: channels between the
    two convolutions, 0 for channels // reduction.
    """

    reduction: int = 4
    activation: ActivationKind = "relu"
    gate: GateKind = "sigmoid"
    hidden: int = 0

    def lower(self, builder: LayerBuilder) -> None:
        """Add the layers."""
        features, channels = builder.at, builder.shape[0]
        builder.global_pool("global_avgpool")
        builder.conv(self.hidden or max(1, channels // self.reduction), 1, bias=True)
        builder.activation(self.activation)
        builder.conv(channels, 1, bias=True)
        builder.activation(self.gate)
        builder.scale(features)

    @property
    def label(self) -> str:
        """SE, with the reduction or the hidden channels."""
        return f"se{self.hidden or self.reduction}"


@dataclass(frozen=True)
class Residual:
    """The sum of a chain of blocks and of a shortcut, then the activation (arXiv:1512.03385).

    The shortcut is the identity, or a 1x1 convolution with the stride of the chain where the shapes
    differ. norm: after that convolution. activation: after the sum.
    """

    blocks: "tuple[AnyBlock, ...]"
    activation: ActivationKind = "none"
    norm: NormKind = "batch"
    norm_groups: int = 1

    def lower(self, builder: LayerBuilder) -> None:
        """Add the layers of the chain, of the shortcut and their sum."""
        start = builder.at
        lower_chain(builder, self.blocks)
        end = builder.at
        builder.at = start
        if start.shape != end.shape:
            self._project(builder, end)
        builder.add((end, builder.at))
        builder.activation(self.activation)

    def _project(self, builder: LayerBuilder, end: Position) -> None:
        builder.conv(end.shape[0], kernel=1, stride=end.stride // builder.at.stride)
        if builder.shape != end.shape:
            sizes = " and ".join(f"{at.shape[1]}x{at.shape[2]}" for at in (end, builder.at))
            raise ArchitectureError(
                f"the residual block in {builder.place} adds maps of {sizes} pixels: its blocks "
                "must keep the size or divide it by their strides; use padding 'same' and a stride "
                "inside it, and pooling after it"
            )
        builder.norm(self.norm, self.norm_groups)

    @property
    def label(self) -> str:
        """The chain in brackets, with a plus."""
        return f"({chain_label(self.blocks)})+"


@dataclass(frozen=True)
class Dense:
    """The concatenation of the input and of a chain of blocks (arXiv:1608.06993)."""

    blocks: "tuple[AnyBlock, ...]"

    def lower(self, builder: LayerBuilder) -> None:
        """Add the layers of the chain, and the concatenation."""
        start = builder.at
        lower_chain(builder, self.blocks)
        builder.concatenate((start, builder.at))

    @property
    def label(self) -> str:
        """The chain in brackets, with an ampersand."""
        return f"({chain_label(self.blocks)})&"


@dataclass(frozen=True)
class Parallel:
    """The concatenation of several chains with the same input (arXiv:1602.07360, Fire module)."""

    branches: "tuple[tuple[AnyBlock, ...], ...]"

    def lower(self, builder: LayerBuilder) -> None:
        """Add the layers of every branch, and the concatenation. An empty branch is the input."""
        start, ends = builder.at, []
        for branch in self.branches:
            builder.at = start
            lower_chain(builder, branch)
            ends.append(builder.at)
        builder.concatenate(ends)

    @property
    def label(self) -> str:
        """The branches in brackets, separated by slashes."""
        return f"({' / '.join(map(chain_label, self.branches))})"


@dataclass(frozen=True)
class Repeat:
    """A chain of blocks applied several times with the same weights, which count once.

    Running statistics of batch norms are shared too; dropout masks are drawn anew each time.
    """

    blocks: "tuple[AnyBlock, ...]"
    times: int = 2

    def lower(self, builder: LayerBuilder) -> None:
        """Add the layers of the chain `times` times."""
        builder.repeat(self.times, lambda: lower_chain(builder, self.blocks))

    @property
    def label(self) -> str:
        """The number of times and the chain in brackets."""
        return f"{self.times}*({chain_label(self.blocks)})"


AnyBlock = (
    Block
    | Separable
    | Pool
    | Norm
    | Activation
    | Dropout
    | SqueezeExcite
    | Residual
    | Dense
    | Parallel
    | Repeat
)

STEP = one_of(Step)
STEPS = Rule(
    f"a tuple of steps, each {STEP.words}",
    lambda v: isinstance(v, tuple) and all(map(STEP.holds, v)),
)
CHAIN = Rule(
    "a tuple of at least one block, such as (Block(8),)",
    lambda v: isinstance(v, tuple) and len(v) > 0,
)
CHAINS = Rule(
    "a tuple of at least two branches, each a tuple of blocks such as (Block(8),)",
    lambda v: isinstance(v, tuple) and len(v) > 1 and all(isinstance(chain, tuple) for chain in v),
)
CONVOLUTION = {
    "width": COUNT,
    "kernel": KERNEL,
    "padding": PADDING,
    "stride": COUNT,
    "dilation": COUNT,
    "bias": FLAG,
    "activation": ACTIVATION,
    "norm": NORM,
    "norm_groups": COUNT,
    "dropout": PROPER_FRACTION,
    "pool": COUNT,
    "pooling": POOL,
    "order": STEPS,
}
RULES: dict[type, dict[str, Rule]] = {
    Block: {**CONVOLUTION, "groups": GROUPS},
    Separable: {**CONVOLUTION, "middle": STEPS},
    Pool: {"kind": POOL, "size": COUNT, "stride": COUNT_OR_ZERO, "padding": COUNT_OR_ZERO},
    Norm: {"kind": NORM, "groups": COUNT},
    Activation: {"kind": ACTIVATION},
    Dropout: {"dropout": PROPER_FRACTION},
    SqueezeExcite: {
        "reduction": COUNT,
        "activation": ACTIVATION,
        "gate": GATE,
        "hidden": COUNT_OR_ZERO,
    },
    Residual: {"blocks": CHAIN, "activation": ACTIVATION, "norm": NORM, "norm_groups": COUNT},
    Dense: {"blocks": CHAIN},
    Parallel: {"branches": CHAINS},
    Repeat: {"blocks": CHAIN, "times": COUNT},
}


def check_chain(blocks: Sequence[Any], place: str, inside: tuple[str, ...] = ()) -> None:
    """Raise ArchitectureError for the first wrong field of a chain of blocks and of nested ones.

    TypeError for a value that is not a block. place: name of the chain in errors; "" if each block
    is a place, "block 1". inside: classes of the blocks that contain the chain, innermost first.
    """
    for number, block in enumerate(blocks, 1):
        here = place or f"block {number}"
        if type(block) not in RULES:
            container = f"{here} ({' in '.join(inside)})" if inside else here
            names = ", ".join(kind.__name__ for kind in RULES)
            raise TypeError(
                f"{container} contains {one_line(block)}: a block must be one of {names}"
            )
        path = (type(block).__name__, *inside)
        name = here if path == ("Block",) and not place else f"{here} ({' in '.join(path)})"
        if len(path) > DEEPEST:
            raise ArchitectureError(
                f"{here} contains more than {DEEPEST} blocks inside each other: nest fewer blocks"
            )
        need_fields(block, RULES[type(block)], name)
        for chain in chains(block):
            check_chain(chain, here, path)


def need_fields(value: object, rules: Mapping[str, Rule], name: str) -> None:
    """Raise ArchitectureError for the first field that breaks its rule. name: in the error."""
    for field_name, rule in rules.items():
        given = getattr(value, field_name)
        if not rule.holds(given):
            raise ArchitectureError(
                f"{name} has {field_name} {one_line(given)}: {field_name} must be {rule.words}"
            )


def one_line(value: object) -> str:
    """Return the start of the value's repr, in one line."""
    text = " ".join(repr(value).split())
    return text if len(text) <= WIDEST else text[: WIDEST - 3] + "..."


def lower_chain(builder: LayerBuilder, blocks: Sequence[AnyBlock]) -> None:
    """Add the layers of a chain of blocks, which `check_chain` has checked."""
    for block in blocks:
        block.lower(builder)


def chains(block: AnyBlock) -> tuple[tuple[AnyBlock, ...], ...]:
    """Return the chains that a block contains."""
    if isinstance(block, Parallel):
        return block.branches
    return (block.blocks,) if isinstance(block, Residual | Dense | Repeat) else ()


def chain_label(blocks: Sequence[AnyBlock]) -> str:
    """Return the labels of a chain."""
    return " ".join(block.label for block in blocks)


def map_blocks(
    blocks: Sequence[AnyBlock], change: Callable[[AnyBlock], AnyBlock]
) -> tuple[AnyBlock, ...]:
    """Return the chain with `change` applied to every block, after the blocks inside it."""
    return tuple(_changed(block, change) for block in blocks)


def _changed(block: AnyBlock, change: Callable[[AnyBlock], AnyBlock]) -> AnyBlock:
    if isinstance(block, Parallel):
        branches = tuple(map_blocks(branch, change) for branch in block.branches)
        return change(replace(block, branches=branches))
    if isinstance(block, Residual | Dense | Repeat):
        return change(replace(block, blocks=map_blocks(block.blocks, change)))
    return change(block)


def leaves(blocks: Sequence[AnyBlock]) -> list[AnyBlock]:
    """Return the blocks that contain no other blocks, in order."""
    found: list[AnyBlock] = []

    def keep(block: AnyBlock) -> AnyBlock:
        if not isinstance(block, Residual | Dense | Parallel | Repeat):
            found.append(block)
        return block

    map_blocks(blocks, keep)
    return found


def widths(blocks: Sequence[AnyBlock]) -> list[int]:
    """Return the output channels of every convolutional block, nested ones included, in order."""
    return [block.width for block in leaves(blocks) if isinstance(block, Block | Separable)]


def dropout_rates(blocks: Sequence[AnyBlock]) -> list[float]:
    """Return the dropout rate of every block that has one, nested ones included, in order."""
    kinds = Block | Separable | Dropout
    return [block.dropout for block in leaves(blocks) if isinstance(block, kinds)]
