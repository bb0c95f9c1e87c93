"""Rendering of messages as harmless HTML."""

import random
import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from app import text

PEOPLE = {"arthur": 5, "jean@iwdemo.fr": 6}
BARE_LINK = '<a href="http://x.example" target="_blank" rel="noopener noreferrer nofollow ugc">'


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("**bold** _slanted_ ~~gone~~", "<p><strong>bold</strong> <em>slanted</em> <s>gone</s></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("`a < b`", "<p><code>a &lt; b</code></p>"),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("3. three", '<ol start="3">\n<li>three</li>\n</ol>'),
        ("[link](http://x.example)", f"<p>{BARE_LINK}link</a></p>"),
        ("http://x.example", f"<p>{BARE_LINK}http://x.example</a></p>"),
    ],
)
def test_markdown_is_rendered(typed, html):
    assert text.render(typed) == html


def test_tables_and_task_lists_are_rendered():
    assert "<th>a</th>" in text.render("|a|\n|-|\n|1|")
    done = text.render("- [x] done\n- [ ] open")
    assert done.count('type="checkbox"') == done.count('disabled="disabled"') == 2
    assert done.count('checked="checked"') == 1


def test_code_of_known_languages_is_highlighted():
    assert 'class="k"' in text.render("```python\nreturn\n```")
    assert text.render("```nosuch\nreturn\n```") == '<pre><code class="language-nosuch">return\n</code></pre>'


def test_long_code_is_not_highlighted():
    assert "<span" not in text.render(f"```python\n{'return ' * 4000}\n```")


def test_mention_of_a_reader_is_marked():
    assert '<span class="mention" data-account="5">@arthur</span>' in text.render(
        "hello @Arthur!".lower(), PEOPLE
    )
    assert 'data-account="6">@jean@iwdemo.fr</span>.' in text.render("ask @jean@iwdemo.fr.", PEOPLE)


@pytest.mark.parametrize(
    "typed", ["@paul", "mail me@arthur", r"\@arthur", "`@arthur`", "http://x.example/@arthur"]
)
def test_other_text_with_an_at_sign_is_unchanged(typed):
    assert "mention" not in text.render(typed, PEOPLE)


def test_mentioned_names_are_lower_case_without_punctuation():
    assert text.mentioned_names("@Arthur, (@jean@iwdemo.fr). @_paul_ me@else.where") == {
        "arthur",
        "jean@iwdemo.fr",
        "_paul_",
    }


@pytest.mark.parametrize("typed", ["[a]: http://x.example", "<!-- nothing -->", "[a]: <b>"])
def test_unrendered_markup_is_kept_as_text(typed):
    html = text.render(typed)
    assert re.sub(r"<[^>]+>", "", html) == typed.replace("<", "&lt;").replace(">", "&gt;")


class Elements(HTMLParser):
    """A parser that collects every element with its attributes."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


HARMFUL = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>)",
    "[x](vbscript:x)",
    "<a href='javascript:x'>y</a>",
    '[x](http://a "onclick=alert(1)")',
    "![x](http://tracker.example/pixel.png)",
    "<svg/onload=alert(1)>",
    '```" onmouseover="x\ny\n```',
    "<http://a.example/\"onclick='x'>",
    "[x](\tjavascript:alert(1))",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
)


def check_harmless(typed):
    for tag, attributes in Elements(text.render(typed, PEOPLE)).found:
        assert tag in text.TAGS
        assert set(attributes) <= text.ATTRIBUTES.get(tag, set()) | {"rel", "target"}
        address = attributes.get("href", "http:")
        assert address.startswith(("http:", "https:", "mailto:", "tel:", "/", "#", "?")) or ":" not in address
        if "data-account" in attributes:
            assert int(attributes["data-account"]) in PEOPLE.values()


@pytest.mark.parametrize("typed", HARMFUL)
def test_known_attack_leaves_no_active_element(typed):
    check_harmless(typed)


PIECES = some.sampled_from(
    [*HARMFUL, "@arthur", "**", "[", "](", ")", "`", "```", "\n", "> ", "- ", "|", "<", "x"]
)


@given(some.lists(PIECES, max_size=12).map("".join))
@example("[@arthur](javascript:x)")
def test_mixed_attacks_leave_no_active_element(typed):
    check_harmless(typed)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Arthur Dent", "AD"),
        ("jean", "JE"),
        ("bt@darnis.com", "BC"),
        ("Léa-Marie Öz", "LÖ"),
        ("", "?"),
        (" ", "?"),
    ],
)
def test_initials_are_taken_from_the_name(name, expected):
    assert text.initials(name) == expected


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("`@paul` and @jean", {"jean"}),
        ("```\n@paul\n```\n@jean", {"jean"}),
        ("~~~\n@paul\n~~~", set()),
        ("    @paul", set()),
        ("`x` @paul `@paul`", {"paul"}),
        ("a ` b @paul", {"paul"}),
        ("**@paul** `c`", {"paul"}),
        ("- @paul\n\n  `@jean`", {"paul"}),
    ],
)
def test_names_in_code_are_not_mentioned(body, names):
    assert text.mentioned_names(body) == names


# Signs and words with and without a meaning in Markdown, for linkify and for the sanitiser.
PIECES = [
    *"abcdéÉßжЖ漢字ع019  \n\n.,;:!?'\"-+=#()%$€/&<@*_`~|[]\\^{}…–—’«»\u00a0\u202f😀\u0301\t",
    *(
        "Bonjour ",
        "10 h ",
        "rendez-vous ",
        "www.x.fr ",
        "http:",
        "//",
        "1. ",
        "a.b ",
        "mailto:",
        "... ",
        "R&D ",
    ),
    *("l’été ", " (oui) ", "localhost:8080 ", ":) ", "\n\n", "#tag ", "= 3 ", "x/y "),
]


def test_text_without_markup_is_rendered_as_markdown_would():
    chance, plain = random.Random(7), 0
    for _ in range(30_000):
        body = "".join(chance.choices(PIECES, k=chance.randint(1, 12))).rstrip()
        if body and not text.MARKUP.search(body):
            plain += 1
            assert text.render(body) == text._rendered(body), repr(body)
    assert plain > 2_000


def test_sentence_without_markup_is_not_parsed(monkeypatch):
    monkeypatch.setattr(text, "_rendered", None)
    assert (
        text.render("Bonjour à tous,\nc’est « demain » !") == "<p>Bonjour à tous,<br>\nc’est « demain » !</p>"
    )
