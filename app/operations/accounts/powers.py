"""Safeguards of administrators' roles."""

from flask_babel import gettext as _
from sqlalchemy import delete, select

from app.errors import Invalid
from app.extensions import db
from app.models import CLOSED, Account, AdministeredDomain, Role


def require_another_server_administrator(account: Account) -> None:
    """Refuse if no other active server administrator exists. Error: Invalid."""
    # The rows are locked: two administrators could otherwise take each other's role at the same moment.
    others = (
        select(Account.id)
        .where(Account.role == Role.SERVER, Account.state.not_in(CLOSED), Account.id != account.id)
        .with_for_update()
    )
    if not db.session.scalars(others).all():
        raise Invalid(
            _("This is the last server administrator."), code="last_server_administrator", field="role"
        )


def remove_administered_domains(account: Account) -> None:
    """Remove the domains that an account administers beside its own."""
    statement = delete(AdministeredDomain).where(AdministeredDomain.account_id == account.id)
    db.session.execute(statement, execution_options={"synchronize_session": "fetch"})
