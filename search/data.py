"""Images as training sees them: a train and a validation split, uint8, with mean and deviation.

The test images stay closed; `open_test` alone opens them and writes the ledger.
"""

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import torch
from torch import Tensor

from search import sources
from search.split import Split, divide, stratified

__all__ = ["Dataset", "Split", "load"]


@dataclass(frozen=True)
class Dataset:
    """What a study trains on. mean and std: per channel of the train split, pixels in [0, 1].

    digest: of the training images and labels, hexadecimal. test_counts: test images by class.
    notes: what a reader of the numbers must know, such as a subset or a split made here.
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

    @property
    def image(self) -> tuple[int, int, int]:
        """(channels, height, width)."""
        channels, height, width = self.train.images.shape[1:]
        return channels, height, width


def load(
    name: str = "mnist", train_examples: int | None = None, *, cache: Path | None = None
) -> Dataset:
    """The data of a name, split 5:1 into train and validation; test images stay unread."""
    source = sources.find(name, cache)
    kept, held_out = divide(source.train.labels, "validation")
    notes = source.notes
    if train_examples is not None and train_examples < len(kept):
        notes += (f"trained on {train_examples:,} of {len(kept):,} training images",)
        kept = kept[stratified(source.train.labels[kept], train_examples, "train examples")]
    train = source.train.at(kept)
    mean, std = moments(train.images)
    return Dataset(
        source.name,
        digest(source.train),
        source.classes,
        train,
        source.train.at(held_out),
        mean,
        std,
        source.test_counts,
        notes,
    )


def digest(split: Split) -> str:
    """Of the shape, images and labels, 32 hexadecimal digits."""
    hashed = blake2b(str(tuple(split.images.shape)).encode(), digest_size=16)
    hashed.update(split.images.contiguous().numpy())
    hashed.update(split.labels.numpy())
    return hashed.hexdigest()


def moments(images: Tensor) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation per channel of images (N, C, H, W), pixels in [0, 1].

    From the counts of the 256 values, so that the result is the same on every machine.
    """
    values = torch.arange(256, dtype=torch.float64) / 255
    means, deviations = [], []
    for channel in images.unbind(dim=1):
        share = torch.bincount(channel.flatten(), minlength=256) / channel.numel()
        mean = float((share.double() * values).sum())
        means.append(mean)
        deviations.append(float((share.double() * (values - mean) ** 2).sum()) ** 0.5)
    return tuple(means), tuple(deviations)
