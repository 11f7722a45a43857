"""How well early epochs predict the score of a candidate, and what early-stopping rules cost.

Reads recorded curves of candidates that were trained to the end (`recorded_curves.py`) and replays
rules (`stopping_rules.py`) on them, in the recorded order, in random orders and on resampled
candidates. Nothing is trained. Prints tables and writes JSON.

    python -m benchmarks.early_stopping.fidelity                  # minutes on one core
    python -m benchmarks.early_stopping.fidelity --gather mnist   # adds the curves of a study first

Only gather studies that were run with `--pruner none`. Other studies contain full curves only of
the candidates that the pruner kept.
"""

import json
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from random import Random
from statistics import fmean, stdev
from typing import Any, NamedTuple

import click
import numpy as np
import pandas as pd
from scipy.stats import rankdata

from benchmarks.early_stopping.recorded_curves import (
    RecordedCurve,
    curves_of_study,
    merge,
    read,
    write,
)
from benchmarks.early_stopping.stopping_rules import VARIANTS, Variant, averaged, replay, score
from benchmarks.environment import RESULTS, result_file, today
from search.loop.pruning import KEPT
from search.study.environment import versions

CURVES = RESULTS / "curves-cpu-202611.json"
EPOCHS, IMAGES = 15, 50_000  # epochs and training images; other curves are excluded
RUNGS = (1, 2, 3, 4, 5, 6, 8, 10)
FEWEST = 10  # minimum number of candidates of a kind for a rank correlation
POOLS = 1_000  # resampled sets of candidates, for the interval of a rank correlation
LONG = 100  # number of candidates of a default study
GOOD = 0.1  # the best share of all candidates; a search should find one of them
BUDGETS = (0.25, 0.5)  # shares of the MACs needed to train all candidates in full
LEFT_OUT = (1, 2, 3, 4)  # numbers of best candidates that are excluded, so that others are the best


def percentiles(values: Sequence[float]) -> tuple[float, float]:
    """Return the bounds of the middle 95 % of the values."""
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Return Spearman's rank correlation; NaN if all values are equal."""
    x, y = rankdata(a), rankdata(b)
    if len(a) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def predictions(curves: Sequence[RecordedCurve], group: str) -> list[dict[str, Any]]:
    """Return one row per epoch: rank correlation with the score, and regret of keeping the best."""
    table = np.array([curve.accuracies for curve in curves])
    scores = np.array([score(curve.accuracies) for curve in curves])
    draw = np.random.default_rng(0)
    pools = [draw.integers(0, len(curves), len(curves)) for _ in range(POOLS)]
    rows = []
    for epoch in RUNGS:
        early = table[:, epoch - 1]
        order = np.argsort(-early, kind="stable")
        low, high = percentiles([correlation(early[p], scores[p]) for p in pools])
        better = scores >= np.median(scores)
        rows.append(
            {"who": group, "n": len(curves), "epoch": epoch}
            | {"spearman": correlation(early, scores), "low": low, "high": high}
            | {"better half": correlation(early[better], scores[better])}
            | {
                f"regret of the best {name}": 100 * float(scores.max() - scores[order[:most]].max())
                for name, most in leaders(len(curves)).items()
            }
            | {"rank of the best": 1 + int((early > early[scores.argmax()]).sum())}
        )
    return rows


def groups(curves: Sequence[RecordedCurve]) -> dict[str, list[RecordedCurve]]:
    """Group the candidates: all, averaged weights, raw weights; only groups of at least FEWEST."""
    kinds = {
        "all": list(curves),
        "averaged weights": [curve for curve in curves if averaged(curve)],
        "raw weights": [curve for curve in curves if not averaged(curve)],
    }
    return {name: group for name, group in kinds.items() if len(group) >= FEWEST}


def leaders(count: int) -> dict[str, int]:
    """Return numbers of best candidates: one, a quarter and a half of `count`."""
    return {"1": 1, "1/4": max(1, count // 4), "1/2": max(1, count // 2)}


def cost(curves: Sequence[RecordedCurve], variant: Variant) -> dict[str, float]:
    """Return what a rule saves and loses in this order; regret in percentage points."""
    lengths = replay(curves, variant)
    scores = [score(curve.accuracies) for curve in curves]
    whole = [length == EPOCHS for length in lengths]
    best = max(s for s, trained in zip(scores, whole, strict=True) if trained)
    five = sorted(range(len(curves)), key=lambda i: -scores[i])[:5]
    # MACs instead of seconds, which depend on the engine and on the load of the machine
    spent = [length * curve.macs for length, curve in zip(lengths, curves, strict=True)]
    full = EPOCHS * sum(curve.macs for curve in curves)
    later = lengths[KEPT:]
    figures = {
        "epochs saved": 1 - sum(lengths) / (EPOCHS * len(curves)),
        "saved later": 1 - sum(later) / (EPOCHS * len(later)),
        "MACs saved": 1 - sum(spent) / full,
        "best lost": float(best < max(scores)),
        "regret": 100 * (max(scores) - best),
        "best 5 lost": fmean(not whole[index] for index in five),
    }
    good = sorted(scores)[-max(1, round(GOOD * len(scores)))]
    for budget in BUDGETS:
        within = [
            s >= good
            for s, trained, end in zip(scores, whole, accumulate(spent), strict=True)
            if trained and end <= budget * full
        ]
        figures[f"good one at {budget:g}"] = float(any(within))
    return figures


class Samples(NamedTuple):
    """Sequences of candidates on which every rule is replayed.

    shuffled: random orders. resampled: as many candidates drawn with replacement, for an interval
    over sets of candidates. long: LONG candidates drawn with replacement. without: random orders of
    the candidates without the best LEFT_OUT ones.
    """

    shuffled: list[list[RecordedCurve]]
    resampled: list[list[RecordedCurve]]
    long: list[list[RecordedCurve]]
    without: list[list[RecordedCurve]]


def draw_samples(curves: Sequence[RecordedCurve], orders: int, pools: int) -> Samples:
    """Draw the samples with a fixed seed. orders, pools: numbers of sequences."""
    draw = Random(0)  # noqa: S311 (not used for security)
    best = sorted(curves, key=lambda curve: -score(curve.accuracies))
    return Samples(
        [draw.sample(curves, len(curves)) for _ in range(orders)],
        [draw.choices(curves, k=len(curves)) for _ in range(pools)],
        [draw.choices(curves, k=LONG) for _ in range(pools // 5)],
        [draw.sample(best[out:], len(best) - out) for out in LEFT_OUT * (orders // len(LEFT_OUT))],
    )


def in_recorded_order(curves: Sequence[RecordedCurve], variant: Variant) -> dict[str, float]:
    """Return the effect of a rule on each study in its recorded order, averaged over studies."""
    studies = [[c for c in curves if c.study == s] for s in dict.fromkeys(c.study for c in curves)]
    rows = [cost(study, variant) for study in studies if len(study) > KEPT]
    whole = [len(study) for study in studies if len(study) > KEPT]
    later = [count - KEPT for count in whole]
    return {
        "recorded": np.average([row["epochs saved"] for row in rows], weights=whole),
        "recorded, later": np.average([row["saved later"] for row in rows], weights=later),
        "recorded lost": sum(row["best lost"] for row in rows),
        "recorded 5 lost": fmean(row["best 5 lost"] for row in rows),
    }


def compare(curves: Sequence[RecordedCurve], samples: Samples) -> list[dict[str, Any]]:
    """Return one row of results per rule."""
    rows = []
    for name, variant in VARIANTS.items():
        shuffled = pd.DataFrame([cost(order, variant) for order in samples.shuffled]).mean()
        resampled = pd.DataFrame([cost(pool, variant) for pool in samples.resampled])
        without = pd.DataFrame([cost(pool, variant) for pool in samples.without]).mean()
        long = [cost(pool, variant)["epochs saved"] for pool in samples.long]
        low, high = percentiles(list(resampled["epochs saved"]))
        row: dict[str, Any] = {"rule": name, **in_recorded_order(curves, variant)}
        row |= {str(column): value for column, value in shuffled.items()}
        row |= {"low": low, "high": high, "resampled lost": resampled["best lost"].mean()}
        row |= {"left out lost": without["best lost"], "left out regret": without["regret"]}
        rows.append(row | {f"saved of {LONG}": fmean(long)})
    return rows


def noise(curves: Sequence[RecordedCurve]) -> list[dict[str, Any]]:
    """Return the spread of a candidate's score between seeds, in percentage points."""
    rows = []
    for key in sorted({(c.study, c.trial) for c in curves if c.kind == "repeat"}):
        runs = [100 * score(c.accuracies) for c in curves if (c.study, c.trial) == key]
        name = f"{key[0]} trial {key[1]}"
        rows.append({"candidate": name, "n": len(runs), "mean": fmean(runs), "spread": stdev(runs)})
    return rows


def show(name: str, rows: list[dict[str, Any]]) -> None:
    """Print a table."""
    click.echo(f"\n{name}\n{pd.DataFrame(rows).round(3).to_string(index=False)}")


@click.command()
@click.option(
    "--curves", "path", type=click.Path(path_type=Path), default=CURVES, help="Recorded curves."
)
@click.option("--gather", multiple=True, help="First add the full curves of this study.")
@click.option(
    "--studies",
    type=click.Path(path_type=Path),
    default=Path("studies"),
    help="Folder of the studies for --gather.",
)
@click.option(
    "--engine",
    default="torch",
    show_default=True,
    help="Engine that trained the study of --gather: torch or native.",
)
@click.option("--orders", default=500, show_default=True, help="Number of random orders.")
@click.option("--pools", default=200, show_default=True, help="Number of resampled sets.")
@click.option("--out", type=click.Path(path_type=Path), help="File for the results as JSON.")
def main(  # noqa: PLR0913, PLR0917 (one argument per option)
    path: Path,
    gather: tuple[str, ...],
    studies: Path,
    engine: str,
    orders: int,
    pools: int,
    out: Path | None,
) -> None:
    """Replay early-stopping rules on recorded curves, print tables and write JSON."""
    for name in gather:
        known = read(path)
        write(path, curves := merge(known, curves_of_study(name, studies, engine)))
        click.echo(f"added {len(curves) - len(known)} curves of {name} to {path}")
    everything = read(path)
    whole = [c for c in everything if (len(c.accuracies), c.train_images) == (EPOCHS, IMAGES)]
    first = [curve for curve in whole if curve.kind != "repeat"]
    click.echo(
        f"{len(first)} candidates, {EPOCHS} epochs on {IMAGES:,} images, {orders} random orders"
    )
    results: dict[str, Any] = {
        "noise": noise(whole),
        "telling": [
            row for name, group in groups(first).items() for row in predictions(group, name)
        ],
    }
    for name, rows in results.items():
        show(name, rows)
    results["rules"] = compare(first, draw_samples(first, orders, pools))
    show("rules", results["rules"])
    about: dict[str, Any] = {"date": today(), "device": "cpu", "versions": versions()}
    about |= {"candidates": len(first), "orders": orders, "pools": pools}
    out = out or result_file("fidelity", "cpu")
    out.write_text(json.dumps(about | results, indent=1) + "\n", encoding="utf-8")
    click.echo(f"results written to {out}")


if __name__ == "__main__":
    main()
