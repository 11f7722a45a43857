"""Which device trains, and how many candidates at a time."""

import os

import torch

from search.errors import FrugalError

DEVICES = ("auto", "cpu", "cuda", "mps")
PLACES_PER_GPU = 16  # candidates that advance together: an estimate, until it is measured


def choose(wanted: str = "auto") -> str:
    """The device's name; FrugalError where one is asked for and not there."""
    there = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if wanted == "auto":
        return next(name for name, present in there.items() if present)
    if wanted not in there:
        raise FrugalError(f'no device "{wanted}": one of {", ".join(DEVICES)}')
    if not there[wanted]:
        raise FrugalError(
            f"this machine has no {wanted} device that torch {torch.__version__} can use: "
            "leave --device out, or use --device cpu"
        )
    return wanted


def default_workers(device: str) -> int:
    """How many candidates at a time: one per core on a CPU, some on each GPU, else one."""
    if device == "cuda":
        return PLACES_PER_GPU * max(1, torch.cuda.device_count())
    if device != "cpu":
        return 1
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS
    return len(affinity(0)) if affinity else os.cpu_count() or 1
