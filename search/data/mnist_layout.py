"""The layout of MNIST's digits: detect it in training images and apply it to other images.

The longer side of a digit's ink is 20 pixels, and its centre of mass is in the middle of the image
(http://yann.lecun.com/exdb/mnist/). `search.exporting.python_file` copies everything after the
imports into exported files, which use it if all training images have this layout. Therefore this
module runs on Python 3.9 and torch 2.0, and depends only on torch.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

DIGIT = 20  # pixels: the longer side of a digit's ink
SHORTEST = 18  # pixels: the shortest in MNIST's 60,000 training images (one image)
OFF_CENTRE = 0.55  # pixels; up to 0.52 in MNIST, where digits were moved by whole pixels
FAINT = 0.1  # fraction of the contrast: fainter pixels are not ink
NOISE = 6  # median deviations of the border pixels (4 standard deviations): not ink
CONTRAST = 32  # of 255: an image with less contrast has no ink
NEIGHBOURS = 3  # of 9 pixels, itself included: ink with fewer is a speck, not a stroke


def has_layout(images: Tensor) -> Tensor:
    """images (N, side, side), uint8, light ink on black -> whether each has MNIST's layout (N,)."""
    values, middle = images.float(), images.shape[-1] / 2 + 0.5
    places = torch.arange(images.shape[-1], device=images.device)
    fits = torch.ones(len(images), dtype=torch.bool, device=images.device)
    lengths = []
    for other in (2, 1):  # rows, then columns
        brightest, weight = images.amax(dim=other), values.sum(dim=other)
        has_ink = brightest > FAINT * brightest.amax(dim=1, keepdim=True)
        first = has_ink.int().argmax(dim=1)
        last = images.shape[-1] - 1 - has_ink.flip(1).int().argmax(dim=1)
        lengths.append((last - first + 1) * has_ink.any(dim=1))
        centre = (weight * (places + 0.5)).sum(dim=1) / weight.sum(dim=1).clamp(min=1)
        fits &= (centre - middle).abs() <= OFF_CENTRE
    longer = torch.maximum(*lengths)
    return fits & (longer >= SHORTEST) & (longer <= DIGIT)


def find_ink(pixels: Tensor) -> Tensor:
    """pixels (height, width), uint8, light ink on a darker background -> only the ink, float32.

    The background is the median of the border. Strokes are pixels that are brighter by FAINT of the
    contrast and by NOISE. They are kept with their neighbours; all other pixels are 0. An image
    with less contrast than CONTRAST has no ink.
    """
    values = pixels.float()
    border = torch.cat([values[0], values[-1], values[1:-1, 0], values[1:-1, -1]])
    values = values - border.median()
    contrast = values.max()
    noise = torch.minimum(NOISE * (border - border.median()).abs().median(), contrast / 2)
    strong = (values > torch.maximum(FAINT * contrast, noise)).float()[None, None]
    stroke = strong * (functional.avg_pool2d(strong, 3, 1, padding=1) > (NEIGHBOURS - 0.5) / 9)
    near = functional.max_pool2d(stroke, 3, 1, padding=1)[0, 0]
    return values * near * (values > noise) * (contrast >= CONTRAST)


def give_layout(pixels: Tensor, side: int) -> Tensor | None:
    """pixels (height, width), uint8, light ink on a darker background -> (side, side), uint8.

    The ink is cropped and its longer side is scaled to DIGIT, unless it is SHORTEST to DIGIT long.
    Its brightest pixel becomes 255, and its centre of mass is put in the middle of a black image.
    None if there is no ink.
    """
    ink = find_ink(pixels)
    rows, columns = ink.any(dim=1).nonzero().flatten(), ink.any(dim=0).nonzero().flatten()
    if not len(rows):
        return None
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if not SHORTEST <= max(ink.shape) <= DIGIT:
        high, wide = (max(1, round(length * DIGIT / max(ink.shape))) for length in ink.shape)
        ink = functional.interpolate(
            ink[None, None], (high, wide), mode="bilinear", align_corners=False, antialias=True
        )[0, 0]
    ink = (ink * (255 / ink.max())).round().clamp(0, 255)
    top, left = (_start(ink.sum(dim=other), side) for other in (1, 0))
    image = torch.zeros(side, side, dtype=torch.uint8)
    image[top : top + ink.shape[0], left : left + ink.shape[1]] = ink.to(torch.uint8)
    return image


def _start(weights: Tensor, side: int) -> int:
    """Return the first row or column of a centred digit. weights: its sums per row or column."""
    places = torch.arange(len(weights)) + 0.5
    centre = float((weights * places).sum() / weights.sum())
    return min(max(0, round(side / 2 + 0.5 - centre)), side - len(weights))
