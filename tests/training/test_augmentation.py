"""Augmentation on the device, compared with torchvision image by image."""

from collections.abc import Iterator
from dataclasses import replace
from math import exp, log, pi, sqrt
from typing import Any

import pytest
import torch
from scipy import stats
from torch.nn import functional
from torchvision.transforms.v2 import ElasticTransform, InterpolationMode
from torchvision.transforms.v2 import functional as torchvision

from search.candidates.recipe import Augmentation
from search.errors import FrugalError
from search.randomness import noise as random_noise
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
    """Return (degrees, size, right, down, shear in x and y) of every image, as `augment` draws.

    Right and down are in pixels, the others in degrees.
    """
    draws = uniform(derive(SEED, "affine"), (4, count)).double() * 2 - 1
    degrees, size = draws[0] * how.rotation, 1 + draws[1] * how.scale
    right, down = -draws[2:] * how.shift
    x, y = (uniform(derive(SEED, "shear"), (2, count)).double() * 2 - 1) * how.shear
    return zip(*(part.tolist() for part in (degrees, size, right, down, x, y)), strict=True)


def flips(count: int, how: Augmentation) -> torch.Tensor:
    """Return which images are flipped, as drawn by `augment`."""
    return uniform(derive(SEED, "flip"), (count,)) < how.flip


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
        Augmentation(shear=30, fill=0.0),
        Augmentation(rotation=30, shift=3, scale=0.2, fill=0.5, shear=20, flip=0.5),
    ],
)
def test_moves_pixels_like_torchvision(how: Augmentation, shape: tuple[int, ...]) -> None:
    """Rotation, scale, shift, shear and fill of each image equal torchvision's bilinear `affine`.

    A flip is applied before it. torchvision applies the weight of a border pixel twice to its
    `fill`, so the test shifts the pixels until the fill is zero.
    """
    images = noise(20, shape)
    expected = [
        how.fill
        + torchvision.affine(
            (torchvision.horizontal_flip(image) if flipped else image).float() / 255 - how.fill,
            angle=degrees,
            translate=[right, down],
            scale=size,
            shear=list(shear),
            interpolation=InterpolationMode.BILINEAR,
        )
        for image, flipped, (degrees, size, right, down, *shear) in zip(
            images, flips(20, how), affine_draws(20, how), strict=True
        )
    ]
    assert torch.allclose(augmented(images, how), torch.stack(expected), atol=CLOSE)


def test_random_values_of_earlier_versions_are_unchanged() -> None:
    """Without the new fields the affine maps are bitwise those of version 0.2."""
    images = torch.empty(50, 1, 20, 28, dtype=torch.uint8)
    how = Augmentation(rotation=15, shift=2, scale=0.1, fill=0.0)
    draws = uniform(derive(SEED, "affine"), (4, 50)).mul_(2).sub_(1)
    angle, inverse = draws[0] * (15 * pi / 180), 1 / (1 + draws[1] * 0.1)
    across, down = draws[2:] * 2
    cosine, sine = angle.cos() * inverse, angle.sin() * inverse
    first = [cosine, sine * 20 / 28, (cosine * across + sine * down) * 2 / 28]
    second = [-sine * 28 / 20, cosine, (cosine * down - sine * across) * 2 / 20]
    expected = torch.stack([torch.stack(first, dim=1), torch.stack(second, dim=1)], dim=1)
    assert torch.equal(augmentation._thetas(images, how, SEED), expected)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("probability", [0.3, 1.0])
def test_a_flip_is_exact(probability: float, shape: tuple[int, ...]) -> None:
    """A flip alone equals torchvision's `horizontal_flip`, bitwise, for that share of images."""
    images, how = noise(600, shape), Augmentation(flip=probability)
    flipped = flips(600, how)
    expected = torch.where(
        flipped[:, None, None, None], torchvision.horizontal_flip(images), images
    )
    assert torch.equal(augmented(images, how), expected.float() / 255)
    assert stats.binomtest(int(flipped.sum()), 600, probability).pvalue > DOUBTFUL


def displacements(shape: tuple[int, ...], how: Augmentation, count: int = 20) -> torch.Tensor:
    """Return the displacements of `augment` as torchvision's: (count, H, W, 2), x first."""
    images = torch.empty(count, *shape, dtype=torch.uint8)
    drawn = augmentation._displacements(images, how, SEED)(slice(0, count))
    return drawn.permute(0, 2, 3, 1)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("fill", [0.0, 0.5])
def test_elastic_moves_pixels_like_torchvision(fill: float, shape: tuple[int, ...]) -> None:
    """With given displacements each image equals torchvision's bilinear `elastic`."""
    images, how = noise(20, shape), Augmentation(elastic=1.5, elastic_sigma=2.0, fill=fill)
    expected = [
        fill + torchvision.elastic(image.float() / 255 - fill, displacement[None])
        for image, displacement in zip(images, displacements(shape, how), strict=True)
    ]
    assert torch.allclose(augmented(images, how), torch.stack(expected), atol=CLOSE)
    assert not torch.allclose(augmented(images, how), images.float() / 255, atol=0.1)


@pytest.mark.parametrize("sigma", [0.5, 1.0, 2.0, 3.3])
@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 20, 30)])
def test_displacements_are_those_of_torchvision(sigma: float, shape: tuple[int, ...]) -> None:
    """They are the same noise, smoothed by torchvision's `gaussian_blur`, in units of pixels.

    The documented alpha gives the same displacements in ElasticTransform.
    """
    _, height, width = shape
    how = Augmentation(elastic=1.5, elastic_sigma=sigma)
    drawn = random_noise(derive(SEED, "elastic"), 20, 2 * height * width).view(20, 2, height, width)
    length = int(8 * sigma + 1) // 2 * 2 + 1
    blurred = torchvision.gaussian_blur(drawn, [length, length], [sigma, sigma])
    taps = torch.arange(-(length // 2), length // 2 + 1, dtype=torch.float64)
    weights = (-0.5 * (taps / sigma) ** 2).exp()
    squares = (weights / weights.sum()).square().sum().item()
    pixels = displacements(shape, how) * torch.tensor([width / 2, height / 2])
    expected = blurred.permute(0, 2, 3, 1) * 1.5 * sqrt(3) / squares
    assert torch.allclose(pixels, expected, atol=1e-5)
    alpha = 2 * sqrt(3) * 1.5 / squares
    theirs = ElasticTransform(alpha, sigma).make_params([torch.empty(1, 400, 400)])["displacement"]
    assert theirs[0, 100:-100, 100:-100].std().item() * 200 == pytest.approx(1.5, rel=0.1)
    if sigma >= 1:
        assert alpha == pytest.approx(12.3 * sigma * 1.5, rel=0.01)


def test_elastic_is_the_standard_deviation_in_pixels() -> None:
    """Displacements in both directions have it in the centre, are larger at the border, mean 0."""
    how = Augmentation(elastic=1.5, elastic_sigma=3.0)
    pixels = displacements((1, 40, 60), how, 4_000) * torch.tensor([30.0, 20.0])
    for direction in pixels.unbind(3):
        assert direction[:, 20, 30].std().item() == pytest.approx(1.5, rel=0.06)
        assert 1.2 * 1.5 < direction[:, 0, 30].std().item() < sqrt(2) * 1.5
        assert 1.7 * 1.5 < direction[:, 0, 0].std().item() < 2 * 1.5
        assert abs(direction[:, 20, 30].mean().item()) < 4 * 1.5 / sqrt(4_000)
    across, down = pixels[:, 20, 30].T.numpy()
    assert abs(stats.pearsonr(across, down).statistic) < 4 / sqrt(4_000)


def test_elastic_on_images_smaller_than_its_gaussian() -> None:
    """A Gaussian of 81 pixels and images of a single row or column are possible."""
    for shape in ((1, 9, 9), (1, 1, 5), (1, 4, 1), (1, 1, 1)):
        moved = augmented(noise(3, shape), Augmentation(elastic=1.0, elastic_sigma=10, fill=0.0))
        assert moved.shape == (3, *shape)
        assert moved.isfinite().all()


def test_elastic_and_affine_are_one_resampling() -> None:
    """The displacements are added to the positions of torch's `affine_grid`."""
    images = noise(20, (3, 12, 20))
    how = Augmentation(rotation=20, shift=1, elastic=1.0, elastic_sigma=2.0, shear=9, flip=0.5)
    how = replace(how, fill=0.0)
    grid = functional.affine_grid(
        augmentation._thetas(images, how, SEED), [20, 3, 12, 20], align_corners=False
    )
    grid = grid + displacements((3, 12, 20), how)
    expected = functional.grid_sample(images.float() / 255, grid, align_corners=False)
    assert torch.allclose(augmented(images, how), expected, atol=CLOSE)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("fill", [0.0, 0.7])
def test_erasing_equals_torchvisions(fill: float, shape: tuple[int, ...]) -> None:
    """Rectangles of the documented area and ratio are filled as by torchvision's `erase`."""
    images, how = noise(200, shape), Augmentation(erasing=0.5, fill=fill)
    _, height, width = shape
    draws = uniform(derive(SEED, "erasing"), (5, 200)).double()
    expected = []
    for image, (chance, size, ratio, top, left) in zip(images, draws.T.tolist(), strict=True):
        pixels = image.float() / 255
        if chance < 0.5:
            area = height * width * (0.02 + size * 0.31)
            aspect = exp(log(0.3) + ratio * log(3.3 / 0.3))
            rows = min(height, round(sqrt(area * aspect)))
            columns = min(width, round(sqrt(area / aspect)))
            i, j = int(top * (height - rows + 1)), int(left * (width - columns + 1))
            value = torch.tensor(fill)
            pixels = torchvision.erase(pixels, i, j, rows, columns, value)
        expected.append(pixels)
    assert torch.equal(augmented(images, how), torch.stack(expected))


def test_erased_rectangles_are_those_of_random_erasing() -> None:
    """Area and ratio are within torchvision's defaults, and the rectangles reach every edge."""
    images = torch.empty(20_000, 1, 100, 100, dtype=torch.uint8)
    rows, columns = augmentation._rectangles(images, Augmentation(erasing=0.3), SEED)
    erased = rows.any(1)
    assert stats.binomtest(int(erased.sum()), 20_000, 0.3).pvalue > DOUBTFUL
    tall, wide = (each[erased].sum(1).double() for each in (rows, columns))
    whole = (tall < 100) & (wide < 100)  # not cut
    ratio, area = (tall / wide)[whole], (tall * wide)[whole] / 100**2
    assert 0.28 < ratio.min() < 0.32
    assert 3.2 < ratio.max() < 3.5
    assert 0.015 < area.min() < 0.025
    assert 0.32 < area.max() < 0.34
    assert all(each[erased].any(0).all() for each in (rows, columns))


def test_erasing_fills_each_channel() -> None:
    """With a fill per channel, erased pixels have the value of their channel."""
    erased = augmented(noise(50, (3, 12, 12)), Augmentation(erasing=1.0, fill=EACH))
    rows, columns = augmentation._rectangles(noise(50, (3, 12, 12)), Augmentation(erasing=1), SEED)
    inside = rows[:, :, None] & columns[:, None, :]
    for channel, fill in enumerate(EACH):
        assert (erased[:, channel][inside] == fill).all()


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
    """A fill of None is an error if pixels move or are erased, and has no effect otherwise."""
    for figure in ({"rotation": 1}, {"shear": 1}, {"elastic": 1}, {"erasing": 0.1}):
        with pytest.raises(FrugalError, match="fill is None: set it"):
            augmented(noise(2), Augmentation(**figure))
    assert torch.equal(augmented(noise(2), Augmentation()), noise(2).float() / 255)
    assert augmented(noise(2), Augmentation(flip=1.0, jitter=0.5)).shape == (2, 1, 28, 28)


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


ALL = Augmentation(10, 2, 0.1, 0.2, 0.3, shear=5, elastic=1, erasing=0.5, flip=0.5)


def test_every_image_has_its_own_random_values() -> None:
    """A hundred copies of one image become a hundred different images."""
    copies = noise(1).expand(100, -1, -1, -1)
    for figure in ({"rotation": 10}, {"shift": 2}, {"jitter": 0.2}, {"shear": 5}, {"elastic": 1}):
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
