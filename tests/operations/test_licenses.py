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


def code_of(call, *given, **named) -> str:
    before = db.session.query(License).count()
    with pytest.raises(Refusal) as refusal:
        call(*given, **named)
    assert db.session.query(License).count() == before
    return refusal.value.code


def test_a_server_administrator_gives_the_server_its_licence(people, trial):
    issue_license(people.admin, terms())
    licence = licenses.current_license()
    assert (licence.kind, licence.seats, licence.reference) == (LicenseKind.FULL, 20, HERE)
    assert not licence.is_foreign
    entry = db.session.query(AuditEntry).filter_by(act="licenses.issue").one()
    assert '"seats": 100' in entry.before
    assert '"seats": 20' in entry.after


def test_without_a_trial_the_first_licence_brings_the_reference(people):
    issue_license(people.admin, terms())
    first = licenses.installation_reference()
    assert len(first) == 16
    issue_license(people.admin, terms(seats=30))
    assert licenses.installation_reference() == first == licenses.current_license().reference


@pytest.mark.parametrize("who", ["web_admin", "domain_admin", "arthur"])
def test_nobody_else_gives_licences(people, trial, who):
    assert code_of(issue_license, getattr(people, who), terms()) == "server_only"


def test_where_a_key_is_set_nobody_gives_licences_by_a_button(people, trial, with_key):
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
def test_a_licence_that_makes_no_sense_is_not_given(people, trial, changes, code):
    assert code_of(issue_license, people.admin, terms(**changes)) == code


@pytest.mark.parametrize("who", ["admin", "web_admin"])
def test_a_signed_licence_is_installed(people, trial, with_key, who):
    install_license(getattr(people, who), paper())
    licence = licenses.current_license()
    assert (licence.holder, licence.seats, licence.is_signed, licence.is_foreign) == (
        "Société Démo",
        50,
        True,
        False,
    )
    assert db.session.query(AuditEntry).filter_by(act="licenses.install").count() == 1


def test_a_domain_administrator_installs_none(people, trial, with_key):
    with pytest.raises(Forbidden):
        install_license(people.domain_admin, paper())


def test_without_a_key_none_is_installed(people, trial):
    assert code_of(install_license, people.admin, paper()) == "licence_no_key"


def test_a_licence_of_another_installation_works_for_seven_days(people, trial, with_key):
    install_license(people.admin, paper(reference="ANOTHER"))
    licence = licenses.current_license()
    assert licence.is_foreign
    assert licence.installation == HERE
    assert timedelta(days=6, hours=23) < licence.valid_until - now() <= timedelta(days=7)


def test_the_grace_is_no_longer_than_the_licence(people, trial, with_key):
    until = (now() + timedelta(days=2)).replace(microsecond=0)
    install_license(people.admin, paper(reference="ANOTHER", valid_until=until))
    assert licenses.current_license().valid_until == until


def test_the_right_licence_ends_the_warning(people, trial, with_key):
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
def test_what_is_no_good_licence_changes_nothing(people, trial, with_key, text, code):
    assert code_of(install_license, people.admin, text) == code
    assert licenses.current_license().kind is LicenseKind.TRIAL


@pytest.mark.parametrize(
    "changes", [{"seats": 49}, {"valid_until": now() + timedelta(days=100)}, {"seats": 3}]
)
def test_a_licence_that_gives_less_is_asked_about(people, trial, with_key, changes):
    install_license(people.admin, paper())
    assert code_of(install_license, people.admin, paper(**changes)) == "licence_gives_less"
    assert licenses.current_license().seats == 50
    install_license(people.admin, paper(**changes), accepts_less=True)
    assert licenses.current_license().seats == changes.get("seats", 50)


def test_a_trial_is_not_what_a_licence_is_measured_by(people, trial, with_key):
    install_license(people.admin, paper(seats=20))
    assert licenses.current_license().seats == 20


def test_when_it_ends_people_read_and_do_not_write_until_the_next_one(people):
    keep_trial(days=-1)
    factories.make_message(people.room, people.jean)
    with pytest.raises(Forbidden):
        post_message(people.arthur, people.room.id, "bonjour")
    assert messages.latest(people.room.id)
    issue_license(people.admin, terms())
    assert post_message(people.arthur, people.room.id, "bonjour").seq


def test_over_the_seats_those_who_have_teamchat_keep_it_and_new_ones_have_none(people, trial, with_key):
    install_license(people.admin, paper(seats=2), accepts_less=True)
    assert post_message(people.arthur, people.room.id, "bonjour").seq
    new = create_account(
        people.admin, people.domain, name="Nina", alias="nina", password="tilleul-rivage-boussole"
    )
    assert not new.has_teamchat


def test_a_refusal_at_the_field_has_a_sentence(people, trial, with_key):
    with pytest.raises(Invalid) as refusal, in_language("en"):
        install_license(people.admin, paper(seats=1))
    assert refusal.value.field == "document"
    assert "nobody new could have TeamChat" in str(refusal.value)
