"""System → Administrators."""

import pytest

from app.extensions import db
from app.models import AdministeredDomain, Role

HOME = "/admin/administrators/"


def role_of(account) -> Role:
    return db.session.get(type(account), account.id, populate_existing=True).role


def test_the_list_shows_ones_scope(cast, client_of):
    page = client_of(cast.admin).get(HOME).text
    for name in ("admin@iwdemo.fr", "webadmin@iwdemo.fr", "rivale@autre.example"):
        assert name in page
    assert "rivale" not in client_of(cast.domain_admin).get(HOME).text
    only = client_of(cast.admin).fragment(f"{HOME}?role=web", "list").text
    assert "webadmin@iwdemo.fr" in only
    assert "rivale" not in only
    assert "No administrator matches." in client_of(cast.admin).get(f"{HOME}?q=zzz").text


def test_who_may_not_be_changed_has_no_buttons(cast, client_of):
    page = client_of(cast.domain_admin).get(HOME).text
    assert f"{HOME}{cast.domain_admin.id}/take" in page
    assert f"{HOME}{cast.admin.id}/take" not in page


def test_an_account_is_found_and_given_a_role(cast, client_of):
    client = client_of(cast.domain_admin)
    found = client.fragment(f"{HOME}new?q=paul", "list").text
    assert f"{HOME}{cast.paul.id}" in found
    assert "arthur" not in found
    form = client.fragment(f"{HOME}{cast.paul.id}", "dialog").text
    assert 'value="server"' not in form
    answer = client.post(f"{HOME}{cast.paul.id}", data={"role": "domain"})
    assert (answer.status_code, answer.location) == (303, HOME)
    assert role_of(cast.paul) is Role.DOMAIN
    assert "Role changed" in client.get(f"/admin/accounts/{cast.paul.id}/history").text


def test_candidates_of_other_domains_are_found_within_scope(cast, client_of):
    other = f"{HOME}new?domain={cast.other_domain.id}"
    assert "autrui" in client_of(cast.admin).fragment(other, "list").text
    assert client_of(cast.domain_admin).get(other).status_code == 404


def test_further_domains_are_given(cast, client_of):
    client = client_of(cast.admin)
    data = {"role": "domain", "domains": [cast.other_domain.id]}
    assert client.post(f"{HOME}{cast.paul.id}", data=data).status_code == 303
    assert db.session.get(AdministeredDomain, (cast.paul.id, cast.other_domain.id))
    assert "autre.example" in client.get(HOME).text
    assert client_of(cast.paul).get(f"/admin/domains/{cast.other_domain.id}/accounts").status_code == 200


@pytest.mark.parametrize("data", [{"role": "server"}, {"role": "emperor"}, {}])
def test_a_role_that_one_may_not_give_is_refused(cast, client_of, data):
    assert client_of(cast.domain_admin).post(f"{HOME}{cast.paul.id}", data=data).status_code == 422
    assert role_of(cast.paul) is Role.USER


def test_a_domain_out_of_scope_is_refused(cast, client_of):
    data = {"role": "domain", "domains": [cast.other_domain.id]}
    assert client_of(cast.domain_admin).post(f"{HOME}{cast.paul.id}", data=data).status_code == 422


@pytest.mark.parametrize("act", ["", "/take"])
def test_roles_hold_their_limits_at_every_address(cast, client_of, act):
    data = {"role": "user"}
    for method in ("GET", "POST"):
        client = client_of(cast.domain_admin)
        assert client.open(f"{HOME}{cast.admin.id}{act}", method=method, data=data).status_code == 403
        assert client.open(f"{HOME}{cast.autrui.id}{act}", method=method, data=data).status_code == 404
        assert client_of(cast.arthur).open(f"{HOME}{cast.arthur.id}{act}", method=method).status_code == 403


def test_a_role_is_taken_after_its_meaning_was_said(cast, client_of):
    client = client_of(cast.admin)
    assert "administers nothing any more" in client.fragment(f"{HOME}{cast.web_admin.id}/take", "dialog").text
    assert client.post(f"{HOME}{cast.web_admin.id}/take").status_code == 303
    assert role_of(cast.web_admin) is Role.USER


def test_taking_ones_own_role_asks_and_says_what_is_lost(cast, client_of):
    client = client_of(cast.web_admin)
    asked = client.post(f"{HOME}{cast.web_admin.id}", data={"role": "domain"})
    assert asked.status_code == 422
    assert "This is your own role" in asked.text
    assert role_of(cast.web_admin) is Role.WEB
    answered = client.post(f"{HOME}{cast.web_admin.id}", data={"role": "domain", "answer": "own"})
    assert answered.status_code == 303
    assert role_of(cast.web_admin) is Role.DOMAIN
    assert "you lose WebAdmin at once" in client.get(f"{HOME}{cast.web_admin.id}/take").text
    assert client.post(f"{HOME}{cast.web_admin.id}/take").location == "/"
    assert client.get(HOME).status_code == 403


def test_the_last_server_administrator_is_told(cast, client_of):
    client = client_of(cast.admin)
    answer = client.post(f"{HOME}{cast.admin.id}/take")
    assert answer.status_code == 422
    assert "last server administrator" in answer.text
    answer = client.post(f"{HOME}{cast.admin.id}", data={"role": "web", "answer": "own"})
    assert answer.status_code == 422
    assert "last server administrator" in answer.text
    assert role_of(cast.admin) is Role.SERVER
