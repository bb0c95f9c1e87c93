"""Words as search compares them."""

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
def test_a_text_is_cut_into_words(text, expected):
    assert words.distinct_words(text) == expected


def test_what_is_pasted_is_bounded():
    assert (
        len(words.distinct_words(" ".join(f"word{number}" for number in range(5_000))))
        == words.DISTINCT_WORDS_MAX
    )


@pytest.mark.parametrize(
    ("question", "terms"),
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
def test_a_question_becomes_terms(question, terms):
    assert words.parse_query(question) == terms


@pytest.mark.parametrize(
    ("question", "is_there"),
    [
        ("RÉUNION", True),
        ("reun", True),
        ("reun ", False),
        ('"reunion du matin"', True),
        ('"matin reunion"', False),
    ],
)
def test_a_text_holds_what_is_looked_for(question, is_there):
    assert (
        words.contains_terms("Compte rendu de la réunion du matin.", words.parse_query(question)) is is_there
    )


def test_a_snippet_marks_hits_and_escapes_everything_else():
    shown = words.snippet("<b>Réunion</b> & réunions", words.parse_query("reunion"))
    assert shown == "&lt;b&gt;<mark>Réunion</mark>&lt;/b&gt; &amp; <mark>réunions</mark>"


def test_a_snippet_is_short():
    text = "avant " * 200 + "aiguille " + "après " * 200
    shown = words.snippet(text, words.parse_query("aiguille"))
    assert "<mark>aiguille</mark>" in shown and len(shown) < 330
    assert shown.startswith("…") and shown.endswith("…")


def test_pairs_of_letters_are_found_in_the_middle_of_what_has_no_spaces():
    assert words.contains_terms("東京都へ行く", words.parse_query("京都"))
    assert words.snippet("東京都", words.parse_query("京都")) == "東<mark>京都</mark>"
