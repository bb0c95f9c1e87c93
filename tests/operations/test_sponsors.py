"""Sponsors of guests: handover when they leave or are disabled, all or nothing, and old links."""

import json
from datetime import timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from app import links
from app.errors import Invalid, NotFound
from app.extensions import db
from app.mail_rendering import render_mail
from app.models import Account, AccountState, AuditEntry, Invitation, OutgoingMail, Role, RoomState, now
from app.operations import accounts, bulk, domains, guests, tasks
from app.operations.accounts import Successor
from app.queries import guests as listed
from app.queries.accounts.belongings import entrusted_to
from app.queries.listing import ListQuery
from app.rules import domains as domain_rules
from app.rules.guests import links as link_rules
from app.rules.guests import policy
from app.rules.guests.links import CONFIRMATION, EXTENSION, INVITATION, LinkTarget
from tests.support import factories

PASSWORD = "une phrase bien à moi"


@pytest.fixture
def bruno(people) -> Account:
    """Return a confirmed guest of arthur, in the room."""
    guest = factories.make_account(
        people.domain, "Bruno Tessier", address="bt@darnis.com", is_guest=True, sponsor_id=people.arthur.id
    )
    factories.join_room(people.room, guest)
    return guest


@pytest.fixture
def invitation(people) -> Invitation:
    """Return an open invitation of arthur."""
    guests.invite_guests(people.arthur, people.room, "zoe@darnis.com")
    return db.session.scalars(select(Invitation).where(Invitation.address == "zoe@darnis.com")).one()


def stored(row):
    return db.session.get(type(row), row.id, populate_existing=True)


def token_of(invitation: Invitation) -> str:
    invitation = stored(invitation)
    return links.token(INVITATION, invitation.id, invitation.generation)


def shown(actor, life: str | None = None) -> list[str]:
    query = ListQuery(filters=(("life", life),) if life else ())
    return [row.guest.name for row in listed.guest_list(actor, query).rows]


def entries(act: str) -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.act == act)))


def test_guests_of_deleted_sponsor_pass_to_deleting_administrator(people, bruno, invitation):
    assert entrusted_to(people.arthur).guests == entrusted_to(people.arthur).invitations == 1
    accounts.delete_account(people.domain_admin, people.arthur)
    assert stored(bruno).sponsor_id == stored(invitation).inviter_id == people.domain_admin.id
    assert shown(people.domain_admin) == ["Bruno Tessier"] and shown(people.domain_admin, "orphan") == []
    [handed_over] = entries("guest.sponsor")
    assert (handed_over.object_id, handed_over.domain_id) == (bruno.id, people.domain.id)
    assert "arthur@iwdemo.fr" in handed_over.before and "domainadmin@iwdemo.fr" in handed_over.after
    [whole] = entries("account.delete")
    assert '"guests": 1' in whole.after and '"invitations": 1' in whole.after
    guest = guests.register_guest(token_of(invitation), name="Zoé", password=PASSWORD, language="fr")
    assert guest.sponsor_id == people.domain_admin.id


def test_guests_of_deleted_sponsor_pass_to_chosen_account(people, bruno, invitation):
    away = factories.make_account(people.domain, "away", state=AccountState.DISABLED)
    for wrong in (people.autrui, away, bruno, people.arthur):
        with pytest.raises(Invalid) as refusal:
            accounts.delete_account(people.admin, people.arthur, sponsor=wrong.id)
        assert (refusal.value.code, refusal.value.field) == ("no_such_sponsor", "sponsor")
    assert (
        stored(people.arthur).state is AccountState.ENABLED and stored(bruno).sponsor_id == people.arthur.id
    )
    accounts.delete_account(people.admin, people.arthur, sponsor=people.paul.id)
    assert stored(bruno).sponsor_id == stored(invitation).inviter_id == people.paul.id


def test_administrator_from_another_domain_does_not_become_sponsor(people, bruno):
    afar = factories.make_account(people.other_domain, "afar", role=Role.SERVER)
    accounts.delete_account(afar, people.arthur)
    assert stored(bruno).sponsor_id == people.admin.id


def test_guests_without_possible_sponsor_are_shown_to_server_administrators(people):
    alone = factories.make_account(factories.make_domain("seul.example"), "seul")
    guest = factories.make_account(
        people.domain, "Orphelin", address="o@darnis.com", is_guest=True, sponsor_id=alone.id
    )
    room = factories.make_private_room(alone)
    guests.invite_guests(alone, room, "zoe@darnis.com")
    invitation = db.session.scalars(select(Invitation)).one()
    accounts.delete_account(people.admin, alone)
    assert link_rules.open_link(token_of(invitation)).opens is LinkTarget.REVOKED
    assert shown(people.admin, "orphan") == ["Orphelin"] and shown(people.domain_admin) == []
    assert policy.extended_until(stored(guest)) is None


def test_deleted_domain_revokes_invitations_and_keeps_sponsor(people):
    guest = factories.make_account(
        people.domain, "Ailleurs", address="a@darnis.com", is_guest=True, sponsor_id=people.autrui.id
    )
    guests.invite_guests(people.autrui, factories.make_private_room(people.autrui), "zoe@darnis.com")
    invitation = db.session.scalars(select(Invitation)).one()
    task = domains.delete_domain(people.admin, people.other_domain, typed_name="autre.example")
    tasks.run(task.id, seconds=30)
    assert stored(guest).sponsor_id == people.autrui.id and stored(invitation).revoked_at is not None
    assert entries("guest.sponsor") == []
    assert shown(people.admin, "orphan") == ["Ailleurs"]


def test_answered_invitations_and_deleted_guests_keep_former_sponsor(people, bruno, invitation):
    guests.revoke_invitation(people.arthur, invitation)
    guests.delete_guest(people.admin, bruno)
    accounts.delete_account(people.admin, people.arthur)
    assert stored(invitation).inviter_id == stored(bruno).sponsor_id == people.arthur.id


def test_number_of_statements_does_not_depend_on_guests(people, count_statements):
    def sponsor(number: int) -> Account:
        account = factories.make_account(people.domain)
        with factories.in_one_commit():
            for _ in range(number):
                factories.make_account(people.domain, is_guest=True, sponsor_id=account.id)
        return account

    few, many = sponsor(1), sponsor(20)
    accounts.delete_account(people.admin, sponsor(2))
    with count_statements() as seen_few:
        accounts.delete_account(people.admin, few)
    with count_statements() as seen_many:
        accounts.delete_account(people.admin, many)
    assert len(seen_many) == len(seen_few)
    assert len(entries("guest.sponsor")) == 23


def test_bulk_deletion_hands_over_guests_of_each_account(people, bruno):
    collection = bulk.collection_named("accounts")
    action = collection.action(people.admin, "delete")
    filters = {"domain": str(people.domain.id)}
    typed = {"owned": "longest", "sponsor": str(people.jean.id)}
    values = bulk.checked_values(people.admin, action, filters, typed)
    chosen = bulk.Selection((people.arthur.id, people.jean.id), filters)
    preview = bulk.preview(people.admin, collection, action, chosen, values)
    assert (preview.changing, [reason.examples for reason in preview.kept]) == (1, [["jean@iwdemo.fr"]])
    action.do(people.admin, people.arthur, values)
    assert stored(bruno).sponsor_id == people.jean.id
    action.do(people.admin, people.jean, {"owned": "longest", "sponsor": Successor.FIRST})
    assert stored(bruno).sponsor_id == people.admin.id
    with pytest.raises(Invalid):
        bulk.checked_values(people.admin, action, filters, typed | {"sponsor": str(people.autrui.id)})


def test_guests_of_disabled_sponsor_are_listed(people, bruno):
    assert shown(people.domain_admin, "orphan") == []
    accounts.update_account(people.domain_admin, people.arthur, {"state": "disabled"})
    assert shown(people.domain_admin, "orphan") == ["Bruno Tessier"]
    assert shown(people.rivale, "orphan") == []
    guests.change_sponsor(people.domain_admin, bruno, people.jean)
    assert shown(people.domain_admin, "orphan") == []


def test_extension_link_of_former_sponsor_is_refused(people, bruno):
    bruno.expires_at = now() + timedelta(days=3)
    db.session.commit()
    old = link_rules.token_of(EXTENSION, bruno)
    guests.change_sponsor(people.domain_admin, bruno, people.jean)
    with pytest.raises(NotFound):
        guests.extend_by_link(old)
    old = link_rules.token_of(EXTENSION, stored(bruno))
    accounts.delete_account(people.domain_admin, people.jean)
    with pytest.raises(NotFound):
        guests.extend_by_link(old)
    guests.extend_by_link(link_rules.token_of(EXTENSION, stored(bruno)))
    assert stored(bruno).expires_at > now() + timedelta(days=80)


def test_confirmation_link_is_valid_after_change_of_sponsor(people, invitation):
    guest = guests.register_guest(token_of(invitation), name="Zoé", password=PASSWORD, language="fr")
    link = link_rules.token_of(CONFIRMATION, guest)
    guests.change_sponsor(people.domain_admin, guest, people.jean)
    accounts.delete_account(people.domain_admin, people.jean)
    assert guests.confirm_address(link, None).is_active


def test_extension_is_not_offered_for_a_disabled_sponsor(people, bruno):
    bruno.expires_at = now() + timedelta(days=3)
    db.session.commit()
    assert policy.extended_until(bruno) is not None
    people.arthur.state = AccountState.DISABLED
    assert policy.extended_until(bruno) is None
    with pytest.raises(NotFound):
        guests.extend_by_link(link_rules.token_of(EXTENSION, bruno))


def test_refused_sponsor_leaves_guest_unchanged(people, bruno):
    away = factories.make_account(people.domain, "away", state=AccountState.DISABLED)
    for sponsor, refusal in ((away, Invalid), (people.autrui, NotFound)):
        with pytest.raises(refusal):
            guests.update_guest(people.domain_admin, bruno, {"name": "Autre", "sponsor": sponsor})
        assert (stored(bruno).name, bruno.sponsor_id) == ("Bruno Tessier", people.arthur.id)
    guests.update_guest(people.domain_admin, bruno, {"name": "Autre", "sponsor": people.jean})
    assert (stored(bruno).name, bruno.sponsor_id) == ("Autre", people.jean.id)


def test_guest_with_rooms_in_trash_only_is_dormant(people, bruno):
    assert shown(people.domain_admin, "dormant") == []
    people.room.state = RoomState.DELETED
    db.session.commit()
    assert shown(people.domain_admin, "dormant") == ["Bruno Tessier"]


@pytest.mark.parametrize(
    "end, longest, state, reason",
    [
        (3, None, AccountState.ENABLED, None),
        (3, 30, AccountState.ENABLED, None),
        (30, 30, AccountState.ENABLED, "limit"),
        (3, None, AccountState.DISABLED, "sponsor"),
        (None, None, AccountState.ENABLED, "no end"),
    ],
)
def test_preview_names_reason_for_guests_not_extended(people, bruno, end, longest, state, reason):
    bruno.expires_at = end and now() + timedelta(days=end)
    people.domain.guest_days_longest, people.arthur.state = longest, state
    db.session.commit()
    collection = bulk.collection_named("guests")
    action = collection.action(people.domain_admin, "extend")
    with force_locale("en"):
        preview = bulk.preview(people.domain_admin, collection, action, bulk.Selection((bruno.id,)), {})
    if reason is None:
        assert preview.changing == 1
    else:
        assert preview.changing == 0 and reason in preview.kept[0].reason
        if end is not None:
            with pytest.raises(tasks.Unchanged):
                action.do(people.domain_admin, bruno, {})


@pytest.mark.parametrize(("time_left", "days"), [(13.5, 14), (9.2, 10), (4.9, 5), (2.1, 3), (0.3, 1)])
def test_warning_states_remaining_days(people, bruno, time_left, days):
    bruno.expires_at = now() + timedelta(days=time_left)
    db.session.commit()
    guests.warn_of_ends()
    mails = db.session.scalars(select(OutgoingMail)).all()
    assert len(mails) == 2
    for mail in mails:
        subject, *_texts = render_mail(mail.template, "en", json.loads(mail.arguments))
        assert subject.endswith(f"ends in {days} day" + "s" * (days > 1))
    assert stored(bruno).warned_days == min(day for day in policy.WARNED if time_left <= day)


@pytest.mark.parametrize("state", [RoomState.ARCHIVED, RoomState.DELETED])
def test_room_closed_meanwhile_cannot_be_joined(people, invitation, state):
    other = factories.make_private_room(people.jean, name="Autre")
    guests.invite_guests(people.jean, other, "zoe@darnis.com")
    guest = guests.register_guest(token_of(invitation), name="Zoé", password=PASSWORD, language="fr")
    people.room.state = state
    db.session.commit()
    guests.confirm_address(link_rules.token_of(CONFIRMATION, guest), None)
    assert guest.is_active and listed.rooms_of(people.admin, guest) == ([], 0)
    assert stored(invitation).accepted_at is None
    people.room.state = RoomState.ACTIVE
    db.session.commit()
    guests.join_room(token_of(invitation))
    assert [room.id for room, _member in listed.rooms_of(people.admin, guest)[0]] == [people.room.id]


def test_limit_of_domain_counts_guests_and_invitations(people, bruno):
    domains.set_domain_limits(people.admin, people.domain, {"guest_limit": 3})
    answers = guests.invite_guests(people.arthur, people.room, "a@darnis.com b@darnis.com c@darnis.com")
    assert [outcome.refusal and outcome.refusal.code for outcome in answers] == [
        None,
        None,
        "domain_full_of_guests",
    ]
    domain_rules.require_room_for_guest(people.domain)
    with pytest.raises(Invalid):
        domain_rules.require_room_for_guest(people.domain, with_invited=True)
    domain_rules.require_room_for_guest(people.other_domain, with_invited=True)
    guests.revoke_invitation(
        people.arthur,
        db.session.scalars(select(Invitation).where(Invitation.address == "a@darnis.com")).one(),
    )
    domain_rules.require_room_for_guest(people.domain, with_invited=True)
    assert guests.invite_guests(people.arthur, people.room, "c@darnis.com")[0].refusal is None
    guests.delete_guest(people.admin, bruno)
    domain_rules.require_room_for_guest(people.domain, with_invited=True)
