"""Pictures of people: their own to change, or their administrator's."""

import secrets

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from app import limits
from app.background import KeyedLock, run_in_thread
from app.errors import Invalid
from app.extensions import db
from app.integrations import images
from app.models import Account, Picture
from app.operations import audit
from app.rules import guests, scope
from app.transaction import operation, release_connection

# A decoded picture takes up to 64 MB: one at a time in a process.
_decoding = KeyedLock()


def set_picture(actor: Account, account: Account, data: bytes) -> str:
    """Give somebody a picture, and get its token. Errors: Invalid when it cannot be read, NotFound outside of scope,
    TooMany.

    data: a PNG, JPEG, WebP or GIF file. It is decoded before the transaction begins: that takes a while, and meanwhile
    no connection to the database is held.
    """
    _require_may_change(actor, account)
    limits.count_picture(actor.id)
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
            _("This is not a picture that can be read. PNG, JPEG, WebP and GIF can."),
            code="bad_picture",
            field="picture",
        ) from error
    return _keep(actor, account, image)


@operation
def remove_picture(actor: Account, account: Account) -> None:
    """Take somebody's picture away: their initials stand in its place. Without a picture nothing happens."""
    _require_may_change(actor, account)
    if not _has_picture(account):
        return
    _forget(account)
    audit.record(actor, "account.picture", account, before={"picture": True}, after={"picture": False})


@operation
def _keep(actor: Account, account: Account, image: bytes) -> str:
    _require_may_change(actor, account)
    _forget(account)
    token = secrets.token_hex(16)
    db.session.add(Picture(account_id=account.id, token=token, content=image))
    _name(account, token)
    audit.record(actor, "account.picture", account, after={"picture": True})
    return token


def _require_may_change(actor: Account, account: Account) -> None:
    if actor.id == account.id:
        return
    find = guests.find_guest if account.is_guest else scope.find_account
    scope.require_may_touch(actor, find(actor, account.id))


def _has_picture(account: Account) -> bool:
    """Return whether there is one, under the lock of its row."""
    statement = select(Picture.id).where(Picture.account_id == account.id).with_for_update()
    return db.session.scalar(statement) is not None


def _forget(account: Account) -> None:
    gone = delete(Picture).where(Picture.account_id == account.id)
    db.session.execute(gone, execution_options={"synchronize_session": False})
    _name(account, None)


def _name(account: Account, token: str | None) -> None:
    """Not through the row's version: a form over the account that is open elsewhere stays good."""
    named = update(Account).where(Account.id == account.id).values(picture=token)
    db.session.execute(named, execution_options={"synchronize_session": "fetch"})
