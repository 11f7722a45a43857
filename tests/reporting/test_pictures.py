"""The page of sample images, and the number of images by split and class."""

import base64
import io
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from search.candidates.recipe import Augmentation
from search.data.dataset import Dataset, Split
from search.errors import FrugalError
from search.reporting.pictures import class_counts, class_pictures, write_samples

MOVES = Augmentation(rotation=10, shift=2, scale=0.1, jitter=0.2)


def made(classes: int, channels: int, side: int) -> Dataset:
    """Return a data set of noise, 12 images per class, which PNG cannot compress."""
    labels = torch.arange(classes).repeat(12)
    noise = np.random.default_rng(0).integers(0, 256, (len(labels), channels, side, side))
    split = Split(torch.from_numpy(noise).to(torch.uint8), labels)
    names = tuple(f"<class {number}>" for number in range(classes))
    figures = (0.5,) * channels
    return Dataset(
        name="noise & co",
        digest="0" * 32,
        classes=names,
        train=split,
        validation=split,
        mean=figures,
        std=figures,
        test_counts=(3,) * classes,
    )


def test_counts(small_mnist: Dataset) -> None:
    """The table has a row per class and a column per split; sums are the sizes of the splits."""
    table = class_counts(small_mnist)
    assert list(table.columns) == ["train", "validation", "test"]
    assert list(table.index) == list("0123456789")
    assert table.sum().tolist() == [1_000, 500, 10_000]
    assert table.loc["3", "test"] == 1010


def test_a_picture_shows_plain_above_augmented(small_mnist: Dataset) -> None:
    """Without augmentation both rows show the first images of the class."""
    first, *_ = class_pictures(small_mnist, Augmentation())
    images = small_mnist.train.images[small_mnist.train.labels == 0]
    assert first.shape == (2 * 29 - 1, 10 * 29 - 1, 2)
    assert np.array_equal(first[:28], first[29:])
    assert np.array_equal(first[:28, :28, 0], images[0, 0])
    assert np.array_equal(first[:28, 29:57, 0], images[1, 0])
    assert (first[28, :, 1] == 0).all()


def test_augmentation_changes_the_lower_row(small_mnist: Dataset) -> None:
    """The upper row is unchanged, and the images are reproducible."""
    plain, *_ = class_pictures(small_mnist, Augmentation())
    moved, *_ = class_pictures(small_mnist, MOVES)
    again, *_ = class_pictures(small_mnist, MOVES)
    assert np.array_equal(plain[:28], moved[:28])
    assert not np.array_equal(plain[29:], moved[29:])
    assert np.array_equal(moved, again)


def test_page_of_mnist(small_mnist: Dataset, tmp_path: Path) -> None:
    """The page has counts, shape, mean, standard deviation, notes and a picture per class."""
    path = tmp_path / "samples.html"
    write_samples(small_mnist, MOVES, path)
    page = path.read_text(encoding="utf-8")
    assert "28x28 pixels, greyscale, 10 classes" in page
    assert f"{small_mnist.mean[0]:.4f}" in page
    assert f"{small_mnist.std[0]:.4f}" in page
    assert "rotation ± 10°, shift ± 2 pixels, scale ± 10%" in page
    assert "trained on 1,000 of 50,000 training images" in page
    assert "<td>1,000</td><td>500</td><td>10,000</td>" in page
    assert page.count("<img") == 10


def test_page_is_self_contained(small_mnist: Dataset, tmp_path: Path) -> None:
    """All pictures are embedded and readable; the page loads nothing and has no scripts."""
    path = tmp_path / "samples.html"
    write_samples(small_mnist, MOVES, path)
    page = path.read_text(encoding="utf-8")
    for encoded in re.findall(r'src="data:image/png;base64,([^"]+)"', page):
        with Image.open(io.BytesIO(base64.b64decode(encoded))) as image:
            assert image.size == (289, 57)
    assert not re.search(r'(src|href)="(?!data:)|url\(|https?://|<script', page)


@pytest.mark.parametrize("classes, channels, side", [(10, 3, 64), (62, 1, 28), (200, 3, 64)])
def test_page_stays_small(tmp_path: Path, classes: int, channels: int, side: int) -> None:
    """It is under 1 MB even for coloured noise; names are escaped; every class has a row."""
    path = tmp_path / "samples.html"
    write_samples(made(classes, channels, side), MOVES, path)
    page = path.read_text(encoding="utf-8")
    assert path.stat().st_size < 1_000_000
    assert page.count("<b>&lt;class") == classes
    assert "noise &amp; co" in page
    assert ("too many classes" in page) == (classes == 200)


def test_page_that_cannot_be_written(small_mnist: Dataset, tmp_path: Path) -> None:
    """The error names the path and the option."""
    with pytest.raises(FrugalError, match=r"cannot write .*name another file with --out"):
        write_samples(small_mnist, MOVES, tmp_path / "nowhere" / "samples.html")
