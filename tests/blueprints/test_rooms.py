"""Rooms and members in WebAdmin: run from outside, without reading."""

import pytest

from app.extensions import db
from app.models import AuditEntry, Exclusion, MemberEntry, Room, RoomMember, RoomState
from tests.support import factories


@pytest.fixture
def admin(people, client_of):
    return client_of(people.domain_admin)


def fresh(room) -> Room:
    return db.session.get(Room, room.id)


def test_rooms_are_listed_with_what_they_are(people, admin):
    factories.make_room(people.group, "Archives", state=RoomState.ARCHIVED)
    factories.make_room(people.group, "Gone", state=RoomState.DELETED)
    url = f"/admin/groups/{people.group.id}/rooms"
    shown = admin.get(url).text
    assert "TeamChat" in shown and "Archives" in shown and "Gone" not in shown
    assert "Gone" in admin.get(f"{url}?state=deleted").text
    assert "No room matches" in admin.get(f"{url}?q=nothing").text


def test_private_rooms_stand_under_their_owners_domain(people, admin, client_of):
    factories.make_private_room(people.jean, name="Secret plans")
    factories.make_private_room(people.autrui, people.jean, name="Foreign plans")
    shown = admin.get(f"/admin/domains/{people.domain.id}/rooms").text
    assert "Secret plans" in shown and "jean" in shown and "Foreign plans" not in shown
    assert client_of(people.rivale).get(f"/admin/domains/{people.domain.id}/rooms").status_code == 404


def test_a_room_is_made_named_archived_cloned_deleted_and_restored(people, admin):
    answer = admin.post(f"/admin/groups/{people.group.id}/rooms/new", data={"name": "Projet", "topic": "T"})
    assert answer.status_code == 303
    room = db.session.query(Room).filter_by(name="Projet").one()
    url = f"/admin/rooms/{room.id}"
    version = room.row_version
    form = {"name": "Projet X", "topic": "U", "version": version}
    assert admin.post(f"{url}/", data=form).status_code == 303
    assert (fresh(room).name, fresh(room).topic) == ("Projet X", "U")
    assert admin.post(f"{url}/", data=form | {"name": "Late"}).status_code == 422
    for act, state in (
        ("archive", "archived"),
        ("reopen", "active"),
        ("delete", "deleted"),
        ("restore", "active"),
    ):
        assert admin.post(f"{url}/{act}").status_code == 303 and fresh(room).state == state
    assert admin.post(f"{url}/clone").status_code == 303
    assert db.session.query(Room).filter(Room.name.like("Projet X%")).count() == 2
    acts = {entry.act for entry in db.session.query(AuditEntry)}
    assert {"room.create", "room.rename", "room.archive", "room.delete", "room.restore"} <= acts


def test_a_taken_name_is_refused_at_its_field(people, admin):
    answer = admin.post(f"/admin/groups/{people.group.id}/rooms/new", data={"name": "teamchat"})
    assert answer.status_code == 422 and "already" in answer.text
    assert db.session.query(Room).count() == 1


def test_a_room_with_many_messages_is_deleted_by_its_name(people, admin):
    people.room.last_seq = 500
    db.session.commit()
    url = f"/admin/rooms/{people.room.id}/delete"
    asked = admin.get(url).text
    assert "500 messages" in asked and "2 people" in asked
    assert admin.post(url, data={"name": "teamchat"}).status_code == 422
    assert fresh(people.room).state is RoomState.ACTIVE
    admin.post(url, data={"name": "TeamChat"})
    assert fresh(people.room).state is RoomState.DELETED


def test_private_rooms_are_run_without_joining_and_without_reading(people, admin):
    room = factories.make_private_room(people.jean, name="Secret plans")
    factories.make_message(room, people.jean, "the treasure is under the oak")
    url = f"/admin/rooms/{room.id}"
    assert admin.post(f"{url}/people/add", data={"person": [people.paul.id]}).status_code == 303
    assert admin.post(f"{url}/people/{people.jean.id}/remove").status_code == 422, "the last owner stays"
    assert admin.post(f"{url}/people/{people.paul.id}/own").status_code == 303
    assert admin.post(f"{url}/people/{people.jean.id}/remove").status_code == 303
    inside = db.session.query(RoomMember).filter_by(room_id=room.id, is_member=True).all()
    assert [(one.account_id, one.is_owner) for one in inside] == [(people.paul.id, True)]
    for page in ("/", "/people", "/matrix", "/why", f"/why/{people.paul.id}", "/delete", "/people/add"):
        answer = admin.get(url + page)
        assert answer.status_code == 200 and "treasure" not in answer.text


def test_other_tenants_and_direct_rooms_do_not_exist(people, client_of):
    from app.operations import rooms

    direct = rooms.open_direct(people.arthur, [people.jean.id])
    client = client_of(people.rivale)
    for page in ("/", "/people", "/people/add", "/delete"):
        assert client.get(f"/admin/rooms/{people.room.id}{page}").status_code == 404
        assert client_of(people.admin).get(f"/admin/rooms/{direct.id}{page}").status_code == 404
    acts = ("/", "/archive", "/reopen", "/restore", "/clone", "/delete", "/people/add")
    for act in (*acts, f"/people/{people.jean.id}/remove", f"/people/{people.jean.id}/own"):
        answer = client.post(f"/admin/rooms/{people.room.id}{act}", data={"name": "x", "version": "1"})
        assert answer.status_code == 404, act
    assert client.get(f"/admin/groups/{people.group.id}/rooms").status_code == 404
    assert client.post(f"/admin/groups/{people.group.id}/rooms/new", data={"name": "x"}).status_code == 404


def test_people_stand_once_with_their_ways(people, admin):
    inner = factories.make_group(people.domain, "dedans")
    factories.add_member(inner, people.jean)
    factories.add_member(people.group, inner)
    factories.add_member(people.group, people.domain)
    shown = admin.get(f"/admin/groups/{people.group.id}/members/people?q=jean").text
    assert shown.count("jean@iwdemo.fr") == 1 and shown.count("<li>By") == 3
    assert "[groupetc@iwdemo.fr] → [dedans@iwdemo.fr]" in shown


def test_people_cost_the_same_for_many(people, admin, count_statements):
    url = f"/admin/groups/{people.group.id}/members/people"
    admin.get(url)
    with count_statements() as few:
        admin.get(url)
    for number in range(55):
        factories.add_member(people.group, factories.make_account(people.domain, f"member {number:02}"))
    with count_statements() as many:
        shown = admin.get(url).text
    assert len(many) <= len(few) and "cursor=" in shown


def test_a_person_is_kept_out_and_let_in_again(people, admin):
    url = f"/admin/groups/{people.group.id}/members"
    asked = admin.get(f"{url}/people/{people.jean.id}/exclude").text
    assert "jean loses 1 room of this group at once" in asked and "Kept out" in asked
    assert not db.session.query(Exclusion).count(), "asking does nothing"
    assert admin.post(f"{url}/people/{people.jean.id}/exclude").status_code == 303
    assert "jean@iwdemo.fr" in admin.get(f"{url}/excluded").text
    assert "jean@iwdemo.fr" not in admin.get(f"{url}/people").text
    assert admin.post(f"{url}/people/{people.jean.id}/include").status_code == 303
    assert not db.session.query(Exclusion).count()
    for ask in (admin.get, admin.post):
        assert ask(f"{url}/people/{people.autrui.id}/exclude").status_code == 404


def test_an_entry_is_detached_after_a_question(people, admin):
    entry = factories.add_member(people.group, people.domain)
    url = f"/admin/groups/{people.group.id}/members/{entry.id}/detach"
    assert "6 people" in admin.get(url).text
    assert admin.post(url).status_code == 303
    assert not db.session.query(MemberEntry).filter_by(group_id=people.group.id, kind="domain").count()
    assert admin.post(url).status_code == 404


def test_pasted_addresses_are_added_or_named_by_line(people, admin):
    url = f"/admin/groups/{people.group.id}/members/paste"
    answer = admin.post(url, data={"addresses": "paul@iwdemo.fr\nnobody@iwdemo.fr"})
    assert answer.status_code == 422 and "Line 2:" in answer.text and "paul@iwdemo.fr" in answer.text
    assert db.session.query(MemberEntry).filter_by(group_id=people.group.id).count() == 2
    assert admin.post(url, data={"addresses": "paul@iwdemo.fr"}).status_code == 303
    assert db.session.query(MemberEntry).filter_by(group_id=people.group.id).count() == 3
