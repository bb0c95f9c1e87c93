"""Programs that come from Debian. Only what is missing is installed, and nothing is installed that starts a service."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy.local import programs
from deploy.local.paths import ROOT
from deploy.local.steps import Stopped, run, step


@dataclass(frozen=True)
class Need:
    """Something that must be on the machine, and the packages that bring it. The -core packages have no services."""

    packages: tuple[str, ...]
    is_there: Callable[[], bool]


def _has(*names: str) -> Callable[[], bool]:
    return lambda: all(programs.find(name) for name in names)


def _has_emoji() -> bool:
    return any(
        Path(folder).glob("**/NotoColorEmoji*") for folder in ("/usr/share/fonts", "/usr/local/share/fonts")
    )


QUIETLY = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
WAITING = ["--option", "DPkg::Lock::Timeout=60"]
OUTDATED = (
    "Unable to locate package",
    "has no installation candidate",
    "Can't select candidate",
    "404  Not Found",
)
"""What apt says when its lists are missing or older than the archive."""

VIRTUAL_ENVIRONMENTS = Need(("python3-venv",), lambda: importlib.util.find_spec("ensurepip") is not None)
MARIADB = Need(
    ("mariadb-server-core", "mariadb-client-core"),
    _has("mariadbd", "mariadb-install-db", "my_print_defaults"),
)
REDIS = Need(("redis-tools",), lambda: programs.redis_server() is not None)
CHROMIUM = Need(("chromium",), _has("chromium"))
EMOJI = Need(("fonts-noto-color-emoji",), _has_emoji)


def require(*needs: Need) -> None:
    """Have all of this on the machine."""
    missing = [package for need in needs if not need.is_there() for package in need.packages]
    if missing:
        _install(missing)


def require_nginx() -> None:
    """Have nginx. Its package starts a service, so it is unpacked for this checkout alone and nothing is installed."""
    if programs.nginx():
        return
    _require_apt(["nginx"])
    with step("Fetching nginx from Debian"), tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        _with_fresh_lists(
            ["apt-get", "download", "nginx"], "nginx could not be fetched.", folder=Path(folder)
        )
        package = next(Path(folder).glob("nginx_*.deb"))
        run(["dpkg-deb", "--extract", package, programs.UNPACKED], trouble="nginx could not be unpacked.")


def _install(packages: list[str]) -> None:
    _require_apt(packages)
    as_root = _as_root(packages)
    command = [*as_root, "apt-get", "install", "--yes", "--no-install-recommends", *WAITING, *packages]
    with step(f"Installing {', '.join(packages)} from Debian"):
        _with_fresh_lists(command, f"Debian could not install {', '.join(packages)}.")


def _with_fresh_lists(command: list[str], trouble: str, *, folder: Path = ROOT) -> None:
    """Run apt; when it does not know a package or its version is gone, have it learn what there is and run it again."""
    try:
        run(command, env=QUIETLY, folder=folder, trouble=trouble)
    except Stopped as stopped:
        if not any(sign in str(stopped) for sign in OUTDATED):
            raise
        update = [*_as_root(command[-1:]), "apt-get", "update", *WAITING]
        run(update, env=QUIETLY, trouble="Debian's list of packages could not be fetched.")
        run(command, env=QUIETLY, folder=folder, trouble=trouble)


def _as_root(packages: list[str]) -> list[str]:
    """What to put before a command so that it may install packages; asks for the password where sudo wants one."""
    if os.getuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "DEBIAN_FRONTEND=noninteractive"]
    if sudo and sys.stdin.isatty():
        print(f"  {', '.join(packages)} must be installed from Debian; sudo asks for your password.")
        if subprocess.run([sudo, "-v"]).returncode == 0:
            return [sudo, "DEBIAN_FRONTEND=noninteractive"]
    raise Stopped(
        "Programs are missing and this account may not install them. Have somebody who may run\n"
        f"    apt-get install --no-install-recommends {' '.join(packages)}\n"
        "and run it again."
    )


def _require_apt(packages: list[str]) -> None:
    if not shutil.which("apt-get"):
        names = ", ".join(packages)
        raise Stopped(
            f"This is not Debian: install what these packages bring yourself, then run it again: {names}."
        )
