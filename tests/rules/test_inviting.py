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


def give(people, who, rights):
    folder = db.session.query(Folder).filter_by(group_id=people.group.id, kind="teamchat").one()
    factories.make_grant(folder, Principal.ACCOUNT, who.id, rights)


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
def test_the_policy_lets_those_who_write_and_the_right_lets_whoever_has_it(people, rights, on, off):
    give(people, people.arthur, rights)
    assert reason(people.arthur, people.room) is on
    forbid(people.domain)
    assert reason(people.arthur, people.room) is off


def test_a_guest_invites_nobody_whatever_the_policy_and_the_list_say(people):
    guest = factories.make_account(people.other_domain, "bruno", is_guest=True)
    factories.join_room(people.room, guest)
    give(people, guest, MODERATE)
    assert reason(guest, people.room) is InvitingReason.GUEST
    with pytest.raises(Forbidden):
        policy.require_may_invite_guests(guest, people.room)


def test_the_policy_is_that_of_the_room_s_domain_not_of_who_asks(people):
    factories.add_member(people.group, people.autrui)
    forbid(people.other_domain)
    assert reason(people.autrui, people.room) is InvitingReason.POLICY
    people.other_domain.members_may_invite_guests = True
    forbid(people.domain)
    assert reason(people.autrui, people.room) is InvitingReason.POLICY_OFF


def test_a_private_room_goes_by_the_domain_of_its_owner(people):
    room = factories.make_private_room(people.arthur, people.autrui)
    assert reason(people.arthur, room) is InvitingReason.RIGHT
    assert reason(people.autrui, room) is InvitingReason.POLICY
    forbid(people.domain)
    assert reason(people.autrui, room) is InvitingReason.POLICY_OFF
    assert reason(people.arthur, room) is InvitingReason.RIGHT


def test_administrators_of_the_room_s_domain_invite_without_being_in_it(people):
    for administrator in (people.admin, people.web_admin, people.domain_admin):
        assert reason(administrator, people.room) is InvitingReason.ADMINISTRATOR
    assert reason(people.rivale, people.room) is InvitingReason.CLOSED


def test_nobody_is_invited_to_direct_archived_and_deleted_rooms(people):
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


def test_who_may_not_know_of_the_room_is_not_told_why(people):
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


def test_adding_accounts_never_follows_the_policy(people):
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


def test_the_policy_is_felt_as_soon_as_it_is_changed(people):
    policy.require_may_invite_guests(people.jean, people.room)
    domains.update_domain(people.domain_admin, people.domain, {"members_may_invite_guests": False})
    with pytest.raises(Forbidden):
        policy.require_may_invite_guests(people.jean, people.room)
    domains.update_domain(people.domain_admin, people.domain, {"members_may_invite_guests": True})
    policy.require_may_invite_guests(people.jean, people.room)


def test_the_window_why_and_what_may_i_do_here_say_it(people, client_of):
    forbid(people.domain)
    why = client_of(people.admin).get(f"/admin/rooms/{people.room.id}/why/{people.jean.id}")
    own = client_of(people.jean).get(f"/webmail/rooms/{people.room.id}/rights")
    for page in (why, own):
        assert page.status_code == 200
        assert "Invite guests" in page.text and "only the right “Invite” allows it" in page.text
