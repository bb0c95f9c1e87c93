"""Changes of one's own password, also by a mailed link."""

from datetime import timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select, update

from app.errors import Invalid, NotFound
from app.extensions import db
from app.identity import SYSTEM, origin
from app.models import Account, now
from app.operations import audit, jobs, mail, sessions
from app.operations.locks import execute_update
from app.operations.sessions import count_attempt, count_link_request, reset_attempts
from app.rules.accounts import addresses, passwords
from app.rules.accounts.passwords import hash_new_password
from app.rules.server import settings
from app.transaction import operation

PASSWORD_LINK_JOB = "password_link"


def change_own_password(actor: Account, current: str, new: str) -> None:
    """Change the actor's own password. All their other sessions end, and a mail tells them.

    Errors: Invalid, TooMany.
    """
    device = f"session:{actor.session_id}" if actor.session_id else None
    count_attempt(actor.address, origin().ip, device)
    if not passwords.verify_password(actor.password_hash, current):
        raise Invalid(_("This is not your current password."), code="wrong_password", field="current")
    reset_attempts(actor.address, origin().ip, device)
    _store_own_password(actor, hash_new_password(new, name=actor.name, address=actor.address))


@operation(audited=False)
def request_password_link(address: str) -> None:
    """Request a link to choose a new password. Errors: TooMany; Invalid without a mail server."""
    # The same happens for every address, known or not: the worker finds out whose it is.
    require_mail()
    address = addresses.normalise(address)
    count_link_request(address, origin().ip)
    jobs.enqueue(PASSWORD_LINK_JOB, address=address)


@operation
def send_requested_link(address: str) -> None:
    """Mail a requested link, if an active account has the address."""
    account = db.session.scalars(select(Account).where(Account.address == address)).one_or_none()
    if account is None or not account.is_active:
        return
    queue_link(account, passwords.FORGOTTEN)
    audit.record(SYSTEM, "account.password_link", account)


def queue_link(account: Account, life: timedelta, *, is_from_administrator: bool = False) -> None:
    """Queue the mail with a link to choose a password, valid for this time and once. Only inside an operation."""
    until = max(now() + life, account.password_link_until or now())
    update_unversioned(account, password_link_until=until)
    mail.queue(
        account,
        "password_link",
        about=("account", account.id),
        account_id=account.id,
        is_from_administrator=is_from_administrator,
    )


def require_mail(field: str | None = None) -> None:
    """Refuse if this server cannot send mails. Error: Invalid. A demonstration shows them in WebAdmin instead."""
    if settings.mail_server() is None and not current_app.config["DEMO"]:
        raise Invalid(
            _("This server sends no mails. Ask your administrator."), code="no_mail_server", field=field
        )


def choose_password(token: str, new: str) -> Account:
    """Choose a password by a mailed link, which ends. All sessions end. Errors: NotFound, Invalid."""
    account = passwords.account_of_password_link(token)
    if account is None:
        raise NotFound()
    return _store_chosen_password(account, hash_new_password(new, name=account.name, address=account.address))


@operation
def _store_chosen_password(account: Account, password_hash: str) -> Account:
    # The generation is compared in the statement: of two people who use the same link at once, one is too late.
    is_unchanged = (Account.id == account.id, Account.password_generation == account.password_generation)
    values = {"password_hash": password_hash, **values_ending_links(account)}
    statement = update(Account).where(*is_unchanged, Account.password_link_until > now()).values(**values)
    if execute_update(statement) != 1:
        raise NotFound()
    db.session.refresh(account)
    reset_attempts(account.address, origin().ip)
    _announce_change(account)
    return account


@operation
def _store_own_password(actor: Account, password_hash: str) -> None:
    update_unversioned(actor, password_hash=password_hash, **values_ending_links(actor))
    _announce_change(actor, but=actor.session_id)


def _announce_change(account: Account, but: int | None = None) -> None:
    sessions.revoke_all_sessions(account, account, but=but)
    mail.queue(account, "password_changed", ip=origin().ip)
    audit.record(account, "account.password", account)


def values_ending_links(account: Account) -> dict[str, Any]:
    """Return the column values that end all links to choose a password."""
    return {"password_generation": account.password_generation + 1, "password_link_until": None}


def update_unversioned(account: Account, **values: Any) -> None:
    """Update an account without changing its row version, so that forms over it stay valid."""
    statement = update(Account).where(Account.id == account.id).values(**values)
    execute_update(statement, synchronize="fetch")
