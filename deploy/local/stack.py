"""The servers of an instance, in the order in which they need each other."""

import http.client
import ssl
from pathlib import Path

from deploy.local import mariadb, nginx, programs, shelf, sockets
from deploy.local.instance import Instance
from deploy.local.paths import PYTHON, VAR, write_private
from deploy.local.steps import Stopped, step
from deploy.local.supervisor import Program, Supervisor
from deploy.local.templates import render

TLS = VAR / "tls"
MODULE = [str(PYTHON), "-m"]


def servers(instance: Instance, *, is_watching: bool = False) -> list[Program]:
    """What serves this instance. is_watching: the web workers load changed code by themselves."""
    stores = []
    if instance.has_own_database:
        stores.append(database(instance))
    if instance.has_own_redis:
        stores.append(_redis(instance))
    return [*stores, _worker(), _web(instance, is_watching), _nginx(instance)]


def prepare_database(instance: Instance) -> None:
    """Make the data directory on the first run."""
    if instance.has_own_database and not _data(instance).is_dir():
        instance.folder.mkdir(exist_ok=True)
        with step("Making a database"):
            mariadb.prepare(_data(instance), root_login="socket")


def wait_for_stores(instance: Instance, supervisor: Supervisor) -> None:
    """Return when the database and Redis answer. A database that was cut off repairs itself first, and takes longer."""
    if instance.has_own_database:
        supervisor.wait_for("mariadb", lambda: sockets.mariadb_answers(instance.database_socket), 120)
    if instance.has_own_redis:
        supervisor.wait_for("redis", lambda: sockets.redis_answers(instance.redis_socket), 20)


def wait_for_site(instance: Instance, supervisor: Supervisor) -> None:
    """Return when the site says that it is ready. Its certificate may be for another name: WebAdmin installs any."""
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    supervisor.wait_for("nginx", lambda: _status(instance.port, trust) is not None, 20)
    try:
        supervisor.wait_for("web", lambda: _status(instance.port, trust) == 200, 60)
    except Stopped as stopped:
        raise Stopped(
            f"{stopped}\nAsked whether it is ready, it says: {_answer(instance.port, trust)[1]}"
        ) from None


def _status(port: int, trust: ssl.SSLContext) -> int | None:
    return _answer(port, trust)[0]


def _answer(port: int, trust: ssl.SSLContext) -> tuple[int | None, str]:
    """The status and the text of /readyz; no status when nobody answers."""
    connection = http.client.HTTPSConnection("localhost", port, timeout=30, context=trust)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException) as error:
        return None, str(error)
    finally:
        connection.close()


def _data(instance: Instance) -> Path:
    return instance.folder / "mariadb"


def database(instance: Instance) -> Program:
    first = write_private(instance.sockets / "first.sql", instance.first_statements())
    configuration = mariadb.configure(
        instance.sockets / "mariadb.cnf", _data(instance), instance.database_socket
    )
    return Program(
        "mariadb", mariadb.command(configuration, f"--init-file={first}"), 10, 20, starts_first=True
    )


def _redis(instance: Instance) -> Program:
    configuration = instance.sockets / "redis.conf"
    configuration.write_text(render("redis.conf", socket=instance.redis_socket))
    return Program("redis", [programs.redis_server(), configuration], 20, 3, starts_first=True)


def _worker() -> Program:
    return Program("worker", [*MODULE, "flask", "worker"], 30, 4)


def _web(instance: Instance, is_watching: bool) -> Program:
    options = [
        "--worker-class",
        "gevent",
        "--worker-connections",
        "20000",
        "--workers",
        str(instance.workers),
    ]
    options += ["--bind", f"unix:{instance.web_socket}", "--graceful-timeout", "2", "--no-control-socket"]
    watching = ["--reload"] if is_watching else []
    return Program("web", [*MODULE, "gunicorn", *options, *watching, "wsgi:app"], 30, 3)


def _nginx(instance: Instance) -> Program:
    certificate = shelf.current(TLS)
    configuration = nginx.configure(
        instance.sockets, target=f"unix:{instance.web_socket}", port=instance.port, certificate=certificate
    )
    return Program("nginx", nginx.command(configuration, certificate), 40, 3)
