"""Class folders of image files: <class>/*.png, greyscale or RGB. Listing does not open images."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from search.data.image_file import read_image
from search.errors import FrugalError

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pgm"})
# names of split folders, case-insensitive: "Train", "training_set", "valid"
SPLIT_NAME = re.compile(r"(?:(train|training)|(val|valid|validation)|(test|testing))(?:[-_ ]?set)?")
SPLITS = ("train", "val", "test")
SYSTEM_FILES = frozenset({".ds_store", "thumbs.db", "desktop.ini"})  # not data: not counted
SYSTEM_FOLDER = "__MACOSX"  # copies of metadata in archives made by macOS
SHOWN_KINDS = 6  # kinds of left-out files to name, the most frequent first


class Listing(NamedTuple):
    """Image files and their labels. A label is an index into `classes`."""

    classes: tuple[str, ...]
    files: tuple[Path, ...]
    labels: tuple[int, ...]

    @property
    def counts(self) -> tuple[int, ...]:
        """Number of files by class."""
        return tuple(np.bincount(np.array(self.labels), minlength=len(self.classes)).tolist())

    @property
    def missing(self) -> list[str]:
        """Classes without files."""
        return [name for name, count in zip(self.classes, self.counts, strict=True) if not count]


class SplitFolders(NamedTuple):
    """The folders of the splits; None if a split has no folder.

    Without a train folder, the training images are the class folders of the root.
    """

    train: Path | None = None
    val: Path | None = None
    test: Path | None = None


def find_splits(folder: Path, *, any_name: bool = True) -> SplitFolders:
    """Return the split folders in a folder.

    any_name: accept all names that match `SPLIT_NAME`, otherwise only "train" and "test". A class
    may be called "train": if other folders contain images, and no folder with a split name contains
    class folders, all folders are classes. FrugalError for two folders of the same split, and for
    test or validation images without training images.
    """
    if not any_name:
        train, test = folder / "train", folder / "test"
        found = {"train": [train] * train.is_dir(), "test": [test] * test.is_dir()}
    else:
        found = _by_split(folder)
    for paths in found.values():
        if len(paths) > 1:
            names = " and ".join(path.name for path in paths)
            raise FrugalError(f"{folder} has both {names} for the same split: keep one of them")
    splits = SplitFolders(**{split: paths[0] for split, paths in found.items() if paths})
    if splits.train is None and (other := splits.test or splits.val):
        raise FrugalError(f"{folder} has {other.name} but no train folder: add a train folder")
    return splits


def _by_split(folder: Path) -> dict[str, list[Path]]:
    folders = class_folders_of(folder)
    found: dict[str, list[Path]] = {}
    for path in folders:
        if match := SPLIT_NAME.fullmatch(path.name.lower()):
            assert match.lastindex is not None
            found.setdefault(SPLITS[match.lastindex - 1], []).append(path)
    named = [path for paths in found.values() for path in paths]
    classes = any(_has_images(path) for path in folders if path not in named)
    if classes and not any(class_folders_of(path) for path in named):
        return {}
    return found


def dataset_folder(folder: Path) -> Path:
    """Return the folder that contains the data set: `folder` or, for unpacked archives, one inside.

    An inner folder is entered if it is the only one, its name is not that of a split, and it
    contains folders but no images.
    """
    while True:
        inner = class_folders_of(folder)
        if len(inner) != 1 or SPLIT_NAME.fullmatch(inner[0].name.lower()):
            return folder
        if _has_images(inner[0]) or not class_folders_of(inner[0]):
            return folder
        folder = inner[0]


def listing(folder: Path, known: Sequence[str] = ()) -> Listing:
    """Return the image files in the class folders of `folder`, sorted by class and file name.

    known: the allowed classes, which are those of the training images; empty allows all.
    """
    names = sorted(path.name for path in class_folders_of(folder))
    if not names:
        raise FrugalError(f"{folder} has no class folders: put the images into {folder}/<class>/")
    classes = tuple(known or names)
    if strange := [name for name in names if name not in classes]:
        raise FrugalError(
            f"{folder / strange[0]} is not a class of the training images: "
            f"remove the folder or add training images of {strange[0]!r}"
        )
    _check_names(folder, names)
    listed = [(path, classes.index(name)) for name in names for path in _images(folder / name)]
    return Listing(classes, tuple(path for path, _ in listed), tuple(label for _, label in listed))


def class_folders_of(folder: Path) -> list[Path]:
    """Return the folders that could be classes or splits, sorted by name."""
    return sorted(
        path
        for path in folder.iterdir()
        if not path.name.startswith(".") and path.name != SYSTEM_FOLDER and path.is_dir()
    )


def files_left_out(root: Path, folders: Sequence[Path], used: Sequence[Path]) -> str:
    """Return a note on the files below a data folder that are not used, by kind; "" if none.

    folders: the folders that contain class folders. used: the image files in use. Files of the
    operating system, such as .DS_Store, are not counted; a hidden folder counts as one file.
    """
    read = {str(path) for path in used}
    left = [Path(path) for path in _all_files(str(root)) if path not in read]
    kinds = Counter(_kind(path, root, folders) for path in left)
    counts = [f"{_files(count)} {kind}" for kind, count in kinds.most_common()]
    if rest := counts[SHOWN_KINDS:]:
        others = sum(count for _, count in kinds.most_common()[SHOWN_KINDS:])
        counts[SHOWN_KINDS:] = [f"{_files(others)} of {len(rest)} other kinds"]
    return f"left out: {', '.join(counts)}" if counts else ""


def _all_files(folder: str, above: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield every file below a folder, except system files; a hidden folder is one entry."""
    real = os.path.realpath(folder)
    if real in above:  # a symbolic link to a parent folder
        return
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            name = entry.name
            if name.lower() in SYSTEM_FILES or name.startswith("._") or name == SYSTEM_FOLDER:
                continue
            if entry.is_dir() and not name.startswith("."):
                yield from _all_files(entry.path, (*above, real))
            else:
                yield entry.path


def _kind(path: Path, root: Path, folders: Sequence[Path]) -> str:
    """Return why a file is not used, as text that follows "3 files"."""
    if path.name.startswith("."):
        return "hidden"
    if any(path.parent in (folder, *folder.parents) for folder in folders):
        return f"directly in {path.parent.name}/"
    for folder in folders:
        if path.is_relative_to(folder):
            above = "" if folder == root else f"{folder.name}/"
            if path.parent.parent != folder:
                return f"in folders deeper than {above}<class>/"
            return f"ending in {path.suffix.lower()}" if path.suffix else "without an extension"
    return f"in {path.relative_to(root).parts[0]}/"


def _files(count: int) -> str:
    return f"{count:,} file{'s' * (count != 1)}"


def pixels(
    files: Sequence[Path], channels: int | None = None, *, turned: bool = True
) -> NDArray[np.uint8]:
    """Return the images (N, C, H, W), uint8. FrugalError if their sizes differ.

    channels: 1 or 3; None means 3 if any image has colour, else 1. Greyscale is repeated to RGB;
    colour is converted to grey by Pillow (ITU-R 601-2 luma). turned: see `read_image`.
    """
    images = [_image(path, turned) for path in files]
    for path, image in zip(files, images, strict=True):
        if image.size != images[0].size:
            raise FrugalError(
                f"{path} is {_size(image)} pixels, {files[0]} is {_size(images[0])}: "
                "all images must have the same size"
            )
    colour = channels == 3 or (channels is None and any(image.mode == "RGB" for image in images))
    arrays = np.stack([np.asarray(image.convert("RGB" if colour else "L")) for image in images])
    return arrays.transpose(0, 3, 1, 2) if colour else arrays[:, None]


def _image(path: Path, turned: bool) -> Image.Image:
    """Read an image of mode L or RGB.

    FrugalError if it cannot be read, has more than 8 bits per pixel or has transparent pixels.
    """
    try:
        image: Image.Image = read_image(path, turned)
    # the exceptions that Pillow raises for damaged files
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise FrugalError(
            f"{path} cannot be read as an image ({error}): replace or remove it"
        ) from error
    if image.mode[0] in "IF":
        raise FrugalError(f"{path} has more than 8 bits per pixel: convert it to 8 bits")
    if image.mode == "RGBA":
        raise FrugalError(f"{path} has transparent pixels: flatten it onto a background")
    return image


def _size(image: Image.Image) -> str:
    return f"{image.width}x{image.height}"


def _images(folder: Path) -> list[Path]:
    files = [path for path in sorted(folder.iterdir()) if _is_image(path)]
    if not files:
        left = files_left_out(folder, [folder.parent], [])
        raise FrugalError(
            f"{folder} has no images{f' ({left})' * bool(left)}: a class folder needs files such "
            f"as {', '.join(_shown())}"
        )
    return files


def _has_images(folder: Path) -> bool:
    return any(_is_image(path) for path in folder.iterdir())


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")


def _shown() -> list[str]:
    return [f"*{suffix}" for suffix in sorted(SUFFIXES)]


def _check_names(folder: Path, names: Sequence[str]) -> None:
    """Raise FrugalError for a class name that exported files and tables cannot hold in UTF-8."""
    for name in names:
        try:
            name.encode()
        except UnicodeEncodeError as error:
            raise FrugalError(
                f"{str(folder / name)!a} is not valid UTF-8: rename the class folder"
            ) from error
