"""A search space of separable blocks, with shortcuts and squeeze-and-excitation.

A separable block has a fraction of the parameters of a convolution. With the same budget, these
networks are therefore deeper and wider than those of space.py. To preview and to search the space:

    python -m search space --space examples/space_separable.py
    python -m search run --space examples/space_separable.py --study separable

docs/space.md explains how to write a space, and lists all blocks.
"""

from optuna import Trial

from search import (
    Architecture,
    Augmentation,
    Block,
    Candidate,
    Head,
    Pool,
    Recipe,
    Residual,
    Schedule,
    Separable,
    SqueezeExcite,
    Task,
)
from search.candidates.blocks import AnyBlock

REDUCTION = 8  # of the channels between the two convolutions of squeeze-and-excitation


def sample(trial: Trial, task: Task) -> Candidate:
    """Return one candidate. The task gives images, classes and epochs; the trial gives the rest."""
    return Candidate(architecture(trial, task), recipe(trial, task))


def architecture(trial: Trial, task: Task) -> Architecture:
    """A 3x3 convolution, three stages of separable blocks, and a head.

    Padding keeps the size within a stage. The second and the third stage start with half the size
    of the stage before, so the image must have at least 4x4 pixels.
    """
    activation = trial.suggest_categorical("activation", ["relu", "silu", "hardswish"])
    down = trial.suggest_categorical("down_sampling", ["max", "average", "stride"])
    stem = Block(trial.suggest_int("stem_width", 8, 24), padding="same", activation=activation)
    blocks: list[AnyBlock] = [
        stem,
        *stage(trial, "stage_1", depth=(1, 2), width=(12, 32), activation=activation),
        *stage(trial, "stage_2", depth=(1, 3), width=(16, 40), activation=activation, down=down),
        *stage(trial, "stage_3", depth=(1, 4), width=(20, 48), activation=activation, down=down),
    ]
    return Architecture(task.image, task.classes, tuple(blocks), Head("pool-conv", bias=True))


def stage(
    trial: Trial,
    name: str,
    *,
    depth: tuple[int, int],
    width: tuple[int, int],
    activation: str,
    down: str = "none",
) -> list[AnyBlock]:
    """Separable blocks of one width, with down-sampling first and squeeze-and-excitation last.

    The first block changes the width; the others may have a shortcut. depth, width: (lowest,
    highest). down: "max" or "average" for 2x2 pooling, "stride" for a stride of 2 in the first
    block, or "none".
    """
    count = trial.suggest_int(f"{name}_depth", *depth)
    channels = trial.suggest_int(f"{name}_width", *width)
    kernel = trial.suggest_categorical(f"{name}_kernel", [3, 5])
    shortcut = trial.suggest_categorical(f"{name}_shortcut", [False, True])
    excite = trial.suggest_categorical(f"{name}_squeeze_excite", [False, True])
    block = Separable(channels, kernel, activation=activation)
    first = Separable(channels, kernel, stride=1 + (down == "stride"), activation=activation)
    return [
        *([Pool(down)] if down in ("max", "average") else []),
        first,
        *[Residual((block,)) if shortcut else block for _ in range(count - 1)],
        *([SqueezeExcite(REDUCTION)] if excite else []),
    ]


def recipe(trial: Trial, task: Task) -> Recipe:
    """Batch size, optimiser, learning rate, schedule, augmentation and the weights to score."""
    optimiser = trial.suggest_categorical("optimiser", ["sgd", "adamw"])
    rate = {
        "sgd": trial.suggest_float("rate_sgd", 0.02, 0.5, log=True),
        "adamw": trial.suggest_float("rate_adamw", 0.002, 0.03, log=True),
    }
    return Recipe(
        epochs=task.budget.epochs,
        batch=2 ** trial.suggest_int("batch_log2", 6, 7),
        optimiser=optimiser,
        rate=rate[optimiser],
        nesterov=optimiser == "sgd",
        weight_decay=trial.suggest_float("weight_decay", 1e-6, 1e-3, log=True),
        schedule=schedule(trial),
        augmentation=Augmentation(
            rotation=trial.suggest_float("rotation_degrees", 0.0, 15.0, step=1.0),
            shift=trial.suggest_float("shift_pixels", 0.0, 2.0, step=0.5),
            scale=trial.suggest_float("scale", 0.0, 0.1, step=0.01),
        ),
        ema=trial.suggest_categorical("ema", [0.0, 0.99, 0.995, 0.998]),
    )


def schedule(trial: Trial) -> Schedule:
    """The learning-rate schedule. Each kind uses its own settings and ignores the others."""
    return Schedule(
        kind=trial.suggest_categorical("schedule", ["cosine", "onecycle"]),
        floor=trial.suggest_float("cosine_floor", 0.0, 0.1),
        warmup=trial.suggest_float("onecycle_warmup", 0.1, 0.4),
    )
