"""What clients are told, level by level: defaults, what the server says, what a domain says instead."""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select

from app.extensions import db
from app.models import Domain, DomainDiscovery
from app.queries import settings
from app.queries.settings import Setting
from app.rules import discovery


@dataclass(frozen=True)
class Level:
    """The values of the server or of a domain. base: what counts where it has none of its own; version: for forms."""

    base: dict[str, str]
    own: dict[str, str]
    version: int

    @property
    def values(self) -> dict[str, str]:
        """What counts."""
        return {**self.base, **self.own}


def server() -> Level:
    """What the server tells."""
    own = _read(settings.get(Setting.DISCOVERY))
    host = settings.get(Setting.HOST_NAME)
    if host:
        own[discovery.HOST_NAME] = host
    return Level(base_for(host or default_host()), own, int(settings.get(Setting.DISCOVERY_VERSION, "1")))


def of(domain: Domain | None) -> Level:
    """What a domain tells; without one, what the server tells."""
    if domain is None:
        return server()
    row = db.session.scalar(select(DomainDiscovery).where(DomainDiscovery.domain_id == domain.id))
    return Level(server().values, _read(row.overrides) if row else {}, row.row_version if row else 1)


def domain_named(name: str) -> Domain | None:
    """A domain of people by its name, as it is compared; none for every other name."""
    return db.session.scalar(select(Domain).where(Domain.name == name, ~Domain.is_internal))


def base_for(host_name: str) -> dict[str, str]:
    """The defaults of a server of this name; its own default name is that of PUBLIC_URL."""
    base = discovery.defaults(current_app.config["PUBLIC_URL"], host_name)
    return {**base, discovery.HOST_NAME: default_host()}


def default_host() -> str:
    """The host of PUBLIC_URL."""
    return urlsplit(current_app.config["PUBLIC_URL"]).hostname or "localhost"


def _read(text: str | None) -> dict[str, str]:
    """What was stored; names of an earlier version are passed over. Empty is a value: told to nobody."""
    found = json.loads(text or "{}")
    return {name: value for name, value in found.items() if name in discovery.NAMES}
