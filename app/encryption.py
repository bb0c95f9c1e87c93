"""Secrets of others that the server must be able to use again, such as the mail server's password:
kept encrypted."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app


def encrypt(text: str) -> str:
    """A text that only this server's secret key opens again."""
    return _box().encrypt(text.encode()).decode()


def decrypt(sealed: str) -> str | None:
    """The text again; None when the server's secret key is another one than then."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _box() -> Fernet:
    secret = current_app.config["SECRET_KEY"].encode()
    key = HKDF(SHA256(), length=32, salt=None, info=b"teamchat settings").derive(secret)
    return Fernet(base64.urlsafe_b64encode(key))
