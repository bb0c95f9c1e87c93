"""Pictures: shrunk and turned upright without two full-size copies in memory."""

import io
import subprocess
import sys

import pytest
from PIL import Image

from app.integrations import images
from app.integrations.images import SIDE, TooManyPixels, squared

PEAK = """
import io, re, sys
from PIL import Image
from app.integrations import images
data = open(sys.argv[2], "rb").read()
if sys.argv[1] == "squared":
    images.squared(data)
elif sys.argv[1] == "loaded":
    Image.open(io.BytesIO(data)).load()
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""


def draw(size, kind="PNG", mode="RGB", colour=(90, 60, 200), **more) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, colour).save(file, kind, **more)
    return file.getvalue()


def open_image(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGBA")


def peak(how: str, path) -> int:
    """Return the most memory that a process has used for a picture, in kB."""
    command = [sys.executable, "-c", PEAK, how, str(path)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.long
@pytest.mark.parametrize(
    ("size", "kind", "mode", "colour"),
    [
        ((4000, 4000), "PNG", "RGBA", (1, 2, 3, 255)),
        ((4000, 4000), "PNG", "P", 1),
        ((4000, 4000), "WEBP", "RGB", (1, 2, 3)),
        ((6000, 4000), "JPEG", "RGB", (1, 2, 3)),
    ],
)
def test_picture_takes_hardly_more_memory_than_decoding_it(tmp_path, size, kind, mode, colour):
    path = tmp_path / "picture"
    path.write_bytes(draw(size, kind, mode, colour))
    idle = peak("idle", path)
    loaded, made = peak("loaded", path) - idle, peak("squared", path) - idle
    assert made < 1.2 * loaded + 8_000


@pytest.mark.parametrize("size", [(5000, 3000), (400, 16_000), (3000, 500), (20, 30), (1, 1)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_picture_is_shrunk_right_after_decoding(monkeypatch, size, kind):
    handled = []
    transpose = images.ImageOps.exif_transpose
    monkeypatch.setattr(
        images.ImageOps, "exif_transpose", lambda image: handled.append(image.size) or transpose(image)
    )
    assert open_image(squared(draw(size, kind))).size == (SIDE, SIDE)
    assert min(handled[0]) <= 4 * SIDE
    assert handled[0][0] * handled[0][1] <= max(16 * SIDE * SIDE * max(size) / min(size), 1)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("size", [(300, 300), (1200, 1200)])
def test_picture_is_turned_upright(kind, size):
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0], size[1] // 2))
    exif, file = Image.Exif(), io.BytesIO()
    exif[0x0112] = 6
    image.save(file, kind, exif=exif)
    made = open_image(squared(file.getvalue()))
    right, left = made.getpixel((SIDE - 20, SIDE // 2)), made.getpixel((20, SIDE // 2))
    assert right[0] > 200 and right[1] < 60 and min(left[:3]) > 200


@pytest.mark.parametrize("size", [(100, 100), (1000, 1000)])
def test_transparency_stays(size):
    made = open_image(squared(draw(size, "PNG", "RGBA", (255, 0, 0, 0))))
    assert made.getpixel((SIDE // 2, SIDE // 2))[3] == 0


def test_transparent_colour_of_a_palette_stays():
    made = open_image(squared(draw((1000, 1000), "PNG", "P", 0, transparency=0)))
    assert made.getpixel((SIDE // 2, SIDE // 2))[3] == 0


@pytest.mark.parametrize("side", [4001, 14_000])
def test_too_many_pixels_are_refused_before_they_are_decoded(side):
    with pytest.raises(TooManyPixels):
        squared(draw((side, side), "PNG", "1", 1))
