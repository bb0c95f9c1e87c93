"""Search of WebAdmin's header: domains, accounts, groups and guests within an administrator's scope."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.extensions import db
from app.models import Account, AccountState, Domain, Group
from app.queries.accounts.listing import names_match
from app.queries.domains import matches
from app.rules.guests import policy
from app.rules.rights import scope
from app.text import words

# Hits of each kind that are shown.
EACH = 6

# Words of a query that are searched for; the rest is ignored.
WORDS = 4

SHORTEST = 2

# Domains of a domain administrator that are searched.
DOMAINS = 500

# Index entries that one statement reads at most (about a fifth of a second); later ones are not searched.
EXAMINED = 1_000_000

# Any part of a name may be typed, so an index is read from end to end until there are enough hits: the narrowest one
# that contains the text. The rows themselves are read for hits only.
ACCOUNTS = "FORCE INDEX (ix_accounts_domain_id_is_guest_search_text)"
GROUPS = "FORCE INDEX (ix_groups_domain_id_search_text)"

# Without it, MariaDB collects hits in a join buffer before it looks up their rows, and does not stop at the limit.
BY_KEY = "FORCE INDEX (PRIMARY)"


@dataclass(frozen=True)
class FinderHit:
    """A domain, account, group or guest whose name matches."""

    kind: str
    id: int
    title: str
    detail: str = ""


def find(actor: Account, query: str) -> list[FinderHit]:
    """Return domains, accounts, groups and guests whose name and address contain every word of the query.

    Five statements at most, of bounded cost.
    """
    if not search_words(query) or not scope.is_administrator(actor):
        return []
    search = " ".join(query.split()[:WORDS])
    within = _domain_ids(actor)
    return [
        *_domains(actor, query),
        *_hits("account", account_statement(actor, search, within)),
        *_hits("group", group_statement(actor, search, within)),
        *_hits("guest", guest_statement(actor, search)),
    ]


def search_words(query: str) -> list[str]:
    """Return the words of a query, the longest first; none if no word has two letters."""
    distinct = sorted(words.distinct_words(query[:200]), key=len, reverse=True)[:WORDS]
    return distinct if distinct and len(distinct[0]) >= SHORTEST else []


def account_statement(actor: Account, search: str, within: list[int] | None) -> Select:
    """Return the statement of matching accounts in some domains, or in all (None)."""
    entry = aliased(Account)
    statement = _statement(Account, entry, ACCOUNTS, search).where(~entry.is_guest)
    statement = statement.where(Account.state != AccountState.DELETED)
    return _within(actor, statement.join(Account.domain), entry, within)


def group_statement(actor: Account, search: str, within: list[int] | None) -> Select:
    """Return the statement of matching groups in some domains, or in all (None)."""
    entry = aliased(Group)
    statement = _statement(Group, entry, GROUPS, search)
    return _within(actor, statement.join(Group.domain), entry, within)


def guest_statement(actor: Account, search: str) -> Select:
    """Return the statement of matching guests that an administrator looks after."""
    entry = aliased(Account)
    return _statement(Account, entry, ACCOUNTS, search).where(entry.is_guest, policy.of_guests(actor))


def _statement(model: Any, entry: Any, index: str, search: str) -> Select:
    """Select rows by the entries of an index. STRAIGHT_JOIN: the entries are read first, rows only for hits."""
    return (
        select(model.id, model.name, model.address)
        .prefix_with("STRAIGHT_JOIN", dialect="mysql")
        .select_from(entry)
        .with_hint(entry, index, "mysql")
        .with_hint(model, BY_KEY, "mysql")
        .join(model, model.id == entry.id)
        .where(names_match(entry, search))
        .limit(EACH)
        .suffix_with(f"ROWS EXAMINED {EXAMINED}", dialect="mysql")
    )


def _within(actor: Account, statement: Select, entry: Any, within: list[int] | None) -> Select:
    statement = statement.with_hint(Domain, BY_KEY, "mysql").where(scope.of_domains(actor))
    return statement if within is None else statement.where(entry.domain_id.in_(within))


def _domain_ids(actor: Account) -> list[int] | None:
    """Return the domains to search; None for a server-wide administrator."""
    if scope.is_server_wide(actor):
        return None
    return list(db.session.scalars(select(Domain.id).where(scope.of_domains(actor)).limit(DOMAINS)))


def _domains(actor: Account, query: str) -> list[FinderHit]:
    statement = (
        select(Domain).where(scope.of_domains(actor), matches(query)).order_by(Domain.name).limit(EACH)
    )
    return [
        FinderHit("domain", row.id, row.name, row.description or "") for row in db.session.scalars(statement)
    ]


def _hits(kind: str, statement: Select) -> list[FinderHit]:
    rows = sorted(db.session.execute(statement), key=lambda row: (row.name.casefold(), row.id))
    return [FinderHit(kind, row.id, row.name, row.address) for row in rows]
