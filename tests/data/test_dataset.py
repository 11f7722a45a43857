"""Splits of MNIST, training on a subset, and access to the test images."""

import ast
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from search.candidates.recipe import Augmentation
from search.data import dataset as data
from search.data import sources
from search.data.dataset import Dataset
from search.data.split import Split, divide, stratified
from search.errors import FrugalError
from search.files import to_json

CLASSES = 10


@pytest.fixture(scope="module")
def mnist() -> Dataset:
    """All of MNIST, read once. Tests share it and must not change it."""
    return data.load()


def test_mnist_is_split_into_50_000_and_10_000(mnist: Dataset) -> None:
    """MNIST has the split sizes, the shape and the types that training relies on."""
    assert (len(mnist.train), len(mnist.validation)) == (50_000, 10_000)
    assert mnist.image == (1, 28, 28)
    assert mnist.train.images.dtype == torch.uint8
    assert mnist.train.labels.dtype == torch.int64
    assert mnist.classes == tuple("0123456789")
    assert mnist.notes == ()


def test_test_images_are_counted_by_class(mnist: Dataset) -> None:
    """The counts of test images by class are those of the published test set."""
    assert mnist.test_counts == (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)


def test_split_is_stratified(mnist: Dataset) -> None:
    """Validation has one sixth of the images of each class, within one image."""
    train, validation = (
        torch.tensor(split.counts(CLASSES)) for split in (mnist.train, mnist.validation)
    )
    assert (validation - (train + validation) / 6).abs().max() <= 1


def test_split_is_the_same_every_time(mnist: Dataset) -> None:
    """The splits have recorded digests, so that all versions and seeds use the same images."""
    assert mnist.digest == sources.EMBEDDED_DIGEST
    assert mnist.train.digest == "a68b9d4333e1783209e06727d1dbdb69"
    assert mnist.validation.digest == "881a31900fe0ed3650e02cd24296e052"


def test_no_image_is_in_both_parts() -> None:
    """Kept and held-out indices together contain every index exactly once."""
    labels = torch.arange(100) % 7
    train_indices, held_out = divide(labels, "any")
    assert sorted([*train_indices.tolist(), *held_out.tolist()]) == list(range(100))


@pytest.mark.parametrize("sizes", [(6, 1000), (6, 6, 6), (6, 7, 8, 9, 100), (6, 31)])
def test_every_class_of_six_is_in_both_parts(sizes: tuple[int, ...]) -> None:
    """The smallest allowed class has images in both parts, whatever the other classes are."""
    labels = torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))
    for part in divide(labels, "any"):
        assert set(labels[part].tolist()) == set(range(len(sizes)))


def test_purposes_choose_differently() -> None:
    """Two purposes choose different indices from the same labels."""
    labels = torch.zeros(100, dtype=torch.int64)
    assert not torch.equal(stratified(labels, 20, "one"), stratified(labels, 20, "other"))


def test_moments_equal_torch(mnist: Dataset) -> None:
    """Mean and standard deviation of the train split equal torch's in double precision."""
    pixels = mnist.train.images.double() / 255
    assert mnist.mean == pytest.approx([pixels.mean().item()], rel=1e-9)
    assert mnist.std == pytest.approx([pixels.std(correction=0).item()], rel=1e-9)


def test_moments_are_per_channel() -> None:
    """A black channel and a white channel have different moments."""
    images = torch.zeros(3, 2, 8, 8, dtype=torch.uint8)
    images[:, 1] = 255
    assert data.moments(images) == ((0.0, 1.0), (0.0, 0.0))


def ringed(border: int | list[int], inside: int = 128, count: int = 10, side: int = 8) -> Tensor:
    """Return grey images (N, 1, side, side) with borders of the given level or levels."""
    images = torch.full((count, 1, side, side), inside, dtype=torch.uint8)
    levels = torch.as_tensor(border, dtype=torch.uint8).expand(count)
    for row, column in ((0, slice(None)), (-1, slice(None)), (slice(None), 0), (slice(None), -1)):
        images[:, 0, row, column] = levels[:, None]
    return images


def test_the_border_of_mnist_is_exactly_black(mnist: Dataset) -> None:
    """The border of MNIST is 0: augmentation fills as it did when 0 was the default."""
    border = data.border(mnist.train.images)
    assert (border.values, border.uniform) == ((0.0,), True)
    assert border.share > 0.99
    assert to_json(Augmentation(5).resolved(border.values)) == to_json(Augmentation(5, fill=0.0))
    assert mnist.border == border
    assert data.border(255 - mnist.train.images).values == (1.0,)


@pytest.mark.parametrize(
    "levels, values, uniform",
    [
        (0, (0.0,), True),
        (255, (1.0,), True),
        ([255] * 6 + [0] * 4, (1.0,), True),  # a minority of images has another background
        ([250, 251, 252, 253, 254] * 2, (round(252 / 255, 4),), True),  # as in a JPEG
        ([255] * 5 + [0] * 5, (0.5,), False),  # no majority: the mean
        (list(range(0, 250, 25)), (round(112.5 / 255, 4),), False),
    ],
)
def test_a_border_is_the_majority_or_the_mean(
    levels: int | list[int], values: tuple[float, ...], uniform: bool
) -> None:
    """The border is the median if most pixels are close to it, else the mean."""
    border = data.border(ringed(levels))
    assert (border.values, border.uniform) == (values, uniform)


def test_a_border_is_the_outermost_ring_per_channel() -> None:
    """Pixels inside the ring do not count, and each channel has its own value."""
    images = torch.cat([ringed(51, inside=0), ringed(255, inside=0), ringed(0, inside=255)], dim=1)
    border = data.border(images)
    assert border == ((0.2, 1.0, 0.0), 1.0, True)
    assert str(border) == (
        "0.2000, 1.0000, 0.0000 (median; 100 % of the border pixels are close to it)"
    )


def test_channels_of_mixed_borders_are_one_mean_colour() -> None:
    """If one channel has no majority, all channels use the mean."""
    images = torch.cat([ringed([0] * 4 + [255] * 6), ringed([0] * 5 + [255] * 5)], dim=1)
    assert data.border(images).values == (0.6, 0.5)
    assert str(data.border(images)).startswith("0.6000, 0.5000 (mean; 0 % of the border pixels")


def test_train_examples_keeps_a_fraction_of_each_class(mnist: Dataset) -> None:
    """A subset of the train split has a note; validation split and digest do not change."""
    quick = data.load("mnist", 5_000)
    fair = torch.tensor(mnist.train.counts(CLASSES)) / 10
    assert len(quick.train) == 5_000
    assert (torch.tensor(quick.train.counts(CLASSES)) - fair).abs().max() <= 1
    assert quick.notes == ("trained on 5,000 of 50,000 training images",)
    assert quick.validation.digest == mnist.validation.digest
    assert quick.digest == mnist.digest
    assert quick.mean != mnist.mean
    assert quick.train.digest == data.load("mnist", 5_000).train.digest


def test_train_examples_of_all_is_no_subset(mnist: Dataset) -> None:
    """train_examples of 50,000 equals the default."""
    assert data.load("mnist", 50_000).notes == mnist.notes


@pytest.mark.parametrize("count", [-3, 0, 9, 50_001])
def test_train_examples_out_of_range(count: int) -> None:
    """The error for too few or too many train examples names the range."""
    with pytest.raises(FrugalError, match=r"at least 10, one per class, and at most 50,000"):
        data.load("mnist", count)


def test_train_examples_without_a_class() -> None:
    """The error for a subset without images of a rare class names the class."""
    labels = torch.tensor([0] * 100 + [1] * 5)
    train = Split(torch.zeros(105, 1, 8, 8, dtype=torch.uint8), labels)
    with pytest.raises(FrugalError, match="2 training images include none of class 'rare'"):
        data._subset(train, 2, ("common", "rare"))


def test_digest_depends_on_images_labels_and_shapes() -> None:
    """Equal content has equal digests, and different content different ones."""
    split = Split(torch.zeros(4, 1, 8, 8, dtype=torch.uint8), torch.zeros(4, dtype=torch.int64))
    others = [
        replace(split, images=split.images + 1),
        replace(split, labels=split.labels + 1),
        replace(split, images=split.images.reshape(4, 4, 4, 4)),
    ]
    assert split.digest == replace(split, images=split.images.clone()).digest
    assert len({split.digest, *(other.digest for other in others)}) == 4


@pytest.mark.parametrize(
    "view",
    [
        lambda t: t.transpose(-1, 0).contiguous().transpose(-1, 0),
        lambda t: t.repeat_interleave(2, dim=-1)[..., ::2],
        lambda t: t[:1].expand_as(t),
        lambda t: t.flip(0),
    ],
    ids=["transposed", "sliced", "expanded", "flipped"],
)
def test_splits_are_contiguous(view: Callable[..., Any]) -> None:
    """The tensors of a split are contiguous for any strides, and after `at`."""
    images = torch.arange(5 * 2 * 8 * 9).reshape(5, 2, 8, 9).to(torch.uint8)
    split = Split(view(images), view(torch.arange(5)))
    assert torch.equal(split.images, view(images))
    assert torch.equal(split.labels, view(torch.arange(5)))
    for each in (split, split.at(torch.tensor([4, 0])), replace(split, images=view(images))):
        assert each.images.is_contiguous()
        assert each.labels.is_contiguous()


def test_evaluations_on_the_test_set_are_recorded(tmp_path: Path) -> None:
    """Each evaluation appends a line with time, reason, candidate and data."""
    ledger = tmp_path / "studies" / "ledger"
    test = data.open_test("mnist", "confirm mnist", ledger, candidate="trial 7")
    data.open_test("mnist", "baselines", ledger)
    first, second = [json.loads(line) for line in ledger.read_text().splitlines()]
    assert len(test) == 10_000
    assert test.digest == sources.EMBEDDED_TEST_DIGEST
    assert datetime.now(UTC) - datetime.fromisoformat(first.pop("time")) < timedelta(minutes=5)
    assert first == {
        "reason": "confirm mnist",
        "candidate": "trial 7",
        "data": "mnist",
        "digest": sources.EMBEDDED_DIGEST,
    }
    assert (second["reason"], second["candidate"]) == ("baselines", None)


def test_no_test_images_without_a_record(tmp_path: Path) -> None:
    """Test images are not read if the evaluation cannot be recorded."""
    (tmp_path / "file").touch()
    with pytest.raises(FrugalError, match="every evaluation on the test set must be recorded"):
        data.open_test("mnist", "any", tmp_path / "file" / "ledger")


def test_loading_does_not_read_the_test_images(tmp_path: Path, mnist: Dataset) -> None:
    """An archive with damaged test images loads; only reading the test images fails."""
    damaged = tmp_path / "mnist.npz"
    shutil.copy(sources.EMBEDDED, damaged)
    content = bytearray(damaged.read_bytes())
    place = content.index(b"test_images.npy") + 1_000
    content[place : place + 1_000] = bytes(1_000)
    damaged.write_bytes(content)
    source = sources.embedded(damaged)
    assert source.train.digest == mnist.digest
    assert source.test_counts == mnist.test_counts
    with pytest.raises(FrugalError, match="missing or damaged"):
        source.read_test()


def test_only_open_test_reads_test_images() -> None:
    """No other function of the package uses `Source.read_test`."""
    users = [
        (path.name, function.name)
        for path in Path(data.__file__).parents[1].rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and node.attr == "read_test"
    ]
    assert users == [("dataset.py", "open_test")]


@pytest.mark.parametrize("train_examples", [None, 600])
def test_all_training_images_are_those_of_final_runs(
    tmp_path: Path, train_examples: int | None
) -> None:
    """The training images are those of `load_sealed`, and no test images are read."""
    ledger = tmp_path / "ledger"
    everything = data.all_training_images("mnist", train_examples)
    assert not ledger.exists()
    sealed = data.load_sealed("mnist", "test", ledger, train_examples=train_examples)
    assert torch.equal(everything.train.images, sealed.train.images)
    assert torch.equal(everything.train.labels, sealed.train.labels)
    assert (everything.mean, everything.std) == (sealed.mean, sealed.std)
    assert (everything.digest, everything.notes) == (sealed.digest, sealed.notes)
    assert everything.validation.digest == data.load("mnist").validation.digest


def test_a_description_counts_every_split(small_mnist: Dataset) -> None:
    """A description has the number of images of every split, by class."""
    description = data.DataDescription.of(small_mnist)
    totals = {split: sum(counts) for split, counts in description.counts}
    assert totals == {"train": 1_000, "validation": 500, "test": 10_000}
    assert (description.image, description.mean) == (small_mnist.image, small_mnist.mean)
