"""Paths of the programs that a checkout runs."""

import os
import shutil
from pathlib import Path

from deploy.local.paths import VAR, private_folder

# Servers stand in sbin, which ordinary users do not have on their path.
SEARCH_PATH = os.pathsep.join(
    [os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin"]
)

# Packages that would start a service are unpacked here instead of installed.
UNPACKED = VAR / "debian"


def find(name: str) -> Path | None:
    """Return the path of a program, or None when the machine does not have it."""
    path = shutil.which(name, path=SEARCH_PATH)
    return Path(path) if path else None


def mariadbd() -> Path | None:
    """Return the database server."""
    return find("mariadbd")


def redis_server() -> Path | None:
    """Return the Redis server.

    Debian's redis-tools holds the whole server in redis-check-rdb, which acts as the server when called by that name.
    The package redis-server would add a system service.
    """
    return find("redis-server") or _redis_server_link()


def _redis_server_link() -> Path | None:
    program = find("redis-check-rdb")
    if program is None:
        return None
    link = private_folder(VAR / "bin") / "redis-server"
    if not link.is_symlink() or link.readlink() != program:
        link.unlink(missing_ok=True)
        link.symlink_to(program)
    return link


def nginx() -> Path | None:
    """Return the web server: the machine's own, or the one unpacked for this checkout."""
    unpacked = UNPACKED / "usr/sbin/nginx"
    return find("nginx") or (unpacked if unpacked.exists() else None)


def chromium() -> Path | None:
    """Return the browser of the tests."""
    return find("chromium")
