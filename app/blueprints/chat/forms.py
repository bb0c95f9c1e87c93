"""The chat's forms: the composer's for browsers that run no scripts, and those of rooms."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import Length


class MessageForm(FlaskForm):
    """A message. client_id is what makes sending it twice the same as sending it once."""

    body = TextAreaField()
    client_id = HiddenField()


class RoomForm(FlaskForm):
    """A new room. place says what it is and where: "private", or "public:7" and "private:7" for a group."""

    name = StringField(_l("Name of the room"), [Length(max=200)])
    place = RadioField(_l("Visibility"))
    topic = StringField(_l("Topic"), [Length(max=500)], description=_l("Optional: what the room is about."))


class SettingsForm(FlaskForm):
    """A room's name and topic."""

    name = StringField(_l("Name of the room"), [Length(max=200)])
    topic = StringField(_l("Topic"), [Length(max=500)])
    row_version = HiddenField()
