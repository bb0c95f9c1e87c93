"""Isolation of a guest's socket: no event reveals anything outside of the guest's rooms."""

import gevent
import pytest

from app.extensions import db
from app.models import RoomMember
from app.operations import guests, messages
from tests.support import crawler
from tests.support.crawler import Crawl
from tests.support.isolation import HINT, Company


@pytest.fixture
def company(people) -> Company:
    return Company(people)


@pytest.fixture
def window(window_of, company):
    return window_of(company.guest)


def received_text(window) -> str:
    gevent.sleep(0.6)
    return str(window.wire.get_received())


def test_events_reveal_nothing_outside_the_rooms(company, window):
    crawl = Crawl(company.secrets)
    crawler.say(window, crawl, HINT, crawler.every_id())
    assert crawl.found == [] and crawl.tried > 100


def test_room_activity_names_no_former_member(company, window, people):
    crawl = Crawl(company.secrets)
    assert window.call("room:open", {"room_id": company.room.id})["ok"]
    messages.edit_message(people.arthur, company.mentioning.id, "Ask @zqformer@iwdemo.fr, edited")
    messages.post_message(people.arthur, company.room.id, "Hello @jean")
    guests.invite_guests(people.arthur, company.room, "zqinvited2@darnis.com")
    received = received_text(window)
    assert "message:posted" in received and "message:changed" in received
    crawl.look("socket", received.replace("Ask @zqformer@iwdemo.fr", ""))
    assert crawl.found == []


def test_guest_without_history_receives_nothing_from_before(company, window, people):
    company.room.guests_see_history = company.room.guests_see_members = False
    member = db.session.query(RoomMember).filter_by(account_id=company.guest.id).one()
    member.joined_seq = company.former_seq
    db.session.commit()
    answer = window.call("room:open", {"room_id": company.room.id})
    assert answer["ok"] and answer["people"] == []
    messages.edit_message(people.arthur, company.early.id, "zqearly words, edited")
    received = received_text(window)
    assert "zqearly" not in received and "presence" not in received and "room:behind" in received


@pytest.mark.parametrize("end", ["suspended", "removed", "expired", "deleted"])
def test_open_socket_of_ended_guest_receives_nothing(company, window, people, watcher, end):
    window.call("room:open", {"room_id": company.room.id})
    window.wire.get_received()
    if end == "suspended":
        guests.suspend_guest(people.admin, company.guest)
    elif end == "deleted":
        guests.delete_guest(people.admin, company.guest)
    elif end == "removed":
        from app.operations import rooms

        rooms.remove_person(people.domain_admin, company.room, company.guest)
    else:
        from datetime import timedelta

        from app.models import now

        company.guest.expires_at = now() - timedelta(seconds=1)
        db.session.commit()
        guests.end_accounts()
    watcher.catch_up()
    messages.post_message(people.arthur, company.room.id, "After the end")
    gevent.sleep(0.2)
    if window.is_connected:
        assert "After the end" not in received_text(window)
        assert not window.call("room:open", {"room_id": company.room.id})["ok"]
