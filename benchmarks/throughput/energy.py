"""Energy and memory counters of the device, if available: NVIDIA GPUs and Intel RAPL.

NVIDIA's management library (`libnvidia-ml`, installed with the driver) is called directly; its
counters are summed over all GPUs of the machine. RAPL counts the energy of the CPU packages, and of
the memory if RAPL has a zone for it. On most machines only root can read the RAPL counters.
"""

from ctypes import CDLL, Structure, byref, c_uint, c_ulonglong, c_void_p
from functools import cache
from math import inf
from pathlib import Path
from typing import NamedTuple

LIBRARY = "libnvidia-ml.so.1"
ZONES = Path("/sys/class/powercap")
COUNTER_FILES = ("energy_uj", "max_energy_range_uj")
MEBI = 1 << 20


class Counter(NamedTuple):
    """A reading of a counter. joules: energy so far. span: value at which it wraps around to 0."""

    joules: float
    span: float


class EnergyMeter:
    """Measures the energy used since the meter was created."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._before = read_counters(device)

    def joules(self) -> float | None:
        """Return the energy used by the device so far; None if no counter is readable."""
        after = read_counters(self._device)
        return energy_between(self._before, after) if after else None


def energy_between(before: list[Counter], after: list[Counter]) -> float:
    """Return the joules between two readings; each counter may have wrapped around once."""
    pairs = zip(before, after, strict=True)
    return sum((late.joules - early.joules) % late.span for early, late in pairs)


def read_counters(device: str) -> list[Counter]:
    """Read the device's counters; [] if none can be read."""
    return _gpu_counters() if device == "cuda" else _cpu_counters()


def gpu_memory() -> float:
    """Return the MiB in use on all GPUs by all processes; 0 without an NVIDIA GPU."""
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
    """Return the library and a handle for each GPU; None without a driver."""
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
    gpus = _gpus()
    if gpus is None:
        return []
    library, handles = gpus
    counters = []
    for handle in handles:
        millijoules = c_ulonglong()
        if library.nvmlDeviceGetTotalEnergyConsumption(handle, byref(millijoules)):
            return []  # GPUs older than Volta have no counter
        counters.append(Counter(millijoules.value / 1_000, inf))
    return counters


def _cpu_counters() -> list[Counter]:
    try:
        zones = sorted(ZONES.glob("intel-rapl:?"))
        return [Counter(*(_joules(zone / name) for name in COUNTER_FILES)) for zone in zones]
    except OSError:
        return []


def _joules(path: Path) -> float:
    return int(path.read_text()) / 1e6
