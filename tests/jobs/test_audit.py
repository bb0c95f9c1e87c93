"""The sealed audit log: every manipulation is detected."""

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from app.cli.audit import audit
from app.extensions import db
from app.integrations import keys
from app.jobs.handlers import CHAIN, seal_audit_log
from app.models import AuditEntry, now
from app.operations import audit as audit_operations
from app.queries.audit import verify
from tests.support.factories import keep


def write_entries(count: int, age: timedelta = timedelta(minutes=1)) -> list[AuditEntry]:
    entries = [
        AuditEntry(
            act="group.create", actor_name="é", object_kind="group", after='{"n": 1}', created_at=now() - age
        )
        for _ in range(count)
    ]
    keep(*entries)
    return entries


@pytest.fixture
def var(app, tmp_path):
    app.config["VAR_DIR"] = tmp_path
    return tmp_path


def verdict(var):
    db.session.expire_all()
    return verify(keys.load_key(var, CHAIN), keys.load_head(var, CHAIN))


def test_unchanged_audit_log_is_valid(var):
    write_entries(5)
    assert seal_audit_log() == 5
    assert verdict(var) == verdict(var).__class__(sealed=5, waiting=0)


def test_chain_continues_where_it_ended(var, monkeypatch):
    monkeypatch.setattr(audit_operations, "SEAL_BATCH", 2)
    write_entries(5)
    assert seal_audit_log() == 5
    write_entries(2)
    assert seal_audit_log() == 2
    assert verdict(var).sealed == 7
    assert verdict(var).broken_at is None


def test_recent_entries_are_not_sealed_yet(var):
    write_entries(2)
    write_entries(3, age=timedelta(seconds=0))
    assert seal_audit_log() == 2
    assert (verdict(var).sealed, verdict(var).waiting, verdict(var).broken_at) == (2, 3, None)


@pytest.mark.parametrize("column", ["act", "actor_name", "object_name", "after", "origin"])
def test_changed_entry_is_detected(var, column):
    entries = write_entries(4)
    seal_audit_log()
    db.session.execute(update(AuditEntry).where(AuditEntry.id == entries[1].id).values({column: "forged"}))
    assert verdict(var).broken_at == entries[1].id


def test_removed_entry_is_detected(var):
    entries = write_entries(4)
    seal_audit_log()
    db.session.execute(delete(AuditEntry).where(AuditEntry.id == entries[1].id))
    assert verdict(var).broken_at == entries[2].id


@pytest.mark.parametrize("are_seals_swapped", [True, False])
def test_swapped_entries_are_detected(var, are_seals_swapped):
    entries = write_entries(4)
    for number, entry in enumerate(entries):
        entry.after = json.dumps({"n": number})
    db.session.commit()
    seal_audit_log()
    first, second = entries[1], entries[2]
    moved = ("after", "seal") if are_seals_swapped else ("after",)
    values = {name: (getattr(first, name), getattr(second, name)) for name in moved}
    for entry, index in ((first, 1), (second, 0)):
        swapped = {name: pair[index] for name, pair in values.items()}
        db.session.execute(update(AuditEntry).where(AuditEntry.id == entry.id).values(swapped))
    assert verdict(var).broken_at == first.id


def test_emptied_audit_log_is_detected(var):
    entries = write_entries(3)
    seal_audit_log()
    db.session.execute(delete(AuditEntry))
    assert verdict(var).broken_at == entries[2].id


def test_entries_removed_from_the_end_are_detected(var):
    entries = write_entries(4)
    seal_audit_log()
    db.session.execute(delete(AuditEntry).where(AuditEntry.id > entries[1].id))
    assert verdict(var).broken_at == entries[3].id


def test_entry_without_a_seal_is_detected(var):
    entries = write_entries(3)
    seal_audit_log()
    db.session.execute(update(AuditEntry).where(AuditEntry.id == entries[1].id).values(seal=None))
    assert verdict(var).broken_at == entries[2].id


def test_database_alone_cannot_be_sealed_again(var):
    entries = write_entries(3)
    seal_audit_log()
    db.session.execute(update(AuditEntry).values(seal=None))
    entries[1].act = "forged"
    audit_operations.seal_entries(b"another key".ljust(32))
    assert verdict(var).broken_at == entries[0].id


def test_key_is_created_once_and_private(var):
    first = keys.load_key(var, CHAIN)
    assert len(first) == 32
    assert keys.load_key(var, CHAIN) == first
    assert (var / "keys" / CHAIN).stat().st_mode & 0o777 == 0o600
    assert not list((var / "keys").glob("audit.*"))


def test_concurrent_processes_share_one_key(var):
    keys_read = []
    threads = [threading.Thread(target=lambda: keys_read.append(keys.load_key(var, CHAIN))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(keys_read)) == 1


def test_verify_command_reports_whether_the_audit_log_is_valid(app, var):
    entries = write_entries(3)
    seal_audit_log()
    good = app.test_cli_runner().invoke(audit, ["verify"])
    assert good.exit_code == 0
    assert "3 sealed entries are unaltered" in good.output
    db.session.execute(update(AuditEntry).where(AuditEntry.id == entries[0].id).values(act="forged"))
    bad = app.test_cli_runner().invoke(audit, ["verify"])
    assert bad.exit_code == 1
    assert f"entry {entries[0].id}" in bad.output


@pytest.mark.fresh
def test_chain_waits_for_an_uncommitted_entry(app, var):
    """The uncommitted entry has the smaller number: sealing past it would break the chain for ever."""
    old = {"act": "slow", "object_kind": "group", "created_at": now() - timedelta(minutes=1)}
    slow = db.engine.connect()
    slow.execute(insert(AuditEntry).values(**old))
    write_entries(1)
    sealed = []

    def seal():
        with app.app_context():
            sealed.append(seal_audit_log())

    sealing = threading.Thread(target=seal)
    sealing.start()
    sealing.join(0.5)
    assert sealing.is_alive()
    slow.commit()
    slow.close()
    sealing.join(10)
    assert sealed == [2]
    assert verdict(var).broken_at is None


@pytest.mark.fresh
def test_concurrent_workers_make_one_chain(app, var):
    write_entries(40)

    def seal():
        with app.app_context():
            seal_audit_log()

    threads = [threading.Thread(target=seal) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (verdict(var).sealed, verdict(var).broken_at) == (40, None)
    assert db.session.scalars(select(AuditEntry.seal).where(AuditEntry.seal.is_(None))).all() == []
