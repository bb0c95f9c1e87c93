"""Where an installation keeps what must not be lost: database, files, secret; and which of it is for a backup."""

import os
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local import serving, sockets, stack
from deploy.local.instance import Instance
from deploy.local.paths import VAR
from deploy.local.steps import Stopped

LEFT_OUT = {"mariadb", "mariadb.new", "redis", "log", "run", "venv", "bin", "debian", "tmp", "keys/database"}
"""What is made again, or belongs to this machine: the database's own files are in the backup as statements."""

ASIDE = "before-restore-"


@dataclass(frozen=True)
class Place:
    """An installation. var: its files. secret: the file of SECRET_KEY_FILE. tls: certificate and key, if there are."""

    database_url: str
    var: Path
    secret: Path | None
    tls: Path | None = None

    def files(self) -> Iterator[tuple[str, Path]]:
        """What belongs into a backup, with the name it has there; keys come first."""
        for path in sorted(
            self.var.rglob("*"), key=lambda path: (path.parts[len(self.var.parts)] != "keys", path)
        ):
            name = path.relative_to(self.var).as_posix()
            if not _is_left_out(name) and _is_file(path) and path != self.secret:
                yield name, path


@contextmanager
def opened(arguments) -> Iterator[Place]:
    """The place that --env, the environment, or this checkout names. A private database is started if it must be."""
    values = {**os.environ, **(_read(Path(arguments.env)) if arguments.env else {})}
    if "VAR_DIR" in values and "DATABASE_URL" in values:
        yield _place(values)
        return
    instance = serving.instance_named("empty" if arguments.empty else "demo")
    with _database_of(instance):
        yield _place(instance.environment())


def _place(values: dict) -> Place:
    secret, tls = values.get("SECRET_KEY_FILE"), values.get("TLS_DIR")
    return Place(
        database_url=values["DATABASE_URL"],
        var=Path(values["VAR_DIR"]).resolve(),
        secret=Path(secret).resolve() if secret else None,
        tls=Path(tls).resolve() if tls else None,
    )


def _read(path: Path) -> dict:
    """The settings in a file for systemd: NAME=value, a line each."""
    if not path.is_file():
        raise Stopped(f"There is no file {path}.")
    pairs = (line.partition("=") for line in path.read_text().splitlines() if not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, sign, value in pairs if sign}


@contextmanager
def _database_of(instance: Instance) -> Iterator[None]:
    """The checkout's private database: bin/run serves it, or it is started for as long as this takes."""
    if not instance.has_own_database or sockets.mariadb_answers(instance.database_socket):
        yield
        return
    with serving.alone(instance):
        stack.prepare_database(instance)
        program = stack.database(instance)
        (VAR / "log").mkdir(parents=True, exist_ok=True)
        with open(VAR / "log/backup-mariadb.log", "ab") as log:
            process = subprocess.Popen([str(word) for word in program.command], stdout=log, stderr=log)
        try:
            _wait(lambda: sockets.mariadb_answers(instance.database_socket), process)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _wait(is_there, process) -> None:
    until = time.monotonic() + 120
    while not is_there():
        if process.poll() is not None or time.monotonic() > until:
            raise Stopped("The private database does not start: see var/log/backup-mariadb.log.")
        time.sleep(0.1)


def _is_left_out(name: str) -> bool:
    top = name.partition("/")[0]
    return (
        top in LEFT_OUT
        or name in LEFT_OUT
        or top.startswith(ASIDE)
        or top.endswith(".part")
        or name.endswith((".new", ".part", ".before-restore"))
    )


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return False
