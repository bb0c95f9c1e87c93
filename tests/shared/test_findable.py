"""What accounts and groups are found by."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from app.extensions import db
from app.models import Account
from app.text.search_text import SEARCH_TEXT_BYTES, SEARCH_TEXT_LENGTH, make_search_text, split_query


def finds(question: str, name: str, address: str = "x@iwdemo.fr") -> bool:
    there = make_search_text(name, address)
    return all(word in there for word in split_query(question))


@pytest.mark.parametrize(
    "question, name",
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
def test_however_it_is_written(question, name):
    assert finds(question, name)


@pytest.mark.parametrize("question", ["dupond", "jean dupond", "j%n", "j_an", "jeandupont"])
def test_what_is_not_there(question):
    assert not finds(question, "Jean Dupont")


@pytest.mark.parametrize(
    "question", ["bücher", "xn--bcher", "j.doe@bücher.example", "j.doe@xn--bcher-kva.example"]
)
def test_a_domain_is_found_as_people_write_it_and_as_machines_do(question):
    assert finds(question, "Jane", "j.doe@xn--bcher-kva.example")


def test_a_domain_is_found_while_it_is_being_typed():
    address = "x@xn--80akhbyknj4f.ru"
    assert all(finds(address[2:end], "Jane", address) for end in range(3, len(address) + 1))
    assert finds("испытание", "Jane", address)


def test_the_ninth_word_counts_as_well():
    assert not finds("a b c d e f g h nothere", "a b c d e f g h")


@pytest.mark.parametrize("question", ["\u0301", "jean \u0301", "\u00b4"])
def test_of_a_lone_accent_nothing_is_left(question):
    assert not all(split_query(question))


@pytest.mark.parametrize("values", [{"name": "X"}, {"address": "x@iwdemo.fr", "row_version": 2}])
def test_no_statement_may_leave_behind_what_a_row_is_found_by(people, values):
    with pytest.raises(AssertionError):
        db.session.execute(update(Account).where(Account.id == people.arthur.id).values(**values))
    db.session.execute(update(Account).where(Account.name == "x").values(row_version=2))


def test_a_name_and_an_address_do_not_run_into_each_other():
    assert not finds("frjean", "Jean")


@settings(max_examples=30)
@given(st.text(max_size=200), st.text(max_size=64), st.text("abcdefghijklmnop.-", max_size=253))
def test_it_fits_its_column_and_never_loses_the_address(name, alias, domain):
    stored = make_search_text(name, f"{alias}@{domain}")
    assert len(stored) <= SEARCH_TEXT_LENGTH and len(stored.encode()) <= SEARCH_TEXT_BYTES
    assert make_search_text("", f"{alias}@{domain}").rstrip("\n")[:300] in stored
