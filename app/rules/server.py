"""What holds for the whole server at the moment: which services run, whether the licence lets people post."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, true

from app.extensions import db
from app.models import ACCESS, Counter, License, Service, ServiceName, now
from app.rules import policies

LICENCE_END = select(License.valid_until).order_by(License.id.desc()).limit(1)
EPOCH = select(Counter.value).where(Counter.name == ACCESS)
STATE = (
    select(
        Counter.value.label("epoch"),
        LICENCE_END.scalar_subquery().label("ends_at"),
        Service.name,
        Service.is_running,
    )
    .select_from(Counter)
    .outerjoin(Service, true())
    .where(Counter.name == ACCESS)
)
"""Asked at every turn, so they are built once."""


@dataclass(frozen=True)
class ServerState:
    """running: services that run. ends_at: when the licence ends or has ended, None without one. epoch: the number of
    the last change of anybody's access at that moment. is_read_only: the licence has ended: nothing can be posted;
    decided once, so that all that is worked out from one state agrees."""

    running: frozenset[ServiceName]
    ends_at: datetime | None
    epoch: int
    is_read_only: bool

    @property
    def chat_runs(self) -> bool:
        """Whether TeamChat and the services it needs run, on a database that carries it."""
        return policies.services_run(policies.Feature.TEAMCHAT, self.running) and database_is_supported()


def state() -> ServerState:
    """The server's state. One statement."""
    rows = db.session.execute(STATE).all()
    running = frozenset(row.name for row in rows if row.is_running)
    ends_at = rows[0].ends_at
    return ServerState(running, ends_at, rows[0].epoch, ends_at is not None and ends_at < now())


def runs(name: ServiceName) -> bool:
    """Whether one service runs. One statement."""
    return bool(db.session.scalar(select(Service.is_running).where(Service.name == name)))


def database_is_supported() -> bool:
    """TeamChat cannot be enabled on SQLite."""
    return db.engine.dialect.name != "sqlite"


def epoch() -> int:
    """The number of the last change of anybody's access."""
    return db.session.scalar(EPOCH) or 0
