"""What the menu of WebAdmin is put together from."""

import pytest

from app.blueprints import navigation


@pytest.fixture
def menus(monkeypatch):
    monkeypatch.setattr(navigation, "_menus", {"navigation": [], "help_menu": []})


def section(title, *entries):
    return [{"title": title, "entries": [{"title": name, "place": place} for name, place in entries]}]


def test_sections_of_one_title_stand_together_in_their_order(menus):
    navigation.offers("navigation")(lambda: section(None, ("Dashboard", 0)))
    navigation.offers("navigation")(lambda: section("System", ("Audit log", 60)))
    navigation.offers("navigation")(lambda: section("Domains", ("List", 0)))
    navigation.offers("navigation")(lambda: section("System", ("Licence", 30), ("Mail", 40)))
    found = navigation.entries_of("navigation")
    assert [part["title"] for part in found] == [None, "System", "Domains"]
    assert [entry["title"] for entry in found[1]["entries"]] == ["Licence", "Mail", "Audit log"]


def test_a_section_that_offers_nothing_is_not_there(menus):
    navigation.offers("navigation")(list)
    assert navigation.entries_of("navigation") == []


def test_the_menu_stands_in_the_order_of_the_guide(client_of, cast):
    page = client_of(cast.admin).get("/admin/").text
    menu = page[page.index("<nav") : page.index("</nav>")]
    places = [menu.index(title) for title in ("Dashboard", "Domain list", "SmartDiscover", "Administrators")]
    assert places == sorted(places)


def test_what_stands_below_a_domain_is_marked_there(cast, client_of):
    client = client_of(cast.admin)
    for address in (
        *(f"/admin/rooms/{cast.room.id}/", f"/admin/rooms/{cast.room.id}/why", "/admin/accounts/import"),
        *(f"/admin/domains/{cast.domain.id}/smartdiscover", f"/admin/groups/{cast.group.id}/rooms"),
    ):
        page = client.get(address).text
        entry = page[: page.index("Domain list</span>")].rpartition("<a ")[2]
        assert 'aria-current="page"' in entry, address
    assert client.get("/admin/smartdiscover").text.count('aria-current="page">') == 1


def test_pages_of_the_menu_say_where_one_is(cast, client_of):
    client = client_of(cast.admin)
    page = client.get("/admin/domains/").text
    crumbs = page[page.index('class="crumbs"') :][:400]
    assert "Domains &amp; accounts" in crumbs and "Domain list" in crumbs
    assert 'class="crumbs"' not in client.get("/admin/").text
