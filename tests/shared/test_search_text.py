"""The search text of accounts and groups."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from app.extensions import db
from app.models import Account
from app.text.search_text import SEARCH_TEXT_BYTES, SEARCH_TEXT_LENGTH, make_search_text, split_query


def finds(query: str, name: str, address: str = "x@iwdemo.fr") -> bool:
    stored = make_search_text(name, address)
    return all(word in stored for word in split_query(query))


@pytest.mark.parametrize(
    "query, name",
    [
        ("elodie", "Élodie Noël"),
        ("ÉLODIE NOËL", "Elodie Noel"),
        ("noel elod", "Élodie Noël"),
        ("lukasz", "Łukasz"),
        ("oe", "Œuvre"),
        ("œuvre", "Oeuvre"),
        ("strasse", "Straße"),
        ("soren", "Søren"),
        ("ωμεγα", "Ωμέγα"),
        ("  dup   ", "Jean Dupont"),
        ("%", "100 %"),
        ("anna", "𝐀nna"),
        ("no", "№ 5"),
        (
            "un deux trois quatre cinq six sept huit neuf dix",
            "un deux trois quatre cinq six sept huit neuf dix",
        ),
    ],
)
def test_search_ignores_spelling_variants(query, name):
    assert finds(query, name)


@pytest.mark.parametrize("query", ["dupond", "jean dupond", "j%n", "j_an", "jeandupont"])
def test_search_finds_no_other_text(query):
    assert not finds(query, "Jean Dupont")


@pytest.mark.parametrize(
    "query", ["bücher", "xn--bcher", "j.doe@bücher.example", "j.doe@xn--bcher-kva.example"]
)
def test_domain_is_found_in_unicode_and_punycode(query):
    assert finds(query, "Jane", "j.doe@xn--bcher-kva.example")


def test_domain_is_found_while_typing():
    address = "x@xn--80akhbyknj4f.ru"
    assert all(finds(address[2:end], "Jane", address) for end in range(3, len(address) + 1))
    assert finds("испытание", "Jane", address)


def test_ninth_word_is_searched():
    assert not finds("a b c d e f g h nothere", "a b c d e f g h")


@pytest.mark.parametrize("query", ["\u0301", "jean \u0301", "\u00b4"])
def test_lone_accent_leaves_an_empty_word(query):
    assert not all(split_query(query))


@pytest.mark.parametrize("values", [{"name": "X"}, {"address": "x@iwdemo.fr", "row_version": 2}])
def test_update_without_search_text_is_detected(people, values):
    with pytest.raises(AssertionError):
        db.session.execute(update(Account).where(Account.id == people.arthur.id).values(**values))
    db.session.execute(update(Account).where(Account.name == "x").values(row_version=2))


def test_name_and_address_are_separated():
    assert not finds("frjean", "Jean")


@settings(max_examples=30)
@given(st.text(max_size=200), st.text(max_size=64), st.text("abcdefghijklmnop.-", max_size=253))
def test_search_text_fits_its_column_and_keeps_the_address(name, alias, domain):
    stored = make_search_text(name, f"{alias}@{domain}")
    assert len(stored) <= SEARCH_TEXT_LENGTH and len(stored.encode()) <= SEARCH_TEXT_BYTES
    assert make_search_text("", f"{alias}@{domain}").rstrip("\n")[:300] in stored
