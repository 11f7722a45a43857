"""A dataset in a temporary file that all worker processes map into memory: a single copy."""

import os
import tempfile
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import Any

import torch

from search.data.dataset import Dataset
from search.errors import FrugalError

PREFIX = "frugal-"
NAMELESS = os.name == "posix"  # an open file needs no name there; /dev/fd can reopen it


class SharedDataset:
    """A dataset in a temporary file; `load` maps it into memory in this or a spawned process.

    On POSIX the file has no name: the system removes it as soon as no process has it open, however
    the processes end. On other systems `close` removes it. Objects can only be pickled as arguments
    of a process that is being spawned. FrugalError if the file cannot be written.
    """

    def __init__(self, dataset: Dataset) -> None:
        folder = tempfile.gettempdir()
        try:
            self._file = _temporary_file()
            torch.save(dataset, self._file)
            self._file.flush()
        # torch raises RuntimeError if the disk is full
        except (OSError, RuntimeError) as error:
            reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
            raise FrugalError(
                f"cannot write the training images to the temporary folder {folder} ({reason}): "
                "free some space there or set TMPDIR to another folder"
            ) from error

    def load(self) -> Dataset:
        """Return the dataset, with tensors that are mapped into memory."""
        path = f"/dev/fd/{self._file.fileno()}" if NAMELESS else self._file.name
        return _load(path)

    def close(self) -> None:
        """Close the file and remove its name, if any; on POSIX, loaded tensors stay valid."""
        self._file.close()
        if not NAMELESS:
            Path(self._file.name).unlink(missing_ok=True)

    def __reduce__(self) -> tuple[Any, ...]:
        if not NAMELESS:
            return _Named, (self._file.name,)
        return _Inherited, (DupFd(self._file.fileno()),)


class _Inherited:
    """The dataset in a spawned process, opened through an inherited file descriptor."""

    def __init__(self, descriptor: Any) -> None:
        self._descriptor: int = descriptor.detach()

    def load(self) -> Dataset:
        """See `SharedDataset.load`."""
        return _load(f"/dev/fd/{self._descriptor}")


class _Named:
    """The dataset in a spawned process, opened through the path of its file."""

    def __init__(self, path: str) -> None:
        self._path = path

    def load(self) -> Dataset:
        """See `SharedDataset.load`."""
        return _load(self._path)


def _temporary_file() -> Any:
    if NAMELESS:
        return tempfile.TemporaryFile(prefix=PREFIX)
    return tempfile.NamedTemporaryFile(prefix=PREFIX, delete=False)


def _load(path: str) -> Dataset:
    dataset: Dataset = torch.load(path, mmap=True, weights_only=False)
    return dataset
