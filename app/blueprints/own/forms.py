"""Forms for one's own data and options."""

from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.blueprints.forms import options
from app.i18n import LANGUAGE_NAMES

THEMES = {"system": _l("System"), "light": _l("Light"), "dark": _l("Dark")}

ENTER = {
    "sends": _l("Enter sends, Shift+Enter begins a new line"),
    "breaks": _l("Enter begins a new line, Ctrl+Enter sends"),
}


class NameForm(FlaskForm):
    """A guest's own name."""

    name = StringField(
        _l("Name"), [InputRequired(_l("Give a name.")), Length(max=200, message=_l("This is too long."))]
    )


class PictureForm(FlaskForm):
    """One's picture."""

    picture = FileField(_l("Picture"), description=_l("PNG, JPEG, WebP or GIF, up to 8 MB."))


class OptionsForm(FlaskForm):
    """Personal options."""

    language = SelectField(_l("Language"))
    theme = RadioField(_l("Theme"))
    time_zone = SelectField(
        _l("Time zone"), description=_l("For the times that the server shows, in mails too.")
    )
    enter = RadioField(_l("The Enter key in the composer"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.language.choices = options({"": _l("As in the browser"), **LANGUAGE_NAMES})
        self.theme.choices = options(THEMES)
        self.time_zone.choices = options({"": _l("The server’s"), **{zone: zone for zone in _zones()}})
        self.enter.choices = options(ENTER)


def _zones() -> list[str]:
    """Return names of places, without the old ones that mean the same."""
    return sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
