"""Requests for a fragment that a page does not offer: the whole page is returned, never an error."""

import pytest

from app.models import Task
from app.operations import guests, mail
from app.transaction import operation
from tests.support import factories
from tests.support.routes import address_of, rules

FOREIGN = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#of-another-page"}


@operation(audited=False)
def queue_mail():
    return mail.queue_to("bt@darnis.com", "test", "fr")


@pytest.fixture
def keys(people) -> dict[str, int]:
    """One of everything that addresses name."""
    room = factories.make_private_room(people.arthur, people.jean, people.admin)
    factories.join_room(people.room, people.admin)
    guest = factories.make_account(
        people.domain, "Bruno", address="bt@darnis.com", is_guest=True, sponsor_id=people.arthur.id
    )
    factories.join_room(room, guest)
    guests.invite_guests(people.arthur, room, "invite@darnis.com")
    task = factories.keep(
        Task(
            kind="accounts.delete",
            owner_id=people.admin.id,
            owner_name="admin",
            arguments="{}",
            total_count=1,
        )
    )
    return {
        "domain_id": people.domain.id,
        "group_id": people.group.id,
        "account_id": people.jean.id,
        "guest_id": guest.id,
        "room_id": room.id,
        "place_id": room.id,
        "message_id": factories.make_message(room, people.arthur).id,
        "mail_id": queue_mail().id,
        "entry_id": factories.add_member(people.group, people.paul).id,
        "task_id": getattr(task, "id", 1),
    }


@pytest.mark.parametrize(("who", "kind"), [("admin", "accounts"), ("arthur", "room")])
def test_every_page_answers_a_target_that_it_does_not_offer(app, people, client_of, keys, who, kind):
    client = client_of(getattr(people, who))
    answers = {}
    for rule in rules(app):
        if "GET" in rule.methods:
            address = address_of(app, rule, **keys, kind=kind, name=kind, collection=kind)
            answers[rule.endpoint] = client.get(address, headers=FOREIGN).status_code
    assert not {endpoint: status for endpoint, status in answers.items() if status == 500}
    assert sum(status == 200 for status in answers.values()) > 20


CHAT = ("people", "rights", "leave", "invite", "settings", "delete", "guests", "people/add")


@pytest.mark.parametrize("part", CHAT)
@pytest.mark.parametrize("target", ["div#of-another-page", "div#people_list", "div#content", "#dialog"])
def test_parts_of_a_room_are_whole_pages_to_other_targets(people, client_of, keys, part, target):
    client = client_of(people.arthur)
    url = f"/webmail/rooms/{keys['room_id']}/{part}"
    answer = client.get(url, headers=FOREIGN | {"HX-Target": target})
    assert answer.status_code == 200
    plain = client.get(url)
    assert plain.status_code == 200 and "<html" in plain.text
    if target == "div#of-another-page":
        assert "<tc-room" in answer.text and "<html" in answer.text
        assert answer.text.count("hx-post") == plain.text.count("hx-post")
