"""A search space of nested blocks, for whole studies."""

from optuna import Trial

from search import (
    Architecture,
    Block,
    Candidate,
    Dense,
    Head,
    Parallel,
    Pool,
    Recipe,
    Repeat,
    Residual,
    Separable,
    SqueezeExcite,
    Task,
)
from search.candidates.blocks import AnyBlock
from search.candidates.layers import ActivationKind, NormKind

ACTIVATIONS: tuple[ActivationKind, ...] = ("relu", "silu", "prelu")
NORMS: tuple[NormKind, ...] = ("batch", "group", "layer")


def sample(trial: Trial, task: Task) -> Candidate:
    """Return a network with blur pooling and one kind of nested blocks."""
    width = trial.suggest_categorical("width", [8, 12, 16])
    activation = ACTIVATIONS[trial.suggest_int("activation", 0, len(ACTIVATIONS) - 1)]
    norm = NORMS[trial.suggest_int("norm", 0, len(NORMS) - 1)]
    kind = trial.suggest_categorical("kind", ["residual", "dense", "parallel", "repeat"])
    same = Separable(
        width,
        activation=activation,
        norm=norm,
        norm_groups=2,
        dropout=trial.suggest_float("dropout", 0, 0.2),
    )
    chains: dict[str, tuple[AnyBlock, ...]] = {
        "residual": (Residual((same, same), "relu"), Residual((Separable(2 * width, stride=2),))),
        "dense": (Dense((Repeat((same,), 2),)), SqueezeExcite(4)),
        "parallel": (Parallel(((same,), (Block(4, kernel=1),), ())),),
        "repeat": (Repeat((Residual((same, SqueezeExcite())),), 3),),
    }
    stem = Block(width, kernel=(3, 5), padding="same", activation=activation)
    blocks = (stem, Pool("blur", 3, 2, 1), *chains[kind], Pool("average", 2))
    head = Head("pool-conv", blocks=(Block(12, kernel=1, activation=activation),))
    architecture = Architecture(task.image, task.classes, blocks, head)
    return Candidate(architecture, Recipe(epochs=task.budget.epochs, ema=0.9))
