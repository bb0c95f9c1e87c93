"""Rights lists: set, removed, inherited again, from the folder and from a room."""

import pytest

from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.extensions import db
from app.models import AuditEntry, Folder, FolderKind, Grant, Principal
from app.operations import grants
from app.operations.grants import Subject
from app.rules.rights import FULL, MODERATE, READ, WRITE, Right, access
from tests import factories

GROUP = Principal.GROUP


@pytest.fixture
def folder(cast) -> Folder:
    return db.session.query(Folder).filter_by(group_id=cast.group.id, kind=FolderKind.TEAMCHAT).one()


def rights(who, room):
    access.forget()
    return access.rights_in(who, room.id)


def about(who) -> Subject:
    return Subject(Principal.ACCOUNT, who.id)


def test_a_line_on_the_folder_counts_in_every_room_that_inherits(cast, folder):
    other = factories.make_room(cast.group, "Other")
    grants.set_grant(cast.admin, folder, about(cast.jean), FULL)
    assert rights(cast.jean, cast.room) == rights(cast.jean, other) == FULL
    assert rights(cast.arthur, cast.room) == WRITE


def test_a_line_on_a_room_copies_what_it_inherited_so_that_nobody_elses_rights_change(cast):
    grants.set_grant(cast.admin, cast.room, about(cast.jean), READ)
    assert rights(cast.jean, cast.room) == READ and rights(cast.arthur, cast.room) == WRITE
    assert cast.room.has_own_list


def test_inheriting_again_drops_the_rooms_list_whole(cast):
    grants.set_grant(cast.admin, cast.room, about(cast.jean), READ)
    grants.inherit_again(cast.admin, cast.room)
    assert rights(cast.jean, cast.room) == WRITE
    assert not db.session.query(Grant).filter_by(room_id=cast.room.id).count()


def test_removing_a_line_falls_back_to_the_next(cast, folder):
    grants.set_grant(cast.admin, folder, about(cast.jean), FULL)
    grants.remove_grant(cast.admin, folder, about(cast.jean))
    assert rights(cast.jean, cast.room) == WRITE
    with pytest.raises(NotFound):
        grants.remove_grant(cast.admin, folder, about(cast.jean))


def test_an_empty_list_of_a_room_gives_nothing(cast):
    grants.remove_grant(cast.admin, cast.room, Subject(GROUP, cast.group.id))
    assert rights(cast.arthur, cast.room) == Right.NONE


def test_who_may_change_rights(cast, folder):
    for who, refusal in ((cast.arthur, Forbidden), (cast.paul, NotFound), (cast.rivale, NotFound)):
        with pytest.raises(refusal):
            grants.set_grant(who, folder, about(cast.jean), FULL)
        with pytest.raises(refusal):
            grants.set_grant(who, cast.room, about(cast.jean), FULL)
    grants.set_grant(cast.domain_admin, folder, about(cast.jean), FULL)
    grants.set_grant(cast.jean, cast.room, about(cast.arthur), MODERATE)
    assert rights(cast.arthur, cast.room) == MODERATE


def test_taking_ones_own_administration_away_is_asked_first(cast):
    grants.set_grant(cast.admin, cast.room, about(cast.jean), FULL)
    with pytest.raises(Conflict) as refusal:
        grants.set_grant(cast.jean, cast.room, about(cast.jean), READ)
    assert refusal.value.code == "own_loss" and rights(cast.jean, cast.room) == FULL
    grants.set_grant(cast.jean, cast.room, about(cast.jean), READ, accepts_own_loss=True)
    assert rights(cast.jean, cast.room) == READ


@pytest.mark.parametrize("forged", [-1, 4096, "all", None, True, 3.5])
def test_rights_that_do_not_exist(cast, folder, forged):
    with pytest.raises(Invalid) as refusal:
        grants.set_grant(cast.admin, folder, about(cast.jean), forged)
    assert refusal.value.code == "unknown_right"


def test_principals_that_are_nobody(cast, folder):
    for subject in (
        Subject(Principal.ACCOUNT, 10**9),
        Subject(GROUP, 10**9),
        Subject(Principal.DOMAIN, 10**9),
        Subject(Principal.ACCOUNT, 0),
    ):
        with pytest.raises(NotFound):
            grants.set_grant(cast.admin, folder, subject, READ)
    with pytest.raises(Invalid):
        grants.set_grant(cast.admin, folder, Subject(Principal.GUESTS, 5), READ)


def test_a_domain_administrator_cannot_name_another_domains_people(cast, folder):
    for subject in (
        about(cast.autrui),
        Subject(GROUP, cast.other_group.id),
        Subject(Principal.DOMAIN, cast.other_domain.id),
    ):
        with pytest.raises(NotFound):
            grants.set_grant(cast.domain_admin, folder, subject, READ)
        grants.set_grant(cast.admin, folder, subject, READ)


def test_the_trail_says_what_was_and_what_is(cast, folder):
    grants.set_grant(cast.admin, folder, about(cast.jean), READ)
    grants.set_grant(cast.admin, folder, about(cast.jean), FULL)
    entry = db.session.query(AuditEntry).filter_by(act="grant.set").order_by(AuditEntry.id.desc()).first()
    assert '"preset": "read"' in entry.before and '"preset": "full"' in entry.after
    assert "jean@iwdemo.fr" in entry.after and entry.domain_id == cast.domain.id


def test_reset_of_several_rooms_is_all_or_nothing(cast, folder):
    rooms = [cast.room, factories.make_room(cast.group, "Other")]
    for room in rooms:
        grants.set_grant(cast.admin, room, about(cast.jean), READ)
    foreign = factories.make_room(cast.other_group, "Elsewhere")
    with pytest.raises(NotFound):
        grants.reset_rooms(cast.admin, folder, [rooms[0].id, foreign.id])
    assert rooms[0].has_own_list
    assert grants.reset_rooms(cast.admin, folder, [room.id for room in rooms]) == 2
    assert rights(cast.jean, cast.room) == WRITE


def test_a_private_room_has_nothing_to_inherit(cast):
    room = factories.make_private_room(cast.arthur, cast.jean)
    with pytest.raises(Invalid):
        grants.inherit_again(cast.arthur, room)
