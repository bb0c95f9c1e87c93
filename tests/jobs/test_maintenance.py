"""Deletion of expired data, and of nothing else."""

from datetime import timedelta

from sqlalchemy import func, select

from app.events import SessionRevoked
from app.extensions import db
from app.models import AccessChange, AccessScope, Job, OutgoingMail, Session, SignInFailure, WorkState, now
from app.operations.server import maintenance
from tests.support.factories import keep

DAY = timedelta(days=1)


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def make_session(account, **values) -> Session:
    usual = {"last_seen_at": now(), "expires_at": now() + DAY, "token_digest": bytes([count(Session)] * 32)}
    return keep(Session(account_id=account.id, **{**usual, **values}))


def make_mail(state, age) -> OutgoingMail:
    moment = now() - age
    about = {"recipient": "arthur@iwdemo.fr", "template": "test", "language": "fr", "arguments": "{}"}
    return keep(OutgoingMail(state=state, due_at=moment, finished_at=moment, **about))


def test_expired_sessions_are_revoked_and_announced(people, events):
    expired = make_session(people.arthur, expires_at=now() - timedelta(seconds=1))
    running = make_session(people.arthur)
    assert maintenance.end_expired_sessions() == 1
    db.session.expire_all()
    assert expired.revoked_at is not None
    assert running.revoked_at is None
    assert SessionRevoked(expired.id) in events


def test_old_revoked_sessions_are_deleted(people):
    make_session(people.arthur, revoked_at=now() - 31 * DAY)
    recent = make_session(people.arthur, revoked_at=now() - 29 * DAY)
    maintenance.end_expired_sessions()
    assert db.session.scalars(select(Session.id)).all() == [recent.id]


def test_old_sign_in_failures_are_deleted(app):
    keep(SignInFailure(subject=b"a" * 32, last_at=now() - DAY - timedelta(seconds=1)))
    keep(SignInFailure(subject=b"b" * 32, last_at=now() - DAY + timedelta(minutes=1)))
    assert maintenance.delete_old_sign_in_failures() == 1
    assert db.session.scalar(select(SignInFailure.subject)) == b"b" * 32


def test_newest_access_changes_are_kept_at_any_age(app, monkeypatch):
    monkeypatch.setattr(maintenance, "ACCESS_CHANGES_MIN", 3)
    old = now() - 2 * DAY
    keep(*[AccessChange(epoch=n, scope=AccessScope.EVERYBODY, created_at=old) for n in range(1, 6)])
    assert maintenance.delete_old_access_changes() == 2
    assert db.session.scalars(select(AccessChange.epoch).order_by(AccessChange.epoch)).all() == [3, 4, 5]


def test_recent_access_changes_are_kept_in_any_number(app, monkeypatch):
    monkeypatch.setattr(maintenance, "ACCESS_CHANGES_MIN", 3)
    keep(*[AccessChange(epoch=n, scope=AccessScope.EVERYBODY) for n in range(1, 6)])
    assert maintenance.delete_old_access_changes() == 0


def test_old_finished_work_is_deleted_unlike_waiting_work(app):
    make_mail(WorkState.DONE, 31 * DAY)
    make_mail(WorkState.FAILED, 91 * DAY)
    recent = [make_mail(WorkState.DONE, 29 * DAY), make_mail(WorkState.FAILED, 89 * DAY)]
    recent.append(make_mail(WorkState.WAITING, 400 * DAY))
    keep(Job(kind="old", arguments="{}", due_at=now(), state=WorkState.DONE, finished_at=now() - 31 * DAY))
    assert maintenance.delete_finished_work() == 3
    assert set(db.session.scalars(select(OutgoingMail.id))) == {mail.id for mail in recent}
    assert count(Job) == 0
