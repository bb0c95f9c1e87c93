"""How much there is, and how many people something concerns."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.extensions import db
from app.models import CLOSED, Account, Domain, Group, Message, MessageKind, Room, RoomState
from app.queries import figures
from app.rules import scope


@dataclass(frozen=True)
class Impact:
    """Whom switching TeamChat off concerns, and what is hidden by it."""

    people: int
    rooms: int


def administered_counts(actor) -> dict[str, int]:
    """How many domains, accounts, groups and rooms an administrator administers. Four statements."""
    domains = select(Domain.id).where(scope.of_domains(actor))
    accounts = select(func.count(Account.id)).where(~Account.is_guest, Account.domain_id.in_(domains))
    groups = select(func.count(Group.id)).where(Group.domain_id.in_(domains))
    rooms = select(func.count(Room.id)).join(Group).where(Group.domain_id.in_(domains), _is_shown())
    questions = {
        "domains": select(func.count()).select_from(domains.subquery()),
        "accounts": accounts,
        "groups": groups,
        "rooms": rooms,
    }
    return {name: db.session.scalar(question) for name, question in questions.items()}


def messages_since(moment: datetime) -> int:
    """How many messages were posted since a moment. Keys grow with time: few rows are looked at."""
    first = figures.first_since(Message, moment)
    if first is None:
        return 0
    since = (Message.id >= first, Message.kind == MessageKind.MESSAGE)
    return db.session.scalar(select(func.count(Message.id)).where(*since))


def domain_impact(domain: Domain) -> Impact:
    """What stops when TeamChat is switched off for a domain. Two statements."""
    people = select(func.count(Account.id)).where(
        Account.domain_id == domain.id, Account.has_teamchat, Account.state.not_in(CLOSED)
    )
    rooms = (
        select(func.count(Room.id))
        .join(Group)
        .where(Group.domain_id == domain.id, Group.has_teamchat, _is_shown())
    )
    return Impact(db.session.scalar(people), db.session.scalar(rooms))


def _is_shown():
    return Room.state != RoomState.DELETED
