"""IDX files, the format of MNIST and similar data sets: locate, read and check them.

The format is described at the end of http://yann.lecun.com/exdb/mnist/: two zero bytes, a type, the
number of dimensions, each dimension as a four-byte big-endian integer, then the elements.
"""

import gzip
import re
import zlib
from math import prod
from pathlib import Path
from struct import unpack_from
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.errors import FrugalError

# some unpacking tools write "." for "-"; EMNIST and QMNIST use "test", QMNIST uses "int"
NAME = re.compile(r"(train|t10k|test)-(images|labels)[-.]idx\d-(ubyte|int)(\.gz)?")
PREFIXED_NAME = re.compile(rf"(?P<prefix>.*?){NAME.pattern}")  # emnist-letters-train-images...
# folders of torchvision, with the files in their subfolder raw/
TORCHVISION = ("MNIST", "FashionMNIST", "KMNIST", "QMNIST", "EMNIST")
TYPES: dict[int, np.dtype[Any]] = {0x08: np.dtype("u1"), 0x0C: np.dtype(">i4")}
GZIP_MAGIC = b"\x1f\x8b"
SHOWN_FILES = 3  # highest number of other files to name in a note
AGAIN = "copy or download it again"


class Parts(NamedTuple):
    """The four files of a data set."""

    train_images: Path
    train_labels: Path
    test_images: Path
    test_labels: Path


def parts(folder: Path, prefix: str = "") -> Parts | None:
    """Return the four files in a folder whose names start with the prefix; None if there are none.

    A plain file is preferred to a gzipped one. FrugalError if only some of the four exist.
    """
    paths: dict[str, Path] = {}
    for path in sorted(folder.iterdir(), reverse=True):
        match = NAME.fullmatch(path.name.removeprefix(prefix))
        if match and path.name.startswith(prefix):
            paths[f"{'train' if match[1] == 'train' else 'test'}_{match[2]}"] = path
    missing = [part.replace("_", " ") for part in Parts._fields if part not in paths]
    if paths and missing:
        raise FrugalError(
            f"{folder} lacks the IDX file of the {' and the '.join(missing)}: a data set needs "
            "four, such as train-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz"
        )
    return Parts(**paths) if paths else None


class Location(NamedTuple):
    """The folder of the four files of a data set, and the start of their names."""

    folder: Path
    prefix: str = ""


def locate(path: Path) -> Location | None:
    """Return the location of the data set at a path; None if there is no IDX file.

    path: the folder of the files, the root folder of torchvision's data sets (with files in
    MNIST/raw and similar folders), or a folder with the start of the file names, such as
    EMNIST/raw/emnist-letters. FrugalError names the data sets if there are several.
    """
    if not path.is_dir():
        prefix = f"{path.name}-"
        return Location(path.parent, prefix) if prefix in _prefixes(path.parent) else None
    if "" in (prefixes := _prefixes(path)):
        return Location(path)
    places = [Location(path, prefix) for prefix in prefixes]
    for folder in (path / "raw", *(path / name / "raw" for name in TORCHVISION)):
        places += [Location(folder, prefix) for prefix in _prefixes(folder)]
    if len(places) > 1:
        names = ", ".join(str(folder / prefix.rstrip("-")) for folder, prefix in places)
        raise FrugalError(f"{path} has several data sets: choose one with --data: {names}")
    return places[0] if places else None


def _prefixes(folder: Path) -> list[str]:
    """Return the prefixes of the IDX file names in a folder, sorted."""
    if not folder.is_dir():
        return []
    matches = [PREFIXED_NAME.fullmatch(path.name) for path in folder.iterdir()]
    return sorted({match["prefix"] for match in matches if match and match[0][0] != "."})


def files_left_out(location: Location) -> str:
    """Return a note on other files next to the IDX files, "" if none; hidden ones do not count."""
    names = [path.name for path in location.folder.iterdir()]
    others = [n for n in names if not PREFIXED_NAME.fullmatch(n) and not n.startswith((".", "_"))]
    if location.prefix or not others:
        return ""
    shown = ", ".join(sorted(others)[:SHOWN_FILES]) + ", ..." * (len(others) > SHOWN_FILES)
    return f"left out next to the IDX files: {len(others):,} ({shown})"


def images(path: Path) -> NDArray[np.uint8]:
    """Read images (N, H, W), uint8."""
    array = read(path)
    if array.ndim != 3 or array.dtype != np.uint8:
        raise FrugalError(
            f"{path} has a {array.ndim}-dimensional array of {array.dtype.name}: images must be "
            "a 3-dimensional array of bytes (N, H, W)"
        )
    return array


def labels(path: Path) -> NDArray[np.int64]:
    """Read labels (N,), int64; for the (N, 8) of QMNIST the first column, which is the class."""
    array = read(path)
    if array.ndim == 2:
        array = array[:, 0]
    if array.ndim != 1:
        raise FrugalError(f"{path} has a {array.ndim}-dimensional array: labels must be (N,)")
    return array.astype(np.int64)


def read(path: Path) -> NDArray[Any]:
    """Read the array of an IDX file, gzipped or not; FrugalError if it is missing or damaged."""
    content = _content(path)
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in TYPES:
        raise FrugalError(f"{path} is not an IDX file of bytes or integers: {AGAIN}")
    kind, start = TYPES[content[2]], 4 + 4 * content[3]
    if len(content) < start:
        raise FrugalError(f"{path} ends inside its header: {AGAIN}")
    shape = unpack_from(f">{content[3]}I", content, 4)
    size = start + prod(shape) * kind.itemsize
    if len(content) != size:
        raise FrugalError(
            f"{path} has {len(content):,} bytes, but its header states {size:,}: {AGAIN}"
        )
    array: NDArray[Any] = np.frombuffer(content, kind, offset=start)
    return array.reshape(shape)


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content.startswith(GZIP_MAGIC) else content
    except (OSError, EOFError, zlib.error) as error:
        raise FrugalError(f"{path} cannot be read ({error}): {AGAIN}") from error
