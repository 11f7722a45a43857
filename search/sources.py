"""Where images come from: the embedded MNIST, known names, folders. Test images stay closed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from search.errors import FrugalError
from search.split import Split

EMBEDDED = Path(__file__).with_name("mnist.npz")
DIGITS = tuple("0123456789")


@dataclass(frozen=True)
class Source:
    """All training images of a data name, and the way to its test images.

    test_counts: test images by class, known without opening any. read_test: reads them;
    `search.data.open_test` alone calls it.
    """

    name: str
    classes: tuple[str, ...]
    train: Split
    test_counts: tuple[int, ...]
    read_test: Callable[[], Split]
    notes: tuple[str, ...] = ()


def find(name: str, cache: Path | None = None) -> Source:
    """The source of a data name."""
    if name == "mnist":
        return embedded(EMBEDDED)
    raise FrugalError(f"unknown data {name!r}")


def embedded(path: Path) -> Source:
    """MNIST from the package's own file. An archive's entries are read one by one."""
    with np.load(path) as archive:
        train = _split(archive["train_images"], archive["train_labels"])
        counts = np.bincount(archive["test_labels"], minlength=10)

    def read_test() -> Split:
        with np.load(path) as archive:
            return _split(archive["test_images"], archive["test_labels"])

    return Source("mnist", DIGITS, train, tuple(counts.tolist()), read_test)


def _split(images: np.ndarray, labels: np.ndarray) -> Split:
    return Split(torch.from_numpy(images)[:, None], torch.from_numpy(labels).long())
