"""Giving and removing roles, and administrators of several domains."""

import pytest
from sqlalchemy import select

from app.errors import Forbidden, Invalid, NotFound
from app.extensions import db
from app.identity import SYSTEM
from app.models import AdministeredDomain, AuditEntry, DomainState, EntryKind, Role
from app.operations import accounts, groups
from app.queries.accounts import listing
from app.queries.domains import domains_of
from app.queries.groups.members import member_candidates
from app.queries.listing import ListQuery
from app.rules.rights import scope
from tests.support import factories

PASSWORD = "velours-cartable-18-brume"


def stored(account):
    return db.session.get(type(account), account.id, populate_existing=True)


def listed(actor, **query) -> list[str]:
    return [row.account.name for row in listing.administrator_list(actor, ListQuery(**query)).rows]


@pytest.fixture
def both(people):
    """Return domain_admin, who administers the other tenant's domain too."""
    return accounts.set_role(people.admin, people.domain_admin, Role.DOMAIN, [people.other_domain.id])


def test_role_is_granted_and_removed(people):
    accounts.set_role(people.web_admin, people.arthur, Role.WEB)
    assert stored(people.arthur).role is Role.WEB
    accounts.set_role(people.web_admin, people.arthur, Role.USER)
    assert stored(people.arthur).role is Role.USER
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "account.role")).all()
    assert [entry.object_id for entry in entries] == [people.arthur.id] * 2


def test_role_above_own_can_be_neither_granted_nor_removed(people):
    for actor, account, role in (
        (people.domain_admin, people.arthur, Role.WEB),
        (people.web_admin, people.arthur, Role.SERVER),
        (people.web_admin, people.admin, Role.USER),
        (people.domain_admin, people.web_admin, Role.USER),
        (people.domain_admin, people.domain_admin, Role.SERVER),
    ):
        with pytest.raises(Forbidden):
            accounts.set_role(actor, account, role)
    with pytest.raises(NotFound):
        accounts.set_role(people.domain_admin, people.autrui, Role.DOMAIN)
    with pytest.raises(NotFound):
        accounts.set_role(people.arthur, people.arthur, Role.SERVER)


def test_last_server_administrator_keeps_role(people):
    for actor in (people.admin, SYSTEM):
        with pytest.raises(Invalid) as refusal:
            accounts.set_role(actor, people.admin, Role.USER)
        assert refusal.value.code == "last_server_administrator"
    accounts.set_role(people.admin, people.arthur, Role.SERVER)
    accounts.set_role(people.admin, people.admin, Role.WEB)
    assert stored(people.admin).role is Role.WEB


def test_administrator_of_several_domains_sees_all_of_them(people, both):
    assert scope.find_account(both, people.autrui.id).id == people.autrui.id
    assert scope.find_group(both, people.other_group.id).id == people.other_group.id
    assert {domain.id for domain in domains_of(both)} == {people.domain.id, people.other_domain.id}
    account = accounts.create_account(both, people.other_domain, name="Zoé", alias="zoe", password=PASSWORD)
    assert account.domain_id == people.other_domain.id


def test_removed_domain_is_not_found_any_more(people, both):
    accounts.set_role(people.admin, both, Role.DOMAIN)
    with pytest.raises(NotFound):
        scope.find_account(both, people.autrui.id)
    accounts.set_role(people.admin, both, Role.DOMAIN, [people.other_domain.id])
    accounts.update_account(people.admin, both, {"role": "user"})
    assert not db.session.scalars(select(AdministeredDomain)).all()


def test_further_domains_have_no_effect_without_role(people, both):
    db.session.get(type(both), both.id).role = Role.USER
    db.session.commit()
    with pytest.raises(NotFound):
        scope.find_account(both, people.autrui.id)


def test_domain_outside_scope_cannot_be_granted(people):
    with pytest.raises(NotFound) as refusal:
        accounts.set_role(people.domain_admin, people.arthur, Role.DOMAIN, [people.other_domain.id])
    assert refusal.value.field == "domains"
    assert stored(people.arthur).role is Role.USER


def test_administrator_of_more_domains_cannot_be_changed_by_one_of_fewer(people, both):
    """Else a password set for them would open the other domain."""
    colleague = factories.make_account(people.domain, "collegue", role=Role.DOMAIN)
    for act in (
        lambda: accounts.set_password(colleague, both, PASSWORD),
        lambda: accounts.send_password_link(colleague, both),
        lambda: accounts.update_account(colleague, both, {"name": "x"}),
        lambda: accounts.set_role(colleague, both, Role.USER),
        lambda: accounts.delete_account(colleague, both),
    ):
        with pytest.raises(Forbidden):
            act()
    accounts.set_role(both, colleague, Role.DOMAIN, [people.other_domain.id])
    accounts.update_account(colleague, both, {"name": "x"})


def test_deleted_domain_does_not_prevent_change_of_administrator(people, both):
    colleague = factories.make_account(people.domain, "collegue", role=Role.DOMAIN)
    people.other_domain.state = DomainState.DELETED
    db.session.commit()
    assert accounts.update_account(colleague, both, {"name": "x"}).name == "x"


def test_administrator_can_give_up_own_domain(people, both):
    accounts.set_role(both, both, Role.DOMAIN)
    assert not db.session.scalars(select(AdministeredDomain)).all()
    with pytest.raises(NotFound):
        accounts.set_role(both, both, Role.DOMAIN, [people.other_domain.id])


def test_list_contains_administrators_of_scope(people):
    assert listed(people.admin) == ["admin", "domainadmin", "rivale", "webadmin"]
    assert listed(people.domain_admin) == ["admin", "domainadmin", "webadmin"]
    assert listed(people.rivale) == ["rivale"]
    assert listed(people.admin, filters=(("role", "web"),)) == ["webadmin"]
    assert listed(people.admin, search="riv") == ["rivale"]


def test_administrator_from_another_domain_is_listed_without_other_domains(people, both):
    rows = {row.account.name: row for row in listing.administrator_list(people.rivale, ListQuery()).rows}
    assert set(rows) == {"rivale", "domainadmin"}
    assert rows["domainadmin"].is_foreign
    assert not rows["domainadmin"].may_touch
    assert rows["domainadmin"].domains == ("autre.example",)
    own = {row.account.name: row for row in listing.administrator_list(people.admin, ListQuery()).rows}
    assert own["domainadmin"].domains == ("iwdemo.fr", "autre.example")


def test_candidates_are_users_of_the_domain(people):
    candidates, has_more = listing.candidates(people.domain, "")
    assert [account.name for account in candidates] == ["arthur", "jean", "paul"]
    assert not has_more
    assert [account.name for account in listing.candidates(people.domain, "aul")[0]] == ["paul"]


def test_list_needs_a_fixed_number_of_statements(people, count_statements):
    with count_statements() as few:
        listing.administrator_list(people.admin, ListQuery())
    for _ in range(10):
        administrator = factories.make_account(people.domain, role=Role.DOMAIN)
        factories.keep(AdministeredDomain(account_id=administrator.id, domain_id=people.other_domain.id))
    with count_statements() as many:
        assert listing.administrator_list(people.admin, ListQuery()).total == 14
    assert len(many) == len(few)


def test_domain_administrator_cannot_mix_domains_in_a_group(people, both):
    for principal in (
        ("account", people.autrui.id),
        ("domain", people.other_domain.id),
        ("group", people.other_group.id),
    ):
        with pytest.raises(NotFound):
            groups.add_members(both, people.group, [principal])
    with pytest.raises(Invalid):
        groups.add_addresses(both, people.group, "autrui@autre.example")
    candidates, _more = member_candidates(both, people.group, EntryKind.GROUP)
    assert people.other_group.id not in [candidate.id for candidate in candidates]
    assert groups.add_members(both, people.other_group, [("account", people.autrui.id)]) == 1
    assert groups.add_members(people.web_admin, people.group, [("account", people.autrui.id)]) == 1
