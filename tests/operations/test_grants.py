"""Rights lists: set, removed, inherited again, from the folder and from a room."""

import pytest

from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.extensions import db
from app.models import AuditEntry, Folder, FolderKind, Grant, Principal
from app.operations import rights as right_operations
from app.operations.rights import Subject
from app.rules.rights import FULL, MODERATE, READ, WRITE, Right, access
from tests.support import factories

GROUP = Principal.GROUP


@pytest.fixture
def folder(people) -> Folder:
    return db.session.query(Folder).filter_by(group_id=people.group.id, kind=FolderKind.TEAMCHAT).one()


def rights(person, room):
    access.forget()
    return access.rights_in(person, room.id)


def about(account) -> Subject:
    return Subject(Principal.ACCOUNT, account.id)


def test_grant_of_folder_applies_in_inheriting_rooms(people, folder):
    other = factories.make_room(people.group, "Other")
    right_operations.set_grant(people.admin, folder, about(people.jean), FULL)
    assert rights(people.jean, people.room) == rights(people.jean, other) == FULL
    assert rights(people.arthur, people.room) == WRITE


def test_first_grant_of_room_copies_inherited_grants(people):
    right_operations.set_grant(people.admin, people.room, about(people.jean), READ)
    assert rights(people.jean, people.room) == READ and rights(people.arthur, people.room) == WRITE
    assert people.room.has_own_list


def test_inheriting_again_removes_list_of_room(people):
    right_operations.set_grant(people.admin, people.room, about(people.jean), READ)
    right_operations.inherit_again(people.admin, people.room)
    assert rights(people.jean, people.room) == WRITE
    assert not db.session.query(Grant).filter_by(room_id=people.room.id).count()


def test_removed_grant_is_replaced_by_next_specific_one(people, folder):
    right_operations.set_grant(people.admin, folder, about(people.jean), FULL)
    right_operations.remove_grant(people.admin, folder, about(people.jean))
    assert rights(people.jean, people.room) == WRITE
    with pytest.raises(NotFound):
        right_operations.remove_grant(people.admin, folder, about(people.jean))


def test_empty_list_of_room_gives_no_rights(people):
    right_operations.remove_grant(people.admin, people.room, Subject(GROUP, people.group.id))
    assert rights(people.arthur, people.room) == Right.NONE


def test_only_people_with_the_right_change_rights(people, folder):
    for person, refusal in ((people.arthur, Forbidden), (people.paul, NotFound), (people.rivale, NotFound)):
        with pytest.raises(refusal):
            right_operations.set_grant(person, folder, about(people.jean), FULL)
        with pytest.raises(refusal):
            right_operations.set_grant(person, people.room, about(people.jean), FULL)
    right_operations.set_grant(people.domain_admin, folder, about(people.jean), FULL)
    right_operations.set_grant(people.jean, people.room, about(people.arthur), MODERATE)
    assert rights(people.arthur, people.room) == MODERATE


def test_loss_of_own_administration_needs_confirmation(people):
    right_operations.set_grant(people.admin, people.room, about(people.jean), FULL)
    with pytest.raises(Conflict) as refusal:
        right_operations.set_grant(people.jean, people.room, about(people.jean), READ)
    assert refusal.value.code == "own_loss" and rights(people.jean, people.room) == FULL
    right_operations.set_grant(people.jean, people.room, about(people.jean), READ, accepts_own_loss=True)
    assert rights(people.jean, people.room) == READ


@pytest.mark.parametrize("forged", [-1, FULL + 1, "all", None, True, 3.5])
def test_unknown_rights_are_refused(people, folder, forged):
    with pytest.raises(Invalid) as refusal:
        right_operations.set_grant(people.admin, folder, about(people.jean), forged)
    assert refusal.value.code == "unknown_right"


def test_unknown_principal_is_refused(people, folder):
    for subject in (
        Subject(Principal.ACCOUNT, 10**9),
        Subject(GROUP, 10**9),
        Subject(Principal.DOMAIN, 10**9),
        Subject(Principal.ACCOUNT, 0),
    ):
        with pytest.raises(NotFound):
            right_operations.set_grant(people.admin, folder, subject, READ)
    with pytest.raises(Invalid):
        right_operations.set_grant(people.admin, folder, Subject(Principal.GUESTS, 5), READ)


def test_grant_to_account_of_another_domain_is_refused(people, folder):
    for subject in (
        about(people.autrui),
        Subject(GROUP, people.other_group.id),
        Subject(Principal.DOMAIN, people.other_domain.id),
    ):
        with pytest.raises(NotFound):
            right_operations.set_grant(people.domain_admin, folder, subject, READ)
        right_operations.set_grant(people.admin, folder, subject, READ)


def test_audit_entry_contains_former_and_new_rights(people, folder):
    right_operations.set_grant(people.admin, folder, about(people.jean), READ)
    right_operations.set_grant(people.admin, folder, about(people.jean), FULL)
    entry = db.session.query(AuditEntry).filter_by(act="grant.set").order_by(AuditEntry.id.desc()).first()
    assert '"preset": "read"' in entry.before and '"preset": "full"' in entry.after
    assert "jean@iwdemo.fr" in entry.after and entry.domain_id == people.domain.id


def test_reset_of_several_rooms_is_all_or_nothing(people, folder):
    rooms = [people.room, factories.make_room(people.group, "Other")]
    for room in rooms:
        right_operations.set_grant(people.admin, room, about(people.jean), READ)
    foreign = factories.make_room(people.other_group, "Elsewhere")
    with pytest.raises(NotFound):
        right_operations.reset_rooms(people.admin, folder, [rooms[0].id, foreign.id])
    assert rooms[0].has_own_list
    assert right_operations.reset_rooms(people.admin, folder, [room.id for room in rooms]) == 2
    assert rights(people.jean, people.room) == WRITE


def test_private_room_has_nothing_to_inherit(people):
    room = factories.make_private_room(people.arthur, people.jean)
    with pytest.raises(Invalid):
        right_operations.inherit_again(people.arthur, room)
