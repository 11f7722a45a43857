"""Sources of images: the embedded MNIST, its relatives by name, folders.

A source holds the training images and counts the test images without reading any: an archive's
entries are read one by one, IDX labels are in a file of their own, image files are only listed.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import torch
from numpy.typing import NDArray

from search.data import class_folders, idx_files
from search.data.downloads import DIGITS, DOWNLOADS, fetch
from search.data.split import HELD_OUT, Split, divide
from search.errors import FrugalError

EMBEDDED = Path(__file__).with_name("mnist.npz")
EMBEDDED_DIGEST = "756438a1ed101a03c185c4796bdfc41f"  # Split.digest of the training images
EMBEDDED_TEST_DIGEST = "121276429ce8cd118a01a4ca33fe7dcf"  # and of the test images
NAMES = ("mnist", *DOWNLOADS)
SIDES = (8, 64)  # pixels: the smallest and largest image side


@dataclass(frozen=True)
class Source:
    """All training images of a data name, and a function that reads its test images.

    test_counts: test images by class, known without opening any. read_test: reads them;
    only `search.data.dataset.open_test` calls it.
    """

    name: str
    classes: tuple[str, ...]
    train: Split
    test_counts: tuple[int, ...]
    read_test: Callable[[], Split]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check(self)


def find(name: str, cache: Path | None = None) -> Source:
    """The source of a data name or folder; cache: where downloads go, see `downloads`."""
    if name == "mnist":
        return embedded()
    if name in DOWNLOADS:
        return downloaded(name, cache)
    folder = Path(name).expanduser()
    if not folder.is_dir():
        raise FrugalError(_unknown(name))
    try:
        if files := idx_files.parts(folder):
            return idx_source(name, files)
        if class_folders.has_classes(folder):
            return class_folder_source(name, folder)
    except OSError as error:
        raise FrugalError(f"{folder} cannot be read ({error}): check its permissions") from error
    raise FrugalError(
        f"{folder} holds neither the four IDX files nor class folders: it needs "
        "train-images-idx3-ubyte and the like, or train/<class>/*.png"
    )


def embedded(path: Path = EMBEDDED) -> Source:
    """MNIST from the package's own file, checked by digest."""

    def read(part: str) -> Split:
        images = _entry(path, f"{part}_images")
        return _split(images[:, None], _entry(path, f"{part}_labels"), str(path))

    def read_test() -> Split:
        return _intact(read("test"), EMBEDDED_TEST_DIGEST, path)

    counts = np.bincount(_entry(path, "test_labels"), minlength=10)
    train = _intact(read("train"), EMBEDDED_DIGEST, path)
    return Source("mnist", DIGITS, train, tuple(counts.tolist()), read_test)


def downloaded(name: str, cache: Path | None = None) -> Source:
    """One of `downloads.DOWNLOADS`, fetched unless the cache holds it."""
    download = DOWNLOADS[name]
    return idx_source(name, fetch(name, cache), download.classes, download.transposed)


def idx_source(
    name: str, files: idx_files.Parts, classes: tuple[str, ...] = (), transposed: bool = False
) -> Source:
    """The four IDX files. classes: names of the labels in order, by default the labels themselves.

    transposed: whether rows and columns of each image are exchanged.
    """
    values = np.unique(idx_files.labels(files.train_labels))
    if classes and len(classes) != len(values):
        raise FrugalError(
            f"{files.train_labels} has {len(values)} classes where {name} has {len(classes)}: "
            f"{idx_files.AGAIN}"
        )

    def read(images: Path, labels: Path) -> Split:
        array = idx_files.images(images)[:, None]
        upright = array.swapaxes(2, 3) if transposed else array
        return _split(upright, _numbered(labels, values), str(images))

    return Source(
        name,
        classes or tuple(str(value) for value in values),
        read(files.train_images, files.train_labels),
        tuple(np.bincount(_numbered(files.test_labels, values), minlength=len(values)).tolist()),
        partial(read, files.test_images, files.test_labels),
    )


def class_folder_source(name: str, folder: Path) -> Source:
    """A folder with train/<class>/ and test/<class>/; without test/, it is split here.

    Without train/, the class folders are those of the folder itself.
    """
    train, test = folder / "train", folder / "test"
    if test.is_dir() and not train.is_dir():
        raise FrugalError(f"{folder} has test but no train folder: training images are needed too")
    listed = class_folders.listing(train if train.is_dir() else folder)
    if test.is_dir():
        return _listed(name, listed, class_folders.listing(test, listed.classes))
    train_indices, test_indices = divide(torch.tensor(listed.labels), "test")
    note = (
        f"no test folder: {len(test_indices):,} of {len(listed.files):,} images split off as test"
    )
    return _listed(name, _at(listed, train_indices), _at(listed, test_indices), (note,))


def _listed(
    name: str,
    train: class_folders.Listing,
    test: class_folders.Listing,
    notes: tuple[str, ...] = (),
) -> Source:
    images = class_folders.pixels(train.files)

    def read_test() -> Split:
        pixels = class_folders.pixels(test.files, channels=images.shape[1])
        return _split(pixels, np.array(test.labels), str(test.files[0].parent.parent))

    split = _split(images, np.array(train.labels), name)
    counts = np.bincount(np.array(test.labels), minlength=len(train.classes))
    return Source(
        name,
        classes=train.classes,
        train=split,
        test_counts=tuple(counts.tolist()),
        read_test=read_test,
        notes=notes,
    )


def _at(listing: class_folders.Listing, indices: torch.Tensor) -> class_folders.Listing:
    chosen = indices.tolist()
    return class_folders.Listing(
        listing.classes,
        tuple(listing.files[index] for index in chosen),
        tuple(listing.labels[index] for index in chosen),
    )


def _entry(path: Path, name: str) -> NDArray[Any]:
    """One array of an archive; the others are not decompressed."""
    try:
        with path.open("rb") as file, np.load(file) as archive:
            array: NDArray[Any] = archive[name]
            return array
    # the exceptions of numpy and zipfile for a file that is not an intact archive
    except (OSError, EOFError, LookupError, TypeError, ValueError, BadZipFile, zlib.error) as error:
        raise FrugalError(
            f"{path} is missing or damaged ({error}): install again or restore the file"
        ) from error


def _intact(split: Split, digest: str, path: Path) -> Split:
    if split.digest != digest:
        raise FrugalError(
            f"{path} is not MNIST (digest {split.digest}, not {digest}): "
            "install again, or give a folder to --data for images of your own"
        )
    return split


def _numbered(path: Path, values: NDArray[np.int64]) -> NDArray[np.int64]:
    """The labels of an IDX file as indices into the sorted values of the training labels."""
    labels = idx_files.labels(path)
    if len(strange := np.setdiff1d(labels, values)):
        raise FrugalError(
            f"{path} has the label {strange[0]}, which no training image has: "
            "all classes need training images"
        )
    return np.searchsorted(values, labels)


def _split(images: NDArray[np.uint8], labels: NDArray[Any], where: str) -> Split:
    if len(images) != len(labels):
        raise FrugalError(
            f"{where} has {len(images):,} images and {len(labels):,} labels: "
            "each image has one label"
        )
    # a copy: arrays read from bytes are read-only, and torch warns about them
    return Split(torch.tensor(images), torch.tensor(labels, dtype=torch.int64))


def _check(source: Source) -> None:
    """FrugalError unless the images can be trained on."""
    if len(source.classes) < 2:
        raise FrugalError(
            f"{source.name} has training images of {len(source.classes)} class: two are the least"
        )
    height, width = source.train.images.shape[2:]
    smallest, largest = SIDES
    if height != width or not smallest <= height <= largest:
        raise FrugalError(
            f"{source.name} has images of {width}x{height} pixels: they are square, "
            f"{smallest} to {largest} pixels a side"
        )
    counts = source.train.counts(len(source.classes))
    if min(counts) < HELD_OUT:
        scarce = source.classes[counts.index(min(counts))]
        raise FrugalError(
            f"{source.name} has {min(counts)} training images of class {scarce!r}: "
            f"each class needs {HELD_OUT}, of which one is held out for validation"
        )


def _unknown(name: str) -> str:
    nearest = get_close_matches(name.lower(), NAMES, n=1)
    guess = f"; did you mean {nearest[0]}?" if nearest else ""
    return f"unknown data {name!r}: no folder, and none of the names {', '.join(NAMES)}{guess}"
