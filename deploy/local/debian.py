"""Debian packages of a checkout. Only what is missing is installed, and no package that starts a service."""

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
from deploy.local.steps import CommandError, run, step


@dataclass(frozen=True)
class Need:
    """A requirement of the machine, and the packages that bring it. mariadb-server-core has no service."""

    packages: tuple[str, ...]
    is_met: Callable[[], bool]


def _has(*names: str) -> Callable[[], bool]:
    return lambda: all(programs.find(name) for name in names)


def _has_emoji() -> bool:
    return any(
        Path(folder).glob("**/NotoColorEmoji*") for folder in ("/usr/share/fonts", "/usr/local/share/fonts")
    )


ENVIRONMENT = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
# Another apt may be at work: wait for its lock.
LOCK_OPTIONS = ["--option", "DPkg::Lock::Timeout=60"]
# Messages of apt when its lists are missing or older than the archive.
OUTDATED = (
    "Unable to locate package",
    "has no installation candidate",
    "Can't select candidate",
    "404  Not Found",
)

VIRTUAL_ENVIRONMENTS = Need(("python3-venv",), lambda: importlib.util.find_spec("ensurepip") is not None)
MARIADB = Need(
    ("mariadb-server-core", "mariadb-client"),
    _has("mariadbd", "mariadb-install-db", "my_print_defaults", "mariadb", "mariadb-dump"),
)
REDIS = Need(("redis-tools",), lambda: programs.redis_server() is not None)
CHROMIUM = Need(("chromium",), _has("chromium"))
EMOJI = Need(("fonts-noto-color-emoji",), _has_emoji)


def require(*needs: Need) -> None:
    """Install what is missing."""
    missing = [package for need in needs if not need.is_met() for package in need.packages]
    if missing:
        _install(missing)


def require_nginx() -> None:
    """Unpack nginx for this checkout if it is missing: installing the package would start a service."""
    if programs.nginx():
        return
    _require_apt(["nginx"])
    with step("Fetching nginx from Debian"), tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        _run_apt(["apt-get", "download", "nginx"], "nginx could not be fetched.", folder=Path(folder))
        package = next(Path(folder).glob("nginx_*.deb"))
        run(["dpkg-deb", "--extract", package, programs.UNPACKED], failure="nginx could not be unpacked.")


def _install(packages: list[str]) -> None:
    _require_apt(packages)
    as_root = _as_root(packages)
    command = [*as_root, "apt-get", "install", "--yes", "--no-install-recommends", *LOCK_OPTIONS, *packages]
    with step(f"Installing {', '.join(packages)} from Debian"):
        _run_apt(command, f"Debian could not install {', '.join(packages)}.")


def _run_apt(command: list[str], failure: str, *, folder: Path = ROOT) -> None:
    """Run apt, again after an update if its lists are outdated."""
    try:
        run(command, env=ENVIRONMENT, folder=folder, failure=failure)
    except CommandError as error:
        if not any(sign in str(error) for sign in OUTDATED):
            raise
        update = [*_as_root(command[-1:]), "apt-get", "update", *LOCK_OPTIONS]
        run(update, env=ENVIRONMENT, failure="Debian's list of packages could not be fetched.")
        run(command, env=ENVIRONMENT, folder=folder, failure=failure)


def _as_root(packages: list[str]) -> list[str]:
    """Return the prefix of a command that installs packages. Ask for the password where sudo wants one."""
    if os.getuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "DEBIAN_FRONTEND=noninteractive"]
    if sudo and sys.stdin.isatty():
        print(f"  {', '.join(packages)} must be installed from Debian; sudo asks for your password.")
        if subprocess.run([sudo, "-v"], check=False).returncode == 0:
            return [sudo, "DEBIAN_FRONTEND=noninteractive"]
    raise CommandError(
        "Programs are missing and this account may not install them. Have somebody who may run\n"
        f"    apt-get install --no-install-recommends {' '.join(packages)}\n"
        "and run it again."
    )


def _require_apt(packages: list[str]) -> None:
    if not shutil.which("apt-get"):
        names = ", ".join(packages)
        raise CommandError(
            f"This is not Debian: install what these packages bring yourself, then run it again: {names}."
        )
