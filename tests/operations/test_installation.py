"""The first installation."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.errors import Forbidden, Invalid
from app.extensions import db
from app.identity import SYSTEM
from app.integrations.mail import STARTTLS, MailServer
from app.models import (
    Account,
    Address,
    AuditEntry,
    Domain,
    License,
    LicenseKind,
    OutgoingMail,
    Role,
    ServerSetting,
    now,
)
from app.operations.mail import send_test_mail
from app.operations.server.installation import (
    InstallationPlan,
    checked_host_name,
    install_server,
    make_setup_link,
    prepare_server,
)
from app.operations.server.settings import set_setting
from app.rules.server import settings
from app.rules.server.readiness import LinkState, link_state
from app.rules.server.settings import Setting

MAIL = MailServer("smtp.iwdemo.fr", 587, STARTTLS, "chat", "the mail password", "chat@iwdemo.fr")


def plan(**values) -> InstallationPlan:
    usual = {"name": "Anne Admin", "alias": "anne", "password": "trombone-violet-42", "domain": "iwdemo.fr"}
    return InstallationPlan(**{**usual, "host_name": "chat.iwdemo.fr", "language": "fr", **values})


@pytest.fixture(autouse=True)
def in_a_language(app):
    with app.test_request_context():
        yield


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_installation_creates_domain_administrator_and_settings(app):
    administrator = install_server(make_setup_link(SYSTEM), plan(mail=MAIL))
    assert (administrator.address, administrator.role) == ("anne@iwdemo.fr", Role.SERVER)
    assert set(db.session.scalars(select(Domain.is_internal))) == {True, False}
    assert db.session.scalar(select(Address.account_id)) == administrator.id
    trial = db.session.scalars(select(License)).one()
    assert (trial.kind, trial.holder) == (LicenseKind.TRIAL, "iwdemo.fr")
    assert timedelta(days=29) < trial.valid_until - now() <= timedelta(days=30)
    assert settings.is_installed()
    assert settings.get(Setting.HOST_NAME) == "chat.iwdemo.fr"
    assert settings.public_url() == "https://chat.iwdemo.fr:8443"
    assert settings.mail_server() == MAIL


def test_password_of_mail_server_is_stored_encrypted(app):
    install_server(make_setup_link(SYSTEM), plan(mail=MAIL))
    everything = " ".join(str(value) for value in db.session.scalars(select(ServerSetting.value)))
    audited = " ".join(str(value) for value in db.session.scalars(select(AuditEntry.after)))
    assert MAIL.password not in everything + audited


def test_password_encrypted_with_another_key_is_not_used(app):
    install_server(make_setup_link(SYSTEM), plan(mail=MAIL))
    app.config["SECRET_KEY"] = "another secret key"
    assert settings.mail_server().password is None


def test_mail_server_of_environment_is_the_default(app):
    install_server(make_setup_link(SYSTEM), plan())
    assert settings.mail_server() is None
    app.config["MAIL_SERVER"] = "localhost"
    assert settings.mail_server() == MailServer(
        "localhost", 25, "none", None, None, "teamchat@chat.iwdemo.fr"
    )


def test_token_of_link_is_not_stored(app):
    token = make_setup_link(SYSTEM)
    assert token not in " ".join(str(value) for value in db.session.scalars(select(ServerSetting.value)))


def test_link_works_once(app):
    token = make_setup_link(SYSTEM)
    assert link_state(token) is LinkState.VALID
    install_server(token, plan())
    assert link_state(token) is LinkState.USED
    with pytest.raises(Forbidden):
        install_server(token, plan(domain="autre.example"))
    assert count(Account) == 1


def test_link_expires_after_a_day(app):
    token = make_setup_link(SYSTEM)
    set_setting(SYSTEM, Setting.SETUP_UNTIL, (now() - timedelta(seconds=1)).isoformat())
    assert link_state(token) is LinkState.WRONG


def test_newer_link_replaces_older_one(app):
    first, second = make_setup_link(SYSTEM), make_setup_link(SYSTEM)
    assert (link_state(first), link_state(second)) == (LinkState.WRONG, LinkState.VALID)


@pytest.mark.parametrize("token", ["", "nonsense", "é" * 40])
def test_wrong_link_is_refused(app, token):
    make_setup_link(SYSTEM)
    assert link_state(token) is LinkState.WRONG


def test_installation_without_link_is_refused(app):
    assert link_state("") is LinkState.WRONG


def test_installed_server_creates_no_link(app):
    prepare_server(SYSTEM, holder="iwdemo.fr")
    with pytest.raises(Invalid) as refused:
        make_setup_link(SYSTEM)
    assert refused.value.code == "installed"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"password": "azerty12345"}, "password"),
        ({"password": "Anne.Admin2026"}, "password"),
        ({"domain": "no domain"}, "name"),
        ({"alias": "not an alias"}, "alias"),
        ({"host_name": "no host"}, "host_name"),
    ],
)
def test_invalid_form_installs_nothing_and_keeps_link_valid(app, change, field):
    token = make_setup_link(SYSTEM)
    with pytest.raises(Invalid) as refused:
        install_server(token, plan(**change))
    assert refused.value.field == field
    assert link_state(token) is LinkState.VALID
    assert (count(Account), count(Domain), count(License)) == (0, 0, 0)


def test_second_preparation_changes_nothing(app):
    prepare_server(SYSTEM, holder="iwdemo.fr")
    prepare_server(SYSTEM, holder="autre.example")
    assert (count(License), count(Domain)) == (1, 1)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Chat.IWdemo.fr ", "chat.iwdemo.fr"),
        ("localhost", "localhost"),
        ("192.0.2.7", "192.0.2.7"),
        ("[::1]", "::1"),
    ],
)
def test_host_is_a_name_or_a_network_address(app, typed, stored):
    assert checked_host_name(typed) == stored


def test_installation_is_audited(app):
    install_server(make_setup_link(SYSTEM), plan())
    acts = set(db.session.scalars(select(AuditEntry.act)))
    assert {"server.install", "domain.create", "account.create", "setting.change"} <= acts


def test_only_server_administrators_change_settings(people):
    set_setting(people.admin, Setting.HOST_NAME, "chat.iwdemo.fr")
    for other in (people.web_admin, people.domain_admin, people.arthur):
        with pytest.raises(Forbidden):
            set_setting(other, Setting.HOST_NAME, "other.example")
    assert settings.get(Setting.HOST_NAME) == "chat.iwdemo.fr"


def test_test_mail_needs_mail_server_and_administrator(app, people):
    with pytest.raises(Invalid):
        send_test_mail(people.admin, "anne@iwdemo.fr", "fr")
    app.config["MAIL_SERVER"] = "localhost"
    with pytest.raises(Forbidden):
        send_test_mail(people.domain_admin, "anne@iwdemo.fr", "fr")
    send_test_mail(people.admin, "anne@iwdemo.fr", "fr")
    assert db.session.scalars(select(OutgoingMail.template)).all() == ["test"]


@pytest.mark.fresh
def test_concurrent_installation_succeeds_once(app):
    token = make_setup_link(SYSTEM)
    ends = []

    def attempt(number):
        with app.test_request_context():
            try:
                install_server(token, plan(alias=f"anne{number}", domain=f"domain{number}.example"))
                ends.append("installed")
            except Forbidden:
                ends.append("refused")

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["installed", "refused", "refused"]
    assert (count(Account), count(License)) == (1, 1)
