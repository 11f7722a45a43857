"""Accuracy of the estimated time left of a run, measured by replaying recorded curves.

Replays studies of 100 candidates on 2 workers. Candidates are drawn from a study that is recorded
in results/curves-*: the first ten from the randomly proposed ones, the others from those proposed
by TPE. Their MACs, seconds per epoch and accuracies are used, with a little noise so that no two
are equal. Candidates are stopped early by the default rule. The estimate is the one that a run
displays (`search/loop/time_left.py`). Nothing is trained.

For several moments of a run, prints the ratio of the estimated to the true time left over random
orders, and how often the two differ by at most 30 %.

    python -m benchmarks.early_stopping.time_left            # prints results; takes seconds
    python -m benchmarks.early_stopping.time_left --write    # also writes them to results/
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from heapq import heappop, heappush
from typing import Any, NamedTuple

import click
import numpy as np

from benchmarks.early_stopping.recorded_curves import RecordedCurve, read
from benchmarks.environment import RESULTS, describe_cpu_result, result_file
from benchmarks.shipped_study import load_shipped_files, mnist_settings
from search.loop.pruning import stop_reason
from search.loop.samplers import STARTUP
from search.loop.time_left import Estimate, Forecast, forecast
from search.study.records import Record
from search.study.user_files import Objective

WANTED, WORKERS = 100, 2
NOISE = 0.0003  # standard deviation added to an accuracy
PACE_NOISE = 0.05  # relative standard deviation added to an epoch's seconds
MOMENTS = (0.0, 0.02, 0.05, 0.1, 0.25, 0.5, 0.75)  # shares of the run; 0: after the first epoch
WITHIN = 0.3  # tolerated difference, relative to the true time left


class Replay(NamedTuple):
    """One replayed run.

    estimates: [(seconds since the start, estimated seconds left)] after each epoch. seconds:
    duration of the whole run. trained: share of all planned epochs that were trained.
    """

    estimates: list[tuple[float, float]]
    seconds: float
    trained: float


class ReplayedRun:
    """Replays one run, epoch by epoch, in the order in which the workers finish them."""

    def __init__(
        self, curves: Sequence[RecordedCurve], objective: Objective, view: Forecast, seed: int
    ) -> None:
        self._kinds = {kind: [c for c in curves if c.kind == kind] for kind in ("random", "tpe")}
        self._objective = objective
        self._random = np.random.default_rng(seed)
        self._estimate = Estimate(WANTED, 0, WORKERS, view)
        self._records: list[Record] = []
        self._drawn: list[tuple[RecordedCurve, list[float]]] = []  # with noisy accuracies
        # (end, candidate, epoch, seconds) of the epochs in progress
        self._queue: list[tuple[float, int, int, float]] = []
        self._now = 0.0

    def run(self, *, prune: bool) -> Replay:
        """Replay all candidates. prune: whether to stop candidates early."""
        estimates, ended, epochs = [], 0, 0
        for _ in range(WORKERS):
            self._start_candidate()
        while self._queue:
            self._now, number, epoch, seconds = heappop(self._queue)
            epochs += 1
            self._estimate.advance(number, epoch, seconds)
            if self._is_over(number, epoch, prune=prune):
                ended += 1
                self._estimate.finish(number, ended)
                if len(self._records) < WANTED:
                    self._start_candidate()
            else:
                self._start_epoch(number, epoch + 1)
            estimates.append((self._now, self._estimate.seconds_left() or 0.0))
        planned = sum(len(accuracies) for _, accuracies in self._drawn)
        return Replay(estimates, self._now, epochs / planned)

    def _start_candidate(self) -> None:
        kind = self._kinds["random" if len(self._records) < STARTUP else "tpe"]
        curve = kind[self._random.integers(len(kind))]
        noise = NOISE * self._random.normal(size=len(curve.accuracies))
        self._drawn.append((curve, list(np.clip(np.array(curve.accuracies) + noise, 0, 1))))
        number = len(self._records)
        self._records.append(
            Record(number, "running", macs=curve.macs, parameters=curve.parameters)
        )
        self._estimate.start(number, len(curve.accuracies), curve.macs)
        self._start_epoch(number, 1)

    def _start_epoch(self, number: int, epoch: int) -> None:
        seconds = self._drawn[number][0].seconds * (1 + PACE_NOISE * self._random.normal())
        heappush(self._queue, (self._now + seconds, number, epoch, seconds))

    def _is_over(self, number: int, epoch: int, *, prune: bool) -> bool:
        """Update the record of a candidate after an epoch; return whether it has ended."""
        accuracies = self._drawn[number][1]
        curve, whole = tuple(accuracies[:epoch]), epoch == len(accuracies)
        record = Record(number, "running", validation_accuracy=curve)
        self._records[number] = record
        if whole:
            score = self._objective.score(curve)
            self._records[number] = replace(record, outcome="trained", consistency=score)
        elif prune and stop_reason(curve, len(accuracies), self._records, self._objective):
            self._records[number] = replace(record, outcome="stopped early")
        return self._records[number].outcome != "running"


def ratios(replay: Replay) -> Iterator[float]:
    """Yield the ratio of the estimated to the true time left, at each of the moments."""
    for moment in MOMENTS:
        now, left = next(pair for pair in replay.estimates if pair[0] >= moment * replay.seconds)
        yield left / (replay.seconds - now)


def measure(curves: Sequence[RecordedCurve], orders: int, *, prune: bool) -> dict[str, Any]:
    """Return the distribution of the ratios over random orders, as plain data."""
    space, objective = load_shipped_files()
    view = forecast(space, mnist_settings(space, objective), 0, prune=prune)
    runs = [ReplayedRun(curves, objective, view, seed).run(prune=prune) for seed in range(orders)]
    rows = np.array([list(ratios(run)) for run in runs])
    return {
        "stopping_early": prune,
        "expected": view.expected,
        "share_of_epochs_trained": round(float(np.mean([run.trained for run in runs])), 3),
        "hours": round(float(np.median([run.seconds for run in runs])) / 3600, 2),
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
@click.option("--orders", default=200, show_default=True, help="Number of random orders.")
@click.option("--write", is_flag=True, help="Also write the JSON to results/.")
def main(orders: int, write: bool) -> None:
    """Compare the estimated with the true time left of replayed runs and print JSON."""
    paths = sorted(RESULTS.glob("curves-cpu-*.json"))
    curves = [curve for path in paths for curve in read(path) if curve.kind != "repeat"]
    studies = sorted({curve.study for curve in curves})
    rows = [
        {"study": study, **measure([c for c in curves if c.study == study], orders, prune=prune)}
        for study in studies
        for prune in (True, False)
    ]
    question = "estimated time left of a run, compared with the true time left"
    facts = describe_cpu_result(question) | {"not_real": "replayed; nothing was trained"}
    shape = {"curves": len(curves), "orders": orders, "candidates": WANTED, "workers": WORKERS}
    text = json.dumps({**facts, **shape, "rows": rows}, indent=1)
    click.echo(text)
    if write:
        result_file("estimate", "cpu").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
