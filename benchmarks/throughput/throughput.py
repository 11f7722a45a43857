"""How many trials an hour, against the loops that people write? One run, one device, same networks.

1. The plain loop (`plain.py`): DataLoader with as many workers as serve it best, torchvision
   transforms per image, eager, `.item()` per step, evaluation at each epoch.
2. A good loop (`good.py`): resident data, augmentation on the device, eager; alone with torch's
   default threads, and as many at once as there are cores.
3. Frugal with one candidate, and with pools of 2, 4, 8, 16, 32: on a CPU no more than cores.

All train the networks of `sides.NETWORKS` by one recipe: batch 128, rotation 7 degrees, shift 1
pixel, scale 5 %, and score 10,000 validation images after every epoch. The sides take turns in
rounds, each in a fresh process; a candidate's first epoch warms up and is not counted.

    python benchmarks/throughput.py            # 50,000 images, 2 counted epochs, 3 rounds
    python benchmarks/throughput.py --quick    # 4,096 images (16,384 on a GPU), 2 rounds
    python benchmarks/throughput.py --device cuda
"""

import json
import os
import platform
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import torch

from benchmarks.throughput import contestants as sides
from benchmarks.throughput import hardware_floor as floor
from benchmarks.throughput.contestants import NETWORKS, RECIPE, WHOLE, Side
from benchmarks.throughput.launch import Bench
from benchmarks.throughput.table import TRIAL, Run, rounded, rows, show
from search.files import to_data
from search.study.environment import versions
from search.training.device import DEVICES, choose, default_workers

RESULTS = Path(__file__).parents[1] / "results"
QUICK = 4_096  # training images: 32 batches, so that nothing is left over
QUICK_GPU = 16_384  # on any device but a CPU: less of an epoch is what every epoch costs
FEWEST = 1_280  # training images: two batches of validation images
POOLS = (1, 2, 4, 8, 16, 32)
LOADERS = (0, 1, 2, 4, 8, 16)  # workers of a DataLoader
COPIES = 16  # of the good loop at once, at most
PATIENCE = 540.0  # seconds: --quick begins no round that would end later


def field(plain: Side, device: str, pools: tuple[int, ...]) -> list[Side]:
    """All sides, in the order of a round."""
    cores = default_workers("cpu")
    at_once = [pool for pool in pools if device != "cpu" or pool <= cores]
    copies = min(cores, COPIES)
    found = [plain, Side("good", 1), *([Side("good", copies)] if copies > 1 else [])]
    found += [Side("frugal", pool) for pool in at_once]
    if device == "cpu" and sides.native():
        found.append(Side("torch", max(at_once)))
    return found


def load() -> float | None:
    """Processes that want a core, the mean of the last minute, where the system tells."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def measure(
    bench: Bench, rounds: int, pools: tuple[int, ...], patience: float
) -> Iterator[dict[str, Any]]:
    """What is known after each round, as plain data."""
    began = time.perf_counter()
    loaders = [number for number in LOADERS if number <= default_workers("cpu")]
    plain = bench.best([Side("plain", number) for number in loaders])
    runs: dict[Side, list[Run]] = {side: [] for side in field(plain, bench.device, pools)}
    peaks: dict[int, list[floor.Peak]] = {}
    failed: list[str] = []
    for number in range(1, rounds + 1):
        turn = time.perf_counter()
        for cores, peak in bench.peaks().items():
            peaks.setdefault(cores, []).append(peak)
        failed += [side.name for side in list(runs) if not _went(bench.side(side), side, runs)]
        yield told(runs, peaks, bench) | {"rounds": number, "failed": failed}
        now = time.perf_counter()
        if now - began + (now - turn) > patience:
            return


def _went(run: Run | None, side: Side, runs: dict[Side, list[Run]]) -> bool:
    """Adds the run; a side that failed is left out for good."""
    if run is None:
        del runs[side]
        return False
    runs[side].append(run)
    return True


def told(
    runs: dict[Side, list[Run]], peaks: dict[int, list[floor.Peak]], bench: Bench
) -> dict[str, Any]:
    """The figures of all rounds so far; a peak is the highest seen."""
    best = {
        cores: floor.Peak(*(max(figures) for figures in zip(*found, strict=True)))
        for cores, found in peaks.items()
    }
    return {
        "peaks": {cores: [rounded(figure) for figure in peak] for cores, peak in best.items()},
        "rows": rows(runs, best, bench.device, bench.count),
    }


def about(bench: Bench, *, quick: bool) -> dict[str, Any]:
    """What the figures belong to."""
    count, cuda = bench.count, bench.device == "cuda"
    return {
        "question": "seconds per epoch and per trial, against a plain and a good loop",
        "date": datetime.now(UTC).date().isoformat(),
        "device": torch.cuda.get_device_name() if cuda else processor(),
        "devices": torch.cuda.device_count() if cuda else 1,
        "cores": default_workers("cpu"),
        "platform": platform.platform(),
        "python": platform.python_version(),
        **versions(),
        "native": sides.native() if bench.device == "cpu" else None,
        "networks": [described(name) for name in NETWORKS],
        "recipe": to_data(RECIPE),
        "images": count,
        "validation_images": sides.held_out(count),
        "extrapolated": f"linearly from {count:,} to {WHOLE:,} images" if count < WHOLE else None,
        "quick": quick,
        "warm_up_epochs": 1,
        "counted_epochs": bench.epochs,
        "trial": TRIAL,
    }


def described(name: str) -> dict[str, Any]:
    """A network, and what an epoch of it needs at least."""
    architecture = sides.candidate(name, 1).architecture
    needs = floor.epoch(architecture, WHOLE, sides.held_out(WHOLE))
    return {
        "name": name,
        "parameters": architecture.parameters,
        "macs": architecture.macs,
        "operations_per_epoch": needs.operations,
        "bytes_per_epoch": needs.traffic,
    }


def processor() -> str:
    """The processor's name."""
    facts = Path("/proc/cpuinfo")  # Linux
    lines = facts.read_text().splitlines() if facts.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


@click.command()
@click.option("--quick", is_flag=True, help="Few images, 2 rounds, under 10 minutes.")
@click.option("--device", type=click.Choice(DEVICES), default="auto", show_default=True)
@click.option("--images", type=click.IntRange(FEWEST, WHOLE), help="Of an epoch; extrapolated.")
@click.option("--epochs", type=click.IntRange(min=1), default=2, help="Counted ones, per round.")
@click.option("--rounds", type=click.IntRange(min=1), help="How often the sides take turns.")
@click.option("--pools", default=",".join(map(str, POOLS)), show_default=True, help="Frugal's.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the JSON there.")
@click.option("--side", hidden=True, help="Run one side in this process.")
@click.option("--calibrate", is_flag=True, hidden=True, help="Its first network and epochs only.")
@click.option("--began", type=float, hidden=True, help="When it was launched, by perf_counter.")
@click.option("--peaks", is_flag=True, hidden=True, help="Measure the device's peaks.")
def main(quick: bool, device: str, out: Path | None, **how: Any) -> None:
    """How many trials an hour, against the loops that people write."""
    bench = bench_of(choose(device), quick, how)
    if how["side"] or how["peaks"]:
        click.echo(json.dumps(inside(bench, how)))
        return
    if out is None and not quick:
        out = RESULTS / f"throughput-{bench.device}-{datetime.now(UTC):%Y%m}.json"
    pools = tuple(int(size) for size in how["pools"].split(","))
    rounds, patience = (2, PATIENCE) if quick else (3, float("inf"))
    found: dict[str, Any] = {}
    before = load()
    for figures in measure(bench, how["rounds"] or rounds, pools, patience):
        found = about(bench, quick=quick) | {"load_before": before} | figures
        if out:
            out.write_text(json.dumps(found, indent=1) + "\n")
    show(found)


def bench_of(device: str, quick: bool, how: dict[str, Any]) -> Bench:
    """The device, and how many images and epochs of them."""
    few = QUICK if device == "cpu" else QUICK_GPU
    return Bench(device, how["images"] or (few if quick else WHOLE), how["epochs"])


def inside(bench: Bench, how: dict[str, Any]) -> dict[Any, Any]:
    """What this process was launched for, as plain data."""
    if how["peaks"]:
        return dict(sides.peaks(bench.device))
    run = sides.calibrate if how["calibrate"] else sides.run
    side, epochs = sides.side(how["side"]), bench.epochs + 1
    return run(side, bench.device, bench.count, epochs, how["began"])


if __name__ == "__main__":
    main()
