"""Class folders of image files: <class>/*.png, greyscale or RGB. Listing opens no image."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from search.errors import FrugalError

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pgm"})
GREY_MODES = frozenset({"1", "L"})
DEEP_MODES = frozenset({"I", "F", "I;16", "I;16L", "I;16B", "I;16N"})  # more than 8 bits
OPAQUE = 255


class Listing(NamedTuple):
    """Image files and their labels. A label is the index of the folder among the classes."""

    classes: tuple[str, ...]
    files: tuple[Path, ...]
    labels: tuple[int, ...]


def listing(folder: Path, known: Sequence[str] = ()) -> Listing:
    """The image files in the class folders of `folder`, classes and files sorted by name.

    known: the only classes allowed, those of the training images; empty allows all.
    """
    names = sorted(path.name for path in folder.iterdir() if _is_class(path))
    if not names:
        raise FrugalError(f"{folder} holds no class folders: images lie in {folder}/<class>/")
    classes = tuple(known or names)
    if strange := [name for name in names if name not in classes]:
        raise FrugalError(
            f"{folder / strange[0]} is no class of the training images: "
            f"remove it or add {strange[0]!r} to them"
        )
    listed = [(path, classes.index(name)) for name in names for path in _images(folder / name)]
    return Listing(classes, tuple(path for path, _ in listed), tuple(label for _, label in listed))


def has_classes(folder: Path) -> bool:
    """Whether the folder holds a folder that could be a class."""
    return any(_is_class(path) for path in folder.iterdir())


def pixels(files: Sequence[Path], channels: int | None = None) -> NDArray[np.uint8]:
    """The images (N, C, H, W), uint8, all of the first one's size.

    channels: 1 or 3; None is 1 unless a file has real colour. Greyscale becomes RGB by repetition,
    and colour becomes grey as Pillow weighs it (ITU-R 601-2).
    """
    read = [_pixels(path, grey=channels == 1) for path in files]
    for path, image in zip(files, read, strict=True):
        if image.shape[:2] != read[0].shape[:2]:
            raise FrugalError(
                f"{path} is {_size(image)} pixels, {files[0]} is {_size(read[0])}: "
                "all images have one size"
            )
    if channels == 3 or any(image.ndim == 3 for image in read):
        coloured = [image if image.ndim == 3 else np.dstack([image] * 3) for image in read]
        return np.stack(coloured).transpose(0, 3, 1, 2)
    return np.stack(read)[:, None]


def _is_class(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".")


def _images(folder: Path) -> list[Path]:
    files = [
        path
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
    ]
    if not files:
        raise FrugalError(
            f"{folder} holds no images: a class folder has files such as {', '.join(_shown())}"
        )
    return files


def _shown() -> list[str]:
    return [f"*{suffix}" for suffix in sorted(SUFFIXES)]


def _pixels(path: Path, grey: bool) -> NDArray[np.uint8]:
    """(H, W) without real colour or when asked for grey, else (H, W, 3)."""
    try:
        with Image.open(path) as image:
            image.load()
            _check_depth(path, image)
            mode = "L" if grey or image.mode in GREY_MODES else "RGB"
            array = np.asarray(image.convert(mode))
    # Pillow raises many kinds of errors for damaged files, SyntaxError among them
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise FrugalError(f"{path} cannot be read as an image ({error}): replace it") from error
    if array.ndim == 3 and (array == array[:, :, :1]).all():
        return array[:, :, 0]
    return array


def _check_depth(path: Path, image: Image.Image) -> None:
    if image.mode in DEEP_MODES:
        raise FrugalError(f"{path} has more than 8 bits per pixel: save it with 8")
    if image.has_transparency_data:
        lowest, _ = image.convert("RGBA").getchannel("A").getextrema()
        if lowest != OPAQUE:
            raise FrugalError(f"{path} has transparent pixels: flatten it onto a background")


def _size(image: NDArray[np.uint8]) -> str:
    return f"{image.shape[1]}x{image.shape[0]}"
