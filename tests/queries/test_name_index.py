"""The name index: parts of names for searches, beginnings for completion."""

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Account
from app.queries.accounts.listing import name_begins, names_match
from tests.support import factories


@pytest.fixture
def jean_lea(people):
    return factories.make_account(people.domain, "Jean-Léa Moreau", address="jlm_x@iwdemo.fr")


def selects(account, condition) -> bool:
    return account.id in db.session.scalars(select(Account.id).where(condition))


@pytest.mark.parametrize("search", ["", "orea", "mor jea", "JLM", "léa", "lea", "m_x", "x@iwdemo"])
def test_names_match_any_part_in_any_order(jean_lea, search):
    assert selects(jean_lea, names_match(Account, search))


@pytest.mark.parametrize("search", ["m%x", "jlmax", "moreau zz", "\u0301"])
def test_names_match_takes_wildcards_literally(jean_lea, search):
    assert not selects(jean_lea, names_match(Account, search))


@pytest.mark.parametrize("text", ["", "jean", "JEAN-LE", "mor", "jlm", "jean-léa mo"])
def test_name_begins_accepts_address_and_words_of_name(jean_lea, text):
    assert selects(jean_lea, name_begins(Account, text))


@pytest.mark.parametrize("text", ["orea", "iwdemo", "%", "_", "\u0301"])
def test_name_begins_refuses_inner_parts(jean_lea, text):
    assert not selects(jean_lea, name_begins(Account, text))
