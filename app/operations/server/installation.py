"""The first installation of a server, by a one-time link."""

import ipaddress
import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app.errors import Forbidden, Invalid
from app.extensions import db
from app.identity import SYSTEM
from app.integrations.mail import MailServer
from app.models import Account, License, LicenseKind, Role, ServerSetting, now
from app.operations import audit
from app.operations.accounts import create_account
from app.operations.accounts.addresses import ensure_internal_domain
from app.operations.domains import create_domain
from app.operations.server.settings import set_mail_server, set_setting
from app.rules.accounts.addresses import checked_domain_name
from app.rules.server import settings
from app.rules.server.readiness import LINK_LIFE, LinkState, digest_of, link_state
from app.rules.server.settings import Setting
from app.transaction import operation

TRIAL = timedelta(days=30)
TRIAL_SEATS = 100


@dataclass(frozen=True)
class InstallationPlan:
    """Values of the installation form. mail: None when it is set later."""

    name: str
    alias: str
    password: str
    domain: str
    host_name: str
    language: str
    mail: MailServer | None = None


@operation
def make_setup_link(actor: Account) -> str:
    """Return the token of a new one-time link for the first installation. The previous link ends.

    Error: Invalid on a server that is installed already.
    """
    if settings.is_installed():
        raise Invalid(_("This server is already installed."), code="installed")
    token = secrets.token_urlsafe(32)
    set_setting(actor, Setting.SETUP_DIGEST, digest_of(token))
    set_setting(actor, Setting.SETUP_UNTIL, (now() + LINK_LIFE).isoformat())
    return token


@operation
def install_server(token: str, plan: InstallationPlan) -> Account:
    """Create the first domain, the server's administrator and everything else that a server needs.

    Return the administrator. Errors: Forbidden for a link that is not valid; Invalid at the field.
    """
    _require_valid(token)
    host_name = checked_host_name(plan.host_name)
    domain = create_domain(SYSTEM, name=plan.domain)
    administrator = create_account(
        SYSTEM,
        domain,
        name=plan.name,
        alias=plan.alias,
        password=plan.password,
        role=Role.SERVER,
        language=plan.language,
    )
    set_setting(SYSTEM, Setting.HOST_NAME, host_name)
    if plan.mail is not None:
        set_mail_server(SYSTEM, plan.mail)
    prepare_server(SYSTEM, holder=domain.name)
    return administrator


@operation
def prepare_server(actor: Account, *, holder: str) -> None:
    """Create the internal domain and the trial license, and mark the server as installed."""
    if settings.is_installed():
        return
    for name in (Setting.SETUP_DIGEST, Setting.SETUP_UNTIL):
        set_setting(actor, name, None)
    set_setting(actor, Setting.INSTALLED_AT, now().isoformat())
    ensure_internal_domain()
    _start_trial(holder)
    audit.record(actor, "server.install", name=holder)


def checked_host_name(text: str) -> str:
    """Return the normalised host name or IP address of the server. Error: Invalid at the field host_name."""
    host = text.strip().strip("[]").lower()
    if host == "localhost":
        return host
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return checked_domain_name(host, field="host_name")


def _require_valid(token: str) -> None:
    # The row of the link is locked: of two people who send the form at once, one installs.
    statement = select(ServerSetting).where(ServerSetting.name == Setting.SETUP_DIGEST).with_for_update()
    db.session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()
    settings.forget()
    if link_state(token) is not LinkState.VALID:
        raise Forbidden(_("This link does not install the server any more."), code="setup_link")


def _start_trial(holder: str) -> None:
    trial = License(
        kind=LicenseKind.TRIAL,
        holder=holder,
        seats=TRIAL_SEATS,
        reference=secrets.token_hex(8).upper(),
        valid_until=now() + TRIAL,
    )
    db.session.add(trial)
