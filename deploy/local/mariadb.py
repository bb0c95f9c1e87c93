"""A private MariaDB: its data, its configuration and how it is started."""

import getpass
import os
import shutil
from pathlib import Path

from deploy.local import programs
from deploy.local.paths import private_folder, write_private
from deploy.local.steps import run
from deploy.local.templates import render


def prepare(data: Path, *, root_login: str) -> bool:
    """Make the data directory if there is none yet, wholly or not at all.

    root_login: "socket" lets in the system's user only, "normal" whoever reaches the socket.
    """
    if data.is_dir():
        return False
    draft = data.with_name(f"{data.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    private_folder(draft)
    run(
        [
            programs.find("mariadb-install-db"),
            "--no-defaults",
            "--force",  # names are not looked up: there is no network to come from
            f"--datadir={draft}",
            f"--user={getpass.getuser()}",
            f"--auth-root-authentication-method={root_login}",
            f"--auth-root-socket-user={getpass.getuser()}",
            "--skip-test-db",
        ],
        env={**os.environ, "PATH": programs.PLACES},
        trouble="The database could not be made.",
    )
    draft.rename(data)
    return True


def configure(path: Path, data: Path, socket: Path) -> Path:
    """Write the configuration file."""
    return write_private(path, render("mariadb.cnf", data=data, socket=socket, user=getpass.getuser()))


def command(configuration: Path, *options: str) -> list[str]:
    """How the server is started, in the foreground."""
    return [str(programs.mariadbd()), f"--defaults-file={configuration}", *options]
