"""Groups: made, given a public folder and TeamChat, filled with members."""

import pytest

from app.errors import Conflict, Invalid, NotFound
from app.extensions import db
from app.models import Address, AuditEntry, Domain, Folder, Group, MemberEntry, Room
from app.operations import groups
from app.rules.rights import access
from tests.support import factories


def rooms_of(account) -> list[str]:
    return [room_access.room.name for room_access in access.visible_rooms(account)]


def shared(group: Group, **values) -> dict:
    return {"has_public_folder": True, "folder_name": "", "has_teamchat": True} | values


@pytest.fixture
def bare(people) -> Group:
    """Make a group of iwdemo.fr with arthur in it, without folder and TeamChat."""
    group = factories.make_group(people.domain, "projet")
    factories.add_member(group, people.arthur)
    return group


def test_steps_of_guide_create_room_for_members(people):
    group = groups.create_group(people.domain_admin, people.domain, name="Groupe TC", alias="Groupe-TC")
    groups.update_group(people.domain_admin, group, shared(group))
    groups.add_members(people.domain_admin, group, [("account", people.paul.id)])
    assert group.address == "groupe-tc@iwdemo.fr"
    assert group.folder_name == "Groupe TC"
    assert rooms_of(people.paul) == ["TeamChat"]
    acts = {
        entry.act for entry in db.session.query(AuditEntry).filter_by(object_id=group.id, object_kind="group")
    }
    assert acts == {"group.create", "group.update", "group.enable_teamchat", "group.add_members"}


def test_taken_address_is_refused(people):
    with pytest.raises(Invalid) as refusal:
        groups.create_group(people.admin, people.domain, name="Arthur", alias="ARTHUR")
    assert (refusal.value.code, refusal.value.field) == ("address_taken", "alias")


def test_changed_alias_frees_former_address(people, bare):
    groups.update_group(people.admin, bare, {"alias": "neuf"})
    assert bare.address == "neuf@iwdemo.fr"
    assert [row.address for row in db.session.query(Address).filter_by(group_id=bare.id)] == [
        "neuf@iwdemo.fr"
    ]
    groups.create_group(people.admin, people.domain, name="projet", alias="projet")


def test_own_alias_is_accepted_again(people, bare):
    groups.update_group(people.admin, bare, {"alias": "projet", "name": "Projet X"})
    assert bare.name == "Projet X"


def test_teamchat_needs_public_folder(people, bare):
    with pytest.raises(Invalid) as refusal:
        groups.update_group(people.admin, bare, {"has_teamchat": True})
    assert refusal.value.code == "needs_public_folder"
    with pytest.raises(Invalid):
        groups.update_group(people.admin, people.group, {"has_public_folder": False})


def test_teamchat_of_group_needs_teamchat_of_domain(people, bare):
    db.session.get(Domain, people.domain.id).has_teamchat = False
    db.session.commit()
    with pytest.raises(Invalid) as refusal:
        groups.update_group(people.admin, bare, shared(bare))
    assert refusal.value.code == "domain_lacks"


def test_disabled_teamchat_hides_and_keeps_rooms(people):
    groups.update_group(people.admin, people.group, {"has_teamchat": False})
    assert rooms_of(people.arthur) == []
    assert db.session.query(Room).filter_by(group_id=people.group.id).count() == 1
    groups.update_group(people.admin, people.group, {"has_teamchat": True})
    assert rooms_of(people.arthur) == ["TeamChat"]
    assert db.session.query(Room).filter_by(group_id=people.group.id).count() == 1


def test_folder_is_created_once_and_renamed_with_group(people, bare):
    groups.update_group(people.admin, bare, {"has_public_folder": True, "folder_name": "Projet"})
    groups.update_group(people.admin, bare, {"folder_name": "Clients"})
    assert [folder.name for folder in db.session.query(Folder).filter_by(group_id=bare.id)] == ["Clients"]


def test_refused_edit_leaves_group_unchanged(people, bare):
    with pytest.raises(Invalid):
        groups.update_group(people.admin, bare, {"name": "Autre", "has_teamchat": True})
    assert db.session.get(Group, bare.id).name == "projet"


def test_second_of_two_concurrent_edits_is_refused(people, bare):
    version = bare.row_version
    groups.update_group(people.admin, bare, {"name": "Premier"}, version)
    with pytest.raises(Conflict):
        groups.update_group(people.admin, bare, {"name": "Second"}, version)


def test_group_of_another_tenant_is_not_found(people):
    for operation in (
        lambda: groups.update_group(people.domain_admin, people.other_group, {"name": "x"}),
        lambda: groups.add_members(people.domain_admin, people.other_group, [("account", people.paul.id)]),
        lambda: groups.create_group(people.domain_admin, people.other_domain, name="x", alias="x"),
    ):
        with pytest.raises(NotFound):
            operation()


def test_user_cannot_add_members(people):
    with pytest.raises(NotFound):
        groups.add_members(people.arthur, people.group, [("account", people.paul.id)])


def test_members_of_three_kinds_are_each_counted_once(people, bare):
    inner = factories.make_group(people.domain, "interne")
    members = [
        ("account", people.paul.id),
        ("domain", people.domain.id),
        ("group", inner.id),
        ("account", people.arthur.id),
    ]
    assert groups.add_members(people.admin, bare, members) == 3
    assert groups.add_members(people.admin, bare, members) == 0
    assert db.session.query(MemberEntry).filter_by(group_id=bare.id).count() == 4


def test_domain_administrator_adds_only_members_of_own_domain(people, bare):
    for stranger in (
        ("account", people.autrui.id),
        ("domain", people.other_domain.id),
        ("group", people.other_group.id),
    ):
        with pytest.raises(NotFound):
            groups.add_members(people.domain_admin, bare, [stranger])
    assert groups.add_members(people.web_admin, bare, [("account", people.autrui.id)]) == 1


def test_guests_and_internal_domain_cannot_be_members(people, bare):
    internal = factories.make_domain("##internalservicedomain.teamchat##", is_internal=True)
    guest = factories.make_account(internal, address="bt@darnis.com", is_guest=True)
    for stranger in (("account", guest.id), ("domain", internal.id)):
        with pytest.raises(NotFound):
            groups.add_members(people.admin, bare, [stranger])


def test_empty_selection_is_refused(people, bare):
    with pytest.raises(Invalid) as refusal:
        groups.add_members(people.admin, bare, [])
    assert refusal.value.code == "nobody_chosen"


def test_cycle_is_refused_with_its_groups(people, bare):
    middle = factories.make_group(people.domain, "milieu")
    inner = factories.make_group(people.domain, "interne")
    factories.add_member(bare, middle)
    factories.add_member(middle, inner)
    with pytest.raises(Invalid) as refusal:
        groups.add_members(people.admin, inner, [("group", bare.id)])
    assert refusal.value.code == "circle"
    path = "interne@iwdemo.fr → projet@iwdemo.fr → milieu@iwdemo.fr → interne@iwdemo.fr"
    assert path in str(refusal.value.sentence)


def test_group_cannot_contain_itself(people, bare):
    with pytest.raises(Invalid) as refusal:
        groups.add_members(people.admin, bare, [("group", bare.id)])
    assert refusal.value.code == "circle"


def test_removed_member_loses_the_room(people, events):
    entry = db.session.query(MemberEntry).filter_by(account_id=people.jean.id).one()
    assert groups.remove_member(people.domain_admin, people.group, entry.id) == "jean@iwdemo.fr"
    assert rooms_of(people.jean) == []
    assert rooms_of(people.arthur) == ["TeamChat"]
    assert events, "open sockets must hear of it"


def test_entry_of_another_group_is_not_found(people, bare):
    entry = db.session.query(MemberEntry).filter_by(account_id=people.jean.id).one()
    with pytest.raises(NotFound):
        groups.remove_member(people.admin, bare, entry.id)


def test_number_of_statements_does_not_depend_on_members(people, bare, count_statements):
    accounts = [factories.make_account(people.domain) for _ in range(12)]
    with count_statements() as few:
        groups.add_members(people.admin, bare, [("account", accounts[0].id)])
    with count_statements() as many:
        groups.add_members(people.admin, bare, [("account", person.id) for person in accounts])
    assert len(many) <= len(few)
