"""Weight files that name their owner."""

import json
import struct
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from search.candidates.architecture import Architecture
from search.candidates.baselines import Baseline, all_baselines
from search.errors import FrugalError
from search.study.weight_files import (
    WeightsOwner,
    array_shapes,
    owner_identity,
    read_header,
    read_weights,
    write_weights,
)
from search.training.network import build_network
from tests.support.nested_architectures import EACH_BLOCK
from tests.support.random_values import random_nested_architecture
from tests.support.simulated_run import CANDIDATE

PUBLISHED = [b for b in all_baselines() if b.candidate]
OWNER = WeightsOwner("0123abcd", trial=7, seed=11, candidate=CANDIDATE)


def arrays() -> dict[str, np.ndarray]:
    """Weights of the candidate, by name."""
    state = build_network(CANDIDATE.architecture).state_dict()
    return {name: tensor.numpy() for name, tensor in state.items() if tensor.ndim}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with the owner's weights."""
    write_weights(tmp_path / "weights.safetensors", arrays(), OWNER)
    return tmp_path / "weights.safetensors"


def test_weights_are_read_unchanged(path: Path) -> None:
    """The owner reads identical weights."""
    assert OWNER.owns(path)
    read = read_weights(path, OWNER)
    assert read.keys() == arrays().keys()
    assert owner_identity(path) == "0123abcd"


@pytest.mark.parametrize(
    "other",
    [
        replace(OWNER, identity="4567"),
        replace(OWNER, seed=12),
        replace(OWNER, candidate=replace(CANDIDATE, recipe=replace(CANDIDATE.recipe, epochs=3))),
        replace(OWNER, candidate=None),
    ],
    ids=["study", "seed", "candidate", "no candidate"],
)
def test_others_cannot_read_them(path: Path, other: WeightsOwner) -> None:
    """Another study, training run or candidate is not the owner."""
    assert not other.owns(path)
    with pytest.raises(FrugalError, match=r"weights of trial 7 of this study.*choose another"):
        read_weights(path, other)


def test_the_trial_s_number_may_change(path: Path) -> None:
    """The number is not compared, because a copied study numbers its trials again."""
    assert replace(OWNER, trial=8).owns(path)


def test_a_file_without_metadata_is_identified_by_its_arrays(path: Path) -> None:
    """Files of earlier versions are identified by names and shapes of their arrays."""
    _without_metadata(path)
    assert owner_identity(path) == ""
    assert OWNER.owns(path)
    candidates = [b.candidate for b in PUBLISHED if b.candidate]
    wider = next(c for c in candidates if c.architecture != CANDIDATE.architecture)
    assert not replace(OWNER, candidate=wider).owns(path)


def _without_metadata(path: Path) -> None:
    header = read_header(path)
    assert header is not None
    body = path.read_bytes()[8 + struct.unpack("<Q", path.read_bytes()[:8])[0] :]
    del header["__metadata__"]
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


@pytest.mark.parametrize("baseline", PUBLISHED, ids=lambda baseline: baseline.name)
def test_shapes_are_those_of_the_network(baseline: Baseline) -> None:
    """Shapes of every published network are correct without building it."""
    assert baseline.candidate is not None
    architecture = baseline.candidate.architecture
    assert array_shapes(architecture) == _torch_shapes(architecture)


@pytest.mark.parametrize("name", EACH_BLOCK)
def test_shapes_of_each_block(name: str) -> None:
    """So are those of every kind of block."""
    assert array_shapes(EACH_BLOCK[name]) == _torch_shapes(EACH_BLOCK[name])


@pytest.mark.parametrize("seed", range(30))
def test_shapes_of_nested_blocks(seed: int) -> None:
    """So are those of random networks of nested blocks, where repeated weights have one name."""
    architecture = random_nested_architecture(Random(seed))
    assert array_shapes(architecture) == _torch_shapes(architecture)


def _torch_shapes(architecture: Architecture) -> dict[str, tuple[int, ...]]:
    state = build_network(architecture).state_dict()
    return {name: tuple(t.shape) for name, t in state.items() if t.ndim}


@pytest.mark.parametrize("content", [b"", b"\1", b"\xff" * 40, b"\2" + 7 * b"\0" + b"[]", None])
def test_a_damaged_file_has_no_owner(tmp_path: Path, content: bytes | None) -> None:
    """Empty, short or missing files and invalid headers have no owner."""
    path = tmp_path / "weights.safetensors"
    if content is not None:
        path.write_bytes(content)
    assert not OWNER.owns(path)
    assert owner_identity(path) == ""
    with pytest.raises(FrugalError, match="it is damaged or belongs to another study"):
        read_weights(path, OWNER)


def test_a_file_cut_short_is_damaged(path: Path) -> None:
    """A truncated file with a valid header cannot be read."""
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(FrugalError, match=r"cannot read .*choose another trial"):
        read_weights(path, OWNER)
