"""Reading of image files, with the same code for training and for exported networks.

`search.exporting.python_file` copies everything after the imports into every exported file.
Therefore this module runs on Python 3.9, depends only on Pillow, and imports it inside functions.
"""

from __future__ import annotations

import struct
import warnings
from typing import Any

ORIENTATION = 0x0112  # the EXIF tag
TURNS = {  # by orientation: the Pillow transposition that makes an image upright
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
ALPHA_MODES = ("LA", "La", "PA", "RGBA", "RGBa", "P")  # with an alpha channel or table


def read_image(path: Any, turned: bool) -> Any:
    """Return the first frame of an image file as a Pillow image.

    Its mode is L if all pixels are grey, else RGB; RGBA if any pixel is transparent; I or F,
    possibly with a suffix, for more than 8 bits per channel. turned: whether to rotate the image by
    its EXIF orientation, as image viewers do.
    """
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # about damaged metadata
        with Image.open(path) as opened:
            image = opened.copy()
        turn = TURNS.get(orientation(image)) if turned else None
    if turn:
        image = image.transpose(getattr(Image.Transpose, turn))
    if image.mode[0] in "IF":
        return image
    if image.mode in ALPHA_MODES or "transparency" in image.info:
        image = image.convert("RGBA")
        if min(image.getchannel("A").tobytes()) < 255:
            return image
    return image.convert("L") if image.mode in ("1", "L") else without_colour(image.convert("RGB"))


def orientation(image: Any) -> Any:
    """Return the EXIF orientation of an image; 1 (as stored) if its metadata is damaged."""
    try:
        return image.getexif().get(ORIENTATION, 1)
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, struct.error):
        return 1


def without_colour(image: Any) -> Any:
    """Return an RGB image in mode L if its channels are equal, else the image itself."""
    red, green, blue = (channel.tobytes() for channel in image.split())
    return image.getchannel("R") if red == green == blue else image
