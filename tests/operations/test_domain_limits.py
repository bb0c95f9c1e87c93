"""Limits of a domain: number of accounts and guests, last day, and length of guests' stays."""

from datetime import timedelta

import pytest

from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.extensions import db
from app.models import AuditEntry, Domain, DomainState, now
from app.operations import accounts, domains
from app.queries import domains as domain_queries
from app.rules import domains as domain_rules
from tests.support import factories


def stored(domain: Domain) -> Domain:
    return db.session.get(Domain, domain.id, populate_existing=True)


def make(actor, domain, alias: str):
    return accounts.create_account(
        actor, domain, name=alias, alias=alias, password="tilleul-rivage-boussole-9"
    )


def test_accounts_beyond_limit_of_domain_are_refused(people):
    domains.set_domain_limits(people.admin, people.domain, {"account_limit": 7})
    make(people.domain_admin, people.domain, "septieme")
    with pytest.raises(Invalid) as refusal:
        make(people.admin, people.domain, "huitieme")
    assert refusal.value.code == "domain_full"
    assert "7" in str(refusal.value.sentence)
    domains.set_domain_limits(people.web_admin, people.domain, {"account_limit": None})
    make(people.domain_admin, people.domain, "huitieme")


def test_guests_count_for_domain_of_their_sponsor(people):
    guests = factories.make_domain("guests.example")
    factories.make_account(guests, "visiteur", is_guest=True, sponsor_id=people.arthur.id)
    domains.set_domain_limits(people.admin, people.domain, {"guest_limit": 1})
    assert domain_queries.guest_count(people.domain) == 1
    assert domain_queries.account_count(people.domain) == 6
    with pytest.raises(Invalid) as refusal:
        domain_rules.require_room_for_guest(people.domain)
    assert refusal.value.code == "domain_full_of_guests"
    domain_rules.require_room_for_guest(people.other_domain)


def test_limit_below_current_count_removes_nobody(people):
    domains.set_domain_limits(people.admin, people.domain, {"account_limit": 2, "guest_limit": 0})
    assert domain_queries.account_count(people.domain) == 6
    assert stored(people.domain).guest_limit == 0


@pytest.mark.parametrize("person", ["domain_admin", "arthur", "rivale"])
def test_only_server_wide_administrators_set_limits(people, person):
    with pytest.raises((Forbidden, NotFound)):
        domains.set_domain_limits(getattr(people, person), people.domain, {"account_limit": 99})
    assert stored(people.domain).account_limit is None


@pytest.mark.parametrize("number", [-1, 10_000_001])
def test_invalid_limit_is_refused_at_its_field(people, number):
    with pytest.raises(Invalid) as refusal:
        domains.set_domain_limits(people.admin, people.domain, {"guest_limit": number})
    assert refusal.value.field == "guest_limit"


def test_second_of_two_concurrent_edits_is_refused(people):
    version = people.domain.row_version
    domains.set_domain_limits(people.admin, people.domain, {"account_limit": 50}, version)
    with pytest.raises(Conflict):
        domains.set_domain_limits(people.web_admin, people.domain, {"account_limit": 60}, version)


def test_worker_suspends_domain_after_its_last_day(people):
    factories.make_domain("fini.example", expires_at=now() - timedelta(seconds=1))
    factories.make_domain("bientot.example", expires_at=now() + timedelta(hours=1))
    assert domains.suspend_ended_domains() == 1
    assert domains.suspend_ended_domains() == 0
    states = dict(db.session.query(Domain.name, Domain.state).all())
    assert states["fini.example"] is DomainState.SUSPENDED
    assert states["bientot.example"] is DomainState.ACTIVE
    (entry,) = db.session.query(AuditEntry).filter_by(act="domain.end").all()
    assert (entry.actor_name, entry.object_name) == ("system", "fini.example")


def test_ended_domain_becomes_active_only_with_later_day(people):
    domain = people.other_domain
    domain.expires_at, domain.state = now() - timedelta(days=1), DomainState.SUSPENDED
    db.session.commit()
    with pytest.raises(Invalid) as refusal:
        domains.update_domain(people.admin, domain, {"state": "active"})
    assert (refusal.value.code, refusal.value.field) == ("domain_ended", "expires_on")
    later = now() + timedelta(days=30)
    domains.update_domain(people.admin, domain, {"state": "active", "expires_at": later})
    assert stored(domain).state is DomainState.ACTIVE


def test_own_domain_cannot_be_given_an_end(people):
    with pytest.raises(Invalid) as refusal:
        domains.update_domain(people.admin, people.domain, {"expires_at": now() + timedelta(days=9)})
    assert (refusal.value.code, refusal.value.field) == ("own_domain", "expires_on")


@pytest.mark.parametrize("values", [{"expires_at": now() + timedelta(days=90)}, {"guest_days_longest": 400}])
def test_domain_administrator_cannot_change_limits(people, values):
    with pytest.raises(Forbidden):
        domains.update_domain(people.rivale, people.other_domain, values)


def test_days_of_guests_are_bounded_by_longest_stay(people):
    domains.update_domain(people.admin, people.domain, {"guest_days_longest": 30})
    domains.update_domain(people.domain_admin, people.domain, {"guest_days": 30})
    with pytest.raises(Invalid) as refusal:
        domains.update_domain(people.domain_admin, people.domain, {"guest_days": 31})
    assert refusal.value.field == "guest_days"
    with pytest.raises(Invalid):
        domains.update_domain(people.admin, people.domain, {"guest_days": 0})


def test_warning_level_rises_towards_the_end(people):
    for days in (-1, 0, 4, 13, 20):
        factories.make_domain(f"d{days + 1}.example", expires_at=now() + timedelta(days=days, hours=1))
    endings = [(ending.domain.name, ending.urgency) for ending in domain_queries.endings(people.admin)]
    assert endings == [
        ("d0.example", "danger"),
        ("d1.example", "danger"),
        ("d5.example", "warning"),
        ("d14.example", "info"),
    ]
    assert domain_queries.endings(people.domain_admin) == []
