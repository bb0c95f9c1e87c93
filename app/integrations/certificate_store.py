"""The certificates of this server on disk: the one that is served, and earlier ones.

    <folder>/current          a link to the folder of the certificate that is served: server.pem, server.key
    <folder>/kept/<id>/       certificates installed here, which can be restored
    <folder>/server.pem       the certificate from before the first installation, called "initial" here

nginx, or another program that watches the folder, loads the target of `current`. The link is replaced in one step, so
that a certificate never appears beside another one's key.
"""

import os
import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

INITIAL = "initial"

# Certificates that are kept, with the one that is served.
STORED_MAX = 6

ID = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}")


@dataclass(frozen=True)
class StoredCertificate:
    """A stored certificate. id: its folder's name, which begins with the moment of its installation."""

    id: str
    chain: bytes
    is_served: bool


def store_certificate(folder: Path, chain: bytes, key: bytes, moment: datetime) -> str:
    """Store a certificate and its key, readable for this account only, without serving it. Return its id."""
    # Microseconds before the random part sort the certificates of one second.
    name = f"{moment.astimezone(UTC):%Y%m%dT%H%M%S}-{moment.microsecond:05x}{secrets.token_hex(2)[1:]}"
    path = _create_private(folder / "kept" / name)
    _write(path / "server.pem", chain)
    _write(path / "server.key", key)
    return name


def serve_certificate(folder: Path, name: str) -> None:
    """Serve this certificate from now on. Error: LookupError."""
    path = _path_of(folder, name)
    if not ((path / "server.pem").exists() and (path / "server.key").exists()):
        raise LookupError(name)
    link = folder / f"current.{secrets.token_hex(4)}"
    link.symlink_to(os.path.relpath(path, folder))
    os.replace(link, folder / "current")
    (folder / "changed").write_text(f"{name}\n")
    _delete_oldest(folder)


def stored_certificates(folder: Path) -> list[StoredCertificate]:
    """Return all stored certificates, the newest first."""
    served = served_id(folder)
    names = sorted(
        (path.name for path in (folder / "kept").glob("*") if ID.fullmatch(path.name)), reverse=True
    )
    chains = [(name, _read_chain(folder, name)) for name in [*names, INITIAL]]
    return [StoredCertificate(name, chain, name == served) for name, chain in chains if chain]


def served_id(folder: Path) -> str | None:
    """Return the id of the certificate that is served, None without one."""
    try:
        path = (folder / "current").resolve(strict=True)
    except OSError:
        return None
    if path == folder.resolve():
        return INITIAL
    return path.name if path.parent == (folder / "kept").resolve() else None


def discard_certificate(folder: Path, name: str) -> None:
    """Delete a certificate, unless it is served or the initial one."""
    if name not in (INITIAL, served_id(folder)):
        shutil.rmtree(_path_of(folder, name), ignore_errors=True)


def _path_of(folder: Path, name: str) -> Path:
    if name == INITIAL:
        return folder
    if not ID.fullmatch(name):
        raise LookupError(name)
    return folder / "kept" / name


def _read_chain(folder: Path, name: str) -> bytes:
    try:
        return (_path_of(folder, name) / "server.pem").read_bytes()
    except OSError:
        return b""


def _delete_oldest(folder: Path) -> None:
    installed = [stored for stored in stored_certificates(folder) if stored.id != INITIAL]
    for old in installed[STORED_MAX:]:
        if not old.is_served:
            shutil.rmtree(_path_of(folder, old.id), ignore_errors=True)


def _create_private(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True)
    path.parent.chmod(0o700)
    return path


def _write(path: Path, content: bytes) -> None:
    """Write a file and flush it to disk, before a link leads to it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
