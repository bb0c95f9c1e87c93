"""Accounts that take a seat of the licence."""

from datetime import timedelta

import pytest

from app.errors import Invalid
from app.models import AccountState, DomainState, License, LicenseKind, now
from app.rules import licenses
from tests.support import factories


def license(seats: int, days: int = 30) -> License:
    until = now() + timedelta(days=days)
    return factories.keep(
        License(kind=LicenseKind.TRIAL, holder="Démo", seats=seats, reference="x", valid_until=until)
    )


def test_seats_are_not_counted_without_license(app):
    assert licenses.current_license() is None
    licenses.require_seat()


def test_active_accounts_with_teamchat_take_seats(app):
    domain = factories.make_domain()
    factories.make_account(domain)
    factories.make_account(domain, state=AccountState.MUTED)
    factories.make_account(domain, has_teamchat=False)
    factories.make_account(domain, state=AccountState.DISABLED)
    factories.make_account(domain, is_guest=True)
    factories.make_account(factories.make_domain(has_everything=False))
    factories.make_account(factories.make_domain(state=DomainState.SUSPENDED))
    factories.make_account(factories.make_domain(is_internal=True))
    assert licenses.seats_used() == 3


def test_last_seat_is_given_and_none_beyond(app):
    factories.make_account(factories.make_domain())
    license(2)
    licenses.require_seat()
    license(1)
    licenses.require_seat(adding=0)
    with pytest.raises(Invalid) as refusal:
        licenses.require_seat()
    assert refusal.value.code == "no_seat_left"


def test_newest_license_applies(app):
    license(5, days=-1)
    assert licenses.current_license().is_ended
    license(7)
    assert (licenses.current_license().seats, licenses.current_license().is_ended) == (7, False)
