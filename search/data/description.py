"""What a study remembers of its data: the rules by which a folder was read, and its statistics.

Exported files carry the same values. No torch.
"""

from dataclasses import dataclass
from typing import Literal

Shade = Literal["dark", "light", "mixed"]


@dataclass(frozen=True)
class FolderRules:
    """How a folder of images is read. The defaults are the rules of studies begun before 0.2.

    turned: images are turned by their EXIF orientation, as viewers show them. splits: a folder of
    validation images is the validation split, and split folders may have any name that
    `class_folders.SPLIT_NAME` accepts; else they are "train" and "test", and others are left out.
    """

    turned: bool = False
    splits: bool = False


RULES = FolderRules(turned=True, splits=True)  # of new studies
OLD_RULES = FolderRules()  # of studies begun before 0.2


@dataclass(frozen=True)
class DataStatistics:
    """Statistics of the images learned from, and the image format that the network expects.

    mean, std: per channel, pixels in [0, 1]. background: the shade of the borders of all training
    images, "mixed" also for RGB. train, validation: numbers of images. turned: whether image files
    are turned by their EXIF orientation. mnist_layout: whether all training images have the layout
    of MNIST's digits; see `search.data.mnist_layout`.
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
    """The statistics of a study's train split, and of what its final runs learn from."""

    split: DataStatistics
    final: DataStatistics
