"""Selection of the training device and of the number of parallel candidates."""

import os

import pytest
import torch

from search.data.dataset import Dataset
from search.errors import FrugalError
from search.training.device import (
    DEVICES,
    PLACES_PER_GPU,
    default_workers,
    open_pool,
    operators,
    resolve_device,
    resolve_search_device,
)

PRESENT = {
    "cpu": True,
    "cuda": torch.cuda.is_available(),
    "mps": torch.backends.mps.is_available(),
}


def test_every_device_is_tested() -> None:
    """The tests below cover every accepted device."""
    assert set(DEVICES) == {"auto", *PRESENT}


def test_auto_prefers_a_gpu() -> None:
    """CUDA is selected if available, else MPS, else the CPU."""
    expected = "cuda" if PRESENT["cuda"] else "mps" if PRESENT["mps"] else "cpu"
    assert resolve_device() == resolve_device("auto") == expected


@pytest.mark.parametrize("name", PRESENT)
def test_an_available_device_is_used_and_a_missing_one_is_an_error(name: str) -> None:
    """The error for a missing device names it and the remedy; there is no silent fallback."""
    if PRESENT[name]:
        assert resolve_device(name) == name
        return
    with pytest.raises(FrugalError, match=f"no {name} device .* use --device cpu"):
        resolve_device(name)


@pytest.mark.parametrize("name", ["gpu", "CUDA", "cuda:7", ""])
def test_the_error_for_an_unknown_device_lists_the_choices(name: str) -> None:
    """The error is one line with all devices."""
    with pytest.raises(FrugalError, match=r"unknown device .*: use one of auto, cpu, cuda, mps"):
        resolve_device(name)


@pytest.mark.parametrize(
    "wanted, simulated, expected",
    [
        ("auto", False, resolve_device()),
        ("auto", True, "simulated"),
        ("simulated", False, "simulated"),
        ("simulated", True, "simulated"),
        ("cpu", True, "cpu"),
    ],
)
def test_a_search_is_simulated_on_request_or_if_its_study_is(
    wanted: str, simulated: bool, expected: str
) -> None:
    """By default a simulated study stays simulated, and a new study is not simulated."""
    assert resolve_search_device(wanted, simulated) == expected


def test_only_a_search_may_be_simulated() -> None:
    """Every other command fails with one line that states the remedy."""
    with pytest.raises(FrugalError, match=r"--device simulated trains nothing .* --device cpu$"):
        resolve_device("simulated")


def test_the_simulated_device_has_its_own_pool(small_mnist: Dataset) -> None:
    """It trains one candidate at a time by default, and its operators are "simulated"."""
    assert default_workers("simulated") == 1
    assert operators("simulated") == "simulated"
    with open_pool(small_mnist, "simulated", 3) as pool:
        assert (pool.device, pool.capacity) == ("simulated", 3)


def test_one_worker_per_core_that_this_process_may_use() -> None:
    """A process that is bound to some cores starts at most that many workers."""
    if not hasattr(os, "sched_setaffinity"):
        assert default_workers("cpu") == os.cpu_count()
        return
    allowed = os.sched_getaffinity(0)
    assert default_workers("cpu") == len(allowed)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        assert default_workers("cpu") == 1
    finally:
        os.sched_setaffinity(0, allowed)


def test_a_gpu_trains_many_candidates() -> None:
    """Every CUDA GPU has the same number of candidates; MPS trains one at a time."""
    assert default_workers("cuda") == PLACES_PER_GPU * max(1, torch.cuda.device_count())
    assert default_workers("mps") == 1
