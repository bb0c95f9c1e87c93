"""Servers of the fault tests: one MariaDB, and on it a company of two web processes."""

from contextlib import ExitStack

import pytest

from tests.support.faults.company import Company, Console, environment
from tests.support.faults.workspace import Workspace
from tests.support.servers import PrivateMariaDB, PrivateRedis, WebWorkers, private_folder


@pytest.fixture(scope="session")
def mariadb():
    with PrivateMariaDB() as server:
        yield server


@pytest.fixture(scope="session")
def redis():
    with PrivateRedis() as server:
        yield server


@pytest.fixture(scope="session")
def workspace(mariadb):
    made = Workspace(mariadb.make_database("faults"), mariadb.socket)
    yield made
    made.close()


@pytest.fixture(scope="session")
def servers(mariadb):
    """Start a company with its own database and Redis, kept running because a start costs more than most tests."""
    with ExitStack() as until_the_end:
        redis = until_the_end.enter_context(PrivateRedis())
        url = mariadb.make_database("faults_company")
        workspace = Workspace(url, mariadb.socket)
        until_the_end.callback(workspace.close)
        env = environment(url, redis)
        web = [WebWorkers(1, env), WebWorkers(1, env)]
        console = Console(env, workspace.administrator(), private_folder())
        for server in (*web, console):
            until_the_end.callback(server.close)
            server.start(wait=False)
        for server in (*web, console):
            server.wait_until_ready()
        company = Company(mariadb, redis, workspace, *web, console, workspace.shared(people=1))
        company.mend()
        yield company


@pytest.fixture
def company(servers, request):
    """Return the servers, repaired before and after the test."""
    failed = request.session.testsfailed
    starts = {server: server.log.stat().st_size for server in (servers.left, servers.right)}
    yield servers
    servers.mend()
    if request.session.testsfailed > failed:
        for server, start in starts.items():
            print(f"--- {server.url}", server.log.read_bytes()[start:].decode()[-4000:], sep="\n")
