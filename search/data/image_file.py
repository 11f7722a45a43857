"""How an image file is read: one text for training and for exported networks.

`search.exporting.python_file` copies what follows the imports into every exported file. So this
module is written for Python 3.9, needs Pillow alone, and imports it where it is used.
"""

from __future__ import annotations

import struct
import warnings
from typing import Any

ORIENTATION = 0x0112  # the EXIF tag
TURNS = {  # the method of Pillow that shows an image upright, by orientation
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
    """The first frame of an image file as a Pillow image, in a mode that says what it holds.

    L if it has no real colour, else RGB; RGBA if pixels are transparent; I or F, possibly with a
    suffix, if it has more than 8 bits per channel. turned: by the EXIF orientation, as viewers do.
    """
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of damaged metadata, which viewers ignore
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
    """The EXIF orientation of an image; 1, as stored, where its metadata are damaged."""
    try:
        return image.getexif().get(ORIENTATION, 1)
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, struct.error):
        return 1


def without_colour(image: Any) -> Any:
    """An RGB image of mode L if its channels are equal, else the image itself."""
    red, green, blue = (channel.tobytes() for channel in image.split())
    return image.getchannel("R") if red == green == blue else image
