"""Content of messages: allowed texts, and the people they mention."""

import unicodedata
import uuid
from collections.abc import Iterable

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import insert, select

from app import text
from app.errors import Invalid
from app.extensions import db
from app.models import Account, Domain, Group, Mention, Room
from app.rules.rights import Right, access

# General categories of Unicode that leave no mark: spaces, line ends, marks of direction and of width zero.
UNSEEN = ("Cc", "Cf", "Zs", "Zl", "Zp")


def checked_body(body: object) -> str:
    """Return a message's text, without trailing space and of allowed length. Error: Invalid."""
    body = _storable(body) if isinstance(body, str) else ""
    if all(unicodedata.category(sign) in UNSEEN for sign in body):
        raise Invalid(_("Write something first."), code="empty", field="body")
    maximum = current_app.config["MESSAGE_LENGTH"]
    if len(body) > maximum:
        raise Invalid(
            _(
                "This message is too long: %(count)s characters, %(maximum)s at most.",
                count=len(body),
                maximum=maximum,
            ),
            code="too_long",
            field="body",
        )
    return body


def _storable(body: str) -> str:
    """Without what no database keeps: the null character, and halves of characters that a program may send."""
    whole = body.encode("utf-8", "replace").decode()
    return whole.replace("\r\n", "\n").replace("\x00", "").rstrip()


def checked_client_id(client_id: str | None) -> str:
    """Return the client's mark of a message as a UUID in its usual form; a new one if there is none.

    Error: Invalid.
    """
    if client_id is None:
        return str(uuid.uuid4())
    try:
        return str(uuid.UUID(client_id))
    except (ValueError, AttributeError, TypeError):
        raise Invalid(
            _("The identifier of this message is not valid."), code="bad_client_id", field="client_id"
        ) from None


def people_mentioned(body: str, actor: Account, room_id: int, epoch: int) -> dict[str, Account]:
    """Return the people a text mentions, by the name used, among those who can read the room.

    At most 50 names are looked at. epoch: of access, read under the room's lock.
    """
    names = sorted(text.mentioned_names(body))[:50] if "@" in body else []
    if not names:
        return {}
    home = _home(actor, room_id)
    by_address = {name if "@" in name else f"{name}@{home}": name for name in names}
    accounts = db.session.scalars(select(Account).where(Account.address.in_(by_address))).all()
    readers = [
        account for account in accounts if access.rights_in(account, room_id, epoch=epoch) & Right.ITEMS_READ
    ]
    return {by_address[account.address]: account for account in readers}


def _home(actor: Account, room_id: int) -> str:
    """Return the domain that a name without one belongs to: one's own, for a guest that of the room's group."""
    if not actor.is_guest:
        return actor.domain.name
    statement = (
        select(Domain.name).join(Group, Group.domain_id == Domain.id).join(Room, Room.group_id == Group.id)
    )
    return db.session.scalar(statement.where(Room.id == room_id)) or actor.domain.name


def insert_mentions(message_id: int, accounts: Iterable[Account]) -> None:
    """Keep who is named in a message, each once."""
    rows = [
        {"message_id": message_id, "account_id": account_id}
        for account_id in {account.id for account in accounts}
    ]
    if rows:
        db.session.execute(insert(Mention), rows)
