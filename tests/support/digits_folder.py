"""A folder of real digits: four IDX files with the first images of MNIST, for quick trainings."""

import struct
from pathlib import Path

import numpy as np
import torch

from search.data.dataset import Dataset

TRAIN, TEST = 600, 200  # images


def folder(root: Path, dataset: Dataset, train: int = TRAIN, test: int = TEST) -> Path:
    """Writes the files into `root`: images of the train split, those of validation as test."""
    root.mkdir(parents=True, exist_ok=True)
    for name, split, count in (("train", dataset.train, train), ("t10k", dataset.validation, test)):
        some = split.at(torch.arange(count))
        _write(root / f"{name}-images-idx3-ubyte", some.images[:, 0].numpy())
        _write(root / f"{name}-labels-idx1-ubyte", some.labels.numpy().astype(np.uint8))
    return root


def _write(path: Path, array: np.ndarray) -> None:
    """The IDX format: two zeros, 8 for unsigned bytes, the sides, the values."""
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    path.write_bytes(head + array.tobytes())
