"""supervisord: its configuration, its start and stop, and calls to it."""

import getpass
import http.client
import os
import resource
import shlex
import subprocess
import time
import xmlrpc.client
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.local.paths import PYTHON, ROOT, render, write_private
from deploy.local.sockets import connect
from deploy.local.steps import LOGS, CommandError, log_tail

# Put before a command, it ends the program when its parent process dies.
END_WITH_PARENT = ["setpriv", "--pdeathsig", "TERM"]

# Every open socket is a file; Linux allows a process 1024 unless it asks for more.
MAX_OPEN_FILES = 65536


@dataclass(frozen=True)
class Program:
    """A server. Low priorities start first and stop last; after stop_timeout seconds it is killed."""

    name: str
    command: list[str]
    priority: int
    stop_timeout: int
    starts_first: bool = False

    @property
    def log(self) -> Path:
        return LOGS / f"{self.name}.log"

    def section(self) -> str:
        """Return its part of the configuration. nginx writes requests to stdout and errors to stderr."""
        is_nginx = self.name == "nginx"
        return render(
            "supervisord-program.conf",
            name=self.name,
            command=_escaped(shlex.join([*END_WITH_PARENT, *map(str, self.command)])),
            root=_escaped(ROOT),
            priority=self.priority,
            stop_timeout=self.stop_timeout,
            autostart=str(self.starts_first).lower(),
            log=_escaped(LOGS / "access.log" if is_nginx else self.log),
            errors=_escaped(self.log) if is_nginx else "NONE",
            redirects_errors=str(not is_nginx).lower(),
        )


def _escaped(value) -> str:
    """Return a value with its percent signs doubled: supervisord expands them."""
    return str(value).replace("%", "%%")


class Supervisor:
    """supervisord with its programs, all of which end when this process dies."""

    def __init__(self, run: Path, programs: list[Program], environment: dict):
        self.run = run
        self.socket = run / "supervisor.sock"
        self.programs = programs
        self.environment = environment
        self.process = None

    def start(self) -> None:
        """Start supervisord, and with it the programs that start first."""
        LOGS.mkdir(parents=True, exist_ok=True)
        self._wait_for_predecessor()
        configuration = self._configure()
        command = [*END_WITH_PARENT, str(PYTHON), "-m", "supervisor.supervisord", "-c", str(configuration)]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def _wait_for_predecessor(self) -> None:
        # The supervisor of a bin/run that was killed needs a moment to stop its programs.
        deadline = time.monotonic() + 30
        while self._answers():
            if time.monotonic() > deadline:
                raise CommandError(
                    f"The supervisor of an earlier run does not end; see {LOGS / 'supervisord.log'}."
                )
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            connect(self.socket).close()
        except OSError:
            return False
        return True

    def _configure(self) -> Path:
        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        head = render(
            "supervisord.conf",
            run=self.run,
            logs=_escaped(LOGS),
            socket=self.socket,
            files=MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_OPEN_FILES),
            user=f"user = {getpass.getuser()}" if os.getuid() == 0 else "",
        )
        sections = [program.section() for program in self.programs]
        return write_private(self.run / "supervisord.conf", "".join([head, *sections]))

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start_programs(self, *names: str) -> None:
        """Start programs that do not start first, without waiting until they are ready."""
        for name in names:
            self._remote().startProcess(name, False)

    def restart_program(self, name: str) -> None:
        """Stop a program and start it again."""
        remote = self._remote()
        if remote.getProcessInfo(name)["statename"] in ("RUNNING", "STARTING"):
            remote.stopProcess(name)
        remote.startProcess(name, False)

    def wait_for(self, name: str, is_ready, timeout: float) -> None:
        """Return when a program is ready. Raise CommandError with the end of its log when it fails."""
        deadline = time.monotonic() + timeout
        while not is_ready():
            if not self.is_running:
                raise CommandError(
                    f"The supervisor ended.\n{self.process.stdout.read()}{log_tail(LOGS / 'supervisord.log')}"
                )
            if self._has_failed(name) or time.monotonic() > deadline:
                raise CommandError(f"{name} does not start.\n{log_tail(LOGS / f'{name}.log')}")
            time.sleep(0.05)

    def _has_failed(self, name: str) -> bool:
        try:
            return self._remote().getProcessInfo(name)["statename"] in ("BACKOFF", "FATAL", "EXITED")
        except OSError:  # the supervisor does not answer yet
            return False

    def stop(self) -> None:
        """Stop the web server, the workers and nginx together, then the database and Redis in order.

        supervisord looks at its processes once a second, or when it is called: therefore it is called until it ends.
        """
        try:
            for program in self.programs:
                if not program.starts_first:
                    self._stop_program(program.name)
            self._remote().shutdown()
        except (OSError, xmlrpc.client.Error):
            self.process.terminate()
        while self.is_running:
            self._answers()
            time.sleep(0.05)

    def _stop_program(self, name: str) -> None:
        with suppress(xmlrpc.client.Fault):  # it may not have been started yet
            self._remote().stopProcess(name, False)

    def _remote(self):
        return xmlrpc.client.ServerProxy(
            "http://localhost", transport=_SocketTransport(self.socket)
        ).supervisor


class _SocketTransport(xmlrpc.client.Transport):
    """XML-RPC over a Unix socket."""

    def __init__(self, path: Path):
        super().__init__()
        self.path = path

    def make_connection(self, host):
        connection = http.client.HTTPConnection(host)
        connection.sock = connect(self.path, timeout=10)
        return connection
