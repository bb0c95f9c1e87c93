"""Fixtures of every test: the application on a real database, the people, browsers, a counter of statements."""

import gc
import os
import re
from contextlib import contextmanager

import hypothesis
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from app import create_app
from app.extensions import db, socketio
from app.listeners import broadcasts
from app.models import Account
from app.rules.rights import access
from tests.support import schema
from tests.support.audit import audited_operations, is_whole
from tests.support.people import People, make_people
from tests.support.tools import script
from tests.support.visitor import Visitor

gc.disable()
SECRET = "a secret of the tests, which sign nothing that matters"
_application = []
_unseen = []
ORDER = {"browser": 0, "faults": 1, "realtime": 2, "blueprints": 3}

NOT_COUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


hypothesis.settings.register_profile(
    "steady", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], derandomize=True
)
"""Timings never decide a test: these machines are noisy."""


def pytest_addoption(parser):
    told = "say what was not seen leaving an audit entry, whatever was run"
    parser.addoption("--audit", action="store_true", help=told)


def pytest_configure(config):
    hypothesis.settings.load_profile("steady")
    os.environ.setdefault("SECRET_KEY", SECRET)
    config.addinivalue_line(
        "markers",
        "fresh: the test commits for real, for several connections; the tables are emptied afterwards",
    )
    config.addinivalue_line(
        "markers", "long: the test is left out of a plain bin/test; bin/test --all runs it"
    )
    config.long_test_files = set()


def pytest_collection_finish(session):
    """Exclude everything loaded so far from garbage collection: it stays until the end."""
    gc.freeze()
    gc.enable()
    files = {item.path for item in session.items} | session.config.long_test_files
    session.config.is_whole_run = is_whole(files, session.config.rootpath / "tests")


def pytest_deselected(items):
    """Note what a run leaves out. Without its long tests it is still a whole run, and must prove every audit entry."""
    for item in items:
        if item.get_closest_marker("long"):
            item.config.long_test_files.add(item.path)
        else:
            item.config.has_left_out = True


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    """Fail a complete run in which an operation was never seen leaving an audit entry.

    Each process reports the operations that it has not seen; those missing in all of them are missing.
    """
    config = session.config
    is_whole = getattr(config, "is_whole_run", False) and not getattr(config, "has_left_out", False)
    if _application and (config.option.audit or is_whole):
        _unseen.append(audited_operations.missing(_application[0]))
    if hasattr(config, "workeroutput"):
        config.workeroutput["unseen"] = _unseen
        return
    if not _unseen or not (config.option.audit or exitstatus == 0):
        return
    config.without_trail = sorted(set.intersection(*map(set, _unseen)))
    if config.without_trail and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    _unseen.extend(getattr(node, "workeroutput", {}).get("unseen", []))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Of several processes one sits in front of the browser; a file is never torn apart."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            path = nodeid.partition("::")[0]
            return "tests/browser" if path.startswith("tests/browser/") else path

    return Scheduling(config, log)


def pytest_collection_modifyitems(config, items):
    """Move slow tests to the front where several processes share the work."""
    if not hasattr(config, "workerinput"):
        return
    items.sort(key=lambda item: ORDER.get(item.path.parent.name, len(ORDER)))


def pytest_terminal_summary(terminalreporter, config):
    for name in getattr(config, "without_trail", ()):
        terminalreporter.write_line(
            f"No test has seen this leave an audit entry (long tests do not count): {name}", red=True
        )


@pytest.fixture(scope="session")
def database_url():
    """Address of a database with the whole schema, made once a run."""
    with schema.temporary_database(f"teamchat_test_{os.getpid()}") as url:
        yield url


@pytest.fixture(scope="session")
def built_app(database_url, tmp_path_factory):
    """Return the application that all tests share."""
    script("catalogues").compile_all()
    application = create_app(
        TESTING=True,
        DEMO=False,
        SQLALCHEMY_DATABASE_URI=database_url,
        REDIS_URL="",
        VAR_DIR=tmp_path_factory.mktemp("var"),
    )
    application.test_client_class = Visitor
    audited_operations.watch(application)
    _application.append(application)
    with application.app_context():
        schema.migrate()
    event.listen(db.session, "do_orm_execute", _changes_what_it_is_found_by)
    yield application
    with application.app_context():
        db.engine.dispose()


def _changes_what_it_is_found_by(state):
    """Assert that no test wrote a name past the ORM, which would leave the search text outdated."""
    if not state.is_update:
        return
    named = re.match(r"UPDATE (?:accounts|groups) SET (.*?)(?:\bWHERE\b|$)", str(state.statement), re.S)
    if named and re.search(r"\b(?:name|address)=", named[1]):
        assert "search_text=" in named[1], named[0]


@pytest.fixture
def app(request, built_app):
    """Enter the application's context. Writes are undone; with the mark `fresh` they are committed, then wiped."""
    access.forget()
    configuration = dict(built_app.config)
    isolate = _committed if request.node.get_closest_marker("fresh") else _undone
    with built_app.app_context(), isolate():
        yield built_app
    built_app.config.clear()
    built_app.config.update(configuration)


@contextmanager
def _undone():
    """One connection in a transaction of the test's own: every commit of the application is a savepoint in it."""
    engine = db.engine
    with engine.connect() as connection:
        outer = connection.begin()
        db.session.remove()
        db.session.configure(join_transaction_mode="create_savepoint")
        db.engines[None] = connection
        try:
            yield
        finally:
            db.session.remove()
            db.engines[None] = engine
            outer.rollback()


@contextmanager
def _committed():
    """Use the application's own connection pool and real commits."""
    try:
        yield
    finally:
        db.session.remove()
        schema.empty_again(db.engine)


@pytest.fixture
def another_app(app, database_url, tmp_path):
    """Return a function that takes settings and makes a further application.

    Process-wide state is restored afterwards.
    """
    sockets, told_by = dict(vars(socketio)), broadcasts._app

    def make(**settings):
        usual = {
            "TESTING": True,
            "SQLALCHEMY_DATABASE_URI": database_url,
            "REDIS_URL": "",
            "VAR_DIR": tmp_path,
        }
        application = create_app(**{**usual, **settings})
        application.test_client_class = Visitor
        return application

    yield make
    vars(socketio).update(sockets)
    broadcasts._app = told_by


@pytest.fixture
def people(app) -> People:
    """arthur, jean, paul, their administrators, groupetc with its room, and the other tenant."""
    return make_people()


@pytest.fixture
def visitor(app) -> Visitor:
    """Return a browser without a session."""
    return app.test_client()


@pytest.fixture
def client_of(app):
    """Return a function that takes an account and gives its signed-in browser."""

    def make(account: Account) -> Visitor:
        client = app.test_client()
        client.sign_in(account)
        return client

    return make


@pytest.fixture
def count_statements(app):
    """Return a context manager that collects the SQL statements sent in its block."""

    @contextmanager
    def count():
        seen = []

        def note(_connection, _cursor, statement, *_rest):
            if not statement.startswith(NOT_COUNTED):
                seen.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return count


@pytest.fixture
def events(app, monkeypatch) -> list:
    """Return the list of events published during the test, in order; listeners receive them as well."""
    from app import events as facts
    from app import transaction

    told = []

    def note(facts_of_one):
        told.extend(facts_of_one)
        facts.dispatch(facts_of_one)

    monkeypatch.setattr(transaction, "dispatch", note)
    return told
