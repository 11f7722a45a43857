"""A dataset in an unnamed file that every process maps into memory."""

import tempfile
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import torch

from search.data.dataset import Dataset
from search.errors import FrugalError
from search.training.engines.processes import spawn
from search.training.engines.shared_dataset import SharedDataset


def send_sums(pipe: Any, shared: SharedDataset) -> None:
    """Run in a spawned process: send the sums of the loaded images."""
    dataset = shared.load()
    pipe.send([int(split.images.sum()) for split in (dataset.train, dataset.validation)])


@pytest.fixture
def shared(
    small_mnist: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SharedDataset]:
    """A shared dataset with `tmp_path` as the temporary folder."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    shared = SharedDataset(small_mnist)
    yield shared
    shared.close()


def test_every_process_loads_the_same_data_from_an_unnamed_file(
    shared: SharedDataset, small_mnist: Dataset, tmp_path: Path
) -> None:
    """A spawned process and its parent load equal data; the temporary folder stays empty."""
    loaded = shared.load()
    for field in fields(loaded):
        ours, theirs = getattr(loaded, field.name), getattr(small_mnist, field.name)
        if field.name in ("train", "validation"):
            assert torch.equal(ours.images, theirs.images)
            assert torch.equal(ours.labels, theirs.labels)
        else:
            assert ours == theirs
    process, pipe = spawn(send_sums, shared)
    expected = [int(split.images.sum()) for split in (loaded.train, loaded.validation)]
    assert pipe.recv() == expected
    process.join()
    pipe.close()
    assert list(tmp_path.iterdir()) == []


def test_loaded_data_outlives_the_file(shared: SharedDataset, small_mnist: Dataset) -> None:
    """A pool may close the file while its workers are still training."""
    loaded = shared.load()
    shared.close()
    assert torch.equal(loaded.train.images, small_mnist.train.images)


def test_a_temporary_folder_that_cannot_be_written(
    small_mnist: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is one line with the folder, the reason and the remedy."""
    monkeypatch.setattr(tempfile, "tempdir", "/proc/nowhere")
    with pytest.raises(FrugalError, match=r"folder /proc/nowhere \(No such file.*set TMPDIR"):
        SharedDataset(small_mnist)


def test_a_full_disk(small_mnist: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """torch's error for a full disk is converted to one line."""
    with Path("/dev/full").open("wb", buffering=0) as full:
        monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: full)
        with pytest.raises(FrugalError, match="cannot write the training images"):
            SharedDataset(small_mnist)
