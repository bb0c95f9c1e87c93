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
    """Do what the worker would."""
    for job in db.session.scalars(select(Job).where(Job.kind == passwords.PASSWORD_LINK_JOB)).all():
        job_kinds[job.kind].run(**json.loads(job.arguments))


def asked(account) -> str:
    """Return a link that a person has requested for their own account."""
    passwords.request_password_link(account.address)
    work_off()
    return password_rules.password_link_token(stored(account))


def test_a_forgotten_password_is_chosen_by_a_mailed_link(people):
    token = asked(people.arthur)
    assert [mail.recipient for mail in mails()] == ["arthur@iwdemo.fr"]
    here = sessions.open_session(people.arthur).session_id
    passwords.choose_password(token, NEW)
    assert password_rules.verify_password(stored(people.arthur).password_hash, NEW)
    assert db.session.get(Session, here, populate_existing=True).revoked_at is not None
    assert len(mails("password_changed")) == 1
    assert db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id.desc())).first() == (
        "account.password"
    )


def test_the_mail_holds_the_link_and_the_row_does_not(people):
    token = asked(people.arthur)
    mail = mails()[0]
    assert token not in mail.arguments
    subject, text, html = mail_jobs.render_mail(mail.template, "fr", json.loads(mail.arguments))
    assert f"/password/{token}" in text
    assert f"/password/{token}" in html
    assert subject == "Choisissez votre mot de passe TeamChat"


def test_a_link_works_once(people):
    token = asked(people.arthur)
    passwords.choose_password(token, NEW)
    with pytest.raises(NotFound):
        passwords.choose_password(token, NEW + "2")


def test_a_link_works_for_an_hour(people):
    token = asked(people.arthur)
    people.arthur.password_link_until = now() - timedelta(seconds=1)
    db.session.commit()
    with pytest.raises(NotFound):
        passwords.choose_password(token, NEW)


@pytest.mark.parametrize("token", ["", "x", "1.0.abc", "1.0." + "A" * 32])
def test_what_is_no_link_opens_nothing(people, token):
    assert password_rules.account_of_password_link(token) is None


def test_a_link_made_for_something_else_opens_nothing(people):
    asked(people.arthur)
    assert password_rules.account_of_password_link(links.token("invitation", people.arthur.id, 0)) is None


def test_no_link_is_good_that_nobody_asked_for(people):
    assert password_rules.account_of_password_link(password_rules.password_link_token(people.arthur)) is None


def test_a_new_password_ends_the_links_before_it(people):
    token = asked(people.arthur)
    accounts.set_password(people.admin, people.arthur, NEW)
    assert password_rules.account_of_password_link(token) is None
    token = asked(people.jean)
    passwords.change_own_password(people.jean, factories.PASSWORD, NEW)
    assert password_rules.account_of_password_link(token) is None


def test_a_weak_password_leaves_the_link_as_it_is(people):
    token = asked(people.arthur)
    with pytest.raises(Invalid) as refusal:
        passwords.choose_password(token, "arthur")
    assert refusal.value.field == "password"
    assert passwords.choose_password(token, NEW).id == people.arthur.id


def test_asking_writes_the_same_whoever_is_asked_for(people, count_statements):
    disabled = factories.make_account(people.domain, "away", state=AccountState.DISABLED)
    guest = factories.make_account(people.domain, "bt", address="bt@darnis.com", is_guest=True)
    passwords.request_password_link("first@iwdemo.fr")
    seen = []
    for address in (people.arthur.address, disabled.address, guest.address, "nobody@iwdemo.fr"):
        with count_statements() as statements:
            passwords.request_password_link(address)
        seen.append([statement.split()[:3] for statement in statements])
    assert all(one == seen[0] for one in seen)
    work_off()
    assert sorted(mail.recipient for mail in mails()) == ["arthur@iwdemo.fr", "bt@darnis.com"]


def test_asking_again_and_again_must_wait(people):
    for _ in range(REQUESTS_FREE):
        passwords.request_password_link("nobody@iwdemo.fr")
    with pytest.raises(TooMany):
        passwords.request_password_link("nobody@iwdemo.fr")
    passwords.request_password_link(people.arthur.address)


def test_guesses_do_not_count_against_asking_for_a_link(people):
    for _ in range(5):
        with pytest.raises(Invalid):
            sessions.sign_in(people.arthur.address, "a wrong password")
    passwords.request_password_link(people.arthur.address)


def test_who_owns_the_mailbox_need_not_wait_after_strangers_have_guessed(people):
    for _ in range(5):
        with pytest.raises(Invalid):
            sessions.sign_in(people.arthur.address, "a wrong password")
    passwords.choose_password(asked(people.arthur), NEW)
    assert sessions.sign_in(people.arthur.address, NEW)


def test_without_outgoing_mail_it_is_said(people, app):
    app.config["MAIL_SERVER"] = ""
    with pytest.raises(Invalid) as refusal:
        passwords.request_password_link(people.arthur.address)
    assert refusal.value.code == "no_mail_server"


def test_an_administrator_sends_a_link_for_a_day(people):
    accounts.send_password_link(people.domain_admin, people.arthur)
    assert now() + timedelta(hours=23) < stored(people.arthur).password_link_until
    assert json.loads(mails()[0].arguments)["is_from_administrator"] is True
    _subject, text, _html = mail_jobs.render_mail("password_link", "fr", json.loads(mails()[0].arguments))
    assert "administrateur" in text
    passwords.choose_password(password_rules.password_link_token(stored(people.arthur)), NEW)


def test_links_are_sent_within_role_and_scope_to_who_may_sign_in(people):
    with pytest.raises(Forbidden):
        accounts.send_password_link(people.domain_admin, people.admin)
    with pytest.raises(NotFound):
        accounts.send_password_link(people.rivale, people.arthur)
    accounts.update_account(people.admin, people.arthur, {"state": "disabled"})
    with pytest.raises(Invalid):
        accounts.send_password_link(people.admin, people.arthur)


def test_a_link_of_an_account_that_was_closed_opens_nothing(people):
    token = asked(people.arthur)
    accounts.update_account(people.admin, people.arthur, {"state": "disabled"})
    assert password_rules.account_of_password_link(token) is None


def test_a_password_given_by_an_administrator_is_told_by_mail(people):
    accounts.set_password(people.admin, people.arthur, NEW)
    mail = mails("password_changed")[0]
    assert mail.recipient == "arthur@iwdemo.fr"
    _subject, text, _html = mail_jobs.render_mail(mail.template, "en", json.loads(mail.arguments))
    assert "An administrator has set a new password for your account" in text


def test_ones_own_password_is_changed_by_who_knows_it(people):
    with pytest.raises(Invalid) as refusal:
        accounts.set_password(people.admin, people.admin, NEW)
    assert refusal.value.code == "own_account"


def test_a_new_account_without_a_password_is_mailed_a_link(people, app):
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
