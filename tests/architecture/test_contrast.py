"""Contrast: text at 4.5:1 and controls at 3:1, in light and dark (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parents[2] / "app/static/css/tokens.css").read_text()
COLOURS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in re.findall(r"--tc-([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", TOKENS)
}

BACKGROUNDS = ("bg", "surface", "raised", "sunken")
TEXTS = ("ink", "ink-2", "ink-3", "violet-strong", "green", "amber", "red")
TEXT_PAIRS = [
    *((text, background) for text in TEXTS for background in BACKGROUNDS),
    *((text, "violet-soft") for text in ("ink", "ink-2", "ink-3", "violet-strong")),
    *((tone, f"{tone}-soft") for tone in ("green", "amber", "red")),
    ("on-violet", "violet"),
    ("on-violet", "violet-strong"),
    ("on-red", "red"),
]
PART_PAIRS = [
    (part, background)
    for part in ("field-line", "violet", "violet-strong", "red")
    for background in BACKGROUNDS
]


def luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour, as WCAG defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "background"), TEXT_PAIRS)
def test_text_can_be_read(text, background, theme):
    assert contrast(COLOURS[text][theme], COLOURS[background][theme]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("part", "background"), PART_PAIRS)
def test_borders_of_fields_and_switches_can_be_seen(part, background, theme):
    assert contrast(COLOURS[part][theme], COLOURS[background][theme]) >= 3


@pytest.mark.parametrize(
    "hue",
    re.findall(
        r"\.face-hue-\d \{ background: (#\w{6})",
        (Path(__file__).parents[2] / "app/static/css/people.css").read_text(),
    ),
)
def test_initials_can_be_read_on_every_face(hue):
    assert contrast("#ffffff", hue) >= 4.5
