"""Changes that people make to their own accounts."""

import secrets
from zoneinfo import available_timezones

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from app import limits
from app.background import KeyedLock, run_in_thread
from app.errors import Forbidden, Invalid
from app.extensions import db
from app.i18n import LANGUAGE_NAMES
from app.integrations import images
from app.models import AccessScope, Account, Picture
from app.operations import audit, locks
from app.operations.locks import execute_update
from app.rules.accounts import names
from app.rules.guests import policy
from app.rules.rights import scope
from app.transaction import operation, release_connection, touch_access

THEMES = ("system", "light", "dark")


@operation(audited=False)
def choose_language(actor: Account, language: str) -> None:
    """Set the language of all texts. Error: Invalid for a language without a catalogue."""
    if language not in LANGUAGE_NAMES:
        raise Invalid(code="unknown_language", field="language")
    statement = update(Account).where(Account.id == actor.id).values(language=language)
    db.session.execute(statement, execution_options={"synchronize_session": "fetch"})


@operation(audited=False)
def choose_options(
    actor: Account, *, language: str | None, theme: str, time_zone: str | None, enter_sends: bool
) -> None:
    """Set a person's options. language: None for the browser's; time_zone: None for the server's. Error: Invalid."""
    if language is not None and language not in LANGUAGE_NAMES:
        raise Invalid(code="unknown_language", field="language")
    if theme not in THEMES:
        raise Invalid(code="unknown_theme", field="theme")
    if time_zone is not None and time_zone not in available_timezones():
        raise Invalid(code="unknown_time_zone", field="time_zone")
    values = {"language": language, "theme": theme, "time_zone": time_zone, "enter_sends": enter_sends}
    statement = update(Account).where(Account.id == actor.id).values(**values)
    db.session.execute(statement, execution_options={"synchronize_session": "fetch"})


@operation
def rename_own_account(actor: Account, name: str) -> None:
    """Change a guest's own name. The names of other people are their administrators' to change.

    Errors: Invalid, Forbidden.
    """
    if not actor.is_guest:
        raise Forbidden(_("The administrators of your domain manage your name."), code="not_own_name")
    name = names.checked_guest_name(name)
    account = locks.lock_row(actor)
    before = account.name
    if name == before:
        return
    account.name = name
    touch_access(AccessScope.ACCOUNT, actor.id)
    audit.record(actor, "account.update", actor, before={"name": before}, after={"name": name})


# A decoded picture takes up to 64 MB: one at a time in a process.
_decoding = KeyedLock()


def set_picture(actor: Account, account: Account, data: bytes) -> str:
    """Set the picture of a person and return its token.

    data: a PNG, JPEG, WebP or GIF file. Errors: Invalid if it cannot be read; NotFound, Forbidden, TooMany.
    """
    _require_may_change(actor, account)
    limits.count_picture(actor.id)
    # Decoding takes long: it comes before the transaction, and no connection to the database is held meanwhile.
    release_connection()
    try:
        with _decoding.of("picture"):
            image = run_in_thread(images.squared, data)
    except images.TooManyPixels as error:
        raise Invalid(
            _(
                "This picture is too large: %(most)s million pixels at most, %(jpeg)s as JPEG.",
                most=images.PIXELS // 1_000_000,
                jpeg=images.JPEG_PIXELS // 1_000_000,
            ),
            code="picture_too_large",
            field="picture",
        ) from error
    except images.NotAPicture as error:
        raise Invalid(
            _("This picture cannot be read. Use PNG, JPEG, WebP or GIF."),
            code="bad_picture",
            field="picture",
        ) from error
    return _store_picture(actor, account, image)


@operation
def remove_picture(actor: Account, account: Account) -> None:
    """Remove the picture of a person: their initials are shown instead."""
    _require_may_change(actor, account)
    if not _has_picture(account):
        return
    _delete_picture(account)
    audit.record(actor, "account.picture", account, before={"picture": True}, after={"picture": False})


@operation
def _store_picture(actor: Account, account: Account, image: bytes) -> str:
    _require_may_change(actor, account)
    _delete_picture(account)
    token = secrets.token_hex(16)
    db.session.add(Picture(account_id=account.id, token=token, content=image))
    _set_token(account, token)
    audit.record(actor, "account.picture", account, after={"picture": True})
    return token


def _require_may_change(actor: Account, account: Account) -> None:
    if actor.id == account.id:
        return
    find = policy.find_guest if account.is_guest else scope.find_account
    scope.require_may_touch(actor, find(actor, account.id))


def _has_picture(account: Account) -> bool:
    """Return whether the account has a picture, whose row is locked."""
    statement = select(Picture.id).where(Picture.account_id == account.id).with_for_update()
    return db.session.scalar(statement) is not None


def _delete_picture(account: Account) -> None:
    execute_update(delete(Picture).where(Picture.account_id == account.id))
    _set_token(account, None)


def _set_token(account: Account, token: str | None) -> None:
    # The row version stays: a form over the account that is open elsewhere remains valid.
    statement = update(Account).where(Account.id == account.id).values(picture=token)
    execute_update(statement, synchronize="fetch")
