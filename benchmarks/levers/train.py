"""Train the base and every lever with the same seeds, on all cores. Validation images only.

Results are written after every run; the same command resumes an interrupted measurement.

    python -m benchmarks.levers.train              # 5 seeds: two hours on 2 idle cores
    python -m benchmarks.levers.train --seeds 1 --lever silu --lever base
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from benchmarks.environment import describe_cpu_result, result_file
from benchmarks.levers.levers import LEVERS, Lever
from search.data.dataset import load
from search.files import from_json, to_json, write_whole
from search.seeds import derive
from search.training.device import default_workers, open_pool
from search.training.pool import EpochResult, Failure, Pool

QUESTION = "levers"
SEED = 0  # from which the seed of every run is derived
CURVES = ("validation_accuracy", "validation_loss", "training_accuracy", "training_loss")


@dataclass(frozen=True)
class LeverRun:
    """One training run. Curves have one value per epoch; accuracies are fractions.

    seed: number of the seed, from 0. candidate: as JSON. seconds: of all epochs.
    """

    lever: str
    seed: int
    parameters: int
    macs: int
    candidate: str
    validation_accuracy: tuple[float, ...]
    validation_loss: tuple[float, ...]
    training_accuracy: tuple[float, ...]
    training_loss: tuple[float, ...]
    seconds: float


@dataclass(frozen=True)
class LeverResults:
    """All runs, and the conditions under which they were trained."""

    conditions: dict[str, Any] = field(default_factory=dict)
    runs: tuple[LeverRun, ...] = ()

    def trained(self, lever: Lever, seed: int) -> bool:
        """Whether there is a run of the lever, as it is defined now, with that seed."""
        key = (lever.name, seed, to_json(lever.candidate))
        return any((run.lever, run.seed, run.candidate) == key for run in self.runs)


def read_results(path: Path) -> LeverResults:
    """Return the results in a file; none if there is no file."""
    if not path.exists():
        return LeverResults()
    return from_json(LeverResults, path.read_text(encoding="utf-8"))


def train(pool: Pool, wanted: Sequence[tuple[Lever, int]]) -> Iterator[LeverRun]:
    """Train levers with seeds in that order, and yield each run as it ends."""
    waiting = deque(wanted)
    members: dict[int, tuple[Lever, int]] = {}
    epochs: dict[int, list[EpochResult]] = {}

    def fill() -> None:
        while waiting and len(members) < pool.capacity:
            lever, seed = waiting.popleft()
            member = pool.admit(lever.candidate, derive(SEED, seed))
            members[member], epochs[member] = (lever, seed), []

    fill()
    for event in pool:
        if isinstance(event.result, Failure):
            raise RuntimeError(f"{members[event.member][0].name}: {event.result.reason}")
        epochs[event.member].append(event.result)
        if event.result.weights is not None:
            yield _run(*members.pop(event.member), epochs.pop(event.member))
            fill()


def _run(lever: Lever, seed: int, epochs: Sequence[EpochResult]) -> LeverRun:
    architecture = lever.candidate.architecture
    curves = {name: tuple(getattr(epoch, name) for epoch in epochs) for name in CURVES}
    return LeverRun(
        lever.name,
        seed,
        architecture.parameters,
        architecture.macs,
        to_json(lever.candidate),
        **curves,
        seconds=round(sum(epoch.seconds for epoch in epochs), 1),
    )


@click.command()
@click.option("--seeds", default=5, show_default=True, help="Number of seeds per lever.")
@click.option("--lever", "names", multiple=True, help="Levers to train; all by default.")
@click.option("--workers", type=int, help="Number of runs at a time; one per core by default.")
@click.option("--out", type=click.Path(path_type=Path), help="Result file.")
def main(seeds: int, names: tuple[str, ...], workers: int | None, out: Path | None) -> None:
    """Train the levers."""
    path = out or result_file(QUESTION, "cpu")
    results = read_results(path)
    chosen = [lever for lever in LEVERS if not names or lever.name in names]
    wanted = [
        (lever, seed)
        for seed in range(seeds)
        for lever in chosen
        if not results.trained(lever, seed)
    ]
    with open_pool(load("mnist"), "cpu", workers or default_workers("cpu")) as pool:
        for run in train(pool, wanted):
            current = describe_cpu_result(QUESTION)
            results = LeverResults(results.conditions or current, (*results.runs, run))
            write_whole(path, to_json(results) + "\n")
            lowest = min(run.validation_accuracy[-5:])
            print(
                f"{run.lever:22}{run.seed:3}{100 * lowest:8.2f} %{run.seconds:7.0f} s", flush=True
            )


if __name__ == "__main__":
    main()
