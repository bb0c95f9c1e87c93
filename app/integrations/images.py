"""Pictures that people send: decoded with Pillow, cut to a square, made small, and written anew, so that nothing of
what came along (place, camera, programs hidden in the file) is kept."""

import io
import warnings

from PIL import Image, ImageOps

SIDE = 192
"""Pixels of a picture's side: the largest face on the screen has 64, three times that for fine displays."""

PIXELS = 50_000_000
"""Pixels of the largest picture that is decoded; a telephone's has 12 to 48 million."""

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
LARGEST = 60_000
"""Bytes that are kept; a square of 192 pixels as WebP takes 5,000 to 20,000."""


class NotAPicture(ValueError):
    """What was sent cannot be read as a picture, or is too large to be."""


def squared(data: bytes) -> bytes:
    """A picture as a small square WebP, upright. Error: NotAPicture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _made(data)
    except (
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise NotAPicture() from error


def _made(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        if picture.width * picture.height > PIXELS:
            raise NotAPicture()
        picture.draft("RGB", (2 * SIDE, 2 * SIDE))
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    square = ImageOps.fit(upright, (SIDE, SIDE), Image.Resampling.LANCZOS)
    for quality in (82, 60, 40):
        made = io.BytesIO()
        square.save(made, "WEBP", quality=quality, method=4)
        if made.tell() <= LARGEST:
            break
    return made.getvalue()
