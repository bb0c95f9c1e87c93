"""supervisord: what it looks after, and how it is spoken to."""

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

from deploy.local.paths import PYTHON, ROOT, write_private
from deploy.local.sockets import connect
from deploy.local.steps import LOGS, Stopped, tail
from deploy.local.templates import render

TOGETHER = ["setpriv", "--pdeathsig", "TERM"]
"""Starts a program so that it ends when the one that started it is lost."""

ENOUGH_FILES = 65536
"""Every open socket is one; Linux gives a process 1024 unless it asks for more."""


@dataclass(frozen=True)
class Program:
    """One server. Those with a low priority start first and stop last; patience is in seconds, then it is killed."""

    name: str
    command: list[str]
    priority: int
    patience: int
    starts_first: bool = False

    @property
    def log(self) -> Path:
        return LOGS / f"{self.name}.log"

    def section(self) -> str:
        """Its part of the configuration. nginx writes who asked for what to stdout and its errors to stderr."""
        is_nginx = self.name == "nginx"
        return render(
            "supervisord-program.conf",
            name=self.name,
            command=_escaped(shlex.join([*TOGETHER, *map(str, self.command)])),
            root=_escaped(ROOT),
            priority=self.priority,
            patience=self.patience,
            autostart=str(self.starts_first).lower(),
            log=_escaped(LOGS / "access.log" if is_nginx else self.log),
            errors=_escaped(self.log) if is_nginx else "NONE",
            joined=str(not is_nginx).lower(),
        )


def _escaped(value) -> str:
    """supervisord expands what stands behind a percent sign."""
    return str(value).replace("%", "%%")


class Supervisor:
    """supervisord with its programs. It ends, and all of them with it, when the terminal's process is lost."""

    def __init__(self, run: Path, programs: list[Program], environment: dict):
        self.run = run
        self.socket = run / "supervisor.sock"
        self.programs = programs
        self.environment = environment
        self.process = None

    def start(self) -> None:
        """Start it, and with it the programs that start first."""
        LOGS.mkdir(parents=True, exist_ok=True)
        self._let_the_last_one_end()
        configuration = self._configure()
        command = [*TOGETHER, str(PYTHON), "-m", "supervisor.supervisord", "-c", str(configuration)]
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

    def _let_the_last_one_end(self) -> None:
        """Whoever was lost before its supervisor left that one to end by itself."""
        deadline = time.monotonic() + 30
        while self._answers():
            if time.monotonic() > deadline:
                raise Stopped(
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
            files=ENOUGH_FILES if hard == resource.RLIM_INFINITY else min(hard, ENOUGH_FILES),
            user=f"user = {getpass.getuser()}" if os.getuid() == 0 else "",
        )
        sections = [program.section() for program in self.programs]
        return write_private(self.run / "supervisord.conf", "".join([head, *sections]))

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def begin(self, *names: str) -> None:
        """Start programs that do not start first; they may need a moment."""
        for name in names:
            self._remote().startProcess(name, False)

    def begin_again(self, name: str) -> None:
        """End a program and start it anew."""
        remote = self._remote()
        if remote.getProcessInfo(name)["statename"] in ("RUNNING", "STARTING"):
            remote.stopProcess(name)
        remote.startProcess(name, False)

    def wait_for(self, name: str, is_ready, patience: float) -> None:
        """Return when a program does its work; Stopped, with its last words, when it does not."""
        deadline = time.monotonic() + patience
        while not is_ready():
            if not self.is_running:
                raise Stopped(
                    f"The supervisor ended.\n{self.process.stdout.read()}{tail(LOGS / 'supervisord.log')}"
                )
            if self._is_lost(name) or time.monotonic() > deadline:
                raise Stopped(f"{name} does not start.\n{tail(LOGS / f'{name}.log')}")
            time.sleep(0.05)

    def _is_lost(self, name: str) -> bool:
        """Whether it ended as soon as it was started. A supervisor that is not there yet has lost nothing."""
        try:
            return self._remote().getProcessInfo(name)["statename"] in ("BACKOFF", "FATAL", "EXITED")
        except OSError:
            return False

    def stop(self) -> None:
        """Stop all: what serves at the same time, then the stores, one after the other.

        supervisord looks at what has happened once a second, or when it is spoken to: so it is spoken to.
        """
        try:
            for program in self.programs:
                if not program.starts_first:
                    self._end(program.name)
            self._remote().shutdown()
        except (OSError, xmlrpc.client.Error):
            self.process.terminate()
        while self.is_running:
            self._answers()
            time.sleep(0.05)

    def _end(self, name: str) -> None:
        """Ask a program to end, without waiting for it. It may not have been started yet."""
        with suppress(xmlrpc.client.Fault):
            self._remote().stopProcess(name, False)

    def _remote(self):
        return xmlrpc.client.ServerProxy("http://localhost", transport=_ToSocket(self.socket)).supervisor


class _ToSocket(xmlrpc.client.Transport):
    """XML-RPC over a socket of this machine."""

    def __init__(self, path: Path):
        super().__init__()
        self.path = path

    def make_connection(self, host):
        connection = http.client.HTTPConnection(host)
        connection.sock = connect(self.path, timeout=10)
        return connection
