"""Data of an installation that must not be lost: database, files, secret; and which of it goes into a backup."""

import os
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local import servers, serving, sockets
from deploy.local.instance import Instance
from deploy.local.paths import VAR
from deploy.local.steps import CommandError

# Generated again, or of this machine alone; the database's own files are in the backup as statements.
EXCLUDED = {"mariadb", "mariadb.new", "redis", "log", "run", "venv", "bin", "debian", "tmp", "keys/database"}

BEFORE_RESTORE = "before-restore-"

# Seconds that a served database may take to answer, and that a stopped one may take to start.
DATABASE_TIMEOUT = 120


@dataclass(frozen=True)
class Installation:
    """Database, files, secret (SECRET_KEY_FILE) and certificate folder (TLS_DIR) of a server."""

    database_url: str
    var: Path
    secret: Path | None
    tls: Path | None = None

    def files(self) -> Iterator[tuple[str, Path]]:
        """Yield the files of a backup with their names in it, keys first."""
        if not self.var.is_dir():
            return
        for path in sorted(
            self.var.rglob("*"), key=lambda path: (path.parts[len(self.var.parts)] != "keys", path)
        ):
            name = path.relative_to(self.var).as_posix()
            if not _is_excluded(name) and _is_file(path) and path != self.secret:
                yield name, path

    def certificate_files(self) -> Iterator[tuple[str, Path]]:
        """Yield the files below TLS_DIR with their names."""
        for path in sorted(self.tls.rglob("*")) if self.tls and self.tls.is_dir() else []:
            if path.is_file():
                yield path.relative_to(self.tls).as_posix(), path


@contextmanager
def open_installation(options) -> Iterator[Installation]:
    """Yield the installation of --env, of the environment, or of this checkout, with its database running."""
    values = {**os.environ, **(_read_settings(Path(options.env)) if options.env else {})}
    if "VAR_DIR" in values and "DATABASE_URL" in values:
        yield _installation(values)
        return
    instance = serving.instance_named("empty" if options.empty else "demo")
    with running_database(instance):
        yield _installation(instance.environment())


def _installation(values: dict) -> Installation:
    secret, tls = values.get("SECRET_KEY_FILE"), values.get("TLS_DIR")
    return Installation(
        database_url=values["DATABASE_URL"],
        var=Path(values["VAR_DIR"]).resolve(),
        secret=Path(secret).resolve() if secret else None,
        tls=Path(tls).resolve() if tls else None,
    )


def _read_settings(path: Path) -> dict:
    """Return the settings of a file for systemd: NAME=value, a line each."""
    if not path.is_file():
        raise CommandError(f"There is no file {path}.")
    pairs = (line.partition("=") for line in path.read_text().splitlines() if not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, sign, value in pairs if sign}


@contextmanager
def running_database(instance: Instance, *, timeout: float = DATABASE_TIMEOUT) -> Iterator[None]:
    """Run the private database of a checkout for the block, unless bin/run runs it already."""
    with ExitStack() as stack:
        is_answering = not instance.has_own_database or sockets.mariadb_answers(instance.database_socket)
        if not is_answering and _lock_or_wait(instance, stack, timeout):
            stack.enter_context(_started_database(instance, timeout))
        yield


def _lock_or_wait(instance: Instance, stack: ExitStack, timeout: float) -> bool:
    """Take the run lock, or wait until the database of its holder answers. Return whether the lock was taken.

    A database that is starting, or that stalls for a moment, is not one that is stopped.
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            stack.enter_context(serving.run_lock(instance))
        except serving.AlreadyRunning as error:
            if sockets.mariadb_answers(instance.database_socket):
                return False
            if time.monotonic() > deadline:
                raise CommandError(
                    f"TeamChat runs from this folder ({error.holder}), but its database has not answered for "
                    f"{timeout:.0f} seconds. See var/log/mariadb.log, then run it again."
                ) from None
        else:
            return True
        time.sleep(0.5)


@contextmanager
def _started_database(instance: Instance, timeout: float) -> Iterator[None]:
    servers.prepare_database(instance)
    program = servers.database(instance)
    (VAR / "log").mkdir(parents=True, exist_ok=True)
    with open(VAR / "log/backup-mariadb.log", "ab") as log:
        process = subprocess.Popen([str(word) for word in program.command], stdout=log, stderr=log)
    try:
        _wait_until_answers(instance, process, timeout)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _wait_until_answers(instance: Instance, process: subprocess.Popen, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while not sockets.mariadb_answers(instance.database_socket):
        if process.poll() is not None or time.monotonic() > deadline:
            raise CommandError("The private database does not start: see var/log/backup-mariadb.log.")
        time.sleep(0.1)


def _is_excluded(name: str) -> bool:
    top = name.partition("/")[0]
    return (
        top in EXCLUDED
        or name in EXCLUDED
        or top.startswith(BEFORE_RESTORE)
        or top.endswith(".part")
        or name.endswith((".new", ".part", ".before-restore"))
    )


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return False
