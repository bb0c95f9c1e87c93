"""The set-up of all other tests."""

from types import SimpleNamespace

import pytest
from sqlalchemy import text

from app.extensions import db
from app.models import Domain
from app.transaction import operation
from tests import conftest
from tests.run import EVERYDAY, TOGETHER, shared
from tests.support import factories


@operation(audited=False)
def _keep_domain(name):
    db.session.add(Domain(name=name))


def test_people_are_created(people):
    assert people.arthur.address == "arthur@iwdemo.fr"
    assert people.room.group_id == people.group.id


@pytest.mark.parametrize("turn", [1, 2])
def test_commit_is_undone_after_the_test(app, turn):
    assert db.session.query(Domain).count() == 0
    _keep_domain("left-behind.example")
    factories.make_domain("left-behind-too.example")
    db.session.remove()
    assert db.session.query(Domain).count() == 2


@pytest.mark.fresh
@pytest.mark.parametrize("turn", [1, 2])
def test_fresh_test_commits_and_is_wiped(app, turn):
    _keep_domain("real.example")
    with db.engine.connect() as another:
        assert another.scalar(text("SELECT COUNT(*) FROM domains")) == 1


def test_transactions_read_committed_rows(app):
    level = db.session.scalar(text("SELECT @@tx_isolation"))
    assert level == "READ-COMMITTED"


def test_statements_are_counted_without_savepoints(app, count_statements):
    with count_statements() as statements:
        _keep_domain("counted.example")
    assert len(statements) == 1


@pytest.mark.parametrize(
    ("arguments", "are_shared"),
    [
        ([], True),
        (["-q", "--junitxml=report.xml"], True),
        (["tests/rules"], False),
        (["-k", "guest"], False),
        (["-n3", "-q"], False),
    ],
)
def test_only_a_whole_run_uses_several_processes(arguments, are_shared):
    assert shared(arguments) == [*((*TOGETHER, *EVERYDAY) if are_shared else ()), *arguments]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--all"], [*TOGETHER]),
        (["--all", "-q"], [*TOGETHER, "-q"]),
        (["--all", "tests/rules"], ["tests/rules"]),
    ],
)
def test_all_selects_long_tests_too(arguments, expected):
    assert shared(arguments) == expected


@pytest.mark.parametrize(("marks", "is_left_out"), [(["long"], False), ([], True)])
def test_deselection_of_long_tests_alone_leaves_a_run_whole(marks, is_left_out):
    config = SimpleNamespace(long_test_files=set(), has_left_out=False)
    item = SimpleNamespace(
        config=config, path="test_x.py", get_closest_marker=lambda name: name in marks or None
    )
    conftest.pytest_deselected([item])
    assert config.has_left_out is is_left_out
    assert config.long_test_files == (set() if is_left_out else {"test_x.py"})
