"""Licence documents: signed content is accepted, anything else refused."""

import base64
import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.errors import Invalid
from app.rules.licenses import open_document
from tests.support.licenses import DOCUMENT, KEY, PUBLIC, paper


def code_of(text: str) -> str:
    with pytest.raises(Invalid) as refusal:
        open_document(text, PUBLIC)
    assert refusal.value.field == "document"
    assert str(refusal.value)
    return refusal.value.code


def made_of(content: bytes) -> str:
    """Return a licence document around any text, with a genuine signature."""
    parts = [base64.b64encode(part).decode() for part in (content, KEY.sign(content))]
    return f"-----BEGIN TEAMCHAT LICENCE-----\n{parts[0]}\n\n{parts[1]}\n-----END TEAMCHAT LICENCE-----\n"


def test_signed_license_is_read_unchanged(app):
    assert open_document(paper(), PUBLIC) == DOCUMENT


@pytest.mark.parametrize(
    "change", [lambda text: text.replace("\n", "\r\n"), lambda text: f"Bonjour,\n\n{text}\nMerci"]
)
def test_license_reformatted_by_mail_is_read(app, change):
    assert open_document(change(paper()), PUBLIC) == DOCUMENT


def test_signature_of_another_key_is_refused(app):
    assert code_of(paper(Ed25519PrivateKey.generate())) == "licence_signature"


def test_changed_license_is_refused(app):
    first, second = paper(seats=50), paper(seats=5000)
    body = second.split("\n\n")[0]
    assert code_of(body + "\n\n" + first.split("\n\n")[1]) == "licence_signature"


@pytest.mark.parametrize(
    "text",
    [
        *("", "bonjour", "-----BEGIN TEAMCHAT LICENCE-----", "\x00" * 100, "é" * 100_000),
        "-----BEGIN TEAMCHAT LICENCE-----\nabc\n\nabc\n-----END TEAMCHAT LICENCE-----",
        "-----BEGIN TEAMCHAT LICENCE-----\n====\n\n====\n-----END TEAMCHAT LICENCE-----",
    ],
)
def test_text_that_is_no_license_is_refused(app, text):
    assert code_of(text) in ("licence_unreadable", "licence_signature")


@pytest.mark.parametrize(
    "change",
    [
        {"holder": ""},
        {"seats": -1},
        {"seats": "many"},
        {"valid_until": "soon"},
        {"valid_until": "2030-01-01T00:00:00"},
        {"modules": None},
        {"reference": ...},
    ],
)
def test_signed_values_out_of_range_are_refused(app, change):
    values = {
        "holder": "Démo",
        "seats": 5,
        "valid_until": (DOCUMENT.valid_until + timedelta(days=1)).isoformat(),
        "modules": ["teamchat"],
        "reference": "X",
        "issued_at": DOCUMENT.issued_at.isoformat(),
    }
    assert open_document(made_of(json.dumps(values).encode()), PUBLIC).seats == 5
    values |= change
    content = json.dumps({name: value for name, value in values.items() if value is not ...}).encode()
    assert code_of(made_of(content)) == "licence_unreadable"


@pytest.mark.parametrize("key", ["bonjour", "YWJj", "é"])
def test_invalid_key_is_refused(app, key):
    with pytest.raises(Invalid) as refusal:
        open_document(paper(), key)
    assert refusal.value.code == "licence_no_key"


@pytest.mark.parametrize("content", [b"[]", b"1", b"\xff", b"{}"])
def test_signed_text_that_is_no_license_is_refused(app, content):
    assert code_of(made_of(content)) == "licence_unreadable"
