"""The chat's forms: the composer's for browsers that run no scripts, and those of rooms."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from app.blueprints.forms import LimitField, options
from app.i18n import LANGUAGE_NAMES, language


class MessageForm(FlaskForm):
    """A message. client_id is what makes sending it twice the same as sending it once."""

    body = TextAreaField()
    client_id = HiddenField()


class ChatRoomForm(FlaskForm):
    """A new room. place says what it is and where: "private", or "public:7" and "private:7" for a group."""

    name = StringField(_l("Name of the room"), [Length(max=200)])
    place = RadioField(_l("Visibility"))
    topic = StringField(_l("Topic"), [Length(max=500)], description=_l("Optional: what the room is about."))


class SettingsForm(FlaskForm):
    """A room's name and topic."""

    name = StringField(_l("Name of the room"), [Length(max=200)])
    topic = StringField(_l("Topic"), [Length(max=500)])
    row_version = HiddenField()


class InviteForm(FlaskForm):
    """Addresses to invite into a room, as they were pasted."""

    addresses = TextAreaField(
        _l("Email addresses"),
        [Length(max=20_000)],
        description=_l("One or more: one per line, or separated by commas."),
    )
    personal_line = TextAreaField(_l("A personal note"), [Length(max=500)], description=_l("Optional."))
    language = SelectField(_l("Language of the mail"))

    def __init__(self, *args, **values):
        super().__init__(*args, **values)
        self.language.choices = options(LANGUAGE_NAMES)
        if self.language.data in (None, "None"):
            self.language.data = language()


class GuestSettingsForm(FlaskForm):
    """Settings of a room for its guests: what they see, and for how long they stay."""

    guests_see_history = BooleanField(
        _l("Guests read the conversation from the beginning"),
        description=_l("Otherwise from when they joined."),
    )
    guests_see_members = BooleanField(_l("Guests see who is in the room"))
    guest_days = LimitField(
        _l("Length of a guest’s stay, in days"), description=_l("Empty: as long as their account lasts.")
    )
    row_version = HiddenField()
