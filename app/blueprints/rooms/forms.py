"""The forms of a room."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from app.blueprints.versioned import VersionedForm

REQUIRED = InputRequired(_l("This cannot be empty."))
TOO_LONG = _l("This is too long.")


class NewRoomForm(FlaskForm):
    """A public room to make."""

    name = StringField(_l("Room name"), [REQUIRED, Length(max=200, message=TOO_LONG)])
    topic = StringField(_l("Topic"), [Length(max=500, message=TOO_LONG)])


class RoomForm(VersionedForm):
    """Name and topic of a room."""

    name = StringField(_l("Room name"), [REQUIRED, Length(max=200, message=TOO_LONG)])
    topic = StringField(_l("Topic"), [Length(max=500, message=TOO_LONG)])


def values_of(room) -> dict:
    """Return what the form shows of a room."""
    return {"name": room.name, "topic": room.topic or ""}
