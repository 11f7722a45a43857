"""Every choice of the search, top to bottom. Edit freely: a study keeps the copy it began with.

Two rules keep the sampler informed: suggest every parameter in every call, used or not, and leave
the budget to the admission check. Change a range below and run `python -m search space` to see what
it does before anything is trained.
"""

from optuna import Trial

from search import Architecture, Augmentation, Block, Candidate, Head, Recipe, Schedule, Task

SMALLEST = 4  # pixels: a map is never shrunk below this side
POOL = 2


def sample(trial: Trial, task: Task) -> Candidate:
    """One candidate for the task: images, classes and epochs are its, all else is chosen here."""
    return Candidate(architecture(trial, task), recipe(trial, task))


def architecture(trial: Trial, task: Task) -> Architecture:
    """Convolutions, a transition (max pooling, perhaps 1x1), convolutions, ..., and a head."""
    transitions = trial.suggest_int("transitions", 1, 2)
    # first, last: the widths of a stage's convolutions run evenly from one to the other
    stages = [
        stage(trial, "stage_1", depth=(1, 3), width=(4, 16)),
        stage(trial, "stage_2", depth=(1, 4), width=(6, 20)),
        stage(trial, "stage_3", depth=(1, 3), width=(6, 24)),
    ]
    reduced = [trial.suggest_categorical(f"reduce_{n}", [False, True]) for n in (1, 2)]
    widths = [trial.suggest_int(f"reduce_{n}_width", 6, 16) for n in (1, 2)]
    blocks: list[Block] = []
    side = min(task.image[1:])
    for index, convolutions in enumerate(stages[: transitions + 1]):
        if index and side >= POOL * SMALLEST:
            blocks[-1] = pooled(blocks[-1])
            side //= POOL
            if reduced[index - 1]:
                blocks.append(Block(widths[index - 1], kernel=1))
        for block in convolutions:
            padding = block.padding or int(side - 2 < SMALLEST)
            side += 2 * padding - 2
            blocks.append(Block(block.width, padding=padding, dropout=block.dropout))
    return Architecture(task.image, task.classes, tuple(blocks), head(trial))


def stage(
    trial: Trial, name: str, depth: tuple[int, int], width: tuple[int, int]
) -> list[Block]:
    """[3x3 convolution, batch norm, ReLU, dropout] x depth."""
    count = trial.suggest_int(f"{name}_depth", *depth)
    first = trial.suggest_int(f"{name}_first_width", *width)
    last = trial.suggest_int(f"{name}_last_width", *width)
    padding = trial.suggest_categorical(f"{name}_padding", [0, 1])
    dropout = trial.suggest_float(f"{name}_dropout", 0.0, 0.1, step=0.01)
    return [
        Block(round(first + (last - first) * n / max(count - 1, 1)), 3, padding, dropout=dropout)
        for n in range(count)
    ]


def pooled(block: Block) -> Block:
    """The block with max pooling at its end."""
    return Block(block.width, block.kernel, block.padding, dropout=block.dropout, pool=POOL)


def head(trial: Trial) -> Head:
    """GAP -> 1x1, 1x1 -> GAP, or linear on the flattened map."""
    return Head(trial.suggest_categorical("head", ["pool-conv", "conv-pool", "linear"]))


def recipe(trial: Trial, task: Task) -> Recipe:
    """Batch size, optimiser, rate, schedule, augmentation and what is scored."""
    optimiser = trial.suggest_categorical("optimiser", ["sgd", "adamw"])
    rate = {
        "sgd": trial.suggest_float("rate_sgd", 0.01, 0.3, log=True),
        "adamw": trial.suggest_float("rate_adamw", 0.001, 0.03, log=True),
    }
    return Recipe(
        epochs=task.budget.epochs,
        batch=2 ** trial.suggest_int("batch_log2", 6, 8),
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
        smoothing=trial.suggest_float("label_smoothing", 0.0, 0.1, step=0.02),
        ema=trial.suggest_categorical("ema", [0.0, 0.99, 0.995, 0.998]),
    )


def schedule(trial: Trial) -> Schedule:
    """The course of the learning rate; each kind reads its own settings and ignores the rest."""
    return Schedule(
        kind=trial.suggest_categorical("schedule", ["constant", "step", "cosine", "onecycle"]),
        every=trial.suggest_int("step_every_epochs", 3, 10),
        gamma=trial.suggest_float("step_gamma", 0.05, 0.5, log=True),
        floor=trial.suggest_float("cosine_floor", 0.0, 0.1),
        warmup=trial.suggest_float("onecycle_warmup", 0.1, 0.4),
    )
