"""The sections of an account's page: card, groups, rooms, devices, and its end."""

import pytest

from app.extensions import db
from app.models import AccountState, ContactCard, OutgoingMail, Role, RoomState, Session
from app.operations import sessions
from app.queries.accounts import belongings as questions
from tests.support import factories
from tests.support.forms import filled

SECTIONS = ("", "card", "groups", "rooms", "sessions", "history", "card.vcf")


def address(account, section: str = "") -> str:
    return f"/admin/accounts/{account.id}/{section}"


def stored(row):
    return db.session.get(type(row), row.id, populate_existing=True)


def card_form(client, account, **values) -> dict:
    return filled(client.get(address(account, "card")).text) | values


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_is_seen_within_scope_alone(people, client_of, section):
    assert client_of(people.domain_admin).get(address(people.arthur, section)).status_code == 200
    assert client_of(people.domain_admin).get(address(people.admin, section)).status_code == 200
    assert client_of(people.rivale).get(address(people.arthur, section)).status_code == 404
    assert client_of(people.arthur).get(address(people.arthur, section)).status_code == 403


def test_a_card_is_written_and_exported(people, client_of):
    client = client_of(people.domain_admin)
    form = card_form(client, people.arthur, first_name="Arthur", organisation="IW, Paris", notes="a\r\nb")
    assert client.post(address(people.arthur, "card"), data=form).status_code == 303
    assert 'value="IW, Paris"' in client.get(address(people.arthur, "card")).text
    answer = client.get(address(people.arthur, "card.vcf"))
    assert answer.content_type == "text/vcard; charset=utf-8"
    assert 'filename="arthur.vcf"' in answer.headers["Content-Disposition"]
    assert "ORG:IW\\, Paris\r\n" in answer.text
    assert "NOTE:a\\nb\r\n" in answer.text
    assert "Contact card changed" in client.get(address(people.arthur, "history")).text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("work_phone", "call me"),
        ("website", "javascript:alert(1)"),
        ("other_email", "nobody"),
        ("first_name", "x" * 201),
        ("notes", "x" * 5001),
    ],
)
def test_what_is_wrong_on_a_card_comes_back_at_its_field(people, client_of, field, value):
    client = client_of(people.domain_admin)
    answer = client.post(
        address(people.arthur, "card"), data=card_form(client, people.arthur, **{field: value})
    )
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert db.session.get(ContactCard, people.arthur.id) is None


def test_two_who_write_on_a_card_at_once_are_told(people, client_of):
    one, two = client_of(people.domain_admin), client_of(people.admin)
    forms = [card_form(client, people.arthur) for client in (one, two)]
    assert one.post(address(people.arthur, "card"), data=forms[0] | {"city": "Paris"}).status_code == 303
    answer = two.post(address(people.arthur, "card"), data=forms[1] | {"country": "France"})
    assert answer.status_code == 422
    assert "Paris" in answer.text
    again = filled(answer.text) | {"country": "France"}
    assert two.post(address(people.arthur, "card"), data=again).status_code == 303
    card = db.session.get(ContactCard, people.arthur.id, populate_existing=True)
    assert (card.city, card.country) == ("Paris", "France")


def test_a_card_above_ones_role_is_looked_at_and_not_written_on(people, client_of):
    client = client_of(people.domain_admin)
    assert client.post(address(people.admin, "card"), data={"version": "0"}).status_code == 403


def test_the_groups_say_every_way_an_account_is_in(people, client_of):
    outer = factories.make_group(people.domain, "outer")
    factories.add_member(outer, people.group)
    factories.add_member(outer, people.domain)
    factories.add_member(people.other_group, people.arthur)
    page = client_of(people.domain_admin).get(address(people.arthur, "groups")).text
    assert "is a member itself" in page
    assert "through groupetc@iwdemo.fr" in page
    assert "through the whole domain iwdemo.fr" in page
    assert f"/admin/groups/{outer.id}/members" in page
    assert "ailleurs" not in page
    assert "It is in 1 more group" in page


def test_ways_cost_the_same_for_many_groups(people, count_statements):
    with count_statements() as few:
        questions.groups_of(people.admin, people.arthur)
    for _ in range(12):
        group = factories.make_group(people.domain)
        factories.add_member(group, people.arthur)
        factories.add_member(factories.make_group(people.domain), group)
    with count_statements() as many:
        found = questions.groups_of(people.admin, people.arthur)
    assert found.total == 25
    assert len(many) == len(few)


def test_who_is_kept_out_of_a_group_is_not_listed_in_it(people, client_of):
    factories.exclude(people.group, people.arthur)
    page = client_of(people.domain_admin).get(address(people.arthur, "groups")).text
    assert "in no group that you manage" in page


def test_the_rooms_are_listed_without_what_is_said_in_them(people, client_of):
    factories.make_message(people.room, people.arthur, "secret words")
    factories.make_private_room(people.arthur, name="Projet X")
    page = client_of(people.domain_admin).get(address(people.arthur, "rooms")).text
    assert "TeamChat" in page
    assert "Projet X" in page
    assert "Owner" in page
    assert "secret words" not in page


def test_a_device_is_signed_out_by_an_administrator(people, client_of):
    theirs = client_of(people.arthur)
    device = db.session.query(Session).filter_by(account_id=people.arthur.id).one()
    client = client_of(people.domain_admin)
    assert client.post(address(people.arthur, f"sessions/{device.id}/revoke")).status_code == 303
    assert theirs.get("/sessions").status_code == 303
    assert "not signed in anywhere" in client.get(address(people.arthur, "sessions")).text


def test_every_device_is_signed_out_but_the_one_that_asks(people, client_of):
    client = client_of(people.domain_admin)
    sessions.open_session(people.domain_admin)
    db.session.commit()
    assert client.post(address(people.domain_admin, "sessions/revoke")).status_code == 303
    page = client.get(address(people.domain_admin, "sessions"))
    assert page.status_code == 200
    assert "1 device<" in page.text


def test_a_device_is_only_found_at_its_own_account(people, client_of):
    client_of(people.jean)
    device = db.session.query(Session).filter_by(account_id=people.jean.id).one()
    client = client_of(people.domain_admin)
    assert client.post(address(people.arthur, f"sessions/{device.id}/revoke")).status_code == 404
    assert stored(device).revoked_at is None


def test_devices_above_ones_role_stay_signed_in(people, client_of):
    client_of(people.admin)
    device = db.session.query(Session).filter_by(account_id=people.admin.id).one()
    client = client_of(people.domain_admin)
    assert client.post(address(people.admin, f"sessions/{device.id}/revoke")).status_code == 403
    assert client.post(address(people.admin, "sessions/revoke")).status_code == 403
    assert "Sign out" not in client.fragment(address(people.admin, "sessions"), "list").text


def test_a_link_to_choose_a_password_is_sent(people, client_of, app):
    app.config["MAIL_SERVER"] = "mail.iwdemo.fr"
    client = client_of(people.domain_admin)
    assert client.post(address(people.arthur, "password-link")).status_code == 303
    assert db.session.query(OutgoingMail).one().recipient == "arthur@iwdemo.fr"
    assert client.post(address(people.admin, "password-link")).status_code == 403
    assert client.post(address(people.autrui, "password-link")).status_code == 404


def test_without_outgoing_mail_it_is_said_at_the_password(people, client_of):
    answer = client_of(people.domain_admin).post(address(people.arthur, "password-link"))
    assert answer.status_code == 422
    assert "This server sends no mails" in answer.text


def test_deleting_says_what_goes_in_numbers_and_asks_about_rooms(people, client_of):
    room = factories.make_private_room(people.arthur, people.paul, people.jean, name="Projet X")
    factories.make_message(people.room, people.arthur)
    page = client_of(people.domain_admin).get(address(people.arthur, "delete")).text
    assert "It leaves 1 group." in page
    assert "1 message stays" in page
    assert f'name="room-{room.id}"' in page
    assert "Hand over to paul (longest-standing member)" in page
    assert f'value="{people.jean.id}"' in page


def test_rooms_of_groups_that_others_look_after_are_not_named(people, client_of):
    room = factories.make_private_room(people.arthur, people.autrui, name="Secret ailleurs")
    room.group_id, room.folder_id = people.other_group.id, factories.make_folders(people.other_group).id
    db.session.commit()
    page = client_of(people.domain_admin).get(address(people.arthur, "delete")).text
    assert "Secret ailleurs" not in page
    assert "1 private room in a group that others manage" in page


def test_deleting_hands_rooms_over_as_was_said(people, client_of):
    given = factories.make_private_room(people.arthur, people.paul, people.jean, name="a")
    gone = factories.make_private_room(people.arthur, people.paul, name="b")
    factories.make_message(people.room, people.arthur)
    client = client_of(people.domain_admin)
    data = {f"room-{given.id}": str(people.jean.id), f"room-{gone.id}": "delete"}
    assert client.post(address(people.arthur, "delete"), data=data).status_code == 422
    assert stored(people.arthur).state is AccountState.ENABLED
    answer = client.post(address(people.arthur, "delete"), data=data | {"address": "arthur@iwdemo.fr"})
    assert (answer.status_code, answer.location) == (303, f"/admin/domains/{people.domain.id}/accounts")
    assert stored(people.arthur).state is AccountState.DELETED
    assert stored(gone).state is RoomState.DELETED
    assert stored(given).state is RoomState.ACTIVE
    assert client.get(address(people.arthur)).status_code == 404


def test_what_stops_a_deletion_stands_in_the_dialog(people, client_of):
    room = factories.make_private_room(people.arthur, people.paul)
    client = client_of(people.domain_admin)
    url = address(people.arthur, "delete")
    answer = client.fragment(url, "dialog", method="POST", data={f"room-{room.id}": people.jean.id})
    assert answer.status_code == 422
    assert "Choose a member of the room" in answer.text
    answer = client.post(address(people.domain_admin, "delete"))
    assert answer.status_code == 422
    assert "your own account" in answer.text


def test_nobody_deletes_above_their_role_or_elsewhere(people, client_of):
    assert client_of(people.domain_admin).post(address(people.admin, "delete")).status_code == 403
    assert client_of(people.rivale).post(address(people.arthur, "delete")).status_code == 404
    assert stored(people.admin).role is Role.SERVER


def test_who_may_not_delete_is_not_offered_it(people, client_of):
    client = client_of(people.domain_admin)
    for account, is_offered in ((people.arthur, True), (people.admin, False), (people.domain_admin, False)):
        assert (address(account, "delete") in client.get(address(account)).text) is is_offered
