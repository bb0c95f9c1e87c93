"""Who may invite guests: by the policy of the room's domain, by right, as an administrator; who may add accounts."""

import pytest

from app.errors import Forbidden, Invalid, NotFound
from app.extensions import db
from app.models import Domain, Folder, Principal, RoomState
from app.operations import domains, rooms
from app.rules import inviting
from app.rules.inviting import Reason
from app.rules.rights import MODERATE, READ, WRITE, Right, access
from tests import factories

INVITE = Right.ADMINISTRATION_INVITE


def reason(account, room) -> Reason:
    access.forget()
    answer = inviting.inviting_of(account, room)
    assert answer.is_given == inviting.may_invite_guests(account, room)
    return answer.reason


def give(cast, who, rights):
    folder = db.session.query(Folder).filter_by(group_id=cast.group.id, kind="teamchat").one()
    factories.make_grant(folder, Principal.ACCOUNT, who.id, rights)


def forbid(domain: Domain):
    domain.members_may_invite_guests = False
    db.session.commit()


@pytest.mark.parametrize(
    "rights, on, off",
    [
        (WRITE, Reason.POLICY, Reason.POLICY_OFF),
        (READ, Reason.NO_RIGHT, Reason.NO_RIGHT),
        (READ | INVITE, Reason.RIGHT, Reason.RIGHT),
        (MODERATE, Reason.RIGHT, Reason.RIGHT),
        (INVITE, Reason.CLOSED, Reason.CLOSED),
    ],
    ids=["write", "read", "read and invite", "moderate", "invite without seeing"],
)
def test_the_policy_lets_those_who_write_and_the_right_lets_whoever_has_it(cast, rights, on, off):
    give(cast, cast.arthur, rights)
    assert reason(cast.arthur, cast.room) is on
    forbid(cast.domain)
    assert reason(cast.arthur, cast.room) is off


def test_a_guest_invites_nobody_whatever_the_policy_and_the_list_say(cast):
    guest = factories.make_account(cast.other_domain, "bruno", is_guest=True)
    factories.join_room(cast.room, guest)
    give(cast, guest, MODERATE)
    assert reason(guest, cast.room) is Reason.GUEST
    with pytest.raises(Forbidden):
        inviting.require_may_invite_guests(guest, cast.room)


def test_the_policy_is_that_of_the_room_s_domain_not_of_who_asks(cast):
    factories.add_member(cast.group, cast.autrui)
    forbid(cast.other_domain)
    assert reason(cast.autrui, cast.room) is Reason.POLICY
    cast.other_domain.members_may_invite_guests = True
    forbid(cast.domain)
    assert reason(cast.autrui, cast.room) is Reason.POLICY_OFF


def test_a_private_room_goes_by_the_domain_of_its_owner(cast):
    room = factories.make_private_room(cast.arthur, cast.autrui)
    assert reason(cast.arthur, room) is Reason.RIGHT
    assert reason(cast.autrui, room) is Reason.POLICY
    forbid(cast.domain)
    assert reason(cast.autrui, room) is Reason.POLICY_OFF
    assert reason(cast.arthur, room) is Reason.RIGHT


def test_administrators_of_the_room_s_domain_invite_without_being_in_it(cast):
    for administrator in (cast.admin, cast.web_admin, cast.domain_admin):
        assert reason(administrator, cast.room) is Reason.ADMINISTRATOR
    assert reason(cast.rivale, cast.room) is Reason.CLOSED


def test_nobody_is_invited_to_direct_archived_and_deleted_rooms(cast):
    direct = rooms.open_direct(cast.arthur, [cast.jean.id])
    assert reason(cast.arthur, direct) is Reason.DIRECT
    with pytest.raises(Invalid):
        inviting.require_may_invite_guests(cast.arthur, direct)
    for state in (RoomState.ARCHIVED, RoomState.DELETED):
        cast.room.state = state
        db.session.commit()
        assert reason(cast.admin, cast.room) is Reason.NOT_ACTIVE
        with pytest.raises(Invalid):
            inviting.require_may_invite_guests(cast.admin, cast.room)


def test_who_may_not_know_of_the_room_is_not_told_why(cast):
    private = factories.make_private_room(cast.arthur)
    direct = rooms.open_direct(cast.arthur, [cast.jean.id])
    for room in (cast.room, private, direct):
        access.forget()
        with pytest.raises(NotFound):
            inviting.require_may_invite_guests(cast.paul, room)
    forbid(cast.domain)
    with pytest.raises(Forbidden) as refusal:
        inviting.require_may_invite_guests(cast.jean, cast.room)
    assert refusal.value.code == "policy_off"
    inviting.require_may_invite_guests(cast.domain_admin, cast.room)


def test_adding_accounts_never_follows_the_policy(cast):
    room = factories.make_private_room(cast.arthur, cast.jean)
    assert cast.domain.members_may_invite_guests and inviting.may_invite_guests(cast.jean, room)
    assert inviting.may_add_people(cast.arthur, room) and not inviting.may_add_people(cast.jean, room)
    inviting.require_may_add_people(cast.arthur, room)
    with pytest.raises(Forbidden):
        rooms.add_people(cast.jean, room, [cast.paul.id])
    with pytest.raises(NotFound):
        rooms.add_people(cast.paul, room, [cast.paul.id])
    give(cast, cast.jean, MODERATE)
    access.forget()
    assert not inviting.may_add_people(cast.jean, cast.room)
    with pytest.raises(Invalid):
        inviting.require_may_add_people(cast.jean, cast.room)


def test_the_policy_is_felt_as_soon_as_it_is_changed(cast):
    inviting.require_may_invite_guests(cast.jean, cast.room)
    domains.update_domain(cast.domain_admin, cast.domain, {"members_may_invite_guests": False})
    with pytest.raises(Forbidden):
        inviting.require_may_invite_guests(cast.jean, cast.room)
    domains.update_domain(cast.domain_admin, cast.domain, {"members_may_invite_guests": True})
    inviting.require_may_invite_guests(cast.jean, cast.room)


def test_the_window_why_and_what_may_i_do_here_say_it(cast, client_of):
    forbid(cast.domain)
    why = client_of(cast.admin).get(f"/admin/rooms/{cast.room.id}/why/{cast.jean.id}")
    own = client_of(cast.jean).get(f"/webmail/rooms/{cast.room.id}/rights")
    for page in (why, own):
        assert page.status_code == 200
        assert "Invite guests" in page.text and "only the right “Invite” allows it" in page.text
