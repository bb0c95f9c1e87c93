"""Links that are mailed: `id.generation.HMAC`. Nothing secret is stored; copying and sending again compute the same
link, and using or revoking it raises the row's generation, which ends every link made before."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

MAC_LENGTH = 24
"""Bytes of the MAC that a link carries, of SHA-256's 32: 192 bits, in 32 characters."""

TOKEN_LENGTH_MAX = 80
"""Characters of the longest token that is looked at: two numbers of at most 19 digits, the MAC, and room to spare."""


@dataclass(frozen=True)
class Link:
    """What a genuine token says. Whether it still counts is the row's generation to say."""

    id: int
    generation: int


def token(purpose: str, row_id: int, generation: int) -> str:
    """The token of a row's link. A token of one purpose ("invitation", "password" …) serves no other."""
    named = f"{row_id}.{generation}"
    return f"{named}.{_mac(purpose, named)}"


def read(purpose: str, text: str) -> Link | None:
    """What a token says; none when it was not made here, or for something else."""
    if len(text) > TOKEN_LENGTH_MAX or text.count(".") != 2 or not text.isascii():
        return None
    row_id, generation, mac = text.split(".")
    if not (row_id.isdigit() and generation.isdigit()):
        return None
    if not hmac.compare_digest(mac, _mac(purpose, f"{row_id}.{generation}")):
        return None
    return Link(int(row_id), int(generation))


def _mac(purpose: str, named: str) -> str:
    """HMAC-SHA-256 (RFC 2104) under a key of the purpose's own, drawn from SECRET_KEY by HKDF (RFC 5869)."""
    secret = current_app.config["SECRET_KEY"].encode()
    key = HKDF(SHA256(), length=32, salt=None, info=f"teamchat link {purpose}".encode()).derive(secret)
    mac = hmac.digest(key, named.encode(), hashlib.sha256)[:MAC_LENGTH]
    return base64.urlsafe_b64encode(mac).decode()
