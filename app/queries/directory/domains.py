"""The list of domains."""

from dataclasses import dataclass

from sqlalchemy import false, func, or_, select

from app.extensions import db
from app.models import Account, Domain, DomainState, Group
from app.queries.directory.listing import Listing, ListQuery, counted
from app.queries.paging import Page, keyset
from app.rules import addresses, scope

FILTERS = {"state": (DomainState.ACTIVE, DomainState.SUSPENDED), "teamchat": ("on", "off")}
"""What the list can be narrowed by, and to what."""


@dataclass(frozen=True)
class DomainRow:
    """A domain in the list, with what is in it."""

    domain: Domain
    account_count: int
    group_count: int


def domain_list(actor, query: ListQuery) -> Listing:
    """A page of the domains an administrator administers. Four statements."""
    statement = select(Domain).where(*conditions(actor, query))
    page = keyset(statement, (Domain.name,), cursor=query.cursor, descending=query.is_descending)
    ids = [row[0].id for row in page.rows]
    accounts, groups = _per_domain(Account, ids), _per_domain(Group, ids)
    rows = [DomainRow(row[0], accounts.get(row[0].id, 0), groups.get(row[0].id, 0)) for row in page.rows]
    return Listing(Page(rows, page.previous, page.next), counted(statement))


def conditions(actor, query: ListQuery) -> list:
    """What a domain of the list fulfils."""
    rests = [scope.of_domains(actor)]
    for name, value in query.filters:
        if value not in FILTERS.get(name, ()):
            rests.append(false())
        elif name == "state":
            rests.append(Domain.state == value)
        else:
            rests.append(Domain.has_teamchat.is_(value == "on"))
    if query.search:
        rests.append(matches(query.search))
    return rests


def every_domain(actor, query: ListQuery):
    """All domains that a list leaves, as rows by name."""
    columns = (Domain.id, Domain.name, Domain.description, Domain.state, Domain.language)
    features = (Domain.has_groupware, Domain.has_webdav, Domain.has_teamchat)
    statement = select(*columns, *features).where(*conditions(actor, query)).order_by(Domain.name)
    yield from db.session.execute(statement)


def matches(search: str):
    """A condition: the domain's name or description holds what was typed."""
    name = addresses.normalise(f"@{search}").lstrip("@")
    return or_(
        Domain.name.contains(name, autoescape=True),
        Domain.description.contains(search.strip(), autoescape=True),
    )


def domain_count(actor) -> int:
    """How many domains an administrator administers."""
    return counted(select(Domain.id).where(scope.of_domains(actor)))


def domains_of(actor, limit: int = 500) -> list[Domain]:
    """The domains an administrator may choose from in a form."""
    statement = select(Domain).where(scope.of_domains(actor)).order_by(Domain.name).limit(limit)
    return list(db.session.scalars(statement))


def _per_domain(model, ids: list[int]) -> dict[int, int]:
    if not ids:
        return {}
    statement = select(model.domain_id, func.count(model.id)).where(model.domain_id.in_(ids))
    return dict(db.session.execute(statement.group_by(model.domain_id)).all())
