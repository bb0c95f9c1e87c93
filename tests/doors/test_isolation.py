"""A guest finds nothing of the company outside of their rooms: not by any page, parameter, form or socket event.

Everything outside is called zq…; the crawler reads from the code what it can try, so that what is new is tried too.
"""

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import EntryKind, MemberEntry, Role, Room, RoomMember
from app.operations import guests
from app.queries import guest_view
from app.rules import access, history, standing
from tests import crawler, factories
from tests.crawler import Crawl, FoundOut

HINT = "zq"


class Company:
    """A guest in one room, and all that they must not know of."""

    def __init__(self, cast):
        self.cast, self.room = cast, cast.room
        self.guest = factories.make_account(
            cast.domain, "Bruno", address="bt@darnis.com", is_guest=True, sponsor_id=cast.arthur.id
        )
        self.former = self._somebody("zqformer")
        self.outside = [self._somebody(f"zqperson{number}") for number in range(2)]
        self.early = self._said(cast.arthur, "zqearly words of before")
        self._said(self.former, "said by somebody who has left")
        mention = f'<p>Ask <span class="mention" data-account="{self.former.id}">@zqformer</span></p>'
        self.mentioning = factories.make_message(self.room, cast.arthur, "Ask @zqformer")
        self.mentioning.html = mention
        self.former_seq = self.room.last_seq
        self._leave(self.former)
        self._elsewhere()
        factories.join_room(self.room, self.guest)
        guests.invite_guests(cast.arthur, self.room, "zqinvited@darnis.com")
        self._said(cast.arthur, "Welcome")
        db.session.commit()

    @property
    def secrets(self) -> tuple[str, ...]:
        """Words that only what is outside bears."""
        return (
            *("zqformer", "zqperson", "zqgroup", "zqroom", "zqprivate", "zqwords", "zqtenant"),
            "zqinvited",
        )

    def _somebody(self, name: str):
        person = factories.make_account(self.cast.domain, name)
        if name == "zqformer":
            factories.add_member(self.cast.group, person)
        return person

    def _said(self, author, text: str):
        return factories.make_message(self.room, author, text)

    def _leave(self, person) -> None:
        entry = {"group_id": self.cast.group.id, "kind": EntryKind.ACCOUNT, "principal_id": person.id}
        db.session.query(MemberEntry).filter_by(**entry).delete()
        access.forget()

    def _elsewhere(self) -> None:
        group = factories.make_group(self.cast.domain, "zqgroup")
        factories.add_member(group, self.outside[0])
        other = factories.make_room(group, "zqroom")
        factories.make_message(other, self.outside[0], "zqwords said elsewhere")
        private = factories.make_private_room(self.cast.arthur, self.outside[1], name="zqprivate")
        factories.make_message(private, self.cast.arthur, "zqwords in private")
        tenant = factories.make_domain("zqtenant.example")
        factories.make_account(tenant, "zqtenant", role=Role.DOMAIN)
        hidden = factories.make_account(
            self.cast.domain, "zqperson guest", address="zqperson@out.example", is_guest=True
        )
        factories.join_room(private, hidden)


@pytest.fixture
def company(cast) -> Company:
    return Company(cast)


def crawl_pages(app, client_of, company, *secrets, is_eager: bool = False) -> Crawl:
    found = Crawl(secrets or company.secrets, is_eager)
    crawler.walk(app, lambda: client_of(company.guest), found, {company.room.id}, HINT)
    return found


def test_no_page_form_or_parameter_tells_of_anything_outside(app, client_of, company):
    found = crawl_pages(app, client_of, company)
    assert found.found == [] and found.tried > 1000


def test_what_exists_outside_is_answered_like_what_does_not(app, client_of, company):
    assert crawler.existence(app, client_of(company.guest), {company.room.id}) == []


def test_where_history_and_members_are_hidden_nothing_tells_of_them(app, client_of, company):
    company.room.guests_see_history = company.room.guests_see_members = False
    member = db.session.query(RoomMember).filter_by(account_id=company.guest.id).one()
    member.joined_seq = company.former_seq
    found = crawl_pages(app, client_of, company, "zqearly", *company.secrets)
    assert found.found == []
    page = client_of(company.guest).get(f"/webmail/rooms/{company.room.id}?at=1").text
    assert "Welcome" in page and "zqearly" not in page


def test_the_crawler_finds_what_a_missing_filter_lets_out(app, client_of, company, monkeypatch):
    monkeypatch.setattr(guest_view, "outsiders", lambda room, views: frozenset())
    with pytest.raises(FoundOut):
        crawl_pages(app, client_of, company, "zqformer", is_eager=True)


def test_the_crawler_finds_what_an_open_gate_lets_out(app, client_of, company, monkeypatch):
    monkeypatch.setattr(standing, "is_inside", lambda *_who: True)
    monkeypatch.setattr(access, "_candidate_ids", lambda is_one: select(Room.id))
    access._candidates.cache_clear()
    try:
        with pytest.raises(FoundOut):
            crawl_pages(app, client_of, company, is_eager=True)
    finally:
        monkeypatch.undo()
        access._candidates.cache_clear()


def test_the_crawler_finds_early_words_without_the_floor(app, client_of, company, monkeypatch):
    company.room.guests_see_history = False
    member = db.session.query(RoomMember).filter_by(account_id=company.guest.id).one()
    member.joined_seq = company.former_seq
    monkeypatch.setattr(history, "floors", lambda account, ids: {})
    with pytest.raises(FoundOut):
        crawl_pages(app, client_of, company, "zqearly", is_eager=True)
