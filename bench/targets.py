"""The servers measured side by side."""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from bench import processes
from tests.support.servers import PrivateMariaDB, PrivateRedis, free_port

HERE = Path(__file__).parent
ROOT = HERE.parent
VAR = ROOT / "var" / "bench"
READY_SECONDS = 30
SERVER_ERROR = 500
DATABASE = "bench"


class Target:
    """A server that can be started, measured and stopped."""

    name = ""
    cookies = ("",)
    room_id = 1
    health = "/socket.io/?EIO=4&transport=websocket"

    def __init__(self, html_bytes):
        self.html_bytes = html_bytes
        self.port = None
        self._process = None

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        """Start it and wait until it answers."""
        self.port = self.port or free_port()
        self._process = self.launch()
        until = time.monotonic() + READY_SECONDS
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{self.name} does not answer, see {self._log}")
            time.sleep(0.05)

    def answers(self):
        """Return whether it is up."""
        try:
            with urllib.request.urlopen(f"{self.address}{self.health}", timeout=2):
                return True
        except urllib.error.HTTPError as error:
            return error.code < SERVER_ERROR
        except OSError:
            return False

    def stop(self):
        processes.stop(self._process)

    def pids(self):
        """Return the server's processes."""
        return processes.family(self._process.pid)

    def store_pids(self):
        """Return the processes of its database and Redis."""
        return []

    @property
    def _log(self):
        return VAR / f"{self.name.replace(' ', '-')}.log"

    def launch(self):
        raise NotImplementedError

    def _run(self, *command, cwd=ROOT, **environment):
        VAR.mkdir(parents=True, exist_ok=True)
        with open(self._log, "ab") as log:
            return subprocess.Popen(
                command,
                cwd=cwd,
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )


class Bare(Target):
    """The server of npm's socket.io on Node: no storage, no rights."""

    name = "bare"

    def launch(self):
        return self._run(
            tool("node"), str(installed_bare() / "server.js"), str(self.port), str(self.html_bytes)
        )


class Minimal(Target):
    """Flask-SocketIO without an application: no storage, no rights. sends_by: "library" or "lane"."""

    def __init__(self, html_bytes, sends_by):
        super().__init__(html_bytes)
        self.sends_by = sends_by
        self.name = f"minimal {sends_by}"

    def launch(self):
        return self._run(
            *gunicorn(self.port),
            "bench.minimal.wsgi:app",
            SENDS_BY=self.sends_by,
            HTML_BYTES=str(self.html_bytes),
        )


class Application(Target):
    """The application itself on a private database and Redis: real rights, real HTML, every message stored."""

    name = "application"
    health = "/healthz"

    def __init__(self, grounds):
        super().__init__(0)
        self.grounds = grounds
        self.cookies = grounds.company.cookies
        self.room_id = grounds.company.live_room

    def store_pids(self):
        return self.grounds.pids()

    def launch(self):
        return self._run(*gunicorn(self.port), "wsgi:app", WORKERS="1", **self.grounds.environment)


class Grounds:
    """The database with a company, and the Redis of the application. Started once for a run."""

    def __init__(self):
        self.database = PrivateMariaDB()
        self.redis = PrivateRedis()
        self.app = self.company = None

    def __enter__(self):
        self.database.start()
        self.redis.start()
        self.database.make_database(DATABASE)
        os.environ.update(self.environment)
        from app import create_app
        from bench import company

        self.app = create_app()
        self.company = company.build(self.app)
        return self

    def __exit__(self, *problem):
        self.redis.close()
        self.database.close()

    @property
    def environment(self):
        """Return the settings of every process of the application."""
        return {
            "DATABASE_URL": self.database.url(DATABASE),
            "REDIS_URL": self.redis.url,
            "SECRET_KEY": "a secret of the measurements, which sign nothing that matters",
            "VAR_DIR": str(VAR),
            "LOG_LEVEL": "warning",
            **UNLIMITED,
        }

    def pids(self):
        return [*self.database.pids(), *self.redis.pids()]


# One person of the measurement posts as much as a hundred would.
UNLIMITED = dict.fromkeys(("MESSAGE_BURST", "MESSAGE_RATE", "SOCKET_BURST", "SOCKET_RATE"), "1000000")


def gunicorn(port):
    """Return the command of one web worker, as the application is deployed."""
    return (
        sys.executable, "-m", "gunicorn", "--worker-class", "gevent", "--workers", "1", "--bind", f"127.0.0.1:{port}",
        "--worker-connections", "5000", "--backlog", "2048", "--graceful-timeout", "2", "--no-control-socket",
        "--log-level", "warning",
    )  # fmt: skip


# Node comes from the virtual environment where the machine has none.
NODE_PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"


def tool(name):
    """Return the path of a program of Node. Error: RuntimeError."""
    path = shutil.which(name, path=NODE_PATH)
    if path is None:
        raise RuntimeError(f"{name} is not there: bin/run brings it along.")
    return path


def installed_bare():
    """Install the bare server under var/ when its lock has changed since the last time."""
    home = VAR / "bare"
    lock = (HERE / "bare" / "package-lock.json").read_bytes()
    installed = home / "installed"
    if not installed.exists() or installed.read_bytes() != lock:
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(HERE / "bare", home)
        subprocess.run(
            [tool("npm"), "ci", "--no-audit", "--no-fund", "--silent"],
            cwd=home,
            check=True,
            env=os.environ | {"PATH": NODE_PATH},
        )
        installed.write_bytes(lock)
    shutil.copy(HERE / "bare" / "server.js", home)
    return home
