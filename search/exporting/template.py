"""The file that an export writes, as a template: valid Python that classifies with torch alone.

`python_file` replaces this docstring, the values in capitals and `Network`. It puts the code of
`image_file` in place of its import, and that of `mnist_layout` only if the training images have the
layout of MNIST's digits; `prepare_digit` then becomes `prepare`. All other lines are copied
verbatim. So this module is written for Python 3.9 and torch 2.0 and later, and never imports numpy.
"""

from __future__ import annotations

import argparse
import struct
import sys
import warnings
import zlib
from array import array
from base64 import b85decode
from typing import Any

with warnings.catch_warnings():  # torch misses numpy aloud; nothing here needs it
    warnings.filterwarnings("ignore", message="Failed to initialize NumPy")
    import torch
    from torch import Tensor, nn
    from torch.nn import functional

    torch.empty(0)  # old versions of torch say it only now

from search.data.image_file import read_image, without_colour
from search.data.mnist_layout import give_layout, has_layout

IMAGE = (1, 2, 2)  # channels, height, width
CLASSES = ("dark", "light")
MEAN = (0.5,)  # of the training images per channel, pixels in [0, 1]
STD = (0.5,)
BACKGROUND = "mixed"  # of all training images: dark, light, or mixed (images are never inverted)
TURNED = True  # whether training turned images by their EXIF orientation, as viewers do


class Network(nn.Sequential):
    """images (N, 1, 2, 2), float32, normalised -> logits (N, 2)."""

    def __init__(self) -> None:
        super().__init__(
            nn.Flatten(),  # 4
            nn.Linear(4, 2, bias=False),  # 2, 8 parameters
        )


def load() -> Network:
    """The trained network, in evaluation mode."""
    network = Network()
    numbers = array("f", zlib.decompress(b85decode("".join(WEIGHTS.split()))))
    if sys.byteorder == "big":
        numbers.byteswap()
    tensors = [tensor for tensor in network.state_dict().values() if tensor.is_floating_point()]
    parts = torch.frombuffer(numbers, dtype=torch.float32).split([t.numel() for t in tensors])
    for index, tensor in enumerate(tensors):
        tensor.copy_(parts[index].view(tensor.shape))
    return network.eval()


def normalise(pixels: Tensor) -> Tensor:
    """pixels (N, C, H, W), uint8 -> the images that the network was trained on, float32."""
    mean, std = (torch.tensor(value).view(-1, 1, 1) for value in (MEAN, STD))
    return (pixels.to(torch.float32) / 255 - mean) / std


def predict(network: Network, pixels: Tensor) -> Tensor:
    """pixels (N, C, H, W), uint8 -> probabilities (N, classes)."""
    with torch.inference_mode():
        probabilities: Tensor = network(normalise(pixels)).softmax(dim=1)
    return probabilities


def read(path: str) -> tuple[Tensor, list[str]]:
    """pixels (C, height, width), uint8, of an image file, and what was changed. Needs Pillow."""
    from PIL import Image

    mode, notes = ("L" if IMAGE[0] == 1 else "RGB"), []
    image = read_image(path, TURNED)
    if image.mode[0] in "IF":
        raise ValueError(f"its mode is {image.mode}, save it with 8 bits per channel")
    if image.mode == "RGBA":
        white = Image.new("RGBA", image.size, "white")
        image = without_colour(Image.alpha_composite(white, image).convert("RGB"))
        notes.append("laid on white")
    if image.mode != mode:
        notes.append("turned grey" if mode == "L" else "turned to RGB")
    flat = torch.frombuffer(bytearray(image.convert(mode).tobytes()), dtype=torch.uint8)
    return flat.view(image.height, image.width, IMAGE[0]).permute(2, 0, 1), notes


def border(pixels: Tensor) -> Tensor:
    """Mean of the outermost pixels of (C, height, width) per channel, float32 (C,)."""
    inner = pixels[:, 1:-1, 1:-1].float()
    count = pixels[0].numel() - inner[0].numel()
    return (pixels.float().sum(dim=(1, 2)) - inner.sum(dim=(1, 2))) / count


def resize(pixels: Tensor) -> Tensor:
    """pixels (C, height, width), uint8 -> the size trained on, in the middle of it.

    Proportions are kept: what is missing at the sides takes the colour of the border.
    """
    height, width = IMAGE[1:]
    scale = min(height / pixels.shape[1], width / pixels.shape[2])
    high, wide = (max(1, round(side * scale)) for side in pixels.shape[1:])
    resized = functional.interpolate(
        pixels[None].float(), (high, wide), mode="bilinear", align_corners=False, antialias=True
    )
    top, left = (height - high) // 2, (width - wide) // 2
    canvas = border(pixels)[:, None, None].repeat(1, height, width)
    canvas[:, top : top + high, left : left + wide] = resized[0]
    return canvas.round().clamp(0, 255).to(torch.uint8)


def prepare(pixels: Tensor) -> tuple[Tensor, list[str]]:
    """pixels (C, height, width), uint8 -> the size trained on, and what was changed."""
    if pixels.shape[1:] == IMAGE[1:]:
        return pixels, []
    return resize(pixels), [f"resized from {pixels.shape[2]}x{pixels.shape[1]}"]


def prepare_digit(pixels: Tensor) -> tuple[Tensor, list[str]]:
    """pixels (1, height, width), uint8 -> the layout of MNIST's digits, and what was changed."""
    if pixels.shape[1:] == IMAGE[1:] and bool(has_layout(pixels)):
        return pixels, []
    digit = give_layout(pixels[0], IMAGE[1])
    if digit is None:
        return resize(pixels), ["no light digit on a darker background found"]
    height, width = pixels.shape[1:]
    return digit[None], [f"digit centred and scaled as in MNIST, from {width}x{height}"]


def answer(network: Network, pixels: Tensor) -> tuple[str, str, list[str]]:
    """The class of pixels (C, height, width), uint8, its probability, and what was changed."""
    prepared, notes = prepare(pixels)
    probability, index = predict(network, prepared[None])[0].max(dim=0)
    return CLASSES[int(index)], f"probability {100 * float(probability):.2f} %", notes


def classify(network: Network, path: str) -> str:
    """The class of an image file, its probability, and what was changed to make it fit."""
    pixels, notes = read(path)
    name, probability, changes = answer(network, pixels)
    shade = "light" if border(pixels).mean() > 127.5 else "dark"
    if BACKGROUND not in (shade, "mixed"):
        plain, less = name, probability
        name, probability, changes = answer(network, 255 - pixels)
        notes.append(f"inverted: its border is {shade}, all training images' are {BACKGROUND}")
        if plain != name:
            changes.append(f"without inversion it would be {plain}, {less}")
    told = f"{path}: {name}, {probability}"
    return f"{told} ({'; '.join(notes + changes)})" if notes + changes else told


def main() -> int:
    """Prints the class of every image named; 2 when one cannot be read."""
    parser = argparse.ArgumentParser(description="Prints the class of images and its probability.")
    parser.add_argument("images", nargs="+", metavar="IMAGE", help="a file that Pillow can read")
    paths = parser.parse_args().images
    try:
        from PIL import Image
    except ImportError:
        parser.exit(2, "reading images needs Pillow: pip install pillow\n")
    network, status = load(), 0
    for path in paths:
        try:
            print(classify(network, path))
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            print(f"{path}: cannot be read: {error}", file=sys.stderr)
            status = 2
    return status


# All tensors of the state_dict in its order: float32, little endian, zlib, base85.
WEIGHTS = """
c-muNXxPtyitUjx0E?&x`2
"""

if __name__ == "__main__":
    sys.exit(main())
