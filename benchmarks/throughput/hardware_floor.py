"""The least that an epoch can cost on a device: arithmetic and memory traffic, counted and timed.

Both are counted from the one list of layers; the device's peaks are measured, not looked up.
"""

import time
from collections.abc import Callable
from math import prod
from typing import NamedTuple

import torch

from search import Architecture
from search.candidates.architecture import BYTES_PER_ACTIVATION, IN_PLACE

TRANSFERS = 4  # of an activation in a training step: written, read forward, read twice backward
SCORING_TRANSFERS = 2  # written and read
SIDE = {"cpu": 2_048, "cuda": 8_192}  # of the square matrices that are multiplied
COPIED = {"cpu": 1 << 26, "cuda": 1 << 28}  # floats: 256 MiB and 1 GiB, beyond every cache
TIMES = 10  # the fastest counts: a peak is what the device can do


class Peak(NamedTuple):
    """What so many cores, or a GPU, can do: float32 operations and bytes moved, per second."""

    operations: float
    bandwidth: float


class Epoch(NamedTuple):
    """What an epoch needs: float32 operations, and bytes moved if only activations are."""

    operations: int
    traffic: int

    def seconds(self, peak: Peak) -> float:
        """The floor: neither is faster, even if both overlap completely."""
        return max(self.operations / peak.operations, self.traffic / peak.bandwidth)


def epoch(architecture: Architecture, training: int, validation: int) -> Epoch:
    """What one epoch over so many training images, and scoring so many others, needs at least.

    A multiply-accumulate is two operations, forward, for the gradient of the weights and for that
    of the input, which the first layer's images do not need. Of the activations those count that
    need a buffer of their own; element-wise layers may be fused away. What a GPU or a core cannot
    do without beside this (augmentation, normalisation, the optimiser) is left out: it is a floor.
    """
    first = next((layer.macs for layer in architecture.layers if layer.macs), 0)
    kept = sum(prod(layer.shape) for layer in architecture.layers if layer.kind not in IN_PLACE)
    macs = architecture.macs
    return Epoch(
        2 * (3 * macs - first) * training + 2 * macs * validation,
        BYTES_PER_ACTIVATION * kept * (TRANSFERS * training + SCORING_TRANSFERS * validation),
    )


def measure(device: str, cores: int) -> Peak:
    """The peak of so many cores, or of a GPU.

    A matrix product on one core, times the cores; a copy of a large tensor by all of them.
    """
    torch.set_num_threads(1)
    kind = device if device in SIDE else "cpu"
    matrix = torch.rand(SIDE[kind], SIDE[kind], device=device)
    product = torch.empty_like(matrix)
    multiplying = fastest(lambda: torch.mm(matrix, matrix, out=product), device)
    torch.set_num_threads(cores)
    source = torch.ones(COPIED[kind], device=device)
    copy = torch.empty_like(source)
    copying = fastest(lambda: copy.copy_(source), device)
    return Peak(
        cores * 2 * SIDE[kind] ** 3 / multiplying,
        2 * BYTES_PER_ACTIVATION * COPIED[kind] / copying,
    )


def fastest(work: Callable[[], object], device: str) -> float:
    """Seconds of the fastest of several runs, one more going before."""
    taken = []
    for _ in range(TIMES + 1):
        started = time.perf_counter()
        work()
        if device != "cpu":
            torch.accelerator.synchronize()
        taken.append(time.perf_counter() - started)
    return min(taken[1:])
