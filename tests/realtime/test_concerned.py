"""Whom a change of access may concern: few enough, and never too few."""

import pytest

from app.errors import NotFound
from app.extensions import db
from app.models import AccessScope, Principal, RoomState
from app.operations import groups, messages
from app.realtime import concerned
from app.rules.rights import WRITE
from tests import factories

pytestmark = pytest.mark.fresh


def names(scope, target_id):
    return {client.account.name for client in concerned.clients_of(scope, target_id)}


def test_a_change_of_an_account_concerns_its_sockets_only(cast, window_of):
    for person in (cast.arthur, cast.jean, cast.jean):
        window_of(person)
    found = concerned.clients_of(AccessScope.ACCOUNT, cast.jean.id)
    assert [client.account_id for client in found] == [cast.jean.id] * 2


def test_a_change_of_a_group_concerns_those_who_see_its_rooms_and_nobody_else(cast, window_of):
    for person in (cast.arthur, cast.jean, cast.paul, cast.autrui):
        window_of(person)
    assert names(AccessScope.GROUP, cast.group.id) == {"arthur", "jean"}


@pytest.mark.parametrize("where", ["folder", "room"])
def test_who_leaves_a_group_that_another_group_s_list_names_stops_hearing(cast, window_of, watcher, where):
    outsiders = factories.make_group(cast.domain, "lecteurs")
    entry = factories.add_member(outsiders, cast.domain)
    only_by_line = factories.make_room(factories.make_group(cast.domain, "vitrine"), "Vitrine")
    factories.add_member(only_by_line.group, cast.jean)
    if where == "room":
        only_by_line.has_own_list = True
    scope = only_by_line if where == "room" else only_by_line.folder
    for line in db.session.query(factories.Grant).filter_by(folder_id=only_by_line.folder_id):
        line.rights = 0
    factories.make_grant(scope, Principal.GROUP, outsiders.id, WRITE)
    jean = window_of(cast.jean)
    assert jean.call("room:open", {"room_id": only_by_line.id})["ok"]
    groups.remove_member(cast.admin, outsiders, entry.id)
    watcher.catch_up()
    assert jean.heard("room:removed") == [{"room_id": only_by_line.id}]
    with pytest.raises(NotFound):
        messages.post_message(cast.jean, only_by_line.id, "still here?")


def test_a_room_that_comes_back_concerns_those_who_do_not_see_it_yet(cast, window_of):
    cast.room.state = RoomState.DELETED
    db.session.commit()
    guest = factories.make_account(cast.other_domain, "bruno", is_guest=True)
    factories.join_room(cast.room, guest)
    for person in (cast.arthur, cast.paul, cast.autrui, guest):
        window_of(person)
    assert names(AccessScope.ROOM, cast.room.id) == {"arthur", "bruno"}
    assert names(AccessScope.ROOM, 0) == set()


def test_a_folder_concerns_those_who_see_its_rooms(cast, window_of):
    for person in (cast.arthur, cast.paul):
        window_of(person)
    assert names(AccessScope.FOLDER, cast.room.folder_id) == {"arthur"}
