"""Changes that people make to their own accounts."""

from zoneinfo import available_timezones

from flask_babel import gettext as _
from sqlalchemy import update

from app.errors import Forbidden, Invalid
from app.extensions import db
from app.i18n import LANGUAGE_NAMES
from app.models import AccessScope, Account
from app.operations import audit, versions
from app.rules import names
from app.transaction import operation, touch_access

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
        raise Forbidden(_("The administrators of your domain keep your name."), code="not_own_name")
    name = names.checked_guest_name(name)
    account = versions.lock_row(actor)
    before = account.name
    if name == before:
        return
    account.name = name
    touch_access(AccessScope.ACCOUNT, actor.id)
    audit.record(actor, "account.update", actor, before={"name": before}, after={"name": name})
