"""A dataset in a file without a name, mapped into memory by every process."""

import tempfile
from dataclasses import fields
from pathlib import Path

import pytest
import torch

from search.errors import FrugalError
from search.training.engines.processes import spawn
from search.training.engines.shared_dataset import SharedDataset


def send_sums(pipe, shared):
    """In a spawned process: the sums of what it loads."""
    dataset = shared.load()
    pipe.send([int(split.images.sum()) for split in (dataset.train, dataset.validation)])


@pytest.fixture
def shared(small_mnist, tmp_path, monkeypatch):
    """A shared dataset whose temporary folder is `tmp_path`."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    shared = SharedDataset(small_mnist)
    yield shared
    shared.close()


def test_every_process_loads_the_same_and_no_file_is_seen(shared, small_mnist, tmp_path):
    """In this process and in a spawned one; the temporary folder stays empty."""
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


def test_what_was_loaded_outlives_the_file(shared, small_mnist):
    """A pool may close the file while its workers still train."""
    loaded = shared.load()
    shared.close()
    assert torch.equal(loaded.train.images, small_mnist.train.images)


def test_a_temporary_folder_that_cannot_be_written(small_mnist, monkeypatch):
    """One line: the folder, the reason and the remedy."""
    monkeypatch.setattr(tempfile, "tempdir", "/proc/nowhere")
    with pytest.raises(FrugalError, match=r"folder /proc/nowhere \(No such file.*set TMPDIR"):
        SharedDataset(small_mnist)


def test_a_full_disk(small_mnist, monkeypatch):
    """torch's own error for it becomes one line too."""
    with Path("/dev/full").open("wb", buffering=0) as full:
        monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: full)
        with pytest.raises(FrugalError, match="cannot write the training images"):
            SharedDataset(small_mnist)
