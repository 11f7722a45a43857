"""What does an epoch cost against the loop that people write? Same machine, one run.

The 8,172-parameter seed network, batch 128, rotation 7 degrees, shift 1 pixel, scale 5 %, dropout
0.05, 50,000 training images, and after every epoch the accuracy on 10,000 validation images.

plain-N: an eager nn.Sequential, torchvision transforms on PIL images, a DataLoader with N workers,
`.item()` after each step, torch's default threads. ours-N: this package's trainer with N worker
processes, a candidate each. Every side runs in a process of its own, the sides take turns, and the
first epoch of each run warms up and is not counted. Of the plain loop the number of loader workers
that won the first round goes on.

    python benchmarks/epoch.py                            # CPU, a quarter of an hour on 2 cores
    python benchmarks/epoch.py --quick                    # 2,000 images, extrapolated; a check only
    python benchmarks/epoch.py --device cuda --pool 1,8   # seconds per 15-epoch trial on a GPU
"""

import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import click
import numpy as np
import plain
import torch
from memory import held

from search import Architecture, Augmentation, Candidate, Recipe
from search.data import Dataset, load
from search.environment import versions
from search.training import EpochResult, open_pool
from search.values import from_data, to_data

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "ev8-assignment-4.json"
RESULTS = Path(__file__).parent / "results"
STEP = "5 (notebook only)"  # of the golden system: the 8,172 parameters with dropout everywhere
RECIPE = Recipe(batch=128, rate=0.08, augmentation=Augmentation(rotation=7, shift=1, scale=0.05))
TRIAL = 15  # epochs of a candidate
PLAIN, OURS = ("plain-0", "plain-1", "plain-2"), ("ours-1", "ours-2")
WHOLE, QUICK = 50_000, 2_000  # training images
SAMPLING = 0.5  # seconds between two looks at the memory


class Run(NamedTuple):
    """One side, once. epochs: seconds of every counted epoch, evaluation and pauses included.

    start: seconds from nothing to the first epoch. training: seconds of the counted epochs that
    were training and scoring, where a pool says so. rss, pss: most memory of all its processes in
    MiB; pss counts what they share once.
    """

    epochs: list[float]
    start: float
    training: float | None = None
    rss: float | None = None
    pss: float | None = None


def architecture() -> Architecture:
    """The seed network, from the golden facts."""
    steps = json.loads(GOLDEN.read_text())["steps"]
    (step,) = (step for step in steps if step["step"] == STEP)
    return from_data(Architecture, step["architecture"])


def images(count: int) -> Dataset:
    """MNIST, or `count` of its training images with the same share of the validation images."""
    dataset = load("mnist", count)
    few = torch.arange(len(dataset.validation) * count // WHOLE)
    return replace(dataset, validation=dataset.validation.at(few))


# the sides


def candidate(epochs: int) -> Candidate:
    """The seed network with the recipe, for so many epochs."""
    return Candidate(architecture(), replace(RECIPE, epochs=epochs))


def run_plain(dataset: Dataset, workers: int, epochs: int) -> Run:
    """The plain loop, timed."""
    started = time.perf_counter()
    ends = []
    for accuracy in plain.epochs(dataset, candidate(epochs), workers):
        ends.append(time.perf_counter())
        click.echo(f"validation accuracy {accuracy:.4f}", err=True)
    counted = np.diff(ends).tolist()
    return Run(counted, max(ends[0] - started - counted[0], 0.0))


def run_ours(dataset: Dataset, device: str, members: int, epochs: int) -> Run:
    """So many candidates at once, timed from the outside; training is what they say themselves."""
    started = time.perf_counter()
    told: dict[int, list[tuple[float, EpochResult]]] = {}
    with open_pool(dataset, device, members) as pool:
        for seed in range(members):
            pool.admit(candidate(epochs), seed)
        for event in pool:
            assert isinstance(event.result, EpochResult), event.result
            told.setdefault(event.member, []).append((time.perf_counter(), event.result))
    firsts = [events[0] for events in told.values()]
    return Run(
        [end for events in told.values() for end in np.diff([at for at, _ in events]).tolist()],
        min(at - result.seconds for at, result in firsts) - started,
        sum(result.seconds for events in told.values() for _, result in events[1:]),
    )


def run_here(name: str, count: int, epochs: int) -> Run:
    """One side in this process."""
    kind, _, number = name.partition("-")
    if kind == "plain":
        return run_plain(images(count), int(number), epochs)
    return run_ours(images(count), "cpu", int(number), epochs)


def run_side(name: str, count: int, epochs: int) -> Run:
    """Starts this file again for one side and watches the memory of all its processes."""
    command = [sys.executable, __file__, "--side", name, f"--epochs={epochs}"]
    command += ["--quick"] if count == QUICK else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        most = (0.0, 0.0)
        while process.poll() is None:
            most = tuple(map(max, most, held(process.pid)))  # type: ignore[assignment]
            time.sleep(SAMPLING)
        assert process.stdout is not None
        output = process.stdout.read()
    if process.returncode:
        raise click.ClickException(f"{name} ended with exit code {process.returncode}")
    rss, pss = (round(size) or None for size in most)
    return Run(*json.loads(output))._replace(rss=rss, pss=pss)


# what is told


def measure(count: int, epochs: int, repeats: int) -> dict[str, list[Run]]:
    """All sides in turn, round after round; after the first, one plain side goes on."""
    runs: dict[str, list[Run]] = {name: [] for name in (*PLAIN, *OURS)}
    going = [*PLAIN, *OURS]
    for _ in range(repeats):
        for name in going:
            runs[name].append(run_side(name, count, epochs))
            click.echo(f"{name}: {median(runs[name][-1].epochs):.2f} s per epoch", err=True)
        going = [best_plain(runs), *OURS]
    return runs


def best_plain(runs: dict[str, list[Run]]) -> str:
    """The fastest plain side of the first round."""
    return min(PLAIN, key=lambda name: median(runs[name][0].epochs))


def row(name: str, runs: list[Run], scale: float) -> dict[str, Any]:
    """The figures of one side. scale: what an epoch of all images costs of those that were used."""
    at_once = int(name[-1]) if name in OURS else 1
    rounds = [scale * median(run.epochs) for run in runs]
    counted = sum(sum(run.epochs) for run in runs)
    told = sum(run.training for run in runs if run.training is not None)
    return {
        "side": name,
        "n": len(runs),
        "seconds_per_epoch": figure(rounds),
        "seconds_per_candidate": figure([seconds * TRIAL / at_once for seconds in rounds]),
        "seconds_to_start": round(median(run.start for run in runs), 2),
        "share_not_training": round(1 - told / counted, 4) if told else None,
        "peak_rss_mib": max(run.rss or 0 for run in runs) or None,
        "peak_pss_mib": max(run.pss or 0 for run in runs) or None,
    }


def figure(values: list[float]) -> dict[str, float]:
    """Median with spread."""
    spread = {"median": median(values), "lowest": min(values), "highest": max(values)}
    return {name: round(value, 3) for name, value in spread.items()}


def ratio(plain: list[Run], ours: list[Run], at_once: int) -> dict[str, float]:
    """How many times faster per trained candidate, round by round."""
    pairs = zip(plain, ours, strict=True)
    return figure([at_once * median(one.epochs) / median(two.epochs) for one, two in pairs])


def compare(count: int, epochs: int, repeats: int) -> dict[str, Any]:
    """The comparison on a CPU as plain data."""
    runs = measure(count, epochs, repeats)
    best = best_plain(runs)
    return {
        "rounds": repeats,
        "counted_epochs_per_round": epochs - 1,
        "rows": [row(name, found, WHOLE / count) for name, found in runs.items()],
        "faster_per_candidate": {
            name: {"than": best, **ratio(runs[best], runs[name], int(name[-1]))} for name in OURS
        },
    }


def compare_pools(device: str, sizes: list[int], count: int, epochs: int) -> dict[str, Any]:
    """Pools of several sizes on one device as plain data; the first run warms up the device."""
    dataset, rows = images(count), []
    run_ours(images(QUICK), device, 1, 2)
    for size in sizes:
        started = time.perf_counter()
        run = run_ours(dataset, device, size, epochs)
        seconds = (time.perf_counter() - started) * WHOLE / count * TRIAL / epochs
        rows.append(
            {
                "pool": size,
                "n": size,
                "seconds_per_trial": round(seconds / size, 3),
                "seconds_per_epoch_of_all": round(median(run.epochs) * WHOLE / count, 3),
                "share_not_training": round(1 - size * (run.training or 0) / sum(run.epochs), 4),
            }
        )
        click.echo(f"pool of {size}: {rows[-1]['seconds_per_trial']} s per trial", err=True)
    return {"epochs": epochs, "rows": rows}


def about(device: str, count: int) -> dict[str, Any]:
    """What the figures belong to."""
    return {
        "question": "seconds per epoch and per candidate, against the plain loop",
        "date": datetime.now(UTC).date().isoformat(),
        "device": torch.cuda.get_device_name() if device == "cuda" else processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **versions(),
        "parameters": architecture().parameters,
        "recipe": to_data(RECIPE),
        "images": count,
        "extrapolated": f"linearly from {count:,} to {WHOLE:,} images" if count < WHOLE else None,
    }


def processor() -> str:
    """The processor's name."""
    facts = Path("/proc/cpuinfo")  # Linux
    lines = facts.read_text().splitlines() if facts.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


@click.command()
@click.option("--quick", is_flag=True, help="2,000 images, one round; writes nothing.")
@click.option("--epochs", type=click.IntRange(min=2), help="Per run, the first is not counted.")
@click.option("--repeats", default=3, show_default=True, help="Rounds.")
@click.option("--device", default="cpu", show_default=True, help="cpu compares, cuda pools.")
@click.option("--pool", default="1,8", show_default=True, help="Pool sizes, on cuda.")
@click.option("--side", hidden=True, help="Measure one side in this process.")
def main(
    quick: bool,
    epochs: int | None,
    repeats: int,
    device: str,
    pool: str,
    side: str | None,
) -> None:
    """Seconds per epoch and per candidate, against the plain loop."""
    count, repeats = (QUICK, 1) if quick else (WHOLE, repeats)
    if side:
        click.echo(json.dumps(run_here(side, count, epochs or 2)))
        return
    if device == "cpu":
        found = compare(count, epochs or 2, repeats)
    else:
        sizes = [int(size) for size in pool.split(",")]
        found = compare_pools(device, sizes, count, epochs or (2 if quick else TRIAL))
    text = json.dumps(about(device, count) | found, indent=1)
    click.echo(text)
    if not quick:
        path = RESULTS / f"epoch-{device}-{datetime.now(UTC):%Y%m}.json"
        path.write_text(text + "\n")


if __name__ == "__main__":
    main()
