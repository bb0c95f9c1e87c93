"""SmartDiscover values by level: defaults, the server's, a domain's."""

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
        """Return the values in effect."""
        return {**self.base, **self.own}


def server() -> Level:
    """Return the server's level."""
    own = _read(settings.get(Setting.DISCOVERY))
    host = settings.get(Setting.HOST_NAME)
    if host:
        own[discovery.HOST_NAME] = host
    return Level(base_for(host or default_host()), own, int(settings.get(Setting.DISCOVERY_VERSION, "1")))


def of(domain: Domain | None) -> Level:
    """Return a domain's level; without a domain, the server's."""
    if domain is None:
        return server()
    row = db.session.scalar(select(DomainDiscovery).where(DomainDiscovery.domain_id == domain.id))
    return Level(server().values, _read(row.overrides) if row else {}, row.row_version if row else 1)


def domain_named(name: str) -> Domain | None:
    """Return a domain of people by its name, as it is compared; none for every other name."""
    return db.session.scalar(select(Domain).where(Domain.name == name, ~Domain.is_internal))


def base_for(host_name: str) -> dict[str, str]:
    """Return the defaults of a server of this name; its own default name is that of PUBLIC_URL."""
    base = discovery.defaults(current_app.config["PUBLIC_URL"], host_name)
    return {**base, discovery.HOST_NAME: default_host()}


def default_host() -> str:
    """Return the host of PUBLIC_URL."""
    return urlsplit(current_app.config["PUBLIC_URL"]).hostname or "localhost"


def _read(text: str | None) -> dict[str, str]:
    """Return the stored values.

    Unknown names of earlier versions are skipped; an empty value means that nothing is offered.
    """
    stored = json.loads(text or "{}")
    return {name: value for name, value in stored.items() if name in discovery.NAMES}
