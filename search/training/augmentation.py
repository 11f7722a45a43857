"""Augmentation of a whole split on its device, once per epoch, with random values per image."""

from collections.abc import Callable, Iterator
from math import log, pi, sqrt

import torch
from torch import Tensor
from torch.nn import functional

from search.candidates.recipe import Augmentation
from search.errors import FrugalError
from search.randomness import noise, uniform
from search.seeds import derive

CHUNK_CPU = 500  # images at once: 28 x 28 pixels and their sampling grid fit into the cache
CHUNK = 10_000  # on other devices: few kernel launches, and the grid's memory is bounded
GREY = (0.2989, 0.587, 0.114)  # weights of red, green and blue: ITU-R BT.601, as in torchvision
ERASED_AREA = (0.02, 0.33)  # fraction of the image: the default of torchvision's RandomErasing
ERASED_RATIO = (0.3, 3.3)  # height / width: the default of torchvision's RandomErasing

# Changes the pixels (n, C, H, W) of the images in that slice; the argument may be overwritten
Change = Callable[[Tensor, slice], Tensor]


def augment(images: Tensor, augmentation: Augmentation, seed: int) -> Iterator[Tensor]:
    """Augment images (N, C, H, W), uint8: yield chunks (n, C, H, W), float32 in [0, 1].

    The chunks are on the device of the images. The random values of an image depend on the seed, on
    its index and on the number of images. The steps, in this order:

    Flip, rotation, scale, shear, shift and elastic are a single bilinear resampling, like
    torchvision's RandomAffine around the centre but with random values per image and fractional
    shifts. The elastic displacement, see `_displacements`, is added to the position that a pixel is
    sampled from. A flip alone does not resample. Brightness, then contrast, follow torchvision's
    ColorJitter on tensors. Erasing sets a rectangle to the fill, like torchvision's RandomErasing;
    see `_rectangles`.

    The fill must be a number or one number per channel. FrugalError if it is None and the
    augmentation needs it; see `Augmentation.resolved`.
    """
    if augmentation.fill is None and augmentation.fills:
        raise FrugalError(
            "augmentation.fill is None: set it to a brightness, or call augmentation.resolved(...) "
            "with the border of the images"
        )
    changes = _changes(images, augmentation, seed)
    size = CHUNK_CPU if images.device.type == "cpu" else CHUNK
    for start in range(0, len(images), size):
        part = slice(start, min(start + size, len(images)))
        pixels = images[part].to(torch.float32).div_(255)
        for change in changes:
            pixels = change(pixels, part)
        yield pixels


def _changes(images: Tensor, augmentation: Augmentation, seed: int) -> list[Change]:
    changes = []
    if augmentation.moves:
        changes.append(_moving(images, augmentation, seed))
    elif augmentation.flip:
        changes.append(_flipping(images, augmentation, seed))
    if augmentation.jitter:
        changes.append(_jittering(images, augmentation, seed))
    if augmentation.erasing:
        changes.append(_erasing(images, augmentation, seed))
    return changes


def _moving(images: Tensor, augmentation: Augmentation, seed: int) -> Change:
    thetas, fill = _thetas(images, augmentation, seed), augmentation.fill or 0.0
    displaced = _displacements(images, augmentation, seed) if augmentation.elastic else None

    def change(pixels: Tensor, part: slice) -> Tensor:
        displacement = displaced(part) if displaced else None
        return _resample(pixels, thetas[part], fill, displacement)

    return change


def _flipping(images: Tensor, augmentation: Augmentation, seed: int) -> Change:
    flipped = _flipped(images, augmentation, seed)[:, None, None, None]
    return lambda pixels, part: torch.where(flipped[part], pixels.flip(3), pixels)


def _jittering(images: Tensor, augmentation: Augmentation, seed: int) -> Change:
    factors = _factors(images, augmentation, seed)
    return lambda pixels, part: _jitter(pixels, factors[part])


def _erasing(images: Tensor, augmentation: Augmentation, seed: int) -> Change:
    rows, columns = _rectangles(images, augmentation, seed)
    fill = augmentation.fill or 0.0
    value = _per_channel(fill, images.device) if isinstance(fill, tuple) else fill

    def change(pixels: Tensor, part: slice) -> Tensor:
        inside = rows[part, None, :, None] & columns[part, None, None, :]
        return torch.where(inside, value, pixels)

    return change


def _resample(
    pixels: Tensor,
    theta: Tensor,
    fill: float | tuple[float, ...],
    displacement: Tensor | None = None,
) -> Tensor:
    """Sample the pixels at the positions of `_grid`, plus a displacement (n, 2, H, W)."""
    # grid_sample can only pad with zeros, so the pixels are shifted until the fill is zero
    zero = _per_channel(fill, pixels.device) if isinstance(fill, tuple) else fill
    grid = _grid(theta, *pixels.shape[2:])
    moved = functional.grid_sample(
        pixels - zero if fill else pixels,
        grid if displacement is None else grid.add_(displacement.permute(0, 2, 3, 1)),
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
    a, b, c, d = (each * inverse_scale for each in _rotation(angle, images, augmentation, seed))
    # in these coordinates a pixel is 2 / width wide and 2 / height high
    first = [a, b * height / width, (a * across + b * down) * 2 / width]
    second = [c * width / height, d, (d * down + c * across) * 2 / height]
    if augmentation.flip:
        sign = 1 - 2 * _flipped(images, augmentation, seed).to(torch.float32)
        first = [sign * each for each in first]
    return torch.stack([torch.stack(first, dim=1), torch.stack(second, dim=1)], dim=1)


def _rotation(
    angle: Tensor, images: Tensor, augmentation: Augmentation, seed: int
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the inverse of rotation and shear, row by row; `angle` (N,) is in radians.

    The formula is that of torchvision's `affine`, where the shear comes before the rotation.
    """
    if not augmentation.shear:
        return angle.cos(), angle.sin(), -angle.sin(), angle.cos()
    draws = uniform(derive(seed, "shear"), (2, len(images)), images.device).mul_(2).sub_(1)
    x, y = draws * (augmentation.shear * pi / 180)
    cosine, sine = (angle - y).cos() / y.cos(), (angle - y).sin() / y.cos()
    return angle.cos() - sine * x.tan(), angle.sin() + cosine * x.tan(), -sine, cosine


def _flipped(images: Tensor, augmentation: Augmentation, seed: int) -> Tensor:
    """Return whether each image is flipped (N,), bool."""
    return uniform(derive(seed, "flip"), (len(images),), images.device) < augmentation.flip


def _displacements(
    images: Tensor, augmentation: Augmentation, seed: int
) -> Callable[[slice], Tensor]:
    """Return a function: slice of the images -> displacements (n, 2, H, W), in [-1, 1], x first.

    As in torchvision's ElasticTransform, noise that is uniform in [-1, 1) for each pixel and
    direction is reflected at the border and smoothed by a Gaussian. Here it is scaled to a standard
    deviation of `elastic` pixels; at an edge it is up to sqrt(2) times larger, and in a corner up
    to twice. For square images this is torchvision's alpha = 2 sqrt(3) elastic / (sum of the
    squared weights of the Gaussian in one direction), about 12.3 elastic_sigma elastic.
    """
    _, _, height, width = images.shape
    device, noise_seed = images.device, derive(seed, "elastic")
    weights = _gaussian(augmentation.elastic_sigma, device)
    size = 2 * sqrt(3) * augmentation.elastic / weights.square().sum()
    by_column, by_row = _smoothing(width, weights).T, _smoothing(height, weights) * size
    by_row = torch.stack([by_row / width, by_row / height])  # of x, of y

    def displacements(part: slice) -> Tensor:
        count = part.stop - part.start
        drawn = noise(noise_seed, count, 2 * height * width, device, part.start)
        return by_row @ (drawn.view(count, 2, height, width) @ by_column)

    return displacements


def _gaussian(sigma: float, device: torch.device) -> Tensor:
    """Return the weights of a Gaussian (odd number,), as long as torchvision's ElasticTransform."""
    reach = int(8 * sigma + 1) // 2
    weights = torch.arange(-reach, reach + 1, device=device).div(sigma).square().mul(-0.5).exp()
    return weights / weights.sum()


def _smoothing(side: int, weights: Tensor) -> Tensor:
    """Return the matrix (side, side) that smooths a vector, which is reflected at both ends."""
    places, reach = torch.arange(side, device=weights.device), len(weights) // 2
    period = max(1, 2 * (side - 1))
    taps = torch.arange(-reach, reach + 1, device=weights.device)
    read = (places[:, None] + taps).remainder(period)
    read = torch.minimum(read, period - read)
    # a sum over a mask and not scatter_add, whose order of additions varies on a GPU
    return ((read[:, :, None] == places) * weights[:, None]).sum(dim=1)


def _rectangles(images: Tensor, augmentation: Augmentation, seed: int) -> tuple[Tensor, Tensor]:
    """Return the rows (N, H) and columns (N, W) of the erased rectangles, bool.

    Area and ratio are drawn as in torchvision's RandomErasing. A rectangle that exceeds the image
    is cut to its size, where torchvision draws again.
    """
    count, _, height, width = images.shape
    draws = uniform(derive(seed, "erasing"), (5, count), images.device)
    (least, most), (low, high) = ERASED_AREA, map(log, ERASED_RATIO)
    area = (least + draws[1] * (most - least)) * (height * width)
    ratio = (low + draws[2] * (high - low)).exp()
    erased = draws[0] < augmentation.erasing
    rows = (area * ratio).sqrt().round().clamp(max=height) * erased
    columns = (area / ratio).sqrt().round().clamp(max=width)
    return _interval(draws[3], rows, height), _interval(draws[4], columns, width)


def _interval(draws: Tensor, lengths: Tensor, side: int) -> Tensor:
    """Return which of `side` places are in an interval at a random position (N, side), bool."""
    starts = (draws * (side - lengths + 1)).floor()[:, None]
    places = torch.arange(side, device=draws.device)
    return (places >= starts) & (places < starts + lengths[:, None])


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
    return (pixels * _per_channel(GREY, pixels.device)).sum(dim=1, keepdim=True)
