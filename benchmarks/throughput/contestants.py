"""The sides of `throughput.py`: what each one trains, and how it is timed. One process runs one.

Every side trains the same three networks by the same recipe, one after another in each of its
places; a side with several places begins with another network in each, so that what runs together
is always a mixture and all places end at about the same time.
"""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from typing import Any, NamedTuple

import torch

from benchmarks.throughput import good_loop as good
from benchmarks.throughput import hardware_floor as floor
from benchmarks.throughput import plain_loop as plain
from benchmarks.throughput.energy import Meter
from search import Augmentation, Candidate, Recipe
from search.candidates.baselines import find_baseline
from search.data.dataset import Dataset, load
from search.training.device import default_workers, open_pool
from search.training.pool import EpochResult

NETWORKS = ("ev8-5", "s5-final-5", "drill-down-3")  # of 8,172, 7,758 and 9,904 parameters
RECIPE = Recipe(batch=128, rate=0.08, augmentation=Augmentation(rotation=7, shift=1, scale=0.05))
WHOLE = 50_000  # training images
CALIBRATION = 10_000  # training images at most, to find the number of loader workers
NATIVE = "FRUGAL_NATIVE"  # in the environment: 0 turns the C++ engine off
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")  # would hold the loops of one candidate back
TITLES = {
    "plain": "plain loop, loader workers: {}",
    "good": "good loop, at once: {}",
    "frugal": "Frugal, at once: {}",
    "torch": "Frugal, no C++, at once: {}",
}
Clock = Callable[[], float]
Plan = list[tuple[str, Candidate]]  # by name, in the order of training


class Side(NamedTuple):
    """kind: a key of TITLES. number: of loader workers for "plain", else of candidates at once."""

    kind: str
    number: int

    @property
    def name(self) -> str:
        """For the command line and the JSON: "frugal-2"."""
        return f"{self.kind}-{self.number}"

    @property
    def title(self) -> str:
        """For people."""
        return TITLES[self.kind].format(self.number)

    @property
    def at_once(self) -> int:
        """Candidates trained at one time."""
        return 1 if self.kind == "plain" else self.number

    def cores(self, device: str) -> int:
        """CPU cores that compute; loops of one candidate get torch's default, which is all."""
        everything = default_workers("cpu") if device == "cpu" else 1
        alone = self.kind == "plain" or (self.kind == "good" and self.number == 1)
        return everything if alone else min(self.at_once, everything)

    @property
    def environment(self) -> dict[str, str]:
        """Of its process: torch's own choice of threads, and its choice of engine."""
        kept = {name: value for name, value in os.environ.items() if name not in THREADS}
        return kept | ({NATIVE: "0"} if self.kind == "torch" else {})


class Course(NamedTuple):
    """One candidate's training. network: its name. first: nothing ran in its place before.

    admitted, ends: its beginning and each epoch's end, seconds since the side was launched.
    training: of each epoch the seconds of training and scoring, [] where nobody tells. accuracy:
    on the validation images after the last epoch, a sign that it learns.
    """

    network: str
    first: bool
    admitted: float
    ends: list[float]
    training: list[float]
    accuracy: float


def side(name: str) -> Side:
    """The side of a name."""
    kind, _, number = name.partition("-")
    return Side(kind, int(number))


def images(count: int) -> Dataset:
    """MNIST, or `count` of its training images with the same share of the validation images."""
    dataset = load("mnist", count)
    few = torch.arange(held_out(count))
    return replace(dataset, validation=dataset.validation.at(few))


def held_out(count: int) -> int:
    """Validation images beside so many training images: one to five, as in the whole."""
    return count // 5


def planned(epochs: int, place: int = 0) -> Plan:
    """The three networks with the recipe, in the order in which the place trains them."""
    turned = [NETWORKS[(place + turn) % len(NETWORKS)] for turn in range(len(NETWORKS))]
    return [(name, candidate(name, epochs)) for name in turned]


def candidate(name: str, epochs: int) -> Candidate:
    """A published network with the recipe, for so many epochs."""
    published = find_baseline(name).candidate
    assert published is not None
    return Candidate(published.architecture, replace(RECIPE, epochs=epochs))


def native() -> bool:
    """Whether candidates on a CPU are trained by the C++ engine, in this environment."""
    try:
        from search.training.native import available
    except ImportError:
        return False
    return available()


def run(told: Side, device: str, count: int, epochs: int, began: float) -> dict[str, Any]:
    """Runs a side in this process; plain data. began: when it was launched, by `perf_counter`."""
    dataset, meter = images(count), Meter(device)

    def clock() -> float:
        return time.perf_counter() - began

    if told.kind == "plain":
        loop = partial(plain.epochs, device=device, workers=told.number)
        courses = by_hand(loop, dataset, planned(epochs), clock)
    elif told.kind == "good" and told.number > 1:
        courses = copies(told.number, device, count, epochs, began)
    elif told.kind == "good":
        courses = by_hand(partial(good.epochs, device=device), dataset, planned(epochs), clock)
    else:
        plans = [planned(epochs, place) for place in range(told.number)]
        courses = by_frugal(dataset, device, plans, clock)
    return {"courses": courses, "joules": meter.joules()}


def calibrate(told: Side, device: str, count: int, _: int, began: float) -> dict[str, Any]:
    """A warm and a counted epoch of the plain loop on the first network; as `run`."""
    loop = partial(plain.epochs, device=device, workers=told.number)
    few = images(min(count, CALIBRATION))
    courses = by_hand(loop, few, planned(2)[:1], lambda: time.perf_counter() - began)
    return {"courses": courses, "joules": None}


def by_hand(
    loop: Callable[[Dataset, Candidate], Iterator[tuple[float, float]]],
    dataset: Dataset,
    plan: Plan,
    clock: Clock,
) -> list[Course]:
    """Trains one candidate after another with a loop that yields (loss, accuracy)."""
    courses: list[Course] = []
    for name, each in plan:
        admitted, ends, accuracy = clock(), [], 0.0
        for _, accuracy in loop(dataset, each):  # noqa: B007 (the last one is told)
            ends.append(clock())
        courses.append(
            Course(
                name,
                first=not courses,
                admitted=admitted,
                ends=ends,
                training=[],
                accuracy=accuracy,
            )
        )
    return courses


def copies(number: int, device: str, count: int, epochs: int, began: float) -> list[Course]:
    """The good loop in so many processes at once, one thread each."""
    with ProcessPoolExecutor(number, get_context("spawn")) as processes:
        work = partial(copy, device=device, count=count, epochs=epochs, began=began)
        return [course for courses in processes.map(work, range(number)) for course in courses]


def copy(place: int, device: str, count: int, epochs: int, began: float) -> list[Course]:
    """One of the processes of `copies`."""
    torch.set_num_threads(1)
    loop = partial(good.epochs, device=device)
    order = planned(epochs, place)
    return by_hand(loop, images(count), order, lambda: time.perf_counter() - began)


def by_frugal(dataset: Dataset, device: str, plans: list[Plan], clock: Clock) -> list[Course]:
    """A pool that is kept full: where a candidate ends, the next of its place is admitted."""
    left = [list(plan) for plan in plans]
    courses: dict[int, Course] = {}
    places: dict[int, int] = {}  # by member
    with open_pool(dataset, device, len(plans)) as pool:

        def admit(place: int) -> None:
            now, (name, each) = clock(), left[place].pop(0)
            member = pool.admit(each, seed=len(courses))
            courses[member] = Course(
                name,
                first=place not in places.values(),
                admitted=now,
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
            course = courses[event.member]
            course.ends.append(clock())
            course.training.append(result.seconds)
            courses[event.member] = course._replace(accuracy=result.validation_accuracy)
            if result.weights is not None and left[places[event.member]]:
                admit(places[event.member])
    return list(courses.values())


def peaks(device: str) -> dict[int, floor.Peak]:
    """The device's peak for every number of cores that a side may use."""
    most = default_workers("cpu") if device == "cpu" else 1
    wanted = {cores for cores in (1, 2, 4, 8, 16, 32) if cores < most} | {most}
    return {cores: floor.measure(device, cores) for cores in sorted(wanted)}
