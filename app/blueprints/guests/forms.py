"""Form of a guest's information."""

from datetime import UTC, datetime, time

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.blueprints.forms import options
from app.blueprints.versioned import VersionedForm
from app.errors import Invalid
from app.i18n import LANGUAGE_NAMES, time_zone
from app.models import Account, AccountState
from app.queries.accounts import own
from app.text import parsing

STATES = {
    AccountState.ENABLED: _l("Enabled"),
    AccountState.MUTED: _l("Read only"),
    AccountState.DISABLED: _l("Suspended"),
}
LIVES = {
    "unverified": _l("Address not confirmed"),
    "dormant": _l("Dormant: in no room"),
    "soon": _l("Ends within 14 days"),
    "ended": _l("Ended"),
    "orphan": _l("Without an active sponsor"),
}
TOO_LONG = _l("This is too long.")
CARD = ("first_name", "last_name", "notes")


class GuestForm(VersionedForm):
    """A guest's information."""

    first_name = StringField(_l("First name"), [Length(max=200, message=TOO_LONG)])
    last_name = StringField(_l("Last name"), [Length(max=200, message=TOO_LONG)])
    notes = TextAreaField(_l("Description"), [Length(max=500, message=TOO_LONG)])
    name = StringField(
        _l("Displayed name"),
        [InputRequired(_l("This cannot be empty.")), Length(max=200, message=TOO_LONG)],
    )
    state = SelectField(_l("State"), choices=options(STATES))
    language = SelectField(
        _l("Language"),
        choices=options({"": _l("Chosen by the person"), **LANGUAGE_NAMES}),
    )
    expires_at = StringField(_l("End of the account"), [Length(max=10)], description=_l("Empty: never."))
    sponsor = StringField(
        _l("Sponsor"),
        [Length(max=320)],
        description=_l("The address of the account that sponsors the guest."),
    )
    password = PasswordField(
        _l("New password"),
        [Length(max=1000, message=TOO_LONG)],
        description=_l("Ten characters or more. Every device of this person must sign in again."),
    )

    def wanted(self, guest: Account) -> dict:
        """Return what the form wants of a guest, beside the sponsor."""
        names = ("name", "state", "language", "first_name", "last_name", "notes")
        values = {name: self[name].data for name in names} | {"password": self.password.data or None}
        if self.expires_at.data != day_of(guest.expires_at):
            values["expires_at"] = _end_of(self.expires_at.data or "")
        return values


def values_of(guest: Account, sponsor: Account | None) -> dict:
    """Return what the form shows of a guest."""
    card = own.facts_of(own.card_of(guest))
    return {
        **{name: card[name] or "" for name in CARD},
        "name": guest.name,
        "state": guest.state.value,
        "language": guest.language or "",
        "expires_at": day_of(guest.expires_at),
        "sponsor": sponsor.address if sponsor else "",
    }


def day_of(moment: datetime | None) -> str:
    """Return the day on which an account ends, where the administrator is, as its field writes it."""
    return moment.astimezone(time_zone()).date().isoformat() if moment else ""


def _end_of(day: str) -> datetime | None:
    """Return the end of a day. Error: Invalid."""
    if not day:
        return None
    parsed = parsing.parse_day(day)
    if parsed is None:
        raise Invalid(_("This is not a day."), code="bad_day", field="expires_at")
    return datetime.combine(parsed, time(23, 59), time_zone()).astimezone(UTC)
