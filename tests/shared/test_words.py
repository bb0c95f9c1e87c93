"""Words as compared by the search."""

import pytest

from app.text import words
from app.text.words import SearchTerm


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L'invitation à Élodie", {"l", "invitation", "a", "elodie"}),
        ("STRASSE Straße", {"strasse"}),
        ("n° 42, snake_case et 3,14", {"n", "42", "snake", "case", "et", "3", "14"}),
        ("東京都へ go", {"東京", "京都", "都へ", "go"}),
        ("", set()),
        ("--- … ***", set()),
        ("x" * 100, {"x" * 40}),
        ("e\u0301te\u0301", {"ete"}),
    ],
)
def test_text_is_split_into_words(text, expected):
    assert words.distinct_words(text) == expected


def test_number_of_words_is_bounded():
    assert (
        len(words.distinct_words(" ".join(f"word{number}" for number in range(5_000))))
        == words.DISTINCT_WORDS_MAX
    )


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("réunion demain", [SearchTerm(("reunion",)), SearchTerm(("demain",), is_prefix=True)]),
        ("réunion ", [SearchTerm(("reunion",))]),
        ('"compte rendu" mat', [SearchTerm(("compte", "rendu")), SearchTerm(("mat",), is_prefix=True)]),
        ('"pas fini', [SearchTerm(("pas", "fini"))]),
        ("a-b", [SearchTerm(("a", "b"))]),
        ("   ", []),
        ('""', []),
    ],
)
def test_query_is_parsed_into_terms(query, terms):
    assert words.parse_query(query) == terms


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("RÉUNION", True),
        ("reun", True),
        ("reun ", False),
        ('"reunion du matin"', True),
        ('"matin reunion"', False),
    ],
)
def test_text_contains_the_terms(query, is_there):
    assert words.contains_terms("Compte rendu de la réunion du matin.", words.parse_query(query)) is is_there


def test_snippet_marks_hits_and_escapes_the_rest():
    snippet = words.snippet("<b>Réunion</b> & réunions", words.parse_query("reunion"))
    assert snippet == "&lt;b&gt;<mark>Réunion</mark>&lt;/b&gt; &amp; <mark>réunions</mark>"


def test_snippet_is_short():
    text = "avant " * 200 + "aiguille " + "après " * 200
    snippet = words.snippet(text, words.parse_query("aiguille"))
    assert "<mark>aiguille</mark>" in snippet and len(snippet) < 330
    assert snippet.startswith("…") and snippet.endswith("…")


def test_pairs_of_letters_are_found_in_text_without_spaces():
    assert words.contains_terms("東京都へ行く", words.parse_query("京都"))
    assert words.snippet("東京都", words.parse_query("京都")) == "東<mark>京都</mark>"
