"""What early stopping saves and costs in a search for the smallest network that reaches a target.

Replays recorded candidates that were trained to the end, in random orders, with the rules of
`search.loop.pruning`, both before and after a network has been verified. Nothing is trained. Prints
the share of epochs saved, by the exact bound alone and together with the rule for epochs before the
window, and the share of target-reaching candidates that were lost.

    python -m benchmarks.early_stopping.smallest    # a minute
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from unittest.mock import patch

import click
import pandas as pd

from benchmarks.early_stopping.recorded_curves import read
from benchmarks.environment import RESULTS
from search import Architecture, Block, Budget, Candidate, Recipe
from search.loop.pruning import is_behind, stop_reason_for_smallest
from search.study.records import Record
from search.study.user_files import Objective

CURVES = RESULTS / "curves-cpu-202611.json"
EPOCHS, WINDOW = 15, 5
ORDERS = 100  # random orders of the candidates
PLANNED = Candidate(Architecture((1, 28, 28), 10, (Block(4),)), Recipe(epochs=EPOCHS))
TARGETS = (0.990, 0.991, 0.992)  # reached by 18, 16 and 9 of the 43 recorded candidates
Curve = tuple[float, ...]


def score(curve: Sequence[float]) -> float:
    """Return the consistency as defined by the shipped objective."""
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
    """Return three runs that reach the target, of a network larger than every candidate."""
    first = Record(0, "trained", PLANNED, parameters=99_999, consistency=target)
    return [first, *(replace(first, number=n, repeat_of=0, repeat=n + 1) for n in (1, 2))]


def replay(curves: Sequence[Curve], target: float, *, answered: bool) -> tuple[int, int]:
    """Return (epochs trained, lost candidates that reach the target) for this order."""
    records, epochs, lost = (answer(target) if answered else []), 0, 0
    for number, curve in enumerate(curves, start=3):
        run = Record(number, "running", PLANNED, parameters=1)
        length = EPOCHS
        for epoch in range(1, EPOCHS):
            run = replace(run, validation_accuracy=curve[:epoch])
            if stop_reason_for_smallest(run, records, OBJECTIVE, target):
                length = epoch
                break
        whole = length == EPOCHS
        ended = replace(run, validation_accuracy=curve[:length], outcome="stopped early")
        # repeats are not replayed; as the largest network, the candidate does not make smaller
        # candidates unnecessary
        if whole:
            ended = replace(ended, outcome="trained", consistency=score(curve), parameters=99_999)
        records.append(ended)
        epochs += length
        lost += not whole and score(curve) >= target
    return epochs, lost


def shares(curves: Sequence[Curve], target: float, *, answered: bool, rule: bool) -> list[float]:
    """Return [share of epochs saved, share of target-reaching candidates lost], over all orders.

    answered: whether a network has been verified before. rule: whether the rule for epochs before
    the window also stops candidates, or the exact bound alone.
    """
    epochs = lost = 0
    draw = Random(0)  # noqa: S311 (not used for security)
    for _ in range(ORDERS):
        order = draw.sample(list(curves), len(curves))
        with patch("search.loop.pruning.is_behind", is_behind if rule else lambda *_: False):
            trained, lost_here = replay(order, target, answered=answered)
        epochs, lost = epochs + trained, lost + lost_here
    reach = sum(score(curve) >= target for curve in curves)
    return [1 - epochs / (EPOCHS * len(curves) * ORDERS), lost / (reach * ORDERS)]


@click.command()
@click.option(
    "--curves", "path", type=click.Path(path_type=Path), default=CURVES, help="Recorded curves."
)
def main(path: Path) -> None:
    """Replay the early-stopping rules of a search for the smallest network on recorded curves."""
    curves = [curve.accuracies for curve in read(path) if curve.kind != "repeat"]
    rows = [
        [
            target,
            "yes" if answered else "no",
            "bound and rule" if rule else "bound",
            *shares(curves, target, answered=answered, rule=rule),
        ]
        for target in TARGETS
        for answered in (False, True)
        for rule in (False, True)
    ]
    click.echo(f"{len(curves)} candidates, {EPOCHS} epochs, {ORDERS} random orders")
    columns = ["target", "verified network", "stopped by", "epochs saved", "candidates lost"]
    table = pd.DataFrame(rows, columns=columns)
    click.echo(table.round(3).to_string(index=False))


if __name__ == "__main__":
    main()
