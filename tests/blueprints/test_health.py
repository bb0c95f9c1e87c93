"""Probes of supervisors and load balancers."""

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.extensions import db
from app.queries import server


def test_a_living_process_says_so_without_asking_anything(visitor, count_statements):
    with count_statements() as seen:
        answer = visitor.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"alive": True})
    assert not seen


def test_a_server_that_has_all_it_needs_is_ready(visitor):
    answer = visitor.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {
        "ready": True,
        "checks": {"database": "ok", "migrations": "ok", "redis": "not used"},
    }


def test_tables_that_a_migration_is_missing_for_are_behind(visitor):
    db.session.execute(text("DELETE FROM alembic_version"))
    answer = visitor.get("/readyz")
    assert (answer.status_code, answer.json["checks"]["migrations"]) == (503, "behind")


def test_a_dead_database_is_named(visitor, monkeypatch):
    def dead(*_args, **_kwargs):
        raise OperationalError("SELECT 1", {}, Exception(2003, "refused"))

    monkeypatch.setattr(server.db.session, "execute", dead)
    answer = visitor.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"] == {"database": "down", "migrations": "unknown", "redis": "not used"}


def test_a_dead_redis_is_named(app, visitor, tmp_path):
    app.config["REDIS_URL"] = f"unix://{tmp_path}/nobody.sock"
    answer = visitor.get("/readyz")
    assert (answer.status_code, answer.json["checks"]["redis"]) == (503, "down")
    assert visitor.get("/healthz").status_code == 200
