"""What happens, said step by step with its time; and what to do when it cannot."""

import errno
import os
import subprocess
import time
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.local.paths import ROOT, VAR

LOGS = VAR / "log"
LARGE = 1 << 20
"""Bytes of the log of set-ups."""

REASONS = {
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
"""What other programs say, and what it means for the person in front of the terminal."""

FAULTS = {
    errno.ENOSPC: "The disk is full ({path}). Make room, then run it again; what is done already is kept.",
    errno.EDQUOT: "Your share of the disk is used up ({path}). Make room, then run it again.",
    errno.EROFS: "The disk is read-only ({path}). Move the checkout to one that can be written to.",
    errno.EACCES: "{path} belongs to somebody else. Run it as the checkout's owner, or take it over with chown.",
    errno.EPERM: "{path} belongs to somebody else. Run it as the checkout's owner, or take it over with chown.",
}


class Stopped(Exception):
    """It cannot go on; the sentence says why and what to do."""


@contextmanager
def step(what: str):
    """Say what is being done, and how long it took."""
    began = time.monotonic()
    print(f"  {what} … ", end="", flush=True)
    try:
        yield
    except BaseException:
        print()
        raise
    print(f"{time.monotonic() - began:.1f} s", flush=True)


def run(command: Sequence, *, env: dict | None = None, folder: Path = ROOT, trouble: str) -> str:
    """Run a program and give what it prints, which is also added to var/log/setup.log.

    trouble: what could not be done, for the sentence that is shown when the program fails.
    """
    command = [str(word) for word in command]
    ended = subprocess.run(
        command,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output = ended.stdout.decode(errors="replace")
    _keep(command, output)
    if ended.returncode:
        raise Stopped(f"{trouble}\n{reason(output)}")
    return output


def _keep(command: list[str], output: str) -> None:
    """Add to the log; it begins anew when it has grown large."""
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / "setup.log"
    is_large = path.exists() and path.stat().st_size > LARGE
    with path.open("w" if is_large else "a") as log:
        log.write(f"$ {' '.join(command)}\n{output}\n")


def reason(output: str, lines: int = 12) -> str:
    """Why a program failed: in our words where we know them, else the errors that it named and its last words.

    Installers end with advice: what went wrong stands far above it.
    """
    known = [sentence for sign, sentence in REASONS.items() if sign in output]
    said = [line for line in output.splitlines() if line.strip()]
    named = [line for line in said[:-lines] if "error" in line.lower()][:lines]
    return known[0] if known else "\n".join(["It said:", *(f"    {line}" for line in named + said[-lines:])])


def fault(error: OSError) -> str:
    """What to do about a fault of the disk."""
    path = error.filename or VAR
    return FAULTS.get(error.errno, "{path}: {error}").format(path=path, error=error.strerror or error)


def tail(path: Path, lines: int = 12) -> str:
    """The end of a log, for a person who must find out why something failed."""
    if not path.exists():
        return f"{_short(path)} is empty."
    end = path.read_text(errors="replace").splitlines()[-lines:]
    return "\n".join([f"The end of {_short(path)}:", *(f"    {line}" for line in end)])


def _short(path: Path) -> str:
    return os.path.relpath(path, ROOT)
