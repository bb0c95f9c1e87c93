"""Keys in files outside of the database, so that write access to the database does not give them."""

import os
import secrets
from pathlib import Path

# Bytes of a key.
LENGTH = 32


def load_key(var: Path, name: str) -> bytes:
    """Return the key with this name. It is created at the first use, readable by its owner only."""
    path = _folder(var) / name
    if not path.exists():
        _create(path)
    return path.read_bytes()


def store_head(var: Path, name: str, entry_id: int, seal: bytes) -> None:
    """Store the last entry of a chain, so that removal of its end is detected."""
    path = _folder(var) / f"{name}.head"
    _write(path.with_suffix(".new"), f"{entry_id} {seal.hex()}\n".encode())
    path.with_suffix(".new").replace(path)


def load_head(var: Path, name: str) -> tuple[int, bytes] | None:
    """Return id and seal of the last entry of a chain, None if it has none."""
    path = _folder(var) / f"{name}.head"
    if not path.exists():
        return None
    entry_id, seal = path.read_text().split()
    return int(entry_id), bytes.fromhex(seal)


def _folder(var: Path) -> Path:
    folder = Path(var) / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _create(path: Path) -> None:
    """Create a key in a draft file and link it to its path: of two processes that start together, one succeeds."""
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
