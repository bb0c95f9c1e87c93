"""The forms of a domain."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import DateInput

from app.blueprints.features import FeatureFields
from app.blueprints.forms import LimitField
from app.blueprints.versioned import VersionedForm
from app.models import Domain, DomainState
from app.rules.domains import Feature
from app.text.parsing import parse_day

LANGUAGES = [
    SelectChoice("", _l("Chosen by each person")),
    SelectChoice("fr", "Français"),
    SelectChoice("en", "English"),
]
STATES = [
    SelectChoice(DomainState.ACTIVE.value, _l("Active")),
    SelectChoice(DomainState.SUSPENDED.value, _l("Suspended")),
]
TOO_LONG = _l("This is too long.")


class NewDomainForm(FlaskForm):
    """A domain to make."""

    name = StringField(
        _l("Domain name"), [InputRequired(_l("This cannot be empty.")), Length(max=253, message=TOO_LONG)]
    )
    description = StringField(_l("Description"), [Length(max=500, message=TOO_LONG)])


class DayField(StringField):
    """A day, as 2026-01-31, or nothing."""

    widget = DateInput()

    def pre_validate(self, form):  # noqa: ARG002 (WTForms passes it by name)
        if self.data and parse_day(self.data) is None:
            raise ValidationError(_l("Give a day, or leave this empty."))


class DomainForm(FeatureFields, VersionedForm):
    """A domain's properties, its features and policies among them."""

    description = TextAreaField(_l("Description"), [Length(max=500, message=TOO_LONG)])
    language = SelectField(_l("Language"), choices=LANGUAGES)
    state = SelectField(_l("State"), choices=STATES)
    expires_on = DayField(_l("Last day"))
    members_may_invite_guests = BooleanField(
        _l("Members may invite guests"),
        description=_l("People who may write in a room may invite people from outside."),
    )
    guest_days = LimitField(
        _l("Length of a guest account, in days"), description=_l("By default. Empty: without end.")
    )
    guest_days_longest = LimitField(
        _l("Maximum length of a guest account, in days"), description=_l("Empty: no maximum.")
    )


class DomainLimitsForm(VersionedForm):
    """Limits on the people of a domain."""

    account_limit = LimitField(_l("Maximum number of accounts"))
    guest_limit = LimitField(_l("Maximum number of guests"))


def values_of(domain: Domain) -> dict:
    """Return what the form shows of a domain."""
    return {
        "description": domain.description or "",
        "language": domain.language or "",
        "state": domain.state.value,
        "expires_on": last_day(domain.expires_at),
        "members_may_invite_guests": domain.members_may_invite_guests,
        "guest_days": domain.guest_days,
        "guest_days_longest": domain.guest_days_longest,
        **{feature.value: getattr(domain, f"has_{feature}") for feature in Feature},
    }


def limits_of(domain: Domain) -> dict:
    """Return what the form of limits shows of a domain."""
    return {"account_limit": domain.account_limit, "guest_limit": domain.guest_limit}


def wanted(form: DomainForm, *, is_server_wide: bool) -> dict:
    """Return what the form wants of a domain, beside its features.

    What is not theirs to say is not in a person's form.
    """
    own = ["description", "language", "members_may_invite_guests", "guest_days"]
    values = {name: form[name].data for name in own}
    if is_server_wide:
        values |= {"state": form.state.data, "guest_days_longest": form.guest_days_longest.data}
        values["expires_at"] = end_of(form.expires_on.data)
    return values


def last_day(moment: datetime | None) -> str:
    """Return the last day before a moment, where this server is."""
    return "" if moment is None else (moment.astimezone(_zone()) - timedelta(seconds=1)).date().isoformat()


def end_of(day: str | None) -> datetime | None:
    """Return the moment at which a day is over, where this server is."""
    last = parse_day(day)
    if last is None:
        return None
    return datetime.combine(last + timedelta(days=1), time(), _zone()).astimezone(UTC)


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"])
