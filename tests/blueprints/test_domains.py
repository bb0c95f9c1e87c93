"""Domains in WebAdmin."""

import re

import pytest

from app.extensions import db
from app.models import Domain
from app.operations import bulk, domains
from app.rules.domains import Feature
from tests.support import factories
from tests.support.forms import filled


def names_in(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"d\d{3}\.example", page)))


def address(domain: Domain) -> str:
    return f"/admin/domains/{domain.id}/properties"


def stored(domain: Domain) -> Domain:
    return db.session.get(Domain, domain.id, populate_existing=True)


def test_the_list_holds_what_one_administers(people, client_of):
    everything = client_of(people.web_admin).get("/admin/domains/").text
    assert "iwdemo.fr" in everything and "autre.example" in everything
    own = client_of(people.domain_admin).get("/admin/domains/").text
    assert "iwdemo.fr" in own
    assert "autre.example" not in own
    assert "internalservicedomain" not in everything


def test_the_list_searches_and_says_when_nothing_is_found(people, client_of):
    client = client_of(people.admin)
    found = client.fragment("/admin/domains/?q=AUTRE", "list").text
    assert "autre.example" in found
    assert "iwdemo.fr" not in found
    assert "No domain matches." in client.get("/admin/domains/?q=zzz").text


def test_the_list_pages_forwards_and_back(people, client_of):
    for number in range(120):
        factories.keep(Domain(name=f"d{number:03}.example"))
    client = client_of(people.admin)
    seen, url = [], "/admin/domains/?q=d"
    while url:
        page = client.get(url).text
        seen.append(names_in(page))
        match = re.search(r'rel="next" href="([^"]*)"', page)
        url = match and match[1].replace("&amp;", "&")
    names = [name for names in seen for name in names]
    assert len(set(names)) == 120
    back = re.search(r'rel="prev" href="([^"]*)"', page)[1].replace("&amp;", "&")
    assert names_in(client.get(back).text) == seen[-2]


def test_a_broken_cursor_is_the_first_page(people, client_of):
    for cursor in ("x", "bnVsbA", "WyI-IiwxLDIsM10", "%00"):
        assert "iwdemo.fr" in client_of(people.admin).get(f"/admin/domains/?cursor={cursor}").text


def test_a_domain_is_made_in_a_dialog_or_on_a_page(people, client_of):
    client = client_of(people.admin)
    assert "<html" in client.get("/admin/domains/new").text
    assert "<dialog" in client.fragment("/admin/domains/new", "dialog").text
    answer = client.post("/admin/domains/new", data={"name": "neuf.example"})
    assert answer.status_code == 303
    made = db.session.query(Domain).filter_by(name="neuf.example").one()
    assert answer.location.endswith(f"/admin/domains/{made.id}/properties")


def test_what_was_typed_stays_with_the_refusal(people, client_of):
    answer = client_of(people.admin).post(
        "/admin/domains/new", data={"name": "iwdemo.fr", "description": "Ma note"}
    )
    assert answer.status_code == 422
    assert "already exists" in answer.text
    assert 'value="Ma note"' in answer.text


def test_a_domain_administrator_makes_none(people, client_of):
    client = client_of(people.domain_admin)
    assert client.get("/admin/domains/new").status_code == 403
    assert "/admin/domains/new" not in client.get("/admin/").text


@pytest.mark.parametrize("page", ["", "properties", "accounts", "groups", "history"])
def test_another_tenants_domain_is_not_found(people, client_of, page):
    client = client_of(people.domain_admin)
    assert client.get(f"/admin/domains/{people.other_domain.id}/{page}").status_code == 404
    assert client.get(f"/admin/domains/{people.domain.id}/{page}").status_code in (200, 302)


def test_the_guides_path_switches_teamchat_on_with_the_other_two(people, client_of):
    bare = factories.make_domain("nu.example", has_everything=False)
    client = client_of(people.admin)
    form = filled(client.get(address(bare)).text) | {"teamchat": "y"}
    asked = client.post(address(bare), data=form)
    assert asked.status_code == 422
    assert "Enable all three" in asked.text
    assert not stored(bare).has_teamchat
    assert client.post(address(bare), data=form | {"answer": "all_three"}).status_code == 303
    assert all(getattr(stored(bare), f"has_{feature}") for feature in Feature)


@pytest.mark.parametrize("lost", ["groupware", "webdav", "teamchat"])
def test_whatever_stops_teamchat_is_asked_about_with_numbers(people, client_of, lost):
    client = client_of(people.admin)
    form = filled(client.get(address(people.domain)).text)
    del form[lost]
    asked = client.post(address(people.domain), data=form | {"description": "Gardée"})
    assert asked.status_code == 422
    assert "TeamChat stops for 6 people of iwdemo.fr. 1 room is hidden" in asked.text
    assert "Gardée" in asked.text
    assert stored(people.domain).has_teamchat
    assert client.post(address(people.domain), data=form | {"answer": "stop"}).status_code == 303
    assert not stored(people.domain).has_teamchat
    assert getattr(stored(people.domain), f"has_{lost}") is False


def test_a_domain_administrator_sees_the_tiles_and_changes_none(people, client_of):
    client = client_of(people.domain_admin)
    page = client.get(address(people.domain)).text
    assert re.search(r'<input[^>]*disabled[^>]*id="teamchat"', page)
    form = filled(page) | {"description": "À nous"}
    del form["teamchat"]
    assert client.post(address(people.domain), data=form).status_code == 303
    assert stored(people.domain).description == "À nous"
    assert stored(people.domain).has_teamchat


def test_the_slower_of_two_sees_both_and_loses_nothing(people, client_of):
    client = client_of(people.admin)
    form = filled(client.get(address(people.domain)).text)
    domains.update_domain(people.web_admin, people.domain, {"description": "Première", "language": "fr"})
    answer = client.post(address(people.domain), data=form | {"description": "Seconde"})
    assert answer.status_code == 422
    assert "Somebody else changed this" in answer.text
    assert "webadmin@iwdemo.fr" in answer.text
    assert "Première" in answer.text and ">Seconde</textarea>" in answer.text.replace("\r\n", "")
    assert stored(people.domain).description == "Première"
    again = filled(answer.text) | {"description": "Seconde"}
    assert again["language"] == "fr", "what was not touched here follows the other"
    assert client.post(address(people.domain), data=again).status_code == 303
    assert (stored(people.domain).description, stored(people.domain).language) == ("Seconde", "fr")


def test_a_form_without_its_version_is_always_too_slow(people, client_of):
    answer = client_of(people.admin).post(
        address(people.domain),
        data={
            "description": "x",
            "state": "active",
            "groupware": "y",
            "webdav": "y",
            "teamchat": "y",
            "seen": "[1]",
        },
    )
    assert answer.status_code == 422
    assert stored(people.domain).description is None


def test_the_history_tells_in_words_who_changed_what(people, client_of):
    domains.update_domain(people.web_admin, people.domain, {"description": "Neuve"})
    page = client_of(people.domain_admin).get(f"/admin/domains/{people.domain.id}/history").text
    for words in ("Properties changed", "webadmin@iwdemo.fr", "Description", "Neuve"):
        assert words in page


def test_the_list_costs_the_same_however_long_it_is(people, client_of, count_statements):
    client = client_of(people.admin)
    with count_statements() as few:
        client.get("/admin/domains/")
    for _ in range(20):
        factories.make_account(factories.make_domain())
    with count_statements() as many:
        client.get("/admin/domains/")
    assert len(many) <= len(few)


def test_web_administrator_is_offered_no_deletion_of_a_server_administrators_domain(people, client_of):
    domain = people.other_domain
    properties, delete = f"/admin/domains/{domain.id}/properties", f"/admin/domains/{domain.id}/delete"
    assert delete in client_of(people.web_admin).get(properties).text
    factories.make_account(domain, "chef", role="server")
    client = client_of(people.web_admin)
    assert delete not in client.get(properties).text
    assert client.get(delete).status_code == 403
    assert client.post(delete, data={"name": domain.name}).status_code == 403
    assert delete in client_of(people.admin).get(properties).text
    action = next(one for one in bulk.collection_named("domains").actions if one.name == "suspend")
    assert action.judge(people.web_admin, domain, {}) is not None
    assert action.judge(people.admin, domain, {}) is None
