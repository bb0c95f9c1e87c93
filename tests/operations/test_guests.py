"""Guests: invited once however written, joined by links that end, running out of time. None learns who has one."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import links
from app.errors import Forbidden, Invalid, NotFound, TooMany
from app.extensions import db
from app.models import Account, AccountState, Address, Invitation, OutgoingMail, RoomMember, Session, now
from app.operations import guests
from app.rules.guests import links as link_rules
from app.rules.guests.links import CONFIRMATION, EXTENSION, INVITATION, LinkTarget
from app.rules.rights import access
from tests.support import factories

PASSWORD = "une phrase bien à moi"


def invitation_of(address: str) -> Invitation:
    return db.session.scalars(select(Invitation).where(Invitation.address == address)).one()


def token_of(invitation: Invitation) -> str:
    return links.token(INVITATION, invitation.id, invitation.generation)


def invite(
    people, addresses="bt@darnis.com", actor=None, room=None, **more
) -> list[guests.InvitationOutcome]:
    return guests.invite_guests(actor or people.arthur, room or people.room, addresses, **more)


@pytest.fixture
def bruno(people) -> Account:
    """Invited, registered, confirmed, in the room."""
    invite(people)
    guest = guests.register_guest(
        token_of(invitation_of("bt@darnis.com")), name="Bruno Tessier", password=PASSWORD, language="fr"
    )
    return guests.confirm_address(link_rules.token_of(CONFIRMATION, guest), None)


def mails(template: str) -> list[OutgoingMail]:
    return list(db.session.scalars(select(OutgoingMail).where(OutgoingMail.template == template)))


def test_one_person_is_invited_once_however_the_address_is_written(people):
    outcomes = invite(people, 'bt@darnis.com, "Tessier, Bruno" <BT@Darnis.COM>; bt@DARNIS.com\nBt@darnis.com')
    assert [one.refusal for one in outcomes] == [None]
    assert len(mails("invitation")) == 1
    assert [one.refusal.code for one in invite(people, "BT@darnis.com")] == ["invited"]


@pytest.mark.parametrize(
    "address, code",
    [
        ("pas une adresse", "bad_address"),
        ("bt@darnis", "bad_address"),
        ("b..t@darnis.com", "bad_address"),
        ("bt@dar_nis.com", "bad_address"),
        ("x" * 65 + "@darnis.com", "bad_address"),
        ("аrthur@darnis.com", "deceptive_address"),
        ("bt@dаrnis.com", "deceptive_address"),
        ("bt@xn--80ak6aa92e.com", "deceptive_address"),
        ("jean@iwdemo.fr", "hosted_in_group"),
        ("autrui@autre.example", "hosted_in_group"),
    ],
)
def test_what_cannot_be_invited_is_told_with_the_reason(people, address, code):
    outcomes = invite(people, f"{address}\nbonne@darnis.com")
    assert [one.refusal.code for one in outcomes if one.refusal] == [code]
    assert invitation_of("bonne@darnis.com")


@pytest.mark.parametrize("address", ["bt@darnis.com\r\nBcc: a@b.fr", "bt@darnis.com\x00", "bt\n@darnis.com"])
def test_no_line_of_a_header_comes_in_with_an_address(people, address):
    invite(people, address)
    for mail in mails("invitation"):
        assert not set(mail.recipient) & set("\r\n\x00 :")


def test_addresses_of_this_server_are_added_as_members_by_who_may(people):
    room = factories.make_private_room(people.arthur, name="Offre")
    outcomes = invite(people, "jean@iwdemo.fr, personne@iwdemo.fr, autrui@autre.example", room=room)
    assert [(one.is_account, one.refusal and one.refusal.code) for one in outcomes] == [
        (True, None),
        (False, "hosted_unknown"),
        (False, "hosted_unknown"),
    ]
    assert access.find_room(people.jean, room.id)


def test_an_alias_of_an_account_is_that_account(people):
    room = factories.make_private_room(people.arthur, name="Offre")
    factories.keep(Address(address="j.martin@iwdemo.fr", account_id=people.jean.id))
    (outcome,) = invite(people, "J.Martin@iwdemo.fr", room=room)
    assert outcome.is_account and outcome.refusal is None
    assert access.find_room(people.jean, room.id)
    assert db.session.scalars(select(Invitation)).all() == [] and mails("invitation") == []
    assert [one.refusal.code for one in invite(people, "j.martin@iwdemo.fr", room=room)] == ["inside"]


def test_who_may_not_write_here_may_not_invite(people, bruno):
    with pytest.raises(NotFound):
        invite(people, actor=people.paul)
    with pytest.raises((Forbidden, Invalid)):
        invite(people, "autre@darnis.com", actor=bruno)


def test_without_the_policy_the_right_decides(people):
    people.domain.members_may_invite_guests = False
    db.session.commit()
    with pytest.raises(Forbidden):
        invite(people)
    assert invite(people, actor=people.domain_admin)[0].refusal is None


def test_lists_of_a_domain_decide_where_guests_come_from(people):
    people.domain.guests_allowed_from = "darnis.com\npartner.example"
    people.domain.guests_denied_from = "bad.partner.example"
    db.session.commit()
    outcomes = invite(people, "a@darnis.com b@sub.partner.example c@bad.partner.example d@other.example")
    assert [one.refusal and one.refusal.code for one in outcomes] == [None, None, "denied", "denied"]


def test_there_is_a_limit_of_open_invitations_and_of_guests(people, app):
    app.config["GUEST_INVITATIONS"] = 2
    outcomes = invite(people, "a@darnis.com b@darnis.com c@darnis.com")
    assert [one.refusal and one.refusal.code for one in outcomes] == [None, None, "pending_limit"]
    app.config["GUESTS_PER_ROOM"] = 2
    assert invite(people, "d@darnis.com", actor=people.jean)[0].refusal.code == "room_limit"


def test_an_address_with_an_account_is_answered_like_one_without(people, bruno, count_statements):
    room = factories.make_private_room(people.jean, name="Autre")
    invite(people, "first@darnis.com", actor=people.jean, room=room)
    with count_statements() as first:
        known = invite(people, "bt@darnis.com", actor=people.jean, room=room)
    with count_statements() as second:
        unknown = invite(people, "zz@darnis.com", actor=people.jean, room=room)
    assert [one.refusal for one in known] == [one.refusal for one in unknown] == [None]
    assert len(first) == len(second), [one for one in second if one not in first]


def test_the_account_works_once_the_address_is_confirmed(people):
    invite(people)
    token = token_of(invitation_of("bt@darnis.com"))
    guest = guests.register_guest(token, name="Bruno", password=PASSWORD, language="fr")
    assert not guest.is_active and guest.sponsor_id == people.arthur.id
    assert access.rights_in(guest, people.room.id) == 0
    assert link_rules.open_link(token).opens is LinkTarget.CONFIRM
    with pytest.raises(NotFound):
        guests.register_guest(token, name="Encore", password=PASSWORD, language="fr")
    confirm = link_rules.token_of(CONFIRMATION, guest)
    guests.confirm_address(confirm, None)
    assert guest.is_active and access.rights_in(guest, people.room.id)
    assert link_rules.open_link(token).opens is LinkTarget.USED
    with pytest.raises(NotFound):
        guests.confirm_address(confirm, None)


def test_whoever_chose_the_password_in_the_name_of_somebody_else_gains_nothing(people):
    invite(people)
    guest = guests.register_guest(
        token_of(invitation_of("bt@darnis.com")), name="Faux", password=PASSWORD, language="fr"
    )
    with pytest.raises(Invalid):
        guests.confirm_address(link_rules.token_of(CONFIRMATION, guest), "une tout autre phrase")
    assert not guest.is_active


def test_an_account_that_was_never_confirmed_is_started_over_by_another_invitation(people):
    invite(people)
    first = guests.register_guest(
        token_of(invitation_of("bt@darnis.com")), name="Premier", password=PASSWORD, language="fr"
    )
    old = link_rules.token_of(CONFIRMATION, first)
    room = factories.make_private_room(people.jean, name="Autre")
    invite(people, actor=people.jean, room=room)
    second = db.session.scalars(select(Invitation).where(Invitation.room_id == room.id)).one()
    guest = guests.register_guest(token_of(second), name="Second", password=PASSWORD + "!", language="en")
    assert guest.id == first.id and guest.name == "Second"
    with pytest.raises(NotFound):
        guests.confirm_address(old, None)


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1] + "A", lambda t: "9" + t, lambda t: t.replace(".", ".1", 1), str.upper]
)
def test_tokens_cannot_be_guessed_or_used_for_something_else(people, change):
    invite(people)
    token = token_of(invitation_of("bt@darnis.com"))
    assert link_rules.open_link(change(token)).opens is LinkTarget.UNKNOWN
    assert link_rules.guest_by_link(CONFIRMATION, token) is None
    assert link_rules.guest_by_link(EXTENSION, token) is None


def test_revoked_expired_and_older_links_end(people):
    invite(people)
    invitation = invitation_of("bt@darnis.com")
    token = token_of(invitation)
    guests.revoke_invitation(people.arthur, invitation)
    assert link_rules.open_link(token).opens is LinkTarget.REVOKED
    guests.invite_again(people.arthur, invitation)
    assert link_rules.open_link(token).opens is LinkTarget.REPLACED
    token = token_of(invitation)
    invitation.expires_at = now() - timedelta(seconds=1)
    db.session.commit()
    assert link_rules.open_link(token).opens is LinkTarget.EXPIRED
    with pytest.raises(NotFound):
        guests.register_guest(token, name="Tard", password=PASSWORD, language="fr")


def test_only_the_inviter_and_administrators_handle_an_invitation(people):
    invite(people)
    invitation = invitation_of("bt@darnis.com")
    for verb in (guests.resend_invitation, guests.revoke_invitation, guests.copy_invitation_link):
        for stranger in (people.jean, people.paul, people.rivale):
            with pytest.raises(NotFound):
                verb(stranger, invitation)
    assert guests.copy_invitation_link(people.domain_admin, invitation).endswith(
        link_rules.copied_token(invitation)
    )
    with pytest.raises(TooMany):
        guests.resend_invitation(people.arthur, invitation)
    invitation.sent_at = now() - timedelta(minutes=2)
    db.session.commit()
    guests.resend_invitation(people.arthur, invitation)
    assert len(mails("invitation")) == 2


def test_a_known_guest_joins_with_one_click(people, bruno):
    room = factories.make_private_room(people.jean, name="Autre")
    invite(people, actor=people.jean, room=room)
    invitation = db.session.scalars(select(Invitation).where(Invitation.room_id == room.id)).one()
    token = token_of(invitation)
    assert link_rules.open_link(token).opens is LinkTarget.JOIN
    guests.join_room(token)
    assert access.find_room(bruno, room.id)
    with pytest.raises(NotFound):
        guests.join_room(token)


def member_of(people, guest) -> RoomMember:
    mine = (RoomMember.room_id == people.room.id, RoomMember.account_id == guest.id)
    return db.session.scalars(select(RoomMember).where(*mine)).one()


def test_who_was_removed_is_invited_again_with_one_click(people, bruno):
    from app.operations import rooms

    rooms.remove_person(people.domain_admin, people.room, bruno)
    assert bruno.is_active and not access.rights_in(bruno, people.room.id)
    guests.invite_again(people.arthur, invitation_of("bt@darnis.com"))
    guests.join_room(token_of(invitation_of("bt@darnis.com")))
    assert access.rights_in(bruno, people.room.id)


def test_the_end_is_announced_three_times_to_both_and_comes(people, bruno):
    seen = []
    for left in (20, 14, 13, 5, 4, 1, 0.5):
        bruno.expires_at = now() + timedelta(days=left) - timedelta(minutes=1)
        db.session.commit()
        guests.warn_of_ends()
        guests.warn_of_ends()
        seen.append((len(mails("guest_ends")), len(mails("sponsored_guest_ends"))))
    assert seen == [(0, 0), (1, 1), (1, 1), (2, 2), (2, 2), (3, 3), (3, 3)]
    factories.keep(
        Session(
            account_id=bruno.id,
            token_digest=b"1" * 32,
            last_seen_at=now(),
            expires_at=now() + timedelta(days=1),
        )
    )
    bruno.expires_at = now() - timedelta(seconds=1)
    db.session.commit()
    assert guests.end_accounts() == 1 and guests.end_accounts() == 0
    assert not bruno.is_active
    assert db.session.scalars(select(Session.revoked_at).where(Session.account_id == bruno.id)).one()


def test_the_sponsor_extends_with_one_click_within_the_limit_of_the_domain(people, bruno):
    people.domain.guest_days, people.domain.guest_days_longest = 60, 30
    bruno.expires_at = now() + timedelta(days=2)
    db.session.commit()
    token = link_rules.token_of(EXTENSION, bruno)
    guests.extend_by_link(token)
    assert timedelta(days=29) < bruno.expires_at - now() <= timedelta(days=30)
    with pytest.raises(NotFound):
        guests.extend_by_link(token)
    with pytest.raises(Invalid):
        guests.extend_guest(people.domain_admin, bruno, now() + timedelta(days=31))
    with pytest.raises(NotFound):
        guests.extend_guest(people.rivale, bruno, now() + timedelta(days=3))


def test_a_stay_in_a_room_ends_and_the_account_stays(people):
    people.room.guest_days = 10
    db.session.commit()
    invite(people)
    guest = guests.register_guest(
        token_of(invitation_of("bt@darnis.com")), name="Bruno", password=PASSWORD, language="fr"
    )
    guests.confirm_address(link_rules.token_of(CONFIRMATION, guest), None)
    guests.warn_of_ends()
    assert len(mails("stay_ends")) == len(mails("sponsored_stay_ends")) == 1
    member_of(people, guest).expires_at = now() - timedelta(seconds=1)
    db.session.commit()
    assert guests.end_stays() == 1
    assert guest.is_active and not access.rights_in(guest, people.room.id)


def test_accounts_that_nobody_confirmed_end_by_themselves(people):
    invite(people)
    guest = guests.register_guest(
        token_of(invitation_of("bt@darnis.com")), name="Bruno", password=PASSWORD, language="fr"
    )
    assert guests.end_unverified() == 0
    invitation_of("bt@darnis.com").expires_at = now() - timedelta(days=2)
    db.session.commit()
    assert guests.end_unverified() == 1
    assert guest.state is AccountState.DELETED
    guests.invite_again(people.arthur, invitation_of("bt@darnis.com"))
    assert link_rules.open_link(token_of(invitation_of("bt@darnis.com"))).opens is LinkTarget.REGISTER


def test_administrators_run_their_own_guests_and_no_others(people, bruno):
    guests.update_guest(
        people.domain_admin, bruno, {"name": "Bruno T.", "first_name": "Bruno", "state": "disabled"}
    )
    assert bruno.name == "Bruno T." and not bruno.is_active
    for verb in (
        lambda actor: guests.update_guest(actor, bruno, {"name": "x"}),
        lambda actor: guests.set_guest_password(actor, bruno, PASSWORD + "?"),
        lambda actor: guests.suspend_guest(actor, bruno),
        lambda actor: guests.change_sponsor(actor, bruno, actor),
        lambda actor: guests.revoke_guest_session(actor, bruno, 1),
        lambda actor: guests.delete_guest(actor, bruno),
    ):
        for stranger in (people.rivale, people.arthur, bruno):
            with pytest.raises(NotFound):
                verb(stranger)
    guests.set_guest_password(people.domain_admin, bruno, PASSWORD + "?")
    guests.change_sponsor(people.domain_admin, bruno, people.jean)
    assert bruno.sponsor_id == people.jean.id


def test_a_deleted_guest_leaves_the_address_free_and_the_words(people, bruno):
    message = factories.make_message(people.room, bruno, "Bonjour")
    guests.delete_guest(people.admin, bruno)
    assert bruno.state is AccountState.DELETED and message.author_id == bruno.id
    assert db.session.scalars(select(Account).where(Account.address == "bt@darnis.com")).all() == []
    assert invite(people)[0].refusal is None
