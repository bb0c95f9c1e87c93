"""Rooms and messages that browser tests look at."""

from dataclasses import dataclass

from app.extensions import db
from app.models import Account
from tests.support import factories
from tests.support.faults.workspace import Person, Workspace


@dataclass(frozen=True)
class Place:
    """A group with its room. arthur and jean are in it, paul is of the same domain."""

    group_id: int
    room_id: int
    arthur: Person
    jean: Person
    paul: Person


@dataclass(frozen=True)
class Administration:
    """A server administrator of arthur's domain, and the ids of its objects."""

    admin: Person
    domain_id: int
    domain: str
    arthur_id: int
    group_id: int


def make_place(workspace: Workspace) -> Place:
    """Make arthur, jean and paul in a domain of their own, the first two in a group with a room."""
    shared = workspace.shared(people=2)
    arthur, jean = (
        workspace.french(person, name) for person, name in zip(shared.people, ("arthur", "jean"), strict=True)
    )
    return Place(shared.group_id, shared.room_id, arthur, jean, workspace.french(shared.stranger, "paul"))


def fill(servers, place, count: int, author=None) -> None:
    """Store messages in the room without the application."""
    from app.models import Room

    with servers.workspace.app.app_context():
        room = db.session.get(Room, place.room_id)
        authors = [db.session.get(Account, (author or person).id) for person in (place.arthur, place.jean)]
        for number in range(count):
            factories.make_message(room, authors[number % 2], f"line {room.last_seq + 1}")


def make_room(servers, place, name: str) -> int:
    """Make another room of the group."""
    from app.models import Group

    with servers.workspace.app.app_context():
        return factories.make_room(db.session.get(Group, place.group_id), name).id


def room_menu(page, choice: str | None = None) -> None:
    """Open the menu of the room, and choose from it."""
    page.get_by_role("button", name="La salle", exact=True).click()
    if choice:
        page.locator("#room-menu").get_by_text(choice, exact=True).click()
