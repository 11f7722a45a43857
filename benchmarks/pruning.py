"""Which rule stops hopeless candidates early, and what does it cost? A replay on recorded curves.

Reads the candidates of a study that were trained to the end without pruning, in the order in which
they finished, and asks every rule after each epoch whether to stop. Nothing is trained. Prints the
share of epochs that each rule saves and which of the best five it would have lost.

    python benchmarks/pruning.py --study mnist
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import click
import pandas as pd

Curve = tuple[float, ...]
Rule = Callable[[Curve, Sequence[Curve]], bool]  # (curve so far, full or stopped curves before it)

EPOCHS = 15
WINDOW = 5
KEPT = 5
ORDERS = 200  # random orders of the candidates: which one comes first is chance


class Outcome(NamedTuple):
    """What a rule did. saved: fraction of epochs. lost: best candidates stopped, as ranks."""

    saved: float
    lost: tuple[int, ...]


def score(curve: Sequence[float]) -> float:
    """Consistency as the shipped objective has it."""
    return min(curve[-WINDOW:])


def bars(before: Sequence[Curve]) -> list[Curve]:
    """The best KEPT of the curves that were trained to the end."""
    full = [curve for curve in before if len(curve) == EPOCHS]
    return sorted(full, key=score, reverse=True)[:KEPT]


def bound(curve: Curve, before: Sequence[Curve]) -> bool:
    """The exact bound: no score above the KEPTth best is possible any more."""
    best = bars(before)
    remaining = (1.0,) * (EPOCHS - len(curve))
    return len(best) == KEPT and score(curve + remaining) < score(best[-1])


def behind(patience: int, first: int = 3) -> Rule:
    """Each of the best KEPT was ahead at the same epoch, `patience` epochs in a row."""

    def rule(curve: Curve, before: Sequence[Curve]) -> bool:
        best = bars(before)
        if len(best) < KEPT or len(curve) < first + patience - 1:
            return False
        recent = range(len(curve) - patience, len(curve))
        return all(curve[epoch] < min(other[epoch] for other in best) for epoch in recent)

    return rule


def gain(spare: float, first: int = 3) -> Rule:
    """No candidate yet has risen from its accuracy at this epoch as far as this one would have to.

    spare: factor on the largest rise seen.
    """

    def rule(curve: Curve, before: Sequence[Curve]) -> bool:
        best = bars(before)
        if len(best) < KEPT or len(curve) < first:
            return False
        full = [other for other in before if len(other) == EPOCHS]
        rise = max(score(other) - other[len(curve) - 1] for other in full)
        return curve[-1] + spare * max(rise, 0.0) < score(best[-1])

    return rule


def best_gain(spare: float, first: int = 3) -> Rule:
    """As `gain`, with the rises of the best KEPT only."""

    def rule(curve: Curve, before: Sequence[Curve]) -> bool:
        best = bars(before)
        if len(best) < KEPT or len(curve) < first:
            return False
        rise = max(score(other) - other[len(curve) - 1] for other in best)
        return curve[-1] + spare * max(rise, 0.0) < score(best[-1])

    return rule


def below_median(first: int) -> Rule:
    """Below the median of all others at the same epoch, from epoch `first` on."""

    def rule(curve: Curve, before: Sequence[Curve]) -> bool:
        peers = [other[len(curve) - 1] for other in before if len(other) >= len(curve)]
        return len(peers) >= KEPT and len(curve) >= first and curve[-1] < median(peers)

    return rule


def halving(rungs: tuple[int, ...] = (3, 6, 9)) -> Rule:
    """Asynchronous successive halving: at each rung the better half goes on."""

    def rule(curve: Curve, before: Sequence[Curve]) -> bool:
        return len(curve) in rungs and below_median(1)(curve, before)

    return rule


def never(_: Curve, __: Sequence[Curve]) -> bool:
    """Every candidate is trained to the end."""
    return False


RULES: dict[str, Rule] = {
    "none": never,
    "bound alone": bound,
    "median from epoch 3": below_median(3),
    "median from epoch 6": below_median(6),
    "halving at 3, 6, 9": halving(),
    "behind the best 5, 1 epoch": behind(1),
    "behind the best 5, 2 epochs": behind(2),
    "behind the best 5, 3 epochs": behind(3),
    "largest rise x 1": gain(1.0),
    "largest rise of the best 5 x 1": best_gain(1.0),
    "largest rise of the best 5 x 1.5": best_gain(1.5),
    "largest rise of the best 5 x 2": best_gain(2.0),
}


def replay(curves: Sequence[Curve], rule: Rule) -> Outcome:
    """Shows each curve epoch by epoch to the rule before the window, to the exact bound in it."""
    before: list[Curve] = []
    for curve in curves:
        stops = (
            length
            for length in range(1, EPOCHS)
            if rule is not never
            and (
                bound(curve[:length], before)
                or (length <= EPOCHS - WINDOW and rule(curve[:length], before))
            )
        )
        before.append(curve[: next(stops, EPOCHS)])
    order = sorted(range(len(curves)), key=lambda index: score(curves[index]), reverse=True)
    lost = tuple(
        rank for rank, index in enumerate(order[:KEPT], start=1) if len(before[index]) < EPOCHS
    )
    return Outcome(1 - sum(map(len, before)) / (EPOCHS * len(curves)), lost)


def compare(curves: Sequence[Curve]) -> pd.DataFrame:
    """One row per rule: in the recorded order, and over random orders of the same candidates."""
    orders = [list(pd.Series(curves).sample(frac=1, random_state=seed)) for seed in range(ORDERS)]
    rows: list[dict[str, Any]] = []
    for name, rule in RULES.items():
        recorded = replay(curves, rule)
        shuffled = [replay(order, rule) for order in orders]
        rows.append(
            {
                "rule": name,
                "saved": recorded.saved,
                "lost": " ".join(map(str, recorded.lost)) or "none",
                "saved_shuffled": median(outcome.saved for outcome in shuffled),
                "best_lost_shuffled": sum(1 in outcome.lost for outcome in shuffled) / ORDERS,
                "top5_lost_shuffled": sum(len(o.lost) for o in shuffled) / (KEPT * ORDERS),
            }
        )
    return pd.DataFrame(rows)


@click.command()
@click.option(
    "--curves", "recorded", type=click.Path(path_type=Path), help="Curves written before."
)
@click.option("--study", default="mnist", show_default=True)
@click.option("--studies", type=click.Path(path_type=Path), default=Path("studies"))
@click.option("--out", type=click.Path(path_type=Path), help="Also write the curves as JSON.")
def main(recorded: Path | None, study: str, studies: Path, out: Path | None) -> None:
    """Replay pruning rules over the fully trained candidates of a study."""
    if recorded:
        curves = [tuple(curve) for curve in json.loads(recorded.read_text())["curves"]]
    else:
        from search import load_study

        records = load_study(study, studies=studies).records()
        curves = [r.validation_accuracy for r in records if r.epochs == EPOCHS]
    if out:
        out.write_text(json.dumps({"study": study, "curves": curves}) + "\n")
    click.echo(f"{len(curves)} candidates trained for {EPOCHS} epochs")
    click.echo(compare(curves).round(3).to_string(index=False))


if __name__ == "__main__":
    main()
