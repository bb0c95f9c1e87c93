"""Roles given and taken, and administrators of several domains."""

import pytest
from sqlalchemy import select

from app.errors import Forbidden, Invalid, NotFound
from app.extensions import db
from app.identity import SYSTEM
from app.models import AdministeredDomain, AuditEntry, DomainState, EntryKind, Role
from app.operations import accounts, groups
from app.queries import administrators as lists
from app.queries import directory
from app.queries.directory.listing import ListQuery
from app.rules import scope
from tests import factories

PASSWORD = "velours-cartable-18-brume"


def stored(account):
    return db.session.get(type(account), account.id, populate_existing=True)


def listed(actor, **query) -> list[str]:
    return [row.account.name for row in lists.administrator_list(actor, ListQuery(**query)).rows]


@pytest.fixture
def both(cast):
    """domain_admin, who looks after the other tenant's domain too."""
    return accounts.set_role(cast.admin, cast.domain_admin, Role.DOMAIN, [cast.other_domain.id])


def test_a_role_is_given_and_taken(cast):
    accounts.set_role(cast.web_admin, cast.arthur, Role.WEB)
    assert stored(cast.arthur).role is Role.WEB
    accounts.set_role(cast.web_admin, cast.arthur, Role.USER)
    assert stored(cast.arthur).role is Role.USER
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "account.role")).all()
    assert [entry.object_id for entry in entries] == [cast.arthur.id] * 2


def test_nothing_above_ones_own_role_is_given_or_taken(cast):
    for actor, account, role in (
        (cast.domain_admin, cast.arthur, Role.WEB),
        (cast.web_admin, cast.arthur, Role.SERVER),
        (cast.web_admin, cast.admin, Role.USER),
        (cast.domain_admin, cast.web_admin, Role.USER),
        (cast.domain_admin, cast.domain_admin, Role.SERVER),
    ):
        with pytest.raises(Forbidden):
            accounts.set_role(actor, account, role)
    with pytest.raises(NotFound):
        accounts.set_role(cast.domain_admin, cast.autrui, Role.DOMAIN)
    with pytest.raises(NotFound):
        accounts.set_role(cast.arthur, cast.arthur, Role.SERVER)


def test_the_last_server_administrator_keeps_the_role(cast):
    for actor in (cast.admin, SYSTEM):
        with pytest.raises(Invalid) as refusal:
            accounts.set_role(actor, cast.admin, Role.USER)
        assert refusal.value.code == "last_server_administrator"
    accounts.set_role(cast.admin, cast.arthur, Role.SERVER)
    accounts.set_role(cast.admin, cast.admin, Role.WEB)
    assert stored(cast.admin).role is Role.WEB


def test_an_administrator_of_several_domains_reaches_all_of_them(cast, both):
    assert scope.find_account(both, cast.autrui.id).id == cast.autrui.id
    assert scope.find_group(both, cast.other_group.id).id == cast.other_group.id
    assert {domain.id for domain in directory.domains_of(both)} == {cast.domain.id, cast.other_domain.id}
    account = accounts.create_account(both, cast.other_domain, name="Zoé", alias="zoe", password=PASSWORD)
    assert account.domain_id == cast.other_domain.id


def test_what_is_taken_away_is_out_of_reach_again(cast, both):
    accounts.set_role(cast.admin, both, Role.DOMAIN)
    with pytest.raises(NotFound):
        scope.find_account(both, cast.autrui.id)
    accounts.set_role(cast.admin, both, Role.DOMAIN, [cast.other_domain.id])
    accounts.update_account(cast.admin, both, {"role": "user"})
    assert not db.session.scalars(select(AdministeredDomain)).all()


def test_further_domains_mean_nothing_without_the_role(cast, both):
    db.session.get(type(both), both.id).role = Role.USER
    db.session.commit()
    with pytest.raises(NotFound):
        scope.find_account(both, cast.autrui.id)


def test_nobody_gives_a_domain_they_do_not_administer(cast):
    with pytest.raises(NotFound) as refusal:
        accounts.set_role(cast.domain_admin, cast.arthur, Role.DOMAIN, [cast.other_domain.id])
    assert refusal.value.field == "domains"
    assert stored(cast.arthur).role is Role.USER


def test_an_administrator_of_more_domains_is_not_changed_by_one_of_fewer(cast, both):
    """Else a password set for them would open the other domain."""
    colleague = factories.make_account(cast.domain, "collegue", role=Role.DOMAIN)
    for act in (
        lambda: accounts.set_password(colleague, both, PASSWORD),
        lambda: accounts.send_password_link(colleague, both),
        lambda: accounts.update_account(colleague, both, {"name": "x"}),
        lambda: accounts.set_role(colleague, both, Role.USER),
        lambda: accounts.delete_account(colleague, both),
    ):
        with pytest.raises(Forbidden):
            act()
    accounts.set_role(both, colleague, Role.DOMAIN, [cast.other_domain.id])
    accounts.update_account(colleague, both, {"name": "x"})


def test_a_domain_that_is_gone_keeps_nobody_from_being_changed(cast, both):
    colleague = factories.make_account(cast.domain, "collegue", role=Role.DOMAIN)
    cast.other_domain.state = DomainState.DELETED
    db.session.commit()
    accounts.update_account(colleague, both, {"name": "x"})


def test_one_gives_up_a_domain_of_ones_own(cast, both):
    accounts.set_role(both, both, Role.DOMAIN)
    assert not db.session.scalars(select(AdministeredDomain)).all()
    with pytest.raises(NotFound):
        accounts.set_role(both, both, Role.DOMAIN, [cast.other_domain.id])


def test_the_list_holds_the_administrators_of_ones_scope(cast):
    assert listed(cast.admin) == ["admin", "domainadmin", "rivale", "webadmin"]
    assert listed(cast.domain_admin) == ["admin", "domainadmin", "webadmin"]
    assert listed(cast.rivale) == ["rivale"]
    assert listed(cast.admin, filters=(("role", "web"),)) == ["webadmin"]
    assert listed(cast.admin, search="riv") == ["rivale"]


def test_who_administers_from_elsewhere_is_listed_without_what_else_they_do(cast, both):
    rows = {row.account.name: row for row in lists.administrator_list(cast.rivale, ListQuery()).rows}
    assert set(rows) == {"rivale", "domainadmin"}
    assert rows["domainadmin"].is_foreign
    assert not rows["domainadmin"].may_touch
    assert rows["domainadmin"].domains == ("autre.example",)
    own = {row.account.name: row for row in lists.administrator_list(cast.admin, ListQuery()).rows}
    assert own["domainadmin"].domains == ("iwdemo.fr", "autre.example")


def test_candidates_are_the_users_of_a_domain(cast):
    found, has_more = lists.candidates(cast.domain, "")
    assert [account.name for account in found] == ["arthur", "jean", "paul"]
    assert not has_more
    assert [account.name for account in lists.candidates(cast.domain, "aul")[0]] == ["paul"]


def test_the_list_costs_the_same_for_many(cast, count_statements):
    with count_statements() as few:
        lists.administrator_list(cast.admin, ListQuery())
    for _ in range(10):
        one = factories.make_account(cast.domain, role=Role.DOMAIN)
        factories.keep(AdministeredDomain(account_id=one.id, domain_id=cast.other_domain.id))
    with count_statements() as many:
        assert lists.administrator_list(cast.admin, ListQuery()).total == 14
    assert len(many) == len(few)


def test_a_domain_administrator_never_mixes_domains_in_a_group(cast, both):
    for principal in (
        ("account", cast.autrui.id),
        ("domain", cast.other_domain.id),
        ("group", cast.other_group.id),
    ):
        with pytest.raises(NotFound):
            groups.add_members(both, cast.group, [principal])
    with pytest.raises(Invalid):
        groups.add_addresses(both, cast.group, "autrui@autre.example")
    found, _more = directory.candidates(both, cast.group, EntryKind.GROUP)
    assert cast.other_group.id not in [one.id for one in found]
    assert groups.add_members(both, cast.other_group, [("account", cast.autrui.id)]) == 1
    assert groups.add_members(cast.web_admin, cast.group, [("account", cast.autrui.id)]) == 1
