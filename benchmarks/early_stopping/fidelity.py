"""What early epochs tell of a candidate, and which rule stops candidates early at what cost.

Reads recorded curves of candidates that were trained to the end (`curves.py`) and replays rules
(`rules.py`) over them, in the recorded order, in random orders and on resampled candidates. Nothing
is trained. Prints tables and writes JSON.

    python benchmarks/fidelity.py                                   # minutes on one core
    python benchmarks/fidelity.py --gather mnist --studies studies  # adds a study's curves first

A study that is gathered is to be run with `--pruner none`: of others only survivors are there.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from random import Random
from statistics import fmean, stdev
from typing import Any, NamedTuple

import click
import numpy as np
import pandas as pd
from scipy.stats import rankdata

from benchmarks.early_stopping.recorded_curves import Recorded, added, gathered, read, write
from benchmarks.early_stopping.stopping_rules import WAYS, Way, averaged, replay, score
from search.loop.pruning import KEPT
from search.study.environment import versions

RESULTS = Path(__file__).parents[1] / "results"
CURVES = RESULTS / "curves-cpu-202611.json"
EPOCHS, IMAGES = 15, 50_000  # of the curves that are compared
RUNGS = (1, 2, 3, 4, 5, 6, 8, 10)
FEWEST = 10  # candidates of a kind of which a rank correlation is told
POOLS = 1_000  # resampled sets of candidates, for the interval of a rank correlation
LONG = 100  # candidates of a default study
GOOD = 0.1  # the share of all candidates that a search is after
BUDGETS = (0.25, 0.5)  # of the MACs that all candidates cost in full
LEFT = (1, 2, 3, 4)  # so many of the best are left out in turn, so that others are the best once


def percentiles(values: Sequence[float]) -> tuple[float, float]:
    """The middle 95 %."""
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Spearman's; not a number where all are equal."""
    x, y = rankdata(a), rankdata(b)
    if len(a) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def telling(curves: Sequence[Recorded], who: str) -> list[dict[str, Any]]:
    """One row per epoch: rank correlation with the score, and what trusting the leaders costs."""
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
            {"who": who, "n": len(curves), "epoch": epoch}
            | {"spearman": correlation(early, scores), "low": low, "high": high}
            | {"better half": correlation(early[better], scores[better])}
            | {
                f"regret of the best {name}": 100 * float(scores.max() - scores[order[:most]].max())
                for name, most in leaders(len(curves)).items()
            }
            | {"rank of the best": 1 + int((early > early[scores.argmax()]).sum())}
        )
    return rows


def groups(curves: Sequence[Recorded]) -> dict[str, list[Recorded]]:
    """All of them, and those of each kind of weights that are enough to say anything of."""
    kinds = {
        "all": list(curves),
        "averaged weights": [curve for curve in curves if averaged(curve)],
        "raw weights": [curve for curve in curves if not averaged(curve)],
    }
    return {name: group for name, group in kinds.items() if len(group) >= FEWEST}


def leaders(count: int) -> dict[str, int]:
    """How many are the first, the first quarter, the first half."""
    return {"1": 1, "1/4": max(1, count // 4), "1/2": max(1, count // 2)}


def cost(curves: Sequence[Recorded], way: Way) -> dict[str, float]:
    """What a rule saves and loses in this order; regret in points of consistency."""
    lengths = replay(curves, way)
    scores = [score(curve.accuracies) for curve in curves]
    whole = [length == EPOCHS for length in lengths]
    best = max(s for s, kept in zip(scores, whole, strict=True) if kept)
    five = sorted(range(len(curves)), key=lambda i: -scores[i])[:5]
    # not seconds: engines differ, and so does what else the machine was doing
    spent = [length * curve.macs for length, curve in zip(lengths, curves, strict=True)]
    full = EPOCHS * sum(curve.macs for curve in curves)
    later = lengths[KEPT:]
    found = {
        "epochs saved": 1 - sum(lengths) / (EPOCHS * len(curves)),
        "saved later": 1 - sum(later) / (EPOCHS * len(later)),
        "MACs saved": 1 - sum(spent) / full,
        "best lost": float(best < max(scores)),
        "regret": 100 * (max(scores) - best),
        "best 5 lost": fmean(not whole[index] for index in five),
    }
    few = sorted(scores)[-max(1, round(GOOD * len(scores)))]
    for budget in BUDGETS:
        held = [
            s >= few
            for s, kept, end in zip(scores, whole, accumulate(spent), strict=True)
            if kept and end <= budget * full
        ]
        found[f"good one at {budget:g}"] = float(any(held))
    return found


class Pools(NamedTuple):
    """The candidates in several guises; every rule sees the same ones.

    shuffled: in random orders. resampled: as many drawn with replacement, an interval for another
    set of candidates. long: the same, as many as a default study has. without: random orders of
    what is left when the best few are left out.
    """

    shuffled: list[list[Recorded]]
    resampled: list[list[Recorded]]
    long: list[list[Recorded]]
    without: list[list[Recorded]]


def drawn(curves: Sequence[Recorded], orders: int, pools: int) -> Pools:
    """Draws all of them."""
    draw = Random(0)  # noqa: S311 (an order of candidates is no secret)
    best = sorted(curves, key=lambda curve: -score(curve.accuracies))
    return Pools(
        [draw.sample(curves, len(curves)) for _ in range(orders)],
        [draw.choices(curves, k=len(curves)) for _ in range(pools)],
        [draw.choices(curves, k=LONG) for _ in range(pools // 5)],
        [draw.sample(best[out:], len(best) - out) for out in LEFT * (orders // len(LEFT))],
    )


def recordings(curves: Sequence[Recorded], way: Way) -> dict[str, Any]:
    """What a rule does to each study in its own order, all studies together."""
    studies = [[c for c in curves if c.study == s] for s in dict.fromkeys(c.study for c in curves)]
    rows = [cost(study, way) for study in studies if len(study) > KEPT]
    whole = [len(study) for study in studies if len(study) > KEPT]
    later = [count - KEPT for count in whole]
    return {
        "recorded": np.average([row["epochs saved"] for row in rows], weights=whole),
        "recorded, later": np.average([row["saved later"] for row in rows], weights=later),
        "recorded lost": sum(row["best lost"] for row in rows),
        "recorded 5 lost": fmean(row["best 5 lost"] for row in rows),
    }


def compared(curves: Sequence[Recorded], pools: Pools) -> list[dict[str, Any]]:
    """One row per rule."""
    rows = []
    for name, way in WAYS.items():
        means = pd.DataFrame([cost(order, way) for order in pools.shuffled]).mean().to_dict()
        resampled = pd.DataFrame([cost(pool, way) for pool in pools.resampled])
        without = pd.DataFrame([cost(pool, way) for pool in pools.without]).mean()
        low, high = percentiles(list(resampled["epochs saved"]))
        rows.append(
            {"rule": name, **recordings(curves, way), **means, "low": low, "high": high}
            | {"resampled lost": resampled["best lost"].mean()}
            | {"left out lost": without["best lost"], "left out regret": without["regret"]}
            | {f"saved of {LONG}": fmean(cost(pool, way)["epochs saved"] for pool in pools.long)}
        )
    return rows


def noise(curves: Sequence[Recorded]) -> list[dict[str, Any]]:
    """How far the score of one candidate differs between seeds, in points."""
    rows = []
    for key in sorted({(c.study, c.trial) for c in curves if c.kind == "repeat"}):
        runs = [100 * score(c.accuracies) for c in curves if (c.study, c.trial) == key]
        name = f"{key[0]} trial {key[1]}"
        rows.append({"candidate": name, "n": len(runs), "mean": fmean(runs), "spread": stdev(runs)})
    return rows


def shown(name: str, rows: list[dict[str, Any]]) -> None:
    """Prints a table."""
    click.echo(f"\n{name}\n{pd.DataFrame(rows).round(3).to_string(index=False)}")


@click.command()
@click.option("--curves", "path", type=click.Path(path_type=Path), default=CURVES)
@click.option("--gather", multiple=True, help="A study whose full curves are added first.")
@click.option("--studies", type=click.Path(path_type=Path), default=Path("studies"))
@click.option("--engine", default="torch", show_default=True, help="What trained that study.")
@click.option("--orders", default=500, show_default=True, help="Random orders of the candidates.")
@click.option("--pools", default=200, show_default=True, help="Resampled sets of candidates.")
@click.option("--out", type=click.Path(path_type=Path), help="Where to write JSON.")
def main(  # noqa: PLR0913, PLR0917 (one argument per option)
    path: Path,
    gather_report_data: tuple[str, ...],
    studies: Path,
    engine: str,
    orders: int,
    pools: int,
    out: Path | None,
) -> None:
    """Gather, replay, print tables, write JSON."""
    for name in gather_report_data:
        known = read(path)
        write(path, curves := added(known, gathered(name, studies, engine)))
        click.echo(f"{len(curves) - len(known)} curves of {name} added to {path}")
    everything = read(path)
    whole = [c for c in everything if (len(c.accuracies), c.train_images) == (EPOCHS, IMAGES)]
    first = [curve for curve in whole if curve.kind != "repeat"]
    click.echo(f"{len(first)} candidates of {EPOCHS} epochs on {IMAGES:,} images, {orders} orders")
    found: dict[str, Any] = {
        "noise": noise(whole),
        "telling": [row for name, group in groups(first).items() for row in telling(group, name)],
    }
    for name, rows in found.items():
        shown(name, rows)
    found["rules"] = compared(first, drawn(first, orders, pools))
    shown("rules", found["rules"])
    now = datetime.now(UTC)
    about = {"date": f"{now:%Y-%m-%d}", "device": "cpu", "versions": versions()}
    about |= {"candidates": len(first), "orders": orders, "pools": pools}
    out = out or RESULTS / f"fidelity-cpu-{now:%Y%m}.json"
    out.write_text(json.dumps(about | found, indent=1) + "\n", encoding="utf-8")
    click.echo(f"written to {out}")


if __name__ == "__main__":
    main()
