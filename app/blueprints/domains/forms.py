"""The forms of a domain."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.blueprints.features import FeatureFields
from app.blueprints.versioned import VersionedForm
from app.models import Domain, DomainState
from app.rules.policies import Feature

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


class DomainForm(FeatureFields, VersionedForm):
    """A domain's properties, its features among them."""

    description = TextAreaField(_l("Description"), [Length(max=500, message=TOO_LONG)])
    language = SelectField(_l("Language"), choices=LANGUAGES)
    state = SelectField(_l("State"), choices=STATES)
    members_may_invite_guests = BooleanField(
        _l("Members may invite guests"),
        description=_l("Who may write in a room may invite people from outside into it."),
    )


def values_of(domain: Domain) -> dict:
    """What the form shows of a domain."""
    return {
        "description": domain.description or "",
        "language": domain.language or "",
        "state": domain.state.value,
        "members_may_invite_guests": domain.members_may_invite_guests,
        **{feature.value: getattr(domain, f"has_{feature}") for feature in Feature},
    }


def wanted(form: DomainForm, *, is_server_wide: bool) -> dict:
    """What the form wants of a domain, beside its features."""
    names = ["description", "language", "members_may_invite_guests"]
    return {name: form[name].data for name in names + (["state"] if is_server_wide else [])}
