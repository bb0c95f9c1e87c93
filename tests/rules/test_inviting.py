"""The right to invite guests: by the domain's policy, by right, as an administrator; and the right to add accounts."""

import pytest

from app.errors import Forbidden, Invalid, NotFound
from app.extensions import db
from app.models import Domain, Folder, Principal, RoomState
from app.operations import domains, rooms
from app.rules.guests import policy
from app.rules.guests.policy import InvitingReason
from app.rules.rights import MODERATE, READ, WRITE, Right, access
from tests.support import factories

INVITE = Right.ADMINISTRATION_INVITE


def reason(account, room) -> InvitingReason:
    access.forget()
    answer = policy.inviting_of(account, room)
    assert answer.is_given == policy.may_invite_guests(account, room)
    return answer.reason


def give(people, person, rights):
    folder = db.session.query(Folder).filter_by(group_id=people.group.id, kind="teamchat").one()
    factories.make_grant(folder, Principal.ACCOUNT, person.id, rights)


def forbid(domain: Domain):
    domain.members_may_invite_guests = False
    db.session.commit()


@pytest.mark.parametrize(
    "rights, on, off",
    [
        (WRITE, InvitingReason.POLICY, InvitingReason.POLICY_OFF),
        (READ, InvitingReason.NO_RIGHT, InvitingReason.NO_RIGHT),
        (READ | INVITE, InvitingReason.RIGHT, InvitingReason.RIGHT),
        (MODERATE, InvitingReason.RIGHT, InvitingReason.RIGHT),
        (INVITE, InvitingReason.CLOSED, InvitingReason.CLOSED),
    ],
    ids=["write", "read", "read and invite", "moderate", "invite without seeing"],
)
def test_policy_allows_writers_and_right_allows_its_holders(people, rights, on, off):
    give(people, people.arthur, rights)
    assert reason(people.arthur, people.room) is on
    forbid(people.domain)
    assert reason(people.arthur, people.room) is off


def test_guest_can_never_invite(people):
    guest = factories.make_account(people.other_domain, "bruno", is_guest=True)
    factories.join_room(people.room, guest)
    give(people, guest, MODERATE)
    assert reason(guest, people.room) is InvitingReason.GUEST
    with pytest.raises(Forbidden):
        policy.require_may_invite_guests(guest, people.room)


def test_policy_of_domain_of_room_applies(people):
    factories.add_member(people.group, people.autrui)
    forbid(people.other_domain)
    assert reason(people.autrui, people.room) is InvitingReason.POLICY
    people.other_domain.members_may_invite_guests = True
    forbid(people.domain)
    assert reason(people.autrui, people.room) is InvitingReason.POLICY_OFF


def test_policy_of_private_room_is_that_of_its_owners_domain(people):
    room = factories.make_private_room(people.arthur, people.autrui)
    assert reason(people.arthur, room) is InvitingReason.RIGHT
    assert reason(people.autrui, room) is InvitingReason.POLICY
    forbid(people.domain)
    assert reason(people.autrui, room) is InvitingReason.POLICY_OFF
    assert reason(people.arthur, room) is InvitingReason.RIGHT


def test_administrators_of_domain_of_room_invite_from_outside(people):
    for administrator in (people.admin, people.web_admin, people.domain_admin):
        assert reason(administrator, people.room) is InvitingReason.ADMINISTRATOR
    assert reason(people.rivale, people.room) is InvitingReason.CLOSED


def test_direct_archived_and_deleted_rooms_take_no_guests(people):
    direct = rooms.open_direct(people.arthur, [people.jean.id])
    assert reason(people.arthur, direct) is InvitingReason.DIRECT
    with pytest.raises(Invalid):
        policy.require_may_invite_guests(people.arthur, direct)
    for state in (RoomState.ARCHIVED, RoomState.DELETED):
        people.room.state = state
        db.session.commit()
        assert reason(people.admin, people.room) is InvitingReason.NOT_ACTIVE
        with pytest.raises(Invalid):
            policy.require_may_invite_guests(people.admin, people.room)


def test_outsider_gets_no_reason(people):
    private = factories.make_private_room(people.arthur)
    direct = rooms.open_direct(people.arthur, [people.jean.id])
    for room in (people.room, private, direct):
        access.forget()
        with pytest.raises(NotFound):
            policy.require_may_invite_guests(people.paul, room)
    forbid(people.domain)
    with pytest.raises(Forbidden) as refusal:
        policy.require_may_invite_guests(people.jean, people.room)
    assert refusal.value.code == "policy_off"
    policy.require_may_invite_guests(people.domain_admin, people.room)


def test_policy_does_not_apply_to_adding_accounts(people):
    room = factories.make_private_room(people.arthur, people.jean)
    assert people.domain.members_may_invite_guests and policy.may_invite_guests(people.jean, room)
    assert policy.may_add_people(people.arthur, room) and not policy.may_add_people(people.jean, room)
    policy.require_may_add_people(people.arthur, room)
    with pytest.raises(Forbidden):
        rooms.add_people(people.jean, room, [people.paul.id])
    with pytest.raises(NotFound):
        rooms.add_people(people.paul, room, [people.paul.id])
    give(people, people.jean, MODERATE)
    access.forget()
    assert not policy.may_add_people(people.jean, people.room)
    with pytest.raises(Invalid):
        policy.require_may_add_people(people.jean, people.room)


def test_changed_policy_applies_immediately(people):
    policy.require_may_invite_guests(people.jean, people.room)
    domains.update_domain(people.domain_admin, people.domain, {"members_may_invite_guests": False})
    with pytest.raises(Forbidden):
        policy.require_may_invite_guests(people.jean, people.room)
    domains.update_domain(people.domain_admin, people.domain, {"members_may_invite_guests": True})
    policy.require_may_invite_guests(people.jean, people.room)


def test_pages_about_rights_show_the_policy(people, client_of):
    forbid(people.domain)
    why = client_of(people.admin).get(f"/admin/rooms/{people.room.id}/why/{people.jean.id}")
    own = client_of(people.jean).get(f"/webmail/rooms/{people.room.id}/rights")
    for page in (why, own):
        assert page.status_code == 200
        assert "Invite guests" in page.text and "only the right “Invite” allows it" in page.text
