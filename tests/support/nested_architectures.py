"""Architectures with every kind of block, also inside each other."""

from random import Random
from typing import get_args

from search.candidates.architecture import Architecture, Head, HeadKind
from search.candidates.blocks import (
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
from search.candidates.layers import ActivationKind, GateKind, NormKind, PoolKind
from search.errors import ArchitectureError

ACTIVATIONS: tuple[ActivationKind, ...] = get_args(ActivationKind)
NORMS: tuple[NormKind, ...] = get_args(NormKind)
POOLS: tuple[PoolKind, ...] = get_args(PoolKind)
GATES: tuple[GateKind, ...] = get_args(GateKind)
SAME = Block(8, padding="same")
IMAGE = (1, 12, 12)


def with_block(*blocks: AnyBlock) -> Architecture:
    """Return a small network with the blocks between two others."""
    return Architecture(IMAGE, 4, (SAME, *blocks, Block(6, kernel=1)))


EACH_BLOCK = {
    "rectangular": with_block(Block(6, kernel=(1, 3), padding=(0, 1), stride=2, bias=True)),
    "dilated groups": with_block(Block(4, groups=2, dilation=2, padding="same", bias=True)),
    "depthwise": with_block(Block(8, groups="depthwise")),
    "activation first": with_block(Block(6, order=("norm", "activation", "conv", "pool"), pool=2)),
    "separable": with_block(Separable(12, stride=2, dropout=0.1, pool=2)),
    "pools": with_block(*(Pool(kind, 3, 2, 1) for kind in POOLS)),
    "pooling of blocks": with_block(*(Block(4, 1, pooling=kind, pool=2) for kind in POOLS)),
    "norms": with_block(*(Norm(kind, 4) for kind in NORMS)),
    "norms of blocks": with_block(*(Block(8, 1, norm=kind, norm_groups=2) for kind in NORMS)),
    "activations": with_block(*map(Activation, ACTIVATIONS)),
    "activations of blocks": with_block(*(Block(4, 1, activation=kind) for kind in ACTIVATIONS)),
    "dropout": with_block(Dropout(0.3)),
    "squeeze and excite": with_block(*(SqueezeExcite(4, "silu", gate) for gate in GATES)),
    "identity": with_block(Residual((SAME, SAME), "relu")),
    "projection": with_block(Residual((Block(12, padding=1, stride=2),), "prelu", "layer")),
    "dense": with_block(Dense((Block(4, padding=1),)), Dense((Block(4, padding=1),))),
    "parallel": with_block(Parallel(((SAME,), (Block(4, kernel=1), SqueezeExcite(2)), ()))),
    "many branches": with_block(Parallel(tuple((Block(1, kernel=1),) for _ in range(40)))),
    "repeat": with_block(Repeat((SAME, Dropout(0.1)), 3)),
    "repeated residual": with_block(Repeat((Residual((SAME, SqueezeExcite())), SAME), 2)),
    "repeated repeat": with_block(Repeat((Block(8, 1), Repeat((SAME,), 3)), 2)),
    "repeated pooling": with_block(Repeat((Activation("gelu"), Pool("blur", 2), SAME), 2)),
    "residual repeat": with_block(Residual((Repeat((SAME,), 2),)), Dense((Repeat((SAME,), 3),))),
    "image": Architecture(IMAGE, 4, (Dense((SAME,)), Parallel(((), (SAME,))))),
    "repeated image": Architecture((3, 9, 9), 4, (Repeat((Residual((Block(3, padding=1),)),), 3),)),
    "head": Architecture(
        IMAGE,
        4,
        (SAME,),
        Head("pool", blocks=(Residual((Block(8, 1, bias=True), SqueezeExcite(hidden=3))),)),
    ),
}
EVERYTHING = Architecture(
    (1, 28, 28),
    10,
    (
        Block(16, kernel=5, padding="same", stride=2),
        Residual((Separable(16, dropout=0.1), Separable(16, order=("norm",))), "relu"),
        Residual((Separable(24, stride=2),)),
        Dense((Block(8, kernel=(1, 3), padding="same", activation="channel_prelu"),)),
        SqueezeExcite(4, "silu", "hardsigmoid"),
        Parallel(
            (
                (Block(8, kernel=1, activation="hardswish"),),
                (Block(8, padding=1, groups=4, norm="group", norm_groups=2, activation="relu6"),),
                (Dense((Block(4, padding=1, dilation=1, activation="leaky_relu"),)),),
                (),
            )
        ),
        Pool("blur", 3, 2, 1),
        Block(16, 1, norm="layer", activation="gelu"),
        Repeat((Residual((Block(16, padding=1, dropout=0.2), SqueezeExcite())),), 3),
        Norm(),
        Activation("prelu"),
        Pool("average", 3, 2, 1),
        Dropout(0.1),
    ),
    Head("pool-conv", blocks=(Block(12, kernel=1, dropout=0.1, activation="silu"),)),
)


def random_nested(random: Random) -> Architecture:
    """Return a valid architecture of up to five blocks, which may contain others."""
    while True:
        side = random.randint(6, 16)
        blocks = tuple(_block(random, 3) for _ in range(random.randint(1, 5)))
        inner = tuple(_block(random, 2) for _ in range(random.choice((0, 0, 1, 2))))
        kind = random.choice(get_args(HeadKind))
        head = Head(kind, random.choice(("average", "maximum")), blocks=inner)
        architecture = Architecture((random.choice((1, 3)), side, side), 4, blocks, head)
        try:
            architecture.layers  # noqa: B018 (raises the error)
        except ArchitectureError:
            continue
        return architecture


def _block(random: Random, depth: int) -> AnyBlock:
    """Return a block that contains at most `depth - 1` levels of others."""
    simple, nested = (_convolution, _separable, _other), (_residual, _dense, _parallel, _repeat)
    make = random.choice((*simple, *nested) if depth > 1 else simple)
    return make(random, depth)


def _blocks(random: Random, depth: int) -> tuple[AnyBlock, ...]:
    return tuple(_block(random, depth - 1) for _ in range(random.randint(1, 2)))


def _convolution(random: Random, _: int) -> AnyBlock:
    return Block(
        random.choice((4, 8)),
        kernel=random.choice((1, 3, 3, (1, 3), (3, 1))),
        padding=random.choice(("same", "same", "same", 1, (1, 0))),
        bias=random.random() < 0.5,
        dropout=random.choice((0.0, 0.2)),
        pool=random.choice((1, 1, 1, 2)),
        order=random.choice(
            (
                ("norm", "activation", "dropout", "pool"),
                ("activation", "norm"),
                ("norm", "activation", "conv"),
                ("pool", "conv", "activation"),
            )
        ),
        groups=random.choice((1, 1, 2, "depthwise")),
        stride=random.choice((1, 1, 1, 2)),
        dilation=random.choice((1, 1, 2)),
        activation=random.choice(ACTIVATIONS),
        norm=random.choice(NORMS),
        norm_groups=random.choice((1, 2)),
        pooling=random.choice(POOLS),
    )


def _separable(random: Random, _: int) -> AnyBlock:
    return Separable(
        random.choice((4, 8)),
        stride=random.choice((1, 1, 2)),
        activation=random.choice(ACTIVATIONS),
        norm=random.choice(NORMS),
        dropout=random.choice((0.0, 0.1)),
    )


def _other(random: Random, _: int) -> AnyBlock:
    return random.choice(
        (
            Pool(random.choice(POOLS), random.choice((1, 2, 3)), random.choice((0, 1, 2))),
            Norm(random.choice(NORMS), random.choice((1, 2))),
            Activation(random.choice(ACTIVATIONS)),
            Dropout(0.2),
            SqueezeExcite(random.choice((2, 4)), gate=random.choice(GATES)),
        )
    )


def _residual(random: Random, depth: int) -> AnyBlock:
    return Residual(
        _blocks(random, depth), random.choice(ACTIVATIONS), random.choice(("batch", "none"))
    )


def _dense(random: Random, depth: int) -> AnyBlock:
    return Dense(_blocks(random, depth))


def _parallel(random: Random, depth: int) -> AnyBlock:
    branches = [_blocks(random, depth) for _ in range(random.randint(1, 2))]
    return Parallel((*branches, random.choice(((), _blocks(random, depth)))))


def _repeat(random: Random, depth: int) -> AnyBlock:
    return Repeat(_blocks(random, depth), random.randint(1, 3))
