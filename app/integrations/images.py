"""Pictures that people send: decoded with Pillow, cut to a square, made small, and written anew, so that nothing of
what came along (place, camera, programs hidden in the file) is kept."""

import io
import math
import warnings

from PIL import ExifTags, Image, ImageOps

# Pixels of a picture's side: the largest face on the screen has 64, three times that for fine displays.
SIDE = 192

# Pixels of the largest picture that is decoded: each takes up to 4 bytes. A JPEG is made small while it is decoded.
PIXELS = 16_000_000
JPEG_PIXELS = 24_000_000

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")

# Bytes that are kept; a square of 192 pixels as WebP takes 5,000 to 20,000.
LARGEST = 60_000

# Rows of the shrunken picture that are made from the decoded one at once.
BAND = 8


class NotAPicture(ValueError):
    """An error: the data cannot be read as a picture."""


class TooManyPixels(NotAPicture):
    """An error: the picture is larger than what is decoded. pixels: of the largest one."""

    def __init__(self, pixels: int):
        self.pixels = pixels
        super().__init__(pixels)


def squared(data: bytes) -> bytes:
    """Return a picture as a small square WebP, upright. Errors: NotAPicture, TooManyPixels."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _made(data)
    except NotAPicture:
        raise
    except Image.DecompressionBombError as error:
        raise TooManyPixels(PIXELS) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise NotAPicture() from error


def _made(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        limit = JPEG_PIXELS if picture.format == "JPEG" else PIXELS
        if picture.width * picture.height > limit:
            raise TooManyPixels(limit)
        picture.draft("RGB", (2 * SIDE, 2 * SIDE))
        upright = ImageOps.exif_transpose(_shrunk(picture))
    square = ImageOps.fit(upright, (SIDE, SIDE), Image.Resampling.LANCZOS)
    for quality in (82, 60, 40):
        made = io.BytesIO()
        square.save(made, "WEBP", quality=quality, method=4)
        if made.tell() <= LARGEST:
            break
    return made.getvalue()


def _shrunk(picture: Image.Image) -> Image.Image:
    """Return a picture as RGBA, its short side less than four times SIDE, and how it was held.

    It is converted band by band: no second picture of the full size is ever in memory.
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
