"""Paging by keyset: every row once, in order, both ways, with any similar names."""

import itertools

import pytest
from sqlalchemy import select

from app.models import Account
from app.queries.paging import keyset, keyset_of
from tests.support import factories

NAMES = [
    "Zoé",
    "zoe",
    "Zoe",
    "Élodie",
    "elodie",
    "Arthur",
    "Arthur",
    "arthur",
    "Bob",
    "bob",
    "'",
    "%",
    "日本",
    "عمر",
]
ORDER = (Account.name, Account.id)


@pytest.fixture
def domain(app):
    domain = factories.make_domain()
    for number, name in enumerate(NAMES):
        factories.make_account(domain, name, address=f"a{number}@{domain.name}")
    return domain


def statement(domain):
    return select(Account.id, Account.name).where(Account.domain_id == domain.id)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("size", [1, 3, 5, len(NAMES), 50])
def test_paging_both_ways_returns_every_row_once(domain, size, descending):
    forwards, cursor = [], None
    for _ in itertools.count():
        page = keyset(statement(domain), ORDER, cursor=cursor, descending=descending, size=size)
        forwards.append([row.id for row in page.rows])
        cursor = page.next
        if cursor is None:
            break
    backwards = [forwards[-1]]
    while page.previous:
        page = keyset(statement(domain), ORDER, cursor=page.previous, descending=descending, size=size)
        backwards.insert(0, [row.id for row in page.rows])
    assert backwards == forwards
    whole = keyset(statement(domain), ORDER, descending=descending, size=100)
    assert [key for page in forwards for key in page] == [row.id for row in whole.rows]
    assert (whole.previous, whole.next) == (None, None)


@pytest.mark.parametrize("cursor", ["", "x", "W10", "WzFd", "WyI-Iiwie30iLFtdXQ", "é", "WyI-IixudWxsLDFd"])
def test_invalid_cursor_returns_the_first_page(domain, cursor):
    first = keyset(statement(domain), ORDER, size=3)
    assert keyset(statement(domain), ORDER, cursor=cursor, size=3) == first


def test_empty_page_has_no_cursors(domain):
    page = keyset(statement(domain).where(Account.id < 0), ORDER)
    assert (page.rows, page.previous, page.next) == ([], None, None)


@pytest.mark.parametrize("size", [1, 3, 5, 50])
def test_several_statements_are_paged_like_one(domain, size):
    even, both = Account.id % 2 == 0, statement(domain).where(Account.name.like("a%"))
    branches = [statement(domain).where(even), statement(domain).where(~even), both]
    cursor = None
    for _ in itertools.count():
        page = keyset_of(branches, ORDER, whole=statement(domain), cursor=cursor, size=size)
        plain = keyset(statement(domain), ORDER, cursor=cursor, size=size)
        assert page == plain
        if page.previous:
            back = keyset_of(branches, ORDER, whole=statement(domain), cursor=page.previous, size=size)
            assert back == keyset(statement(domain), ORDER, cursor=page.previous, size=size)
        cursor = page.next
        if cursor is None:
            break
    assert keyset_of([], ORDER, whole=statement(domain)).rows == []
