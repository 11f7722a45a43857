"""The template of exported files: valid Python that classifies images and requires only torch.

`python_file` replaces this docstring, the values in capitals and `Network`, for which it may add an
import from `math` and the code of the project's own layers. It replaces the import of `image_file`
by its code, and that of `mnist_layout` only if the training images have the layout of MNIST's
digits; `prepare_digit` then becomes `prepare`. All other lines are copied verbatim. So this module
is written for Python 3.9 and torch 2.0 and later, and never imports numpy.
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

with warnings.catch_warnings():  # torch warns if numpy is missing, which is not needed here
    warnings.filterwarnings("ignore", message="Failed to initialize NumPy")
    import torch
    from torch import Tensor, nn
    from torch.nn import functional

    torch.empty(0)  # old versions of torch warn only here

from search.data.image_file import read_image, without_colour
from search.data.mnist_layout import give_layout, has_layout

IMAGE = (1, 2, 2)  # channels, height, width
CLASSES = ("dark", "light")
MEAN = (0.5,)  # of the training images, per channel, for pixels in [0, 1]
STD = (0.5,)
BACKGROUND = "mixed"  # of the training images: dark, light, or mixed (images are never inverted)
TURNED = True  # whether images are rotated by their EXIF orientation, as in training


class Network(nn.Sequential):
    """images (N, 1, 2, 2), float32, normalised -> logits (N, 2)."""

    def __init__(self) -> None:
        super().__init__(
            nn.Flatten(),  # 4
            nn.Linear(4, 2, bias=False),  # 2, 8 parameters
        )


def load() -> Network:
    """Return the trained network in evaluation mode."""
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
    """pixels (N, C, H, W), uint8 -> normalised images for the network, float32."""
    mean, std = (torch.tensor(value).view(-1, 1, 1) for value in (MEAN, STD))
    return (pixels.to(torch.float32) / 255 - mean) / std


def predict(network: Network, pixels: Tensor) -> Tensor:
    """pixels (N, C, H, W), uint8 -> probabilities (N, classes)."""
    with torch.inference_mode():
        probabilities: Tensor = network(normalise(pixels)).softmax(dim=1)
    return probabilities


def read(path: str) -> tuple[Tensor, list[str]]:
    """Path of an image file -> pixels (C, height, width), uint8, and notes. Requires Pillow.

    The notes describe how the image was converted. ValueError for more than 8 bits per channel.
    """
    from PIL import Image

    mode, notes = ("L" if IMAGE[0] == 1 else "RGB"), []
    image = read_image(path, TURNED)
    if image.mode[0] in "IF":
        raise ValueError(f"its mode is {image.mode}: save it with 8 bits per channel")
    if image.mode == "RGBA":
        white = Image.new("RGBA", image.size, "white")
        image = without_colour(Image.alpha_composite(white, image).convert("RGB"))
        notes.append("placed on a white background")
    if image.mode != mode:
        notes.append("converted to greyscale" if mode == "L" else "converted to RGB")
    flat = torch.frombuffer(bytearray(image.convert(mode).tobytes()), dtype=torch.uint8)
    return flat.view(image.height, image.width, IMAGE[0]).permute(2, 0, 1), notes


def border(pixels: Tensor) -> Tensor:
    """pixels (C, height, width) -> mean of the outermost pixels per channel (C,), float32."""
    inner = pixels[:, 1:-1, 1:-1].float()
    count = pixels[0].numel() - inner[0].numel()
    return (pixels.float().sum(dim=(1, 2)) - inner.sum(dim=(1, 2))) / count


def resize(pixels: Tensor) -> Tensor:
    """pixels (C, height, width), uint8 -> the input size of the network, with the image centred.

    The proportions are kept; the remaining area is filled with the mean colour of the border.
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
    """pixels (C, height, width), uint8 -> the input size of the network, and notes on changes."""
    if pixels.shape[1:] == IMAGE[1:]:
        return pixels, []
    return resize(pixels), [f"resized from {pixels.shape[2]}x{pixels.shape[1]}"]


def prepare_digit(pixels: Tensor) -> tuple[Tensor, list[str]]:
    """pixels (1, height, width), uint8 -> the layout of MNIST's digits, and notes on changes."""
    if pixels.shape[1:] == IMAGE[1:] and bool(has_layout(pixels)):
        return pixels, []
    digit = give_layout(pixels[0], IMAGE[1])
    if digit is None:
        return resize(pixels), ["no light digit found on a darker background"]
    height, width = pixels.shape[1:]
    return digit[None], [f"digit centred and scaled as in MNIST, from {width}x{height}"]


def answer(network: Network, pixels: Tensor) -> tuple[str, str, list[str]]:
    """pixels (C, height, width), uint8 -> class name, probability in words, notes on changes."""
    prepared, notes = prepare(pixels)
    probability, index = predict(network, prepared[None])[0].max(dim=0)
    return CLASSES[int(index)], f"probability {100 * float(probability):.2f} %", notes


def classify(network: Network, path: str) -> str:
    """Path of an image file -> a line with its class, the probability, and notes on changes."""
    pixels, notes = read(path)
    name, probability, changes = answer(network, pixels)
    shade = "light" if border(pixels).mean() > 127.5 else "dark"
    if BACKGROUND not in (shade, "mixed"):
        plain, less = name, probability
        name, probability, changes = answer(network, 255 - pixels)
        notes.append(f"inverted: its border is {shade}, that of all training images {BACKGROUND}")
        if plain != name:
            changes.append(f"class without inversion: {plain}, {less}")
    line = f"{path}: {name}, {probability}"
    return f"{line} ({'; '.join(notes + changes)})" if notes + changes else line


def main() -> int:
    """Print the class of each image; return 2 if an image cannot be read, else 0."""
    parser = argparse.ArgumentParser(description="Print the class of images and its probability.")
    parser.add_argument("images", nargs="+", metavar="IMAGE", help="a file that Pillow can read")
    paths = parser.parse_args().images
    try:
        from PIL import Image
    except ImportError:
        parser.exit(2, "reading images requires Pillow: pip install pillow\n")
    network, status = load(), 0
    for path in paths:
        try:
            print(classify(network, path))
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            print(f"{path}: cannot be read: {error}", file=sys.stderr)
            status = 2
    return status


# All floating-point tensors of the state_dict, in order: float32, little endian, zlib, base85.
WEIGHTS = """
c-muNXxPtyitUjx0E?&x`2
"""

if __name__ == "__main__":
    sys.exit(main())
