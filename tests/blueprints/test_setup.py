"""The page of the first installation, and the command that prints its address."""

import pytest
from sqlalchemy import select

from app.cli.doctor import doctor
from app.cli.install import install_link
from app.cli.mail import mail as mails
from app.extensions import db
from app.identity import SYSTEM
from app.models import Account, OutgoingMail
from app.operations.server.installation import make_setup_link, prepare_server
from app.rules.server import settings
from app.rules.server.settings import Setting

FORM = {
    "domain": "iwdemo.fr",
    "host_name": "chat.iwdemo.fr",
    "name": "Anne Admin",
    "alias": "anne",
    "password": "trombone-violet-42",
    "confirmation": "trombone-violet-42",
}


@pytest.fixture
def link(app):
    with app.test_request_context():
        return f"/setup/{make_setup_link(SYSTEM)}"


def test_the_link_opens_a_form_that_knows_the_host(visitor, link):
    page = visitor.get(link)
    assert page.status_code == 200
    assert 'value="localhost"' in page.text
    assert "Première installation" in page.text or "First installation" in page.text


def test_who_has_installed_is_signed_in_as_its_administrator(visitor, link):
    answer = visitor.post(link, data=FORM)
    assert (answer.status_code, answer.location) == (303, "/admin/")
    assert "anne@iwdemo.fr" in visitor.get("/password").text
    assert db.session.scalar(select(Account.language)) == "fr"


def test_the_used_link_says_so(visitor, link, app):
    visitor.post(link, data=FORM)
    for answer in (app.test_client().get(link), app.test_client().post(link, data=FORM)):
        assert answer.status_code == 410
        assert "/sign-in" in answer.text


def test_a_wrong_link_says_how_to_get_another_one(visitor, link):
    for answer in (visitor.get("/setup/nonsense"), visitor.post("/setup/nonsense", data=FORM)):
        assert answer.status_code == 404
        assert "flask install-link" in answer.text
    assert not db.session.scalars(select(Account)).all()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"alias": "not an alias"}, "alias"),
        ({"password": "azerty12345", "confirmation": "azerty12345"}, "password"),
        ({"confirmation": "another"}, "confirmation"),
        ({"domain": "no domain"}, "domain"),
        ({"host_name": "no host"}, "host_name"),
        ({"mail_host": "smtp.iwdemo.fr", "mail_port": "99999"}, "mail_port"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(visitor, link, change, field):
    answer = visitor.post(link, data={**FORM, **change})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "trombone-violet-42" not in answer.text
    assert visitor.get(link).status_code == 200


def test_outgoing_mail_is_set_with_it(visitor, link, app):
    mail = {
        "mail_host": "smtp.iwdemo.fr",
        "mail_port": "465",
        "mail_protection": "tls",
        "mail_password": "secret",
    }
    visitor.post(link, data={**FORM, **mail})
    server = settings.mail_server()
    assert (server.host, server.port, server.protection, server.password) == (
        "smtp.iwdemo.fr",
        465,
        "tls",
        "secret",
    )
    assert server.sender == "anne@iwdemo.fr"


def test_the_command_prints_a_link_that_works(app, visitor):
    printed = app.test_cli_runner().invoke(install_link).output.strip()
    assert printed.startswith("https://localhost:8443/setup/")
    assert visitor.get(printed.removeprefix("https://localhost:8443")).status_code == 200


def test_the_command_says_when_the_server_is_installed(app):
    prepare_server(SYSTEM, holder="iwdemo.fr")
    result = app.test_cli_runner().invoke(install_link)
    assert result.exit_code == 1
    assert "already installed" in result.output


def test_the_doctor_names_every_check(app):
    result = app.test_cli_runner().invoke(doctor)
    for name in ("database", "licence", "https", "mail", "redis", "storage"):
        assert name in result.output
    assert result.exit_code == 0


def test_the_doctor_fails_when_a_check_does(app):
    app.config["PUBLIC_URL"] = "http://chat.iwdemo.fr"
    result = app.test_cli_runner().invoke(doctor)
    assert result.exit_code == 1
    assert "FAILURE" in result.output


def test_a_test_mail_is_queued_from_the_console(app):
    refused = app.test_cli_runner().invoke(mails, ["test", "anne@iwdemo.fr"])
    assert refused.exit_code == 1
    app.config["MAIL_SERVER"] = "localhost"
    assert app.test_cli_runner().invoke(mails, ["test", "anne@iwdemo.fr", "--language", "fr"]).exit_code == 0
    assert db.session.scalar(select(OutgoingMail.language)) == "fr"


def test_a_host_name_of_the_installation_stands_in_links(visitor, link, app):
    visitor.post(link, data=FORM)
    assert settings.get(Setting.HOST_NAME) == "chat.iwdemo.fr"
    assert settings.public_url() == "https://chat.iwdemo.fr:8443"
