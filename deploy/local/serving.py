"""bin/run: from a checkout to a site that people can open, until Ctrl+C."""

import argparse
import fcntl
import os
import re
import signal
import sys
import time
from contextlib import contextmanager, nullcontext

from deploy.local import checkout, nginx, ports, stack
from deploy.local.development import DEVELOPING, following
from deploy.local.instance import Instance
from deploy.local.paths import PYTHON, VAR
from deploy.local.sockets import socket_folder
from deploy.local.steps import LOGS, Stopped, fault, run, step, tail
from deploy.local.supervisor import Supervisor

HELP = """Serve TeamChat from this folder, with a demo company, on https://localhost:8443.

What is missing is installed first; data stays in var/demo (with --empty in var/empty). Ctrl+C stops everything."""

SETTINGS = """environment:
  PORT=8443         the port to serve on
  WORKERS=1         web processes
  DATABASE_URL=…    a database of yours instead of a private MariaDB
  REDIS_URL=…       a Redis of yours instead of a private one
  LOG_LEVEL=info    and every other setting of app/config.py"""


WARNED = (
    "The browser warns until it trusts this checkout's authority: import var/tls/ca.pem there (see README); on Debian\n"
    "    sudo cp var/tls/ca.pem /usr/local/share/ca-certificates/teamchat.crt && sudo update-ca-certificates"
)
LOST = re.compile(r"exited: (?P<name>[\w-]+) \((?P<how>[^;)]+)")
GAVE_UP = re.compile(r"gave up: (?P<name>[\w-]+) ")


class Ended(BaseException):
    """Somebody asked for the end: Ctrl+C, a signal, or a terminal that was closed."""


def main(arguments: list[str], *, is_developing: bool = False) -> int:
    """Serve until asked to end. Gives the exit code."""
    options = _options(arguments)
    _on_signals(_end)
    try:
        instance = instance_named("empty" if options.empty else "demo")
        with alone(instance):
            _serve(instance, is_developing)
    except Stopped as stopped:
        return _say_why(str(stopped))
    except OSError as error:
        return _say_why(fault(error))
    except Ended:
        return 130
    return 0


def settings() -> dict:
    """The environment of the demo's processes, for commands that are run beside it."""
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


def _on_signals(what) -> None:
    """Do this when Ctrl+C is pressed, the system asks for the end, or the terminal is closed."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, what)


def _end(number, _frame) -> None:
    """A closed terminal cannot be written to any more."""
    if number == signal.SIGHUP:
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    raise Ended()


def _say_why(sentence: str) -> int:
    print(f"\n{sentence}", file=sys.stderr)
    return 1


def instance_named(name: str) -> Instance:
    return Instance(name, _number("PORT", 8443, 65535), _number("WORKERS", 1, 64), socket_folder(VAR / "run"))


def _number(name: str, default: int, highest: int) -> int:
    given = os.environ.get(name) or str(default)
    if not given.isdecimal() or not 1 <= int(given) <= highest:
        raise Stopped(f"{name}={given} is not a number between 1 and {highest}.")
    return int(given)


@contextmanager
def alone(instance: Instance):
    """Two at once would fight for the same data: the second says where the first is."""
    with open(VAR / "run.lock", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            where = lock.read().strip()
            raise Stopped(f"TeamChat already runs from this folder: {where}. End it there first.") from None
        lock.truncate(0)
        lock.write(f"{instance.local_url}, process {os.getpid()}")
        lock.flush()
        yield


def _serve(instance: Instance, is_developing: bool) -> None:
    began = time.monotonic()
    _prepare(instance)
    while True:
        environment = instance.environment() | (DEVELOPING if is_developing else {})
        supervisor = Supervisor(
            instance.sockets, stack.servers(instance, is_watching=is_developing), environment
        )
        try:
            _start(instance, supervisor)
            _tell(instance, environment, time.monotonic() - began)
            _watch(supervisor, is_developing)
        except Ended:
            return
        finally:
            _stop(supervisor)
        print("The supervisor was lost, and everything with it; starting again.")
        began = time.monotonic()


def _prepare(instance: Instance) -> None:
    print("TeamChat with its demo company" if instance.is_demo else "TeamChat without the demo", flush=True)
    instance.require_sense()
    ports.require_free(instance.port, nginx.addresses())
    checkout.prepare_to_run(mariadb=instance.has_own_database, redis=instance.has_own_redis)
    authority = [PYTHON, "-m", "deploy.local.authority", stack.TLS]
    run(authority, trouble="The certificate for localhost could not be made.")
    stack.prepare_database(instance)


def _start(instance: Instance, supervisor: Supervisor) -> None:
    """The database's structure is brought up to date before anything serves from it."""
    with step("Starting the database and Redis" if instance.has_own_database else "Starting the supervisor"):
        supervisor.start()
        stack.wait_for_stores(instance, supervisor)
    if not instance.is_on_sqlite:
        with step("Bringing the database up to date"):
            _flask(supervisor, "db", "upgrade", trouble="The database could not be brought up to date.")
    if instance.is_demo:
        with step("Filling the demo company"):
            _flask(supervisor, "demo", "fill", trouble="The demo company could not be filled.")
    with step("Starting the worker, the web server and nginx"):
        supervisor.begin("worker", "web", "nginx")
        stack.wait_for_site(instance, supervisor)


def _flask(supervisor: Supervisor, *words: str, trouble: str) -> str:
    return run([PYTHON, "-m", "flask", *words], env=supervisor.environment, trouble=trouble)


def _tell(instance: Instance, environment: dict, took: float) -> None:
    """The address, and who can sign in or how the installation begins."""
    words = ("demo", "who") if instance.is_demo else ("install-link", "--if-needed")
    said = run(
        [PYTHON, "-m", "flask", *words], env=environment, trouble="It could not be said who can sign in."
    )
    print(f"\nReady after {took:.1f} s: {instance.public_url}\n")
    if said.strip():
        print(f"{said.rstrip()}\n")
    print(f"{WARNED}\n\nCtrl+C stops everything. Logs are in var/log.", flush=True)


def _watch(supervisor: Supervisor, is_developing: bool) -> None:
    """Tell what the supervisor does about lost programs, until it is lost itself."""
    with following(supervisor) if is_developing else nullcontext():
        for line in supervisor.process.stdout:
            if lost := LOST.search(line):
                _note(f"{lost['name']} was lost ({lost['how']}) and is started again.")
            elif given_up := GAVE_UP.search(line):
                _note(f"{given_up['name']} does not start.\n{tail(LOGS / (given_up['name'] + '.log'))}")


def _note(sentence: str) -> None:
    print(f"{time.strftime('%X')}  {sentence}", flush=True)


def _stop(supervisor: Supervisor) -> None:
    """Stop in order, whatever else is pressed meanwhile."""
    if not supervisor.is_running:
        return
    _on_signals(signal.SIG_IGN)
    began = time.monotonic()
    supervisor.stop()
    print(f"\nStopped everything in {time.monotonic() - began:.1f} s.", flush=True)
