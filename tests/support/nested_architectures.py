"""Architectures with every kind of block, also inside each other."""

from typing import get_args

from search.candidates.architecture import Architecture, Head
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
