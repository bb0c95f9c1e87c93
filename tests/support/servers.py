"""Real servers for tests and benchmarks: private, on sockets and ports of their own, gone when the test is.

Each has start(), stop(), kill() (SIGKILL), freeze() and thaw(), and waits until it is ready. Logs stay in its folder.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import quote

import psutil

from deploy.local import authority, mariadb, nginx, paths, programs, sockets
from deploy.local.paths import ROOT, VAR, render
from deploy.local.sockets import free_port

VENV = Path(sys.executable).parent
# Starts a program so that it does not outlive the thread that started it, however that one ends.
TOGETHER = ["setpriv", "--pdeathsig", "KILL"]


def private_folder() -> Path:
    """Make a folder with a path short enough for Unix sockets, which take 107 bytes."""
    return Path(tempfile.mkdtemp(prefix="teamchat-", dir="/tmp"))


class Server:
    """A process of ours in a folder of its own."""

    name = "server"
    patience = 30

    def __init__(self, folder: Path | None = None):
        self.owns_folder = folder is None
        self.folder = Path(folder) if folder else private_folder()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.process: subprocess.Popen | None = None

    def command(self) -> list[str]:
        """Return the command line."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """Return the environment of the process."""
        return {**os.environ}

    def is_ready(self) -> bool:
        """Return whether the server answers."""
        raise NotImplementedError

    @property
    def log(self) -> Path:
        """Return the path of the output."""
        return self.folder / f"{self.name}.log"

    def start(self, wait: bool = True):
        """Run it, and wait until it answers. Error: RuntimeError with the end of its log."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*TOGETHER, *map(str, self.command())],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=self.environment(),
                cwd=ROOT,
                start_new_session=True,
            )
        if wait:
            self.wait_until_ready()
        return self

    def wait_until_ready(self) -> None:
        """Wait until it answers."""
        until = time.monotonic() + self.patience
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(
                    f"{self.name} did not start:\n{self.log.read_text(errors='replace')[-3000:]}"
                )
            time.sleep(0.05)

    def pids(self) -> list[int]:
        """Return the ids of the process and its descendants."""
        try:
            first = psutil.Process(self.process.pid)
            return [first.pid, *(child.pid for child in first.children(recursive=True))]
        except psutil.NoSuchProcess:
            return []

    def stop(self, patience: float = 15) -> None:
        """End it in order; kill it if it does not."""
        if self.process is None:
            return
        self._signal(signal.SIGCONT)
        self.process.terminate()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def kill(self) -> None:
        """SIGKILL to it and all it has started."""
        self._signal(signal.SIGKILL)
        self.process.wait(10)

    def freeze(self) -> None:
        """Have it stand still, as a machine that has lost its disk does."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Have it go on."""
        self._signal(signal.SIGCONT)

    def restart(self) -> None:
        """End it and run it again."""
        self.stop()
        self.start()

    def close(self) -> None:
        """End it and take its folder away."""
        self.stop()
        if self.owns_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_error):
        self.close()

    def _signal(self, number: int) -> None:
        for pid in self.pids():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue


def fresh_data() -> Path:
    """Return an unused MariaDB data directory, made once per checkout and build of the server.

    Copying it takes a tenth of the time of an installation. Error: CommandError, with the installer's output.
    """
    kept = paths.private_folder(VAR / "test")
    data = kept / f"mariadb-{int(programs.mariadbd().stat().st_mtime)}"
    with (kept / "mariadb.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        mariadb.prepare(data, root_login="normal")
    return data


class PrivateMariaDB(Server):
    """A MariaDB configured as bin/run does it: READ COMMITTED, utf8mb4, durable. root needs no password."""

    name = "mariadb"

    @property
    def socket(self) -> Path:
        """Its Unix socket; it listens on nothing else."""
        return sockets.socket_folder(self.folder / "run") / "mariadb.sock"

    def command(self) -> list[str]:
        data = self.folder / "data"
        if not data.is_dir():
            shutil.copytree(fresh_data(), data)
        return mariadb.command(mariadb.configure(self.folder / "mariadb.cnf", data, self.socket))

    def is_ready(self) -> bool:
        return sockets.mariadb_answers(self.socket)

    def url(self, database: str | None = None) -> str:
        """SQLAlchemy's address of a database of this server, or of the server itself."""
        return f"mysql+pymysql://root@localhost/{database or ''}?unix_socket={quote(str(self.socket))}&charset=utf8mb4"

    def make_database(self, name: str) -> str:
        """Make an empty database, replacing an existing one; return its URL."""
        self.execute(f"DROP DATABASE IF EXISTS {name}")
        self.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci")
        return self.url(name)

    def execute(self, statement: str) -> list[tuple]:
        """Run one statement as root; returns its rows."""
        import pymysql

        connection = pymysql.connect(unix_socket=str(self.socket), user="root", autocommit=True)
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())


class PrivateRedis(Server):
    """A Redis on a Unix socket that keeps nothing, configured as bin/run does it."""

    name = "redis"

    @property
    def socket(self) -> Path:
        """Its Unix socket; it listens on nothing else."""
        return sockets.socket_folder(self.folder / "run") / "redis.sock"

    @property
    def url(self) -> str:
        """Its address as REDIS_URL takes it."""
        return f"unix://{quote(str(self.socket))}"

    def command(self) -> list[str]:
        configuration = self.folder / "redis.conf"
        configuration.write_text(render("redis.conf", socket=self.socket))
        return [programs.redis_server(), configuration]

    def is_ready(self) -> bool:
        return sockets.redis_answers(self.socket)


class Application(Server):
    """A process of the application: env says which database, Redis and settings it has."""

    def __init__(self, env: dict[str, str], folder: Path | None = None):
        super().__init__(folder)
        self.env = env

    def environment(self) -> dict[str, str]:
        own = {
            "SECRET_KEY": "a secret of the tests, which sign nothing that matters",
            "VAR_DIR": str(self.folder),
            "FLASK_APP": "app:create_app",
            "LOG_LEVEL": "info",
            "PYTHONUNBUFFERED": "1",
        }
        return {**os.environ, **own, **self.env}


class WebWorkers(Application):
    """gunicorn with gevent workers, as in production, on a port of 127.0.0.1 without a proxy in front."""

    name = "web"

    def __init__(
        self, workers: int, env: dict[str, str], folder: Path | None = None, port: int | None = None
    ):
        super().__init__({"WORKERS": str(workers), **env}, folder)
        self.workers = workers
        self.port = port or free_port()

    @property
    def url(self) -> str:
        """Return the listening address. Requests need X-Forwarded-Proto: https, as from the proxy."""
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        return [
            str(VENV / "gunicorn"),
            *("--worker-class", "gevent", "--workers", str(self.workers), "--worker-connections", "20000"),
            *("--bind", f"127.0.0.1:{self.port}", "--graceful-timeout", "2", "--no-control-socket"),
            "wsgi:app",
        ]

    def is_ready(self) -> bool:
        request = urllib.request.Request(f"{self.url}/healthz", headers={"X-Forwarded-Proto": "https"})
        try:
            with urllib.request.urlopen(request, timeout=2) as answer:
                return answer.status == 200 and len(self.worker_pids()) >= self.workers
        except OSError:
            return False

    def worker_pids(self) -> list[int]:
        """Return the ids of the workers, without gunicorn's master."""
        return self.pids()[1:]


class Proxy(Server):
    """nginx as bin/run puts it in front of the web workers, with a certificate of an authority of its own."""

    name = "nginx"

    def __init__(self, web: WebWorkers, folder: Path | None = None, port: int | None = None):
        super().__init__(folder)
        self.web = web
        self.port = port or free_port()

    @property
    def url(self) -> str:
        """The address a browser opens."""
        return f"https://localhost:{self.port}"

    @property
    def authority(self) -> Path:
        """The certificate to trust."""
        return self.folder / "tls/ca.pem"

    def command(self) -> list[str]:
        authority.server_certificate(self.folder / "tls")
        certificate = nginx.current_certificate(self.folder / "tls")
        target = f"127.0.0.1:{self.web.port}"
        configuration = nginx.configure(self.folder, target=target, port=self.port, certificate=certificate)
        return nginx.command(configuration, certificate)

    def is_ready(self) -> bool:
        try:
            sockets.connect_tcp(self.port).close()
        except OSError:
            return False
        return True


class JobWorker(Application):
    """`flask worker`: mails, jobs, hash chain of the audit log."""

    name = "worker"

    def command(self) -> list[str]:
        return [str(VENV / "flask"), "worker"]

    def is_ready(self) -> bool:
        return self.process.poll() is None and self.log.stat().st_size > 0


def flask(env: dict[str, str], *arguments: str) -> str:
    """Run a console command of the application. Returns what it prints. Error: RuntimeError with what it said."""
    application = Application(env)
    try:
        done = subprocess.run(
            [str(VENV / "flask"), *arguments],
            capture_output=True,
            text=True,
            env=application.environment(),
            cwd=ROOT,
            timeout=120,
        )
    finally:
        shutil.rmtree(application.folder, ignore_errors=True)
    if done.returncode:
        raise RuntimeError(f"flask {' '.join(arguments)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout
