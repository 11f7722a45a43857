"""Augmentation on the device, compared with torchvision image by image."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch
from scipy import stats
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as torchvision

from search.candidates.recipe import Augmentation
from search.errors import FrugalError
from search.randomness import uniform
from search.seeds import derive
from search.training import augmentation
from search.training.augmentation import augment

SEED = 11
CLOSE = 1e-4  # of a pixel's brightness: float error of the sampling positions
SHAPES = [(1, 28, 28), (3, 32, 32), (1, 9, 9), (3, 12, 20)]
DOUBTFUL = 1e-4  # p-value below which random values are considered wrongly distributed


def noise(count: int, shape: tuple[int, ...] = (1, 28, 28)) -> torch.Tensor:
    """Return the most difficult images: independent random pixels."""
    return (uniform(derive("images", count), (count, *shape)) * 256).to(torch.uint8)


def augmented(images: torch.Tensor, how: Augmentation, seed: int = SEED) -> torch.Tensor:
    """Augment the images and concatenate the chunks."""
    return torch.cat(list(augment(images, how, seed)))


def affine_draws(count: int, how: Augmentation) -> Iterator[tuple[Any, ...]]:
    """Return (degrees, size, pixels right, pixels down) of every image, as drawn by `augment`."""
    draws = uniform(derive(SEED, "affine"), (4, count)).double() * 2 - 1
    degrees, size = draws[0] * how.rotation, 1 + draws[1] * how.scale
    right, down = -draws[2:] * how.shift
    return zip(*(part.tolist() for part in (degrees, size, right, down)), strict=True)


@pytest.mark.parametrize("shape", SHAPES)
def test_no_augmentation_changes_nothing(shape: tuple[int, ...]) -> None:
    """Without any value the pixels are those of the images, in [0, 1], in the same order."""
    images = noise(1_203, shape)
    assert torch.equal(augmented(images, Augmentation(fill=1.0)), images.float() / 255)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "how",
    [
        Augmentation(rotation=15, fill=0.0),
        Augmentation(rotation=180, fill=1.0),
        Augmentation(shift=2.5, fill=0.0),
        Augmentation(scale=0.3, fill=0.5),
        Augmentation(rotation=30, shift=3, scale=0.2, fill=0.0),
        Augmentation(rotation=30, shift=3, scale=0.2, fill=1.0),
    ],
)
def test_moves_pixels_like_torchvision(how: Augmentation, shape: tuple[int, ...]) -> None:
    """Rotation, scale, shift and fill of each image equal torchvision's bilinear `affine`.

    torchvision applies the weight of a border pixel twice to its `fill`, so the test shifts the
    pixels until the fill is zero.
    """
    images = noise(20, shape)
    expected = [
        how.fill
        + torchvision.affine(
            image.float() / 255 - how.fill,
            angle=degrees,
            translate=[right, down],
            scale=size,
            shear=[0.0, 0.0],
            interpolation=InterpolationMode.BILINEAR,
        )
        for image, (degrees, size, right, down) in zip(images, affine_draws(20, how), strict=True)
    ]
    assert torch.allclose(augmented(images, how), torch.stack(expected), atol=CLOSE)


@pytest.mark.parametrize("fill", [0.0, 1.0])
def test_a_shift_of_one_pixel_moves_by_one_pixel(fill: float) -> None:
    """Every pixel moves one to the left, and the last column is filled."""
    pixels = noise(4).float() / 255
    theta = torch.tensor([[1.0, 0.0, 2 / 28], [0.0, 1.0, 0.0]]).expand(4, 2, 3)
    moved = augmentation._resample(pixels, theta, fill)
    assert torch.allclose(moved[..., :-1], pixels[..., 1:], atol=CLOSE)
    assert torch.allclose(moved[..., -1], torch.full((4, 1, 28), fill), atol=CLOSE)


def test_fill_shows_in_the_corners() -> None:
    """Black images rotated far have white corners with fill 1 and stay black with fill 0."""
    black = torch.zeros(100, 1, 28, 28, dtype=torch.uint8)
    turned = augmented(black, Augmentation(rotation=45, fill=1.0))
    far = [abs(degrees) > 10 for degrees, *_ in affine_draws(100, Augmentation(rotation=45))]
    corners = turned[far][..., [0, 0, -1, -1], [0, -1, 0, -1]]
    assert len(corners) > 50
    assert corners.allclose(torch.ones(()))
    assert turned[..., 14, 14].allclose(torch.zeros(()), atol=1e-6)
    assert not augmented(black, Augmentation(rotation=45, fill=0.0)).any()


EACH = (0.25, 1.0, 0.0)  # a fill per channel


@pytest.mark.parametrize("fill", [0.0, 0.3, 1.0])
def test_equal_fills_per_channel_are_one_fill(fill: float) -> None:
    """The result is bitwise equal to that of a single number, including jitter and chunks."""
    images = noise(600, (3, 12, 12))
    one = Augmentation(30, 3, 0.2, jitter=0.2, fill=fill)
    assert torch.equal(augmented(images, one), augmented(images, replace(one, fill=(fill,) * 3)))


def test_each_channel_has_its_own_fill() -> None:
    """Each channel is bitwise equal to the channel augmented alone with its own fill."""
    images, how = noise(20, (3, 12, 12)), Augmentation(30, 3, 0.2, fill=EACH)
    together = augmented(images, how)
    for channel, fill in enumerate(EACH):
        alone = augmented(images[:, [channel]], replace(how, fill=fill))
        assert torch.equal(together[:, [channel]], alone)


def test_a_fill_must_be_resolved_for_images_that_move() -> None:
    """A fill of None is an error for images that move and has no effect on others."""
    with pytest.raises(FrugalError, match="fill is None: set it"):
        augmented(noise(2), Augmentation(rotation=1))
    assert torch.equal(augmented(noise(2), Augmentation()), noise(2).float() / 255)


@pytest.mark.parametrize("shape", SHAPES)
def test_jitter_equals_torchvisions(shape: tuple[int, ...]) -> None:
    """Brightness, then contrast around the mean of the grey image, equal torchvision's."""
    images, how = noise(20, shape), Augmentation(jitter=0.6)
    factors = 1 + (2 * uniform(derive(SEED, "jitter"), (20, 2)).double() - 1) * how.jitter
    expected = []
    for image, (brightness, contrast) in zip(images, factors.tolist(), strict=True):
        brighter = torchvision.adjust_brightness(image.float() / 255, brightness)
        expected.append(torchvision.adjust_contrast(brighter, contrast))
    assert torch.allclose(augmented(images, how), torch.stack(expected), atol=1e-5)


ALL = Augmentation(rotation=10, shift=2, scale=0.1, jitter=0.2, fill=0.3)


def test_every_image_has_its_own_random_values() -> None:
    """A hundred copies of one image become a hundred different images."""
    copies = noise(1).expand(100, -1, -1, -1)
    for figure in ({"rotation": 10}, {"shift": 2}, {"jitter": 0.2}):
        how = Augmentation(**figure, fill=0.0)
        assert len(augmented(copies, how).flatten(1).unique(dim=0)) == 100


def test_random_values_depend_on_the_seed_alone() -> None:
    """The same seed gives the same pixels, and another seed gives different ones."""
    images = noise(600)
    assert torch.equal(augmented(images, ALL), augmented(images, ALL))
    assert not torch.equal(augmented(images, ALL), augmented(images, ALL, SEED + 1))


@pytest.mark.parametrize("chunk", [1, 64, 10_000])
def test_chunks_do_not_matter(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pixels do not depend on the number of images per chunk."""
    images = noise(150)
    whole = augmented(images, ALL)
    monkeypatch.setattr(augmentation, "CHUNK_CPU", chunk)
    parts = list(augment(images, ALL, SEED))
    assert [len(part) for part in parts[:-1]] == [chunk] * (len(parts) - 1)
    assert torch.allclose(torch.cat(parts), whole, atol=1e-6)


def test_random_values_fill_their_range() -> None:
    """Angle, scale and shift are uniform between minus and plus their limit."""
    how = Augmentation(rotation=15, shift=2, scale=0.1)
    images = torch.empty(20_000, 1, 28, 28, dtype=torch.uint8)
    maps = augmentation._thetas(images, how, SEED).double()
    linear, move = maps[:, :, :2], maps[:, :, 2:]
    size = 1 / torch.linalg.det(linear).sqrt()
    angle = torch.atan2(linear[:, 0, 1], linear[:, 0, 0]).rad2deg()
    right, down = (torch.linalg.solve(linear, move) * 14).squeeze(2).T
    for drawn, centre, reach in (
        (angle, 0, how.rotation),
        (size, 1, how.scale),
        (right, 0, how.shift),
        (down, 0, how.shift),
    ):
        share = ((drawn - centre) / reach).numpy()
        assert abs(share).max() <= 1 + CLOSE
        assert stats.kstest(share, "uniform", args=(-1, 2)).pvalue > DOUBTFUL


def test_jitter_fills_its_range() -> None:
    """Brightness and contrast factors are uniform around 1 and independent of each other."""
    images = torch.empty(20_000, 1, 1, 1, dtype=torch.uint8)
    factors = augmentation._factors(images, Augmentation(jitter=0.2), SEED)[:, :, 0, 0, 0].numpy()
    for drawn in factors.T:
        assert stats.kstest(drawn, "uniform", args=(0.8, 0.4)).pvalue > DOUBTFUL
    assert abs(stats.pearsonr(*factors.T).statistic) < 4 / 20_000**0.5


@pytest.mark.gpu
@pytest.mark.parametrize("fill", [0.3, EACH])
def test_a_cuda_device_augments_alike(fill: float) -> None:
    """The random values are equal on the device, and the pixels within float error."""
    images, how = noise(600, (3, 32, 32)), replace(ALL, fill=fill)
    there = augmented(images.cuda(), how)
    assert there.is_cuda
    assert torch.allclose(there.cpu(), augmented(images, how), atol=20 * CLOSE)
