"""What people upload for an import, kept until it is done: sealed, since there may be passwords in it."""

import re
import secrets
import time
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _

from app.background import run_in_thread
from app.encryption import decrypt, encrypt
from app.errors import Invalid
from app.text import sheets
from app.text.sheets import Sheet

KEPT = 2 * 24 * 3600
"""Seconds."""

TOKEN = re.compile(r"[0-9a-f]{32}")


def keep(text: str) -> str:
    """Keep a text, and give the name it is kept by."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    token = secrets.token_hex(16)
    path = folder / token
    path.touch(mode=0o600)
    path.write_text(encrypt(text), encoding="ascii")
    return token


def is_kept(token: str) -> bool:
    """Whether a text is still there."""
    return bool(TOKEN.fullmatch(token)) and (_folder() / token).exists()


def require_kept(token: str) -> None:
    """Refuse to go on with a text that is gone. Error: Invalid."""
    if not is_kept(token):
        raise _gone()


def table(token: str) -> Sheet:
    """The table that was kept. Error: Invalid, when it is gone."""
    require_kept(token)
    text = decrypt((_folder() / token).read_text(encoding="ascii"))
    if text is None:
        raise _gone()
    return run_in_thread(sheets.read, text)


def forget_files() -> int:
    """Forget what was uploaded two days ago. Returns how many."""
    old = [path for path in _folder().glob("*") if path.stat().st_mtime < time.time() - KEPT]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _gone() -> Invalid:
    return Invalid(_("The file is not kept any more: choose it again."), code="file_gone", field="file")


def _folder() -> Path:
    return Path(current_app.config["VAR_DIR"]) / "imports"
