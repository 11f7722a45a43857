"""A small folder of real digits for quick training: IDX files with the first images of MNIST."""

import struct
from pathlib import Path

import numpy as np
import torch

from search.data.dataset import Dataset

TRAIN, TEST = 600, 200  # images


def folder(root: Path, dataset: Dataset, train: int = TRAIN, test: int = TEST) -> Path:
    """Write the files into `root`; images of the validation split are the test images."""
    root.mkdir(parents=True, exist_ok=True)
    for name, split, count in (("train", dataset.train, train), ("t10k", dataset.validation, test)):
        some = split.at(torch.arange(count))
        _write(root / f"{name}-images-idx3-ubyte", some.images[:, 0].numpy())
        _write(root / f"{name}-labels-idx1-ubyte", some.labels.numpy().astype(np.uint8))
    return root


def _write(path: Path, array: np.ndarray) -> None:
    """Write an IDX file: two zeros, 8 for unsigned bytes, number of dimensions, shape, values."""
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    path.write_bytes(head + array.tobytes())
