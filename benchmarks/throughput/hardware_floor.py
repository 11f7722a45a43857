"""A lower bound for the duration of an epoch on a device, from arithmetic and memory traffic.

Operations and bytes are counted from the list of layers; the device's peak rates are measured.
"""

import time
from collections.abc import Callable, Sequence
from math import prod
from typing import NamedTuple

import torch

from search import Architecture
from search.candidates.layers import BYTES_PER_ACTIVATION, IMAGE, IN_PLACE, LEARNED, Layer

TRANSFERS = 4  # of an activation in a training step: one write, one read forward, two backward
UNSTORED = IN_PLACE | {"concat"}  # layers whose output needs no buffer of its own
SCORING_TRANSFERS = 2  # of an activation in scoring: one write and one read
MATRIX_SIDE = {"cpu": 2_048, "cuda": 8_192}  # rows of the square matrices that are multiplied
COPIED = {"cpu": 1 << 26, "cuda": 1 << 28}  # floats: 256 MiB and 1 GiB, larger than any cache
TIMES = 10  # runs per measurement; the fastest is used


class Peak(NamedTuple):
    """Peak rates of a number of cores, or of a GPU: float32 operations and bytes, per second."""

    operations: float
    bandwidth: float


class EpochCost(NamedTuple):
    """Cost of an epoch: float32 operations, and bytes of memory traffic for activations alone."""

    operations: int
    traffic: int

    def seconds(self, peak: Peak) -> float:
        """Return the floor: the longer of the two durations, as if both overlapped completely."""
        return max(self.operations / peak.operations, self.traffic / peak.bandwidth)


def epoch_cost(architecture: Architecture, training: int, validation: int) -> EpochCost:
    """Return the minimum cost of an epoch with these numbers of training and validation images.

    A multiply-accumulate is two operations; `training_macs` counts them. Only activations with
    their own buffer are counted: element-wise layers may be fused, and branches may write their
    output into the buffer of their concatenation. Augmentation, normalisation and the optimiser are
    not counted, so the result is a lower bound.
    """
    layers = architecture.layers
    stored = sum(prod(layer.shape) for layer in layers if layer.kind not in UNSTORED)
    return EpochCost(
        2 * training_macs(layers) * training + 2 * architecture.macs * validation,
        BYTES_PER_ACTIVATION * stored * (TRANSFERS * training + SCORING_TRANSFERS * validation),
    )


def training_macs(layers: Sequence[Layer]) -> int:
    """Return the multiply-accumulates of a training step for one image.

    They are counted for the forward pass, for the gradient of the weights, which fixed filters do
    not have, and for the gradient of the input, which is needed only after a learned layer.
    """
    learned = {IMAGE: False}  # by number of the layer: whether its output depends on weights
    macs = 0
    for number, layer in enumerate(layers):
        behind = any(learned[n] for n in layer.inputs)
        macs += layer.macs * (1 + (layer.kind in LEARNED) + behind)
        first = layer if layer.source is None else layers[layer.source]
        learned[number] = behind or first.parameters > 0
    return macs


def measure_peak(device: str, cores: int) -> Peak:
    """Measure the peak rates of that many cores, or of a GPU.

    Operations: a matrix product on one core, times the number of cores. Bandwidth: a copy of a
    large tensor with all cores.
    """
    torch.set_num_threads(1)
    kind = device if device in MATRIX_SIDE else "cpu"
    matrix = torch.rand(MATRIX_SIDE[kind], MATRIX_SIDE[kind], device=device)
    product = torch.empty_like(matrix)
    multiplying = fastest(lambda: torch.mm(matrix, matrix, out=product), device)
    torch.set_num_threads(cores)
    source = torch.ones(COPIED[kind], device=device)
    copy = torch.empty_like(source)
    copying = fastest(lambda: copy.copy_(source), device)
    return Peak(
        cores * 2 * MATRIX_SIDE[kind] ** 3 / multiplying,
        2 * BYTES_PER_ACTIVATION * COPIED[kind] / copying,
    )


def fastest(work: Callable[[], object], device: str) -> float:
    """Return the seconds of the fastest of TIMES runs, after one warm-up run."""
    taken = []
    for _ in range(TIMES + 1):
        started = time.perf_counter()
        work()
        if device != "cpu":
            torch.accelerator.synchronize()
        taken.append(time.perf_counter() - started)
    return min(taken[1:])
