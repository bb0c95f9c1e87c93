"""Pages for a forgotten password, and known devices that attackers cannot lock out."""

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Account, Job
from app.operations import sessions
from app.operations.accounts import passwords
from app.rules.accounts import passwords as password_rules
from tests.support.factories import PASSWORD

NEW = "velours-cartable-18-brume"


@pytest.fixture(autouse=True)
def sends_mails(app):
    app.config["MAIL_SERVER"] = "mail.iwdemo.fr"


def link_of(account: Account) -> str:
    passwords.send_requested_link(account.address)
    db.session.refresh(account)
    return f"/password/{password_rules.password_link_token(account)}"


def choice(**values) -> dict:
    return {"password": NEW, "confirmation": NEW} | values


def sign_in(client, account: Account, password: str = PASSWORD):
    return client.post("/sign-in", data={"address": account.address, "password": password})


def test_the_answer_is_the_same_for_everybody(visitor, people):
    answers = [
        visitor.post("/forgotten-password", data={"address": address})
        for address in ("arthur@iwdemo.fr", "nobody@iwdemo.fr")
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    one, two = (answer.text for answer in answers)
    assert "arthur@iwdemo.fr" in one
    nonce = r"nonce"
    assert len(one) == len(two)
    assert nonce in one
    assert len(db.session.scalars(select(Job)).all()) == 2


@pytest.mark.parametrize("address", ["", "arthur", "a b@iwdemo.fr", "x" * 330 + "@iwdemo.fr"])
def test_what_is_no_address_comes_back(visitor, people, address):
    answer = visitor.post("/forgotten-password", data={"address": address})
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert not db.session.scalars(select(Job)).all()


def test_too_many_wishes_must_wait(visitor, people):
    answers = [visitor.post("/forgotten-password", data={"address": "a@b.example"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_the_sign_in_page_leads_there(visitor, people, app, monkeypatch):
    monkeypatch.setattr("app.rules.server.settings.is_installed", lambda: True)
    assert 'href="/forgotten-password"' in visitor.get("/sign-in").text


def test_looking_at_the_page_uses_nothing(visitor, people):
    link = link_of(people.arthur)
    for _ in range(2):
        page = visitor.get(link)
        assert page.status_code == 200
        assert 'autocomplete="new-password"' in page.text
    assert visitor.post(link, data=choice()).status_code == 303


def test_the_button_chooses_the_password_and_leads_to_the_sign_in(visitor, people, client_of):
    link, other = link_of(people.arthur), client_of(people.arthur)
    answer = visitor.post(link, data=choice())
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert "Votre mot de passe est défini" in visitor.get("/sign-in").text
    assert other.get("/sessions").status_code == 303
    assert sign_in(visitor, people.arthur, NEW).status_code == 303


def test_a_used_link_says_so(visitor, people):
    link = link_of(people.arthur)
    visitor.post(link, data=choice())
    for answer in (visitor.get(link), visitor.post(link, data=choice())):
        assert answer.status_code == 410
        assert "/forgotten-password" in answer.text


@pytest.mark.parametrize(
    "values", [{"confirmation": "autre chose encore"}, {"password": "court", "confirmation": "court"}]
)
def test_a_refused_password_leaves_the_link_open(visitor, people, values):
    link = link_of(people.arthur)
    answer = visitor.post(link, data=choice(**values))
    assert answer.status_code == 422
    assert values["confirmation"] not in answer.text
    assert visitor.get(link).status_code == 200


def guess(client, account: Account, times: int) -> list[int]:
    return [sign_in(client, account, "a wrong guess").status_code for _ in range(times)]


def test_strangers_who_guess_do_not_lock_a_known_device_out(visitor, people, app):
    app.config["SIGN_IN_FREE"] = 2
    sign_in(visitor, people.arthur)
    visitor.post("/sign-out")
    stranger = app.test_client()
    assert guess(stranger, people.arthur, 4)[-1] == 429
    assert sign_in(stranger, people.arthur).status_code == 429
    assert sign_in(visitor, people.arthur).status_code == 303


def test_a_known_device_may_not_guess_for_ever_either(visitor, people, app):
    app.config["SIGN_IN_FREE"] = 2
    sign_in(visitor, people.arthur)
    visitor.post("/sign-out")
    assert guess(visitor, people.arthur, 3) == [422, 422, 429]
    assert sign_in(app.test_client(), people.arthur).status_code == 303


def test_a_device_is_known_for_the_accounts_that_signed_in_on_it_alone(visitor, people, app):
    app.config["SIGN_IN_FREE"] = 2
    sign_in(visitor, people.arthur)
    guess(app.test_client(), people.jean, 3)
    assert sign_in(visitor, people.jean).status_code == 429


def test_a_forged_device_is_a_stranger(visitor, people, app):
    app.config["SIGN_IN_FREE"] = 2
    guess(app.test_client(), people.arthur, 3)
    for forged in ("x", f'[[{people.arthur.id},"aa"]].sig', "é"):
        visitor.set_cookie("__Host-teamchat-device", forged, domain="localhost", secure=True)
        assert sign_in(visitor, people.arthur).status_code == 429


def test_the_device_cookie_is_kept_apart_and_safe(visitor, people):
    cookies = [
        header
        for header in sign_in(visitor, people.arthur).headers.getlist("Set-Cookie")
        if header.startswith("__Host-teamchat-device=")
    ]
    assert len(cookies) == 1
    for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="):
        assert word in cookies[0]


def test_ones_own_password_can_be_changed_while_strangers_guess(people, client_of, app):
    app.config["SIGN_IN_FREE"] = 2
    client = client_of(people.arthur)
    guess(app.test_client(), people.arthur, 4)
    data = {"current": PASSWORD, "password": NEW, "confirmation": NEW}
    assert client.post("/password", data=data).status_code == 303
    assert sessions.sign_in(people.jean.address, PASSWORD)
