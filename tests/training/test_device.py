"""The device that is chosen, and how many candidates train on it at a time."""

import os

import pytest
import torch

from search.errors import FrugalError
from search.training.device import DEVICES, PLACES_PER_GPU, choose, default_workers

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
    assert choose() == choose("auto") == expected


@pytest.mark.parametrize("name", PRESENT)
def test_a_device_that_is_there_is_taken_and_one_that_is_not_is_refused(name):
    """Asking for a missing device names it and the way out; nothing falls back in silence."""
    if PRESENT[name]:
        assert choose(name) == name
        return
    with pytest.raises(FrugalError, match=f"no {name} device .* use --device cpu"):
        choose(name)


@pytest.mark.parametrize("name", ["gpu", "CUDA", "cuda:7", ""])
def test_an_unknown_device_lists_the_known(name):
    """One line with the choices."""
    with pytest.raises(FrugalError, match=r"no device .*: one of auto, cpu, cuda, mps"):
        choose(name)


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
