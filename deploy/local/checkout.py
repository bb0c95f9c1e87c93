"""Set-up of a checkout: room on the disk, programs, packages, browser libraries, catalogues."""

import hashlib
import os
import shutil
import subprocess
import sys

from deploy.local import debian, programs
from deploy.local.paths import PYTHON, ROOT, VAR, VENV
from deploy.local.steps import CommandError, run, step

RUNNING = ("requirements.txt",)
TESTING = ("requirements.txt", "requirements-dev.txt")
NODE = "deploy/requirements-node.txt"
MEGABYTE = 1 << 20


def prepare_to_run(*, mariadb: bool = True, redis: bool = True) -> None:
    """Install what bin/run needs. A database or a Redis elsewhere needs no program here."""
    _require_room()
    needs = [
        (mariadb, debian.MARIADB),
        (redis, debian.REDIS),
        (not PYTHON.exists(), debian.VIRTUAL_ENVIRONMENTS),
    ]
    debian.require(*[need for is_needed, need in needs if is_needed])
    debian.require_nginx()
    _prepare_python(RUNNING)


def prepare_to_test() -> None:
    """Install what the tests need: everything, a browser, and a font with emoji."""
    _require_room()
    needs = [debian.MARIADB, debian.REDIS, debian.CHROMIUM, debian.EMOJI]
    debian.require(*needs, *([] if PYTHON.exists() else [debian.VIRTUAL_ENVIRONMENTS]))
    debian.require_nginx()
    _prepare_python(TESTING)


def prepare_to_check() -> None:
    """Install the tools of bin/check."""
    if not PYTHON.exists():
        debian.require(debian.VIRTUAL_ENVIRONMENTS)
    _prepare_python(TESTING)


def _prepare_python(lists: tuple[str, ...]) -> None:
    _make_environment()
    for name in lists:
        _install_packages(
            name, "Python packages" if name == "requirements.txt" else "Python packages for the tests"
        )
    if not programs.find("npm"):
        _install_packages(NODE, "Node.js")
    _fetch_libraries(needs_tools=lists == TESTING)
    _compile_catalogues()


def _require_room() -> None:
    """Refuse to start on a full disk, which would break a database. The first set-up needs more room."""
    VAR.mkdir(exist_ok=True)
    needed = 1500 if not (VENV / ".requirements.txt").exists() else 200
    free = shutil.disk_usage(VAR).free // MEGABYTE
    if free < needed:
        raise CommandError(
            f"Only {free} MB are free on this disk, {needed} are needed. Make room, then run it again."
        )


def _make_environment() -> None:
    has_pip = [PYTHON, "-c", "import pip"]
    if PYTHON.exists() and subprocess.run(has_pip, capture_output=True, check=False).returncode == 0:
        return
    with step("Making a virtual environment"):
        run(
            [sys.executable, "-m", "venv", "--clear", VENV],
            failure="The virtual environment could not be made.",
        )


def _install_packages(name: str, title: str) -> None:
    """Install a list of pinned packages, unless exactly this list is installed already."""
    stamp = VENV / f".{os.path.basename(name)}"
    digest = hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    with step(f"Installing {title} from PyPI"):
        command = [PYTHON, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
        run([*command, "--requirement", ROOT / name], failure=f"{title} could not be installed.")
    stamp.write_text(digest)


def _fetch_libraries(*, needs_tools: bool) -> None:
    """Run bin/vendor, which does nothing when all is up to date. Tests and checks need its tools."""
    command = [PYTHON, ROOT / "bin/vendor", *(["--tools"] if needs_tools else [])]
    if (ROOT / "node_modules").exists():
        run(command, failure="The browser libraries could not be fetched.")
        return
    with step("Installing browser libraries from npm"):
        run(command, failure="The browser libraries could not be fetched.")


def _compile_catalogues() -> None:
    if not _are_compiled():
        run([PYTHON, ROOT / "bin/catalogues", "--compile"], failure="The translations could not be compiled.")


def _are_compiled() -> bool:
    sources = list((ROOT / "app/translations").glob("*/LC_MESSAGES/*.po"))
    pairs = [(source, source.with_suffix(".mo")) for source in sources]
    return all(
        compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime for source, compiled in pairs
    )
