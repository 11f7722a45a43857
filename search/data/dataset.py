"""The data of a study: a train and a validation split, uint8, with mean and deviation.

Only `open_test` reads test images, and it writes the ledger.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from math import fsum, sqrt
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from search.data import sources
from search.data.split import HELD_OUT, Split, divide, stratified
from search.data.test_ledger import record_opening
from search.errors import FrugalError

__all__ = [
    "Border",
    "DataDescription",
    "Dataset",
    "Split",
    "all_training_images",
    "border",
    "load",
    "load_sealed",
    "moments",
    "open_test",
]

BORDER_TOLERANCE = 16  # of 255 levels: noise and JPEG stay within it, another shade does not
BORDER_DIGITS = 4  # decimals of a border; two of the 256 levels are 0.0039 apart


class Border(NamedTuple):
    """The border of a set of images. values: per channel, 0 to 1, of BORDER_DIGITS decimals.

    share: of the border's pixels that are near the value, in the channel where it is smallest.
    uniform: whether the value is that of most pixels, see `border`.
    """

    values: tuple[float, ...]
    share: float
    uniform: bool

    def __str__(self) -> str:
        figures = ", ".join(f"{value:.4f}" for value in self.values)
        near = f"{100 * self.share:.0f} % of the pixels at the border are near it"
        return f"{figures} ({'median' if self.uniform else 'mean'}; {near})"


@dataclass(frozen=True)
class Dataset:
    """The images of a study. mean and std: per channel of the train split, pixels in [0, 1].

    digest: of the training images and labels, hexadecimal. test_counts: test images by class.
    notes: remarks for readers of the numbers, such as a subset or a split made here.
    training_images: of the train split before a subset was taken; None if that is not known.
    """

    name: str
    digest: str
    classes: tuple[str, ...]
    train: Split
    validation: Split
    mean: tuple[float, ...]
    std: tuple[float, ...]
    test_counts: tuple[int, ...]
    notes: tuple[str, ...] = ()
    training_images: int | None = None

    @property
    def image(self) -> tuple[int, int, int]:
        """(channels, height, width)."""
        channels, height, width = self.train.images.shape[1:]
        return channels, height, width

    @cached_property
    def border(self) -> Border:
        """The border of the train split, with which augmentation fills by default."""
        return border(self.train.images)


@dataclass(frozen=True)
class DataDescription:
    """What a study would train on, in figures. counts: (split, images by class) of every split.

    image: (channels, height, width), pixels. mean, std: per channel of the train split, pixels in
    [0, 1]. border: see `border`. notes: as of `Dataset`.
    """

    name: str
    image: tuple[int, int, int]
    classes: tuple[str, ...]
    counts: tuple[tuple[str, tuple[int, ...]], ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    border: Border
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, dataset: Dataset) -> "DataDescription":
        """The description of a dataset."""
        classes = len(dataset.classes)
        return cls(
            name=dataset.name,
            image=dataset.image,
            classes=dataset.classes,
            counts=(
                ("train", tuple(dataset.train.counts(classes))),
                ("validation", tuple(dataset.validation.counts(classes))),
                ("test", dataset.test_counts),
            ),
            mean=dataset.mean,
            std=dataset.std,
            border=dataset.border,
            notes=dataset.notes,
        )


def load(
    name: str = "mnist", train_examples: int | None = None, *, cache: Path | None = None
) -> Dataset:
    """The data of a name or folder, its training images split 5:1 into train and validation.

    name: one of `sources.NAMES`, or a folder with four IDX files or class folders of images.
    train_examples: how many images of the train split to keep, of each class its share; None is
    all. Validation and digest are the same whatever is kept. cache: where downloads go.
    FrugalError says what is missing, damaged or unknown. No test image is read.
    """
    source = sources.find(name, cache)
    train_indices, validation_indices = divide(source.train.labels, "validation")
    train, notes = source.train.at(train_indices), source.notes
    if train_examples is not None and train_examples != len(train):
        notes += (f"trained on {train_examples:,} of {len(train):,} training images",)
        train = _subset(train, train_examples, source.classes)
    dataset = _dataset(source, train, source.train.at(validation_indices), notes)
    return replace(dataset, training_images=len(train_indices))


def open_test(
    name: str,
    reason: str,
    ledger: Path,
    *,
    candidate: str | None = None,
    cache: Path | None = None,
) -> Split:
    """The test images of a data name. Nothing else reads them, and each call adds to the ledger.

    ledger: a file of one JSON object per line, appended to before any image is read: time (UTC),
    reason (by which command and why), candidate, data (the name) and digest (of the training
    images, as in `Dataset`). FrugalError if it cannot be written.
    """
    source = sources.find(name, cache)
    record_opening(ledger, reason, candidate, source.name, source.train.digest)
    test = source.read_test()
    if test.images.shape[1:] != source.train.images.shape[1:]:
        raise FrugalError(
            f"{name} has test images of {_size(test)} and training images of "
            f"{_size(source.train)} pixels: all images have one size"
        )
    return test


def load_sealed(
    name: str,
    reason: str,
    ledger: Path,
    *,
    candidate: str | None = None,
    train_examples: int | None = None,
    cache: Path | None = None,
) -> Dataset:
    """All training images as the train split, and the test images in place of the validation split.

    Opens the test images; arguments and errors are those of `open_test`. train_examples: of the
    study whose candidate is measured; the same share of all training images is used.
    """
    test = open_test(name, reason, ledger, candidate=candidate, cache=cache)
    source = sources.find(name, cache)
    train, notes = _everything(source, train_examples)
    return _dataset(source, train, test, (*source.notes, *notes))


def all_training_images(
    name: str, train_examples: int | None = None, *, cache: Path | None = None
) -> Dataset:
    """The images that `load_sealed` learns from, with the validation images, which are among them.

    Opens no test image; arguments as of `load_sealed`.
    """
    source = sources.find(name, cache)
    train, notes = _everything(source, train_examples)
    _, held_out = divide(source.train.labels, "validation")
    return _dataset(source, train, source.train.at(held_out), (*source.notes, *notes))


def moments(images: Tensor) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation per channel of images (N, C, H, W), pixels in [0, 1].

    From the counts of the 256 values, so that the result is the same on every machine.
    """
    means, deviations = [], []
    for channel in images.unbind(dim=1):
        counts = torch.bincount(channel.flatten(), minlength=256).tolist()
        mean = fsum(count * value for value, count in enumerate(counts)) / channel.numel()
        square = fsum(count * (value - mean) ** 2 for value, count in enumerate(counts))
        means.append(mean / 255)
        deviations.append(sqrt(square / channel.numel()) / 255)
    return tuple(means), tuple(deviations)


def border(images: Tensor) -> Border:
    """The border of images (N, C, H, W), uint8: the outermost ring of pixels.

    Its value is the median of the ring of all images, per channel, where more than half of the
    ring's pixels are within BORDER_TOLERANCE of it: that is the background, and neither strokes
    that reach the border nor a minority of images on another background change it. MNIST's is
    exactly 0. Where no shade has a majority, as in photographs or where dark and light backgrounds
    are balanced, it is the mean: a median would be the shade of one half and wrong for the other,
    while the mean is never far off, and close to 0 after normalisation.

    From the counts of the 256 values, so that the result is the same on every machine.
    """
    ring = torch.ones(images.shape[2:], dtype=torch.bool, device=images.device)
    ring[1:-1, 1:-1] = False
    counts = [torch.bincount(c[:, ring].flatten(), minlength=256).cpu() for c in images.unbind(1)]
    medians = [int((2 * c.cumsum(0) >= c.sum()).nonzero()[0]) for c in counts]
    uniform = min(map(_share_near, counts, medians)) > 0.5
    levels = medians if uniform else [_mean_level(c) for c in counts]
    values = tuple(round(level / 255, BORDER_DIGITS) for level in levels)
    return Border(values, min(map(_share_near, counts, levels)), uniform)


def _share_near(counts: Tensor, level: float) -> float:
    """The share of pixels within BORDER_TOLERANCE of a level, from the counts of the 256 values."""
    near = (torch.arange(256) - level).abs() <= BORDER_TOLERANCE
    return int(counts[near].sum()) / int(counts.sum())


def _mean_level(counts: Tensor) -> float:
    return int((counts * torch.arange(256)).sum()) / int(counts.sum())


def _dataset(
    source: sources.Source, train: Split, validation: Split, notes: tuple[str, ...]
) -> Dataset:
    """A dataset of these splits; mean and deviation are those of its train split."""
    mean, std = moments(train.images)
    return Dataset(
        name=source.name,
        digest=source.train.digest,
        classes=source.classes,
        train=train,
        validation=validation,
        mean=mean,
        std=std,
        test_counts=source.test_counts,
        notes=notes,
    )


def _everything(
    source: sources.Source, train_examples: int | None
) -> tuple[Split, tuple[str, ...]]:
    """All training images, or the share of them that `train_examples` is of the train split."""
    total = len(source.train)
    count = total if train_examples is None else -(-train_examples * HELD_OUT // (HELD_OUT - 1))
    if count >= total:
        return source.train, ()
    note = f"trained on {count:,} of all {total:,} training images"
    return _subset(source.train, count, source.classes), (note,)


def _subset(train: Split, count: int, classes: tuple[str, ...]) -> Split:
    if not len(classes) <= count <= len(train):
        raise FrugalError(
            f"{count:,} training images were asked for: at least {len(classes):,}, one per class, "
            f"and at most the {len(train):,} of the train split"
        )
    subset = train.at(stratified(train.labels, count, "train examples"))
    counts = subset.counts(len(classes))
    if not all(counts):
        raise FrugalError(
            f"{count:,} training images leave none of class {classes[counts.index(0)]!r}: "
            "ask for more"
        )
    return subset


def _size(split: Split) -> str:
    return "x".join(str(side) for side in split.images.shape[1:])
