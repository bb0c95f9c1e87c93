"""The certificates of this server on the disk: the one that is served, and those that were.

    <folder>/current          a link to the folder of the certificate that is served: server.pem, server.key
    <folder>/kept/<id>/       what was installed here, for going back to it
    <folder>/server.pem       what the set-up had made before anything was installed; it is called "initial" here

nginx, or whoever watches for it, loads what `current` leads to. The link is exchanged in one step, so that nobody ever
finds a certificate beside the key of another one.
"""

import os
import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

INITIAL = "initial"
STORED_MAX = 6
"""Certificates that are kept, with the one that is served."""

ID = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}")


@dataclass(frozen=True)
class StoredCertificate:
    """A certificate on the shelf. id: its folder's name, which begins with the moment of its installation."""

    id: str
    chain: bytes
    is_served: bool


def store_certificate(folder: Path, chain: bytes, key: bytes, moment: datetime) -> str:
    """Put a certificate with its key on the shelf, readable for this account only; not served yet. Gives its id."""
    # Microseconds in front of what makes it unique: certificates of one second stand in their order, too.
    name = f"{moment.astimezone(UTC):%Y%m%dT%H%M%S}-{moment.microsecond:05x}{secrets.token_hex(2)[1:]}"
    place = _private(folder / "kept" / name)
    _write(place / "server.pem", chain)
    _write(place / "server.key", key)
    return name


def serve_certificate(folder: Path, name: str) -> None:
    """Have this certificate served from now on. Error: LookupError."""
    place = _place(folder, name)
    if not ((place / "server.pem").exists() and (place / "server.key").exists()):
        raise LookupError(name)
    link = folder / f"current.{secrets.token_hex(4)}"
    link.symlink_to(os.path.relpath(place, folder))
    os.replace(link, folder / "current")
    (folder / "changed").write_text(f"{name}\n")
    _forget_oldest(folder)


def stored_certificates(folder: Path) -> list[StoredCertificate]:
    """Everything on the shelf, the newest first."""
    served = served_id(folder)
    names = sorted(
        (path.name for path in (folder / "kept").glob("*") if ID.fullmatch(path.name)), reverse=True
    )
    found = [(name, _chain(folder, name)) for name in [*names, INITIAL]]
    return [StoredCertificate(name, chain, name == served) for name, chain in found if chain]


def served_id(folder: Path) -> str | None:
    """Which certificate is served; none when nothing stands there."""
    try:
        place = (folder / "current").resolve(strict=True)
    except OSError:
        return None
    if place == folder.resolve():
        return INITIAL
    return place.name if place.parent == (folder / "kept").resolve() else None


def discard_certificate(folder: Path, name: str) -> None:
    """Take a certificate off the shelf that was never served."""
    if name not in (INITIAL, served_id(folder)):
        shutil.rmtree(_place(folder, name), ignore_errors=True)


def _place(folder: Path, name: str) -> Path:
    if name == INITIAL:
        return folder
    if not ID.fullmatch(name):
        raise LookupError(name)
    return folder / "kept" / name


def _chain(folder: Path, name: str) -> bytes:
    try:
        return (_place(folder, name) / "server.pem").read_bytes()
    except OSError:
        return b""


def _forget_oldest(folder: Path) -> None:
    own = [one for one in stored_certificates(folder) if one.id != INITIAL]
    for old in own[STORED_MAX:]:
        if not old.is_served:
            shutil.rmtree(_place(folder, old.id), ignore_errors=True)


def _private(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True)
    path.parent.chmod(0o700)
    return path


def _write(path: Path, content: bytes) -> None:
    """On the disk before anything leads to it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
