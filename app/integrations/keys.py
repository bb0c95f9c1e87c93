"""Keys and marks that live in files beside the database, so that who writes the database does not
have them."""

import os
import secrets
from pathlib import Path

LENGTH = 32
"""Bytes of a key."""


def load_key(var: Path, name: str) -> bytes:
    """The key with this name, made at the first use; readable by its owner only."""
    path = _folder(var) / name
    if not path.exists():
        _make(path)
    return path.read_bytes()


def store_head(var: Path, name: str, entry_id: int, seal: bytes) -> None:
    """Keep how far a chain goes, so that cutting its end off is noticed."""
    path = _folder(var) / f"{name}.head"
    _write(path.with_suffix(".new"), f"{entry_id} {seal.hex()}\n".encode())
    path.with_suffix(".new").replace(path)


def load_head(var: Path, name: str) -> tuple[int, bytes] | None:
    """How far a chain goes, as (id, seal); None before it has begun."""
    path = _folder(var) / f"{name}.head"
    if not path.exists():
        return None
    entry_id, seal = path.read_text().split()
    return int(entry_id), bytes.fromhex(seal)


def _folder(var: Path) -> Path:
    folder = Path(var) / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _make(path: Path) -> None:
    """Written whole beside its place and linked into it: of two processes that start at once,
    one key stays."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    _write(draft, secrets.token_bytes(LENGTH))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
