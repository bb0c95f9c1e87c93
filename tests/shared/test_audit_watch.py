"""The watch over audit entries: it credits committed entries, and nothing else."""

import pytest

from app.errors import Invalid
from app.extensions import db
from app.identity import SYSTEM
from app.models import Domain
from app.operations import audit
from app.transaction import operation, operations
from tests.support import source
from tests.support.audit import SILENT_ROUTES, audited_operations, own_operations
from tests.support.routes import write_routes

HERE = "tests.shared.test_audit_watch."


@operation
def record_entry(name, *, then=None):
    db.session.add(Domain(name=name))
    audit.record(SYSTEM, "domain.create", kind="domain", name=name)
    if then:
        then()


@operation
def record_nested(name):
    record_entry(name)


@operation
def do_nothing():
    return None


@pytest.fixture(autouse=True)
def forget_own():
    audited_operations.operations -= {name for name in audited_operations.operations if name.startswith(HERE)}


def credited() -> set[str]:
    return {name for name in audited_operations.operations if name.startswith(HERE)}


def test_entry_is_credited_to_its_operation(app):
    record_entry("a.example")
    assert credited() == {HERE + "record_entry"}


def test_entry_is_credited_to_the_outer_operation_too(app):
    record_nested("a.example")
    assert credited() == {HERE + "record_entry", HERE + "record_nested"}


def test_operation_without_entry_is_not_credited(app):
    do_nothing()
    assert credited() == set()


def test_undone_entry_is_not_credited(app):
    def refuse():
        raise Invalid("No.")

    with pytest.raises(Invalid):
        record_entry("a.example", then=refuse)
    assert credited() == set()


def test_operation_never_credited_is_reported_missing(app, monkeypatch):
    monkeypatch.setitem(operations, "app.operations.invented.never_called", do_nothing)
    assert "operation app.operations.invented.never_called" in audited_operations.missing(app)


def test_silent_routes_exist(app):
    assert SILENT_ROUTES.keys() <= write_routes(app)


def test_operations_of_the_source_are_registered(app):
    written = {
        f"{source.module_of(name)}.{node.name}"
        for name in source.python_files("app/")
        for node in source.functions(name)
        if any("operation" in source.dotted(getattr(mark, "func", mark)) for mark in node.decorator_list)
    }
    assert len(written) > 10
    assert written == set(own_operations())
