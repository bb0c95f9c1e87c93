"""Pages for signing in, and for a person's own devices, password and language."""

from datetime import timedelta

import pytest

from app.extensions import db
from app.models import Session
from app.operations import sessions
from app.queries.sessions import find_by_token
from tests.support.factories import PASSWORD


def fill_in(client, account, password=PASSWORD, **values):
    return client.post("/sign-in", data={"address": account.address, "password": password, **values})


def is_the_chat(location: str) -> bool:
    return location in ("/webmail/", "/webmail/rooms")


def token_in(client) -> str | None:
    found = []
    client.change_cookie(lambda cookie: found.append(cookie.get("_user_id")))
    return found[0]


def test_the_page_asks_for_address_and_password(visitor):
    page = visitor.get("/sign-in").text
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert 'name="csrf_token"' in page


def test_the_page_of_an_empty_server_says_how_to_install_it(visitor):
    assert "flask install-link" in visitor.get("/sign-in").text


def test_signing_in_opens_what_is_behind_the_gate(visitor, people):
    assert visitor.get("/sessions").status_code == 303
    answer = fill_in(visitor, people.arthur)
    assert answer.status_code == 303
    assert is_the_chat(answer.location)
    assert visitor.get("/sessions").status_code == 200


def test_administrators_land_in_webadmin(visitor, people):
    assert fill_in(visitor, people.domain_admin).location == "/admin/"


def test_one_comes_back_to_the_page_that_was_asked_for(visitor, people):
    asked = visitor.get("/sessions?sort=ip")
    assert asked.location == "/sign-in?next=/sessions?sort%3Dip"
    assert 'value="/sessions?sort=ip"' in visitor.get(asked.location).text
    assert fill_in(visitor, people.arthur, next="/sessions?sort=ip").location == "/sessions?sort=ip"


@pytest.mark.parametrize(
    "elsewhere",
    [
        *("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)"),
        *("/\t/elsewhere.example", " //elsewhere.example", "elsewhere", ""),
    ],
)
def test_one_is_never_sent_to_another_server(visitor, people, elsewhere):
    assert is_the_chat(fill_in(visitor, people.arthur, next=elsewhere).location)


@pytest.mark.parametrize("fault", ["password", "address"])
def test_a_wrong_password_and_an_unknown_address_look_alike(visitor, people, fault):
    data = {"address": people.arthur.address, "password": PASSWORD, fault: "nobody@iwdemo.fr"}
    answer = visitor.post("/sign-in", data=data)
    assert answer.status_code == 422
    assert "Adresse ou mot de passe" in answer.text or "Address or password is wrong." in answer.text
    assert token_in(visitor) is None


def test_an_empty_form_comes_back(visitor):
    answer = visitor.post("/sign-in", data={})
    assert answer.status_code == 422
    assert answer.text.count("field-error") >= 2


def test_too_many_attempts_are_told_how_long_to_wait(visitor, people, app):
    app.config["SIGN_IN_FREE"] = 1
    fill_in(visitor, people.arthur, "wrong password")
    answer = fill_in(visitor, people.arthur)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) == 1


def test_what_a_stranger_put_into_the_cookie_is_gone_after_signing_in(visitor, people):
    visitor.change_cookie(lambda cookie: cookie.update(planted="by somebody", csrf_token="known to somebody"))
    fill_in(visitor, people.arthur)
    left = []
    visitor.change_cookie(lambda cookie: left.append(dict(cookie)))
    assert "planted" not in left[0]
    assert left[0].get("csrf_token") != "known to somebody"


def test_signing_in_twice_gives_two_tokens(visitor, people, app):
    fill_in(visitor, people.arthur)
    other = app.test_client()
    fill_in(other, people.arthur)
    assert token_in(visitor) != token_in(other)


def test_a_token_that_nobody_was_given_opens_nothing(visitor, people):
    visitor.change_cookie(lambda cookie: cookie.update(_user_id=str(people.arthur.id)))
    assert visitor.get("/sessions").status_code == 303


def test_who_is_signed_in_needs_no_sign_in_page(client_of, people):
    assert is_the_chat(client_of(people.arthur).get("/sign-in").location)


def test_the_root_leads_everybody_home(client_of, visitor, people):
    assert is_the_chat(client_of(people.arthur).get("/").location)
    assert client_of(people.admin).get("/").location == "/admin/"
    assert visitor.get("/").location == "/sign-in"


def test_signing_out_ends_the_session_and_not_only_the_cookie(client_of, people):
    client = client_of(people.arthur)
    token = token_in(client)
    assert client.post("/sign-out").location == "/sign-in"
    assert find_by_token(token) is None
    assert token_in(client) is None


def test_signing_out_is_not_done_by_a_link(client_of, people):
    assert client_of(people.arthur).get("/sign-out").status_code == 405


def test_ones_own_devices_are_listed(client_of, people):
    there = client_of(people.arthur)
    here = client_of(people.arthur)
    page = here.get("/sessions").text
    assert page.count('/revoke"') == 2
    assert there.get("/sessions").status_code == 200


def test_a_device_is_signed_out_from_another_one(client_of, people):
    lost = client_of(people.arthur)
    token = token_in(lost)
    here = client_of(people.arthur)
    answer = here.post(f"/sessions/{find_by_token(token).id}/revoke")
    assert (answer.status_code, answer.location) == (303, "/sessions")
    assert lost.get("/sessions").status_code == 303
    assert here.get("/sessions").status_code == 200


def test_the_devices_of_others_are_not_there_even_for_administrators(client_of, people):
    of_arthur = token_in(client_of(people.arthur))
    session_id = find_by_token(of_arthur).id
    for other in (people.jean, people.admin):
        assert client_of(other).post(f"/sessions/{session_id}/revoke").status_code == 404
    assert find_by_token(of_arthur) is not None


def test_every_other_device_is_signed_out_at_once(client_of, people):
    others = [client_of(people.arthur) for _ in range(2)]
    here = client_of(people.arthur)
    here.post("/sessions/revoke-others")
    assert [client.get("/sessions").status_code for client in others] == [303, 303]
    assert here.get("/sessions").status_code == 200


def test_a_password_is_changed_and_the_other_devices_are_signed_out(client_of, people, visitor):
    other, here = client_of(people.arthur), client_of(people.arthur)
    new = {"current": PASSWORD, "password": "trombone-violet-42", "confirmation": "trombone-violet-42"}
    assert here.post("/password", data=new).location == "/sessions"
    assert here.get("/sessions").status_code == 200
    assert other.get("/sessions").status_code == 303
    assert fill_in(visitor, people.arthur).status_code == 422
    assert fill_in(visitor, people.arthur, "trombone-violet-42").status_code == 303


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"current": "not the old one"}, "current"),
        ({"password": "azerty12345", "confirmation": "azerty12345"}, "password"),
        ({"confirmation": "another"}, "confirmation"),
    ],
)
def test_a_password_that_cannot_be_changed_says_why_at_its_field(client_of, people, change, field):
    form = {
        "current": PASSWORD,
        "password": "trombone-violet-42",
        "confirmation": "trombone-violet-42",
        **change,
    }
    answer = client_of(people.arthur).post("/password", data=form)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "trombone-violet-42" not in answer.text


def test_the_language_is_kept_with_the_account(client_of, people):
    client = client_of(people.arthur)
    assert '<html lang="en"' in client.get("/sessions").text
    answer = client.post("/language", data={"language": "fr", "next": "/sessions"})
    assert answer.location == "/sessions"
    assert '<html lang="fr"' in client.get("/sessions").text
    assert '<html lang="fr"' in client_of(people.arthur).get("/sessions").text


def test_the_language_of_a_stranger_is_kept_in_the_cookie(visitor):
    assert '<html lang="fr"' in visitor.get("/sign-in").text
    visitor.post("/language", data={"language": "en", "next": "/sign-in"})
    assert '<html lang="en"' in visitor.get("/sign-in").text


def test_an_account_without_a_language_keeps_the_one_chosen_before_signing_in(visitor, people):
    people.arthur.language = None
    db.session.commit()
    visitor.post("/language", data={"language": "en"})
    fill_in(visitor, people.arthur)
    assert '<html lang="en"' in visitor.get("/sessions").text


def test_a_language_that_is_not_spoken_is_refused(client_of, visitor, people):
    assert client_of(people.arthur).post("/language", data={"language": "tlh"}).status_code == 422
    visitor.post("/language", data={"language": "tlh"})
    assert '<html lang="fr"' in visitor.get("/sign-in").text


def test_the_cookie_says_how_long_and_where_it_may_go(app, visitor, people):
    answer = fill_in(visitor, people.arthur)
    (cookie,) = [
        value for value in answer.headers.getlist("Set-Cookie") if value.startswith("__Host-teamchat=")
    ]
    assert "; Secure" in cookie
    assert "; HttpOnly" in cookie
    assert "; SameSite=Lax" in cookie
    assert "; Path=/" in cookie
    assert "Domain=" not in cookie
    assert "Expires=" in cookie


def test_the_cookie_is_not_sent_again_with_every_answer(client_of, people):
    """A slow answer that was begun before signing out must not sign in again."""
    client = client_of(people.arthur)
    client.get("/sessions")
    assert "Set-Cookie" not in client.get("/sessions").headers


def test_a_device_in_use_notes_when_and_from_where(client_of, people):
    client = client_of(people.arthur)
    device = find_by_token(token_in(client))
    before = device.last_seen_at
    device.last_seen_at = before - timedelta(days=365)
    db.session.commit()
    client.get("/sessions", environ_base={"REMOTE_ADDR": "192.0.2.77"})
    again = db.session.get(Session, device.id, populate_existing=True)
    assert again.last_seen_at > before - timedelta(days=365)
    assert again.ip == "192.0.2.77"


def test_every_session_belongs_to_the_one_who_opened_it(client_of, people):
    clients = {account.name: client_of(account) for account in (people.arthur, people.jean, people.paul)}
    for name in ("arthur", "jean", "paul", "arthur"):
        assert f"{name}@iwdemo.fr" in clients[name].get("/password").text


def test_revoking_is_told_to_open_sockets(client_of, people, events):
    device = find_by_token(token_in(client_of(people.arthur)))
    sessions.revoke_session(people.arthur, device.id)
    assert [event.session_id for event in events if type(event).__name__ == "SessionRevoked"] == [device.id]
