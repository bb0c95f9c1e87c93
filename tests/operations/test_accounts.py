"""Accounts: made, described, given a role, a password and features."""

from datetime import timedelta

import pytest

from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.extensions import db
from app.identity import SYSTEM
from app.models import Account, AccountState, Address, AuditEntry, License, LicenseKind, Role, Session, now
from app.operations import accounts, groups
from app.rules.domains import Feature
from app.rules.rights import access
from tests.support import factories

PASSWORD = "velours-cartable-18-brume"


def make(actor, domain, **values):
    return accounts.create_account(
        actor, domain, **{"name": "Zoé Petit", "alias": "zoe", "password": PASSWORD} | values
    )


def license(seats: int):
    until = now() + timedelta(days=30)
    factories.keep(
        License(kind=LicenseKind.TRIAL, holder="Démo", seats=seats, reference="x", valid_until=until)
    )


def test_account_is_created_with_its_address(people):
    account = make(people.domain_admin, people.domain, alias=" ZOÉ.Petit ", language="fr")
    assert account.address == "zoé.petit@iwdemo.fr"
    assert account.password_hash.startswith("$argon2")
    assert db.session.query(Address).filter_by(account_id=account.id).one().address == account.address
    assert db.session.query(AuditEntry).filter_by(act="account.create").one().object_id == account.id


def test_password_is_never_audited(people):
    account = make(people.admin, people.domain)
    accounts.set_password(people.admin, account, PASSWORD + "!")
    for entry in db.session.query(AuditEntry):
        assert PASSWORD not in f"{entry.before}{entry.after}"


def test_address_of_group_is_refused_for_account(people):
    with pytest.raises(Invalid) as refusal:
        make(people.admin, people.domain, alias="groupetc")
    assert (refusal.value.code, refusal.value.field) == ("address_taken", "alias")


@pytest.mark.parametrize("alias", ["", "a b", ".a", "a..b", "a@b", "x" * 65])
def test_invalid_alias_is_refused(people, alias):
    with pytest.raises(Invalid) as refusal:
        make(people.admin, people.domain, alias=alias)
    assert refusal.value.field == "alias"


def test_weak_password_is_refused(people):
    with pytest.raises(Invalid) as refusal:
        make(people.admin, people.domain, password="zoe")
    assert refusal.value.field == "password"


def test_domain_of_another_tenant_is_not_found(people):
    with pytest.raises(NotFound):
        make(people.domain_admin, people.other_domain)
    with pytest.raises(NotFound):
        accounts.update_account(people.domain_admin, people.autrui, {"name": "x"})


def test_role_above_own_cannot_be_granted(people):
    with pytest.raises(Forbidden):
        make(people.domain_admin, people.domain, role=Role.WEB)
    with pytest.raises(Forbidden):
        accounts.update_account(people.web_admin, people.arthur, {"role": Role.SERVER})
    accounts.update_account(people.admin, people.arthur, {"role": Role.SERVER})
    assert people.arthur.role is Role.SERVER


@pytest.mark.parametrize(
    "change",
    [{"name": "x"}, {"state": "disabled"}, {"password": PASSWORD}, {"features": {Feature.TEAMCHAT: False}}],
)
def test_web_administrator_cannot_change_server_administrator(people, change):
    with pytest.raises(Forbidden):
        accounts.update_account(people.web_admin, people.admin, change)


@pytest.mark.parametrize("change", [{"state": AccountState.DISABLED}, {"role": Role.USER}])
def test_administrator_cannot_disable_or_demote_themselves(people, change):
    with pytest.raises(Invalid) as refusal:
        accounts.update_account(people.admin, people.admin, change)
    assert refusal.value.code == "own_account"


def test_last_server_administrator_cannot_be_removed(people):
    with pytest.raises(Invalid) as refusal:
        accounts.update_account(SYSTEM, people.admin, {"role": Role.USER})
    assert refusal.value.code == "last_server_administrator"


def test_new_password_revokes_every_session(people, client_of):
    client_of(people.arthur)
    accounts.set_password(people.domain_admin, people.arthur, PASSWORD)
    assert db.session.query(Session).filter_by(account_id=people.arthur.id).one().revoked_at is not None


def test_disabled_account_loses_its_rooms(people):
    accounts.update_account(people.domain_admin, people.arthur, {"state": AccountState.DISABLED})
    assert access.visible_rooms(people.arthur) == []


def test_second_of_two_concurrent_edits_is_refused(people):
    version = people.arthur.row_version
    accounts.update_account(people.admin, people.arthur, {"name": "Arthur P."}, version)
    with pytest.raises(Conflict):
        accounts.update_account(people.admin, people.arthur, {"name": "Autre"}, version)
    assert db.session.get(Account, people.arthur.id).name == "Arthur P."


def test_teamchat_of_account_needs_groupware_and_webdav(people):
    with pytest.raises(Invalid) as refusal:
        accounts.set_account_features(people.admin, people.arthur, {Feature.GROUPWARE: False})
    assert refusal.value.code == "teamchat_needs"
    off = {Feature.GROUPWARE: False, Feature.TEAMCHAT: False}
    accounts.set_account_features(people.admin, people.arthur, off)
    assert access.visible_rooms(people.arthur) == []


def test_feature_missing_in_domain_cannot_be_enabled(people):
    bare = factories.make_domain(has_everything=False)
    account = factories.make_account(bare)
    with pytest.raises(Invalid) as refusal:
        accounts.set_account_features(people.admin, account, {Feature.TEAMCHAT: False})
    assert refusal.value.code == "domain_lacks"


def test_account_created_without_free_seat_has_no_teamchat(people):
    license(seats=8)
    assert not make(people.admin, people.domain).has_teamchat
    with pytest.raises(Invalid) as refusal:
        make(people.admin, people.domain, alias="autre", features={Feature.TEAMCHAT: True})
    assert refusal.value.code == "no_seat_left"


def test_accounts_keep_teamchat_when_seats_run_out(people):
    license(seats=1)
    accounts.update_account(people.admin, people.arthur, {"name": "Arthur P."})
    assert access.visible_rooms(people.arthur)


def test_account_created_with_free_seat_has_teamchat(people):
    license(seats=9)
    account = make(people.admin, people.domain)
    assert account.has_teamchat
    groups.add_members(people.admin, people.group, [("account", account.id)])
    assert access.visible_rooms(account)
