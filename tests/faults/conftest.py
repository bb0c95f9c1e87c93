"""The servers: one database and one Redis for all tests here, two web processes on each of the two paths."""

import pytest

from tests.faults.company import PATHS, Company, Console, environment
from tests.faults.stage import Stage
from tests.servers import PrivateMariaDB, PrivateRedis, WebWorkers, private_folder


@pytest.fixture(scope="session")
def mariadb():
    with PrivateMariaDB() as server:
        yield server


@pytest.fixture(scope="session")
def redis():
    with PrivateRedis() as server:
        yield server


@pytest.fixture(scope="session")
def stage(mariadb):
    made = Stage(mariadb.make_database("faults"), mariadb.socket)
    yield made
    made.close()


@pytest.fixture(scope="session", params=list(PATHS))
def running(request, mariadb, redis, stage):
    """Servers on one of the two paths; tests of one path follow each other."""
    env = environment(request.param, mariadb.url("faults"), redis)
    web = [WebWorkers(1, env), WebWorkers(1, env)]
    console = Console(env, stage.administrator(), private_folder())
    for server in (*web, console):
        server.start(wait=False)
    try:
        for server in (*web, console):
            server.wait_until_ready()
        made = Company(request.param, mariadb, redis, stage, *web, console, stage.scene(people=1))
        made.wake()
        yield made
    finally:
        for server in (*web, console):
            server.process.terminate()
        for server in (*web, console):
            server.close()


@pytest.fixture
def company(running, request):
    """The servers, whole at the beginning of the test and after it."""
    failed = request.session.testsfailed
    starts = {server: server.log.stat().st_size for server in (running.left, running.right)}
    yield running
    running.mend()
    if request.session.testsfailed > failed:
        for server, start in starts.items():
            print(f"--- {server.url}", server.log.read_bytes()[start:].decode()[-4000:], sep="\n")
