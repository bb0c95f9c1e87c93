"""Licences for tests: a key pair, and documents signed with it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.models import License, LicenseKind, now
from app.rules.licenses import Document, public_text, sign_document
from tests.support import factories

URL = "/admin/licence"
KEY = Ed25519PrivateKey.generate()
PUBLIC = public_text(KEY)
# The reference of the tests' installation.
HERE = "0123456789ABCDEF"

DOCUMENT = Document(
    holder="Société Démo",
    seats=50,
    valid_until=now().replace(microsecond=0) + timedelta(days=365),
    modules=("teamchat",),
    reference=HERE,
    issued_at=now().replace(microsecond=0),
)


def paper(key=KEY, **changes) -> str:
    """Return a signed licence document with some values changed."""
    return sign_document(replace(DOCUMENT, **changes), key)


def keep_trial(seats: int = 100, days: int = 30) -> License:
    """Store the trial licence of a new installation."""
    until = now() + timedelta(days=days)
    return factories.keep(
        License(kind=LicenseKind.TRIAL, holder="iwdemo.fr", seats=seats, reference=HERE, valid_until=until)
    )


@pytest.fixture
def trial(people):
    return keep_trial()


def issue(client, **changes):
    until = (date.today() + timedelta(days=100)).isoformat()
    return client.post(
        f"{URL}/issue", data={"holder": "iwdemo", "seats": "30", "valid_until": until, **changes}
    )
