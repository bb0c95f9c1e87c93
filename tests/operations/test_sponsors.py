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
from app.rules.guests import policy as rules
from app.rules.guests.links import CONFIRMATION, EXTENSION, INVITATION, LinkTarget
from tests.support import factories

PASSWORD = "une phrase bien à moi"


@pytest.fixture
def bruno(people) -> Account:
    """Arthur's guest, who has confirmed the address, in the room."""
    guest = factories.make_account(
        people.domain, "Bruno Tessier", address="bt@darnis.com", is_guest=True, sponsor_id=people.arthur.id
    )
    factories.join_room(people.room, guest)
    return guest


@pytest.fixture
def invitation(people) -> Invitation:
    """arthur's, not answered yet."""
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


def test_who_deletes_a_sponsor_answers_for_the_guests_unless_told_otherwise(people, bruno, invitation):
    assert entrusted_to(people.arthur).guests == entrusted_to(people.arthur).invitations == 1
    accounts.delete_account(people.domain_admin, people.arthur)
    assert stored(bruno).sponsor_id == stored(invitation).inviter_id == people.domain_admin.id
    assert shown(people.domain_admin) == ["Bruno Tessier"] and shown(people.domain_admin, "orphan") == []
    [told] = entries("guest.sponsor")
    assert (told.object_id, told.domain_id) == (bruno.id, people.domain.id)
    assert "arthur@iwdemo.fr" in told.before and "domainadmin@iwdemo.fr" in told.after
    [whole] = entries("account.delete")
    assert '"guests": 1' in whole.after and '"invitations": 1' in whole.after
    guest = guests.register_guest(token_of(invitation), name="Zoé", password=PASSWORD, language="fr")
    assert guest.sponsor_id == people.domain_admin.id


def test_an_active_account_of_the_same_domain_can_be_chosen(people, bruno, invitation):
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


def test_an_administrator_of_elsewhere_leaves_it_to_those_of_the_domain(people, bruno):
    afar = factories.make_account(people.other_domain, "afar", role=Role.SERVER)
    accounts.delete_account(afar, people.arthur)
    assert stored(bruno).sponsor_id == people.admin.id


def test_without_anybody_else_invitations_end_and_server_administrators_have_the_guests(people):
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
    assert rules.extended_until(stored(guest)) is None


def test_a_deleted_domain_leaves_no_invitation_and_no_chain_of_sponsors(people):
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


def test_what_was_answered_and_who_is_deleted_keep_the_name_of_who_has_gone(people, bruno, invitation):
    guests.revoke_invitation(people.arthur, invitation)
    guests.delete_guest(people.admin, bruno)
    accounts.delete_account(people.admin, people.arthur)
    assert stored(invitation).inviter_id == stored(bruno).sponsor_id == people.arthur.id


def test_many_guests_cost_no_more_statements_than_one(people, count_statements):
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


def test_many_accounts_at_once_hand_their_guests_on(people, bruno):
    collection = bulk.collection_named("accounts")
    action = collection.action(people.admin, "delete")
    wanted = {"domain": str(people.domain.id)}
    given = {"owned": "longest", "sponsor": str(people.jean.id)}
    values = bulk.checked_values(people.admin, action, wanted, given)
    chosen = bulk.Selection((people.arthur.id, people.jean.id), wanted)
    found = bulk.preview(people.admin, collection, action, chosen, values)
    assert (found.changing, [kept.examples for kept in found.kept]) == (1, [["jean@iwdemo.fr"]])
    action.do(people.admin, people.arthur, values)
    assert stored(bruno).sponsor_id == people.jean.id
    action.do(people.admin, people.jean, {"owned": "longest", "sponsor": Successor.FIRST})
    assert stored(bruno).sponsor_id == people.admin.id
    with pytest.raises(Invalid):
        bulk.checked_values(people.admin, action, wanted, given | {"sponsor": str(people.autrui.id)})


def test_guests_of_who_is_disabled_are_found(people, bruno):
    assert shown(people.domain_admin, "orphan") == []
    accounts.update_account(people.domain_admin, people.arthur, {"state": "disabled"})
    assert shown(people.domain_admin, "orphan") == ["Bruno Tessier"]
    assert shown(people.rivale, "orphan") == []
    guests.change_sponsor(people.domain_admin, bruno, people.jean)
    assert shown(people.domain_admin, "orphan") == []


def test_the_former_sponsors_link_extends_nothing_any_more(people, bruno):
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


def test_a_change_of_sponsor_keeps_the_link_that_confirms_the_address(people, invitation):
    guest = guests.register_guest(token_of(invitation), name="Zoé", password=PASSWORD, language="fr")
    link = link_rules.token_of(CONFIRMATION, guest)
    guests.change_sponsor(people.domain_admin, guest, people.jean)
    accounts.delete_account(people.domain_admin, people.jean)
    assert guests.confirm_address(link, None).is_active


def test_no_extension_is_offered_that_the_sponsor_could_not_give(people, bruno):
    bruno.expires_at = now() + timedelta(days=3)
    db.session.commit()
    assert rules.extended_until(bruno) is not None
    people.arthur.state = AccountState.DISABLED
    assert rules.extended_until(bruno) is None
    with pytest.raises(NotFound):
        guests.extend_by_link(link_rules.token_of(EXTENSION, bruno))


def test_a_sponsor_who_is_refused_changes_nothing_else(people, bruno):
    away = factories.make_account(people.domain, "away", state=AccountState.DISABLED)
    for sponsor, refusal in ((away, Invalid), (people.autrui, NotFound)):
        with pytest.raises(refusal):
            guests.update_guest(people.domain_admin, bruno, {"name": "Autre", "sponsor": sponsor})
        assert (stored(bruno).name, bruno.sponsor_id) == ("Bruno Tessier", people.arthur.id)
    guests.update_guest(people.domain_admin, bruno, {"name": "Autre", "sponsor": people.jean})
    assert (stored(bruno).name, bruno.sponsor_id) == ("Autre", people.jean.id)


def test_a_guest_whose_rooms_are_in_the_trash_is_dormant(people, bruno):
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
def test_the_preview_says_why_guests_are_not_extended(people, bruno, end, longest, state, reason):
    bruno.expires_at = end and now() + timedelta(days=end)
    people.domain.guest_days_longest, people.arthur.state = longest, state
    db.session.commit()
    collection = bulk.collection_named("guests")
    action = collection.action(people.domain_admin, "extend")
    with force_locale("en"):
        found = bulk.preview(people.domain_admin, collection, action, bulk.Selection((bruno.id,)), {})
    if reason is None:
        assert found.changing == 1
    else:
        assert found.changing == 0 and reason in found.kept[0].reason
        if end is not None:
            with pytest.raises(tasks.Unchanged):
                action.do(people.domain_admin, bruno, {})


@pytest.mark.parametrize("left, told", [(13.5, 14), (9.2, 10), (4.9, 5), (2.1, 3), (0.3, 1)])
def test_warnings_tell_the_days_that_are_left(people, bruno, left, told):
    bruno.expires_at = now() + timedelta(days=left)
    db.session.commit()
    guests.warn_of_ends()
    mails = db.session.scalars(select(OutgoingMail)).all()
    assert len(mails) == 2
    for mail in mails:
        subject, *_texts = render_mail(mail.template, "en", json.loads(mail.arguments))
        assert subject.endswith(f"ends in {told} day" + "s" * (told > 1))
    assert stored(bruno).warned_days == min(day for day in rules.WARNED if left <= day)


@pytest.mark.parametrize("state", [RoomState.ARCHIVED, RoomState.DELETED])
def test_a_room_that_was_closed_meanwhile_is_not_entered(people, invitation, state):
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


def test_a_domains_limit_counts_guests_and_those_who_are_invited(people, bruno):
    domains.set_domain_limits(people.admin, people.domain, {"guest_limit": 3})
    answers = guests.invite_guests(people.arthur, people.room, "a@darnis.com b@darnis.com c@darnis.com")
    assert [one.refusal and one.refusal.code for one in answers] == [None, None, "domain_full_of_guests"]
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
