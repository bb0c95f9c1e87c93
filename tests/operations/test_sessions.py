"""Signing in and out."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.errors import Forbidden, Invalid, NotFound
from app.events import SessionRevoked
from app.extensions import db
from app.identity import Origin, set_origin
from app.models import AccountState, AuditEntry, DomainState, Session, now
from app.operations import sessions
from app.operations.accounts import passwords
from app.queries.sessions import devices, digest_of, find_by_token, open_sessions
from app.rules.accounts import passwords as password_rules
from tests.support import factories
from tests.support.factories import PASSWORD


@pytest.fixture(autouse=True)
def from_somewhere(app):
    set_origin(Origin(ip="192.0.2.7", request_id="request-1"))
    with app.test_request_context():
        yield
    set_origin(Origin())


def enter(account, **values):
    return sessions.sign_in(account.address, PASSWORD, **values)


def acts() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def test_correct_password_signs_in(people):
    signed_in = enter(people.arthur, user_agent="Mozilla/5.0 Firefox/140.0")
    session = find_by_token(signed_in.token)
    assert session.account.address == people.arthur.address
    assert (session.ip, session.user_agent) == ("192.0.2.7", "Mozilla/5.0 Firefox/140.0")


def test_address_is_normalised_at_sign_in(people):
    assert sessions.sign_in(" ARTHUR@IWDEMO.FR ", PASSWORD).account.id == people.arthur.id


def test_token_is_not_stored(people):
    signed_in = enter(people.arthur)
    row = db.session.get(Session, signed_in.session_id)
    assert row.token_digest == digest_of(signed_in.token)
    assert signed_in.token.encode() not in row.token_digest
    assert len(signed_in.token) >= 43


def test_sign_in_records_time_and_address_without_new_row_version(people):
    version, before = people.arthur.row_version, now()
    enter(people.arthur)
    db.session.refresh(people.arthur)
    assert people.arthur.last_sign_in_ip == "192.0.2.7"
    assert before <= people.arthur.last_sign_in_at <= now()
    assert people.arthur.row_version == version


GUESTS = {
    "unconfirmed guest": {"verified_at": None},
    "guest whose time is over": {"expires_at": now() - timedelta(days=1)},
    "suspended guest": {"state": AccountState.DISABLED},
    "deleted guest": {"state": AccountState.DELETED},
}


@pytest.mark.parametrize(
    "case", ["unknown", "wrong password", "disabled", "suspended domain", "without password", *GUESTS]
)
def test_every_failure_has_same_answer_and_compares_one_password(people, case, monkeypatch):
    compared = []
    real = password_rules._verified
    monkeypatch.setattr(
        password_rules, "_verified", lambda *arguments: compared.append(1) or real(*arguments)
    )
    address, password = people.arthur.address, PASSWORD
    if case in GUESTS:
        address = "bt@darnis.com"
        factories.make_account(people.domain, "Bruno", address=address, is_guest=True, **GUESTS[case])
    elif case == "unknown":
        address = "nobody@iwdemo.fr"
    elif case == "wrong password":
        password = "another password"
    elif case == "disabled":
        people.arthur.state = AccountState.DISABLED
    elif case == "suspended domain":
        people.domain.state = DomainState.SUSPENDED
    else:
        people.arthur.password_hash = None
    db.session.commit()
    with pytest.raises(Invalid) as refused:
        sessions.sign_in(address, password)
    assert (refused.value.code, refused.value.field, refused.value.status) == (
        "wrong_credentials",
        "password",
        422,
    )
    assert len(compared) == 1
    assert acts() == ["session.refuse"]


def test_muted_account_can_sign_in(people):
    people.arthur.state = AccountState.MUTED
    db.session.commit()
    assert find_by_token(enter(people.arthur).token) is not None


def test_failed_sign_in_records_only_valid_addresses(people):
    for typed in ("nobody@iwdemo.fr", "my secret password", "Tr0mbone!"):
        with pytest.raises(Invalid):
            sessions.sign_in(typed, PASSWORD)
    names = list(db.session.scalars(select(AuditEntry.object_name).order_by(AuditEntry.id)))
    assert names == ["nobody@iwdemo.fr", "?", "?"]


def test_sign_in_and_sign_out_are_audited(people):
    signed_in = enter(people.arthur)
    sessions.sign_out(people.arthur, signed_in.session_id)
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.act for entry in entries] == ["session.open", "session.close"]
    assert {(entry.actor_id, entry.origin, entry.request_id) for entry in entries} == {
        (people.arthur.id, "192.0.2.7", "request-1")
    }


def test_outdated_hash_is_renewed_at_sign_in(people):
    assert password_rules.needs_rehash(people.arthur.password_hash)
    enter(people.arthur)
    db.session.refresh(people.arthur)
    assert not password_rules.needs_rehash(people.arthur.password_hash)
    assert password_rules.verify_password(people.arthur.password_hash, PASSWORD)


def test_signed_out_session_is_announced_and_refused(people, events):
    signed_in = enter(people.arthur)
    sessions.sign_out(people.arthur, signed_in.session_id)
    assert find_by_token(signed_in.token) is None
    assert SessionRevoked(signed_in.session_id) in events


def test_session_of_another_account_cannot_be_signed_out(people):
    signed_in = enter(people.arthur)
    with pytest.raises(NotFound):
        sessions.sign_out(people.jean, signed_in.session_id)
    assert find_by_token(signed_in.token) is not None


def test_account_revokes_own_session(people, events):
    signed_in = enter(people.arthur)
    sessions.revoke_session(people.arthur, signed_in.session_id)
    assert find_by_token(signed_in.token) is None
    assert SessionRevoked(signed_in.session_id) in events
    assert acts()[-1] == "session.revoke"


def test_administrator_revokes_sessions_of_scope(people):
    signed_in = enter(people.arthur)
    sessions.revoke_session(people.domain_admin, signed_in.session_id)
    assert find_by_token(signed_in.token) is None


@pytest.mark.parametrize("person", ["jean", "rivale"])
def test_session_of_another_account_is_not_found(people, person):
    signed_in = enter(people.arthur)
    with pytest.raises(NotFound):
        sessions.revoke_session(getattr(people, person), signed_in.session_id)
    assert find_by_token(signed_in.token) is not None


def test_session_of_higher_role_cannot_be_revoked(people):
    signed_in = enter(people.admin)
    with pytest.raises(Forbidden):
        sessions.revoke_session(people.domain_admin, signed_in.session_id)
    assert find_by_token(signed_in.token) is not None


def test_all_other_sessions_are_revoked_together(people):
    current, first, second = (enter(people.arthur) for _ in range(3))
    of_jean = enter(people.jean)
    assert sessions.revoke_all_sessions(people.arthur, people.arthur, but=current.session_id) == 2
    assert [session.id for session in open_sessions(people.arthur)] == [current.session_id]
    assert find_by_token(first.token) is None
    assert find_by_token(second.token) is None
    assert find_by_token(of_jean.token) is not None


def test_unused_session_expires(people):
    signed_in = enter(people.arthur)
    row = db.session.get(Session, signed_in.session_id)
    assert timedelta(days=29) < row.expires_at - now() <= timedelta(days=30)
    row.expires_at = now() - timedelta(seconds=1)
    db.session.commit()
    assert find_by_token(signed_in.token) is None


def test_used_session_is_extended_up_to_its_longest_life(app, people):
    row = db.session.get(Session, enter(people.arthur).session_id)
    row.last_seen_at = now() - timedelta(days=2)
    row.expires_at = now() + timedelta(days=28)
    db.session.commit()
    sessions.keep_alive(row)
    db.session.refresh(row)
    assert row.expires_at - now() > timedelta(days=29)
    row.created_at = now() - timedelta(days=app.config["SESSION_KEEP_DAYS"] - 1)
    row.last_seen_at = now() - timedelta(hours=1)
    db.session.commit()
    sessions.keep_alive(row)
    db.session.refresh(row)
    assert row.expires_at - now() <= timedelta(days=1)


def test_use_of_session_is_written_at_most_once_a_minute(people, count_statements):
    row = db.session.get(Session, enter(people.arthur).session_id)
    with count_statements() as statements:
        sessions.keep_alive(row)
    assert not [statement for statement in statements if statement.startswith("UPDATE")]


def test_disabled_account_loses_its_sessions(people):
    signed_in = enter(people.arthur)
    people.arthur.state = AccountState.DISABLED
    db.session.commit()
    assert find_by_token(signed_in.token) is None


def test_session_list_names_browser_and_system(people):
    agent = (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
    )
    here = enter(people.arthur, user_agent=agent)
    enter(people.arthur, user_agent="something else")
    sessions_by_id = {device.id: device for device in devices(people.arthur, here.session_id)}
    own = sessions_by_id.pop(here.session_id)
    assert (own.browser, own.system, own.is_this) == ("Edge", "Windows", True)
    (other,) = sessions_by_id.values()
    assert (other.browser, other.system, other.is_this) == (None, None, False)


def test_new_password_needs_current_one(people):
    people.arthur.session_id = enter(people.arthur).session_id
    with pytest.raises(Invalid) as refused:
        passwords.change_own_password(people.arthur, "not the old one", "trombone-violet-42")
    assert refused.value.field == "current"
    assert sessions.sign_in(people.arthur.address, PASSWORD)


def test_weak_new_password_is_refused(people):
    with pytest.raises(Invalid) as refused:
        passwords.change_own_password(people.arthur, PASSWORD, "azerty12345")
    assert refused.value.code == "password_common"


def test_new_password_revokes_other_sessions_and_is_announced_by_mail(people):
    here, there = enter(people.arthur), enter(people.arthur)
    people.arthur.session_id = here.session_id
    passwords.change_own_password(people.arthur, PASSWORD, "trombone-violet-42")
    assert find_by_token(here.token) is not None
    assert find_by_token(there.token) is None
    assert sessions.sign_in(people.arthur.address, "trombone-violet-42")
    from app.models import OutgoingMail

    mail = db.session.scalars(select(OutgoingMail)).one()
    assert (mail.recipient, mail.template, mail.language) == (people.arthur.address, "password_changed", "en")
    assert "account.password" in acts()
