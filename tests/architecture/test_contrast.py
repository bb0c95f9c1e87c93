"""Contrast: text at 4.5:1 and controls at 3:1, in light and dark (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re

import pytest

from tests.support import source

TOKENS = (source.ROOT / "app/static/css/tokens.css").read_text(encoding="utf-8")
PEOPLE = (source.ROOT / "app/static/css/people.css").read_text(encoding="utf-8")
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
# Other parts have colours of texts, which contrast more.
PART_PAIRS = [(part, background) for part in ("field-line", "violet") for background in BACKGROUNDS]


def luminance(colour: str) -> float:
    """Return the relative luminance of an sRGB colour, as WCAG defines it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "background"), TEXT_PAIRS)
def test_text_has_enough_contrast(text, background, theme):
    assert contrast(COLOURS[text][theme], COLOURS[background][theme]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("part", "background"), PART_PAIRS)
def test_controls_have_enough_contrast(part, background, theme):
    assert contrast(COLOURS[part][theme], COLOURS[background][theme]) >= 3


@source.each(hue=re.findall(r"\.face-hue-\d \{ background: (#\w{6})", PEOPLE))
def test_initials_have_enough_contrast(hue):
    assert contrast("#ffffff", hue) >= 4.5
