"""State of the server: running services, license, epoch of access changes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, true

from app.extensions import db
from app.models import ACCESS, Counter, License, Service, ServiceName, now
from app.rules import domains

LICENSE_END = select(License.valid_until).order_by(License.id.desc()).limit(1)
EPOCH = select(Counter.value).where(Counter.name == ACCESS)
# Asked at every turn, so they are built once.
STATE = (
    select(
        Counter.value.label("epoch"),
        LICENSE_END.scalar_subquery().label("ends_at"),
        Service.name,
        Service.is_running,
    )
    .select_from(Counter)
    .outerjoin(Service, true())
    .where(Counter.name == ACCESS)
)


@dataclass(frozen=True)
class ServerState:
    """State of the server at one moment.

    running: services that run. ends_at: end of the license, None without one. epoch: number of the last access change.
    is_read_only: the license has ended; decided once, so that everything computed from one state agrees.
    """

    running: frozenset[ServiceName]
    ends_at: datetime | None
    epoch: int
    is_read_only: bool

    @property
    def chat_runs(self) -> bool:
        """Return whether TeamChat and the services it needs run, on a supported database."""
        return domains.services_run(domains.Feature.TEAMCHAT, self.running) and database_is_supported()


def state() -> ServerState:
    """Return the server's state. One statement."""
    rows = db.session.execute(STATE).all()
    running = frozenset(row.name for row in rows if row.is_running)
    ends_at = rows[0].ends_at
    return ServerState(running, ends_at, rows[0].epoch, ends_at is not None and ends_at < now())


def runs(name: ServiceName) -> bool:
    """Return whether a service runs. One statement."""
    return bool(db.session.scalar(select(Service.is_running).where(Service.name == name)))


def database_is_supported() -> bool:
    """TeamChat cannot be enabled on SQLite."""
    return db.engine.dialect.name != "sqlite"


def epoch() -> int:
    """Return the number of the last access change."""
    return db.session.scalar(EPOCH) or 0
