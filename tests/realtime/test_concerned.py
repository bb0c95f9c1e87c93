"""Sockets concerned by a change of access: few enough, and never too few."""

import pytest

from app.errors import NotFound
from app.extensions import db
from app.models import AccessScope, Principal, RoomState
from app.operations import groups, messages
from app.realtime import concerned
from app.rules.rights import WRITE
from tests.support import factories

pytestmark = pytest.mark.fresh


def names(scope, target_id):
    return {client.account.name for client in concerned.clients_of(scope, target_id)}


def test_account_change_concerns_its_sockets_only(people, window_of):
    for person in (people.arthur, people.jean, people.jean):
        window_of(person)
    clients = concerned.clients_of(AccessScope.ACCOUNT, people.jean.id)
    assert [client.account_id for client in clients] == [people.jean.id] * 2


def test_group_change_concerns_people_who_see_its_rooms_only(people, window_of):
    for person in (people.arthur, people.jean, people.paul, people.autrui):
        window_of(person)
    assert names(AccessScope.GROUP, people.group.id) == {"arthur", "jean"}


@pytest.mark.parametrize("where", ["folder", "room"])
def test_member_who_leaves_a_granted_group_stops_receiving(people, window_of, watcher, where):
    readers = factories.make_group(people.domain, "lecteurs")
    entry = factories.add_member(readers, people.domain)
    room = factories.make_room(factories.make_group(people.domain, "vitrine"), "Vitrine")
    factories.add_member(room.group, people.jean)
    if where == "room":
        room.has_own_list = True
    scope = room if where == "room" else room.folder
    for grant in db.session.query(factories.Grant).filter_by(folder_id=room.folder_id):
        grant.rights = 0
    factories.make_grant(scope, Principal.GROUP, readers.id, WRITE)
    jean = window_of(people.jean)
    assert jean.call("room:open", {"room_id": room.id})["ok"]
    groups.remove_member(people.admin, readers, entry.id)
    watcher.catch_up()
    assert jean.heard("room:removed") == [{"room_id": room.id}]
    with pytest.raises(NotFound):
        messages.post_message(people.jean, room.id, "still here?")


def test_restored_room_concerns_people_who_will_see_it(people, window_of):
    people.room.state = RoomState.DELETED
    db.session.commit()
    guest = factories.make_account(people.other_domain, "bruno", is_guest=True)
    factories.join_room(people.room, guest)
    for person in (people.arthur, people.paul, people.autrui, guest):
        window_of(person)
    assert names(AccessScope.ROOM, people.room.id) == {"arthur", "bruno"}
    assert names(AccessScope.ROOM, 0) == set()


def test_folder_change_concerns_people_who_see_its_rooms(people, window_of):
    for person in (people.arthur, people.paul):
        window_of(person)
    assert names(AccessScope.FOLDER, people.room.folder_id) == {"arthur"}
