"""Forms for signing in and for one's password."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Regexp

REQUIRED = InputRequired(_l("This cannot be empty."))


class SignInForm(FlaskForm):
    """An address, not checked for its shape: it might tell which accounts can exist."""

    address = StringField(_l("Email address"), [REQUIRED, Length(max=320, message=_l("This is too long."))])
    password = PasswordField(_l("Password"), [REQUIRED, Length(max=1000, message=_l("This is too long."))])


class ForgottenForm(FlaskForm):
    """Address of a person who has forgotten their password."""

    address = StringField(
        _l("Email address"),
        [
            REQUIRED,
            Length(max=320, message=_l("This is too long.")),
            Regexp(r"\s*[^@\s]+@[^@\s]+\s*$", message=_l("Write it like name@example.org.")),
        ],
    )


class ChoiceForm(FlaskForm):
    """A new password, twice."""

    password = PasswordField(_l("New password"), [REQUIRED], description=_l("Ten characters or more."))
    confirmation = PasswordField(
        _l("Confirm the password"), [REQUIRED, EqualTo("password", _l("The two passwords differ."))]
    )


class PasswordForm(FlaskForm):
    """The old password, and the new one twice."""

    current = PasswordField(_l("Current password"), [REQUIRED])
    password = PasswordField(_l("New password"), [REQUIRED], description=_l("Ten characters or more."))
    confirmation = PasswordField(
        _l("Confirm the password"), [REQUIRED, EqualTo("password", _l("The two passwords differ."))]
    )
