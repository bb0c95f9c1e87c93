"""A guest finds nothing of the company outside of their rooms: not by any page, parameter, form or socket event.

Everything outside is called zq…; the crawler reads from the code what it can try, so that what is new is tried too.
"""

import pytest
from sqlalchemy import select

from app.blueprints.chat import people, views
from app.errors import NotFound
from app.extensions import db
from app.models import Account, EntryKind, MemberEntry, Message, Role, Room, RoomMember
from app.operations import guests
from app.queries import messages as conversation
from app.queries import messages as message_queries
from app.rules import rooms
from app.rules.rights import access, candidates, decision
from tests.support import crawler, factories
from tests.support.crawler import Crawl, FoundOut, Walk

HINT = "zq"


class Company:
    """A guest in one room, and all that they must not know of."""

    def __init__(self, people):
        self.people, self.room = people, people.room
        self.guest = factories.make_account(
            people.domain, "Bruno", address="bt@darnis.com", is_guest=True, sponsor_id=people.arthur.id
        )
        self.former = self._somebody("zqformer")
        self.outside = [self._somebody(f"zqperson{number}") for number in range(2)]
        self.early = self._said(people.arthur, "zqearly words of before")
        self._said(self.former, "said by somebody who has left")
        mention = f'<p>Ask <span class="mention" data-account="{self.former.id}">@zqformer</span></p>'
        self.mentioning = factories.make_message(self.room, people.arthur, "Ask @zqformer")
        self.mentioning.html = mention
        self.former_seq = self.room.last_seq
        self._leave(self.former)
        self._elsewhere()
        factories.join_room(self.room, self.guest)
        guests.invite_guests(people.arthur, self.room, "zqinvited@darnis.com")
        self._said(people.arthur, "Welcome")
        db.session.commit()

    @property
    def secrets(self) -> tuple[str, ...]:
        """Words that only what is outside bears."""
        return (
            *("zqformer", "zqperson", "zqgroup", "zqroom", "zqprivate", "zqwords", "zqtenant"),
            "zqinvited",
        )

    def may_know(self) -> dict[str, set[int]]:
        """Keys of what the guest may know of, by the parameters that take them."""
        first = self._member().joined_seq if not self.room.guests_see_history else 0
        behind = (Message.room_id == self.room.id, Message.seq > first)
        members = {self.people.arthur.id, self.people.jean.id} if self.room.guests_see_members else set()
        return {
            "room_id": {self.room.id},
            "message_id": set(db.session.scalars(select(Message.id).where(*behind))),
            "account_id": {self.guest.id, *members},
        }

    def hide_what_was(self) -> None:
        """The guest reads from when they joined, and does not see who else is in the room."""
        self.room.guests_see_history = self.room.guests_see_members = False
        self._member().joined_seq = self.former_seq
        db.session.commit()

    def _member(self) -> RoomMember:
        return db.session.query(RoomMember).filter_by(account_id=self.guest.id).one()

    def _somebody(self, name: str):
        person = factories.make_account(self.people.domain, name)
        if name == "zqformer":
            factories.add_member(self.people.group, person)
        return person

    def _said(self, author, text: str):
        return factories.make_message(self.room, author, text)

    def _leave(self, person) -> None:
        entry = {"group_id": self.people.group.id, "kind": EntryKind.ACCOUNT, "principal_id": person.id}
        db.session.query(MemberEntry).filter_by(**entry).delete()
        access.forget()

    def _elsewhere(self) -> None:
        group = factories.make_group(self.people.domain, "zqgroup")
        factories.add_member(group, self.outside[0])
        other = factories.make_room(group, "zqroom")
        factories.make_message(other, self.outside[0], "zqwords said elsewhere")
        private = factories.make_private_room(self.people.arthur, self.outside[1], name="zqprivate")
        factories.make_message(private, self.people.arthur, "zqwords in private")
        tenant = factories.make_domain("zqtenant.example")
        factories.make_account(tenant, "zqtenant", role=Role.DOMAIN)
        hidden = factories.make_account(
            self.people.domain, "zqperson guest", address="zqperson@out.example", is_guest=True
        )
        factories.join_room(private, hidden)


@pytest.fixture
def company(people) -> Company:
    return Company(people)


def walk_of(app, client_of, company, *secrets, is_eager: bool = False) -> Walk:
    insider = crawler.Insider(
        client_of(company.guest), frozenset({company.room.id}), company.may_know(), HINT
    )
    return Walk(app, insider, Crawl(secrets or company.secrets, is_eager))


@pytest.mark.timeout(400)
def test_nothing_tells_of_anything_outside_not_even_that_it_exists(app, client_of, company):
    walk = walk_of(app, client_of, company)
    walk.everywhere()
    assert walk.crawl.found == [] and walk.crawl.tried > 1000


def test_where_history_and_members_are_hidden_nothing_tells_of_them(app, client_of, company):
    company.hide_what_was()
    walk = walk_of(app, client_of, company, "zqearly", *company.secrets)
    walk.inside()
    assert walk.crawl.found == []
    page = client_of(company.guest).get(f"/webmail/rooms/{company.room.id}?at=1").text
    assert "Welcome" in page and "zqearly" not in page


def test_the_crawler_finds_what_a_missing_filter_lets_out(app, client_of, company, monkeypatch):
    monkeypatch.setattr(message_queries, "outsiders", lambda room, views: frozenset())
    with pytest.raises(FoundOut):
        walk_of(app, client_of, company, "zqformer", is_eager=True).everywhere()


def test_the_crawler_finds_what_an_open_gate_lets_out(app, client_of, company, monkeypatch):
    monkeypatch.setattr(decision, "is_member", lambda *_who: True)
    monkeypatch.setattr(candidates, "_candidate_ids", lambda is_one: select(Room.id))
    candidates._candidates.cache_clear()
    try:
        with pytest.raises(FoundOut):
            walk_of(app, client_of, company, is_eager=True).everywhere()
    finally:
        monkeypatch.undo()
        candidates._candidates.cache_clear()


def test_the_crawler_finds_early_words_without_the_floor(app, client_of, company, monkeypatch):
    company.hide_what_was()
    monkeypatch.setattr(rooms, "floors", lambda account, ids: {})
    with pytest.raises(FoundOut):
        walk_of(app, client_of, company, "zqearly", is_eager=True).inside()


def test_the_crawler_finds_one_early_message_without_the_floor(app, client_of, company, monkeypatch):
    """The piece of the conversation keeps its floor; only the view of one message has lost it."""
    company.hide_what_was()
    monkeypatch.setattr(
        views, "_message", lambda seen, message_id: conversation.message_view(seen.room.id, message_id)
    )
    walk = walk_of(app, client_of, company, "zqearly")
    walk.inside()
    early = f"/messages/{company.early.id}"
    assert any(early in find and "tells zqearly" in find for find in walk.crawl.found)
    assert any(early in find and "not answered like" in find for find in walk.crawl.found)


def test_the_crawler_finds_that_somebody_exists(app, client_of, company, monkeypatch):
    outsider = company.outside[0].id

    def telling(account_id):
        if account_id == outsider:
            raise NotFound()
        return Account(id=account_id)

    monkeypatch.setattr(people, "_somebody", telling)
    with pytest.raises(FoundOut, match="not answered like"):
        walk_of(app, client_of, company, is_eager=True).everywhere("chat.remove_person")
