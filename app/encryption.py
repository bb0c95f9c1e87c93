"""Encryption of stored secrets that the server must use again, such as the mail server's password."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app


def encrypt(text: str) -> str:
    """Encrypt a text with a key derived from SECRET_KEY."""
    return _cipher().encrypt(text.encode()).decode()


def decrypt(encrypted: str) -> str | None:
    """Return the decrypted text, None if SECRET_KEY has changed since."""
    try:
        return _cipher().decrypt(encrypted.encode()).decode()
    except InvalidToken:
        return None


def _cipher() -> Fernet:
    secret = current_app.config["SECRET_KEY"].encode()
    key = HKDF(SHA256(), length=32, salt=None, info=b"teamchat settings").derive(secret)
    return Fernet(base64.urlsafe_b64encode(key))
