"""Servers of an instance, in the order of their dependencies."""

import http.client
import ssl
from pathlib import Path

from deploy.local import mariadb, nginx, programs, sockets
from deploy.local.instance import Instance
from deploy.local.paths import PYTHON, VAR, render, write_private
from deploy.local.steps import CommandError, step
from deploy.local.supervisor import Program, Supervisor

TLS = VAR / "tls"
PYTHON_MODULE = [str(PYTHON), "-m"]


def all_servers(instance: Instance, *, is_reloading: bool = False) -> list[Program]:
    """Return the servers of an instance. is_reloading: the web workers load changed code by themselves."""
    stores = []
    if instance.has_own_database:
        stores.append(database(instance))
    if instance.has_own_redis:
        stores.append(_redis(instance))
    return [*stores, _worker(), _web(instance, is_reloading), _nginx(instance)]


def prepare_database(instance: Instance) -> None:
    """Create the data directory on the first run."""
    if instance.has_own_database and not _data(instance).is_dir():
        instance.folder.mkdir(exist_ok=True)
        with step("Making a database"):
            mariadb.prepare(_data(instance), root_login="socket")


def wait_for_stores(instance: Instance, supervisor: Supervisor) -> None:
    """Return when the database and Redis answer. A database that was killed recovers first, which takes longer."""
    if instance.has_own_database:
        supervisor.wait_for("mariadb", lambda: sockets.mariadb_answers(instance.database_socket), 120)
    if instance.has_own_redis:
        supervisor.wait_for("redis", lambda: sockets.redis_answers(instance.redis_socket), 20)


def wait_for_site(instance: Instance, supervisor: Supervisor) -> None:
    """Return when the site is ready. Its certificate is not checked: WebAdmin installs one for any name."""
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    supervisor.wait_for("nginx", lambda: _readiness(instance.port, trust)[0] is not None, 20)
    try:
        supervisor.wait_for("web", lambda: _readiness(instance.port, trust)[0] == 200, 60)
    except CommandError as error:
        answer = _readiness(instance.port, trust)[1]
        raise CommandError(f"{error}\nAsked whether it is ready, it says: {answer}") from None


def _readiness(port: int, trust: ssl.SSLContext) -> tuple[int | None, str]:
    """Return the status and the text of /readyz; no status when nobody answers."""
    connection = http.client.HTTPSConnection("localhost", port, timeout=30, context=trust)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        return response.status, response.read().decode()
    except (OSError, http.client.HTTPException) as error:
        return None, str(error)
    finally:
        connection.close()


def _data(instance: Instance) -> Path:
    return instance.folder / "mariadb"


def database(instance: Instance) -> Program:
    """Return the private database, which creates the application's database and user when it starts."""
    init_file = write_private(instance.sockets / "first.sql", instance.init_sql())
    configuration = mariadb.configure(
        instance.sockets / "mariadb.cnf", _data(instance), instance.database_socket
    )
    return Program(
        "mariadb", mariadb.command(configuration, f"--init-file={init_file}"), 10, 20, starts_first=True
    )


def _redis(instance: Instance) -> Program:
    configuration = instance.sockets / "redis.conf"
    configuration.write_text(render("redis.conf", socket=instance.redis_socket))
    return Program("redis", [programs.redis_server(), configuration], 20, 3, starts_first=True)


def _worker() -> Program:
    return Program("worker", [*PYTHON_MODULE, "flask", "worker"], 30, 4)


def _web(instance: Instance, is_reloading: bool) -> Program:
    options = [
        "--worker-class",
        "gevent",
        "--worker-connections",
        "20000",
        "--workers",
        str(instance.workers),
    ]
    options += ["--bind", f"unix:{instance.web_socket}", "--graceful-timeout", "2", "--no-control-socket"]
    reload = ["--reload"] if is_reloading else []
    return Program("web", [*PYTHON_MODULE, "gunicorn", *options, *reload, "wsgi:app"], 30, 3)


def _nginx(instance: Instance) -> Program:
    certificate = nginx.current_certificate(TLS)
    configuration = nginx.configure(
        instance.sockets, target=f"unix:{instance.web_socket}", port=instance.port, certificate=certificate
    )
    return Program("nginx", nginx.command(configuration, certificate), 40, 3)
