"""What people choose for themselves."""

from sqlalchemy import update

from app.errors import Invalid
from app.extensions import db
from app.i18n import LANGUAGE_NAMES
from app.models import Account
from app.transaction import operation


@operation(audited=False)
def choose_language(actor: Account, language: str) -> None:
    """Read everything in another language. Error: Invalid, if the product does not speak it."""
    if language not in LANGUAGE_NAMES:
        raise Invalid(code="unknown_language", field="language")
    statement = update(Account).where(Account.id == actor.id).values(language=language)
    db.session.execute(statement, execution_options={"synchronize_session": "fetch"})
