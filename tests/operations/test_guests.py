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
    """Return a guest who is registered, confirmed and in the room."""
    invite(people)
    guest = guests.register_guest(
        token_of(invitation_of("bt@darnis.com")), name="Bruno Tessier", password=PASSWORD, language="fr"
    )
    return guests.confirm_address(link_rules.token_of(CONFIRMATION, guest), None)


def mails(template: str) -> list[OutgoingMail]:
    return list(db.session.scalars(select(OutgoingMail).where(OutgoingMail.template == template)))


def test_address_in_several_spellings_is_invited_once(people):
    outcomes = invite(people, 'bt@darnis.com, "Tessier, Bruno" <BT@Darnis.COM>; bt@DARNIS.com\nBt@darnis.com')
    assert [outcome.refusal for outcome in outcomes] == [None]
    assert len(mails("invitation")) == 1
    assert [outcome.refusal.code for outcome in invite(people, "BT@darnis.com")] == ["invited"]


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
def test_address_that_cannot_be_invited_is_returned_with_reason(people, address, code):
    outcomes = invite(people, f"{address}\nbonne@darnis.com")
    assert [outcome.refusal.code for outcome in outcomes if outcome.refusal] == [code]
    assert invitation_of("bonne@darnis.com")


@pytest.mark.parametrize("address", ["bt@darnis.com\r\nBcc: a@b.fr", "bt@darnis.com\x00", "bt\n@darnis.com"])
def test_address_cannot_add_mail_headers(people, address):
    invite(people, address)
    for mail in mails("invitation"):
        assert not set(mail.recipient) & set("\r\n\x00 :")


def test_local_address_is_added_as_member_with_the_right(people):
    room = factories.make_private_room(people.arthur, name="Offre")
    outcomes = invite(people, "jean@iwdemo.fr, personne@iwdemo.fr, autrui@autre.example", room=room)
    assert [(outcome.is_account, outcome.refusal and outcome.refusal.code) for outcome in outcomes] == [
        (True, None),
        (False, "hosted_unknown"),
        (False, "hosted_unknown"),
    ]
    assert access.find_room(people.jean, room.id)


def test_alias_of_account_is_added_as_that_account(people):
    room = factories.make_private_room(people.arthur, name="Offre")
    factories.keep(Address(address="j.martin@iwdemo.fr", account_id=people.jean.id))
    (outcome,) = invite(people, "J.Martin@iwdemo.fr", room=room)
    assert outcome.is_account and outcome.refusal is None
    assert access.find_room(people.jean, room.id)
    assert db.session.scalars(select(Invitation)).all() == [] and mails("invitation") == []
    assert [repeated.refusal.code for repeated in invite(people, "j.martin@iwdemo.fr", room=room)] == [
        "inside"
    ]


def test_invitation_needs_right_to_write(people, bruno):
    with pytest.raises(NotFound):
        invite(people, actor=people.paul)
    with pytest.raises((Forbidden, Invalid)):
        invite(people, "autre@darnis.com", actor=bruno)


def test_invitation_without_policy_needs_the_right(people):
    people.domain.members_may_invite_guests = False
    db.session.commit()
    with pytest.raises(Forbidden):
        invite(people)
    assert invite(people, actor=people.domain_admin)[0].refusal is None


def test_domain_lists_restrict_addresses_of_guests(people):
    people.domain.guests_allowed_from = "darnis.com\npartner.example"
    people.domain.guests_denied_from = "bad.partner.example"
    db.session.commit()
    outcomes = invite(people, "a@darnis.com b@sub.partner.example c@bad.partner.example d@other.example")
    assert [outcome.refusal and outcome.refusal.code for outcome in outcomes] == [
        None,
        None,
        "denied",
        "denied",
    ]


def test_open_invitations_and_guests_are_limited(people, app):
    app.config["GUEST_INVITATIONS"] = 2
    outcomes = invite(people, "a@darnis.com b@darnis.com c@darnis.com")
    assert [outcome.refusal and outcome.refusal.code for outcome in outcomes] == [None, None, "pending_limit"]
    app.config["GUESTS_PER_ROOM"] = 2
    assert invite(people, "d@darnis.com", actor=people.jean)[0].refusal.code == "room_limit"


def test_invitation_does_not_reveal_existing_account(people, bruno, count_statements):
    room = factories.make_private_room(people.jean, name="Autre")
    invite(people, "first@darnis.com", actor=people.jean, room=room)
    with count_statements() as first:
        of_account = invite(people, "bt@darnis.com", actor=people.jean, room=room)
    with count_statements() as second:
        unknown = invite(people, "zz@darnis.com", actor=people.jean, room=room)
    assert [row.refusal for row in of_account] == [row.refusal for row in unknown] == [None]
    assert len(first) == len(second), [row for row in second if row not in first]


def test_guest_account_works_after_confirmation(people):
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


def test_confirmation_needs_the_password_of_the_registration(people):
    invite(people)
    guest = guests.register_guest(
        token_of(invitation_of("bt@darnis.com")), name="Faux", password=PASSWORD, language="fr"
    )
    with pytest.raises(Invalid):
        guests.confirm_address(link_rules.token_of(CONFIRMATION, guest), "une tout autre phrase")
    assert not guest.is_active


def test_another_invitation_restarts_unconfirmed_account(people):
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
def test_token_of_another_kind_or_forged_is_refused(people, change):
    invite(people)
    token = token_of(invitation_of("bt@darnis.com"))
    assert link_rules.open_link(change(token)).opens is LinkTarget.UNKNOWN
    assert link_rules.guest_by_link(CONFIRMATION, token) is None
    assert link_rules.guest_by_link(EXTENSION, token) is None


def test_revoked_expired_or_replaced_link_is_refused(people):
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


def test_only_inviter_and_administrators_change_invitation(people):
    invite(people)
    invitation = invitation_of("bt@darnis.com")
    for operation in (guests.resend_invitation, guests.revoke_invitation, guests.copy_invitation_link):
        for stranger in (people.jean, people.paul, people.rivale):
            with pytest.raises(NotFound):
                operation(stranger, invitation)
    assert guests.copy_invitation_link(people.domain_admin, invitation).endswith(
        link_rules.copied_token(invitation)
    )
    with pytest.raises(TooMany):
        guests.resend_invitation(people.arthur, invitation)
    invitation.sent_at = now() - timedelta(minutes=2)
    db.session.commit()
    guests.resend_invitation(people.arthur, invitation)
    assert len(mails("invitation")) == 2


def test_existing_guest_joins_without_registration(people, bruno):
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
    conditions = (RoomMember.room_id == people.room.id, RoomMember.account_id == guest.id)
    return db.session.scalars(select(RoomMember).where(*conditions)).one()


def test_removed_guest_rejoins_without_registration(people, bruno):
    from app.operations import rooms

    rooms.remove_person(people.domain_admin, people.room, bruno)
    assert bruno.is_active and not access.rights_in(bruno, people.room.id)
    guests.invite_again(people.arthur, invitation_of("bt@darnis.com"))
    guests.join_room(token_of(invitation_of("bt@darnis.com")))
    assert access.rights_in(bruno, people.room.id)


def test_end_is_announced_three_times_and_applied(people, bruno):
    announced = []
    for days_left in (20, 14, 13, 5, 4, 1, 0.5):
        bruno.expires_at = now() + timedelta(days=days_left) - timedelta(minutes=1)
        db.session.commit()
        guests.warn_of_ends()
        guests.warn_of_ends()
        announced.append((len(mails("guest_ends")), len(mails("sponsored_guest_ends"))))
    assert announced == [(0, 0), (1, 1), (1, 1), (2, 2), (2, 2), (3, 3), (3, 3)]
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


def test_sponsor_extends_guest_within_limit_of_domain(people, bruno):
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


def test_ended_stay_in_room_keeps_account(people):
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


def test_unconfirmed_account_is_deleted_after_its_term(people):
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


def test_administrators_manage_only_guests_of_their_scope(people, bruno):
    guests.update_guest(
        people.domain_admin, bruno, {"name": "Bruno T.", "first_name": "Bruno", "state": "disabled"}
    )
    assert bruno.name == "Bruno T." and not bruno.is_active
    for operation in (
        lambda actor: guests.update_guest(actor, bruno, {"name": "x"}),
        lambda actor: guests.set_guest_password(actor, bruno, PASSWORD + "?"),
        lambda actor: guests.suspend_guest(actor, bruno),
        lambda actor: guests.change_sponsor(actor, bruno, actor),
        lambda actor: guests.revoke_guest_session(actor, bruno, 1),
        lambda actor: guests.delete_guest(actor, bruno),
    ):
        for stranger in (people.rivale, people.arthur, bruno):
            with pytest.raises(NotFound):
                operation(stranger)
    guests.set_guest_password(people.domain_admin, bruno, PASSWORD + "?")
    guests.change_sponsor(people.domain_admin, bruno, people.jean)
    assert bruno.sponsor_id == people.jean.id


def test_deleted_guest_frees_address_and_keeps_messages(people, bruno):
    message = factories.make_message(people.room, bruno, "Bonjour")
    guests.delete_guest(people.admin, bruno)
    assert bruno.state is AccountState.DELETED and message.author_id == bruno.id
    assert db.session.scalars(select(Account).where(Account.address == "bt@darnis.com")).all() == []
    assert invite(people)[0].refusal is None
