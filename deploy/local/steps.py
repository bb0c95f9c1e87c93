"""Steps of a set-up: printed with their duration, logged, and explained when they fail."""

import errno
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.local.paths import ROOT, VAR

LOGS = VAR / "log"
# The set-up log starts again beyond this size, in bytes.
MAX_LOG_SIZE = 1 << 20

# Messages of other programs, and what they mean for the person at the terminal.
EXPLANATIONS = {
    "No space left on device": "The disk is full. Make room, then run it again; what is done already is kept.",
    "Temporary failure": "There is no network, or no name service. It is needed once, to install what is missing.",
    "Could not resolve": "There is no network, or no name service. It is needed once, to install what is missing.",
    "Failed to establish a new connection": "There is no network. It is needed once, to install what is missing.",
    "Network is unreachable": "There is no network. It is needed once, to install what is missing.",
    "EAI_AGAIN": "There is no network, or no name service. It is needed once, to install what is missing.",
    "Read-only file system": "The disk is read-only. Move the checkout to one that can be written to.",
    "Can't connect to MySQL server": "The database that DATABASE_URL names does not answer.",
    "Access denied for user": "The database that DATABASE_URL names refuses this user or password.",
    "Unknown database": "The database that DATABASE_URL names does not exist: make it first.",
    "Could not get lock": "Another program is installing packages. Wait until it is done, then run it again.",
}

DISK_ERRORS = {
    errno.ENOSPC: "The disk is full ({path}). Make room, then run it again; what is done already is kept.",
    errno.EDQUOT: "Your share of the disk is used up ({path}). Make room, then run it again.",
    errno.EROFS: "The disk is read-only ({path}). Move the checkout to one that can be written to.",
    errno.EACCES: "{path} belongs to somebody else. Run it as the checkout's owner, or take it over with chown.",
    errno.EPERM: "{path} belongs to somebody else. Run it as the checkout's owner, or take it over with chown.",
}


class CommandError(Exception):
    """A command cannot go on; the message says why and what to do."""


def report(error: CommandError | OSError) -> int:
    """Print an error for the person at the terminal. Return the exit code."""
    print(f"\n{disk_error(error) if isinstance(error, OSError) else error}", file=sys.stderr)
    return 1


@contextmanager
def step(title: str):
    """Print a title, and the seconds that its block took."""
    start = time.monotonic()
    print(f"  {title} … ", end="", flush=True)
    try:
        yield
    except BaseException:
        print()
        raise
    print(f"{time.monotonic() - start:.1f} s", flush=True)


def run(command: Sequence, *, env: dict | None = None, folder: Path = ROOT, failure: str) -> str:
    """Run a program, add its output to var/log/setup.log, and return it.

    failure: first sentence of the CommandError that is raised when the program fails.
    """
    command = [str(word) for word in command]
    process = subprocess.run(
        command,
        check=False,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output = process.stdout.decode(errors="replace")
    _log(command, output)
    if process.returncode:
        raise CommandError(f"{failure}\n{explain(output)}")
    return output


def _log(command: list[str], output: str) -> None:
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / "setup.log"
    is_large = path.exists() and path.stat().st_size > MAX_LOG_SIZE
    with path.open("w" if is_large else "a") as log:
        log.write(f"$ {' '.join(command)}\n{output}\n")


def explain(output: str, lines: int = 12) -> str:
    """Return why a program failed: a sentence of EXPLANATIONS, else its error lines and the end of its output.

    Installers end with advice; the error itself stands far above it.
    """
    known = [sentence for sign, sentence in EXPLANATIONS.items() if sign in output]
    printed = [line for line in output.splitlines() if line.strip()]
    errors = [line for line in printed[:-lines] if "error" in line.lower()][:lines]
    return (
        known[0] if known else "\n".join(["It said:", *(f"    {line}" for line in errors + printed[-lines:])])
    )


def disk_error(error: OSError) -> str:
    """Return what to do about an error of the disk."""
    path = error.filename or VAR
    return DISK_ERRORS.get(error.errno, "{path}: {error}").format(path=path, error=error.strerror or error)


def log_tail(path: Path, lines: int = 12) -> str:
    """Return the end of a log, with its name."""
    name = os.path.relpath(path, ROOT)
    if not path.exists():
        return f"{name} is empty."
    end = path.read_text(errors="replace").splitlines()[-lines:]
    return "\n".join([f"The end of {name}:", *(f"    {line}" for line in end)])
