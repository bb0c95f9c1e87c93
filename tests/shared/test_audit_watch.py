"""The watch over the trail: it sees what leaves an entry and is committed, and nothing else."""

import pytest

from app.errors import Invalid
from app.extensions import db
from app.identity import SYSTEM
from app.models import Domain
from app.operations import audit
from app.transaction import operation, operations
from tests.support import source
from tests.support.audit import SILENT_ROUTES, own_operations, trail
from tests.support.routes import write_routes

HERE = "tests.shared.test_audit_watch."


@operation
def leave(name, *, then=None):
    db.session.add(Domain(name=name))
    audit.record(SYSTEM, "domain.create", kind="domain", name=name)
    if then:
        then()


@operation
def leave_inside(name):
    leave(name)


@operation
def look():
    return None


@pytest.fixture(autouse=True)
def nothing_seen():
    trail.operations -= {name for name in trail.operations if name.startswith(HERE)}


def seen() -> set[str]:
    return {name for name in trail.operations if name.startswith(HERE)}


def test_an_entry_is_credited_to_the_operation_that_leaves_it(app):
    leave("a.example")
    assert seen() == {HERE + "leave"}


def test_an_entry_is_credited_to_who_has_another_operation_leave_it(app):
    leave_inside("a.example")
    assert seen() == {HERE + "leave", HERE + "leave_inside"}


def test_an_operation_that_leaves_nothing_is_not_credited(app):
    look()
    assert seen() == set()


def test_an_entry_that_is_undone_is_not_credited(app):
    def refuse():
        raise Invalid("No.")

    with pytest.raises(Invalid):
        leave("a.example", then=refuse)
    assert seen() == set()


def test_what_was_never_seen_is_said(app, monkeypatch):
    monkeypatch.setitem(operations, "app.operations.invented.never_called", look)
    assert "operation app.operations.invented.never_called" in trail.missing(app)


def test_the_routes_that_may_be_silent_exist(app):
    assert SILENT_ROUTES.keys() <= write_routes(app)


def test_every_operation_of_the_source_is_known_by_its_name(app):
    written = {
        f"{source.module_of(name)}.{node.name}"
        for name in source.python_files("app/")
        for node in source.functions(name)
        if any("operation" in source.dotted(getattr(mark, "func", mark)) for mark in node.decorator_list)
    }
    assert len(written) > 10
    assert written == set(own_operations())
