"""How far off is the time that a run tells, at its start and later? A replay on recorded curves.

Studies of 100 candidates on 2 workers, each candidate one of a study recorded in results/curves-*:
the first ten of those that were proposed at random, the others of those that TPE proposed, with
their MACs, their seconds per epoch and their accuracies, shifted by a little noise so that no two
are alike. What is stopped early is the default's choice, the time told is the display's
(search/estimate.py), and nothing is trained. Printed for some moments of a run is the time told as
a multiple of what it then took, over random orders, and how often it is within 30 %.

    python benchmarks/estimate.py --write
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from heapq import heappop, heappush
from typing import Any

import click
import numpy as np

from benchmarks.early_stopping.recorded_curves import Recorded, read
from benchmarks.search_overhead.overhead import RESULTS, ROOT, about, setup_of
from search.loop.pruning import stop_reason
from search.loop.samplers import STARTUP
from search.loop.time_left import Estimate, Forecast, forecast
from search.study.records import Record
from search.study.user_files import Objective, load_objective, load_space

WANTED, WORKERS = 100, 2
NOISE = 0.0003  # of an accuracy, standard deviation
PACE_NOISE = 0.05  # of an epoch's seconds, relative
MOMENTS = (0.0, 0.02, 0.05, 0.1, 0.25, 0.5, 0.75)  # shares of the run; 0 after the first epoch
WITHIN = 0.3


def told(
    curves: Sequence[Recorded], objective: Objective, view: Forecast, *, prune: bool, seed: int
) -> tuple[list[tuple[float, float]], float, float]:
    """[(seconds since the start, seconds to go as told)], seconds of all, share of epochs run."""
    kinds = {kind: [c for c in curves if c.kind == kind] for kind in ("random", "tpe")}
    random = np.random.default_rng(seed)
    estimate, records = Estimate(WANTED, 0, WORKERS, view), []
    under_way: list[tuple[float, int, int, float]] = []  # end of an epoch, number, epoch, seconds
    found, now, trained, epochs = [], 0.0, 0, 0
    courses: list[tuple[Recorded, list[float]]] = []

    def epoch_of(number: int, epoch: int) -> None:
        seconds = courses[number][0].seconds * (1 + PACE_NOISE * random.normal())
        heappush(under_way, (now + seconds, number, epoch, seconds))

    def begin() -> None:
        pool = kinds["random" if len(records) < STARTUP else "tpe"]
        curve = pool[random.integers(len(pool))]
        noise = NOISE * random.normal(size=len(curve.accuracies))
        courses.append((curve, list(np.clip(np.array(curve.accuracies) + noise, 0, 1))))
        number = len(records)
        records.append(Record(number, "running", macs=curve.macs, parameters=curve.parameters))
        estimate.start(number, len(curve.accuracies), curve.macs)
        epoch_of(number, 1)

    for _ in range(WORKERS):
        begin()
    while under_way:
        now, number, epoch, seconds = heappop(under_way)
        accuracies, epochs = courses[number][1], epochs + 1
        curve = tuple(accuracies[:epoch])
        records[number] = Record(number, "running", validation_accuracy=curve)
        estimate.advance(number, epoch, seconds)
        whole = epoch == len(accuracies)
        if whole or (prune and stop_reason(curve, len(accuracies), records, objective)):
            score = objective.score(curve) if whole else None
            outcome = "trained" if whole else "stopped early"
            records[number] = Record(number, outcome, validation_accuracy=curve, consistency=score)
            trained += 1
            estimate.finish(number, trained)
            if len(records) < WANTED:
                begin()
        else:
            epoch_of(number, epoch + 1)
        found.append((now, estimate.seconds_left() or 0.0))
    return found, now, epochs / sum(len(c[1]) for c in courses)


def ratios(found: Sequence[tuple[float, float]], whole: float) -> Iterator[float]:
    """What was told as a multiple of what it took, at each of the moments."""
    for moment in MOMENTS:
        now, left = next((now, left) for now, left in found if now >= moment * whole)
        yield left / (whole - now)


def measure(curves: Sequence[Recorded], orders: int, *, prune: bool) -> dict[str, Any]:
    """The ratios over random orders, as plain data."""
    space, objective = load_space(ROOT / "space.py"), load_objective(ROOT / "objective.py")
    view = forecast(space, setup_of(space, objective), 0, prune=prune)
    runs = [told(curves, objective, view, prune=prune, seed=seed) for seed in range(orders)]
    rows = np.array([list(ratios(found, whole)) for found, whole, _ in runs])
    return {
        "stopping_early": prune,
        "expected": view.expected,
        "share_of_epochs_trained": round(float(np.mean([share for *_, share in runs])), 3),
        "hours": round(float(np.median([whole for _, whole, _ in runs])) / 3600, 2),
        "told_over_truth": {
            f"{100 * moment:.0f} %" if moment else "first epoch": {
                **dict(
                    zip(
                        ("tenth", "median", "ninth"),
                        np.quantile(column, (0.1, 0.5, 0.9)).round(2).tolist(),
                        strict=True,
                    )
                ),
                "within_30_percent": round(float(np.mean(np.abs(column - 1) <= WITHIN)), 3),
            }
            for moment, column in zip(MOMENTS, rows.T, strict=True)
        },
    }


@click.command()
@click.option("--orders", default=200, show_default=True)
@click.option("--write", is_flag=True, help="Keep the figures in results/.")
def main(orders: int, write: bool) -> None:
    """The time told against the time taken, replayed on recorded curves."""
    paths = sorted(RESULTS.glob("curves-cpu-*.json"))
    curves = [curve for path in paths for curve in read(path) if curve.kind != "repeat"]
    studies = sorted({curve.study for curve in curves})
    rows = [
        {"study": study, **measure([c for c in curves if c.study == study], orders, prune=prune)}
        for study in studies
        for prune in (True, False)
    ]
    question = "the time to go that a run tells, against what it took"
    facts = {**about(), "question": question, "not_real": "replayed; nothing was trained"}
    facts.pop("under_way")
    shape = {"curves": len(curves), "orders": orders, "candidates": WANTED, "workers": WORKERS}
    text = json.dumps({**facts, **shape, "rows": rows}, indent=1)
    click.echo(text)
    if write:
        (RESULTS / f"estimate-cpu-{datetime.now(UTC):%Y%m}.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
