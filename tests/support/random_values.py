"""Random values for property tests: every option is used, and every value is valid.

Each function takes a `random.Random`, so the same seed gives the same value.
"""

from random import Random
from typing import get_args

from search.candidates.architecture import Architecture, Head, HeadKind
from search.candidates.blocks import Block, Step
from search.candidates.candidate import Candidate
from search.candidates.recipe import Augmentation, Optimiser, Recipe, Schedule, ScheduleKind

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
