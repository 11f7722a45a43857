"""What a study records about its data: the rules for reading a folder, and statistics.

Exported files contain the same values. This module does not import torch.
"""

from dataclasses import dataclass
from typing import Literal

Shade = Literal["dark", "light", "mixed"]


@dataclass(frozen=True)
class FolderRules:
    """How a folder of images is read. The defaults are the rules of studies started before 0.2.

    turned: images are rotated by their EXIF orientation, as image viewers do. splits: a folder of
    validation images is the validation split, and split folders may have any name that
    `class_folders.SPLIT_NAME` accepts. Otherwise only "train" and "test" are read.
    """

    turned: bool = False
    splits: bool = False


RULES = FolderRules(turned=True, splits=True)  # for new studies
OLD_RULES = FolderRules()  # for studies started before 0.2


@dataclass(frozen=True)
class DataStatistics:
    """Statistics of the training images, and the image format that the network expects.

    mean, std: per channel, for pixels in [0, 1]. background: shade of the borders of all training
    images, always "mixed" for RGB. train, validation: numbers of images. turned: whether image
    files are rotated by their EXIF orientation. mnist_layout: whether all training images have the
    layout of MNIST's digits; see `search.data.mnist_layout`.
    """

    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    background: Shade
    train: int
    validation: int
    turned: bool = True
    mnist_layout: bool = False


@dataclass(frozen=True)
class StudyStatistics:
    """Statistics of the train split of a study, and of the training images of its final runs."""

    split: DataStatistics
    final: DataStatistics
