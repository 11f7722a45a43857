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
from search.data.description import RULES, DataStatistics, FolderRules, Shade, StudyStatistics
from search.data.mnist_layout import has_layout
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
    "load_measured",
    "load_sealed",
    "measure",
    "moments",
    "open_test",
]

DARK, LIGHT = 0.25, 0.75  # means of a border's pixels up to which, from which it is dark, light
LEAST_SIDE = 24  # pixels: MNIST's digits of 20 need some room to be centred
CHUNK = 2_000  # images examined at once, so that they fit the cache
FIELDS = ("images", "labels")  # of a split
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

    digest: of the training images and labels, and of validation images that the data name,
    hexadecimal. test_counts: test images by class. notes: remarks for readers of the numbers, such
    as a subset or a split made here. turned: see `sources.Source`. training_images: of the train
    split before a subset was taken; None if that is not known.
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
    turned: bool = True
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
    name: str = "mnist",
    train_examples: int | None = None,
    *,
    cache: Path | None = None,
    rules: FolderRules = RULES,
) -> Dataset:
    """The data of a name or folder, with the validation images that it names.

    Where it names none, the training images are split 5:1 into train and validation.
    name: one of `sources.NAMES`, or a folder with four IDX files or class folders of images.
    train_examples: how many images of the train split to keep, of each class its share; None is
    all. Validation and digest are the same whatever is kept. cache: where downloads go. rules: how
    class folders are read. FrugalError says what is missing, damaged or unknown. No test image is
    read.
    """
    return _study_dataset(sources.find(name, cache, rules), train_examples)


def load_measured(
    name: str,
    train_examples: int | None = None,
    *,
    cache: Path | None = None,
    rules: FolderRules = RULES,
) -> tuple[Dataset, StudyStatistics]:
    """The data of a study, with the statistics that a new study keeps; arguments as of `load`."""
    source = sources.find(name, cache, rules)
    dataset = _study_dataset(source, train_examples)
    final = _final_dataset(source, train_examples)
    split = measure(dataset)
    if len(final.train) < len(dataset.train) + len(dataset.validation):
        return dataset, StudyStatistics(split, measure(final))
    # the same images: their borders and layout are known
    whole = replace(split, mean=final.mean, std=final.std, train=len(final.train))
    return dataset, StudyStatistics(split, whole)


def open_test(
    name: str,
    reason: str,
    ledger: Path,
    *,
    candidate: str | None = None,
    cache: Path | None = None,
    rules: FolderRules = RULES,
) -> Split:
    """The test images of a data name. Nothing else reads them, and each call adds to the ledger.

    ledger: a file of one JSON object per line, appended to before any image is read: time (UTC),
    reason (by which command and why), candidate, data (the name) and digest (of the training
    images, as in `Dataset`). FrugalError if it cannot be written.
    """
    source = sources.find(name, cache, rules)
    record_opening(ledger, reason, candidate, source.name, source.digest)
    test = source.read_test()
    if test.images.shape[1:] != source.train.images.shape[1:]:
        raise FrugalError(sources.different_sizes(source.name, "test", test, source.train))
    return test


def load_sealed(
    name: str,
    reason: str,
    ledger: Path,
    *,
    candidate: str | None = None,
    train_examples: int | None = None,
    rules: FolderRules = RULES,
) -> Dataset:
    """All training images as the train split, and the test images in place of the validation split.

    All training images are those of train and validation, also where the data name the latter.
    Opens the test images; arguments and errors are those of `open_test`. train_examples: of the
    study whose candidate is measured; the same share of all training images is used.
    """
    test = open_test(name, reason, ledger, candidate=candidate, rules=rules)
    return replace(all_training_images(name, train_examples, rules=rules), validation=test)


def all_training_images(
    name: str, train_examples: int | None = None, *, rules: FolderRules = RULES
) -> Dataset:
    """The images that `load_sealed` learns from, with the validation images, which are among them.

    Opens no test image; arguments as of `load_sealed`.
    """
    return _final_dataset(sources.find(name, rules=rules), train_examples)


def measure(dataset: Dataset) -> DataStatistics:
    """The statistics of a dataset. Borders and layout are those of train and validation images."""
    images = torch.cat([dataset.train.images, dataset.validation.images])
    background = border_shade(images)
    return DataStatistics(
        classes=dataset.classes,
        mean=dataset.mean,
        std=dataset.std,
        background=background,
        train=len(dataset.train),
        validation=len(dataset.validation),
        turned=dataset.turned,
        mnist_layout=background == "dark" and has_mnist_layout(images),
    )


def border_shade(images: Tensor) -> Shade:
    """The shade of the outermost pixels that all images (N, C, H, W), uint8, share.

    "dark" if the mean of every image's border is at most DARK, "light" if it is at least LIGHT,
    else "mixed", also for more than one channel.
    """
    if images.shape[1] != 1:
        return "mixed"
    edges = images[:, 0, 0], images[:, 0, -1], images[:, 0, 1:-1, 0], images[:, 0, 1:-1, -1]
    means = torch.cat(edges, dim=1).float().mean(dim=1) / 255
    return "dark" if means.max() <= DARK else "light" if means.min() >= LIGHT else "mixed"


def has_mnist_layout(images: Tensor) -> bool:
    """Whether all images (N, C, H, W), uint8, have the layout of MNIST's digits."""
    channels, height, width = images.shape[1:]
    if channels != 1 or height != width or height < LEAST_SIDE:
        return False
    return all(bool(has_layout(chunk[:, 0]).all()) for chunk in images.split(CHUNK))


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


def _study_dataset(source: sources.Source, train_examples: int | None) -> Dataset:
    """The train and the validation split; the first reduced to `train_examples`."""
    (train, validation), notes = _train_and_validation(source), source.notes
    total = len(train)
    if train_examples is not None and train_examples != len(train):
        notes += (f"trained on {train_examples:,} of {len(train):,} training images",)
        train = _subset(train, train_examples, source.classes)
    dataset = _dataset(source, train, validation, notes)
    return replace(dataset, training_images=total)


def _final_dataset(source: sources.Source, train_examples: int | None) -> Dataset:
    """All training images, or their share, as the train split, and the validation images."""
    everything, notes = source.train, source.notes
    if source.validation is not None:
        parts = source.train, source.validation
        images, labels = (torch.cat([getattr(part, name) for part in parts]) for name in FIELDS)
        everything = Split(images, labels)
    total, count = len(everything), _final_count(source, train_examples)
    if count < total:
        notes += (f"trained on {count:,} of all {total:,} training images",)
        everything = _subset(everything, count, source.classes)
    return _dataset(source, everything, _train_and_validation(source)[1], notes)


def _train_and_validation(source: sources.Source) -> tuple[Split, Split]:
    """As the data name them, else the training images split 5:1."""
    if source.validation is not None:
        return source.train, source.validation
    train_indices, validation_indices = divide(source.train.labels, "validation")
    return source.train.at(train_indices), source.train.at(validation_indices)


def _final_count(source: sources.Source, train_examples: int | None) -> int:
    """Training images of a final run: their share of all is that of `train_examples` of train."""
    train = len(source.train)
    if source.validation is None:
        return train if train_examples is None else _share(train_examples, HELD_OUT, HELD_OUT - 1)
    total = train + len(source.validation)
    return total if train_examples is None else _share(train_examples, total, train)


def _share(count: int, numerator: int, denominator: int) -> int:
    return -(-count * numerator // denominator)


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
        digest=source.digest,
        classes=source.classes,
        train=train,
        validation=validation,
        mean=mean,
        std=std,
        test_counts=source.test_counts,
        notes=notes,
        turned=source.turned,
    )


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
