"""bin/run: install, start and watch the servers of a checkout until Ctrl+C."""

import argparse
import fcntl
import os
import re
import signal
import sys
import time
from contextlib import contextmanager, nullcontext

from deploy.local import checkout, nginx, ports, servers
from deploy.local.development import DEVELOPMENT_SETTINGS, development_mode
from deploy.local.instance import Instance
from deploy.local.paths import PYTHON, VAR
from deploy.local.sockets import socket_folder
from deploy.local.steps import LOGS, CommandError, log_tail, report, run, step
from deploy.local.supervisor import Supervisor

HELP = """Serve TeamChat from this folder, with a demo company, on https://localhost:8443.

What is missing is installed first; data stays in var/demo (with --empty in var/empty). Ctrl+C stops everything."""

SETTINGS = """environment:
  PORT=8443         the port to serve on
  WORKERS=1         web processes
  DATABASE_URL=…    a database of yours instead of a private MariaDB
  REDIS_URL=…       a Redis of yours instead of a private one
  LOG_LEVEL=info    and every other setting of app/config.py"""


CERTIFICATE_NOTE = (
    "The browser warns until it trusts this checkout's authority: import var/tls/ca.pem there (see README); on Debian\n"
    "    sudo cp var/tls/ca.pem /usr/local/share/ca-certificates/teamchat.crt && sudo update-ca-certificates"
)
# Lines of supervisord's output.
EXITED = re.compile(r"exited: (?P<name>[\w-]+) \((?P<reason>[^;)]+)")
GAVE_UP = re.compile(r"gave up: (?P<name>[\w-]+) ")


class Interrupted(BaseException):
    """Raised by Ctrl+C, a signal, or the end of the terminal."""


class AlreadyRunning(CommandError):
    """Another process serves from this checkout. holder: its address and process id."""

    def __init__(self, holder: str):
        super().__init__(f"TeamChat already runs from this folder: {holder}. End it there first.")
        self.holder = holder


def main(arguments: list[str], *, is_developing: bool = False) -> int:
    """Serve until interrupted. Return the exit code."""
    options = _options(arguments)
    _on_signals(_interrupt)
    try:
        instance = instance_named("empty" if options.empty else "demo")
        with run_lock(instance):
            _serve(instance, is_developing)
    except (CommandError, OSError) as error:
        return report(error)
    except Interrupted:
        return 130
    return 0


def settings() -> dict:
    """Return the environment of the demo's processes, for commands that run beside it."""
    return instance_named("demo").environment()


def _options(arguments: list[str]):
    parser = argparse.ArgumentParser(
        prog="bin/run",
        description=HELP,
        epilog=SETTINGS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--empty", action="store_true", help="without the demo: a link opens the first installation"
    )
    return parser.parse_args(arguments)


def _on_signals(handler) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


def _interrupt(number, _frame) -> None:
    if number == signal.SIGHUP:  # the terminal was closed: nothing can be written to it any more
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    raise Interrupted()


def instance_named(name: str) -> Instance:
    """Return an instance with the port and the number of workers of the environment."""
    return Instance(name, _number("PORT", 8443, 65535), _number("WORKERS", 1, 64), socket_folder(VAR / "run"))


def _number(name: str, default: int, highest: int) -> int:
    value = os.environ.get(name) or str(default)
    if not value.isdecimal() or not 1 <= int(value) <= highest:
        raise CommandError(f"{name}={value} is not a number between 1 and {highest}.")
    return int(value)


@contextmanager
def run_lock(instance: Instance):
    """Hold the lock of this checkout: two runs would write the same data. Raise AlreadyRunning."""
    with open(VAR / "run.lock", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyRunning(lock.read().strip()) from None
        lock.truncate(0)
        lock.write(f"{instance.local_url}, process {os.getpid()}")
        lock.flush()
        yield


def _serve(instance: Instance, is_developing: bool) -> None:
    start = time.monotonic()
    _prepare(instance)
    while True:
        environment = instance.environment() | (DEVELOPMENT_SETTINGS if is_developing else {})
        programs = servers.all_servers(instance, is_reloading=is_developing)
        supervisor = Supervisor(instance.sockets, programs, environment)
        try:
            _start(instance, supervisor)
            _print_address(instance, environment, time.monotonic() - start)
            _watch(supervisor, is_developing)
        except Interrupted:
            return
        finally:
            _stop(supervisor)
        print("The supervisor was lost, and everything with it; starting again.")
        start = time.monotonic()


def _prepare(instance: Instance) -> None:
    print("TeamChat with its demo company" if instance.is_demo else "TeamChat without the demo", flush=True)
    instance.require_valid_settings()
    ports.require_free(instance.port, nginx.addresses())
    checkout.prepare_to_run(mariadb=instance.has_own_database, redis=instance.has_own_redis)
    authority = [PYTHON, "-m", "deploy.local.authority", servers.TLS]
    run(authority, failure="The certificate for localhost could not be made.")
    servers.prepare_database(instance)


def _start(instance: Instance, supervisor: Supervisor) -> None:
    """Start the servers, with the database migrated before anything reads it."""
    with step("Starting the database and Redis" if instance.has_own_database else "Starting the supervisor"):
        supervisor.start()
        servers.wait_for_stores(instance, supervisor)
    if not instance.is_on_sqlite:
        with step("Bringing the database up to date"):
            _flask(supervisor, "db", "upgrade", failure="The database could not be brought up to date.")
    if instance.is_demo:
        with step("Filling the demo company"):
            _flask(supervisor, "demo", "fill", failure="The demo company could not be filled.")
    with step("Starting the worker, the web server and nginx"):
        supervisor.start_programs("worker", "web", "nginx")
        servers.wait_for_site(instance, supervisor)


def _flask(supervisor: Supervisor, *words: str, failure: str) -> str:
    return run([PYTHON, "-m", "flask", *words], env=supervisor.environment, failure=failure)


def _print_address(instance: Instance, environment: dict, seconds: float) -> None:
    """Print the address, and the demo's accounts or the link of the installation."""
    words = ("demo", "who") if instance.is_demo else ("install-link", "--if-needed")
    command = [PYTHON, "-m", "flask", *words]
    output = run(command, env=environment, failure="It could not be said who can sign in.")
    print(f"\nReady after {seconds:.1f} s: {instance.public_url}\n")
    if output.strip():
        print(f"{output.rstrip()}\n")
    print(f"{CERTIFICATE_NOTE}\n\nCtrl+C stops everything. Logs are in var/log.", flush=True)


def _watch(supervisor: Supervisor, is_developing: bool) -> None:
    """Print the programs that exit, until the supervisor itself ends."""
    with development_mode(supervisor) if is_developing else nullcontext():
        for line in supervisor.process.stdout:
            if match := EXITED.search(line):
                _print_with_time(f"{match['name']} was lost ({match['reason']}) and is started again.")
            elif match := GAVE_UP.search(line):
                name = match["name"]
                _print_with_time(f"{name} does not start.\n{log_tail(LOGS / f'{name}.log')}")


def _print_with_time(sentence: str) -> None:
    print(f"{time.strftime('%X')}  {sentence}", flush=True)


def _stop(supervisor: Supervisor) -> None:
    """Stop all servers in order, and ignore further signals meanwhile."""
    if not supervisor.is_running:
        return
    _on_signals(signal.SIG_IGN)
    start = time.monotonic()
    supervisor.stop()
    print(f"\nStopped everything in {time.monotonic() - start:.1f} s.", flush=True)
