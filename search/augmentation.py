"""Augmentation of a whole split on its device, once per epoch, with fresh draws per image."""

from collections.abc import Iterator
from math import pi

import torch
from torch import Tensor
from torch.nn import functional

from search.randomness import derive, uniform
from search.recipe import Augmentation

CHUNK = 2_500  # images moved at once: bounds the memory of the sampling grid


def augment(images: Tensor, augmentation: Augmentation, seed: int) -> Iterator[Tensor]:
    """images (N, C, H, W), uint8 -> chunks (n, C, H, W), float32 in [0, 1] on the same device.

    Rotation, shift and scale are one bilinear resampling around the centre, as torchvision's
    RandomAffine with one draw per image; brightness, then contrast, as its ColorJitter on tensors.
    """
    thetas = _thetas(images, augmentation, seed) if augmentation.moves else None
    factors = _factors(images, augmentation, seed) if augmentation.jitter else None
    for start in range(0, len(images), CHUNK):
        part = slice(start, start + CHUNK)
        pixels = images[part].to(torch.float32).div_(255)
        if thetas is not None:
            pixels = _resample(pixels, thetas[part], augmentation.fill)
        if factors is not None:
            pixels = _jitter(pixels, factors[part])
        yield pixels


def _resample(pixels: Tensor, theta: Tensor, fill: float) -> Tensor:
    # theta maps output to input; grid_sample pads with zeros, so the fill is made the zero
    grid = functional.affine_grid(theta, list(pixels.shape), align_corners=False)
    moved = functional.grid_sample(
        pixels - fill if fill else pixels, grid, padding_mode="zeros", align_corners=False
    )
    return moved.add_(fill) if fill else moved


def _thetas(images: Tensor, augmentation: Augmentation, seed: int) -> Tensor:
    """One affine map per image (N, 2, 3), from output to input coordinates in [-1, 1]."""
    count, _, height, width = images.shape
    draws = uniform(derive(seed, "affine"), (4, count), images.device).mul_(2).sub_(1)
    angle = draws[0] * (augmentation.rotation * pi / 180)
    inverse_scale = 1 / (1 + draws[1] * augmentation.scale)
    across = draws[2] * (2 * augmentation.shift / width)
    down = draws[3] * (2 * augmentation.shift / height)
    cosine, sine = angle.cos() * inverse_scale, angle.sin() * inverse_scale
    first = torch.stack([cosine, sine, across], dim=1)
    second = torch.stack([-sine, cosine, down], dim=1)
    return torch.stack([first, second], dim=1)


def _factors(images: Tensor, augmentation: Augmentation, seed: int) -> Tensor:
    """Brightness and contrast factors per image (N, 2, 1, 1, 1)."""
    draws = uniform(derive(seed, "jitter"), (len(images), 2), images.device)
    return (1 + (2 * draws - 1) * augmentation.jitter)[:, :, None, None, None]


def _jitter(pixels: Tensor, factors: Tensor) -> Tensor:
    pixels = (pixels * factors[:, 0]).clamp_(0, 1)
    mean = pixels.mean(dim=(1, 2, 3), keepdim=True)
    return ((pixels - mean) * factors[:, 1] + mean).clamp_(0, 1)
