"""bin/run for real: up, everything lost comes back, everything ends, data is kept."""

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
import pytest

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
pytestmark = pytest.mark.timeout(300)


class Run:
    """bin/run in a checkout, and what it says."""

    def __init__(self, checkout: Path):
        self.checkout = checkout
        self.port = free_port()
        self.process = None
        self.said = ""

    def start(self, *arguments: str) -> None:
        """Start it and wait until it has said how to end it."""
        environment = {name: value for name, value in os.environ.items() if name != "SECRET_KEY"}
        self.process = subprocess.Popen(
            [self.checkout / "bin/run", *arguments],
            cwd=self.checkout,
            env={**environment, "PORT": str(self.port)},
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
        """What the supervisor has started, by the name of the program."""
        (supervisor,) = psutil.Process(self.process.pid).children()
        return {kind(process): process for process in supervisor.children() if is_alive(process)}

    def everything(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def is_ready(self) -> bool:
        """What the site says to a client that trusts the authority."""
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
    """Whether it does anything still: what has ended may wait to be buried by whoever adopted it."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def kind(process: psutil.Process) -> str:
    """Which of our programs it is; none while it is only about to become one."""
    found = re.search(r"mariadbd|redis|flask worker|gunicorn|nginx", " ".join(process.cmdline()))
    return found[0] if found else ""


def wait_for(condition, patience: float) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of this checkout with data of its own; what was installed is shared."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, folder / name)
    (folder / "var").mkdir()
    for name in ("var/venv", "var/debian", "node_modules"):
        if (ROOT / name).exists():
            (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.fixture(scope="module")
def run(checkout):
    """A server that began empty, shared by the tests in the order in which they stand."""
    running = Run(checkout)
    running.start("--empty")
    yield running
    if running.process.poll() is None:
        running.end(signal.SIGTERM)


def test_a_server_that_began_empty_says_how_to_install_it(run):
    assert run.is_ready()
    assert f"https://localhost:{run.port}\n" in run.said
    assert re.search(rf"^https://localhost:{run.port}/setup/\S{{30,}}$", run.said, re.MULTILINE)


def test_a_second_one_in_the_same_folder_says_where_the_first_is(run):
    second = subprocess.run([run.checkout / "bin/run"], capture_output=True, text=True)
    assert second.returncode == 1
    assert f"already runs from this folder: https://localhost:{run.port}" in second.stderr


def test_a_taken_port_is_said(run, tmp_path):
    taken = {**os.environ, "PORT": str(run.port)}
    second = subprocess.run([ROOT / "bin/run", "--empty"], capture_output=True, text=True, env=taken)
    assert second.returncode == 1
    assert "already runs" in second.stderr or f"PORT={run.port + 1} bin/run" in second.stderr


@pytest.mark.parametrize("name", ["mariadbd", "redis", "flask worker", "gunicorn", "nginx"])
def test_what_is_lost_is_started_again(run, name):
    lost = run.servers()[name]
    lost.kill()
    wait_for(lambda: run.servers().get(name, lost) != lost, 20)
    wait_for(run.is_ready, 30)
    assert "was lost (terminated by SIGKILL)" in run.said


def test_everything_ends_within_five_seconds_and_leaves_nothing(run):
    everything = run.everything()
    assert len(everything) >= 7
    assert run.end(signal.SIGINT) < 5
    assert run.process.returncode == 0
    wait_for(lambda: not any(map(is_alive, everything)), 1)


def test_started_again_it_has_kept_the_data(run):
    key = (run.checkout / "var/empty/keys/secret").read_text()
    run.start("--empty")
    assert "Making a database" not in run.said
    assert (run.checkout / "var/empty/keys/secret").read_text() == key
    assert run.is_ready()


def test_when_the_terminal_is_lost_everything_ends(run):
    everything = run.everything()
    run.process.kill()
    run.process.wait()
    wait_for(lambda: not any(map(is_alive, everything)), 10)
