"""Lists of WebAdmin: their matches, and the indexes they are read from."""

import pytest
from sqlalchemy import delete, insert, text

from app.extensions import db
from app.models import Account, AccountState, Role, now
from app.queries.accounts import listing as listing_queries
from app.queries.accounts.listing import account_list
from app.queries.domains import administered_counts, messages_since
from app.queries.groups.members import effective_member_count, member_list
from app.queries.listing import ListQuery
from tests.support import factories

ACCOUNTS = 3000


def matching_names(domain, **query) -> list[str]:
    return [account.name for account in account_list(domain, ListQuery(**query)).rows]


@pytest.fixture
def large(app):
    """Make a domain with thousands of accounts, next to another tenant."""
    domains = [factories.make_domain(), factories.make_domain()]
    for domain in domains:
        rows = [
            {
                "domain_id": domain.id,
                "address": f"person{number}@{domain.name}",
                "name": f"Person {number:05}",
                "role": Role.DOMAIN if number % 1000 == 0 else Role.USER,
                "state": AccountState.DISABLED if number % 500 == 0 else AccountState.ENABLED,
                "created_at": now(),
            }
            for number in range(ACCOUNTS)
        ]
        db.session.execute(insert(Account), rows)
    db.session.commit()
    return domains[0]


def test_search_ignores_accents_and_case(people):
    factories.make_account(people.domain, "Élodie Noël", address="e.n@iwdemo.fr")
    for words in ("elodie", "ÉLODIE", "noel", "E.N@"):
        assert matching_names(people.domain, search=words) == ["Élodie Noël"]


def test_search_takes_wildcards_literally(people):
    for words in ("%", "_", "\\", "'"):
        assert matching_names(people.domain, search=words) == []
    assert (
        matching_names(people.domain, search="\u0301")
        == matching_names(people.domain, search="noel \u0301")
        == []
    )


def test_search_filter_and_total_agree(large):
    listing = account_list(large, ListQuery(search="person1", filters=(("role", "domain"),)))
    assert [account.name for account in listing.rows] == ["Person 01000"]
    assert listing.total == 1
    assert account_list(large, ListQuery()).total == ACCOUNTS
    assert account_list(large, ListQuery(filters=(("state", "disabled"),))).total == ACCOUNTS // 500


@pytest.mark.parametrize("sort", ["name", "-name", "address", "-address"])
def test_pages_of_a_long_list_are_read_from_an_index(large, count_statements, sort):
    query = ListQuery(sort=sort)
    for _ in range(3):
        with count_statements() as statements:
            listing = account_list(large, query)
        assert len(statements) == 3
        query = ListQuery(sort=sort, cursor=listing.page.next)
    for search in (ListQuery(search="person2999"), ListQuery(filters=(("state", "disabled"),)), query):
        for statement, parameters in _statements(large, search):
            for line in db.session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters):
                assert line.key, f"no index for {statement}"


def test_list_of_one_page_is_not_counted(large, count_statements):
    with count_statements() as statements:
        assert account_list(large, ListQuery(filters=(("role", "domain"),))).total == 3
    assert len(statements) == 2


def test_search_reads_the_narrow_index_and_only_its_matches(large, count_statements):
    with count_statements() as statements:
        assert account_list(large, ListQuery(search="person2999")).total == 1
    assert len(statements) == 3
    first, *rest = (_explain(line) for line in _statements(large, ListQuery(search="person2999")))
    assert first.key == "ix_accounts_domain_id_is_guest_search_text" and "Using index" in first.Extra
    assert {line.key for line in rest} == {"PRIMARY"} and max(int(line.rows) for line in rest) == 1


@pytest.mark.parametrize("sort", ["name", "-name", "address", "-seen"])
@pytest.mark.parametrize("filters", [(), (("state", "enabled"),)])
def test_many_matches_are_listed_like_few(large, monkeypatch, sort, filters):
    pages = {few: _every_page(large, few, sort, filters, monkeypatch) for few in (5, 5000)}
    assert pages[5] == pages[5000] and len(pages[5]) > 1


def _every_page(domain, few, sort, filters, monkeypatch):
    """Return (total, names) of each page of accounts with 29 in their address or name."""
    monkeypatch.setattr(listing_queries, "FEW", few)
    pages, cursor = [], None
    while not pages or cursor:
        listing = account_list(domain, ListQuery("29", sort, cursor, filters))
        pages.append((listing.total, [row.name for row in listing.rows]))
        cursor = listing.page.next
    return pages


def _explain(statement):
    """Return the plan of a statement on one table."""
    (line,) = db.session.connection().exec_driver_sql(f"EXPLAIN {statement[0]}", statement[1])
    return line


def test_filtered_count_reads_its_part_of_the_index(large):
    """Otherwise 100,000 index entries would be read for fifty rows."""
    counts = [
        line for line in _statements(large, ListQuery(filters=(("state", "enabled"),))) if "count(" in line[0]
    ]
    ((statement, parameters),) = counts
    (line,) = db.session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters)
    assert line.key == "ix_accounts_domain_id_is_guest"
    assert line.ref.count("const") == 3


def _statements(domain, query):
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    statements = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        if statement.startswith("SELECT"):
            statements.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        account_list(domain, query)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return statements


def test_messages_of_today_are_counted_without_reading_older_ones(people, count_statements):
    for number in range(20):
        message = factories.make_message(people.room, people.arthur, f"Bonjour {number}")
        if number < 15:
            db.session.execute(
                text("UPDATE messages SET created_at = created_at - INTERVAL 2 DAY WHERE id = :key"),
                {"key": message.id},
            )
    db.session.commit()
    midnight = now().replace(hour=0, minute=0, second=0, microsecond=0)
    with count_statements() as statements:
        assert messages_since(midnight) == 5
    assert len(statements) < 20
    assert messages_since(now()) == 0


def test_messages_of_today_are_zero_without_messages(app):
    assert messages_since(now()) == 0


def test_counts_include_only_administered_domains(people):
    assert administered_counts(people.admin) == {"domains": 2, "accounts": 8, "groups": 2, "rooms": 1}
    assert administered_counts(people.domain_admin) == {"domains": 1, "accounts": 6, "groups": 1, "rooms": 1}
    assert administered_counts(people.rivale) == {"domains": 1, "accounts": 2, "groups": 1, "rooms": 0}


def test_members_of_nested_groups_are_counted_once(people):
    outer, inner = factories.make_group(people.domain), factories.make_group(people.domain)
    factories.add_member(outer, inner)
    factories.add_member(outer, people.group)
    factories.add_member(inner, people.group)
    factories.add_member(inner, people.paul)
    listing = member_list(outer)
    assert {row.entry.principal_id: row.people for row in listing.rows} == {inner.id: 3, people.group.id: 2}
    assert (listing.total, effective_member_count(outer)) == (2, 3)


def test_list_restarts_when_the_next_page_is_empty(large):
    """The list is not empty because the rows of one page were deleted; it shows its total."""
    first = account_list(large, ListQuery())
    behind = account_list(large, ListQuery(cursor=first.page.next))
    last = db.session.query(Account).filter_by(domain_id=large.id, name=behind.rows[-1].name).one()
    db.session.execute(delete(Account).where(Account.domain_id == large.id, Account.name > last.name))
    db.session.commit()
    listing = account_list(large, ListQuery(cursor=behind.page.next))
    assert [row.id for row in listing.rows] == [row.id for row in first.rows]
    assert listing.total == 100
