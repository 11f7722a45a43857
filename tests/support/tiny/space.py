"""A space of tiny networks: 12 train in one or two seconds. A third is over budget."""

from optuna import Trial

from search import Architecture, Block, Candidate, Head, Recipe, Schedule, Task


def sample(trial: Trial, task: Task) -> Candidate:
    """Two convolutions with strong pooling, and a learning rate."""
    first, last = trial.suggest_int("first", 2, 8), trial.suggest_int("last", 2, 16)
    dropout = trial.suggest_float("dropout", 0, 0.2)
    blocks = (Block(first, 5, pool=4), Block(last, 3, dropout=dropout))
    head = Head(trial.suggest_categorical("head", ["pool-conv", "linear"]))
    recipe = Recipe(
        epochs=task.budget.epochs,
        batch=32,
        rate=trial.suggest_float("rate", 0.005, 0.5, log=True),
        schedule=Schedule(trial.suggest_categorical("schedule", ["constant", "cosine"])),
        ema=0.0,
    )
    return Candidate(Architecture(task.image, task.classes, blocks, head), recipe)
