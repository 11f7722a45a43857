"""Chooses the training device, the number of parallel candidates and the engine."""

import os

import torch

from search.data.dataset import Dataset
from search.errors import FrugalError
from search.training.engines.in_process import InProcessPool
from search.training.engines.processes import ProcessPool
from search.training.engines.simulated import SimulatedPool, seconds_from_environment
from search.training.engines.worker import WorkerSpec
from search.training.native import available
from search.training.pool import Pool

DEVICES = ("auto", "cpu", "cuda", "mps")
SIMULATED = "simulated"  # trains nothing; only `resolve_search_device` gives it
PLACES_PER_GPU = 16  # candidates that advance together: an estimate, until it is measured


def resolve_device(wanted: str = "auto") -> str:
    """The name of the device that trains.

    FrugalError for an unknown device, one that this machine does not have, and "simulated".
    """
    present = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if wanted == "auto":
        return next(name for name, is_present in present.items() if is_present)
    if wanted == SIMULATED:
        raise FrugalError(
            f"--device {SIMULATED} draws accuracies and trains nothing: only run accepts it, this "
            "command needs a real device; leave --device out, or use --device cpu"
        )
    if wanted not in present:
        raise FrugalError(f'no device "{wanted}": one of {", ".join(DEVICES)}')
    if not present[wanted]:
        raise FrugalError(
            f"this machine has no {wanted} device that torch {torch.__version__} can use: "
            "leave --device out, or use --device cpu"
        )
    return wanted


def resolve_search_device(wanted: str, simulated: bool) -> str:
    """The device of a search: as `resolve_device`, but it may be "simulated".

    simulated: whether the study is. Then "auto" is "simulated"; a new study is so only on request.
    """
    if wanted == SIMULATED or (simulated and wanted == "auto"):
        return SIMULATED
    return resolve_device(wanted)


def operators(device: str) -> str:
    """The implementation of training steps on a device: "C++ engine", "torch" or "simulated".

    On a CPU the engine is built now if need be.
    """
    if device == SIMULATED:
        return SIMULATED
    return "C++ engine" if device == "cpu" and available() else "torch"


def default_workers(device: str) -> int:
    """How many candidates at a time: one per core on a CPU, some on each GPU, else one."""
    if device == "cuda":
        return PLACES_PER_GPU * max(1, torch.cuda.device_count())
    if device != "cpu":
        return 1
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def worker_count(wanted: int | None, device: str) -> int:
    """How many candidates train at a time: `wanted`, or the default of the device if None.

    FrugalError for fewer than one.
    """
    if wanted is None:
        return default_workers(device)
    if wanted < 1:
        raise FrugalError(f"--workers {wanted}: at least 1")
    return wanted


def open_pool(dataset: Dataset, device: str = "cpu", workers: int = 1) -> Pool:
    """The pool that suits the device, for `workers` candidates at a time.

    On a CPU a process of one thread for each; on CUDA one process per GPU, which advances its share
    of them together; elsewhere this process, an epoch of each in turn.
    """
    if device == SIMULATED:
        return SimulatedPool(workers, seconds_from_environment())
    if device == "cpu":
        return ProcessPool(dataset, on_cores(workers))
    if device == "cuda":
        return ProcessPool(dataset, on_gpus(workers, torch.cuda.device_count()))
    return InProcessPool(dataset, device, workers)


def on_cores(workers: int) -> tuple[WorkerSpec, ...]:
    """One place per worker on a CPU."""
    return tuple(WorkerSpec() for _ in range(workers))


def on_gpus(workers: int, gpus: int) -> tuple[WorkerSpec, ...]:
    """One worker per GPU; `workers` places in all, spread evenly."""
    used = min(workers, max(1, gpus))
    shares = [workers // used + (gpu < workers % used) for gpu in range(used)]
    return tuple(
        WorkerSpec("graphs", f"cuda:{gpu}", n, waits=False) for gpu, n in enumerate(shares)
    )
