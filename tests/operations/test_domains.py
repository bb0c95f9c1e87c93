"""Domains: made, described, suspended, and given features."""

from datetime import timedelta

import pytest

from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.extensions import db
from app.models import AuditEntry, Domain, DomainState, License, LicenseKind, now
from app.operations import domains
from app.rules.domains import Feature
from app.rules.rights import access
from tests.support import factories

ALL_ON = dict.fromkeys(Feature, True)


def test_domain_is_created_and_audited(people):
    domain = domains.create_domain(people.web_admin, name=" Société.Example ", description="  Chez nous ")
    assert domain.name == "xn--socit-esab.example"
    assert domain.description == "Chez nous"
    entry = db.session.query(AuditEntry).filter_by(act="domain.create").one()
    assert entry.domain_id == domain.id


def test_domain_can_be_created_with_all_features(people):
    domain = domains.create_domain(people.admin, name="neuf.example", features=ALL_ON)
    assert domain.has_groupware and domain.has_webdav and domain.has_teamchat


@pytest.mark.parametrize(
    "name", ["", "nodot", "a b.example", "-x.example", "192.168.1.1", "x" * 64 + ".example"]
)
def test_invalid_domain_name_is_refused(people, name):
    with pytest.raises(Invalid) as refusal:
        domains.create_domain(people.admin, name=name)
    assert refusal.value.field == "name"


def test_name_in_another_spelling_is_taken(people):
    with pytest.raises(Invalid) as refusal:
        domains.create_domain(people.admin, name="IWDEMO.fr")
    assert refusal.value.code == "domain_taken"


@pytest.mark.parametrize("person", ["domain_admin", "arthur"])
def test_only_server_wide_administrators_create_domains(people, person):
    with pytest.raises(Forbidden):
        domains.create_domain(getattr(people, person), name="neuf.example")


def test_domain_administrator_edits_description_of_own_domain(people):
    domains.update_domain(people.domain_admin, people.domain, {"description": "Démo", "language": "fr"})
    assert (people.domain.description, people.domain.language) == ("Démo", "fr")


def test_domain_of_another_tenant_is_not_found(people):
    with pytest.raises(NotFound):
        domains.update_domain(people.domain_admin, people.other_domain, {"description": "à moi"})


def test_domain_administrator_cannot_suspend_or_enable_features(people):
    with pytest.raises(Forbidden):
        domains.update_domain(people.domain_admin, people.domain, {"state": DomainState.SUSPENDED})
    with pytest.raises(Forbidden):
        domains.set_domain_features(people.domain_admin, people.domain, {Feature.TEAMCHAT: False})


def test_suspended_domain_loses_its_rooms(people):
    domains.update_domain(
        factories.make_account(people.other_domain, role="server"), people.domain, {"state": "suspended"}
    )
    assert access.visible_rooms(people.arthur) == []


def test_own_domain_cannot_be_suspended(people):
    with pytest.raises(Invalid) as refusal:
        domains.update_domain(people.admin, people.domain, {"state": DomainState.SUSPENDED})
    assert refusal.value.code == "own_domain"


def test_second_of_two_concurrent_edits_overwrites_nothing(people):
    version = people.domain.row_version
    domains.update_domain(people.admin, people.domain, {"description": "première"}, version)
    with pytest.raises(Conflict):
        domains.update_domain(people.web_admin, people.domain, {"description": "seconde"}, version)
    assert db.session.get(Domain, people.domain.id).description == "première"


@pytest.mark.parametrize("lost", [Feature.GROUPWARE, Feature.WEBDAV])
def test_teamchat_needs_groupware_and_webdav(people, lost):
    with pytest.raises(Invalid) as refusal:
        domains.set_domain_features(people.admin, people.domain, {lost: False})
    assert refusal.value.code == "teamchat_needs"
    bare = factories.make_domain(has_everything=False)
    with pytest.raises(Invalid):
        domains.set_domain_features(people.admin, bare, {Feature.TEAMCHAT: True})


def test_enabling_three_features_adds_one_audit_entry(people):
    bare = factories.make_domain(has_everything=False)
    domains.set_domain_features(people.admin, bare, ALL_ON)
    entry = db.session.query(AuditEntry).filter_by(act="domain.features", object_id=bare.id).one()
    assert '"has_teamchat": false' in entry.before
    assert '"has_teamchat": true' in entry.after


def test_disabled_teamchat_hides_rooms_immediately(people):
    assert access.visible_rooms(people.arthur)
    domains.set_domain_features(people.admin, people.domain, {Feature.TEAMCHAT: False})
    assert access.visible_rooms(people.arthur) == []


def test_refused_features_leave_domain_unchanged(people):
    values = {"description": "neuve", "features": {Feature.WEBDAV: False}}
    with pytest.raises(Invalid):
        domains.update_domain(people.admin, people.domain, values)
    assert db.session.get(Domain, people.domain.id).description is None


def test_teamchat_cannot_be_enabled_after_license_ended(people):
    ended = now() - timedelta(days=1)
    factories.keep(License(kind=LicenseKind.TRIAL, holder="Démo", seats=10, reference="x", valid_until=ended))
    bare = factories.make_domain(has_everything=False)
    with pytest.raises(Invalid) as refusal:
        domains.set_domain_features(people.admin, bare, ALL_ON)
    assert refusal.value.code == "not_ready_licence"
