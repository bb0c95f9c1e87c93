"""Health of this process: the services it needs, and whether they answer."""

from functools import lru_cache
from pathlib import Path

import redis
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db

OK, DOWN, BEHIND, UNUSED = "ok", "down", "behind", "not used"

# Seconds that Redis may take to answer.
REDIS_TIMEOUT = 1.0


def checks() -> dict[str, str]:
    """Return the state of the database, its migrations and Redis, each as one word."""
    database = _database()
    return {
        "database": database,
        "migrations": _migrations() if database == OK else "unknown",
        "redis": _redis(current_app.config["REDIS_URL"]),
    }


def is_ready(results: dict[str, str]) -> bool:
    """Return whether every service that this process was told to use answers."""
    return all(state in (OK, UNUSED) for state in results.values())


def _database() -> str:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        db.session.rollback()
        return DOWN
    return OK


def _migrations() -> str:
    if db.engine.dialect.name == "sqlite":
        return UNUSED
    try:
        here = set(MigrationContext.configure(db.session.connection()).get_current_heads())
    except SQLAlchemyError:
        db.session.rollback()
        return BEHIND
    return OK if here == _heads() else BEHIND


@lru_cache(maxsize=1)
def _heads() -> set[str]:
    folder = Path(current_app.root_path).parent / "migrations"
    return set(ScriptDirectory(str(folder)).get_heads())


def _redis(url: str) -> str:
    if not url:
        return UNUSED
    client = redis.Redis.from_url(url, socket_timeout=REDIS_TIMEOUT, socket_connect_timeout=REDIS_TIMEOUT)
    try:
        client.ping()
    except redis.RedisError:
        return DOWN
    finally:
        client.close()
    return OK
