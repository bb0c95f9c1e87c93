"""Groups: made, given a public folder and TeamChat, filled with members."""

import pytest

from app.errors import Conflict, Invalid, NotFound
from app.extensions import db
from app.models import Address, AuditEntry, Domain, Folder, Group, MemberEntry, Room
from app.operations import groups
from app.rules.rights import access
from tests import factories


def rooms_of(account) -> list[str]:
    return [seen.room.name for seen in access.visible_rooms(account)]


def shared(group: Group, **values) -> dict:
    return {"has_public_folder": True, "folder_name": "", "has_teamchat": True} | values


@pytest.fixture
def bare(cast) -> Group:
    """A group of iwdemo.fr with arthur in it, without folder and TeamChat."""
    group = factories.make_group(cast.domain, "projet")
    factories.add_member(group, cast.arthur)
    return group


def test_the_guides_path_makes_a_room_for_the_members(cast):
    group = groups.create_group(cast.domain_admin, cast.domain, name="Groupe TC", alias="Groupe-TC")
    groups.update_group(cast.domain_admin, group, shared(group))
    groups.add_members(cast.domain_admin, group, [("account", cast.paul.id)])
    assert group.address == "groupe-tc@iwdemo.fr"
    assert group.folder_name == "Groupe TC"
    assert rooms_of(cast.paul) == ["TeamChat"]
    acts = {
        entry.act for entry in db.session.query(AuditEntry).filter_by(object_id=group.id, object_kind="group")
    }
    assert acts == {"group.create", "group.update", "group.enable_teamchat", "group.add_members"}


def test_an_address_is_taken_once(cast):
    with pytest.raises(Invalid) as refusal:
        groups.create_group(cast.admin, cast.domain, name="Arthur", alias="ARTHUR")
    assert (refusal.value.code, refusal.value.field) == ("address_taken", "alias")


def test_a_new_alias_frees_the_old_one(cast, bare):
    groups.update_group(cast.admin, bare, {"alias": "neuf"})
    assert bare.address == "neuf@iwdemo.fr"
    assert [row.address for row in db.session.query(Address).filter_by(group_id=bare.id)] == [
        "neuf@iwdemo.fr"
    ]
    groups.create_group(cast.admin, cast.domain, name="projet", alias="projet")


def test_one_keeps_ones_own_alias(cast, bare):
    groups.update_group(cast.admin, bare, {"alias": "projet", "name": "Projet X"})
    assert bare.name == "Projet X"


def test_teamchat_needs_the_public_folder(cast, bare):
    with pytest.raises(Invalid) as refusal:
        groups.update_group(cast.admin, bare, {"has_teamchat": True})
    assert refusal.value.code == "needs_public_folder"
    with pytest.raises(Invalid):
        groups.update_group(cast.admin, cast.group, {"has_public_folder": False})


def test_teamchat_needs_the_domains_teamchat(cast, bare):
    db.session.get(Domain, cast.domain.id).has_teamchat = False
    db.session.commit()
    with pytest.raises(Invalid) as refusal:
        groups.update_group(cast.admin, bare, shared(bare))
    assert refusal.value.code == "domain_lacks"


def test_disabling_hides_the_rooms_and_keeps_them(cast):
    groups.update_group(cast.admin, cast.group, {"has_teamchat": False})
    assert rooms_of(cast.arthur) == []
    assert db.session.query(Room).filter_by(group_id=cast.group.id).count() == 1
    groups.update_group(cast.admin, cast.group, {"has_teamchat": True})
    assert rooms_of(cast.arthur) == ["TeamChat"]
    assert db.session.query(Room).filter_by(group_id=cast.group.id).count() == 1


def test_the_folder_is_made_once_and_renamed(cast, bare):
    groups.update_group(cast.admin, bare, {"has_public_folder": True, "folder_name": "Projet"})
    groups.update_group(cast.admin, bare, {"folder_name": "Clients"})
    assert [folder.name for folder in db.session.query(Folder).filter_by(group_id=bare.id)] == ["Clients"]


def test_nothing_is_half_saved(cast, bare):
    with pytest.raises(Invalid):
        groups.update_group(cast.admin, bare, {"name": "Autre", "has_teamchat": True})
    assert db.session.get(Group, bare.id).name == "projet"


def test_the_slower_of_two_is_told(cast, bare):
    seen = bare.row_version
    groups.update_group(cast.admin, bare, {"name": "Premier"}, seen)
    with pytest.raises(Conflict):
        groups.update_group(cast.admin, bare, {"name": "Second"}, seen)


def test_another_tenants_group_does_not_exist(cast):
    for verb in (
        lambda: groups.update_group(cast.domain_admin, cast.other_group, {"name": "x"}),
        lambda: groups.add_members(cast.domain_admin, cast.other_group, [("account", cast.paul.id)]),
        lambda: groups.create_group(cast.domain_admin, cast.other_domain, name="x", alias="x"),
    ):
        with pytest.raises(NotFound):
            verb()


def test_users_administer_nothing(cast):
    with pytest.raises(NotFound):
        groups.add_members(cast.arthur, cast.group, [("account", cast.paul.id)])


def test_three_kinds_at_once_each_counted_once(cast, bare):
    inner = factories.make_group(cast.domain, "interne")
    wanted = [
        ("account", cast.paul.id),
        ("domain", cast.domain.id),
        ("group", inner.id),
        ("account", cast.arthur.id),
    ]
    assert groups.add_members(cast.admin, bare, wanted) == 3
    assert groups.add_members(cast.admin, bare, wanted) == 0
    assert db.session.query(MemberEntry).filter_by(group_id=bare.id).count() == 4


def test_a_domain_administrator_adds_only_their_own(cast, bare):
    for stranger in (
        ("account", cast.autrui.id),
        ("domain", cast.other_domain.id),
        ("group", cast.other_group.id),
    ):
        with pytest.raises(NotFound):
            groups.add_members(cast.domain_admin, bare, [stranger])
    assert groups.add_members(cast.web_admin, bare, [("account", cast.autrui.id)]) == 1


def test_guests_and_the_internal_domain_are_never_members(cast, bare):
    internal = factories.make_domain("##internalservicedomain.teamchat##", is_internal=True)
    guest = factories.make_account(internal, address="bt@darnis.com", is_guest=True)
    for stranger in (("account", guest.id), ("domain", internal.id)):
        with pytest.raises(NotFound):
            groups.add_members(cast.admin, bare, [stranger])


def test_choosing_nobody_is_refused(cast, bare):
    with pytest.raises(Invalid) as refusal:
        groups.add_members(cast.admin, bare, [])
    assert refusal.value.code == "nobody_chosen"


def test_a_circle_is_refused_and_named(cast, bare):
    middle = factories.make_group(cast.domain, "milieu")
    inner = factories.make_group(cast.domain, "interne")
    factories.add_member(bare, middle)
    factories.add_member(middle, inner)
    with pytest.raises(Invalid) as refusal:
        groups.add_members(cast.admin, inner, [("group", bare.id)])
    assert refusal.value.code == "circle"
    path = "interne@iwdemo.fr → projet@iwdemo.fr → milieu@iwdemo.fr → interne@iwdemo.fr"
    assert path in str(refusal.value.sentence)


def test_a_group_is_not_its_own_member(cast, bare):
    with pytest.raises(Invalid) as refusal:
        groups.add_members(cast.admin, bare, [("group", bare.id)])
    assert refusal.value.code == "circle"


def test_who_is_taken_out_loses_the_room(cast, events):
    entry = db.session.query(MemberEntry).filter_by(account_id=cast.jean.id).one()
    assert groups.remove_member(cast.domain_admin, cast.group, entry.id) == "jean@iwdemo.fr"
    assert rooms_of(cast.jean) == []
    assert rooms_of(cast.arthur) == ["TeamChat"]
    assert events, "open sockets must hear of it"


def test_an_entry_is_removed_through_its_own_group_only(cast, bare):
    entry = db.session.query(MemberEntry).filter_by(account_id=cast.jean.id).one()
    with pytest.raises(NotFound):
        groups.remove_member(cast.admin, bare, entry.id)


def test_adding_many_costs_few_statements(cast, bare, count_statements):
    people = [factories.make_account(cast.domain) for _ in range(12)]
    with count_statements() as few:
        groups.add_members(cast.admin, bare, [("account", people[0].id)])
    with count_statements() as many:
        groups.add_members(cast.admin, bare, [("account", person.id) for person in people])
    assert len(many) <= len(few)
