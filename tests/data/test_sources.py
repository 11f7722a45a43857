"""Data names and folders: reading them, and the errors for invalid ones."""

import gzip
import re
import struct
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from search.data import dataset as data
from search.data import idx_files as idx
from search.data import sources
from search.data.description import OLD_RULES
from search.data.downloads import DOWNLOADS
from search.errors import FrugalError
from search.files import default_cache

TRAIN, TEST = 60, 12  # images of the small data sets made here
SPELLINGS = ["-", "."]  # train-images-idx3-ubyte and train-images.idx3-ubyte
GREY, RGB = 1, 3


def drawn(count: int, side: int, channels: int = GREY) -> np.ndarray:
    """Return `count` different images (N, side, side, channels), uint8."""
    return np.random.default_rng(count + side).integers(
        0, 256, (count, side, side, channels), dtype=np.uint8
    )


def idx_bytes(array: np.ndarray) -> bytes:
    """Return the array as an IDX file, written from the description of the format."""
    code = {np.dtype("u1"): 8, np.dtype(">i4"): 12}[array.dtype]
    header = struct.pack(f">HBB{array.ndim}I", 0, code, array.ndim, *array.shape)
    return header + array.tobytes()


def write_idx(
    folder: Path,
    *,
    side: int = 8,
    dot: str = "-",
    gz: bool = False,
    prefix: str = "",
    test: str = "t10k",
    classes: int = 3,
) -> Path:
    """Write the four IDX files of a small data set with labels 0, 1, 2, 0, ..."""
    folder.mkdir(parents=True, exist_ok=True)
    for part, count in (("train", TRAIN), (test, TEST)):
        images = drawn(count, side)[..., 0]
        labels = (np.arange(count) % classes).astype(np.uint8)
        for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
            stem = f"{prefix}{part}-{kind.replace('-', dot)}-ubyte"
            content = idx_bytes(array)
            path = folder / (stem + ".gz" if gz else stem)
            path.write_bytes(gzip.compress(content) if gz else content)
    return folder


def write_classes(
    folder: Path, images: np.ndarray, names: tuple[str, ...] = ("a", "b", "c"), suffix: str = ".png"
) -> None:
    """Write images (N, H, W, C) into class folders, to each class in turn."""
    for number, image in enumerate(images):
        path = folder / names[number % len(names)] / f"{number:03}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image.squeeze()).save(path)


def write_both(folder: Path, side: int = 8, channels: int = GREY) -> Path:
    """Write train/ and test/ with class folders."""
    write_classes(folder / "train", drawn(TRAIN, side, channels))
    write_classes(folder / "test", drawn(TEST, side, channels))
    return folder


def raises(*words: Any) -> Any:
    """Expect an error of one line that contains all the words."""
    ahead = "".join(f"(?=.*{re.escape(word)})" for word in words)
    return pytest.raises(FrugalError, match=rf"\A{ahead}.*\Z")


@pytest.mark.parametrize("gz", [False, True])
@pytest.mark.parametrize("dot", SPELLINGS)
def test_idx_folder(tmp_path: Path, dot: str, gz: bool) -> None:
    """The four files are read in both spellings, gzipped or not."""
    source = sources.find(str(write_idx(tmp_path, dot=dot, gz=gz)))
    assert np.array_equal(source.train.images[:, 0], drawn(TRAIN, 8)[..., 0])
    assert source.train.labels.tolist()[:4] == [0, 1, 2, 0]
    assert np.array_equal(source.read_test().images[:, 0], drawn(TEST, 8)[..., 0])
    assert source.test_counts == (4, 4, 4)
    assert source.classes == ("0", "1", "2")


def test_idx_folder_is_split_like_mnist(tmp_path: Path) -> None:
    """The training images of a folder are split 5:1, and its name is the given path."""
    dataset = data.load(str(write_idx(tmp_path)))
    assert (len(dataset.train), len(dataset.validation)) == (50, 10)
    assert dataset.name == str(tmp_path)


def test_idx_labels_need_not_start_at_zero(tmp_path: Path) -> None:
    """Labels are numbered in order; their values are the class names (EMNIST letters: 1-26)."""
    write_idx(tmp_path)
    for path in tmp_path.glob("*labels*"):
        path.write_bytes(idx_bytes((idx.labels(path) * 2 + 1).astype(np.uint8)))
    source = sources.find(str(tmp_path))
    assert source.classes == ("1", "3", "5")
    assert source.train.labels.tolist()[:4] == [0, 1, 2, 0]


def test_idx_loads_without_reading_test_images(tmp_path: Path) -> None:
    """A damaged file of test images is not an error until the test images are read."""
    path = write_idx(tmp_path) / "t10k-images-idx3-ubyte"
    path.write_bytes(b"")
    source = sources.find(str(tmp_path))
    with raises("t10k-images", "is not an IDX file"):
        source.read_test()


def test_idx_file_missing(tmp_path: Path) -> None:
    """The error names the missing file."""
    (write_idx(tmp_path) / "train-labels-idx1-ubyte").unlink()
    with raises("lacks the IDX file of the train labels"):
        data.load(str(tmp_path))


def test_idx_file_truncated(tmp_path: Path) -> None:
    """The error states the actual and the expected number of bytes."""
    path = write_idx(tmp_path) / "train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:1000])
    with raises("train-images", "has 1,000 bytes, but its header states 3,856"):
        data.load(str(tmp_path))


@pytest.mark.parametrize("content", [b"", b"\0\0", b"<html>404", b"\0\0\x08\x03\0\0"])
def test_idx_file_corrupt(tmp_path: Path, content: bytes) -> None:
    """A file that is not an IDX file, or ends in its header, is an error."""
    (write_idx(tmp_path) / "train-images-idx3-ubyte").write_bytes(content)
    with raises("train-images", "copy or download it again"):
        data.load(str(tmp_path))


@pytest.mark.parametrize("end", [20, -10])
def test_gzip_truncated(tmp_path: Path, end: int) -> None:
    """A gzip file that was truncated, early or late, is an error."""
    path = write_idx(tmp_path, gz=True) / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:end])
    with raises("train-images", "cannot be read", "copy or download it again"):
        data.load(str(tmp_path))


def test_idx_counts_differ(tmp_path: Path) -> None:
    """Different numbers of images and labels are an error."""
    path = write_idx(tmp_path) / "train-labels-idx1-ubyte"
    path.write_bytes(idx_bytes(idx.labels(path)[:30].astype(np.uint8)))
    with raises("60 images and 30 labels"):
        data.load(str(tmp_path))


def test_idx_test_label_unknown(tmp_path: Path) -> None:
    """A test label that no training image has is an error."""
    path = write_idx(tmp_path) / "t10k-labels-idx1-ubyte"
    path.write_bytes(idx_bytes(np.full(TEST, 7, np.uint8)))
    with raises("t10k-labels", "label 7"):
        data.load(str(tmp_path))


def test_idx_images_that_are_labels(tmp_path: Path) -> None:
    """A file of labels in place of the images is an error."""
    write_idx(tmp_path)
    labels = (tmp_path / "train-labels-idx1-ubyte").read_bytes()
    (tmp_path / "train-images-idx3-ubyte").write_bytes(labels)
    with raises("has a 1-dimensional array", "(N, H, W)"):
        data.load(str(tmp_path))


@pytest.mark.parametrize("side", [7, 65])
def test_size_out_of_range(tmp_path: Path, side: int) -> None:
    """Image sides below 8 or above 64 pixels are an error."""
    with raises(f"{side}x{side} pixels", "8 to 64"):
        data.load(str(write_idx(tmp_path, side=side)))


def test_not_square(tmp_path: Path) -> None:
    """Images that are not square are an error with width and height."""
    write_classes(tmp_path, drawn(TRAIN, 16)[:, :12])
    with raises("16x12 pixels", "square"):
        data.load(str(tmp_path))


@pytest.mark.parametrize("side", [8, 28, 64])
@pytest.mark.parametrize("channels", [GREY, RGB])
def test_class_folders(tmp_path: Path, side: int, channels: int) -> None:
    """Class folders of grey and RGB images are read in the order of their names."""
    dataset = data.load(str(write_both(tmp_path, side, channels)))
    source = sources.find(str(tmp_path))
    by_class = np.concatenate([drawn(TRAIN, side, channels)[label::3] for label in range(3)])
    assert dataset.image == (channels, side, side)
    assert len(dataset.mean) == channels
    assert source.classes == ("a", "b", "c")
    assert np.array_equal(source.train.images, by_class.transpose(0, 3, 1, 2))
    assert source.train.counts(3) == (20, 20, 20)
    assert source.test_counts == (4, 4, 4)
    assert source.read_test().images.shape == (TEST, channels, side, side)
    assert dataset.notes == ()
    for split in (source.train, source.read_test(), dataset.train, dataset.validation):
        assert split.images.is_contiguous()


def test_class_folders_in_other_formats(tmp_path: Path) -> None:
    """BMP and one-channel JPEG files are read; other and hidden files are not."""
    write_classes(tmp_path, drawn(18, 8), suffix=".bmp")
    write_classes(tmp_path, drawn(18, 8), suffix=".JPG")
    (tmp_path / "a" / "Thumbs.db").write_bytes(b"thumbs")
    (tmp_path / "a" / "._000.bmp").write_bytes(b"apple")
    (tmp_path / ".cache").mkdir()
    assert sources.find(str(tmp_path)).train.counts(3) == (10, 10, 10)


def test_grey_saved_as_rgb_is_grey(tmp_path: Path) -> None:
    """RGB files with three equal channels are read as greyscale."""
    write_classes(tmp_path, drawn(TRAIN, 8).repeat(3, axis=-1))
    assert data.load(str(tmp_path)).image == (1, 8, 8)


def test_one_colour_image_makes_all_rgb(tmp_path: Path) -> None:
    """If any training image has colour, all images are RGB, including the test images."""
    write_both(tmp_path)
    colour = drawn(1, 8, RGB)[0]
    Image.fromarray(colour).save(tmp_path / "train" / "a" / "000.png")
    source = sources.find(str(tmp_path))
    assert source.train.images.shape == (TRAIN, 3, 8, 8)
    assert np.array_equal(source.train.images[0], colour.transpose(2, 0, 1))
    assert source.read_test().images.shape == (TEST, 3, 8, 8)


def test_colour_test_images_become_grey(tmp_path: Path) -> None:
    """Test images have the channels of the training images."""
    write_classes(tmp_path / "train", drawn(TRAIN, 8))
    write_classes(tmp_path / "test", drawn(TEST, 8, RGB))
    assert sources.find(str(tmp_path)).read_test().images.shape == (TEST, 1, 8, 8)


@pytest.mark.parametrize("below", ["", "train"])
def test_without_test_folder_a_sixth_is_split_off(tmp_path: Path, below: str) -> None:
    """Without a test folder, a stratified sixth is the test set, with a note."""
    write_classes(tmp_path / below, drawn(TRAIN, 8))
    dataset, source = data.load(str(tmp_path)), sources.find(str(tmp_path))
    assert dataset.notes == ("no test folder: 10 of 60 images used as test set",)
    assert sorted(dataset.test_counts) == [3, 3, 4]
    assert source.train.digest == dataset.digest
    images = torch.cat([source.train.images, source.read_test().images])
    assert len(images.flatten(1).unique(dim=0)) == TRAIN


def test_class_folders_load_without_reading_test_images(tmp_path: Path) -> None:
    """Test files are counted but not read."""
    write_both(tmp_path)
    for path in (tmp_path / "test").rglob("*.png"):
        path.write_bytes(b"no image")
    assert data.load(str(tmp_path)).test_counts == (4, 4, 4)
    with raises("cannot be read as an image"):
        data.open_test(str(tmp_path), "any", tmp_path / "ledger")


@pytest.mark.parametrize("keep", [0, 40, -40])
def test_image_file_damaged(tmp_path: Path, keep: int) -> None:
    """The error for an empty or truncated image file names the file."""
    path = write_both(tmp_path) / "train" / "b" / "001.png"
    path.write_bytes(path.read_bytes()[:keep])
    with raises("001.png", "cannot be read as an image"):
        data.load(str(tmp_path))


def test_mixed_sizes(tmp_path: Path) -> None:
    """The error for images of different sizes names both files and both sizes."""
    write_both(tmp_path)
    Image.fromarray(drawn(1, 9)[0].squeeze()).save(tmp_path / "train" / "b" / "001.png")
    with raises("001.png is 9x9 pixels", "000.png is 8x8"):
        data.load(str(tmp_path))


def test_test_images_of_another_size(tmp_path: Path) -> None:
    """Test images of another size are an error when they are read."""
    write_classes(tmp_path / "train", drawn(TRAIN, 8))
    write_classes(tmp_path / "test", drawn(TEST, 9))
    with raises("test images of 1x9x9", "training images of 1x8x8"):
        data.open_test(str(tmp_path), "any", tmp_path / "ledger")


def test_transparent_image(tmp_path: Path) -> None:
    """Transparent pixels are an error; an opaque alpha channel is ignored."""
    write_both(tmp_path)
    image = Image.new("RGBA", (8, 8), (9, 9, 9, 255))
    image.save(tmp_path / "train" / "a" / "000.png")
    assert data.load(str(tmp_path)).image == (1, 8, 8)
    image.putpixel((0, 0), (9, 9, 9, 0))
    image.save(tmp_path / "train" / "a" / "000.png")
    with raises("000.png", "transparent"):
        data.load(str(tmp_path))


def test_image_of_16_bits(tmp_path: Path) -> None:
    """Images with 16 bits are an error and are not reduced to 8 bits."""
    write_both(tmp_path)
    Image.fromarray(np.full((8, 8), 1000, np.uint16)).save(tmp_path / "train" / "a" / "000.png")
    with raises("000.png", "more than 8 bits"):
        data.load(str(tmp_path))


def test_folders_that_are_not_a_data_set(tmp_path: Path) -> None:
    """Each folder that is not a data set has its own error."""
    with raises("neither IDX files nor class folders"):
        data.load(str(tmp_path))
    write_classes(tmp_path / "test", drawn(TEST, 8))
    with raises("has test but no train folder"):
        data.load(str(tmp_path))
    (tmp_path / "train").mkdir()
    with raises("train has no class folders"):
        data.load(str(tmp_path))
    (tmp_path / "train" / "a").mkdir()
    with raises("has no images"):
        data.load(str(tmp_path))
    write_classes(tmp_path / "train", drawn(TRAIN, 8), names=("a",))
    with raises("is not a class of the training images"):
        data.load(str(tmp_path))


def test_one_class(tmp_path: Path) -> None:
    """Data of a single class is an error."""
    write_classes(tmp_path, drawn(TRAIN, 8), names=("a",))
    with raises("has 1 class", "at least 2"):
        data.load(str(tmp_path))


def test_scarce_class(tmp_path: Path) -> None:
    """A class with fewer than six training images is an error."""
    write_both(tmp_path)
    write_classes(tmp_path / "train", drawn(5, 8), names=("rare",))
    with raises("5 training images of class 'rare'", "at least 6"):
        data.load(str(tmp_path))


@pytest.mark.parametrize(
    "name, guess",
    [("minst", "mnist"), ("MNIST", "mnist"), ("fashion_mnist", "fashion-mnist"), ("cifar", "")],
)
def test_unknown_name(name: str, guess: str) -> None:
    """The error for an unknown name suggests the closest one and lists all."""
    suggestion = f"did you mean {guess}?" if guess else "emnist-digits"
    with raises(f"unknown data {name!r}", "emnist-digits", suggestion):
        data.load(name)


@pytest.mark.parametrize("keep", [0, 1_000, 5_000_000, -100])
def test_embedded_file_damaged(tmp_path: Path, keep: int) -> None:
    """A truncated or empty file is an error."""
    path = tmp_path / "mnist.npz"
    path.write_bytes(sources.EMBEDDED.read_bytes()[:keep])
    with raises("missing or damaged", "reinstall"):
        sources.embedded(path)


def test_embedded_file_missing(tmp_path: Path) -> None:
    """The error for a missing file names its path."""
    with raises("mnist.npz is missing or damaged"):
        sources.embedded(tmp_path / "mnist.npz")


def test_embedded_file_with_other_images(tmp_path: Path) -> None:
    """Other images are rejected by their digest."""
    path = tmp_path / "mnist.npz"
    images, labels = drawn(100, 28)[..., 0], np.arange(100, dtype=np.uint8) % 10
    arrays = {"images": images, "labels": labels}
    parts: dict[str, Any] = {
        f"{part}_{k}": a for part in ("train", "test") for k, a in arrays.items()
    }
    np.savez(path, **parts)
    with raises("is not MNIST"):
        sources.embedded(path)


def cached(cache: Path, name: str) -> None:
    """Write the files of torchvision for a data name, with few images of ten classes."""
    folder, _, prefix, _ = DOWNLOADS[name]
    test = "t10k" if not prefix else "test"
    raw = write_idx(cache / folder / "raw", prefix=prefix, test=test, classes=10)
    for part, count in (("train", TRAIN), (test, TEST)):
        labels = np.arange(count) % 10
        wide = np.stack([labels] + [np.full(count, 99)] * 7, axis=1).astype(">i4")
        if name == "qmnist":
            (raw / f"qmnist-{part}-labels-idx1-ubyte").unlink()
            (raw / f"qmnist-{part}-labels-idx2-int").write_bytes(idx_bytes(wide))


@pytest.mark.parametrize("name", DOWNLOADS)
def test_names_are_read_from_the_cache(tmp_path: Path, name: str) -> None:
    """Data names are read from a filled cache, EMNIST with rows and columns exchanged back."""
    cached(tmp_path, name)
    source = sources.find(name, tmp_path)
    train, test = drawn(TRAIN, 8)[..., 0], drawn(TEST, 8)[..., 0]
    if name == "emnist-digits":
        train, test = train.swapaxes(1, 2), test.swapaxes(1, 2)
    assert np.array_equal(source.train.images[:, 0], train)
    assert source.train.labels.tolist() == [number % 10 for number in range(TRAIN)]
    assert np.array_equal(source.read_test().images[:, 0], test)
    assert source.test_counts == (2, 2) + (1,) * 8
    assert len(source.classes) == 10
    assert source.train.images.is_contiguous()
    assert source.read_test().images.is_contiguous()


@pytest.mark.parametrize("name", DOWNLOADS)
def test_no_network(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed download is an error with a remedy; a closed port simulates a missing network."""
    for variable in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
        monkeypatch.delenv("no_proxy", raising=False)
    # urllib caches the proxies of its first request
    monkeypatch.setattr(urllib.request, "_opener", None)
    with raises(f"{name} cannot be downloaded", "connect to the internet"):
        data.load(name, cache=tmp_path)


def test_class_names_are_torchvisions() -> None:
    """Class names are those of torchvision, in the order of the labels."""
    datasets = pytest.importorskip("torchvision.datasets")
    for name in ("fashion-mnist", "kmnist"):
        download = DOWNLOADS[name]
        assert list(download.classes) == getattr(datasets, download.folder).classes


def test_default_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache is in $XDG_CACHE_HOME if it is set, else in ~/.cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert default_cache() == Path("/somewhere/frugal")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert default_cache() == Path.home() / ".cache" / "frugal"


def split_folders(folder: Path, *names: Any, side: int = 8) -> Path:
    """Write split folders with these names, each with different images."""
    for number, name in enumerate(names):
        images = np.random.default_rng(number).integers(0, 256, (TRAIN, side, side, 1), np.uint8)
        write_classes(folder / name, images)
    return folder


def test_val_is_the_validation_split(tmp_path: Path) -> None:
    """The folder val is the validation split, which a note states."""
    source = sources.find(str(split_folders(tmp_path, "train", "val", "test")))
    dataset = data.load(str(tmp_path))
    assert dataset.train.digest == source.train.digest
    assert (len(dataset.train), len(dataset.validation)) == (TRAIN, TRAIN)
    assert source.validation is not None
    assert dataset.validation.digest == source.validation.digest != source.train.digest
    assert dataset.notes == ("the 60 images in val/ are the validation split",)
    assert dataset.test_counts == (20, 20, 20)


def test_validation_images_are_part_of_the_digest(tmp_path: Path) -> None:
    """A changed image in val/ changes the digest."""
    before = data.load(str(split_folders(tmp_path, "train", "val"))).digest
    Image.new("L", (8, 8)).save(tmp_path / "val" / "a" / "000.png")
    assert data.load(str(tmp_path)).digest != before


def test_final_runs_train_on_given_validation_images(tmp_path: Path) -> None:
    """Final runs use the images of train/ and val/, or the same fraction of them."""
    folder = str(split_folders(tmp_path, "train", "val", "test"))
    final = data.all_training_images(folder)
    parts = sources.find(folder)
    assert parts.validation is not None
    expected = torch.cat([parts.train.images, parts.validation.images])
    assert torch.equal(final.train.images, expected)
    assert (final.mean, final.std) == data.moments(expected)
    assert len(data.all_training_images(folder, 30).train) == 60
    assert len(data.load(folder, 30).train) == 30


def test_few_images_of_a_class_suffice_with_a_val_folder(tmp_path: Path) -> None:
    """With val/, a class may have few images, and a note names classes missing from val/."""
    split_folders(tmp_path, "train", "val")
    write_classes(tmp_path / "train", drawn(2, 8), names=("rare",))
    dataset = data.load(str(tmp_path))
    assert dataset.classes == ("a", "b", "c", "rare")
    assert "no images of class 'rare' in val/" in dataset.notes


@pytest.mark.parametrize(
    "train, val, test",
    [
        ("train", "val", "test"),
        ("training", "validation", "testing"),
        ("Train", "Valid", "Test"),
        ("TRAINING", "VAL", "TESTING"),
        ("training_set", "validation-set", "test_set"),
        ("trainset", "valset", "testset"),
    ],
)
def test_names_of_split_folders(tmp_path: Path, train: str, val: str, test: str) -> None:
    """All usual names of a split are accepted in any case."""
    split_folders(tmp_path / "usual", "train", "val", "test")
    split_folders(tmp_path / "other", train, val, test)
    usual, other = (data.load(str(tmp_path / name)) for name in ("usual", "other"))
    assert (other.digest, other.test_counts) == (usual.digest, usual.test_counts)
    assert other.validation.digest == usual.validation.digest


@pytest.mark.parametrize("names", [("train", "training"), ("val", "valid"), ("test", "Testing")])
def test_two_folders_of_the_same_split(tmp_path: Path, names: tuple[str, ...]) -> None:
    """Two folders for the same split are an error."""
    split_folders(tmp_path, "train", *names)
    first, second = sorted(names)
    with raises(f"has both {first} and {second} for the same split: keep one of them"):
        data.load(str(tmp_path))


def test_val_without_train(tmp_path: Path) -> None:
    """Validation images without training images are an error."""
    with raises("has val but no train folder"):
        data.load(str(split_folders(tmp_path, "val")))


def test_classes_with_names_of_splits(tmp_path: Path) -> None:
    """A folder of images next to other classes is a class, even with the name of a split."""
    write_classes(tmp_path, drawn(TRAIN, 8), names=("plane", "train", "test"))
    dataset = data.load(str(tmp_path))
    assert dataset.classes == ("plane", "test", "train")
    assert dataset.notes == ("no test folder: 10 of 60 images used as test set",)


def test_a_class_that_only_val_has(tmp_path: Path) -> None:
    """The error for a class that only val/ has names its folder."""
    split_folders(tmp_path, "train", "val")
    write_classes(tmp_path / "val", drawn(3, 8), names=("new",))
    with raises("val/new is not a class of the training images"):
        data.load(str(tmp_path))


def test_val_of_another_size(tmp_path: Path) -> None:
    """The error names both sizes."""
    split_folders(tmp_path, "train")
    write_classes(tmp_path / "val", drawn(TRAIN, 9))
    with raises("validation images of 1x9x9", "training images of 1x8x8"):
        data.load(str(tmp_path))


def test_files_left_out_are_counted_by_kind(tmp_path: Path) -> None:
    """A note counts the files that are not used, by kind."""
    write_both(tmp_path)
    for name in ("a.heic", "b.HEIC", "c.avif", "README", "deeper/d.png", "deeper/more/e.png"):
        path = tmp_path / "train" / "a" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    for name in ("train/loose.png", "loose.png", "notes/how.txt", "train/b/.hidden.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    (note,) = data.load(str(tmp_path)).notes
    assert note.startswith("left out: 2 files ending in .heic, ")
    counts = [kind.split(" ", 1) for kind in note.removeprefix("left out: ").split(", ")]
    kinds = {kind: count for count, kind in counts}
    assert sum(map(int, kinds.values())) == 10
    assert kinds["files in folders deeper than train/<class>/"] == "2"


def test_kinds_of_files_are_named_with_their_folder(tmp_path: Path) -> None:
    """A note names each kind of unused files and its folder."""
    write_both(tmp_path)
    (tmp_path / "labels.csv").write_text("a,b")
    (tmp_path / "train" / "list.txt").write_text("a")
    (tmp_path / "test" / "c" / "000.json").write_text("{}")
    (tmp_path / "extra").mkdir()
    (tmp_path / "extra" / "x.png").write_bytes(b"")
    (note,) = data.load(str(tmp_path)).notes
    assert note == (
        f"left out: 1 file in extra/, 1 file directly in {tmp_path.name}/, 1 file ending in .json, "
        "1 file directly in train/"
    )


def test_files_of_operating_systems_are_not_mentioned(tmp_path: Path) -> None:
    """System files of macOS and Windows are not counted."""
    write_both(tmp_path)
    for name in ("__MACOSX/train/a/._1.png", ".DS_Store", "train/a/Thumbs.db", "train/._a"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    assert data.load(str(tmp_path)).notes == ()


@pytest.mark.parametrize("inner", ["images", "a/b"])
def test_an_archive_unpacked_into_an_inner_folder(tmp_path: Path, inner: str) -> None:
    """A single inner folder is entered, and a note names it."""
    write_both(tmp_path / inner)
    (tmp_path / "__MACOSX").mkdir()
    dataset = data.load(str(tmp_path))
    assert dataset.digest == data.load(str(tmp_path / inner)).digest
    assert dataset.notes == (f"images are read from {tmp_path / inner}",)


@pytest.mark.parametrize("folder", ["MNIST", "FashionMNIST", "KMNIST"])
def test_the_root_of_torchvisions_data(tmp_path: Path, folder: str) -> None:
    """ROOT, ROOT/MNIST and ROOT/MNIST/raw give the same images and torchvision's class names."""
    raw = write_idx(tmp_path / folder / "raw", classes=10)
    for name in ("train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"):
        (raw / f"{name}.gz").write_bytes(gzip.compress((raw / name).read_bytes()))
    found = [data.load(str(path)) for path in (tmp_path, tmp_path / folder, raw)]
    assert len({dataset.digest for dataset in found}) == 1
    names = {download.folder: download.classes for download in DOWNLOADS.values()}
    expected = names.get(folder, tuple("0123456789"))
    assert {dataset.classes for dataset in found} == {expected}
    assert {dataset.notes for dataset in found} == {()}


def test_several_data_sets_in_a_root(tmp_path: Path) -> None:
    """The error names all data sets, and each can be chosen."""
    write_idx(tmp_path / "MNIST" / "raw", classes=10)
    raw = tmp_path / "EMNIST" / "raw"
    write_idx(raw, prefix="emnist-letters-", test="test")
    write_idx(raw, prefix="emnist-digits-", test="test", classes=10)
    with raises("has several data sets", "MNIST/raw", "emnist-letters", "emnist-digits"):
        data.load(str(tmp_path))
    letters = data.load(str(raw / "emnist-letters"))
    assert len(letters.classes) == 3
    upright = torch.from_numpy(drawn(TRAIN, 8)[..., 0].swapaxes(1, 2).copy())
    source = sources.find(str(raw / "emnist-letters"))
    assert torch.equal(source.train.images[:, 0], upright)


def test_files_next_to_idx_files_are_named(tmp_path: Path) -> None:
    """A note names other files and folders next to the IDX files."""
    write_idx(tmp_path)
    write_classes(tmp_path, drawn(18, 8))
    assert data.load(str(tmp_path)).notes == ("left out next to the IDX files: 3 (a, b, c)",)


def test_old_rules_read_what_earlier_versions_read(tmp_path: Path) -> None:
    """The old rules ignore val/ and accept only exact names of splits."""
    split_folders(tmp_path, "train", "val", "test")
    dataset = data.load(str(tmp_path), rules=OLD_RULES)
    assert (len(dataset.train), len(dataset.validation)) == (50, 10)
    assert dataset.digest == sources.find(str(tmp_path)).train.digest
    assert dataset.notes == ("left out: 60 files in val/",)


def test_an_archive_is_not_a_folder(tmp_path: Path) -> None:
    """The error for an archive says to unpack it."""
    (tmp_path / "images.zip").write_bytes(b"PK")
    with raises("is a file", "unpack"):
        data.load(str(tmp_path / "images.zip"))


def test_is_there(tmp_path: Path) -> None:
    """Data names, folders and prefixes of IDX files are found."""
    write_idx(tmp_path / "raw", prefix="emnist-letters-")
    for name in ("mnist", str(tmp_path), str(tmp_path / "raw" / "emnist-letters")):
        assert sources.is_there(name)
    for name in ("minst", str(tmp_path / "gone"), str(tmp_path / "raw" / "emnist-digits")):
        assert not sources.is_there(name)
