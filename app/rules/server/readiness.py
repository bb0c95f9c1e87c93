"""Readiness: whether this server can carry TeamChat, judged from facts. Nothing is probed meanwhile."""

import hashlib
import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from flask import current_app
from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import select

from app.errors import Invalid
from app.extensions import db
from app.models import Service, ServiceName, now
from app.rules import certificates, licenses
from app.rules import discovery as discovery_values
from app.rules.certificates import Check, State
from app.rules.licenses import LicenseFacts
from app.rules.server import settings
from app.rules.server.settings import Setting


@dataclass(frozen=True)
class ReadinessFacts:
    """Facts that the checks are made from."""

    dialect: str
    license: LicenseFacts | None
    public_url: str
    has_mail: bool
    mail_runs: bool
    workers: int
    has_redis: bool
    is_storage_writable: bool
    certificate: certificates.ShownCertificate | None = None
    told: dict[str, str] = field(default_factory=dict)


# The checks, in the order in which they are shown.
NAMES = ("database", "licence", "https", "discovery", "mail", "redis", "storage")

# Checks whose failure stops enabling TeamChat; every other failure is an alert and stops nobody.
BLOCKING = ("database", "licence")


def checks() -> list[Check]:
    """Return every check of this server. Four statements."""
    return judge(collect_facts())


def judge(facts: ReadinessFacts) -> list[Check]:
    """Return the checks that follow from these facts."""
    return [_CHECKS[name](facts) for name in NAMES]


def worst(results: Iterable[Check]) -> State:
    """Return the state of the worst check."""
    states = {check.state for check in results}
    return next((state for state in (State.FAILURE, State.WARNING) if state in states), State.OK)


def require_may_enable() -> None:
    """Refuse to enable TeamChat on a server that cannot carry it, with the reason."""
    facts = collect_facts()
    for name in BLOCKING:
        check = _CHECKS[name](facts)
        if check.state is State.FAILURE:
            raise Invalid(check.sentence, code=f"not_ready_{name}", field="teamchat")


def collect_facts() -> ReadinessFacts:
    """Return the facts, from the configuration and the database."""
    configuration = current_app.config
    return ReadinessFacts(
        dialect=db.engine.dialect.name,
        license=licenses.current_license(),
        public_url=settings.public_url(),
        has_mail=bool(settings.get(Setting.MAIL_SERVER) or configuration["MAIL_SERVER"]),
        mail_runs=bool(db.session.scalar(select(Service.is_running).where(Service.name == ServiceName.MAIL))),
        workers=configuration["WORKERS"],
        has_redis=bool(configuration["REDIS_URL"]),
        is_storage_writable=os.access(configuration["VAR_DIR"], os.W_OK),
        certificate=certificates.shown_certificate(),
        told=discovery_values.server().values,
    )


def _database(facts: ReadinessFacts) -> Check:
    if facts.dialect in ("mysql", "mariadb"):
        return Check("database", State.OK, _("The database supports TeamChat."))
    if facts.dialect in ("mssql", "oracle"):
        return Check("database", State.WARNING, _("TeamChat has not been tested on this database server."))
    return Check("database", State.FAILURE, _("TeamChat cannot be enabled on SQLite."))


def _license(facts: ReadinessFacts) -> Check:
    license = facts.license
    if license is None:
        return Check("licence", State.WARNING, _("No licence is recorded for this installation."))
    until = format_date(license.valid_until, "long")
    if license.is_ended:
        return Check(
            "licence", State.FAILURE, _("The licence ended on %(date)s: nothing can be posted.", date=until)
        )
    if license.is_foreign:
        sentence = _("The licence belongs to another installation: it works until %(date)s.", date=until)
        return Check("licence", State.WARNING, sentence)
    if license.ends_soon:
        return Check("licence", State.WARNING, _("The licence ends on %(date)s.", date=until))
    if license.free < 0:
        return Check(
            "licence",
            State.WARNING,
            _(
                "%(used)s accounts for %(seats)s seats: new ones cannot have TeamChat.",
                used=license.used,
                seats=license.seats,
            ),
        )
    return Check(
        "licence",
        State.OK,
        _(
            "Valid until %(date)s; %(used)s of %(seats)s seats taken.",
            date=until,
            used=license.used,
            seats=license.seats,
        ),
    )


def _mail(facts: ReadinessFacts) -> Check:
    if not facts.has_mail:
        sentence = _("No mail server is set: invitations and notices cannot leave.")
        return Check("mail", State.WARNING, sentence)
    if not facts.mail_runs:
        sentence = _("The outgoing mail is stopped: mails wait until it is started.")
        return Check("mail", State.WARNING, sentence, mended_by="services")
    return Check("mail", State.OK, _("A mail server is set."))


def _redis(facts: ReadinessFacts) -> Check:
    if facts.workers > 1 and not facts.has_redis:
        sentence = _("%(count)s web processes need Redis, and REDIS_URL is not set.", count=facts.workers)
        return Check("redis", State.FAILURE, sentence)
    if facts.has_redis:
        return Check("redis", State.OK, _("Redis is configured."))
    return Check("redis", State.OK, _("One web process: Redis is not needed."))


def _storage(facts: ReadinessFacts) -> Check:
    if facts.is_storage_writable:
        return Check("storage", State.OK, _("The storage can be written."))
    return Check(
        "storage", State.FAILURE, _("The storage cannot be written: check the rights of its directory.")
    )


_CHECKS = {
    "database": _database,
    "licence": _license,
    "https": lambda facts: certificates.check_https(facts.public_url, facts.certificate),
    "discovery": lambda facts: certificates.check_addresses(facts.told),
    "mail": _mail,
    "redis": _redis,
    "storage": _storage,
}

LINK_LIFE = timedelta(days=1)


class LinkState(StrEnum):
    """State of a setup link.

    valid: it installs this server. used: the server is installed. wrong: mistyped, expired or replaced.
    """

    VALID = "valid"
    USED = "used"
    WRONG = "wrong"


def link_state(token: str) -> LinkState:
    """Return the state of a setup link. The comparison takes the same time for every token."""
    if settings.is_installed():
        return LinkState.USED
    expected = settings.get(Setting.SETUP_DIGEST) or ""
    is_same = hmac.compare_digest(expected, digest_of(token))
    until = settings.get(Setting.SETUP_UNTIL)
    is_fresh = until is not None and datetime.fromisoformat(until) > now()
    return LinkState.VALID if is_same and is_fresh else LinkState.WRONG


def digest_of(token: str) -> str:
    """Return the digest of a token, which is stored instead of it."""
    return hashlib.sha256(token.encode()).hexdigest()
