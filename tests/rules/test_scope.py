"""What an administrator administers, and what does not exist for them."""

import pytest
from sqlalchemy import select

from app.errors import Forbidden, NotFound
from app.extensions import db
from app.identity import SYSTEM
from app.models import AccountState, Domain, Role
from app.rules import scope
from tests import factories


def names(actor) -> set[str]:
    return set(db.session.scalars(select(Domain.name).where(scope.of_domains(actor))))


@pytest.fixture
def internal(cast) -> Domain:
    return factories.make_domain("##internalservicedomain.teamchat##", is_internal=True)


@pytest.mark.parametrize("who", ["admin", "web_admin"])
def test_server_wide_administrators_see_every_domain_but_the_internal_one(cast, internal, who):
    assert names(getattr(cast, who)) == {"iwdemo.fr", "autre.example"}


def test_the_system_itself_sees_every_domain(cast, internal):
    assert names(SYSTEM) == {"iwdemo.fr", "autre.example"}


def test_a_domain_administrator_sees_their_own_domain(cast):
    assert names(cast.domain_admin) == {"iwdemo.fr"}
    assert names(cast.rivale) == {"autre.example"}


def test_users_and_disabled_administrators_see_none(cast):
    cast.domain_admin.state = AccountState.DISABLED
    assert names(cast.arthur) == names(cast.domain_admin) == set()


def test_what_is_found_inside_does_not_exist_outside(cast):
    assert scope.find_domain(cast.domain_admin, cast.domain.id) is cast.domain
    assert scope.find_account(cast.domain_admin, cast.arthur.id) is cast.arthur
    assert scope.find_group(cast.domain_admin, cast.group.id) is cast.group
    for find, stranger in (
        (scope.find_domain, cast.other_domain),
        (scope.find_account, cast.autrui),
        (scope.find_group, cast.other_group),
    ):
        with pytest.raises(NotFound):
            find(cast.domain_admin, stranger.id)
        assert find(cast.web_admin, stranger.id) is stranger


def test_nobody_finds_the_internal_domain_and_its_guests(cast, internal):
    guest = factories.make_account(internal, address="bt@darnis.com", is_guest=True)
    with pytest.raises(NotFound):
        scope.find_domain(cast.admin, internal.id)
    with pytest.raises(NotFound):
        scope.find_account(cast.admin, guest.id)


@pytest.mark.parametrize(
    ("who", "whom", "may"),
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
def test_nobody_edits_a_role_above_their_own(cast, who, whom, may):
    assert scope.may_touch(getattr(cast, who), getattr(cast, whom)) is may


def test_only_server_administrators_administer_the_server_itself(cast):
    scope.require_server_administrator(cast.admin)
    scope.require_server_administrator(SYSTEM)
    for person in (cast.web_admin, cast.domain_admin, cast.arthur):
        with pytest.raises(Forbidden):
            scope.require_server_administrator(person)
    cast.admin.state = AccountState.DISABLED
    assert not scope.is_server_administrator(cast.admin)


def test_nobody_grants_a_role_above_their_own(cast):
    assert scope.grantable_roles(cast.domain_admin) == [Role.USER, Role.DOMAIN]
    assert scope.grantable_roles(cast.admin)[-1] is Role.SERVER
    scope.require_may_grant(cast.web_admin, Role.WEB)
    with pytest.raises(Forbidden):
        scope.require_may_grant(cast.web_admin, Role.SERVER)
