"""Return paths: a sender address for each mail, which only this server can make, so that bounces name their mail."""

import base64
import hashlib
import hmac
import re

from flask import current_app

PREFIX = "bounce"
# Bytes of the MAC, 120 bits: 24 letters, so that the whole stays within the 64 of a local part (RFC 5321).
MARK_LENGTH = 15

ADDRESS = re.compile(rf"{PREFIX}\+(\d{{1,19}})\.([a-z2-7]{{24}})@([^@\s<>]+)", re.I)


def return_path(mail_id: int) -> str | None:
    """Return the sender address of a mail, bounce+id.MAC@domain of BOUNCE_ADDRESS.

    None where that is not set.
    """
    domain = current_app.config["BOUNCE_ADDRESS"].rpartition("@")[2]
    return f"{PREFIX}+{mail_id}.{_mark(mail_id)}@{domain}" if domain else None


def mail_of(address: str) -> int | None:
    """Return the id of the mail that a return path was made for, None for a forged one.

    Servers on the way may fold its case.
    """
    match = ADDRESS.fullmatch(address.strip())
    if match is None or not hmac.compare_digest(match[2].lower(), _mark(int(match[1]))):
        return None
    return int(match[1])


def _mark(mail_id: int) -> str:
    secret = current_app.config["SECRET_KEY"].encode()
    mac = hmac.digest(secret, f"teamchat bounce {mail_id}".encode(), hashlib.sha256)[:MARK_LENGTH]
    return base64.b32encode(mac).decode().lower()
