"""Random values for property tests: every option is used, and every value is valid.

Each function takes a `random.Random`, so the same seed gives the same value.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Any, get_args

from search.candidates.architecture import Architecture, Head, HeadKind, layers
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
    Step,
    lower_chain,
    map_blocks,
)
from search.candidates.candidate import Candidate
from search.candidates.layers import (
    ActivationKind,
    GateKind,
    Groups,
    LayerBuilder,
    NormKind,
    PoolKind,
    Shape,
)
from search.candidates.recipe import Augmentation, Optimiser, Recipe, Schedule, ScheduleKind
from search.errors import ArchitectureError

KERNELS = (1, 3, 5, 6, 7)
ORDERS: tuple[tuple[Step, ...], ...] = (
    ("norm", "relu", "dropout", "pool"),
    ("relu", "norm", "dropout", "pool"),
    ("relu", "dropout", "norm", "pool"),
    ("norm", "relu", "pool", "dropout"),
    ("pool", "relu"),
    ("relu", "pool"),
    ("norm",),
    (),
)
NESTED_ORDERS: tuple[tuple[Step, ...], ...] = (
    ("norm", "activation", "dropout", "pool"),
    ("norm", "activation", "conv", "dropout"),
    ("activation", "norm", "pool", "dropout"),
    ("norm", "relu"),
    ("activation",),
    ("norm",),
    (),
)
TRIES = 20  # for a block or a head that fits
DEPTH = 3  # of blocks inside each other


def random_architecture(random: Random) -> Architecture:
    """Return a valid architecture with up to eight blocks, on images of 8 to 64 pixels."""
    classes = random.randint(1, 12)
    side = image_side = round(8 * 8 ** random.random())
    image = (random.choice((1, 3)), image_side, image_side)
    blocks = []
    for _ in range(random.randint(0, 8)):
        block = _block(random, side)
        side = _side_after(block, side)
        blocks.append(block)
    channels = blocks[-1].width if blocks else image[0]
    return Architecture(image, classes, tuple(blocks), _head(random, side, channels >= classes))


def _block(random: Random, side: int) -> Block:
    kernel, padding = random.choice(KERNELS), random.choice((0, 0, 1, 2, 3))
    if side + 2 * padding - kernel < 0:
        kernel, padding = 3, 1
    return Block(
        width=random.randint(1, 16),
        kernel=kernel,
        padding=padding,
        bias=random.random() < 0.5,
        dropout=random.choice((0.0, random.uniform(0, 0.5))),
        pool=random.randint(1, min(3, side + 2 * padding - kernel + 1)),
        order=random.choice(ORDERS),
    )


def _side_after(block: Block, side: int) -> int:
    assert isinstance(block.padding, int)
    assert isinstance(block.kernel, int)
    side += 2 * block.padding - block.kernel + 1
    return side // block.pool if "pool" in block.order else side


def _head(random: Random, side: int, channels_are_enough: bool) -> Head:
    kind = random.choice(get_args(HeadKind))
    if kind == "pool" and not channels_are_enough:
        kind = "pool-linear"
    kernels = {"conv": side, "conv-pool": random.randint(1, side)}
    return Head(
        kind=kind,
        pool=random.choice(("average", "maximum")),
        kernel=kernels.get(kind, 1),
        bias=random.random() < 0.5,
        dropout=random.choice((0.0, random.uniform(0, 0.5))),
        hidden=random.choice((0, random.randint(1, 32))),
        hidden_relu=random.random() < 0.5,
    )


def random_nested_architecture(
    random: Random, image: tuple[int, int, int] | None = None, classes: int | None = None
) -> Architecture:
    """Return a valid architecture that may use every kind of block and every field.

    image: (channels, height, width), by default random with sides of 8 to 40 pixels.
    """
    image = image or (random.choice((1, 3)), random.randint(8, 40), random.randint(8, 40))
    classes = classes or random.randint(1, 12)
    blocks = _chain(random, image, DEPTH, keep=False)
    shape = _shape_after(blocks, image)
    for _ in range(TRIES):
        architecture = Architecture(image, classes, blocks, _nested_head(random, shape))
        if _is_possible(architecture):
            return architecture
    return Architecture(image, classes, blocks)


def _is_possible(architecture: Architecture) -> bool:
    try:
        layers(architecture)
    except ArchitectureError:
        return False
    return True


def _shape_after(blocks: Sequence[AnyBlock], shape: Shape) -> Shape:
    """Return the shape of the output of a chain; ArchitectureError if it is impossible."""
    builder = LayerBuilder(shape)
    lower_chain(builder, blocks)
    return builder.shape


def _chain(random: Random, shape: Shape, depth: int, *, keep: bool) -> tuple[AnyBlock, ...]:
    """Return blocks that fit a shape. keep: prefer blocks that keep the size of the map."""
    blocks: list[AnyBlock] = []
    wanted = random.randint(1, 2 if depth < DEPTH else 6)
    for _ in range(TRIES):
        block = _nested_block(random, shape, depth, keep=keep)
        try:
            shape = _shape_after((block,), shape)
        except ArchitectureError:
            continue
        blocks.append(block)
        if len(blocks) == wanted:
            break
    return tuple(blocks) or (Activation(),)


def _nested_block(random: Random, shape: Shape, depth: int, *, keep: bool) -> AnyBlock:
    if depth > 1 and random.random() < 0.5:
        return random.choice(NESTED)(random, shape, depth - 1, keep)
    return random.choice(SIMPLE)(random, shape, keep)


def _convolution(random: Random, keep: bool) -> dict[str, Any]:
    """Return the fields that `Block` and `Separable` share."""
    sides = (random.choice((1, 3, 5)), random.choice((1, 3, 5)))
    kernel = random.choice((1, 3, 5, sides) if keep else (1, 2, 3, 5, sides))
    pads = (random.randint(0, 2), random.randint(0, 2))
    same = keep or (kernel != 2 and random.random() < 0.6)
    return {
        "kernel": kernel,
        "padding": "same" if same else random.choice((pads, pads[0])),
        "stride": 1 if keep else random.choice((1, 1, 2, 3)),
        "dilation": random.choice((1, 1, 2, 3)),
        "bias": random.random() < 0.5,
        "activation": random.choice(get_args(ActivationKind)),
        "norm": random.choice(get_args(NormKind)),
        "norm_groups": random.choice((1, 2)),
        "dropout": random.choice((0.0, random.uniform(0, 0.5))),
        "pool": 1 if keep else random.choice((1, 1, 2, 3)),
        "pooling": random.choice(get_args(PoolKind)),
        "order": random.choice(NESTED_ORDERS),
    }


def _plain(random: Random, shape: Shape, keep: bool) -> Block:
    choices: tuple[Groups, ...] = (1, 1, "depthwise", 2, 4)
    groups = random.choice(choices)
    widths = {"depthwise": shape[0], 1: random.randint(1, 16)}
    width = widths.get(groups, 4 * random.randint(1, 4))
    return Block(width, groups=groups, **_convolution(random, keep))


def _separable(random: Random, _shape: Shape, keep: bool) -> Separable:
    middle = random.choice(NESTED_ORDERS)
    return Separable(random.randint(1, 16), middle=middle, **_convolution(random, keep))


def _pool(random: Random, _shape: Shape, keep: bool) -> Pool:
    kind = random.choice(get_args(PoolKind))
    if keep:
        return Pool(kind, 3, 1, 1)
    return Pool(kind, random.randint(1, 4), random.randint(0, 3), random.randint(0, 1))


def _norm(random: Random, _shape: Shape, _keep: bool) -> Norm:
    return Norm(random.choice(get_args(NormKind)), random.choice((1, 2, 4)))


def _activation(random: Random, _shape: Shape, _keep: bool) -> Activation:
    return Activation(random.choice(get_args(ActivationKind)))


def _dropout(random: Random, _shape: Shape, _keep: bool) -> Dropout:
    return Dropout(random.choice((0.0, 0.2)))


def _squeeze_excite(random: Random, _shape: Shape, _keep: bool) -> SqueezeExcite:
    return SqueezeExcite(
        reduction=random.choice((1, 2, 4)),
        activation=random.choice(get_args(ActivationKind)),
        gate=random.choice(get_args(GateKind)),
        hidden=random.choice((0, random.randint(1, 8))),
    )


def _residual(random: Random, shape: Shape, depth: int, keep: bool) -> Residual:
    return Residual(
        _chain(random, shape, depth, keep=keep or random.random() < 0.6),
        activation=random.choice(get_args(ActivationKind)),
        norm=random.choice(get_args(NormKind)),
        norm_groups=random.choice((1, 2)),
    )


def _dense(random: Random, shape: Shape, depth: int, _keep: bool) -> Dense:
    return Dense(_chain(random, shape, depth, keep=True))


def _parallel(random: Random, shape: Shape, depth: int, keep: bool) -> Parallel:
    """Return branches that keep the size, or branches that start with the same kind of stride."""
    if keep or random.random() < 0.7:
        count = random.randint(1, 2)
        branches = [_chain(random, shape, depth, keep=True) for _ in range(count)]
        return Parallel((*branches, random.choice(((), branches[0]))))
    return Parallel(
        (
            (Block(random.randint(1, 8), padding="same", stride=2), Activation("silu")),
            (Pool("average", 3, 2, 1), *_chain(random, shape, depth, keep=True)),
            (Separable(random.randint(1, 8), kernel=5, stride=2),),
        )
    )


def _repeat(random: Random, shape: Shape, depth: int, keep: bool) -> Repeat:
    chain = _chain(random, shape, depth, keep=keep or random.random() < 0.8)
    last = Block(shape[0], kernel=1, activation=random.choice(get_args(ActivationKind)))
    return Repeat((*chain, last) if random.random() < 0.8 else chain, random.randint(1, 3))


SIMPLE: list[Callable[..., AnyBlock]] = [
    _plain,
    _plain,
    _separable,
    _pool,
    _norm,
    _activation,
    _dropout,
    _squeeze_excite,
]
NESTED: list[Callable[..., AnyBlock]] = [_residual, _residual, _dense, _parallel, _repeat]


def _nested_head(random: Random, shape: Shape) -> Head:
    head = _head(random, min(shape[1:]), channels_are_enough=True)
    if random.random() < 0.5:
        return head
    pooled = (shape[0], 1, 1) if head.kind.startswith("pool") else shape
    blocks = _chain(random, pooled, depth=2, keep=True)
    return replace(head, blocks=blocks)


def without_dropout(architecture: Architecture) -> Architecture:
    """Return the architecture with all dropout rates 0."""

    def dry(block: AnyBlock) -> AnyBlock:
        if isinstance(block, Block | Separable | Dropout):
            return replace(block, dropout=0.0)
        return block

    head = replace(architecture.head, dropout=0.0, blocks=map_blocks(architecture.head.blocks, dry))
    return replace(architecture, blocks=map_blocks(architecture.blocks, dry), head=head)


def random_recipe(random: Random) -> Recipe:
    """Return a valid recipe."""
    return Recipe(
        epochs=random.randint(1, 20),
        batch=random.randint(1, 512),
        optimiser=random.choice(get_args(Optimiser)),
        rate=10 ** random.uniform(-4, 0),
        momentum=random.uniform(0.01, 0.99),
        nesterov=random.random() < 0.5,
        weight_decay=random.choice((0.0, 10 ** random.uniform(-6, -2))),
        schedule=random_schedule(random),
        augmentation=random_augmentation(random),
        smoothing=random.uniform(0, 0.2),
        ema=random.choice((0.0, random.uniform(0.9, 0.999))),
        beta2=random.uniform(0.9, 0.9999),
        alpha=random.uniform(0.9, 0.999),
        epsilon=10 ** random.uniform(-9, -6),
        momentum_decay=random.uniform(0, 0.01),
        adamw_rate=10 ** random.uniform(-4, -1),
        muon_steps=random.randint(1, 8),
        clip=random.choice((0.0, random.uniform(0.1, 5))),
    )


def random_schedule(random: Random) -> Schedule:
    """Return a valid schedule."""
    return Schedule(
        kind=random.choice(get_args(ScheduleKind)),
        every=random.randint(1, 8),
        gamma=random.uniform(0.05, 1),
        floor=random.random(),
        warmup=random.random(),
        start_divisor=random.uniform(1, 50),
        end_divisor=10 ** random.uniform(0, 5),
        cycle_momentum=random.random() < 0.5,
        decay_start=random.uniform(0, 0.5),
        decay_end=random.uniform(0.51, 1),
        warmup_epochs=random.choice((0.0, random.uniform(0, 3))),
    )


def random_augmentation(random: Random) -> Augmentation:
    """Return a valid augmentation."""
    return Augmentation(
        rotation=random.uniform(0, 30),
        shift=random.uniform(0, 3),
        scale=random.uniform(0, 0.5),
        jitter=random.random(),
        fill=random.random(),
        shear=random.uniform(0, 30),
        elastic=random.uniform(0, 2),
        elastic_sigma=random.uniform(1, 6),
        erasing=random.random(),
        flip=random.random(),
    )


def random_candidate(random: Random) -> Candidate:
    """Return a valid candidate, which may be over budget."""
    return Candidate(random_architecture(random), random_recipe(random))
