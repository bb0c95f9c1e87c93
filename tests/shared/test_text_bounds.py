"""Bounds of rendering: a text too expensive to render is shown as typed."""

import statistics
import time

import pytest

from app import text
from app.text import highlighting

LENGTH = 40_000
ORDINARY = (
    "## Title\n\n**Bold**, a [link](http://a.example) and `code`.\n\n- one\n- two\n\n|a|b|\n|-|-|\n|1|2|\n\n"
    * 60
)
# Times the cost of an ordinary long text. Measured: up to 5; without the bounds 150 to 2000 for some of these.
MOST = 30

REPEATED = {
    "quotes": "> ",
    "lists": "- ",
    "items": "- a\n",
    "loose items": "- a\n\n",
    "tasks": "- [ ] a\n",
    "brackets": "[",
    "images": "![[",
    "links": "[a](b",
    "stars": "*a ",
    "mixed emphasis": "*a_",
    "strong in emphasis": "**a*b",
    "struck": "~~a",
    "backticks": "`a",
    "headings": "# a\n",
    "underlined headings": "a\n=\n",
    "rules": "---\n",
    "fences": "```\na\n```\n",
    "breaks": "a\n",
    "backslashes": "\\\n",
    "addresses": "a.com ",
    "full addresses": "http://a ",
    "mail": "a@a.fr ",
    "mentions": "@a@a",
    "entities": "&#",
    "autolinks": "<http:",
    "definitions": "[a]: b\n",
}
WHOLE = {
    "many rows of one cell": "|a|\n|-|\n" + "|\n" * 19_000,
    "wide header, short rows": f"{'|a' * 6000}\n{'|-' * 6000}\n{'|' + chr(10)}" + "|\n" * 7000,
    "tables one after the other": (f"{'|a' * 200}\n{'|-' * 200}\n" + "|\n" * 40 + "\n") * 45,
    "a long link used often": f"[a]: /{'b' * 19_000}\n\n" + "[a]" * 6900,
}
TEXTS = {name: (piece * LENGTH)[:LENGTH] for name, piece in REPEATED.items()} | WHOLE


def cost(body: str) -> float:
    """Return the processor time of rendering a text."""
    began = time.thread_time()
    text.render(body)
    return time.thread_time() - began


@pytest.fixture(scope="module")
def ordinary_cost() -> float:
    """Return the processor time of rendering an ordinary long text in this run."""
    return statistics.median(cost(ORDINARY) for _ in range(5))


@pytest.mark.parametrize("name", TEXTS)
def test_cost_of_longest_message_is_bounded(name, ordinary_cost):
    body = TEXTS[name][:LENGTH]
    assert cost(body) < MOST * ordinary_cost
    assert len(text.render(body)) < 12 * LENGTH


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("make", "(" * 9000),
        ("java", "a " * 4500),
        ("c", " \n" * 4500),
        ("typescript", "a." * 4500),
        ("python", " \n" * 4500),
    ],
)
def test_cost_of_slow_code_is_bounded(language, code, ordinary_cost):
    assert cost(f"```{language}\n{code}\n```\n" * 4) < MOST * ordinary_cost


def test_only_measured_languages_are_highlighted():
    assert "<span" not in text.render("```objective-c\nint a = 1;\n```")
    for language in highlighting.LANGUAGES:
        assert text.render(f"```{language}\na = 1\n```").startswith("<pre><code class=")


def test_text_over_the_bounds_is_shown_as_typed():
    body = "*a_ <b>\n" * 5000
    assert text.render(body[:LENGTH]).startswith("<p>*a_ &lt;b&gt;<br>\n*a_ &lt;b&gt;<br>")


@pytest.mark.parametrize("depth", [5, 19, 20, 30, 49, 50, 51, 60, 200])
@pytest.mark.parametrize("piece", ["> ", "- "])
def test_deeply_nested_text_is_kept(piece, depth):
    assert "word" in text.render(piece * depth + "word")


def test_long_ordinary_text_is_rendered():
    html = text.render(ORDINARY)
    assert html.count("<h2>") == html.count("<table>") == html.count("<a ") == 60


def test_links_beyond_the_bound_stay_text():
    assert text.render("a.com " * 400).count("<a ") == 400
    assert text.render("a.com " * 600).count("<a ") == 0
