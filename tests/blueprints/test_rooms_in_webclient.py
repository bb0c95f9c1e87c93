"""Créer salle, Membres, name and topic, archive, favourites, conversations: through the pages, from both sides."""

import pytest

from app.extensions import db
from app.models import Grant, Principal, Room, RoomKind, RoomMember, RoomState
from app.operations import rooms
from app.rules.rights import FULL, access
from tests.support import factories


@pytest.fixture
def arthur(people, client_of):
    return client_of(people.arthur)


@pytest.fixture
def private(people) -> Room:
    return factories.make_private_room(people.arthur, people.jean, name="Appel d’offres")


def full(people, who):
    folder = people.room.folder
    db.session.query(Grant).filter_by(folder_id=folder.id, principal_id=who.id, principal="account").delete()
    factories.make_grant(folder, Principal.ACCOUNT, who.id, FULL)
    access.forget()


def test_the_dialog_offers_what_one_may_make(people, arthur):
    page = arthur.get("/webmail/rooms/new").text
    assert f'value="private:{people.group.id}"' in page and f'value="public:{people.group.id}"' not in page
    full(people, people.arthur)
    assert f'value="public:{people.group.id}"' in arthur.get("/webmail/rooms/new").text


def test_a_room_is_made_and_opened(people, arthur):
    answer = arthur.post("/webmail/rooms/new", data={"name": "Projet", "place": "private"})
    room = db.session.query(Room).filter_by(name="Projet").one()
    assert answer.location.endswith(f"/webmail/rooms/{room.id}")
    assert arthur.get(f"/webmail/rooms/{room.id}").status_code == 200


@pytest.mark.parametrize(
    "data, status",
    [({"name": "", "place": "private"}, 422), ({"name": "x", "place": "public:1000000"}, 422), ({}, 422)],
)
def test_what_was_typed_is_kept_beside_the_error(arthur, data, status):
    answer = arthur.post("/webmail/rooms/new", data={**data, "topic": "gardez-moi"})
    assert answer.status_code == status and "gardez-moi" in answer.text


def test_another_groups_room_cannot_be_made_by_its_id(people, client_of):
    answer = client_of(people.paul).post(
        "/webmail/rooms/new", data={"name": "x", "place": f"private:{people.group.id}"}
    )
    assert answer.status_code == 422 and not db.session.query(Room).filter_by(name="x").count()


def test_members_show_who_is_in_and_how(people, arthur, private):
    assert "groupetc" in arthur.get(f"/webmail/rooms/{people.room.id}/people").text
    page = arthur.fragment(f"/webmail/rooms/{private.id}/people", "panel").text
    assert "jean" in page and "<html" not in page


def test_members_see_by_which_entry_of_the_group_everybody_is_in(people, arthur, client_of):
    inner, deep = factories.make_group(people.domain, "atlas"), factories.make_group(people.domain, "deep")
    for group, who in (
        (people.group, inner),
        (inner, deep),
        (deep, people.paul),
        (people.group, people.other_domain),
    ):
        factories.add_member(group, who)
    factories.add_member(inner, people.jean)
    url = f"/webmail/rooms/{people.room.id}/people"
    shown = arthur.get(url).text
    assert "Member of groupetc · Through the group atlas" in shown, "jean is in twice"
    assert shown.count("Through the group atlas") == 2 and "deep" not in shown
    assert "Through the whole domain autre.example" in shown
    guest = factories.make_account(people.domain, "bt", address="bt@darnis.com", is_guest=True)
    factories.join_room(people.room, guest)
    told = client_of(guest).get(url).text
    assert "Member" in told and not any(word in told for word in ("atlas", "autre.example", "Member of"))


def test_strangers_see_neither_members_nor_rights_nor_settings(people, client_of, private):
    paul = client_of(people.paul)
    for room in (people.room, private):
        for what in ("people", "rights", "settings", "people/add"):
            assert paul.get(f"/webmail/rooms/{room.id}/{what}").status_code == 404
        for what in ("leave", "favourite", "archive", "reopen", "delete", "copy", "people", "settings"):
            assert paul.post(f"/webmail/rooms/{room.id}/{what}", data={}).status_code == 404


def test_people_are_added_and_removed(people, arthur, private):
    arthur.post(f"/webmail/rooms/{private.id}/people", data={"people": [people.paul.id]})
    assert access.find_room(people.paul, private.id)
    answer = arthur.post(f"/webmail/rooms/{private.id}/people/{people.paul.id}/remove")
    assert answer.status_code == 303
    row = db.session.query(RoomMember).filter_by(room_id=private.id, account_id=people.paul.id).one()
    assert not row.is_member


def test_who_may_not_add_is_refused(people, client_of, private):
    jean = client_of(people.jean)
    assert (
        jean.post(f"/webmail/rooms/{private.id}/people", data={"people": [people.paul.id]}).status_code == 403
    )
    assert jean.post(f"/webmail/rooms/{private.id}/people/{people.arthur.id}/remove").status_code == 403


def test_another_companys_people_are_neither_offered_nor_added(people, arthur, private):
    assert people.autrui.address not in arthur.get(f"/webmail/rooms/{private.id}/people/add?q=autrui").text
    answer = arthur.post(f"/webmail/rooms/{private.id}/people", data={"people": [people.autrui.id]})
    assert answer.status_code == 422 and not access.rights_in(people.autrui, private.id)


def test_the_last_owner_cannot_leave_before_handing_over(people, arthur, private):
    refused = arthur.post(f"/webmail/rooms/{private.id}/leave")
    assert refused.status_code == 422 and "hand it over first" in refused.text
    assert arthur.post(f"/webmail/rooms/{private.id}/people/{people.jean.id}/own").status_code == 303
    assert arthur.post(f"/webmail/rooms/{private.id}/leave").status_code == 303
    assert arthur.get(f"/webmail/rooms/{private.id}").status_code == 404


def test_leaving_for_good_is_asked_about_and_hiding_is_not(people, client_of, private):
    jean = client_of(people.jean)
    asked = f'href="/webmail/rooms/{private.id}/leave"'
    assert asked in jean.get(f"/webmail/rooms/{private.id}").text
    assert "somebody in the room must add you again" in jean.get(f"/webmail/rooms/{private.id}/leave").text
    assert access.rights_in(people.jean, private.id)
    public = jean.get(f"/webmail/rooms/{people.room.id}").text
    assert "Hide this room" in public and f'href="/webmail/rooms/{people.room.id}/leave"' not in public


def test_ones_own_rights_and_who_can_change_them(people, arthur, private):
    assert "groupetc" in arthur.get(f"/webmail/rooms/{people.room.id}/rights").text
    assert "You own this room" in arthur.get(f"/webmail/rooms/{private.id}/rights").text


def test_name_and_topic_need_the_right(people, arthur, client_of):
    url = f"/webmail/rooms/{people.room.id}/settings"
    assert arthur.get(url).status_code == 403
    assert arthur.post(url, data={"name": "x", "topic": ""}).status_code == 403
    full(people, people.arthur)
    assert arthur.post(url, data={"name": "Salle bleue", "topic": "Le lancement"}).status_code == 303
    page = client_of(people.jean).get(f"/webmail/rooms/{people.room.id}").text
    assert "Salle bleue" in page and "Le lancement" in page and "has renamed the room" in page


def test_the_slower_of_two_who_rename_is_told(people, arthur):
    full(people, people.arthur)
    version = people.room.row_version
    rooms.rename_room(people.arthur, people.room, "Premier")
    answer = arthur.post(
        f"/webmail/rooms/{people.room.id}/settings",
        data={"name": "Second", "topic": "", "row_version": version},
    )
    assert answer.status_code == 422 and "Second" in answer.text


def test_archive_and_back_delete_and_copy(people, arthur, client_of):
    url = f"/webmail/rooms/{people.room.id}"
    for what in ("archive", "delete", "copy"):
        assert arthur.post(f"{url}/{what}").status_code == 403
    full(people, people.arthur)
    assert arthur.post(f"{url}/copy").status_code == 303
    assert arthur.post(f"{url}/archive").status_code == 303
    assert "TeamChat" in client_of(people.jean).get("/webmail/rooms?tab=archive").text
    assert arthur.post(f"{url}/reopen").status_code == 303
    assert arthur.post(f"{url}/delete").status_code == 303
    assert db.session.get(Room, people.room.id, populate_existing=True).state is RoomState.DELETED


def test_favourites_stand_first(people, arthur):
    arthur.post(f"/webmail/rooms/{people.room.id}/favourite", data={"is_favourite": "1"})
    assert 'id="section-favourites-0"' in arthur.get("/webmail/rooms").text
    arthur.post(f"/webmail/rooms/{people.room.id}/favourite", data={"is_favourite": "0"})
    assert 'id="section-favourites-0"' not in arthur.get("/webmail/rooms").text


def test_a_direct_conversation_bears_the_other_ones_name(people, arthur, client_of):
    answer = arthur.post("/webmail/direct", data={"people": [people.paul.id]})
    room = db.session.query(Room).filter_by(kind=RoomKind.DIRECT).one()
    assert answer.location.endswith(f"/webmail/rooms/{room.id}")
    assert ">paul<" in arthur.get(f"/webmail/rooms/{room.id}").text
    assert ">arthur<" in client_of(people.paul).get(f"/webmail/rooms/{room.id}").text


def test_a_hidden_room_comes_back_when_one_is_named(people, arthur):
    arthur.post(f"/webmail/rooms/{people.room.id}/leave")
    link = f'href="/webmail/rooms/{people.room.id}"'
    assert link not in arthur.get("/webmail/rooms").text
    from app.operations import messages

    messages.post_message(people.jean, people.room.id, "@arthur reviens")
    assert link in arthur.get("/webmail/rooms").text


def test_hidden_rooms_are_counted_under_the_list_and_listed_apart(people, arthur):
    assert "Hidden (" not in arthur.get("/webmail/rooms").text
    assert "No hidden rooms" in arthur.get("/webmail/rooms?tab=hidden").text
    arthur.post(f"/webmail/rooms/{people.room.id}/leave")
    assert "Hidden (1)" in arthur.get("/webmail/rooms").text
    assert "You are not in any room yet" not in arthur.get("/webmail/").text
    apart = arthur.get("/webmail/rooms?tab=hidden").text
    assert f'href="/webmail/rooms/{people.room.id}"' in apart and "No hidden rooms" not in apart


def test_deleting_is_asked_about_in_numbers(people, arthur, client_of):
    full(people, people.arthur)
    assert "0 messages disappear" in arthur.get(f"/webmail/rooms/{people.room.id}/delete").text
    assert client_of(people.paul).get(f"/webmail/rooms/{people.room.id}/delete").status_code == 404


def test_an_at_offers_the_people_of_the_room(people, arthur):
    url = f"/webmail/rooms/{people.room.id}/people/named"
    jean = {"name": "jean", "mention": "jean", "is_guest": False}
    assert arthur.get(url).json == [jean], "everybody but oneself"
    assert arthur.get(f"{url}?q=je").json == [jean] and arthur.get(f"{url}?q=ea").json == []
    assert arthur.get(f"{url}?q=%25").json == []
    factories.add_member(people.group, people.autrui)
    assert arthur.get(f"{url}?q=aut").json == [
        {"name": "autrui", "mention": people.autrui.address, "is_guest": False}
    ]
    assert arthur.get("/webmail/rooms/999999/people/named").status_code == 404


def test_an_at_says_who_is_a_guest(people, arthur):
    guest = factories.make_account(people.domain, "bt", address="bt@darnis.com", is_guest=True)
    factories.join_room(people.room, guest)
    offered = arthur.get(f"/webmail/rooms/{people.room.id}/people/named?q=bt").json
    assert offered == [{"name": "bt", "mention": "bt@darnis.com", "is_guest": True}]


def test_a_note_says_that_its_author_is_a_guest(people, arthur, client_of):
    guest = factories.make_account(people.domain, "Bruno", address="bt@darnis.com", is_guest=True)
    factories.join_room(people.room, guest)
    client_of(guest).post(f"/webmail/rooms/{people.room.id}/leave")
    assert "Bruno (guest) has left the room" in arthur.get(f"/webmail/rooms/{people.room.id}").text


def test_a_guest_is_offered_whom_they_may_see(people, client_of):
    guest = factories.make_account(people.domain, "bt", address="bt@darnis.com", is_guest=True)
    factories.join_room(people.room, guest)
    url = f"/webmail/rooms/{people.room.id}/people/named"
    assert [one["name"] for one in client_of(guest).get(url).json] == ["arthur", "jean"]
    people.room.guests_see_members = False
    db.session.commit()
    assert client_of(guest).get(url).json == []
