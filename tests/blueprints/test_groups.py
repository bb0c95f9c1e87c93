"""Groups in WebAdmin: the guide's path, and what refuses to leave it."""

import re

import pytest

from app.extensions import db
from app.models import Group, MemberEntry
from app.operations import groups, messages
from app.rules.rights import access
from tests.support import factories
from tests.support.forms import filled


def address(group: Group, page: str = "") -> str:
    return f"/admin/groups/{group.id}/{page}"


def stored(group: Group) -> Group:
    return db.session.get(Group, group.id, populate_existing=True)


def rooms_of(account) -> list[str]:
    return [seen.room.name for seen in access.visible_rooms(account)]


@pytest.fixture
def bare(people) -> Group:
    return factories.make_group(people.domain, "projet")


@pytest.mark.parametrize("who", ["admin", "web_admin", "domain_admin"])
def test_the_guides_path_without_scripts(people, client_of, who):
    client = client_of(getattr(people, who))
    made = client.post(
        "/admin/groups/new", data={"domain": people.domain.id, "name": "groupe2", "alias": "groupe2"}
    )
    assert made.status_code == 303
    form = filled(client.get(made.location).text) | {"has_public_folder": "y", "teamchat": "y"}
    assert client.post(made.location, data=form).status_code == 303
    assert "1 room" in client.get(made.location).text
    members = {"member": [f"account:{people.paul.id}", f"account:{people.arthur.id}"]}
    added = client.post(f"{made.location}members/add", data=members)
    assert added.status_code == 303
    page = client.get(added.location).text
    assert "paul@iwdemo.fr" in page
    assert "2 entries · 2 effective members" in page
    assert rooms_of(people.paul) == ["TeamChat"]


def test_the_dialog_says_what_the_guide_says(people, client_of):
    people.admin.language = "fr"
    dialog = client_of(people.admin).fragment("/admin/groups/new", "dialog").text
    for words in (
        "CRÉER NOUVEAU GROUPE",
        "Nom du groupe",
        "Alias",
        "Enregistrer et nouveau",
        "Annuler",
        "Enregistrer",
    ):
        assert words in dialog
    one = client_of(people.domain_admin).fragment("/admin/groups/new", "dialog").text
    assert "@iwdemo.fr" in one


def test_a_taken_address_is_told_at_its_field_with_what_was_typed(people, client_of):
    data = {"domain": people.domain.id, "name": "Mon groupe", "alias": "arthur"}
    answer = client_of(people.admin).fragment("/admin/groups/new", "dialog", method="POST", data=data)
    assert answer.status_code == 422
    assert "alias-error" in answer.text
    assert 'value="Mon groupe"' in answer.text
    assert 'value="arthur"' in answer.text


def test_a_saved_dialog_leads_to_the_group(people, client_of):
    data = {"domain": people.domain.id, "name": "Équipe Été", "alias": ""}
    answer = client_of(people.admin).fragment("/admin/groups/new", "dialog", method="POST", data=data)
    group = db.session.query(Group).filter_by(address="equipe.ete@iwdemo.fr").one()
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == address(group)


def test_teamchat_without_the_folder_is_offered_together(people, client_of, bare):
    client = client_of(people.admin)
    form = filled(client.get(address(bare)).text) | {"teamchat": "y", "description": "Gardée"}
    asked = client.post(address(bare), data=form)
    assert asked.status_code == 422
    assert "needs the public folder" in asked.text
    assert "Gardée" in asked.text
    assert not stored(bare).has_public_folder
    assert client.post(address(bare), data=form | {"answer": "folder_too"}).status_code == 303
    assert stored(bare).has_public_folder and stored(bare).has_teamchat


@pytest.mark.parametrize("lost", ["teamchat", "has_public_folder"])
def test_hiding_rooms_is_asked_about_with_numbers(people, client_of, lost):
    client = client_of(people.admin)
    form = filled(client.get(address(people.group)).text)
    del form[lost]
    asked = client.post(address(people.group), data=form)
    assert asked.status_code == 422
    assert "1 room of this group is hidden and kept" in asked.text
    assert "2 people lose access to it." in asked.text
    assert rooms_of(people.arthur) == ["TeamChat"]
    assert client.post(address(people.group), data=form | {"answer": "hide"}).status_code == 303
    assert rooms_of(people.arthur) == []


def test_without_the_domains_teamchat_the_page_says_so_and_refuses(people, client_of):
    group = factories.make_group(factories.make_domain("nu.example", has_everything=False), "seul")
    client = client_of(people.admin)
    page = client.get(address(group)).text
    assert "TeamChat is off for the domain nu.example." in page
    answer = client.post(address(group), data=filled(page) | {"has_public_folder": "y", "teamchat": "y"})
    assert answer.status_code == 422
    assert "teamchat-error" in answer.text


@pytest.mark.parametrize("page", ["", "members", "members/add", "history"])
def test_another_tenants_group_is_not_found(people, client_of, page):
    client = client_of(people.domain_admin)
    assert client.get(address(people.other_group, page)).status_code == 404
    assert client.get(address(people.group, page)).status_code == 200
    if page in ("", "members/add"):
        assert client.post(address(people.other_group, page), data={"name": "x"}).status_code == 404


def test_the_list_shows_ones_own_groups(people, client_of):
    client = client_of(people.domain_admin)
    page = client.get(f"/admin/domains/{people.domain.id}/groups").text
    assert "groupetc@iwdemo.fr" in page
    assert "ailleurs" not in page
    assert "No group matches." in client.get(f"/admin/domains/{people.domain.id}/groups?q=zzz").text


def test_the_slower_of_two_sees_both(people, client_of, bare):
    client = client_of(people.admin)
    form = filled(client.get(address(bare)).text)
    groups.update_group(people.web_admin, bare, {"name": "Projet X"})
    answer = client.post(address(bare), data=form | {"name": "Projet Y"})
    assert answer.status_code == 422
    assert "Projet X" in answer.text
    assert 'value="Projet Y"' in answer.text
    assert stored(bare).name == "Projet X"


def test_the_picker_offers_three_kinds_within_ones_scope(people, client_of, bare):
    client = client_of(people.domain_admin)
    pick = address(bare, "members/add")
    accounts = client.get(pick).text
    assert "arthur@iwdemo.fr" in accounts
    assert "autrui" not in accounts
    assert "iwdemo.fr" in client.get(f"{pick}?kind=domain").text
    assert "autre.example" not in client.get(f"{pick}?kind=domain").text
    assert "groupetc@iwdemo.fr" in client.get(f"{pick}?kind=group").text
    assert "ailleurs" not in client.get(f"{pick}?kind=group").text
    assert client.get(f"{pick}?domain={people.other_domain.id}").status_code == 404


def test_a_server_wide_administrator_picks_from_other_domains(people, client_of, bare):
    client = client_of(people.admin)
    page = client.get(f"{address(bare, 'members/add')}?domain={people.other_domain.id}").text
    assert "autrui@autre.example" in page


def test_what_is_chosen_goes_along_with_a_search(people, client_of, bare):
    found = client_of(people.admin).fragment(
        f"{address(bare, 'members/add')}?member=account:{people.arthur.id}&kind=group&q=groupe", "candidates"
    )
    assert re.search(rf'value="account:{people.arthur.id}" checked', found.text)
    assert re.search(rf'value="group:{people.group.id}"\s+>', found.text)
    assert "<dialog" not in found.text


def test_picker_in_dialog_searches_its_own_address(people, client_of, bare):
    url = address(bare, "members/add")
    dialog = client_of(people.admin).fragment(url, "dialog").text
    assert re.search(rf'<form method="post" action="{url}" class="picker"\s+hx-post="{url}"', dialog)
    assert dialog.count(f'hx-get="{url}"') >= 4


def test_members_and_circles_are_marked_and_closed(people, client_of, bare):
    factories.add_member(bare, people.arthur)
    factories.add_member(people.group, bare)
    client = client_of(people.admin)
    assert "is a member" in client.get(f"{address(bare, 'members/add')}?q=arthur").text
    assert "contains this group" in client.get(f"{address(bare, 'members/add')}?kind=group").text


def test_a_circle_comes_back_with_its_path_and_the_choice(people, client_of, bare):
    factories.add_member(people.group, bare)
    data = {"member": [f"group:{people.group.id}", f"account:{people.paul.id}"]}
    answer = client_of(people.admin).post(address(bare, "members/add"), data=data)
    assert answer.status_code == 422
    assert "projet@iwdemo.fr → groupetc@iwdemo.fr → projet@iwdemo.fr" in answer.text
    assert f'value="account:{people.paul.id}" checked' in answer.text
    assert db.session.query(MemberEntry).filter_by(group_id=bare.id).count() == 0


@pytest.mark.parametrize(
    "member", ["account", "account:x", "robot:1", "account:-1", "account:99999999", "account:²"]
)
def test_what_no_picker_offers_is_not_found_or_refused(people, client_of, bare, member):
    answer = client_of(people.admin).post(address(bare, "members/add"), data={"member": member})
    assert answer.status_code in (404, 422)
    assert db.session.query(MemberEntry).filter_by(group_id=bare.id).count() == 0


def test_strangers_are_not_added(people, client_of, bare):
    data = {"member": f"account:{people.autrui.id}"}
    assert client_of(people.domain_admin).post(address(bare, "members/add"), data=data).status_code in (
        404,
        422,
    )
    assert db.session.query(MemberEntry).filter_by(group_id=bare.id).count() == 0


def test_removing_says_how_many_and_takes_the_room_away(people, client_of):
    entry = db.session.query(MemberEntry).filter_by(account_id=people.jean.id).one()
    client = client_of(people.domain_admin)
    url = address(people.group, f"members/{entry.id}/remove")
    assert "1 person loses the rooms" in client.get(url).text
    assert "<dialog" in client.fragment(url, "dialog").text
    assert client.post(url).status_code == 303
    assert rooms_of(people.jean) == []
    assert client.get(url).status_code == 404


def test_entries_say_how_many_people_stand_behind_them(people, client_of, bare):
    for member in (people.group, people.domain, people.paul):
        factories.add_member(bare, member)
    page = client_of(people.domain_admin).get(address(bare, "members")).text
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
def test_entries_are_searched_by_name_and_kind(people, client_of, bare, asked, found):
    entries = {
        name: factories.add_member(bare, member).id
        for name, member in {
            "paul": people.paul,
            "iwdemo.fr": people.domain,
            "groupetc": people.group,
        }.items()
    }
    page = client_of(people.domain_admin).fragment(f"{address(bare, 'members')}?{asked}", "list").text
    shown = {name for name, key in entries.items() if f"/members/{key}/remove" in page}
    assert shown == found
    assert found or "No entry matches." in page


def test_a_search_among_entries_goes_on_over_its_pages(people, client_of, bare):
    for number in range(60):
        factories.add_member(bare, factories.make_account(people.domain, f"Zoé {number:02}"))
    factories.add_member(bare, people.paul)
    page = client_of(people.domain_admin).get(f"{address(bare, 'members')}?q=zoe&kind=account").text
    assert "60 entries" in page and "paul" not in page
    onwards = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert "q=zoe" in onwards and "kind=account" in onwards
    rest = client_of(people.domain_admin).get(onwards).text
    assert rest.count('/remove"') >= 10 and "paul@" not in rest


def test_the_member_list_costs_the_same_however_long_it_is(people, client_of, bare, count_statements):
    client = client_of(people.admin)
    for member in (people.group, people.domain, people.paul):
        factories.add_member(bare, member)
    with count_statements() as few:
        client.get(address(bare, "members"))
    for _ in range(20):
        factories.add_member(bare, factories.make_account(people.domain))
        factories.add_member(bare, factories.make_group(people.domain))
    with count_statements() as many:
        client.get(address(bare, "members"))
    assert len(many) <= len(few)


def test_a_group_without_conversations_is_deleted_after_a_question(people, client_of):
    client = client_of(people.domain_admin)
    own = f"/admin/groups/{people.group.id}/"
    address = f"{own}delete"
    assert address in client.get(own).text
    question = client.get(address)
    assert "2 people lose this group." in question.text and "typed-name" not in question.text
    answer = client.post(address)
    assert answer.status_code == 303 and answer.headers["Location"].endswith("/groups")
    for gone in (own, f"{own}history", f"{own}members", f"{own}rooms", address):
        assert client.get(gone).status_code == 404


def test_a_group_with_conversations_is_deleted_by_who_types_its_name(people, client_of):
    messages.post_message(people.arthur, people.room.id, "hello")
    client = client_of(people.admin)
    address = f"/admin/groups/{people.group.id}/delete"
    assert "1 room goes to the trash, with its messages: 1." in client.get(address).text
    for wrong in ({}, {"name": "groupe"}):
        refused = client.post(address, data=wrong)
        assert refused.status_code == 422 and "Type the name of the group exactly" in refused.text
    assert client_of(people.jean).get(f"/webmail/rooms/{people.room.id}").status_code == 200
    assert client.post(address, data={"name": "groupetc"}).status_code == 303
    assert client_of(people.jean).get(f"/webmail/rooms/{people.room.id}").status_code == 404


def test_a_group_of_another_domain_is_not_there_to_delete(people, client_of):
    address = f"/admin/groups/{people.group.id}/delete"
    for method in ("get", "post"):
        assert getattr(client_of(people.rivale), method)(address).status_code == 404
    assert client_of(people.arthur).post(address).status_code in (403, 404)
