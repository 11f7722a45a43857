"""What a device itself tells of its energy and memory, where it does: NVIDIA GPUs, Intel RAPL.

NVIDIA's management library is asked directly (`libnvidia-ml`, which comes with the driver); the
counters are of all GPUs of the machine. A CPU's are of its packages, memory where RAPL has a zone
for it; they are readable by root alone on most machines.
"""

from ctypes import CDLL, Structure, byref, c_uint, c_ulonglong, c_void_p
from functools import cache
from math import inf
from pathlib import Path
from typing import NamedTuple

LIBRARY = "libnvidia-ml.so.1"
ZONES = Path("/sys/class/powercap")
SHOWN = ("energy_uj", "max_energy_range_uj")
MEBI = 1 << 20


class Counter(NamedTuple):
    """joules: so far. span: the joules at which it begins again."""

    joules: float
    span: float


class Meter:
    """Counts joules from the moment it is made."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._before = counters(device)

    def joules(self) -> float | None:
        """Spent by the device since then, None where it does not tell."""
        after = counters(self._device)
        return spent(self._before, after) if after else None


def spent(before: list[Counter], after: list[Counter]) -> float:
    """Joules between two readings; a counter that has begun again once is understood."""
    pairs = zip(before, after, strict=True)
    return sum((late.joules - early.joules) % late.span for early, late in pairs)


def counters(device: str) -> list[Counter]:
    """What the device's counters show now, none where it does not tell."""
    return _gpu_counters() if device == "cuda" else _cpu_counters()


def gpu_memory() -> float:
    """MiB in use on all GPUs, by whomever; 0 where there is none."""
    library, handles = _gpus() or (None, [])
    used = 0.0
    for handle in handles:
        memory = _Memory()
        if library and library.nvmlDeviceGetMemoryInfo(handle, byref(memory)) == 0:
            used += memory.used / MEBI
    return used


class _Memory(Structure):
    """nvmlMemory_t."""

    _fields_ = (("total", c_ulonglong), ("free", c_ulonglong), ("used", c_ulonglong))


@cache
def _gpus() -> tuple[CDLL, list[c_void_p]] | None:
    """The library and a handle for each GPU; None without a driver."""
    try:
        library = CDLL(LIBRARY)
    except OSError:
        return None
    count = c_uint()
    if library.nvmlInit_v2() or library.nvmlDeviceGetCount_v2(byref(count)):
        return None
    handles = [c_void_p() for _ in range(count.value)]
    for index, handle in enumerate(handles):
        if library.nvmlDeviceGetHandleByIndex_v2(c_uint(index), byref(handle)):
            return None
    return library, handles


def _gpu_counters() -> list[Counter]:
    found = _gpus()
    if found is None:
        return []
    library, handles = found
    counted = []
    for handle in handles:
        millijoules = c_ulonglong()
        if library.nvmlDeviceGetTotalEnergyConsumption(handle, byref(millijoules)):
            return []  # older than Volta
        counted.append(Counter(millijoules.value / 1_000, inf))
    return counted


def _cpu_counters() -> list[Counter]:
    try:
        zones = sorted(ZONES.glob("intel-rapl:?"))
        return [Counter(*(_joules(zone / name) for name in SHOWN)) for zone in zones]
    except OSError:
        return []


def _joules(path: Path) -> float:
    return int(path.read_text()) / 1e6
