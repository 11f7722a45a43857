"""The contestants of the throughput benchmark: what each one trains and how it is timed.

Each contestant runs in its own process and trains the same networks with the same recipe, one after
another in each of its places. The places of a contestant start with different networks, so that a
mixture of networks is trained at any time and all places end at about the same time. Networks that
are not published come last, so that the published ones are trained as without them.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from typing import Any, NamedTuple

import torch

from benchmarks.throughput import good_loop, hardware_floor, plain_loop
from benchmarks.throughput.energy import EnergyMeter
from search import (
    Architecture,
    Augmentation,
    Block,
    Candidate,
    Head,
    Pool,
    Recipe,
    Residual,
    Separable,
)
from search.candidates.baselines import find_baseline
from search.data.dataset import Dataset, load
from search.training.device import default_workers, open_pool
from search.training.pool import EpochResult

PUBLISHED = ("ev8-5", "s5-final-5", "drill-down-3")  # of 8,172, 7,758 and 9,904 parameters
UNPUBLISHED = {
    "separable": Architecture(  # of 9,682 parameters
        (1, 28, 28),
        10,
        (
            Block(16, padding="same"),
            Separable(24, pool=2),
            Separable(32),
            Residual((Separable(32),)),
            Pool("max", 2),
            Separable(40),
            Residual((Separable(40),)),
            Residual((Separable(40),)),
        ),
        Head(bias=True),
    )
}
NETWORKS = (*PUBLISHED, *UNPUBLISHED)
RECIPE = Recipe(batch=128, rate=0.08, augmentation=Augmentation(rotation=7, shift=1, scale=0.05))
WHOLE = 50_000  # training images
CALIBRATION = 10_000  # maximum number of training images to find the best number of loader workers
NATIVE = "FRUGAL_NATIVE"  # environment variable: 0 disables the C++ engine
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")  # would slow down loops that train one candidate
POOL_SIZES = (1, 2, 4, 8, 16, 32)  # candidates at a time; on a CPU at most the number of cores
TITLES = {
    "plain": "plain loop, loader workers: {}",
    "good": "good loop, processes: {}",
    "frugal": "Frugal, candidates: {}",
    "torch": "Frugal without C++, candidates: {}",
}
Clock = Callable[[], float]
Plan = list[tuple[str, Candidate]]  # networks by name, in the order of training


class Contestant(NamedTuple):
    """A contestant.

    kind: a key of TITLES. number: number of loader workers for "plain", otherwise number of
    candidates at a time.
    """

    kind: str
    number: int

    @property
    def name(self) -> str:
        """The name on the command line and in the JSON, for example "frugal-2"."""
        return f"{self.kind}-{self.number}"

    @property
    def title(self) -> str:
        """The name in tables and messages, for example "Frugal, candidates: 2"."""
        return TITLES[self.kind].format(self.number)

    @property
    def at_once(self) -> int:
        """The number of candidates trained at a time."""
        return 1 if self.kind == "plain" else self.number

    def cores(self, device: str) -> int:
        """Return the number of CPU cores in use; 1 on other devices.

        A loop that trains one candidate uses torch's default, which is all cores.
        """
        available = default_workers("cpu") if device == "cpu" else 1
        alone = self.kind == "plain" or (self.kind == "good" and self.number == 1)
        return available if alone else min(self.at_once, available)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its process: default number of threads, and the selected engine."""
        variables = {name: value for name, value in os.environ.items() if name not in THREADS}
        return variables | ({NATIVE: "0"} if self.kind == "torch" else {})


class TrialTiming(NamedTuple):
    """The timing of one candidate.

    network: its name. first: whether it was the first candidate in its place. admitted, ends: start
    of the training and end of each epoch, in seconds since the contestant was launched. training:
    seconds of training and scoring in each epoch; [] if not measured. accuracy: validation accuracy
    after the last epoch, to check that the network learns.
    """

    network: str
    first: bool
    admitted: float
    ends: list[float]
    training: list[float]
    accuracy: float


def parse_contestant(name: str) -> Contestant:
    """Return the contestant with that name; the inverse of `Contestant.name`."""
    kind, _, number = name.partition("-")
    return Contestant(kind, int(number))


def load_images(count: int) -> Dataset:
    """Load MNIST with `count` training images and a proportional number of validation images."""
    dataset = load("mnist", count)
    return replace(dataset, validation=dataset.validation.at(torch.arange(validation_count(count))))


def validation_count(training_images: int) -> int:
    """Return the number of validation images, a fifth of the training images as in full MNIST."""
    return training_images // 5


def averaged(networks: Sequence[str]) -> tuple[str, ...]:
    """Return the networks of the mean figures.

    These are the published ones if all networks are trained, so that results remain comparable with
    earlier ones, and otherwise the given ones.
    """
    return PUBLISHED if set(networks) == set(NETWORKS) else tuple(networks)


def training_plan(epochs: int, place: int = 0, networks: Sequence[str] = NETWORKS) -> Plan:
    """Return the networks with the recipe, in the order in which the place trains them."""
    published = [name for name in networks if name in PUBLISHED]
    start = place % len(published) if published else 0
    names = [*published[start:], *published[:start]]
    names += [name for name in networks if name not in PUBLISHED]
    return [(name, candidate(name, epochs)) for name in names]


def candidate(name: str, epochs: int) -> Candidate:
    """Return a network with the benchmark's recipe and that many epochs."""
    return Candidate(architecture(name), replace(RECIPE, epochs=epochs))


def architecture(name: str) -> Architecture:
    """Return one of NETWORKS."""
    if name in UNPUBLISHED:
        return UNPUBLISHED[name]
    published = find_baseline(name).candidate
    assert published is not None
    return published.architecture


def run(
    contestant: Contestant, device: str, count: int, plans: list[Plan], launched: float
) -> dict[str, Any]:
    """Run a contestant in this process.

    Returns {"timings": [TrialTiming], "joules": energy or None}. count: number of training images.
    plans: one per place. launched: launch time of the process, by `time.perf_counter`.
    """
    dataset, meter = load_images(count), EnergyMeter(device)

    def clock() -> float:
        return time.perf_counter() - launched

    if contestant.kind == "plain":
        loop = partial(plain_loop.epochs, device=device, workers=contestant.number)
        timings = run_loop(loop, dataset, plans[0], clock)
    elif contestant.kind == "good" and contestant.number > 1:
        timings = run_copies(plans, device, count, launched)
    elif contestant.kind == "good":
        loop = partial(good_loop.epochs, device=device)
        timings = run_loop(loop, dataset, plans[0], clock)
    else:
        timings = run_pool(dataset, device, plans, clock)
    return {"timings": timings, "joules": meter.joules()}


def calibrate(
    contestant: Contestant, device: str, count: int, plan: Plan, launched: float
) -> dict[str, Any]:
    """Run the plain loop on the first network of a plan.

    The result and the other arguments are those of `run`.
    """
    loop = partial(plain_loop.epochs, device=device, workers=contestant.number)
    dataset = load_images(min(count, CALIBRATION))
    timings = run_loop(loop, dataset, plan[:1], lambda: time.perf_counter() - launched)
    return {"timings": timings, "joules": None}


def run_loop(
    loop: Callable[[Dataset, Candidate], Iterator[tuple[float, float]]],
    dataset: Dataset,
    plan: Plan,
    clock: Clock,
) -> list[TrialTiming]:
    """Train one candidate after another with a loop that yields (loss, accuracy) per epoch."""
    timings: list[TrialTiming] = []
    for name, planned in plan:
        admitted, ends, accuracy = clock(), [], 0.0
        for _, accuracy in loop(dataset, planned):  # noqa: B007 (the last accuracy is recorded)
            ends.append(clock())
        timings.append(
            TrialTiming(
                name,
                first=not timings,
                admitted=admitted,
                ends=ends,
                training=[],
                accuracy=accuracy,
            )
        )
    return timings


def run_copies(plans: list[Plan], device: str, count: int, launched: float) -> list[TrialTiming]:
    """Run the good loop in one single-threaded process per plan at the same time."""
    with ProcessPoolExecutor(len(plans), get_context("spawn")) as processes:
        work = partial(run_copy, device=device, count=count, launched=launched)
        return [timing for timings in processes.map(work, plans) for timing in timings]


def run_copy(plan: Plan, device: str, count: int, launched: float) -> list[TrialTiming]:
    """Run the good loop in one of the processes of `run_copies`."""
    torch.set_num_threads(1)
    loop = partial(good_loop.epochs, device=device)
    return run_loop(loop, load_images(count), plan, lambda: time.perf_counter() - launched)


def run_pool(dataset: Dataset, device: str, plans: list[Plan], clock: Clock) -> list[TrialTiming]:
    """Run a full pool: when a candidate ends, the next one of its place is added."""
    left = [list(plan) for plan in plans]
    timings: dict[int, TrialTiming] = {}  # by member
    places: dict[int, int] = {}  # by member
    with open_pool(dataset, device, len(plans)) as pool:

        def admit(place: int) -> None:
            admitted, (name, planned) = clock(), left[place].pop(0)
            member = pool.admit(planned, seed=len(timings))
            timings[member] = TrialTiming(
                name,
                first=place not in places.values(),
                admitted=admitted,
                ends=[],
                training=[],
                accuracy=0.0,
            )
            places[member] = place

        for place in range(len(plans)):
            admit(place)
        for event in pool:
            result = event.result
            if not isinstance(result, EpochResult):
                raise RuntimeError(result.reason)
            timing = timings[event.member]
            timing.ends.append(clock())
            timing.training.append(result.seconds)
            timings[event.member] = timing._replace(accuracy=result.validation_accuracy)
            if result.weights is not None and left[places[event.member]]:
                admit(places[event.member])
    return list(timings.values())


def measure_peaks(device: str) -> dict[int, hardware_floor.Peak]:
    """Measure the device's peak for every number of cores that a contestant may use."""
    most = default_workers("cpu") if device == "cpu" else 1
    wanted = {cores for cores in POOL_SIZES if cores < most} | {most}
    return {cores: hardware_floor.measure_peak(device, cores) for cores in sorted(wanted)}
