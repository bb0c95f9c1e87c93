"""System → Administrators."""

import pytest

from app.extensions import db
from app.models import AdministeredDomain, Role

HOME = "/admin/administrators/"


def role_of(account) -> Role:
    return db.session.get(type(account), account.id, populate_existing=True).role


def test_the_list_shows_ones_scope(people, client_of):
    page = client_of(people.admin).get(HOME).text
    for name in ("admin@iwdemo.fr", "webadmin@iwdemo.fr", "rivale@autre.example"):
        assert name in page
    assert "rivale" not in client_of(people.domain_admin).get(HOME).text
    only = client_of(people.admin).fragment(f"{HOME}?role=web", "list").text
    assert "webadmin@iwdemo.fr" in only
    assert "rivale" not in only
    assert "No administrator matches." in client_of(people.admin).get(f"{HOME}?q=zzz").text


def test_who_may_not_be_changed_has_no_buttons(people, client_of):
    page = client_of(people.domain_admin).get(HOME).text
    assert f"{HOME}{people.domain_admin.id}/take" in page
    assert f"{HOME}{people.admin.id}/take" not in page


def test_an_account_is_found_and_given_a_role(people, client_of):
    client = client_of(people.domain_admin)
    found = client.fragment(f"{HOME}new?q=paul", "list").text
    assert f"{HOME}{people.paul.id}" in found
    assert "arthur" not in found
    form = client.fragment(f"{HOME}{people.paul.id}", "dialog").text
    assert 'value="server"' not in form
    answer = client.post(f"{HOME}{people.paul.id}", data={"role": "domain"})
    assert (answer.status_code, answer.location) == (303, HOME)
    assert role_of(people.paul) is Role.DOMAIN
    assert "Role changed" in client.get(f"/admin/accounts/{people.paul.id}/history").text


def test_candidates_of_other_domains_are_found_within_scope(people, client_of):
    other = f"{HOME}new?domain={people.other_domain.id}"
    assert "autrui" in client_of(people.admin).fragment(other, "list").text
    assert client_of(people.domain_admin).get(other).status_code == 404


def test_further_domains_are_given(people, client_of):
    client = client_of(people.admin)
    data = {"role": "domain", "domains": [people.other_domain.id]}
    assert client.post(f"{HOME}{people.paul.id}", data=data).status_code == 303
    assert db.session.get(AdministeredDomain, (people.paul.id, people.other_domain.id))
    assert "autre.example" in client.get(HOME).text
    assert client_of(people.paul).get(f"/admin/domains/{people.other_domain.id}/accounts").status_code == 200


@pytest.mark.parametrize("data", [{"role": "server"}, {"role": "emperor"}, {}])
def test_a_role_that_one_may_not_give_is_refused(people, client_of, data):
    assert client_of(people.domain_admin).post(f"{HOME}{people.paul.id}", data=data).status_code == 422
    assert role_of(people.paul) is Role.USER


def test_a_domain_out_of_scope_is_refused(people, client_of):
    data = {"role": "domain", "domains": [people.other_domain.id]}
    assert client_of(people.domain_admin).post(f"{HOME}{people.paul.id}", data=data).status_code == 422


@pytest.mark.parametrize("act", ["", "/take"])
def test_roles_hold_their_limits_at_every_address(people, client_of, act):
    data = {"role": "user"}
    for method in ("GET", "POST"):
        client = client_of(people.domain_admin)
        assert client.open(f"{HOME}{people.admin.id}{act}", method=method, data=data).status_code == 403
        assert client.open(f"{HOME}{people.autrui.id}{act}", method=method, data=data).status_code == 404
        assert (
            client_of(people.arthur).open(f"{HOME}{people.arthur.id}{act}", method=method).status_code == 403
        )


def test_a_role_is_taken_after_its_meaning_was_said(people, client_of):
    client = client_of(people.admin)
    assert (
        "will no longer be an administrator"
        in client.fragment(f"{HOME}{people.web_admin.id}/take", "dialog").text
    )
    assert client.post(f"{HOME}{people.web_admin.id}/take").status_code == 303
    assert role_of(people.web_admin) is Role.USER


def test_taking_ones_own_role_asks_and_says_what_is_lost(people, client_of):
    client = client_of(people.web_admin)
    asked = client.post(f"{HOME}{people.web_admin.id}", data={"role": "domain"})
    assert asked.status_code == 422
    assert "This is your own role" in asked.text
    assert role_of(people.web_admin) is Role.WEB
    answered = client.post(f"{HOME}{people.web_admin.id}", data={"role": "domain", "answer": "own"})
    assert answered.status_code == 303
    assert role_of(people.web_admin) is Role.DOMAIN
    assert "you lose WebAdmin at once" in client.get(f"{HOME}{people.web_admin.id}/take").text
    assert client.post(f"{HOME}{people.web_admin.id}/take").location == "/"
    assert client.get(HOME).status_code == 403


def test_the_last_server_administrator_is_told(people, client_of):
    client = client_of(people.admin)
    answer = client.post(f"{HOME}{people.admin.id}/take")
    assert answer.status_code == 422
    assert "last server administrator" in answer.text
    answer = client.post(f"{HOME}{people.admin.id}", data={"role": "web", "answer": "own"})
    assert answer.status_code == 422
    assert "last server administrator" in answer.text
    assert role_of(people.admin) is Role.SERVER
