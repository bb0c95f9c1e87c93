"""Licences: issuing, installing, and refusals that leave the current one unchanged."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.errors import Forbidden, Invalid, Refusal
from app.extensions import db
from app.i18n import in_language
from app.models import AuditEntry, License, LicenseKind, now
from app.operations.accounts import create_account
from app.operations.licenses import LicenseTerms, install_license, issue_license
from app.operations.messages import post_message
from app.queries import messages
from app.rules import licenses
from tests.support import factories
from tests.support.licenses import HERE, PUBLIC, keep_trial, paper


@pytest.fixture
def trial(people):
    return keep_trial()


@pytest.fixture
def with_key(app):
    app.config["LICENSE_PUBLIC_KEY"] = PUBLIC


def terms(**changes) -> LicenseTerms:
    return LicenseTerms(
        **{"holder": "iwdemo", "seats": 20, "valid_until": now() + timedelta(days=365), **changes}
    )


def code_of(call, *arguments, **named) -> str:
    before = db.session.query(License).count()
    with pytest.raises(Refusal) as refusal:
        call(*arguments, **named)
    assert db.session.query(License).count() == before
    return refusal.value.code


def test_server_administrator_issues_license(people, trial):
    issue_license(people.admin, terms())
    licence = licenses.current_license()
    assert (licence.kind, licence.seats, licence.reference) == (LicenseKind.FULL, 20, HERE)
    assert not licence.is_foreign
    entry = db.session.query(AuditEntry).filter_by(act="licenses.issue").one()
    assert '"seats": 100' in entry.before
    assert '"seats": 20' in entry.after


def test_first_license_without_trial_sets_reference(people):
    issue_license(people.admin, terms())
    first = licenses.installation_reference()
    assert len(first) == 16
    issue_license(people.admin, terms(seats=30))
    assert licenses.installation_reference() == first == licenses.current_license().reference


@pytest.mark.parametrize("person", ["web_admin", "domain_admin", "arthur"])
def test_other_administrators_cannot_issue_license(people, trial, person):
    assert code_of(issue_license, getattr(people, person), terms()) == "server_only"


def test_license_cannot_be_issued_where_a_key_is_set(people, trial, with_key):
    assert code_of(issue_license, people.admin, terms()) == "licence_key_set"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"seats": 0}, "licence_seats"),
        ({"seats": 10_000_001}, "licence_seats"),
        ({"holder": "  "}, "empty"),
        ({"valid_until": now() - timedelta(days=1)}, "licence_ended"),
    ],
)
def test_invalid_license_is_not_issued(people, trial, changes, code):
    assert code_of(issue_license, people.admin, terms(**changes)) == code


@pytest.mark.parametrize("person", ["admin", "web_admin"])
def test_signed_license_is_installed(people, trial, with_key, person):
    install_license(getattr(people, person), paper())
    licence = licenses.current_license()
    assert (licence.holder, licence.seats, licence.is_signed, licence.is_foreign) == (
        "Société Démo",
        50,
        True,
        False,
    )
    assert db.session.query(AuditEntry).filter_by(act="licenses.install").count() == 1


def test_domain_administrator_cannot_install_license(people, trial, with_key):
    with pytest.raises(Forbidden):
        install_license(people.domain_admin, paper())


def test_license_cannot_be_installed_without_key(people, trial):
    assert code_of(install_license, people.admin, paper()) == "licence_no_key"


def test_license_of_another_installation_is_valid_for_seven_days(people, trial, with_key):
    install_license(people.admin, paper(reference="ANOTHER"))
    licence = licenses.current_license()
    assert licence.is_foreign
    assert licence.installation == HERE
    assert timedelta(days=6, hours=23) < licence.valid_until - now() <= timedelta(days=7)


def test_grace_period_ends_with_license(people, trial, with_key):
    until = (now() + timedelta(days=2)).replace(microsecond=0)
    install_license(people.admin, paper(reference="ANOTHER", valid_until=until))
    assert licenses.current_license().valid_until == until


def test_license_of_this_installation_ends_warning(people, trial, with_key):
    install_license(people.admin, paper(reference="ANOTHER"))
    install_license(people.admin, paper())
    assert not licenses.current_license().is_foreign
    assert licenses.current_license().valid_until > now() + timedelta(days=300)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (paper(Ed25519PrivateKey.generate()), "licence_signature"),
        ("bonjour", "licence_unreadable"),
        (paper(valid_until=now() - timedelta(seconds=1)), "licence_ended"),
    ],
)
def test_invalid_license_document_changes_nothing(people, trial, with_key, text, code):
    assert code_of(install_license, people.admin, text) == code
    assert licenses.current_license().kind is LicenseKind.TRIAL


@pytest.mark.parametrize(
    "changes", [{"seats": 49}, {"valid_until": now() + timedelta(days=100)}, {"seats": 3}]
)
def test_license_with_less_needs_confirmation(people, trial, with_key, changes):
    install_license(people.admin, paper())
    assert code_of(install_license, people.admin, paper(**changes)) == "licence_gives_less"
    assert licenses.current_license().seats == 50
    install_license(people.admin, paper(**changes), accepts_less=True)
    assert licenses.current_license().seats == changes.get("seats", 50)


def test_license_is_not_compared_with_trial(people, trial, with_key):
    install_license(people.admin, paper(seats=20))
    assert licenses.current_license().seats == 20


def test_ended_license_leaves_reading_until_the_next(people):
    keep_trial(days=-1)
    factories.make_message(people.room, people.jean)
    with pytest.raises(Forbidden):
        post_message(people.arthur, people.room.id, "bonjour")
    assert messages.latest(people.room.id)
    issue_license(people.admin, terms())
    assert post_message(people.arthur, people.room.id, "bonjour").seq


def test_accounts_keep_teamchat_and_new_ones_get_none_without_seats(people, trial, with_key):
    install_license(people.admin, paper(seats=2), accepts_less=True)
    assert post_message(people.arthur, people.room.id, "bonjour").seq
    new = create_account(
        people.admin, people.domain, name="Nina", alias="nina", password="tilleul-rivage-boussole"
    )
    assert not new.has_teamchat


def test_refusal_at_field_has_a_sentence(people, trial, with_key):
    with pytest.raises(Invalid) as refusal, in_language("en"):
        install_license(people.admin, paper(seats=1))
    assert refusal.value.field == "document"
    assert "nobody new could have TeamChat" in str(refusal.value)
