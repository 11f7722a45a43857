"""The data of a study: train and validation split, uint8, with mean and standard deviation.

Test images are accessible only through `open_test`, which records every evaluation on the test set
in the log of test-set evaluations (`ledger`).
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

DARK, LIGHT = 0.25, 0.75  # highest mean of a dark border, lowest mean of a light border
LEAST_SIDE = 24  # pixels: a digit of 20 pixels needs space to be centred by its mass
CHUNK = 2_000  # images checked at once, so that they fit into the CPU cache
FIELDS = ("images", "labels")  # of `Split`
BORDER_TOLERANCE = 16  # of 255 levels: more than noise and JPEG artefacts, less than a shade
BORDER_DIGITS = 4  # decimals of a border value; the 256 levels are 0.0039 apart


class Border(NamedTuple):
    """The border of a set of images.

    values: border value per channel, 0 to 1, rounded to BORDER_DIGITS decimals. share: fraction of
    the border pixels within BORDER_TOLERANCE of the value, for the channel with the lowest
    fraction. uniform: whether the values are medians that most pixels are close to; see `border`.
    """

    values: tuple[float, ...]
    share: float
    uniform: bool

    def __str__(self) -> str:
        figures = ", ".join(f"{value:.4f}" for value in self.values)
        near = f"{100 * self.share:.0f} % of the border pixels are close to it"
        return f"{figures} ({'median' if self.uniform else 'mean'}; {near})"


@dataclass(frozen=True)
class Dataset:
    """The images of a study.

    digest: of the training images and labels and, if the data has its own validation split, of that
    split; hexadecimal. mean, std: per channel of the train split, for pixels in [0, 1].
    test_counts: number of test images by class. notes: caveats about the results, such as the use
    of a subset. turned: see `sources.Source`. training_images: size of the train split before a
    subset was taken; None if unknown.
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
        """The border of the train split: the default fill of augmentation."""
        return border(self.train.images)


@dataclass(frozen=True)
class DataDescription:
    """Statistics of the data that a study would train on.

    image: (channels, height, width) in pixels. counts: (split, images by class) of every split.
    mean, std: per channel of the train split, for pixels in [0, 1]. border: see `border`. notes:
    see `Dataset`.
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
        """Return the description of a dataset."""
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
    """Load the train and the validation split of a data name or folder. Reads no test images.

    If the data has no validation split, the training images are split 5:1 into train and
    validation. name: one of `sources.NAMES`, or a folder with four IDX files or class folders of
    images. train_examples: number of images of the train split to keep, stratified by class; None
    keeps all. It does not change the validation split and the digest. cache: folder for downloads.
    rules: how class folders are read. FrugalError names what is missing, damaged or unknown.
    """
    return _study_dataset(sources.find(name, cache, rules), train_examples)


def load_measured(
    name: str,
    train_examples: int | None = None,
    *,
    cache: Path | None = None,
    rules: FolderRules = RULES,
) -> tuple[Dataset, StudyStatistics]:
    """Load data with the statistics that a new study records; arguments as in `load`."""
    source = sources.find(name, cache, rules)
    dataset = _study_dataset(source, train_examples)
    final = _final_dataset(source, train_examples)
    split = measure(dataset)
    if len(final.train) < len(dataset.train) + len(dataset.validation):
        return dataset, StudyStatistics(split, measure(final))
    # the final runs use the same images, so background and layout are the same
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
    """Return the test images of a data name, and record the evaluation on the test set.

    No other function reads test images. ledger: the log of test-set evaluations, a file with one
    JSON object per line: time (UTC), reason (command and purpose), candidate, data (the name) and
    digest (of the training images, as in `Dataset`). The line is appended before any test image is
    read. FrugalError if it cannot be written.
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
    """Load the data of final runs: all training images, and the test set as validation split.

    The training images are those of the train and the validation split, even if the data has its
    own validation split. The evaluation on the test set is recorded; arguments and errors as in
    `open_test`. train_examples: setting of the study; the same fraction of all training images is
    used.
    """
    test = open_test(name, reason, ledger, candidate=candidate, rules=rules)
    return replace(all_training_images(name, train_examples, rules=rules), validation=test)


def all_training_images(
    name: str, train_examples: int | None = None, *, rules: FolderRules = RULES
) -> Dataset:
    """Load the training images of `load_sealed` with the validation split, which they include.

    Reads no test images; arguments as in `load_sealed`.
    """
    return _final_dataset(sources.find(name, rules=rules), train_examples)


def measure(dataset: Dataset) -> DataStatistics:
    """Return the statistics of a dataset; background and layout include the validation images."""
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
    """Return the shade of the border of images (N, C, H, W), uint8.

    "dark" if the mean of the border pixels is at most DARK in every image, "light" if it is at
    least LIGHT in every image, else "mixed". Always "mixed" for more than one channel.
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
    """Return mean and standard deviation per channel of images (N, C, H, W), for pixels in [0, 1].

    Computed from the counts of the 256 values, so that all machines give the same result.
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
    """Return the train split, reduced to `train_examples`, and the validation split."""
    (train, validation), notes = _train_and_validation(source), source.notes
    total = len(train)
    if train_examples is not None and train_examples != len(train):
        notes += (f"trained on {train_examples:,} of {len(train):,} training images",)
        train = _subset(train, train_examples, source.classes)
    dataset = _dataset(source, train, validation, notes)
    return replace(dataset, training_images=total)


def _final_dataset(source: sources.Source, train_examples: int | None) -> Dataset:
    """Return all training images, or a fraction, as the train split, and the validation split."""
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
    """Return both splits of the data; without a validation split, split the training images 5:1."""
    if source.validation is not None:
        return source.train, source.validation
    train_indices, validation_indices = divide(source.train.labels, "validation")
    return source.train.at(train_indices), source.train.at(validation_indices)


def _final_count(source: sources.Source, train_examples: int | None) -> int:
    """Return the number of images that a final run trains on: the fraction of the study."""
    train = len(source.train)
    if source.validation is None:
        return train if train_examples is None else _share(train_examples, HELD_OUT, HELD_OUT - 1)
    total = train + len(source.validation)
    return total if train_examples is None else _share(train_examples, total, train)


def _share(count: int, numerator: int, denominator: int) -> int:
    return -(-count * numerator // denominator)


def border(images: Tensor) -> Border:
    """Return the border of images (N, C, H, W), uint8: the outermost ring of pixels.

    The value of a channel is the median of the border pixels of all images, if more than half of
    these pixels are within BORDER_TOLERANCE of it in every channel. This is the background: neither
    strokes that reach the border nor a minority of images with another background change it. For
    MNIST it is exactly 0. Otherwise, as in photographs or with half dark and half light
    backgrounds, the value is the mean: the median would fit only one half of the images, while the
    mean is close to 0 after normalisation.

    Computed from the counts of the 256 values, so that all machines give the same result.
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
    """Return the fraction of pixels within BORDER_TOLERANCE of a level. counts: by pixel value."""
    near = (torch.arange(256) - level).abs() <= BORDER_TOLERANCE
    return int(counts[near].sum()) / int(counts.sum())


def _mean_level(counts: Tensor) -> float:
    return int((counts * torch.arange(256)).sum()) / int(counts.sum())


def _dataset(
    source: sources.Source, train: Split, validation: Split, notes: tuple[str, ...]
) -> Dataset:
    """Return a dataset of these splits, with mean and standard deviation of the train split."""
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
            f"cannot train on {count:,} training images: use at least {len(classes):,}, one per "
            f"class, and at most {len(train):,}, the size of the train split"
        )
    subset = train.at(stratified(train.labels, count, "train examples"))
    counts = subset.counts(len(classes))
    if not all(counts):
        raise FrugalError(
            f"{count:,} training images include none of class {classes[counts.index(0)]!r}: "
            "use more"
        )
    return subset
