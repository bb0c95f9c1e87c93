"""The servers: one MariaDB for all tests here, and on it a company of two web processes on each of the two paths."""

from contextlib import ExitStack

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


class Companies:
    """A company on each path, with a database and a Redis of its own: started when it is first asked for and kept
    running, since starting costs more than most tests do."""

    def __init__(self, mariadb: PrivateMariaDB, until_the_end: ExitStack):
        self.mariadb, self.until_the_end = mariadb, until_the_end
        self.known: dict[str, Company] = {}
        self.latest: Company | None = None

    def on(self, path: str) -> Company:
        """The company of a path, whole: while another one was tested, what they share may have been away."""
        if path not in self.known:
            self.known[path] = self._started(path)
        company = self.known[path]
        if company is not self.latest:
            company.mend()
        self.latest = company
        return company

    def _started(self, path: str) -> Company:
        redis = self.until_the_end.enter_context(PrivateRedis())
        url = self.mariadb.make_database(f"faults_{path}")
        stage = Stage(url, self.mariadb.socket)
        self.until_the_end.callback(stage.close)
        env = environment(path, url, redis)
        web = [WebWorkers(1, env), WebWorkers(1, env)]
        console = Console(env, stage.administrator(), private_folder())
        for server in (*web, console):
            self.until_the_end.callback(server.close)
            server.start(wait=False)
        for server in (*web, console):
            server.wait_until_ready()
        return Company(path, self.mariadb, redis, stage, *web, console, stage.scene(people=1))


@pytest.fixture(scope="session")
def companies(mariadb):
    with ExitStack() as until_the_end:
        yield Companies(mariadb, until_the_end)


@pytest.fixture(scope="session", params=list(PATHS))
def send_path(request) -> str:
    """One of the two paths; tests of one path follow each other."""
    return request.param


@pytest.fixture
def company(companies, send_path, request):
    """The servers, whole at the beginning of the test and after it."""
    running = companies.on(send_path)
    failed = request.session.testsfailed
    starts = {server: server.log.stat().st_size for server in (running.left, running.right)}
    yield running
    running.mend()
    if request.session.testsfailed > failed:
        for server, start in starts.items():
            print(f"--- {server.url}", server.log.read_bytes()[start:].decode()[-4000:], sep="\n")
