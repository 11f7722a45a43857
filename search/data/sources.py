"""Sources of images: the embedded MNIST, similar data sets by name, and folders.

A source contains the training images and the number of test images by class. It does not read test
images: entries of an archive are read one by one, IDX labels have their own file, and image files
are only listed.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property, partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile

import numpy as np
import torch
from numpy.typing import NDArray

from search.data import class_folders, idx_files
from search.data.description import RULES, FolderRules
from search.data.downloads import DIGITS, DOWNLOADS, fetch
from search.data.split import DIGEST_BYTES, HELD_OUT, Split, divide
from search.errors import FrugalError

EMBEDDED = Path(__file__).with_name("mnist.npz")
EMBEDDED_DIGEST = "756438a1ed101a03c185c4796bdfc41f"  # Split.digest of the training images
EMBEDDED_TEST_DIGEST = "121276429ce8cd118a01a4ca33fe7dcf"  # Split.digest of the test images
TRANSPOSED_PREFIX = "emnist-"  # IDX files with this prefix have rows and columns exchanged
NAMES = ("mnist", *DOWNLOADS)
SIDES = (8, 64)  # pixels: the smallest and largest image side


@dataclass(frozen=True)
class Source:
    """The training images of a data name, and a function that reads its test images.

    train: all training images, or those of the data's own train split. test_counts: number of test
    images by class, known without reading them. read_test: reads the test images; only
    `search.data.dataset.open_test` calls it. notes: see `Dataset`. validation: the data's own
    validation split; None if it is split off from train. turned: whether image files are rotated by
    their EXIF orientation; True for data without image files.
    """

    name: str
    classes: tuple[str, ...]
    train: Split
    test_counts: tuple[int, ...]
    read_test: Callable[[], Split]
    notes: tuple[str, ...] = ()
    validation: Split | None = None
    turned: bool = True

    def __post_init__(self) -> None:
        _check(self)

    @cached_property
    def digest(self) -> str:
        """Digest of the training images and, if the data has its own, the validation images."""
        if self.validation is None:
            return self.train.digest
        both = f"{self.train.digest} {self.validation.digest}"
        return blake2b(both.encode(), digest_size=DIGEST_BYTES).hexdigest()


def find(name: str, cache: Path | None = None, rules: FolderRules = RULES) -> Source:
    """Return the source of a data name or folder.

    cache: folder for downloads, see `downloads`. rules: how class folders are read. FrugalError for
    unknown names and unreadable data.
    """
    if name == "mnist":
        return embedded()
    if name in DOWNLOADS:
        return downloaded(name, cache)
    folder = Path(name).expanduser()
    try:
        if location := idx_files.locate(folder):
            return idx_folder_source(name, location)
        if folder.is_file():
            raise FrugalError(
                f"{name} is a file, but --data needs a folder: unpack the archive first"
            )
        if not folder.is_dir():
            raise FrugalError(_unknown(name))
        return class_folder_source(name, folder, rules)
    except OSError as error:
        raise FrugalError(f"{folder} cannot be read ({error}): check its permissions") from error


def is_there(name: str) -> bool:
    """Whether a data name or path exists; for the form of paths see `idx_files.locate`."""
    path = Path(name).expanduser()
    return name in NAMES or path.exists() or (path.parent.is_dir() and bool(idx_files.locate(path)))


def embedded(path: Path = EMBEDDED) -> Source:
    """Return MNIST from the file in the package, checked by digest."""

    def read(part: str) -> Split:
        images = _entry(path, f"{part}_images")
        return _split(images[:, None], _entry(path, f"{part}_labels"), str(path))

    def read_test() -> Split:
        return _intact(read("test"), EMBEDDED_TEST_DIGEST, path)

    counts = np.bincount(_entry(path, "test_labels"), minlength=10)
    train = _intact(read("train"), EMBEDDED_DIGEST, path)
    return Source("mnist", DIGITS, train, tuple(counts.tolist()), read_test)


def downloaded(name: str, cache: Path | None = None) -> Source:
    """Return one of `downloads.DOWNLOADS`, downloaded if it is not in the cache."""
    download = DOWNLOADS[name]
    return idx_source(name, fetch(name, cache), download.classes, download.transposed)


def idx_source(
    name: str, files: idx_files.Parts, classes: tuple[str, ...] = (), transposed: bool = False
) -> Source:
    """Return the source of four IDX files.

    classes: names of the labels in ascending order, by default the labels themselves. transposed:
    whether rows and columns of each image are exchanged.
    """
    values = np.unique(idx_files.labels(files.train_labels))
    if classes and len(classes) != len(values):
        raise FrugalError(
            f"{files.train_labels} has {len(values)} classes, but {name} has {len(classes)}: "
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


def idx_folder_source(name: str, location: idx_files.Location) -> Source:
    """Return the source of IDX files; a folder of torchvision gets torchvision's class names."""
    files = idx_files.parts(*location)
    assert files is not None  # `locate` found at least one
    known = [
        download
        for download in DOWNLOADS.values()
        if (download.folder, download.prefix) == (location.folder.parent.name, location.prefix)
        and location.folder.name == "raw"
    ]
    classes = known[0].classes if known else ()
    transposed = location.prefix.startswith(TRANSPOSED_PREFIX)
    source = idx_source(name, files, classes, transposed)
    note = idx_files.files_left_out(location)
    return replace(source, notes=(*source.notes, note)) if note else source


def class_folder_source(name: str, folder: Path, rules: FolderRules = RULES) -> Source:
    """Return the source of a folder with train/<class>/ and test/<class>/.

    Without test/, test images are split off from the training images. val/<class>/ has the
    validation images, if it exists. Without train/, the class folders are those of the folder
    itself, or of a single folder inside it. rules: names of these folders and reading of images.
    """
    root = class_folders.dataset_folder(folder) if rules.splits else folder
    if not class_folders.class_folders_of(root):
        raise FrugalError(
            f"{folder} has neither IDX files nor class folders: use files such as "
            "train-images-idx3-ubyte, or train/<class>/*.png"
        )
    splits = class_folders.find_splits(root, any_name=rules.splits)
    train = class_folders.listing(splits.train or root)
    validation = class_folders.listing(splits.val, train.classes) if splits.val else None
    test = class_folders.listing(splits.test, train.classes) if splits.test else None
    notes: tuple[str, ...] = (f"images are read from {root}",) if root != folder else ()
    notes += _folder_notes(folder, splits, (train, validation, test))
    if test is None:
        train, test, note = _test_split_off(train)
        notes += (note,)
    return _listed(name, ListedSplits(train, validation, test), notes, rules.turned)


class ListedSplits(NamedTuple):
    """The image files of every split. validation: None if it is split off from train."""

    train: class_folders.Listing
    validation: class_folders.Listing | None
    test: class_folders.Listing


def _folder_notes(
    folder: Path,
    splits: class_folders.SplitFolders,
    listings: Sequence[class_folders.Listing | None],
) -> tuple[str, ...]:
    """Return notes on the validation split, on classes without images, and on files left out."""
    notes: list[str] = []
    used: list[Path] = []
    folders: list[Path] = []
    for path, listed in zip(splits, listings, strict=True):
        if listed is None:
            continue
        used += listed.files
        folders.append(path or listed.files[0].parent.parent)
        if path and path == splits.val:
            notes.append(
                f"the {len(listed.files):,} images in {path.name}/ are the validation split"
            )
        if path and (missing := listed.missing):
            notes.append(f"no images of class {', '.join(map(repr, missing))} in {path.name}/")
    left_out = class_folders.files_left_out(folder, folders, used)
    return (*notes, left_out) if left_out else tuple(notes)


def _test_split_off(
    listed: class_folders.Listing,
) -> tuple[class_folders.Listing, class_folders.Listing, str]:
    """Split test images off; return the training images, the test images and a note."""
    train_indices, test_indices = divide(torch.tensor(listed.labels), "test")
    note = f"no test folder: {len(test_indices):,} of {len(listed.files):,} images used as test set"
    return _at(listed, train_indices), _at(listed, test_indices), note


def _listed(name: str, listed: ListedSplits, notes: tuple[str, ...], turned: bool) -> Source:
    train = _image_split(listed.train, turned=turned)
    channels, *size = train.images.shape[1:]

    def read(listing: class_folders.Listing) -> Split:
        return _image_split(listing, channels, turned=turned)

    validation = read(listed.validation) if listed.validation else None
    if validation is not None and [*validation.images.shape[2:]] != size:
        raise FrugalError(different_sizes(name, "validation", validation, train))
    return Source(
        name,
        classes=listed.train.classes,
        train=train,
        test_counts=listed.test.counts,
        read_test=partial(read, listed.test),
        notes=notes,
        validation=validation,
        turned=turned,
    )


def _image_split(
    listing: class_folders.Listing, channels: int | None = None, *, turned: bool
) -> Split:
    pixels = class_folders.pixels(listing.files, channels, turned=turned)
    return _split(pixels, np.array(listing.labels), str(listing.files[0].parent.parent))


def different_sizes(name: str, split: str, other: Split, train: Split) -> str:
    """Return the error message for a split with another image size than the training images."""
    sizes = ["x".join(str(side) for side in each.images.shape[1:]) for each in (other, train)]
    return (
        f"{name} has {split} images of {sizes[0]} and training images of {sizes[1]} pixels: "
        "all images must have the same size"
    )


def _at(listing: class_folders.Listing, indices: torch.Tensor) -> class_folders.Listing:
    chosen = indices.tolist()
    return class_folders.Listing(
        listing.classes,
        tuple(listing.files[index] for index in chosen),
        tuple(listing.labels[index] for index in chosen),
    )


def _entry(path: Path, name: str) -> NDArray[Any]:
    """Read one array of an archive; the others are not decompressed."""
    try:
        with path.open("rb") as file, np.load(file) as archive:
            array: NDArray[Any] = archive[name]
            return array
    # the exceptions of numpy and zipfile for a damaged archive
    except (OSError, EOFError, LookupError, TypeError, ValueError, BadZipFile, zlib.error) as error:
        raise FrugalError(
            f"{path} is missing or damaged ({error}): reinstall the package or restore the file"
        ) from error


def _intact(split: Split, digest: str, path: Path) -> Split:
    if split.digest != digest:
        raise FrugalError(
            f"{path} is not MNIST (its digest is {split.digest}, not {digest}): reinstall the "
            "package, or use --data FOLDER for your own images"
        )
    return split


def _numbered(path: Path, values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the labels of an IDX file as indices into the sorted training labels."""
    labels = idx_files.labels(path)
    if len(strange := np.setdiff1d(labels, values)):
        raise FrugalError(
            f"{path} has the label {strange[0]}, but no training image has it: "
            "all classes need training images"
        )
    return np.searchsorted(values, labels)


def _split(images: NDArray[np.uint8], labels: NDArray[Any], where: str) -> Split:
    if len(images) != len(labels):
        raise FrugalError(
            f"{where} has {len(images):,} images and {len(labels):,} labels: "
            "each image must have one label"
        )
    # a copy: arrays read from bytes are read-only, and torch warns about them
    return Split(torch.tensor(images), torch.tensor(labels, dtype=torch.int64))


def _check(source: Source) -> None:
    """Raise FrugalError if the images are not suitable for training."""
    if len(source.classes) < 2:
        raise FrugalError(
            f"{source.name} has {len(source.classes)} class of training images: use at least 2"
        )
    height, width = source.train.images.shape[2:]
    smallest, largest = SIDES
    if height != width or not smallest <= height <= largest:
        raise FrugalError(
            f"{source.name} has images of {width}x{height} pixels: images must be square, with "
            f"{smallest} to {largest} pixels per side"
        )
    counts = source.train.counts(len(source.classes))
    if source.validation is None and min(counts) < HELD_OUT:
        scarce = source.classes[counts.index(min(counts))]
        raise FrugalError(
            f"{source.name} has {min(counts)} training images of class {scarce!r}: "
            f"each class needs at least {HELD_OUT}, as 1 in {HELD_OUT} is held out for validation"
        )


def _unknown(name: str) -> str:
    nearest = get_close_matches(name.lower(), NAMES, n=1)
    guess = f"; did you mean {nearest[0]}?" if nearest else ""
    return f"unknown data {name!r}: not a folder, and not one of {', '.join(NAMES)}{guess}"
