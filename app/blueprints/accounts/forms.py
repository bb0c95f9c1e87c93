"""The forms of an account."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.blueprints.features import FeatureFields
from app.blueprints.versioned import VersionedForm
from app.models import Account, AccountState, Role
from app.rules.domains import Feature

ROLES = {
    Role.USER: _l("User"),
    Role.DOMAIN: _l("Domain administrator"),
    Role.WEB: _l("Web administrator"),
    Role.SERVER: _l("Server administrator"),
}
STATES = {
    AccountState.ENABLED: _l("Enabled"),
    AccountState.MUTED: _l("Read only"),
    AccountState.DISABLED: _l("Disabled"),
}
LANGUAGES = [
    SelectChoice("", _l("Chosen by the person")),
    SelectChoice("fr", "Français"),
    SelectChoice("en", "English"),
]
REQUIRED = InputRequired(_l("This cannot be empty."))
TOO_LONG = _l("This is too long.")
PASSWORD_OR_LINK = _l("Ten characters or more. Left empty, the person is mailed a link to choose one.")


class NewAccountForm(FlaskForm):
    """An account to make. Without an alias one is made from the name."""

    domain = SelectField(_l("Domain"), coerce=int)
    name = StringField(_l("Name"), [REQUIRED, Length(max=200, message=TOO_LONG)])
    alias = StringField(_l("Alias"), [Length(max=64, message=TOO_LONG)])
    password = PasswordField(
        _l("Password"), [Length(max=1000, message=TOO_LONG)], description=PASSWORD_OR_LINK
    )
    role = SelectField(_l("Role"))


class AccountForm(FeatureFields, VersionedForm):
    """An account's information, its features among them."""

    name = StringField(_l("Name"), [REQUIRED, Length(max=200, message=TOO_LONG)])
    language = SelectField(_l("Language"), choices=LANGUAGES)
    role = SelectField(_l("Role"))
    state = SelectField(_l("State"))
    password = PasswordField(
        _l("New password"),
        [Length(max=1000, message=TOO_LONG)],
        description=_l("Ten characters or more. Every device of this person must sign in again."),
    )


def choices(labels: dict, offered) -> list[SelectChoice]:
    """Return what a select offers, in its usual order."""
    return [SelectChoice(value.value, label) for value, label in labels.items() if value in offered]


def values_of(account: Account) -> dict:
    """Return what the form shows of an account."""
    return {
        "name": account.name,
        "language": account.language or "",
        "role": account.role.value,
        "state": account.state.value,
        **{feature.value: getattr(account, f"has_{feature}") for feature in Feature},
    }


def wanted(form: AccountForm) -> dict:
    """Return what the form wants of an account, beside its features."""
    names = ("name", "language", "role", "state")
    return {name: form[name].data for name in names} | {"password": form.password.data or None}
