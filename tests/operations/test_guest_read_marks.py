"""Unread counts of guests: nothing from before they joined, where the room hides its history."""

import pytest
from sqlalchemy import select

from app import links
from app.extensions import db
from app.models import Account, Invitation, Room, RoomMember
from app.operations import guests, messages, rooms
from app.operations.messages import reading
from app.queries.rooms.listing import room_list
from app.rules.guests.links import INVITATION
from tests.support import factories

EARLIER = 5


@pytest.fixture
def bruno(people) -> Account:
    """Make a guest with an account, who is in no room yet."""
    return factories.make_account(
        people.domain, "Bruno", is_guest=True, sponsor_id=people.arthur.id, address="bt@darnis.com"
    )


@pytest.fixture
def talk(people):
    """Return a function that posts so many messages of jean in the room."""

    def post(count: int) -> None:
        for number in range(count):
            messages.post_message(people.jean, people.room.id, f"message {number}")

    return post


def begin_history(people, *, at_joining: bool) -> None:
    """Set how far back the room's guests can read."""
    room = db.session.get(Room, people.room.id)
    room.guests_see_history = not at_joining
    db.session.commit()


def come_in(people, invite=None) -> None:
    """Invite the guest and follow the link. invite: the invitation, unless it is the first one."""
    if invite is None:
        guests.invite_guests(people.arthur, people.room, "bt@darnis.com")
    invitation = db.session.scalars(select(Invitation)).one()
    if invite is not None:
        invite(people.arthur, invitation)
    guests.join_room(links.token(INVITATION, invitation.id, invitation.generation))


def come_back(people) -> None:
    """Invite the guest again and follow the new link."""
    come_in(people, guests.invite_again)


def unread(account: Account) -> int | None:
    """Return the unread count of the only room in the list."""
    ((entry,),) = [section.entries for section in room_list(account).sections]
    return entry.unread


@pytest.mark.parametrize("at_joining", [True, False], ids=["from joining", "from the beginning"])
def test_new_guest_has_only_later_messages_unread(people, bruno, talk, at_joining):
    """A room that was never opened is bold and has no number; at its first opening all of it counts as read."""
    begin_history(people, at_joining=at_joining)
    talk(EARLIER)
    come_in(people)
    assert unread(bruno) is None
    opened = reading.open_room(bruno, people.room.id)
    assert (opened.last_seq, opened.last_read) == (EARLIER, EARLIER)
    assert unread(bruno) == 0
    talk(1)
    assert unread(bruno) == 1
    assert reading.mark_read(bruno, people.room.id, EARLIER + 1) == 0


@pytest.mark.parametrize(
    ("at_joining", "unread_count"), [(True, 1), (False, 6)], ids=["joining", "beginning"]
)
def test_mark_before_opening_counts_readable_messages(people, bruno, talk, at_joining, unread_count):
    begin_history(people, at_joining=at_joining)
    talk(EARLIER)
    come_in(people)
    talk(1)
    assert reading.mark_read(bruno, people.room.id, 0) == unread_count
    assert unread(bruno) == unread_count


@pytest.mark.parametrize(("at_joining", "missed"), [(True, 0), (False, 4)], ids=["joining", "beginning"])
def test_returning_guest_has_readable_messages_unread(people, bruno, talk, at_joining, missed):
    begin_history(people, at_joining=at_joining)
    come_in(people)
    reading.open_room(bruno, people.room.id)
    talk(1)
    rooms.remove_person(people.domain_admin, people.room, bruno)
    talk(3)
    come_back(people)
    assert unread(bruno) == missed
    opened = reading.open_room(bruno, people.room.id)
    assert opened.last_seq - opened.last_read == missed
    talk(1)
    assert unread(bruno) == missed + 1


def test_returning_guest_who_never_opened_room_starts_at_joining(people, bruno, talk):
    begin_history(people, at_joining=True)
    come_in(people)
    talk(2)
    rooms.remove_person(people.domain_admin, people.room, bruno)
    talk(2)
    come_back(people)
    assert unread(bruno) is None
    reading.open_room(bruno, people.room.id)
    talk(1)
    assert unread(bruno) == 1


def test_marks_of_others_are_unchanged(people, bruno, talk):
    begin_history(people, at_joining=True)
    reading.open_room(people.arthur, people.room.id)
    talk(EARLIER)
    come_in(people)
    assert unread(people.arthur) == EARLIER


def test_hidden_history_is_not_counted_as_unread(people, bruno, talk):
    begin_history(people, at_joining=False)
    come_in(people)
    reading.open_room(bruno, people.room.id)
    rooms.remove_person(people.domain_admin, people.room, bruno)
    talk(3)
    come_back(people)
    talk(1)
    assert unread(bruno) == 4
    room = db.session.get(Room, people.room.id)
    rooms.set_guest_settings(
        people.domain_admin,
        room,
        guests_see_history=False,
        guests_see_members=room.guests_see_members,
        guest_days=None,
    )
    member = db.session.scalars(select(RoomMember).where(RoomMember.account_id == bruno.id)).one()
    assert member.joined_seq == 3 and unread(bruno) == 1
