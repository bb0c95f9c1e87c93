"""Contents of a domain, its limits and its end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, false, func, or_, select

from app.extensions import db
from app.models import (
    CLOSED,
    Account,
    Domain,
    DomainState,
    Group,
    Message,
    MessageKind,
    Room,
    RoomMember,
    RoomState,
    Session,
    Task,
    now,
)
from app.queries import dashboard
from app.queries.listing import Listing, ListQuery, count_rows
from app.queries.paging import Page, keyset
from app.queries.tasks import OPEN
from app.rules.accounts import addresses
from app.rules.domains import account_count, guest_count, invited_count
from app.rules.rights import scope

# From then on the Dashboard says that a domain ends.
TOLD_BEFORE = timedelta(days=14)

SHOWN = 20


@dataclass(frozen=True)
class DomainContents:
    """Numbers of a domain's objects.

    devices: signed in now. private_rooms: owned by its people. invited: outsiders who have not answered yet.
    """

    accounts: int
    groups: int
    rooms: int
    private_rooms: int
    guests: int
    invited: int
    devices: int


@dataclass(frozen=True)
class DomainEnding:
    """A domain that ends soon, or has ended. days: whole days that are left, below zero none."""

    domain: Domain
    days: int

    @property
    def is_over(self) -> bool:
        return self.days < 0

    @property
    def urgency(self) -> str:
        """As loud as it is near: fourteen, five, one day before."""
        return "danger" if self.days < 1 else "warning" if self.days <= 5 else "info"


def domain_contents(domain: Domain) -> DomainContents:
    """Count a domain's objects. Seven statements."""
    in_domain = Account.domain_id == domain.id
    shown = Room.state != RoomState.DELETED
    owned = select(func.count(Room.id.distinct())).join(RoomMember, RoomMember.room_id == Room.id)
    devices = select(func.count(Session.id)).join(Account, Session.account_id == Account.id)
    return DomainContents(
        accounts=account_count(domain),
        groups=_count(select(func.count(Group.id)).where(Group.domain_id == domain.id)),
        rooms=_count(select(func.count(Room.id)).join(Group).where(Group.domain_id == domain.id, shown)),
        private_rooms=_count(
            owned.join(Account, RoomMember.account_id == Account.id).where(
                in_domain, shown, RoomMember.is_owner, Room.group_id.is_(None)
            )
        ),
        guests=guest_count(domain),
        invited=invited_count(domain),
        devices=_count(devices.where(in_domain, Session.revoked_at.is_(None), Session.expires_at > now())),
    )


def is_named(domain: Domain, typed: str) -> bool:
    """Return whether a typed text is the domain's name, in any spelling."""
    typed = addresses.normalise(f"@{typed.strip()}").lstrip("@")
    return typed == domain.name


def open_deletion(domain: Domain) -> Task | None:
    """Return the task that is deleting a domain now."""
    statement = select(Task).where(Task.kind == "domains.delete", Task.domain_id == domain.id)
    return db.session.scalars(statement.where(Task.state.in_(OPEN)).limit(1)).first()


def endings(actor: Account) -> list[DomainEnding]:
    """Return the domains of an actor's scope that have ended or end within a fortnight, earliest first."""
    moment = now()
    statement = select(Domain).where(
        scope.of_domains(actor), Domain.expires_at <= moment + TOLD_BEFORE, Domain.expires_at.is_not(None)
    )
    rows = db.session.scalars(statement.order_by(Domain.expires_at, Domain.id).limit(SHOWN))
    return [DomainEnding(domain, _days_until(domain.expires_at, moment)) for domain in rows]


def _days_until(moment: datetime | None, start: datetime) -> int:
    return (moment - start).days if moment is not None and moment > start else -1


def _count(statement: Select) -> int:
    return db.session.scalar(statement) or 0


# What the list can be narrowed by, and to what.
FILTERS = {"state": (DomainState.ACTIVE, DomainState.SUSPENDED), "teamchat": ("on", "off")}


@dataclass(frozen=True)
class DomainRow:
    """A domain in the list, with what is in it."""

    domain: Domain
    account_count: int
    group_count: int


def domain_list(actor: Account, query: ListQuery) -> Listing:
    """Return a page of the domains an administrator administers. Four statements."""
    statement = select(Domain).where(*conditions(actor, query))
    page = keyset(statement, (Domain.name,), cursor=query.cursor, descending=query.is_descending)
    ids = [row[0].id for row in page.rows]
    accounts, groups = _per_domain(Account, ids), _per_domain(Group, ids)
    rows = [DomainRow(row[0], accounts.get(row[0].id, 0), groups.get(row[0].id, 0)) for row in page.rows]
    return Listing(Page(rows, page.previous, page.next), count_rows(statement))


def conditions(actor: Account, query: ListQuery) -> list:
    """Return the conditions of a list of domains."""
    clauses = [scope.of_domains(actor)]
    for name, value in query.filters:
        if value not in FILTERS.get(name, ()):
            clauses.append(false())
        elif name == "state":
            clauses.append(Domain.state == value)
        else:
            clauses.append(Domain.has_teamchat.is_(value == "on"))
    if query.search:
        clauses.append(matches(query.search))
    return clauses


def every_domain(actor: Account, query: ListQuery) -> Iterator[Row]:
    """All domains that a list leaves, as rows by name."""
    columns = (Domain.id, Domain.name, Domain.description, Domain.state, Domain.language)
    features = (Domain.has_groupware, Domain.has_webdav, Domain.has_teamchat)
    statement = select(*columns, *features).where(*conditions(actor, query)).order_by(Domain.name)
    yield from db.session.execute(statement)


def matches(search: str) -> ColumnElement[bool]:
    """Return a condition: the domain's name or description holds what was typed."""
    name = addresses.normalise(f"@{search}").lstrip("@")
    return or_(
        Domain.name.contains(name, autoescape=True),
        Domain.description.contains(search.strip(), autoescape=True),
    )


def domain_count(actor: Account) -> int:
    """Return the number of domains that an actor administers."""
    return count_rows(select(Domain.id).where(scope.of_domains(actor)))


def domains_of(actor: Account, limit: int = 500) -> list[Domain]:
    """Return the domains an administrator may choose from in a form."""
    statement = select(Domain).where(scope.of_domains(actor)).order_by(Domain.name).limit(limit)
    return list(db.session.scalars(statement))


def _per_domain(model: Any, ids: list[int]) -> dict[int, int]:
    if not ids:
        return {}
    statement = select(model.domain_id, func.count(model.id)).where(model.domain_id.in_(ids))
    return dict(db.session.execute(statement.group_by(model.domain_id)).all())


@dataclass(frozen=True)
class Impact:
    """People affected by switching TeamChat off, and what it hides."""

    people: int
    rooms: int


def administered_counts(actor: Account) -> dict[str, int]:
    """Return the numbers of domains, accounts, groups and rooms that an actor administers.

    Four statements.
    """
    domains = select(Domain.id).where(scope.of_domains(actor))
    accounts = select(func.count(Account.id)).where(~Account.is_guest, Account.domain_id.in_(domains))
    groups = select(func.count(Group.id)).where(Group.domain_id.in_(domains))
    rooms = select(func.count(Room.id)).join(Group).where(Group.domain_id.in_(domains), _is_shown())
    counts = {
        "domains": select(func.count()).select_from(domains.subquery()),
        "accounts": accounts,
        "groups": groups,
        "rooms": rooms,
    }
    return {name: db.session.scalar(statement) or 0 for name, statement in counts.items()}


def messages_since(moment: datetime) -> int:
    """Return the number of messages posted since a moment. Ids grow with time, so that few rows are read."""
    first = dashboard.first_since(Message, moment)
    if first is None:
        return 0
    since = (Message.id >= first, Message.kind == MessageKind.MESSAGE)
    return db.session.scalar(select(func.count(Message.id)).where(*since)) or 0


def domain_impact(domain: Domain) -> Impact:
    """Return what stops when TeamChat is switched off for a domain. Two statements."""
    people = select(func.count(Account.id)).where(
        Account.domain_id == domain.id, Account.has_teamchat, Account.state.not_in(CLOSED)
    )
    rooms = (
        select(func.count(Room.id))
        .join(Group)
        .where(Group.domain_id == domain.id, Group.has_teamchat, _is_shown())
    )
    return Impact(db.session.scalar(people) or 0, db.session.scalar(rooms) or 0)


def _is_shown() -> ColumnElement[bool]:
    return Room.state != RoomState.DELETED
