"""Trials per hour, compared with hand-written training loops.

1. The plain loop (`plain_loop.py`): a DataLoader with the number of workers that is fastest on this
   machine, torchvision transforms per image, eager, `.item()` per step, evaluation after each
   epoch.
2. The good loop (`good_loop.py`): images and augmentation on the device, eager; once as a single
   process with torch's default threads, and once with as many processes as cores.
3. Frugal with one candidate and with pools of 2, 4, 8, 16 and 32 candidates, on a CPU at most as
   many as cores.

All contestants train the networks `contestants.NETWORKS` with one recipe (batch 128, rotation 7
degrees, shift 1 pixel, scale 5 %) and score 10,000 validation images after every epoch. In each
round they run one after another, each in a new process. The first epoch of a candidate is a warm-up
and is not counted. `--network` and `--contestant` select some of them.

    python -m benchmarks.throughput.throughput            # 50,000 images, 2 epochs, 3 rounds
    python -m benchmarks.throughput.throughput --quick    # 4,096 images (GPU: 16,384), 2 rounds
    python -m benchmarks.throughput.throughput --device cuda
    python -m benchmarks.throughput.throughput --network separable --contestant frugal-2
"""

import json
import os
import platform
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import torch

from benchmarks.environment import processor, result_file, today
from benchmarks.throughput import contestants
from benchmarks.throughput.contestants import NETWORKS, POOL_SIZES, RECIPE, WHOLE, Contestant
from benchmarks.throughput.hardware_floor import Peak, epoch_cost
from benchmarks.throughput.launch import Bench
from benchmarks.throughput.table import TRIAL, ContestantRun, result_rows, rounded, show
from search.files import to_data
from search.study.environment import versions
from search.training.device import DEVICES, default_workers, resolve_device
from search.training.native import available

QUICK = 4_096  # training images with --quick: 32 full batches
QUICK_GPU = 16_384  # the same on a GPU, where the fixed cost of an epoch is relatively larger
FEWEST = 1_280  # minimum number of training images: enough for two batches of validation images
LOADERS = (0, 1, 2, 4, 8, 16)  # numbers of DataLoader workers that are tried
PLAIN = "plain"  # selects the plain loop with the fastest number of loader workers
MOST_COPIES = 16  # maximum number of processes of the good loop
PATIENCE = 540.0  # seconds: with --quick, a round is skipped if it would end later


def select(bench: Bench, pools: tuple[int, ...], names: Sequence[str]) -> list[Contestant]:
    """Return the contestants, in the order of a round. names: of the selected ones; () for all.

    Of the selected plain loops only the fastest is a contestant; PLAIN selects all of them.
    """
    cores = default_workers("cpu")
    plain = [Contestant(PLAIN, number) for number in LOADERS if number <= cores]
    others = other_contestants(bench.device, pools)
    check_names(names, [PLAIN, *(contestant.name for contestant in (*plain, *others))])
    if not names:
        return [bench.fastest_plain_loop(plain), *others]
    tried = [loop for loop in plain if PLAIN in names or loop.name in names]
    fastest = [bench.fastest_plain_loop(tried)] if tried else []
    return fastest + [contestant for contestant in others if contestant.name in names]


def check_names(names: Sequence[str], known: list[str]) -> None:
    """Raise an error if a contestant is not known."""
    for name in names:
        if name not in known:
            raise click.BadParameter(
                f"unknown contestant {name!r}: on this machine use one of {', '.join(known)}",
                param_hint="--contestant",
            )


def other_contestants(device: str, pools: tuple[int, ...]) -> list[Contestant]:
    """Return all contestants except the plain loop, in the order of a round."""
    cores = default_workers("cpu")
    at_once = [pool for pool in pools if device != "cpu" or pool <= cores]
    copies = min(cores, MOST_COPIES)
    field = [Contestant("good", 1)]
    field += [Contestant("good", copies)] if copies > 1 else []
    field += [Contestant("frugal", pool) for pool in at_once]
    if device == "cpu" and available():
        field.append(Contestant("torch", max(at_once)))
    return field


def load() -> float | None:
    """Return the load average of the last minute; None if the system does not provide it."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def measure(
    bench: Bench, field: list[Contestant], rounds: int, until: float
) -> Iterator[dict[str, Any]]:
    """Yield the results after each round, as plain data.

    until: time by `time.perf_counter` after which a further round must not end.
    """
    runs: dict[Contestant, list[ContestantRun]] = {contestant: [] for contestant in field}
    peaks: dict[int, list[Peak]] = {}
    failed: list[str] = []
    for number in range(1, rounds + 1):
        round_began = time.perf_counter()
        for cores, peak in bench.measure_peaks().items():
            peaks.setdefault(cores, []).append(peak)
        for contestant in list(runs):
            run = bench.measure(contestant)
            if run:
                runs[contestant].append(run)
            else:  # excluded from this round and all others
                del runs[contestant]
                failed.append(contestant.name)
        yield summarise(runs, peaks, bench) | {"rounds": number, "failed": failed}
        now = time.perf_counter()
        if now + (now - round_began) > until:
            return


def summarise(
    runs: dict[Contestant, list[ContestantRun]], peaks: dict[int, list[Peak]], bench: Bench
) -> dict[str, Any]:
    """Return the results of all rounds so far, with the highest measurement of each peak."""
    highest = {
        cores: Peak(*(max(figures) for figures in zip(*measured, strict=True)))
        for cores, measured in peaks.items()
    }
    return {
        "peaks": {cores: [rounded(figure) for figure in peak] for cores, peak in highest.items()},
        "rows": result_rows(runs, highest, bench.device, bench.count, bench.networks),
    }


def about(bench: Bench, *, quick: bool) -> dict[str, Any]:
    """Return the conditions of the measurement."""
    count, cuda = bench.count, bench.device == "cuda"
    return {
        "question": "seconds per epoch and per trial, compared with a plain and a good loop",
        "date": today(),
        "device": torch.cuda.get_device_name() if cuda else processor(),
        "devices": torch.cuda.device_count() if cuda else 1,
        "cores": default_workers("cpu"),
        "platform": platform.platform(),
        "python": platform.python_version(),
        **versions(),
        "native": available() if bench.device == "cpu" else None,
        "networks": [described(name) for name in bench.networks],
        "mean_over": contestants.averaged(bench.networks),
        "recipe": to_data(RECIPE),
        "images": count,
        "validation_images": contestants.validation_count(count),
        "extrapolated": f"linearly from {count:,} to {WHOLE:,} images" if count < WHOLE else None,
        "quick": quick,
        "warm_up_epochs": 1,
        "counted_epochs": bench.epochs,
        "trial": TRIAL,
    }


def described(name: str) -> dict[str, Any]:
    """Describe a network and the minimum cost of an epoch, as plain data."""
    architecture = contestants.architecture(name)
    cost = epoch_cost(architecture, WHOLE, contestants.validation_count(WHOLE))
    return {
        "name": name,
        "parameters": architecture.parameters,
        "macs": architecture.macs,
        "operations_per_epoch": cost.operations,
        "bytes_per_epoch": cost.traffic,
    }


@click.command()
@click.option("--quick", is_flag=True, help="Use few images and 2 rounds: under 10 minutes.")
@click.option(
    "--device",
    type=click.Choice(DEVICES),
    default="auto",
    show_default=True,
    help="Training device.",
)
@click.option(
    "--images",
    type=click.IntRange(FEWEST, WHOLE),
    help=f"Training images per epoch; results are extrapolated to {WHOLE:,}.",
)
@click.option(
    "--epochs",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="Counted epochs of each network per round.",
)
@click.option(
    "--rounds", type=click.IntRange(min=1), help="Number of rounds; 3 by default, 2 with --quick."
)
@click.option(
    "--pools",
    default=",".join(map(str, POOL_SIZES)),
    show_default=True,
    help="Frugal's pool sizes, separated by commas.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="File for the results as JSON; by default in results/, and none with --quick.",
)
@click.option(
    "--network",
    "networks",
    type=click.Choice(NETWORKS),
    multiple=True,
    help="Network to train; may be repeated. All by default.",
)
@click.option(
    "--contestant",
    "names",
    metavar="NAME",
    multiple=True,
    help="Contestant to run, for example plain, plain-2, good-1 or frugal-2; may be repeated. "
    "All by default.",
)
@click.option("--run", hidden=True, help="Run one contestant in this process.")
@click.option("--calibrate", is_flag=True, hidden=True, help="Measure only its first network.")
@click.option("--launched", type=float, hidden=True, help="Time of the launch, by perf_counter.")
@click.option("--peaks", is_flag=True, hidden=True, help="Measure the device's peak rates.")
def main(quick: bool, device: str, out: Path | None, **options: Any) -> None:
    """Measure trials per hour, compared with hand-written training loops."""
    bench = bench_of(resolve_device(device), quick, options)
    if options["run"] or options["peaks"]:
        click.echo(json.dumps(run_in_this_process(bench, options)))
        return
    if out is None and not quick:
        out = result_file("throughput", bench.device)
    pools = tuple(int(size) for size in options["pools"].split(","))
    rounds, patience = (2, PATIENCE) if quick else (3, float("inf"))
    results: dict[str, Any] = {}
    load_before, until = load(), time.perf_counter() + patience
    field = select(bench, pools, options["names"])
    for figures in measure(bench, field, options["rounds"] or rounds, until):
        results = about(bench, quick=quick) | {"load_before": load_before} | figures
        if out:
            out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    show(results)


def bench_of(device: str, quick: bool, options: dict[str, Any]) -> Bench:
    """Return the device, the numbers of images and epochs, and the networks of the options."""
    few = QUICK if device == "cpu" else QUICK_GPU
    count = options["images"] or (few if quick else WHOLE)
    networks = tuple(name for name in NETWORKS if name in (options["networks"] or NETWORKS))
    return Bench(device, count, options["epochs"], networks)


def run_in_this_process(bench: Bench, options: dict[str, Any]) -> dict[Any, Any]:
    """Do the work for which `Bench` launched this process; return plain data."""
    if options["peaks"]:
        return dict(contestants.measure_peaks(bench.device))
    contestant = contestants.parse_contestant(options["run"])
    launched = options["launched"]
    epochs = 2 if options["calibrate"] else bench.epochs + 1  # one of them is the warm-up
    plans = [
        contestants.training_plan(epochs, place, bench.networks)
        for place in range(contestant.at_once)
    ]
    if options["calibrate"]:
        return contestants.calibrate(contestant, bench.device, bench.count, plans[0], launched)
    return contestants.run(contestant, bench.device, bench.count, plans, launched)


if __name__ == "__main__":
    main()
