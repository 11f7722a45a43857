"""The device that is chosen, and how many candidates train on it at a time."""

import os

import pytest
import torch

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


def test_every_device_has_a_rule():
    """What may be asked for is what the tests below know."""
    assert set(DEVICES) == {"auto", *PRESENT}


def test_auto_prefers_a_gpu():
    """CUDA when there is one, MPS on a Mac, else the CPU."""
    expected = "cuda" if PRESENT["cuda"] else "mps" if PRESENT["mps"] else "cpu"
    assert resolve_device() == resolve_device("auto") == expected


@pytest.mark.parametrize("name", PRESENT)
def test_a_device_that_is_there_is_taken_and_one_that_is_not_is_refused(name):
    """Asking for a missing device names it and the way out; nothing falls back in silence."""
    if PRESENT[name]:
        assert resolve_device(name) == name
        return
    with pytest.raises(FrugalError, match=f"no {name} device .* use --device cpu"):
        resolve_device(name)


@pytest.mark.parametrize("name", ["gpu", "CUDA", "cuda:7", ""])
def test_an_unknown_device_lists_the_known(name):
    """One line with the choices."""
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
def test_a_search_is_simulated_on_request_or_if_its_study_is(wanted, simulated, expected):
    """By default a study goes on as it began, and a default never makes a new study simulated."""
    assert resolve_search_device(wanted, simulated) == expected


def test_only_a_search_may_be_simulated():
    """Every other command is refused in one line that says what to do."""
    with pytest.raises(FrugalError, match=r"--device simulated trains nothing .* --device cpu$"):
        resolve_device("simulated")


def test_the_simulated_device_has_a_pool_of_its_own(small_mnist):
    """One place unless more are asked for; no operators compute anything."""
    assert default_workers("simulated") == 1
    assert operators("simulated") == "simulated"
    with open_pool(small_mnist, "simulated", 3) as pool:
        assert (pool.device, pool.capacity) == ("simulated", 3)


def test_one_worker_per_core_that_this_process_may_use():
    """A process that is bound to some cores starts no more workers than those."""
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


def test_a_gpu_takes_many_together():
    """The same number for each GPU of the machine; one at a time where they only take turns."""
    assert default_workers("cuda") == PLACES_PER_GPU * max(1, torch.cuda.device_count())
    assert default_workers("mps") == 1
