"""What stopping early saves and costs where the smallest network is sought that holds a target.

Replays the candidates of a study that were trained to the end, in random orders, through the
rules of `search.loop.pruning`, before and after there is an answer. Nothing is trained. Prints the
share of epochs saved, by the bound alone and with the rule before the window, and the share of
those that reach the target which would have been lost.

    python benchmarks/target.py
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from unittest.mock import patch

import click
import pandas as pd

from benchmarks.early_stopping.recorded_curves import read
from search import Architecture, Block, Budget, Candidate, Recipe
from search.loop.pruning import is_behind, stop_reason_for_smallest
from search.study.records import Record
from search.study.user_files import Objective

CURVES = Path(__file__).parents[1] / "results" / "curves-cpu-202611.json"
EPOCHS, WINDOW = 15, 5
ORDERS = 100  # random orders of the candidates: which one comes first is chance
PLANNED = Candidate(Architecture((1, 28, 28), 10, (Block(4),)), Recipe(epochs=EPOCHS))
TARGETS = (0.990, 0.991, 0.992)  # what 18, 16 and 9 of the 43 candidates reach
Curve = tuple[float, ...]


def score(curve: Sequence[float]) -> float:
    """Consistency as the shipped objective has it."""
    return min(curve[-WINDOW:])


OBJECTIVE = Objective(
    Path("objective.py"),
    source="",
    budget=Budget(),
    window=WINDOW,
    monotone=True,
    consistency=score,
)


def answer(target: float) -> list[Record]:
    """Three runs that hold the target, larger than every candidate."""
    first = Record(0, "trained", PLANNED, parameters=99_999, consistency=target)
    return [first, *(replace(first, number=n, repeat_of=0, repeat=n + 1) for n in (1, 2))]


def replay(curves: Sequence[Curve], target: float, *, answered: bool) -> tuple[int, int]:
    """(epochs trained, candidates lost that reach the target) in this order."""
    records, epochs, lost = (answer(target) if answered else []), 0, 0
    for number, curve in enumerate(curves, start=3):
        run = Record(number, "running", PLANNED, parameters=1)
        length = EPOCHS
        for shown in range(1, EPOCHS):
            run = replace(run, validation_accuracy=curve[:shown])
            if stop_reason_for_smallest(run, records, OBJECTIVE, target):
                length = shown
                break
        whole = length == EPOCHS
        ended = replace(run, validation_accuracy=curve[:length], outcome="stopped early")
        # a success has no further runs here: it is given a size at which it overtakes nobody
        if whole:
            ended = replace(ended, outcome="trained", consistency=score(curve), parameters=99_999)
        records.append(ended)
        epochs += length
        lost += not whole and score(curve) >= target
    return epochs, lost


def measured(curves: Sequence[Curve], target: float, *, answered: bool, rule: bool) -> list[float]:
    """[share of epochs saved, share of successes lost], means over the orders."""
    epochs = lost = 0
    draw = Random(0)  # noqa: S311 (an order of candidates is no secret)
    for _ in range(ORDERS):
        order = draw.sample(list(curves), len(curves))
        with patch("search.loop.pruning.is_behind", is_behind if rule else lambda *_: False):
            trained, gone = replay(order, target, answered=answered)
        epochs, lost = epochs + trained, lost + gone
    reach = sum(score(curve) >= target for curve in curves)
    return [1 - epochs / (EPOCHS * len(curves) * ORDERS), lost / (reach * ORDERS)]


@click.command()
@click.option("--curves", "path", type=click.Path(path_type=Path), default=CURVES)
def main(path: Path) -> None:
    """Replay the rules of a search for the smallest over the candidates of a study."""
    curves = [curve.accuracies for curve in read(path) if curve.kind != "repeat"]
    rows = [
        [target, "yes" if answered else "no", "both" if rule else "bound", *found]
        for target in TARGETS
        for answered in (False, True)
        for rule in (False, True)
        for found in [measured(curves, target, answered=answered, rule=rule)]
    ]
    click.echo(f"{len(curves)} candidates of {EPOCHS} epochs, {ORDERS} random orders")
    table = pd.DataFrame(rows, columns=["target", "answer", "stops", "saved", "lost"])
    click.echo(table.round(3).to_string(index=False))


if __name__ == "__main__":
    main()
