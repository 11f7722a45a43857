"""Augmentation of a whole split on its device, once per epoch, with random values per image."""

from collections.abc import Iterator
from math import pi

import torch
from torch import Tensor
from torch.nn import functional

from search.candidates.recipe import Augmentation
from search.errors import FrugalError
from search.randomness import uniform
from search.seeds import derive

CHUNK_CPU = 500  # images at once: 28 x 28 pixels and their sampling grid fit into the cache
CHUNK = 10_000  # on other devices: few kernel launches, and the grid's memory is bounded
GREY = (0.2989, 0.587, 0.114)  # weights of red, green and blue: ITU-R BT.601, as in torchvision


def augment(images: Tensor, augmentation: Augmentation, seed: int) -> Iterator[Tensor]:
    """Augment images (N, C, H, W), uint8: yield chunks (n, C, H, W), float32 in [0, 1].

    The chunks are on the device of the images. Rotation, scale and shift are a single bilinear
    resampling around the centre, like torchvision's RandomAffine but with random values per image
    and fractional shifts. Brightness, then contrast, follow its ColorJitter on tensors. The random
    values of an image depend on the seed, on its index and on the number of images.

    The fill must be a number or one number per channel. FrugalError if it is None and the images
    move; see `Augmentation.resolved`.
    """
    fill = augmentation.fill
    if fill is None and augmentation.moves:
        raise FrugalError(
            "augmentation.fill is None: set it to a brightness, or call augmentation.resolved(...) "
            "with the border of the images"
        )
    thetas = _thetas(images, augmentation, seed) if augmentation.moves else None
    factors = _factors(images, augmentation, seed) if augmentation.jitter else None
    size = CHUNK_CPU if images.device.type == "cpu" else CHUNK
    for start in range(0, len(images), size):
        part = slice(start, start + size)
        pixels = images[part].to(torch.float32).div_(255)
        if thetas is not None and fill is not None:
            pixels = _resample(pixels, thetas[part], fill)
        if factors is not None:
            pixels = _jitter(pixels, factors[part])
        yield pixels


def _resample(pixels: Tensor, theta: Tensor, fill: float | tuple[float, ...]) -> Tensor:
    # grid_sample can only pad with zeros, so the pixels are shifted until the fill is zero
    zero = _per_channel(fill, pixels.device) if isinstance(fill, tuple) else fill
    moved = functional.grid_sample(
        pixels - zero if fill else pixels,
        _grid(theta, *pixels.shape[2:]),
        padding_mode="zeros",
        align_corners=False,
    )
    return moved.add_(zero) if fill else moved


def _per_channel(values: tuple[float, ...], device: torch.device) -> Tensor:
    """Return the values as (C, 1, 1). A copy from the host would synchronise with the device."""
    return torch.stack([torch.full((1, 1), value, device=device) for value in values])


def _grid(theta: Tensor, height: int, width: int) -> Tensor:
    """Return the position that each pixel is sampled from (N, H, W, 2), in [-1, 1].

    The same as `affine_grid`, four times faster on a CPU: a sum of one term per column and one per
    row.
    """
    by_column = theta[:, :, 0:1] * _centres(width, theta.device) + theta[:, :, 2:3]
    by_row = theta[:, :, 1:2] * _centres(height, theta.device)
    return (by_column[:, :, None, :] + by_row[:, :, :, None]).permute(0, 2, 3, 1)


def _centres(count: int, device: torch.device) -> Tensor:
    return (2 * torch.arange(count, device=device) + 1) / count - 1


def _thetas(images: Tensor, augmentation: Augmentation, seed: int) -> Tensor:
    """Return one random affine map per image (N, 2, 3), from output to input, in [-1, 1]."""
    count, _, height, width = images.shape
    draws = uniform(derive(seed, "affine"), (4, count), images.device).mul_(2).sub_(1)
    angle = draws[0] * (augmentation.rotation * pi / 180)
    inverse_scale = 1 / (1 + draws[1] * augmentation.scale)
    across, down = draws[2:] * augmentation.shift  # in pixels of the output
    cosine, sine = angle.cos() * inverse_scale, angle.sin() * inverse_scale
    # in these coordinates a pixel is 2 / width wide and 2 / height high
    first = [cosine, sine * height / width, (cosine * across + sine * down) * 2 / width]
    second = [-sine * width / height, cosine, (cosine * down - sine * across) * 2 / height]
    return torch.stack([torch.stack(first, dim=1), torch.stack(second, dim=1)], dim=1)


def _factors(images: Tensor, augmentation: Augmentation, seed: int) -> Tensor:
    """Return random brightness and contrast factors per image (N, 2, 1, 1, 1)."""
    draws = uniform(derive(seed, "jitter"), (len(images), 2), images.device)
    return (1 + (2 * draws - 1) * augmentation.jitter)[:, :, None, None, None]


def _jitter(pixels: Tensor, factors: Tensor) -> Tensor:
    pixels = (pixels * factors[:, 0]).clamp_(0, 1)
    mean = _grey(pixels).mean(dim=(1, 2, 3), keepdim=True)
    return ((pixels - mean) * factors[:, 1] + mean).clamp_(0, 1)


def _grey(pixels: Tensor) -> Tensor:
    """Convert pixels (N, 3 or 1, H, W) to grey (N, 1, H, W)."""
    if pixels.shape[1] == 1:
        return pixels
    weights = torch.tensor(GREY, device=pixels.device)[:, None, None]
    return (pixels * weights).sum(dim=1, keepdim=True)
