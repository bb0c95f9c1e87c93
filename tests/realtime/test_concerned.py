"""Whom a change of access may concern: few enough, and never too few."""

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


def test_a_change_of_an_account_concerns_its_sockets_only(people, window_of):
    for person in (people.arthur, people.jean, people.jean):
        window_of(person)
    found = concerned.clients_of(AccessScope.ACCOUNT, people.jean.id)
    assert [client.account_id for client in found] == [people.jean.id] * 2


def test_a_change_of_a_group_concerns_those_who_see_its_rooms_and_nobody_else(people, window_of):
    for person in (people.arthur, people.jean, people.paul, people.autrui):
        window_of(person)
    assert names(AccessScope.GROUP, people.group.id) == {"arthur", "jean"}


@pytest.mark.parametrize("where", ["folder", "room"])
def test_who_leaves_a_group_that_another_group_s_list_names_stops_hearing(people, window_of, watcher, where):
    outsiders = factories.make_group(people.domain, "lecteurs")
    entry = factories.add_member(outsiders, people.domain)
    only_by_line = factories.make_room(factories.make_group(people.domain, "vitrine"), "Vitrine")
    factories.add_member(only_by_line.group, people.jean)
    if where == "room":
        only_by_line.has_own_list = True
    scope = only_by_line if where == "room" else only_by_line.folder
    for line in db.session.query(factories.Grant).filter_by(folder_id=only_by_line.folder_id):
        line.rights = 0
    factories.make_grant(scope, Principal.GROUP, outsiders.id, WRITE)
    jean = window_of(people.jean)
    assert jean.call("room:open", {"room_id": only_by_line.id})["ok"]
    groups.remove_member(people.admin, outsiders, entry.id)
    watcher.catch_up()
    assert jean.heard("room:removed") == [{"room_id": only_by_line.id}]
    with pytest.raises(NotFound):
        messages.post_message(people.jean, only_by_line.id, "still here?")


def test_a_room_that_comes_back_concerns_those_who_do_not_see_it_yet(people, window_of):
    people.room.state = RoomState.DELETED
    db.session.commit()
    guest = factories.make_account(people.other_domain, "bruno", is_guest=True)
    factories.join_room(people.room, guest)
    for person in (people.arthur, people.paul, people.autrui, guest):
        window_of(person)
    assert names(AccessScope.ROOM, people.room.id) == {"arthur", "bruno"}
    assert names(AccessScope.ROOM, 0) == set()


def test_a_folder_concerns_those_who_see_its_rooms(people, window_of):
    for person in (people.arthur, people.paul):
        window_of(person)
    assert names(AccessScope.FOLDER, people.room.folder_id) == {"arthur"}
