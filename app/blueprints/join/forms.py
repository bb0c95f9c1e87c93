"""The forms of joining."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

REQUIRED = InputRequired(_l("This cannot be empty."))
TOO_LONG = _l("This is too long.")


class JoinForm(FlaskForm):
    """Name of the invited person, and the password twice."""

    name = StringField(_l("Name"), [REQUIRED, Length(max=200, message=TOO_LONG)])
    password = PasswordField(_l("New password"), [REQUIRED, Length(max=1000, message=TOO_LONG)])
    confirmation = PasswordField(
        _l("Confirm password"),
        [REQUIRED, EqualTo("password", _l("The two passwords differ."))],
        description=_l("At least 10 characters. A sentence that only you know works well."),
    )


class ConfirmForm(FlaskForm):
    """The password of the new account, where the browser is another one than it was made in."""

    password = PasswordField(_l("Password"), [REQUIRED, Length(max=1000, message=TOO_LONG)])


class ButtonForm(FlaskForm):
    """Nothing but a button."""
