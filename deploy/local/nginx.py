"""nginx in front of the web workers: its configuration and how it is started."""

import grp
import os
import pwd
import socket
import sys
from pathlib import Path

from deploy.local import programs
from deploy.local.paths import PAGES, ROOT, private_folder, write_private
from deploy.local.templates import render


def configure(folder: Path, *, target: str, port: int, certificate: Path) -> Path:
    """Write nginx.conf into a folder that also takes what nginx stores for a moment.

    target: where the web workers listen, `host:port` or `unix:/path`.
    """
    temporary = private_folder(folder / "nginx")
    return write_private(
        folder / "nginx.conf",
        render(
            "nginx.conf",
            temporary=temporary,
            user=_user(),
            target=target,
            listen="\n    ".join(f"listen {address}:{port} ssl http2;" for address in addresses()),
            certificate=certificate,
            key=certificate.with_suffix(".key"),
            static=ROOT / "app/static",
            pages=PAGES,
        ),
    )


def addresses() -> list[str]:
    """The names of this machine for itself. Some browsers try ::1 first; not every machine has it."""
    return ["127.0.0.1", "[::1]"] if _has_ipv6() else ["127.0.0.1"]


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


def command(configuration: Path, certificate: Path) -> list[str]:
    """How nginx is started, in the foreground; it is told when the certificate changes."""
    server = [programs.nginx(), "-p", configuration.parent, "-c", configuration, "-e", "stderr"]
    return [sys.executable, "-m", "deploy.local.front", str(certificate), *map(str, server)]


def _user() -> str:
    """Started by root, nginx would give its worker to an account that cannot read our folders."""
    if os.getuid():
        return ""
    return f"user {pwd.getpwuid(0).pw_name} {grp.getgrgid(0).gr_name};"
