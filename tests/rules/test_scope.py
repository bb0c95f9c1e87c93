"""An administrator's scope, and objects that do not exist for them."""

import pytest
from sqlalchemy import select

from app.errors import Forbidden, NotFound
from app.extensions import db
from app.identity import SYSTEM
from app.models import AccountState, Domain, Role
from app.rules.rights import scope
from tests.support import factories


def names(actor) -> set[str]:
    return set(db.session.scalars(select(Domain.name).where(scope.of_domains(actor))))


@pytest.fixture
def internal(people) -> Domain:
    return factories.make_domain("##internalservicedomain.teamchat##", is_internal=True)


@pytest.mark.parametrize("person", ["admin", "web_admin"])
def test_server_wide_administrators_see_every_domain_except_the_internal_one(people, internal, person):
    assert names(getattr(people, person)) == {"iwdemo.fr", "autre.example"}


def test_system_sees_every_domain(people, internal):
    assert names(SYSTEM) == {"iwdemo.fr", "autre.example"}


def test_domain_administrator_sees_own_domain(people):
    assert names(people.domain_admin) == {"iwdemo.fr"}
    assert names(people.rivale) == {"autre.example"}


def test_users_and_disabled_administrators_see_no_domain(people):
    people.domain_admin.state = AccountState.DISABLED
    assert names(people.arthur) == names(people.domain_admin) == set()


def test_objects_outside_scope_are_not_found(people):
    assert scope.find_domain(people.domain_admin, people.domain.id) is people.domain
    assert scope.find_account(people.domain_admin, people.arthur.id) is people.arthur
    assert scope.find_group(people.domain_admin, people.group.id) is people.group
    for find, stranger in (
        (scope.find_domain, people.other_domain),
        (scope.find_account, people.autrui),
        (scope.find_group, people.other_group),
    ):
        with pytest.raises(NotFound):
            find(people.domain_admin, stranger.id)
        assert find(people.web_admin, stranger.id) is stranger


def test_internal_domain_and_its_guests_are_not_found(people, internal):
    guest = factories.make_account(internal, address="bt@darnis.com", is_guest=True)
    with pytest.raises(NotFound):
        scope.find_domain(people.admin, internal.id)
    with pytest.raises(NotFound):
        scope.find_account(people.admin, guest.id)


@pytest.mark.parametrize(
    ("actor", "account", "may"),
    [
        ("admin", "admin", True),
        ("admin", "web_admin", True),
        ("web_admin", "admin", False),
        ("web_admin", "web_admin", True),
        ("domain_admin", "web_admin", False),
        ("domain_admin", "domain_admin", True),
        ("domain_admin", "arthur", True),
    ],
)
def test_account_with_role_above_own_cannot_be_edited(people, actor, account, may):
    assert scope.may_touch(getattr(people, actor), getattr(people, account)) is may


def test_only_server_administrators_administer_the_server(people):
    scope.require_server_administrator(people.admin)
    scope.require_server_administrator(SYSTEM)
    for person in (people.web_admin, people.domain_admin, people.arthur):
        with pytest.raises(Forbidden):
            scope.require_server_administrator(person)
    people.admin.state = AccountState.DISABLED
    assert not scope.is_server_administrator(people.admin)


def test_role_above_own_cannot_be_granted(people):
    assert scope.grantable_roles(people.domain_admin) == [Role.USER, Role.DOMAIN]
    assert scope.grantable_roles(people.admin)[-1] is Role.SERVER
    scope.require_may_grant(people.web_admin, Role.WEB)
    with pytest.raises(Forbidden):
        scope.require_may_grant(people.web_admin, Role.SERVER)
