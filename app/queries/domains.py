"""Contents of a domain, its limits and its end."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.extensions import db
from app.models import (
    Account,
    Domain,
    Group,
    Room,
    RoomMember,
    RoomState,
    Session,
    Task,
    now,
)
from app.queries.tasks import OPEN
from app.rules import addresses, scope
from app.rules.room_for import account_count, guest_count, invited_count

# From then on the Dashboard says that a domain ends.
TOLD_BEFORE = timedelta(days=14)

SHOWN = 20


@dataclass(frozen=True)
class Contents:
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
class Ending:
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


def contents(domain: Domain) -> Contents:
    """Count a domain's objects. Seven statements."""
    in_domain = Account.domain_id == domain.id
    shown = Room.state != RoomState.DELETED
    owned = select(func.count(Room.id.distinct())).join(RoomMember, RoomMember.room_id == Room.id)
    devices = select(func.count(Session.id)).join(Account, Session.account_id == Account.id)
    return Contents(
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


def endings(actor) -> list[Ending]:
    """Return the domains of an actor's scope that have ended or end within a fortnight, earliest first."""
    moment = now()
    statement = select(Domain).where(
        scope.of_domains(actor), Domain.expires_at <= moment + TOLD_BEFORE, Domain.expires_at.is_not(None)
    )
    rows = db.session.scalars(statement.order_by(Domain.expires_at, Domain.id).limit(SHOWN))
    return [Ending(domain, _days_until(domain.expires_at, moment)) for domain in rows]


def _days_until(moment: datetime, start: datetime) -> int:
    return (moment - start).days if moment > start else -1


def _count(statement) -> int:
    return db.session.scalar(statement) or 0
