"""Detection of the MNIST layout, and its application to other images."""

import pytest
import torch

from search.data import dataset as data
from search.data import sources
from search.data.dataset import Dataset
from search.data.mnist_layout import give_layout, has_layout


def test_every_image_of_mnist_has_the_layout() -> None:
    """All 60,000 training images of MNIST have the layout."""
    images = sources.find("mnist").train.images
    assert torch.cat([has_layout(chunk[:, 0]) for chunk in images.split(2_000)]).all()
    assert data.has_mnist_layout(images)


@pytest.mark.parametrize("shift", [(0, 2), (3, 0), (-2, -2)])
def test_a_shifted_digit_does_not_have_it(small_mnist: Dataset, shift: tuple[int, ...]) -> None:
    """A digit shifted by two pixels loses the layout, and `give_layout` restores it."""
    images = small_mnist.validation.images[:50, 0]
    moved = images.roll(shift, (1, 2))
    assert not has_layout(moved).any()
    restored = []
    for image in moved:
        digit = give_layout(image, 28)
        assert digit is not None
        restored.append(digit)
    given = torch.stack(restored)
    assert has_layout(given).all()
    assert (given.float() - images.float()).abs().mean() < 6


@pytest.mark.parametrize("level", [0, 255])
def test_plain_images_do_not_have_it(level: int) -> None:
    """Images of a single level have no ink and no layout."""
    assert not has_layout(torch.full((2, 28, 28), level).byte()).any()
    assert give_layout(torch.full((28, 28), level).byte(), 28) is None


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1), (3, 3)])
def test_the_smallest_images(size: tuple[int, ...]) -> None:
    """`give_layout` accepts images of any size."""
    assert give_layout(torch.zeros(size).byte(), 28) is None


def test_other_images_do_not_have_it() -> None:
    """Colour images, small images and negatives do not have the layout."""
    images = sources.find("mnist").train.images[:100]
    assert data.has_mnist_layout(images)
    assert not data.has_mnist_layout(images.expand(-1, 3, -1, -1))
    assert not data.has_mnist_layout(images[:, :, 4:24, 4:24])
    assert not data.has_mnist_layout(255 - images)
