"""Small data sets of every supported kind: channels, sides, classes, storage formats, shades.

Each class has its own pattern, and its images differ by noise, so that a network learns something
in one or two epochs.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from search.data import sources
from search.data.split import Split
from search.files import default_cache
from search.training.native import available

NOISE = 60  # of 255 levels
CONTRAST = 180
PER_CLASS = 12  # training images; 6 for more than ten classes
TEST_PER_CLASS = 3
Form = Literal["folders", "IDX", "EMNIST", "memory"]
Part = Literal["train", "test"]


@dataclass(frozen=True)
class DataKind:
    """A kind of images and its storage format.

    form "folders": class folders of PNG files; "IDX": four files; "EMNIST": four files in the
    cache, with rows and columns exchanged; "memory": not stored, `source` replaces the reader.
    channels, side, classes: numbers of channels, pixels per side and classes. light: dark strokes
    on white, otherwise light strokes on black.
    """

    name: str
    form: Form = "folders"
    channels: int = 1
    side: int = 8
    classes: int = 2
    light: bool = False

    @property
    def image(self) -> tuple[int, int, int]:
        """(channels, height, width)."""
        return self.channels, self.side, self.side

    @property
    def border(self) -> float:
        """The border value of the images, the same for all channels."""
        return float(self.light)

    def images(self, part: Part) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Return images (N, C, H, W) and labels (N,), both uint8, with the classes in turn."""
        each = TEST_PER_CLASS if part == "test" else PER_CLASS if self.classes <= 10 else 6
        labels = np.arange(each * self.classes) % self.classes
        patterns = np.random.default_rng(0).random((self.classes, *self.image)) < 0.5
        random = np.random.default_rng(1 + (part == "test"))
        noise = random.integers(0, NOISE, (len(labels), *self.image))
        inner = np.zeros((self.side, self.side), dtype=int)
        inner[1:-1, 1:-1] = 1
        pixels = ((CONTRAST * patterns[labels] + noise) * inner).astype(np.uint8)
        return 255 - pixels if self.light else pixels, labels.astype(np.uint8)

    def write(self, folder: Path) -> str:
        """Write the images and return the name of the data for --data."""
        folder.mkdir(parents=True)
        if self.form == "folders":
            self._write_classes(folder)
        elif self.form == "IDX":
            self._write_idx(folder, "")
        elif self.form == "EMNIST":
            self._write_idx(folder / "frugal" / "EMNIST" / "raw", "emnist-digits-")
            return "emnist-digits"
        return str(folder)

    def be_at_hand(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        """Patch the environment so that data written into the folder can be used."""
        if self.form == "EMNIST":
            self._link_engine(folder)
            patch.setenv("XDG_CACHE_HOME", str(folder))
        elif self.form == "memory":
            patch.setattr(sources, "find", lambda name, _cache=None, _rules=None: self.source(name))

    def source(self, name: str) -> sources.Source:
        """Return the images as a source."""
        names = tuple(f"kind {number}" for number in range(self.classes))
        counts = (TEST_PER_CLASS,) * self.classes
        return sources.Source(
            name, names, self._split("train"), counts, lambda: self._split("test")
        )

    def _split(self, part: Part) -> Split:
        images, labels = self.images(part)
        return Split(torch.from_numpy(images), torch.from_numpy(labels).long())

    def _write_classes(self, folder: Path) -> None:
        for part in ("train", "test"):
            for number, (image, label) in enumerate(zip(*self.images(part), strict=True)):
                path = folder / part / f"kind {label}" / f"{number:03}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(image.transpose(1, 2, 0).squeeze()).save(path)

    def _write_idx(self, folder: Path, prefix: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        names: dict[Part, str] = {"train": "train", "test": "test" if prefix else "t10k"}
        for part, name in names.items():
            images, labels = self.images(part)
            array = images[:, 0].swapaxes(1, 2) if self.form == "EMNIST" else images[:, 0]
            write_idx(folder / f"{prefix}{name}-images-idx3-ubyte", array)
            write_idx(folder / f"{prefix}{name}-labels-idx1-ubyte", labels)

    def _link_engine(self, folder: Path) -> None:
        """Link the compiled engine into the cache of these data, so that it is not built again."""
        if available():
            for path in default_cache().glob("engine-*.so"):
                link = folder / "frugal" / path.name
                if not link.exists():
                    link.symlink_to(path)


def write_idx(path: Path, array: NDArray[np.uint8]) -> None:
    """Write an IDX file: two zeros, 8 for unsigned bytes, number of dimensions, shape, values."""
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    path.write_bytes(head + array.tobytes())


RGB = DataKind("RGB", channels=3)
DATA_KINDS = (
    DataKind("grey"),
    RGB,
    DataKind("2 channels", form="memory", channels=2),
    DataKind("4 channels", form="memory", channels=4),
    DataKind("light", light=True),
    DataKind("light RGB, 3 classes", channels=3, classes=3, light=True),
    DataKind("IDX", form="IDX", classes=5),
    DataKind("EMNIST, transposed", form="EMNIST", classes=10),
    DataKind("64 pixels", channels=3, side=64),
    DataKind("128 classes", form="IDX", classes=128),
    DataKind("200 classes", form="IDX", classes=200),
)
