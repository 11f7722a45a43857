"""Images as training sees them: a train and a validation split, uint8, with mean and deviation.

The test images stay closed; `open_test` alone opens them and writes the ledger.
"""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Split:
    """images (N, C, H, W), uint8; labels (N,), int64 from 0."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)


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
