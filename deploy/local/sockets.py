"""Sockets: where they may stand, and whether somebody answers."""

import hashlib
import os
import re
import socket
import stat
import tempfile
from pathlib import Path

LONGEST_FOLDER = 80
"""Bytes. Linux takes 107 for a socket's whole path, and "supervisor.sock.1234567" is the longest name used in it."""

PLAIN = re.compile(r"[\w./+-]+", re.ASCII)
"""nginx and database addresses cannot carry every character that a folder's name can."""


def socket_folder(wanted: Path) -> Path:
    """The folder `wanted`; where its path does not suit sockets, a private one that `wanted` then points to."""
    if len(os.fsencode(wanted)) <= LONGEST_FOLDER and PLAIN.fullmatch(str(wanted)):
        wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
        wanted.chmod(0o700)
        return wanted
    folder = _short_folder(wanted)
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if wanted.is_symlink():
        wanted.unlink()
    wanted.symlink_to(folder)
    return folder


def _short_folder(wanted: Path) -> Path:
    """A folder for this checkout and this user alone. Others can write beside it, so it might be somebody else's."""
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}")
    parent = runtime if os.access(runtime, os.W_OK) else Path(tempfile.gettempdir())
    name = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:10]
    folder = parent / f"teamchat-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(f"{folder} belongs to somebody else.")
    return folder


def connect(path: Path, timeout: float = 1) -> socket.socket:
    """A connection to a socket of this machine."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(timeout)
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        raise
    return connection


def mariadb_answers(path: Path) -> bool:
    """Whether the database greets, which it does once it takes connections; a greeting begins with protocol 10."""
    try:
        with connect(path) as connection:
            return connection.recv(5)[4:] == b"\x0a"
    except OSError:
        return False


def redis_answers(path: Path) -> bool:
    """Whether Redis answers a PING."""
    try:
        with connect(path) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(5) == b"+PONG"
    except OSError:
        return False


def free_port() -> int:
    """A port of this machine that nobody uses at the moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def connect_tcp(port: int, timeout: float = 1) -> socket.socket:
    """A connection to a port of this machine."""
    return socket.create_connection(("127.0.0.1", port), timeout)
