"""Access control: every route declares who may enter, and the declaration holds."""

import pytest

from app.blueprints import access_control
from app.models import Role
from tests.support import factories
from tests.support.routes import WRITING, address_of, rules

# Views that need no sign-in. Who adds one says so here too.
OPEN = {
    "join.show",
    "join.register_guest",
    "join.join_room",
    "join.mail_invitation",
    "join.ask_again",
    "join.asked",
    "join.send_confirmation_again",
    "join.about",
    "join.show_confirmation",
    "join.confirm_address",
    "join.confirmed",
    "join.show_extension",
    "join.extend_guest",
    "static",
    "sessions.sign_in",
    "sessions.enter",
    "sessions.choose_language",
    "sessions.choose_password",
    "sessions.request_password_link",
    "setup.install_server",
    "health.alive",
    "health.ready",
    "discovery.autodiscover",
    "discovery.autodiscover_json",
    "discovery.document",
    "discovery.teamchat_api",
}


# Views of WebAdmin that accounts reach by the right to change rights in one place. Who adds one says so here
# too.
BY_RIGHT = {
    "rights.show_place",
    "rights.save_grant",
    "rights.remove_grant",
    "rights.inherit_again",
    "rights.choose_subjects",
    "rights.add_grants",
    "rights.why",
    "rights.explain_person",
    "rights.show_matrix",
}

# For mail programs, which bear a name and a password with each request, and no cookie.
TOKENLESS = {"discovery.autodiscover"}


def addresses(app, behind, method):
    """Return an address for every route of a method with this access rule."""
    for rule in rules(app):
        if method in rule.methods and access_control.guard_of(app, rule.endpoint) is behind:
            yield address_of(app, rule)


def test_every_route_has_a_guard(app):
    assert not [rule.endpoint for rule in rules(app) if access_control.guard_of(app, rule.endpoint) is None]


def test_open_routes_are_listed(app):
    open_routes = {
        rule.endpoint
        for rule in rules(app)
        if access_control.guard_of(app, rule.endpoint) is access_control.anybody
    }
    assert open_routes | {"static"} == OPEN


def test_routes_for_accounts_are_listed(app):
    assert {
        rule.endpoint
        for rule in rules(app)
        if access_control.guard_of(app, rule.endpoint) is access_control.accounts
    } == BY_RIGHT


def test_routes_for_accounts_check_the_right(app, client_of, people):
    """To who sees the room it is forbidden, to who does not see it does not exist, and guests get nowhere."""
    guest = factories.make_account(people.domain, "bt", address="bt@darnis.com", is_guest=True)
    factories.join_room(people.room, guest)
    here = {
        "kind": "room",
        "place_id": people.room.id,
        "room_id": people.room.id,
        "account_id": people.jean.id,
    }
    nowhere = here | {"place_id": 999_999, "room_id": 999_999}
    tries = [(people.arthur, here, 403), (people.arthur, nowhere, 404), (people.paul, here, 404)]
    tries += [(people.autrui, here, 404), (guest, here, 403), (guest, nowhere, 403)]
    for person, ids, status in tries:
        client = client_of(person)
        for rule in [rule for rule in rules(app) if rule.endpoint in BY_RIGHT]:
            for method in rule.methods & {"GET", "POST"}:
                address = address_of(app, rule, **ids)
                answer = client.open(address, method=method)
                assert answer.status_code == status, f"{person.name}: {method} {address} {answer.status_code}"


def test_route_without_guard_is_forbidden(app, client_of, people, monkeypatch):
    monkeypatch.setattr(access_control, "GUARDS", {})
    assert client_of(people.admin).get("/sessions").status_code == 403


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "behind", [access_control.signed_in, access_control.accounts, access_control.administrators]
)
def test_anonymous_requests_are_redirected_to_sign_in(app, visitor, people, method, behind):
    for address in addresses(app, behind, method):
        answer = visitor.open(address, method=method)
        assert answer.status_code in (302, 303, 401), f"{method} {address} answers {answer.status_code}"
        assert answer.status_code == 401 or "/sign-in" in answer.headers["Location"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_users_are_forbidden_in_webadmin(app, client_of, people, method):
    client = client_of(people.arthur)
    for address in addresses(app, access_control.administrators, method):
        assert client.open(address, method=method).status_code == 403, f"{method} {address}"


def test_guests_are_forbidden_in_webadmin(app, client_of, people):
    client = client_of(factories.make_account(people.domain, "bt", address="bt@darnis.com", is_guest=True))
    for address in addresses(app, access_control.administrators, "GET"):
        assert client.get(address).status_code == 403, address


def test_signed_out_session_is_anonymous(app, client_of, people):
    client = client_of(people.arthur)
    assert client.get("/sessions").status_code == 200
    client.post("/sign-out")
    assert client.get("/sessions").status_code in (302, 303, 401)


@pytest.mark.parametrize("method", sorted(WRITING))
def test_writing_routes_need_a_csrf_token(app, client_of, people, method):
    client = client_of(people.admin)
    for rule in rules(app):
        if method not in rule.methods or rule.endpoint in TOKENLESS:
            continue
        address = address_of(app, rule)
        answer = client.open(address, method=method, has_token=False)
        assert answer.status_code == 400, f"{method} {address} was let through without a CSRF token"


def test_writing_routes_accept_get_only_for_their_form(app):
    """A view that writes takes no GET, unless it shows its own form."""
    both = [rule for rule in rules(app) if rule.methods & WRITING and "GET" in rule.methods]
    assert all(rule.methods & WRITING == {"POST"} for rule in both)


def test_every_role_except_user_may_open_webadmin(app, people):
    assert [role for role in Role if role is not Role.USER] == [Role.SERVER, Role.WEB, Role.DOMAIN]
