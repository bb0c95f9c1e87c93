"""Words as search compares them."""

import pytest

from app.text import words
from app.text.words import Term


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
    assert words.words_of(text) == expected


def test_what_is_pasted_is_bounded():
    assert len(words.words_of(" ".join(f"word{number}" for number in range(5_000)))) == words.MOST


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("réunion demain", [Term(("reunion",)), Term(("demain",), is_prefix=True)]),
        ("réunion ", [Term(("reunion",))]),
        ('"compte rendu" mat', [Term(("compte", "rendu")), Term(("mat",), is_prefix=True)]),
        ('"pas fini', [Term(("pas", "fini"))]),
        ("a-b", [Term(("a", "b"))]),
        ("   ", []),
        ('""', []),
    ],
)
def test_a_question_becomes_terms(question, terms):
    assert words.terms_of(question) == terms


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
    assert words.holds("Compte rendu de la réunion du matin.", words.terms_of(question)) is is_there


def test_a_snippet_marks_hits_and_escapes_everything_else():
    shown = words.snippet("<b>Réunion</b> & réunions", words.terms_of("reunion"))
    assert shown == "&lt;b&gt;<mark>Réunion</mark>&lt;/b&gt; &amp; <mark>réunions</mark>"


def test_a_snippet_is_short():
    text = "avant " * 200 + "aiguille " + "après " * 200
    shown = words.snippet(text, words.terms_of("aiguille"))
    assert "<mark>aiguille</mark>" in shown and len(shown) < 330
    assert shown.startswith("…") and shown.endswith("…")


def test_pairs_of_letters_are_found_in_the_middle_of_what_has_no_spaces():
    assert words.holds("東京都へ行く", words.terms_of("京都"))
    assert words.snippet("東京都", words.terms_of("京都")) == "東<mark>京都</mark>"
