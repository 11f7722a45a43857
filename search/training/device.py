"""Selection of the training device, the number of parallel candidates and the engine."""

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
SIMULATED = "simulated"  # trains nothing; only `resolve_search_device` returns it
PLACES_PER_GPU = 16  # candidates trained at the same time: an estimate, not measured yet


def resolve_device(wanted: str = "auto") -> str:
    """Return the name of the training device; "auto" prefers CUDA, then MPS, then the CPU.

    FrugalError for an unknown device, for a device that this machine does not have, and for
    "simulated".
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
            f"--device {SIMULATED} trains nothing and is accepted by run only; this command needs "
            "a real device: omit --device or use --device cpu"
        )
    if wanted not in present:
        raise FrugalError(f'unknown device "{wanted}": use one of {", ".join(DEVICES)}')
    if not present[wanted]:
        raise FrugalError(
            f"this machine has no {wanted} device that torch {torch.__version__} can use: "
            "omit --device or use --device cpu"
        )
    return wanted


def resolve_search_device(wanted: str, simulated: bool) -> str:
    """Return the device of a search: like `resolve_device`, but "simulated" is allowed.

    simulated: whether the study is simulated. If it is, "auto" means "simulated". A new study is
    simulated only on request.
    """
    if wanted == SIMULATED or (simulated and wanted == "auto"):
        return SIMULATED
    return resolve_device(wanted)


def operators(device: str) -> str:
    """Return the implementation of training steps: "C++ engine", "torch" or "simulated".

    On a CPU this builds the C++ engine if necessary.
    """
    if device == SIMULATED:
        return SIMULATED
    return "C++ engine" if device == "cpu" and available() else "torch"


def default_workers(device: str) -> int:
    """Return the default number of parallel candidates of a device.

    One per available core on a CPU, PLACES_PER_GPU per CUDA GPU, otherwise one.
    """
    if device == "cuda":
        return PLACES_PER_GPU * max(1, torch.cuda.device_count())
    if device != "cpu":
        return 1
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def worker_count(wanted: int | None, device: str) -> int:
    """Return the number of parallel candidates: `wanted`, or the device's default if None.

    FrugalError if it is less than one.
    """
    if wanted is None:
        return default_workers(device)
    if wanted < 1:
        raise FrugalError(f"--workers {wanted}: must be at least 1")
    return wanted


def open_pool(dataset: Dataset, device: str = "cpu", workers: int = 1) -> Pool:
    """Open the pool for a device, for `workers` candidates at a time.

    CPU: one single-threaded process per candidate. CUDA: one process per GPU, which trains its
    share of the candidates concurrently. Other devices: this process, which trains one epoch of
    each candidate in turn.
    """
    if device == SIMULATED:
        return SimulatedPool(workers, seconds_from_environment())
    if device == "cpu":
        return ProcessPool(dataset, on_cores(workers))
    if device == "cuda":
        return ProcessPool(dataset, on_gpus(workers, torch.cuda.device_count()))
    return InProcessPool(dataset, device, workers)


def on_cores(workers: int) -> tuple[WorkerSpec, ...]:
    """Return one spec per worker process on a CPU, with one place each."""
    return tuple(WorkerSpec() for _ in range(workers))


def on_gpus(workers: int, gpus: int) -> tuple[WorkerSpec, ...]:
    """Return one spec per GPU, with `workers` places in total, distributed evenly."""
    used = min(workers, max(1, gpus))
    shares = [workers // used + (gpu < workers % used) for gpu in range(used)]
    return tuple(
        WorkerSpec("graphs", f"cuda:{gpu}", n, waits=False) for gpu, n in enumerate(shares)
    )
