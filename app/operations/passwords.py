"""One's own password: changed, forgotten, chosen by a mailed link."""

from datetime import timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select, update

from app.errors import Invalid, NotFound
from app.extensions import db
from app.identity import SYSTEM, origin
from app.models import Account, now
from app.operations import audit, jobs, mails, sessions
from app.operations.sign_in_limits import count_attempt, count_link_request, reset_attempts
from app.queries import settings
from app.rules import addresses, hashing, password_links
from app.rules import passwords as rules
from app.transaction import operation

PASSWORD_LINK_JOB = "password_link"


def change_own_password(actor, current: str, new: str) -> None:
    """Change one's own password. Every other device is signed out, and a mail says so."""
    device = f"session:{actor.session_id}" if actor.session_id else None
    count_attempt(actor.address, origin().ip, device)
    if not hashing.matches(actor.password_hash, current):
        raise Invalid(_("This is not your current password."), code="wrong_password", field="current")
    reset_attempts(actor.address, origin().ip, device)
    _keep(actor, rules.hashed_new(new, name=actor.name, address=actor.address))


@operation(audited=False)
def request_password_link(address: str) -> None:
    """Ask for a link to choose a new password. What is done here is the same for every address, known or not: the
    worker looks whose it is. Error: TooMany."""
    require_mail()
    address = addresses.normalise(address)
    count_link_request(address, origin().ip)
    jobs.enqueue(PASSWORD_LINK_JOB, address=address)


@operation
def send_requested_link(address: str) -> None:
    """Mail the link that was asked for, if somebody who may sign in has the address."""
    account = db.session.scalars(select(Account).where(Account.address == address)).one_or_none()
    if account is None or not account.is_active:
        return
    queue_link(account, password_links.FORGOTTEN)
    audit.record(SYSTEM, "account.password_link", account)


def queue_link(account: Account, life: timedelta, *, is_from_administrator: bool = False) -> None:
    """Have the link mailed; it counts for as long as life says, and once. Only inside of an operation."""
    until = max(now() + life, account.password_link_until or now())
    update_unversioned(account, password_link_until=until)
    mails.queue(
        account,
        "password_link",
        about=("account", account.id),
        account_id=account.id,
        is_from_administrator=is_from_administrator,
    )


def require_mail(field: str | None = None) -> None:
    """Refuse what needs mails where none can leave. In a demonstration they are read in WebAdmin."""
    if settings.mail_server() is None and not current_app.config["DEMO"]:
        raise Invalid(
            _("This server sends no mails. Ask your administrator."), code="no_mail_server", field=field
        )


def choose_password(token: str, new: str) -> Account:
    """Choose a password by a mailed link, which is used by it. Every device is signed out. Error: NotFound."""
    account = password_links.account_of(token)
    if account is None:
        raise NotFound()
    return _choose(account, rules.hashed_new(new, name=account.name, address=account.address))


@operation
def _choose(account: Account, kept: str) -> Account:
    """Of two who use the same link at once, one is too late."""
    seen = (Account.id == account.id, Account.password_generation == account.password_generation)
    values = {"password_hash": kept, **values_ending_links(account)}
    statement = update(Account).where(*seen, Account.password_link_until > now()).values(**values)
    if db.session.execute(statement, execution_options={"synchronize_session": False}).rowcount != 1:
        raise NotFound()
    db.session.refresh(account)
    reset_attempts(account.address, origin().ip)
    _changed(account)
    return account


@operation
def _keep(actor: Account, kept: str) -> None:
    update_unversioned(actor, password_hash=kept, **values_ending_links(actor))
    _changed(actor, but=actor.session_id)


def _changed(account: Account, but: int | None = None) -> None:
    sessions.revoke_all_sessions(account, account, but=but)
    mails.queue(account, "password_changed", ip=origin().ip)
    audit.record(account, "account.password", account)


def values_ending_links(account: Account) -> dict:
    """What ends every link to choose a password that was mailed before."""
    return {"password_generation": account.password_generation + 1, "password_link_until": None}


def update_unversioned(account: Account, **values) -> None:
    """Written past the row version: one's own password does not disturb an administrator who edits the account."""
    statement = update(Account).where(Account.id == account.id).values(**values)
    db.session.execute(statement, execution_options={"synchronize_session": "fetch"})
