"""A guest's socket tells nothing of what is outside of their rooms, whatever is asked or goes on."""

import gevent
import pytest

from app.extensions import db
from app.models import RoomMember
from app.operations import guests, messages
from tests.blueprints.test_isolation import HINT, Company
from tests.support import crawler
from tests.support.crawler import Crawl


@pytest.fixture
def company(people) -> Company:
    return Company(people)


@pytest.fixture
def window(window_of, company):
    return window_of(company.guest)


def heard(window) -> str:
    gevent.sleep(0.6)
    return str(window.wire.get_received())


def test_no_event_tells_of_anything_outside(company, window):
    found = Crawl(company.secrets)
    crawler.say(window, found, HINT, crawler.every_id())
    assert found.found == [] and found.tried > 100


def test_what_goes_on_in_the_room_names_nobody_who_has_left(company, window, people):
    found = Crawl(company.secrets)
    assert window.call("room:open", {"room_id": company.room.id})["ok"]
    messages.edit_message(people.arthur, company.mentioning.id, "Ask @zqformer@iwdemo.fr, edited")
    messages.post_message(people.arthur, company.room.id, "Hello @jean")
    guests.invite_guests(people.arthur, company.room, "zqinvited2@darnis.com")
    told = heard(window)
    assert "message:posted" in told and "message:changed" in told
    found.look("socket", told.replace("Ask @zqformer@iwdemo.fr", ""))
    assert found.found == []


def test_who_reads_from_joining_on_hears_nothing_of_before(company, window, people):
    company.room.guests_see_history = company.room.guests_see_members = False
    member = db.session.query(RoomMember).filter_by(account_id=company.guest.id).one()
    member.joined_seq = company.former_seq
    db.session.commit()
    answer = window.call("room:open", {"room_id": company.room.id})
    assert answer["ok"] and answer["people"] == []
    messages.edit_message(people.arthur, company.early.id, "zqearly words, edited")
    told = heard(window)
    assert "zqearly" not in told and "presence" not in told and "room:behind" in told


@pytest.mark.parametrize("end", ["suspended", "removed", "expired", "deleted"])
def test_a_socket_that_is_kept_open_falls_silent(company, window, people, watcher, end):
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
        assert "After the end" not in heard(window)
        assert not window.call("room:open", {"room_id": company.room.id})["ok"]
