"""bin/run in a checkout of its own, for the tests that start it for real."""

import http.client
import os
import re
import shutil
import signal
import ssl
import subprocess
import threading
import time
from pathlib import Path

import psutil

from deploy.local.paths import ROOT
from deploy.local.sockets import free_port

COPIED = (
    "app",
    "bin",
    "deploy",
    "migrations",
    "wsgi.py",
    "package.json",
    "package-lock.json",
    "requirements.txt",
)


class Run:
    """bin/run in a checkout, and what it says."""

    def __init__(self, checkout: Path):
        self.checkout = checkout
        self.port = free_port()
        self.process = None
        self.said = ""

    def start(self, *arguments: str, **settings: str) -> None:
        """Start it and wait until it has said how to end it."""
        environment = {name: value for name, value in os.environ.items() if name != "SECRET_KEY"}
        self.process = subprocess.Popen(
            [self.checkout / "bin/run", *arguments],
            cwd=self.checkout,
            env={**environment, "PORT": str(self.port), **settings},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""
        threading.Thread(target=self._listen, args=(self.process,), daemon=True).start()
        wait_for(lambda: "Ctrl+C stops everything" in self.said or self.process.poll() is not None, 120)
        assert self.process.poll() is None, self.said

    def _listen(self, process) -> None:
        for line in process.stdout:
            self.said += line

    def servers(self) -> dict[str, psutil.Process]:
        """Return the processes that the supervisor has started, by the name of the program."""
        (supervisor,) = psutil.Process(self.process.pid).children()
        return {kind(process): process for process in supervisor.children() if is_alive(process)}

    def everything(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def is_ready(self) -> bool:
        """Return the site's readiness, as a client that trusts the authority sees it."""
        trust = ssl.create_default_context(cafile=self.checkout / "var/tls/ca.pem")
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=5, context=trust)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def end(self, number: int = signal.SIGINT) -> float:
        """Ask it to end. Gives the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(30)
        return time.monotonic() - began


def is_alive(process: psutil.Process) -> bool:
    """Return whether a process still runs; a zombie does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def kind(process: psutil.Process) -> str:
    """Return the program that a process runs; None while it is starting."""
    found = re.search(r"mariadbd|redis|flask worker|gunicorn|nginx", " ".join(process.cmdline()))
    return found[0] if found else ""


def wait_for(condition, patience: float) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


def checkout_in(folder: Path) -> Path:
    """Make a copy of this checkout with its own data; installed packages are shared."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, folder / name)
    (folder / "var").mkdir()
    for name in ("var/venv", "var/debian", "node_modules"):
        if (ROOT / name).exists():
            (folder / name).symlink_to(ROOT / name)
    return folder
