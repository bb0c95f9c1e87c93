"""A private MariaDB: data directory, configuration, command line."""

import getpass
import os
import shutil
from pathlib import Path

from deploy.local import programs
from deploy.local.paths import private_folder, render, write_private
from deploy.local.steps import run


def prepare(data: Path, *, root_login: str) -> bool:
    """Create the data directory, wholly or not at all, unless it exists. Return whether it was created.

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
            "--force",  # skips the look-up of the host's name, which needs a network
            f"--datadir={draft}",
            f"--user={getpass.getuser()}",
            f"--auth-root-authentication-method={root_login}",
            f"--auth-root-socket-user={getpass.getuser()}",
            "--skip-test-db",
        ],
        env={**os.environ, "PATH": programs.SEARCH_PATH},
        failure="The database could not be made.",
    )
    draft.rename(data)
    return True


def configure(path: Path, data: Path, socket: Path) -> Path:
    """Write the configuration file."""
    return write_private(path, render("mariadb.cnf", data=data, socket=socket, user=getpass.getuser()))


def command(configuration: Path, *options: str) -> list[str]:
    """Return the command that runs the server in the foreground."""
    return [str(programs.mariadbd()), f"--defaults-file={configuration}", *options]
