"""Tokens of mailed links: `id.generation.HMAC`.

No secret is stored: a link can be computed again at any time. Using or revoking it raises the row's generation, which
ends all earlier links.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

# Bytes of the MAC in a token, of SHA-256's 32: 192 bits, in 32 characters.
MAC_LENGTH = 24

# Characters of the longest token that is parsed: two numbers of at most 19 digits and the MAC make 72.
TOKEN_LENGTH_MAX = 80


@dataclass(frozen=True)
class Link:
    """The content of a genuine token. It is valid while the row has the same generation."""

    id: int
    generation: int


def token(purpose: str, row_id: int, generation: int) -> str:
    """Return the token of a row's link. purpose: "invitation", "password" …; a token is valid for one purpose only."""
    content = f"{row_id}.{generation}"
    return f"{content}.{_mac(purpose, content)}"


def read(purpose: str, text: str) -> Link | None:
    """Return the content of a token, None if it is not genuine or for another purpose."""
    if len(text) > TOKEN_LENGTH_MAX or text.count(".") != 2 or not text.isascii():
        return None
    row_id, generation, mac = text.split(".")
    if not (row_id.isdigit() and generation.isdigit()):
        return None
    if not hmac.compare_digest(mac, _mac(purpose, f"{row_id}.{generation}")):
        return None
    return Link(int(row_id), int(generation))


def _mac(purpose: str, content: str) -> str:
    """Return the HMAC-SHA-256 (RFC 2104) with a key for this purpose, derived from SECRET_KEY by HKDF (RFC 5869)."""
    secret = current_app.config["SECRET_KEY"].encode()
    key = HKDF(SHA256(), length=32, salt=None, info=f"teamchat link {purpose}".encode()).derive(secret)
    mac = hmac.digest(key, content.encode(), hashlib.sha256)[:MAC_LENGTH]
    return base64.urlsafe_b64encode(mac).decode()
