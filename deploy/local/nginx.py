"""nginx in front of the web workers: configuration, certificate, command line."""

import grp
import os
import pwd
import socket
import sys
from pathlib import Path

from deploy.local import programs
from deploy.local.paths import PAGES, ROOT, private_folder, render, write_private


def configure(folder: Path, *, target: str, port: int, certificate: Path) -> Path:
    """Write nginx.conf into a folder that also takes nginx's temporary files.

    target: address of the web workers, `host:port` or `unix:/path`.
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


def current_certificate(folder: Path) -> Path:
    """Return the path of the certificate to serve, `current/server.pem` in the folder for TLS.

    WebAdmin points the link `current` at an installed certificate. Until then it points at the one that the authority
    of this checkout has signed.
    """
    link = folder / "current"
    if not (link / "server.pem").exists():
        link.unlink(missing_ok=True)
        link.symlink_to(".")
    return link / "server.pem"


def addresses() -> list[str]:
    """Return the loopback addresses to listen on: some browsers try ::1 first, and not every machine has it."""
    return ["127.0.0.1", "[::1]"] if _has_ipv6() else ["127.0.0.1"]


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def command(configuration: Path, certificate: Path) -> list[str]:
    """Return the command that runs nginx in the foreground and reloads it when the certificate changes."""
    server = [programs.nginx(), "-p", configuration.parent, "-c", configuration, "-e", "stderr"]
    return [sys.executable, "-m", "deploy.local.nginx_runner", str(certificate), *map(str, server)]


def _user() -> str:
    # Started by root, nginx would run its worker as an account that cannot read our folders.
    if os.getuid():
        return ""
    return f"user {pwd.getpwuid(0).pw_name} {grp.getgrgid(0).gr_name};"
