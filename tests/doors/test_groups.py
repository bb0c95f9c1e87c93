"""Groups in WebAdmin: the guide's path, and what refuses to leave it."""

import re

import pytest

from app.extensions import db
from app.models import Group, MemberEntry
from app.operations import groups, messages
from app.rules.rights import access
from tests import factories
from tests.doors.test_domains import filled


def address(group: Group, page: str = "") -> str:
    return f"/admin/groups/{group.id}/{page}"


def stored(group: Group) -> Group:
    return db.session.get(Group, group.id, populate_existing=True)


def rooms_of(account) -> list[str]:
    return [seen.room.name for seen in access.visible_rooms(account)]


@pytest.fixture
def bare(cast) -> Group:
    return factories.make_group(cast.domain, "projet")


@pytest.mark.parametrize("who", ["admin", "web_admin", "domain_admin"])
def test_the_guides_path_without_scripts(cast, client_of, who):
    client = client_of(getattr(cast, who))
    made = client.post(
        "/admin/groups/new", data={"domain": cast.domain.id, "name": "groupe2", "alias": "groupe2"}
    )
    assert made.status_code == 303
    form = filled(client.get(made.location).text) | {"has_public_folder": "y", "teamchat": "y"}
    assert client.post(made.location, data=form).status_code == 303
    assert "1 room" in client.get(made.location).text
    members = {"member": [f"account:{cast.paul.id}", f"account:{cast.arthur.id}"]}
    added = client.post(f"{made.location}members/add", data=members)
    assert added.status_code == 303
    page = client.get(added.location).text
    assert "paul@iwdemo.fr" in page
    assert "2 entries · 2 effective members" in page
    assert rooms_of(cast.paul) == ["TeamChat"]


def test_the_dialog_says_what_the_guide_says(cast, client_of):
    cast.admin.language = "fr"
    dialog = client_of(cast.admin).fragment("/admin/groups/new", "dialog").text
    for words in (
        "CRÉER NOUVEAU GROUPE",
        "Nom du groupe",
        "Alias",
        "Enregistrer et nouveau",
        "Annuler",
        "Enregistrer",
    ):
        assert words in dialog
    one = client_of(cast.domain_admin).fragment("/admin/groups/new", "dialog").text
    assert "@iwdemo.fr" in one


def test_a_taken_address_is_told_at_its_field_with_what_was_typed(cast, client_of):
    data = {"domain": cast.domain.id, "name": "Mon groupe", "alias": "arthur"}
    answer = client_of(cast.admin).fragment("/admin/groups/new", "dialog", method="POST", data=data)
    assert answer.status_code == 422
    assert "alias-error" in answer.text
    assert 'value="Mon groupe"' in answer.text
    assert 'value="arthur"' in answer.text


def test_a_saved_dialog_leads_to_the_group(cast, client_of):
    data = {"domain": cast.domain.id, "name": "Équipe Été", "alias": ""}
    answer = client_of(cast.admin).fragment("/admin/groups/new", "dialog", method="POST", data=data)
    group = db.session.query(Group).filter_by(address="equipe.ete@iwdemo.fr").one()
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == address(group)


def test_teamchat_without_the_folder_is_offered_together(cast, client_of, bare):
    client = client_of(cast.admin)
    form = filled(client.get(address(bare)).text) | {"teamchat": "y", "description": "Gardée"}
    asked = client.post(address(bare), data=form)
    assert asked.status_code == 422
    assert "needs the public folder" in asked.text
    assert "Gardée" in asked.text
    assert not stored(bare).has_public_folder
    assert client.post(address(bare), data=form | {"answer": "folder_too"}).status_code == 303
    assert stored(bare).has_public_folder and stored(bare).has_teamchat


@pytest.mark.parametrize("lost", ["teamchat", "has_public_folder"])
def test_hiding_rooms_is_asked_about_with_numbers(cast, client_of, lost):
    client = client_of(cast.admin)
    form = filled(client.get(address(cast.group)).text)
    del form[lost]
    asked = client.post(address(cast.group), data=form)
    assert asked.status_code == 422
    assert "1 room of this group is hidden and kept" in asked.text
    assert "2 people lose sight of it." in asked.text
    assert rooms_of(cast.arthur) == ["TeamChat"]
    assert client.post(address(cast.group), data=form | {"answer": "hide"}).status_code == 303
    assert rooms_of(cast.arthur) == []


def test_without_the_domains_teamchat_the_page_says_so_and_refuses(cast, client_of):
    group = factories.make_group(factories.make_domain("nu.example", has_everything=False), "seul")
    client = client_of(cast.admin)
    page = client.get(address(group)).text
    assert "TeamChat is off for the domain nu.example." in page
    answer = client.post(address(group), data=filled(page) | {"has_public_folder": "y", "teamchat": "y"})
    assert answer.status_code == 422
    assert "teamchat-error" in answer.text


@pytest.mark.parametrize("page", ["", "members", "members/add", "history"])
def test_another_tenants_group_is_not_found(cast, client_of, page):
    client = client_of(cast.domain_admin)
    assert client.get(address(cast.other_group, page)).status_code == 404
    assert client.get(address(cast.group, page)).status_code == 200
    if page in ("", "members/add"):
        assert client.post(address(cast.other_group, page), data={"name": "x"}).status_code == 404


def test_the_list_shows_ones_own_groups(cast, client_of):
    client = client_of(cast.domain_admin)
    page = client.get(f"/admin/domains/{cast.domain.id}/groups").text
    assert "groupetc@iwdemo.fr" in page
    assert "ailleurs" not in page
    assert "No group matches." in client.get(f"/admin/domains/{cast.domain.id}/groups?q=zzz").text


def test_the_slower_of_two_sees_both(cast, client_of, bare):
    client = client_of(cast.admin)
    form = filled(client.get(address(bare)).text)
    groups.update_group(cast.web_admin, bare, {"name": "Projet X"})
    answer = client.post(address(bare), data=form | {"name": "Projet Y"})
    assert answer.status_code == 422
    assert "Projet X" in answer.text
    assert 'value="Projet Y"' in answer.text
    assert stored(bare).name == "Projet X"


def test_the_picker_offers_three_kinds_within_ones_scope(cast, client_of, bare):
    client = client_of(cast.domain_admin)
    pick = address(bare, "members/add")
    people = client.get(pick).text
    assert "arthur@iwdemo.fr" in people
    assert "autrui" not in people
    assert "iwdemo.fr" in client.get(f"{pick}?kind=domain").text
    assert "autre.example" not in client.get(f"{pick}?kind=domain").text
    assert "groupetc@iwdemo.fr" in client.get(f"{pick}?kind=group").text
    assert "ailleurs" not in client.get(f"{pick}?kind=group").text
    assert client.get(f"{pick}?domain={cast.other_domain.id}").status_code == 404


def test_a_server_wide_administrator_picks_from_other_domains(cast, client_of, bare):
    client = client_of(cast.admin)
    page = client.get(f"{address(bare, 'members/add')}?domain={cast.other_domain.id}").text
    assert "autrui@autre.example" in page


def test_what_is_chosen_goes_along_with_a_search(cast, client_of, bare):
    found = client_of(cast.admin).fragment(
        f"{address(bare, 'members/add')}?member=account:{cast.arthur.id}&kind=group&q=groupe", "candidates"
    )
    assert re.search(rf'value="account:{cast.arthur.id}" checked', found.text)
    assert re.search(rf'value="group:{cast.group.id}"\s+>', found.text)
    assert "<dialog" not in found.text


def test_members_and_circles_are_marked_and_closed(cast, client_of, bare):
    factories.add_member(bare, cast.arthur)
    factories.add_member(cast.group, bare)
    client = client_of(cast.admin)
    assert "is a member" in client.get(f"{address(bare, 'members/add')}?q=arthur").text
    assert "contains this group" in client.get(f"{address(bare, 'members/add')}?kind=group").text


def test_a_circle_comes_back_with_its_path_and_the_choice(cast, client_of, bare):
    factories.add_member(cast.group, bare)
    data = {"member": [f"group:{cast.group.id}", f"account:{cast.paul.id}"]}
    answer = client_of(cast.admin).post(address(bare, "members/add"), data=data)
    assert answer.status_code == 422
    assert "projet@iwdemo.fr → groupetc@iwdemo.fr → projet@iwdemo.fr" in answer.text
    assert f'value="account:{cast.paul.id}" checked' in answer.text
    assert db.session.query(MemberEntry).filter_by(group_id=bare.id).count() == 0


@pytest.mark.parametrize(
    "member", ["account", "account:x", "robot:1", "account:-1", "account:99999999", "account:²"]
)
def test_what_no_picker_offers_is_not_found_or_refused(cast, client_of, bare, member):
    answer = client_of(cast.admin).post(address(bare, "members/add"), data={"member": member})
    assert answer.status_code in (404, 422)
    assert db.session.query(MemberEntry).filter_by(group_id=bare.id).count() == 0


def test_strangers_are_not_added(cast, client_of, bare):
    data = {"member": f"account:{cast.autrui.id}"}
    assert client_of(cast.domain_admin).post(address(bare, "members/add"), data=data).status_code in (
        404,
        422,
    )
    assert db.session.query(MemberEntry).filter_by(group_id=bare.id).count() == 0


def test_removing_says_how_many_and_takes_the_room_away(cast, client_of):
    entry = db.session.query(MemberEntry).filter_by(account_id=cast.jean.id).one()
    client = client_of(cast.domain_admin)
    url = address(cast.group, f"members/{entry.id}/remove")
    assert "1 person loses the rooms" in client.get(url).text
    assert "<dialog" in client.fragment(url, "dialog").text
    assert client.post(url).status_code == 303
    assert rooms_of(cast.jean) == []
    assert client.get(url).status_code == 404


def test_entries_say_how_many_people_stand_behind_them(cast, client_of, bare):
    for member in (cast.group, cast.domain, cast.paul):
        factories.add_member(bare, member)
    page = client_of(cast.domain_admin).get(address(bare, "members")).text
    rows = re.findall(r'data-label="People">(\d+)<', page)
    assert rows == ["1", "6", "2"]
    assert "3 entries · 6 effective members" in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", {"paul", "iwdemo.fr", "groupetc"}),
        ("q=PAU", {"paul"}),
        ("q=paul@iwdemo.fr", {"paul"}),
        ("q=demo", {"paul", "iwdemo.fr", "groupetc"}),
        ("q=demo&kind=group", {"groupetc"}),
        ("kind=domain", {"iwdemo.fr"}),
        ("kind=odd", {"paul", "iwdemo.fr", "groupetc"}),
        ("q=jean", set()),
        ("q=%25", set()),
    ],
)
def test_entries_are_searched_by_name_and_kind(cast, client_of, bare, asked, found):
    entries = {
        name: factories.add_member(bare, member).id
        for name, member in {"paul": cast.paul, "iwdemo.fr": cast.domain, "groupetc": cast.group}.items()
    }
    page = client_of(cast.domain_admin).fragment(f"{address(bare, 'members')}?{asked}", "list").text
    shown = {name for name, key in entries.items() if f"/members/{key}/remove" in page}
    assert shown == found
    assert found or "No entry matches." in page


def test_a_search_among_entries_goes_on_over_its_pages(cast, client_of, bare):
    for number in range(60):
        factories.add_member(bare, factories.make_account(cast.domain, f"Zoé {number:02}"))
    factories.add_member(bare, cast.paul)
    page = client_of(cast.domain_admin).get(f"{address(bare, 'members')}?q=zoe&kind=account").text
    assert "60 entries" in page and "paul" not in page
    onwards = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert "q=zoe" in onwards and "kind=account" in onwards
    rest = client_of(cast.domain_admin).get(onwards).text
    assert rest.count('/remove"') >= 10 and "paul@" not in rest


def test_the_member_list_costs_the_same_however_long_it_is(cast, client_of, bare, count_statements):
    client = client_of(cast.admin)
    for member in (cast.group, cast.domain, cast.paul):
        factories.add_member(bare, member)
    with count_statements() as few:
        client.get(address(bare, "members"))
    for _ in range(20):
        factories.add_member(bare, factories.make_account(cast.domain))
        factories.add_member(bare, factories.make_group(cast.domain))
    with count_statements() as many:
        client.get(address(bare, "members"))
    assert len(many) <= len(few)


def test_a_group_without_conversations_is_deleted_after_a_question(cast, client_of):
    client = client_of(cast.domain_admin)
    own = f"/admin/groups/{cast.group.id}/"
    address = f"{own}delete"
    assert address in client.get(own).text
    question = client.get(address)
    assert "2 people lose this group." in question.text and "typed-name" not in question.text
    answer = client.post(address)
    assert answer.status_code == 303 and answer.headers["Location"].endswith("/groups")
    for gone in (own, f"{own}history", f"{own}members", f"{own}rooms", address):
        assert client.get(gone).status_code == 404


def test_a_group_with_conversations_is_deleted_by_who_types_its_name(cast, client_of):
    messages.post_message(cast.arthur, cast.room.id, "hello")
    client = client_of(cast.admin)
    address = f"/admin/groups/{cast.group.id}/delete"
    assert "1 room goes to the trash, with its messages: 1." in client.get(address).text
    for wrong in ({}, {"name": "groupe"}):
        refused = client.post(address, data=wrong)
        assert refused.status_code == 422 and "Type the name of the group exactly" in refused.text
    assert client_of(cast.jean).get(f"/webmail/rooms/{cast.room.id}").status_code == 200
    assert client.post(address, data={"name": "groupetc"}).status_code == 303
    assert client_of(cast.jean).get(f"/webmail/rooms/{cast.room.id}").status_code == 404


def test_a_group_of_another_domain_is_not_there_to_delete(cast, client_of):
    address = f"/admin/groups/{cast.group.id}/delete"
    for method in ("get", "post"):
        assert getattr(client_of(cast.rivale), method)(address).status_code == 404
    assert client_of(cast.arthur).post(address).status_code in (403, 404)
