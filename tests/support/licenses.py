"""Licences for tests: a key pair, and documents signed with it."""

from dataclasses import replace
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.models import License, LicenseKind, now
from app.rules.licenses import Document, public_text, sign_document
from tests.support import factories

KEY = Ed25519PrivateKey.generate()
PUBLIC = public_text(KEY)
HERE = "0123456789ABCDEF"
"""The reference of the tests' installation."""

DOCUMENT = Document(
    holder="Société Démo",
    seats=50,
    valid_until=now().replace(microsecond=0) + timedelta(days=365),
    modules=("teamchat",),
    reference=HERE,
    issued_at=now().replace(microsecond=0),
)


def paper(key=KEY, **changes) -> str:
    """A signed licence that says something else here and there."""
    return sign_document(replace(DOCUMENT, **changes), key)


def keep_trial(seats: int = 100, days: int = 30) -> License:
    """The licence that every installation starts with."""
    until = now() + timedelta(days=days)
    return factories.keep(
        License(kind=LicenseKind.TRIAL, holder="iwdemo.fr", seats=seats, reference=HERE, valid_until=until)
    )
