"""Sockets of the private servers: where they stand, and whether a server answers on them."""

import hashlib
import os
import re
import socket
import stat
import tempfile
from pathlib import Path

# In bytes. Linux allows 107 for a socket's path, and "supervisor.sock.1234567" is the longest name used in the folder.
LONGEST_FOLDER = 80

# nginx and database addresses cannot hold every character that a folder's name can.
PLAIN_PATH = re.compile(r"[\w./+-]+", re.ASCII)


def socket_folder(path: Path) -> Path:
    """Return the folder `path`, or a private one that `path` links to if sockets cannot stand there."""
    if len(os.fsencode(path)) <= LONGEST_FOLDER and PLAIN_PATH.fullmatch(str(path)):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
        return path
    folder = _short_folder(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        path.unlink()
    path.symlink_to(folder)
    return folder


def _short_folder(path: Path) -> Path:
    """Return a folder of this checkout and user. Its parent may be writable for all, so the owner is checked."""
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}")
    parent = runtime if os.access(runtime, os.W_OK) else Path(tempfile.gettempdir())
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:10]
    folder = parent / f"teamchat-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise PermissionError(f"{folder} belongs to somebody else.")
    return folder


def connect(path: Path, timeout: float = 1) -> socket.socket:
    """Connect to a Unix socket."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(timeout)
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        raise
    return connection


def mariadb_answers(path: Path) -> bool:
    """Return whether the database sends its greeting, which begins with protocol 10, as it does once it is ready."""
    try:
        with connect(path) as connection:
            return connection.recv(5)[4:] == b"\x0a"
    except OSError:
        return False


def redis_answers(path: Path) -> bool:
    """Return whether Redis answers a PING."""
    try:
        with connect(path) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(5) == b"+PONG"
    except OSError:
        return False


def free_port() -> int:
    """Return a port that nobody uses at the moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def connect_tcp(port: int, timeout: float = 1) -> socket.socket:
    """Connect to a port of this machine."""
    return socket.create_connection(("127.0.0.1", port), timeout)
