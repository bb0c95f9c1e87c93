"""The port that people's browsers open: free, or taken by whom."""

import os
import socket
from contextlib import suppress
from pathlib import Path

from deploy.local.steps import Stopped

LISTENING = "0A"
"""The kernel's word for it in /proc/net/tcp."""


def require_free(port: int, addresses: list[str]) -> None:
    """Refuse a port that cannot be listened on, and say what to do."""
    for address in addresses:
        try:
            _try(address.strip("[]"), port)
        except PermissionError:
            raise Stopped(
                f"Port {port} is for the system's administrator. Choose another: PORT=8443 bin/run"
            ) from None
        except OSError:
            raise Stopped(
                f"Port {port} is taken by {holder(port)}. End that, or choose another port: PORT={port + 1} bin/run"
            ) from None


def _try(address: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        probe.bind((address, port))
        probe.listen()


def holder(port: int) -> str:
    """Who listens on a port, as far as this account may see."""
    wanted = {f"socket:[{inode}]" for inode in _inodes(port)}
    for process in Path("/proc").glob("[0-9]*"):
        if _opened(process) & wanted:
            return f"{(process / 'comm').read_text().strip()} (process {process.name})"
    return "a process of another account"


def _inodes(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        rows = (
            [line.split() for line in Path(table).read_text().splitlines()[1:]]
            if Path(table).exists()
            else []
        )
        found |= {
            row[9] for row in rows if row[3] == LISTENING and int(row[1].rpartition(":")[2], 16) == port
        }
    return found


def _opened(process: Path) -> set[str]:
    """What a process has open; nothing where this account may not look."""
    found = set()
    with suppress(OSError):
        for name in os.listdir(process / "fd"):
            with suppress(FileNotFoundError):
                found.add(os.readlink(process / "fd" / name))
    return found
