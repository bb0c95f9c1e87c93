"""Check of the port to serve on, and of the process that holds it."""

import os
import socket
from contextlib import suppress
from pathlib import Path

from deploy.local.steps import CommandError

# State of a listening socket in /proc/net/tcp.
LISTENING = "0A"


def require_free(port: int, addresses: list[str]) -> None:
    """Refuse a port that cannot be listened on, and say what to do."""
    for address in addresses:
        try:
            _try_to_listen(address.strip("[]"), port)
        except PermissionError:
            raise CommandError(
                f"Port {port} is for the system's administrator. Choose another: PORT=8443 bin/run"
            ) from None
        except OSError:
            raise CommandError(
                f"Port {port} is taken by {holder(port)}. End that, or choose another port: PORT={port + 1} bin/run"
            ) from None


def _try_to_listen(address: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        probe.bind((address, port))
        probe.listen()


def holder(port: int) -> str:
    """Return the process that listens on a port, as far as this account may see."""
    listening = {f"socket:[{inode}]" for inode in _inodes(port)}
    for process in Path("/proc").glob("[0-9]*"):
        if _open_files(process) & listening:
            return f"{(process / 'comm').read_text().strip()} (process {process.name})"
    return "a process of another account"


def _inodes(port: int) -> set[str]:
    """Return the inodes of the sockets that listen on a port."""
    inodes = set()
    for table in map(Path, ("/proc/net/tcp", "/proc/net/tcp6")):
        rows = [line.split() for line in table.read_text().splitlines()[1:]] if table.exists() else []
        inodes |= {
            row[9] for row in rows if row[3] == LISTENING and int(row[1].rpartition(":")[2], 16) == port
        }
    return inodes


def _open_files(process: Path) -> set[str]:
    """Return what a process has open; nothing where this account may not look."""
    files = set()
    with suppress(OSError):
        for name in os.listdir(process / "fd"):
            with suppress(FileNotFoundError):
                files.add(os.readlink(process / "fd" / name))
    return files
