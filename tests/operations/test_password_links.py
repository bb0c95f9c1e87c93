"""Mailed links by which a password is chosen: asked for by anybody, sent by administrators, used once."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import links
from app.errors import Forbidden, Invalid, NotFound, TooMany
from app.extensions import db
from app.identity import Origin, set_origin
from app.jobs import job_kinds, worker  # noqa: F401
from app.jobs import mail as mail_jobs
from app.models import AccountState, AuditEntry, Job, OutgoingMail, Session, now
from app.operations import accounts, sessions
from app.operations.accounts import passwords
from app.operations.sessions import REQUESTS_FREE
from app.rules.accounts import passwords as password_rules
from tests.support import factories

NEW = "velours-cartable-18-brume"


@pytest.fixture(autouse=True)
def from_somewhere(app):
    app.config["MAIL_SERVER"] = "mail.iwdemo.fr"
    set_origin(Origin(ip="192.0.2.7"))
    yield
    set_origin(Origin())


def stored(account):
    return db.session.get(type(account), account.id, populate_existing=True)


def mails(template: str = "password_link") -> list[OutgoingMail]:
    return db.session.scalars(select(OutgoingMail).where(OutgoingMail.template == template)).all()


def work_off() -> None:
    """Run the jobs of the worker."""
    for job in db.session.scalars(select(Job).where(Job.kind == passwords.PASSWORD_LINK_JOB)).all():
        job_kinds[job.kind].run(**json.loads(job.arguments))


def requested_token(account) -> str:
    """Return a link that a person has requested for their own account."""
    passwords.request_password_link(account.address)
    work_off()
    return password_rules.password_link_token(stored(account))


def test_mailed_link_sets_a_forgotten_password(people):
    token = requested_token(people.arthur)
    assert [mail.recipient for mail in mails()] == ["arthur@iwdemo.fr"]
    here = sessions.open_session(people.arthur).session_id
    passwords.choose_password(token, NEW)
    assert password_rules.verify_password(stored(people.arthur).password_hash, NEW)
    assert db.session.get(Session, here, populate_existing=True).revoked_at is not None
    assert len(mails("password_changed")) == 1
    assert db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id.desc())).first() == (
        "account.password"
    )


def test_mail_contains_link_and_its_row_does_not(people):
    token = requested_token(people.arthur)
    mail = mails()[0]
    assert token not in mail.arguments
    subject, text, html = mail_jobs.render_mail(mail.template, "fr", json.loads(mail.arguments))
    assert f"/password/{token}" in text
    assert f"/password/{token}" in html
    assert subject == "Choisissez votre mot de passe TeamChat"


def test_link_works_once(people):
    token = requested_token(people.arthur)
    passwords.choose_password(token, NEW)
    with pytest.raises(NotFound):
        passwords.choose_password(token, NEW + "2")


def test_link_expires_after_an_hour(people):
    token = requested_token(people.arthur)
    people.arthur.password_link_until = now() - timedelta(seconds=1)
    db.session.commit()
    with pytest.raises(NotFound):
        passwords.choose_password(token, NEW)


@pytest.mark.parametrize("token", ["", "x", "1.0.abc", "1.0." + "A" * 32])
def test_invalid_link_is_refused(people, token):
    assert password_rules.account_of_password_link(token) is None


def test_link_of_another_kind_is_refused(people):
    requested_token(people.arthur)
    assert password_rules.account_of_password_link(links.token("invitation", people.arthur.id, 0)) is None


def test_link_that_was_not_requested_is_refused(people):
    assert password_rules.account_of_password_link(password_rules.password_link_token(people.arthur)) is None


def test_new_password_invalidates_earlier_links(people):
    token = requested_token(people.arthur)
    accounts.set_password(people.admin, people.arthur, NEW)
    assert password_rules.account_of_password_link(token) is None
    token = requested_token(people.jean)
    passwords.change_own_password(people.jean, factories.PASSWORD, NEW)
    assert password_rules.account_of_password_link(token) is None


def test_weak_password_keeps_link_valid(people):
    token = requested_token(people.arthur)
    with pytest.raises(Invalid) as refusal:
        passwords.choose_password(token, "arthur")
    assert refusal.value.field == "password"
    assert passwords.choose_password(token, NEW).id == people.arthur.id


def test_request_does_not_reveal_whether_address_exists(people, count_statements):
    disabled = factories.make_account(people.domain, "away", state=AccountState.DISABLED)
    guest = factories.make_account(people.domain, "bt", address="bt@darnis.com", is_guest=True)
    passwords.request_password_link("first@iwdemo.fr")
    statement_lists = []
    for address in (people.arthur.address, disabled.address, guest.address, "nobody@iwdemo.fr"):
        with count_statements() as statements:
            passwords.request_password_link(address)
        statement_lists.append([statement.split()[:3] for statement in statements])
    assert all(statement_list == statement_lists[0] for statement_list in statement_lists)
    work_off()
    assert sorted(mail.recipient for mail in mails()) == ["arthur@iwdemo.fr", "bt@darnis.com"]


def test_repeated_requests_must_wait(people):
    for _ in range(REQUESTS_FREE):
        passwords.request_password_link("nobody@iwdemo.fr")
    with pytest.raises(TooMany):
        passwords.request_password_link("nobody@iwdemo.fr")
    passwords.request_password_link(people.arthur.address)


def test_failed_sign_ins_do_not_delay_request(people):
    for _ in range(5):
        with pytest.raises(Invalid):
            sessions.sign_in(people.arthur.address, "a wrong password")
    passwords.request_password_link(people.arthur.address)


def test_new_password_by_link_ends_waiting_after_failed_sign_ins(people):
    for _ in range(5):
        with pytest.raises(Invalid):
            sessions.sign_in(people.arthur.address, "a wrong password")
    passwords.choose_password(requested_token(people.arthur), NEW)
    assert sessions.sign_in(people.arthur.address, NEW)


def test_request_without_mail_server_is_refused(people, app):
    app.config["MAIL_SERVER"] = ""
    with pytest.raises(Invalid) as refusal:
        passwords.request_password_link(people.arthur.address)
    assert refusal.value.code == "no_mail_server"


def test_link_of_administrator_is_valid_for_a_day(people):
    accounts.send_password_link(people.domain_admin, people.arthur)
    assert now() + timedelta(hours=23) < stored(people.arthur).password_link_until
    assert json.loads(mails()[0].arguments)["is_from_administrator"] is True
    _subject, text, _html = mail_jobs.render_mail("password_link", "fr", json.loads(mails()[0].arguments))
    assert "administrateur" in text
    passwords.choose_password(password_rules.password_link_token(stored(people.arthur)), NEW)


def test_administrator_sends_links_within_role_and_scope(people):
    with pytest.raises(Forbidden):
        accounts.send_password_link(people.domain_admin, people.admin)
    with pytest.raises(NotFound):
        accounts.send_password_link(people.rivale, people.arthur)
    accounts.update_account(people.admin, people.arthur, {"state": "disabled"})
    with pytest.raises(Invalid):
        accounts.send_password_link(people.admin, people.arthur)


def test_link_of_disabled_account_is_refused(people):
    token = requested_token(people.arthur)
    accounts.update_account(people.admin, people.arthur, {"state": "disabled"})
    assert password_rules.account_of_password_link(token) is None


def test_password_set_by_administrator_is_announced_by_mail(people):
    accounts.set_password(people.admin, people.arthur, NEW)
    mail = mails("password_changed")[0]
    assert mail.recipient == "arthur@iwdemo.fr"
    _subject, text, _html = mail_jobs.render_mail(mail.template, "en", json.loads(mail.arguments))
    assert "An administrator has set a new password for your account" in text


def test_own_password_cannot_be_set_without_the_current_one(people):
    with pytest.raises(Invalid) as refusal:
        accounts.set_password(people.admin, people.admin, NEW)
    assert refusal.value.code == "own_account"


def test_account_created_without_password_gets_a_link_by_mail(people, app):
    account = accounts.create_account(people.admin, people.domain, name="Zoé", alias="zoe", password=None)
    assert account.password_hash is None
    assert [mail.recipient for mail in mails()] == ["zoe@iwdemo.fr"]
    with pytest.raises(Invalid):
        sessions.sign_in(account.address, "")
    passwords.choose_password(password_rules.password_link_token(stored(account)), NEW)
    assert sessions.sign_in(account.address, NEW)
    app.config["MAIL_SERVER"] = ""
    with pytest.raises(Invalid) as refusal:
        accounts.create_account(people.admin, people.domain, name="Léa", alias="lea", password=None)
    assert (refusal.value.code, refusal.value.field) == ("no_mail_server", "password")
