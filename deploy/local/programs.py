"""The programs of the machine that we start, wherever Debian puts them."""

import os
import shutil
from pathlib import Path

from deploy.local.paths import VAR, private_folder

PLACES = os.pathsep.join(
    [os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin"]
)
"""Daemons stand in sbin, which ordinary users do not have on their path."""

UNPACKED = VAR / "debian"
"""Packages that are unpacked here because installing them would start a service."""


def find(name: str) -> Path | None:
    """Where a program is; None when the machine does not have it."""
    found = shutil.which(name, path=PLACES)
    return Path(found) if found else None


def mariadbd() -> Path | None:
    """The database server."""
    return find("mariadbd")


def redis_server() -> Path | None:
    """The Redis server.

    Debian's redis-tools has the whole server in redis-check-rdb; called by the server's name it is the server. The
    package redis-server adds that name and a system service, which nobody asked for.
    """
    return find("redis-server") or _redis_by_its_other_name()


def _redis_by_its_other_name() -> Path | None:
    program = find("redis-check-rdb")
    if program is None:
        return None
    named = private_folder(VAR / "bin") / "redis-server"
    if not named.is_symlink() or named.readlink() != program:
        named.unlink(missing_ok=True)
        named.symlink_to(program)
    return named


def nginx() -> Path | None:
    """The web server: the machine's own, or the one unpacked for this checkout."""
    unpacked = UNPACKED / "usr/sbin/nginx"
    return find("nginx") or (unpacked if unpacked.exists() else None)


def chromium() -> Path | None:
    """The browser of the tests."""
    return find("chromium")
