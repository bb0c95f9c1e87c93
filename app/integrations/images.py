"""Uploaded pictures of people: decoded with Pillow, cropped to a square, scaled down and encoded anew.

Nothing else from the file (position, camera, embedded programs) is kept.
"""

import io
import math
import warnings

from PIL import ExifTags, Image, ImageOps

# Pixels of a picture's side: the largest one shown has 64, three times that for dense displays.
SIDE = 192

# Pixels of the largest picture that is decoded: each takes up to 4 bytes. A JPEG is scaled down while it is decoded.
PIXELS = 16_000_000
JPEG_PIXELS = 24_000_000

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")

# Bytes of the largest result; a square of 192 pixels as WebP takes 5,000 to 20,000.
LARGEST = 60_000

# Rows of the reduced picture that are made from the decoded one at once.
BAND = 8


class NotAPicture(ValueError):
    """The data cannot be read as a picture."""


class TooManyPixels(NotAPicture):
    """The picture has more pixels than are decoded. pixels: the maximum."""

    def __init__(self, pixels: int):
        self.pixels = pixels
        super().__init__(pixels)


def squared(data: bytes) -> bytes:
    """Return a picture as a small square WebP, upright. Errors: NotAPicture, TooManyPixels."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _encode(data)
    except NotAPicture:
        raise
    except Image.DecompressionBombError as error:
        raise TooManyPixels(PIXELS) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise NotAPicture() from error


def _encode(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        limit = JPEG_PIXELS if picture.format == "JPEG" else PIXELS
        if picture.width * picture.height > limit:
            raise TooManyPixels(limit)
        picture.draft("RGB", (2 * SIDE, 2 * SIDE))
        upright = ImageOps.exif_transpose(_reduced(picture))
    square = ImageOps.fit(upright, (SIDE, SIDE), Image.Resampling.LANCZOS)
    for quality in (82, 60, 40):
        output = io.BytesIO()
        square.save(output, "WEBP", quality=quality, method=4)
        if output.tell() <= LARGEST:
            break
    return output.getvalue()


def _reduced(picture: Image.Image) -> Image.Image:
    """Return a picture as RGBA with a short side of less than four times SIDE, and its orientation.

    It is converted in bands, so that no second picture of the full size is in memory.
    """
    picture.load()
    width, height = picture.size
    factor = max(1, min(width, height) // (2 * SIDE))
    small = Image.new("RGBA", (math.ceil(width / factor), math.ceil(height / factor)))
    for top in range(0, height, BAND * factor):
        band = picture.crop((0, top, width, min(top + BAND * factor, height))).convert("RGBA")
        small.paste(band.reduce(factor), (0, top // factor))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = picture.getexif().get(ExifTags.Base.Orientation, 1)
    small.info["exif"] = exif.tobytes()
    return small
