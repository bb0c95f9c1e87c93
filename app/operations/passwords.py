"""One's own password."""

from flask_babel import gettext as _
from sqlalchemy import update

from app.errors import Invalid
from app.extensions import db
from app.identity import origin
from app.models import Account
from app.operations import audit, mails, sessions
from app.operations.sign_in_limits import count_attempt, forgive
from app.rules import hashing
from app.rules import passwords as rules
from app.transaction import operation


def change_own_password(actor, current: str, new: str) -> None:
    """Change one's own password. Every other device is signed out, and a mail says so."""
    count_attempt(actor.address, origin().ip)
    if not hashing.matches(actor.password_hash, current):
        raise Invalid(_("This is not your current password."), code="wrong_password", field="current")
    forgive(actor.address, origin().ip)
    _keep(actor, rules.hashed_new(new, name=actor.name, address=actor.address))


@operation
def _keep(actor: Account, kept: str) -> None:
    """Written past the row version: one's own password does not disturb an administrator who edits
    the account."""
    statement = update(Account).where(Account.id == actor.id).values(password_hash=kept)
    db.session.execute(statement, execution_options={"synchronize_session": "fetch"})
    sessions.revoke_all(actor, actor, but=actor.session_id)
    mails.queue(actor, "password_changed", ip=origin().ip)
    audit.record(actor, "account.password", actor)
