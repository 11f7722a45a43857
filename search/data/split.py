"""Images with their labels, and stratified splits of them."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import torch
from torch import Tensor

from search.randomness import permutation
from search.seeds import derive

SPLIT_SEED = 0  # the same for all studies: their validation split does not depend on their seed
HELD_OUT = 6  # one image in six: 10,000 of MNIST's 60,000
DIGEST_BYTES = 16  # 128 bits: accidental collisions are practically impossible


@dataclass(frozen=True)
class Split:
    """Images with labels. images: (N, C, H, W), uint8. labels: (N,), int64, from 0.

    Both tensors are contiguous; a view with other strides, such as a transposed one, is copied.
    """

    images: Tensor
    labels: Tensor

    def __post_init__(self) -> None:
        for name in ("images", "labels"):
            object.__setattr__(self, name, getattr(self, name).contiguous())

    def __len__(self) -> int:
        return len(self.labels)

    def at(self, indices: Tensor) -> "Split":
        """Return the images with the given indices (n,), int64, in that order."""
        return Split(self.images[indices], self.labels[indices])

    def counts(self, classes: int) -> tuple[int, ...]:
        """Return the number of images by class."""
        return tuple(torch.bincount(self.labels, minlength=classes).tolist())

    @cached_property
    def digest(self) -> str:
        """BLAKE2b of the shape, the images and the labels, 32 hexadecimal digits."""
        hashed = blake2b(str(tuple(self.images.shape)).encode(), digest_size=DIGEST_BYTES)
        for tensor in (self.images, self.labels):
            hashed.update(tensor.cpu().numpy().data)
        return hashed.hexdigest()


def stratified(labels: Tensor, count: int, purpose: str) -> Tensor:
    """Return `count` ascending indices into labels (N,), stratified by class within one image.

    The labels are shuffled, sorted by class, and taken at equal distances. The shuffle depends only
    on SPLIT_SEED and the purpose. count: 1 to N.
    """
    shuffled = permutation(derive(SPLIT_SEED, purpose), len(labels))
    by_class = shuffled[torch.argsort(labels[shuffled], stable=True)]
    positions = (2 * torch.arange(count) + 1) * len(labels) // (2 * count)
    return by_class[positions].sort().values


def divide(labels: Tensor, purpose: str) -> tuple[Tensor, Tensor]:
    """Split the indices of labels (N,) 5:1 within each class; return (kept, held out), ascending.

    The held-out part is rounded up, so that both parts contain every class of at least HELD_OUT
    images.
    """
    held_out = stratified(labels, -(-len(labels) // HELD_OUT), purpose)
    is_kept = torch.ones(len(labels), dtype=torch.bool)
    is_kept[held_out] = False
    return is_kept.nonzero().flatten(), held_out
