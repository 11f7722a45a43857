"""Downloads of data sets similar to MNIST, through torchvision, into a cache folder.

torchvision is imported only for the download. It checks the files by digest and unpacks them to IDX
files, which `search.data.idx_files` reads.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

from search.data import idx_files
from search.errors import FrugalError
from search.files import default_cache

TIMEOUT = 30.0  # seconds without a response
DIGITS = tuple("0123456789")


class Download(NamedTuple):
    """A data set in torchvision, and the properties of its IDX files.

    folder: name of torchvision's class and of its folder. prefix: start of the file names, before
    "train-images". transposed: whether images have rows and columns exchanged, as in EMNIST.
    """

    folder: str
    classes: tuple[str, ...]
    prefix: str = ""
    transposed: bool = False


# classes by label, in the order of torchvision.datasets
CLOTHES = "T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot"
SYLLABLES = "o,ki,su,tsu,na,ha,ma,ya,re,wo"

DOWNLOADS = {
    "fashion-mnist": Download("FashionMNIST", tuple(CLOTHES.split(","))),
    "kmnist": Download("KMNIST", tuple(SYLLABLES.split(","))),
    "qmnist": Download("QMNIST", DIGITS, "qmnist-"),
    "emnist-digits": Download("EMNIST", DIGITS, "emnist-digits-", transposed=True),
}


def fetch(name: str, cache: Path | None = None) -> idx_files.Parts:
    """Return the four files of one of DOWNLOADS, and download them if they are not in the cache.

    FrugalError if the download fails or the cache cannot be written.
    """
    cache = cache or default_cache()
    folder = cache / DOWNLOADS[name].folder / "raw"
    files = _cached(folder, name)
    if files is None:
        try:
            with _download_timeout():
                _download(name, cache)
        except (OSError, RuntimeError, EOFError, HTTPException, BadZipFile) as error:
            reason = " ".join(str(error).split())
            raise FrugalError(
                f"{name} cannot be downloaded to {folder} ({reason}): "
                "connect to the internet, put the files there, or use --data mnist"
            ) from error
        files = _cached(folder, name)
    if files is None:
        raise FrugalError(
            f"{name} was downloaded, but its files are not in {folder}: delete the folder and "
            "try again"
        )
    return files


def _cached(folder: Path, name: str) -> idx_files.Parts | None:
    """Return the four files; None if any is missing, as after an interrupted download."""
    try:
        return idx_files.parts(folder, DOWNLOADS[name].prefix) if folder.is_dir() else None
    except FrugalError:
        return None


def _download(name: str, cache: Path) -> None:
    from torchvision import datasets
    from torchvision.datasets.utils import download_and_extract_archive

    if name == "emnist-digits":
        datasets.EMNIST(cache, split="digits", download=True)
    elif name == "qmnist":  # the QMNIST class downloads one part and loads the test images
        for part in ("train", "test"):
            for url, digest in datasets.QMNIST.resources[part]:
                download_and_extract_archive(url, cache / "QMNIST" / "raw", md5=digest)
    else:
        getattr(datasets, DOWNLOADS[name].folder)(cache, download=True)


@contextmanager
def _download_timeout() -> Iterator[None]:
    """Set a time limit for downloads: torchvision has none, and the system's is minutes."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(TIMEOUT)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
