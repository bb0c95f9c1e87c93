"""Creation of the demo company through the operations of the application. Existing parts stay as they are."""

from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select

from app.cli.demo import history
from app.cli.demo.company import DESCRIPTION, DOMAIN, PASSWORD, PEOPLE, TEAMS, DemoPerson, DemoTeam
from app.cli.demo.conversation import MESSAGES, READERS, UNREAD
from app.extensions import db
from app.identity import SYSTEM
from app.models import Account, Domain, EntryKind, Group, Room, now
from app.operations import accounts, domains, groups, messages
from app.operations.messages import reading
from app.operations.server import installation
from app.operations.server.maintenance import age_messages
from app.rules.domains import Feature


def fill() -> bool:
    """Create the missing parts of the company. Return whether any was missing."""
    domain = _find(Domain, Domain.name == DOMAIN)
    if domain is None:
        features = dict.fromkeys(Feature, True)
        domain = domains.create_domain(SYSTEM, name=DOMAIN, description=DESCRIPTION, features=features)
    installation.prepare_server(SYSTEM, holder=DESCRIPTION)
    people_created = [_create_person(domain, person) for person in PEOPLE]
    teams_created = [_create_team(domain, team) for team in TEAMS]
    has_posted = _post_messages()
    return any(people_created) or any(teams_created) or has_posted


def _create_person(domain: Domain, person: DemoPerson) -> bool:
    if _find(Account, Account.address == person.address):
        return False
    accounts.create_account(
        SYSTEM,
        domain,
        name=person.name,
        alias=person.alias,
        password=PASSWORD,
        role=person.role,
        language="fr",
    )
    return True


def _create_team(domain: Domain, team: DemoTeam) -> bool:
    if _find(Group, Group.address == team.address):
        return False
    group = groups.create_group(
        SYSTEM, domain, name=team.name, alias=team.alias, description=team.description
    )
    groups.update_group(
        SYSTEM, group, {"has_public_folder": True, "folder_name": team.name, "has_teamchat": True}
    )
    groups.add_members(SYSTEM, group, [(EntryKind.ACCOUNT, _account(alias).id) for alias in team.members])
    return True


def _post_messages() -> bool:
    """Post the conversation, unless a room is missing or has messages. Return whether it was posted."""
    rooms = {team.alias: room for team in TEAMS if (room := _room(team)) is not None}
    if len(rooms) < len(TEAMS) or any(room.last_seq for room in rooms.values()):
        return False
    today = now().astimezone(ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"]))
    latest, posted_at = now() - timedelta(minutes=len(MESSAGES)), {}
    for message in MESSAGES:
        posted = messages.post_message(_account(message.author), rooms[message.team].id, message.text)
        latest += timedelta(minutes=1)
        posted_at[posted.message_id] = min(message.moment(today).astimezone(UTC), latest)
    age_messages(posted_at)
    history.insert_figures()
    _mark_read(rooms)
    return True


def _mark_read(rooms: dict[str, Room]) -> None:
    for team, aliases in READERS.items():
        for alias in aliases:
            reading.open_room(_account(alias), rooms[team].id)
    for alias, (team, count) in UNREAD.items():
        last_seq = sum(message.team == team for message in MESSAGES)
        reading.mark_read(_account(alias), rooms[team].id, last_seq - count)


def _account(alias: str) -> Account:
    return _find(Account, Account.address == f"{alias}@{DOMAIN}")


def _room(team: DemoTeam) -> Room | None:
    group = _find(Group, Group.address == team.address)
    return db.session.scalars(
        select(Room).where(Room.group_id == group.id).order_by(Room.id).limit(1)
    ).first()


def _find(model, condition) -> Any:
    return db.session.scalars(select(model).where(condition)).one_or_none()
