"""Menus of WebAdmin: what they contain, for whom, and which entry is current."""

import pytest
from flask import g

from app.blueprints import navigation


@pytest.fixture
def menus_of(app):
    """Return what a function of the navigation gives an account."""

    def menus(account, function):
        with app.test_request_context("/admin/"):
            g._login_user = account
            return function()

    return menus


def titles(entries):
    return [entry["title"] for entry in entries]


def test_navigation_lists_all_sections_to_server_administrator(people, menus_of):
    sections = menus_of(people.admin, navigation.navigation)
    assert titles(sections) == [None, "Domains & accounts", "System"]
    assert titles(sections[1]["entries"]) == ["Domain list", "Guest accounts"]
    assert titles(sections[2]["entries"]) == [
        *("SmartDiscover", "Certificate", "Licence", "Outgoing mail"),
        *("Administrators", "Audit log", "Tasks"),
    ]


def test_navigation_hides_server_entries_from_domain_administrator(people, menus_of):
    sections = menus_of(people.domain_admin, navigation.navigation)
    assert titles(sections[2]["entries"]) == ["Administrators", "Audit log", "Tasks"]
    assert titles(menus_of(people.domain_admin, navigation.new_menu)) == [
        *("New user", "New group", "Import accounts", "Import groups")
    ]
    assert menus_of(people.domain_admin, navigation.help_menu) == []


def test_navigation_hides_count_of_tasks_at_zero(people, menus_of):
    sections = menus_of(people.admin, navigation.navigation)
    assert sections[1]["entries"][0]["count"] == 2
    assert sections[2]["entries"][-1]["count"] is None


def test_the_menu_stands_in_the_order_of_the_guide(client_of, people):
    page = client_of(people.admin).get("/admin/").text
    menu = page[page.index("<nav") : page.index("</nav>")]
    places = [menu.index(title) for title in ("Dashboard", "Domain list", "SmartDiscover", "Administrators")]
    assert places == sorted(places)


def test_what_stands_below_a_domain_is_marked_there(people, client_of):
    client = client_of(people.admin)
    for address in (
        *(f"/admin/rooms/{people.room.id}/", f"/admin/rooms/{people.room.id}/why", "/admin/accounts/import"),
        *(f"/admin/domains/{people.domain.id}/smartdiscover", f"/admin/groups/{people.group.id}/rooms"),
    ):
        page = client.get(address).text
        entry = page[: page.index("Domain list</span>")].rpartition("<a ")[2]
        assert 'aria-current="page"' in entry, address
    assert client.get("/admin/smartdiscover").text.count('aria-current="page">') == 1


def test_pages_of_the_menu_say_where_one_is(people, client_of):
    client = client_of(people.admin)
    page = client.get("/admin/domains/").text
    crumbs = page[page.index('class="crumbs"') :][:400]
    assert "Domains &amp; accounts" in crumbs and "Domain list" in crumbs
    assert 'class="crumbs"' not in client.get("/admin/").text
