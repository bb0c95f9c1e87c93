"""The forms of the licence: one this server gives itself, or a signed one to install."""

from datetime import UTC, datetime, time, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from app.errors import Invalid
from app.i18n import time_zone
from app.models import now
from app.operations.licenses import LicenseTerms
from app.rules.licenses import LONGEST, MOST_SEATS, LicenseFacts
from app.text.parsing import parse_day

REQUIRED = InputRequired(_l("This cannot be empty."))
A_YEAR = timedelta(days=365)


class IssueForm(FlaskForm):
    """A licence this server gives itself; filled in, so that the button is all it takes."""

    holder = StringField(_l("Holder"), [REQUIRED, Length(max=200, message=_l("This is too long."))])
    seats = IntegerField(
        _l("Seats"), [REQUIRED, NumberRange(1, MOST_SEATS, _l("Between 1 and 10,000,000 seats."))]
    )
    valid_until = DateField(_l("Valid until"), [REQUIRED])

    @classmethod
    def suggested(cls, license: LicenseFacts | None) -> "IssueForm":
        """As one would fill it in: the same holder, room to grow, a year."""
        form = cls(formdata=None)
        form.holder.data = license.holder if license else ""
        form.seats.data = max(100, license.seats, license.used * 2) if license else 100
        form.valid_until.data = now().astimezone(time_zone()).date() + A_YEAR
        return form

    def terms(self) -> LicenseTerms:
        """Return what was filled in.

        It is valid until that day is over where the person lives. Error: Invalid.
        """
        if parse_day(self.valid_until.data.isoformat()) is None:
            raise Invalid(_("This is not a day."), code="bad_day", field="valid_until")
        end = datetime.combine(self.valid_until.data, time(23, 59, 59), time_zone())
        return LicenseTerms(self.holder.data, self.seats.data, end.astimezone(UTC))


class InstallForm(FlaskForm):
    """A signed licence, pasted or as a file."""

    # Whether the licence was refused because it gives less than the one in force.
    gives_less = False

    document = TextAreaField(
        _l("Licence"),
        [Length(max=LONGEST, message=_l("This is too long."))],
        description=_l("Paste the whole text, with its first and last line."),
    )
    file = FileField(_l("Or choose its file"))
    accepts_less = BooleanField(_l("Install it anyway"))

    def text(self) -> str:
        """Return the licence: what was pasted, else what stands in the file; it is then shown where it is pasted."""
        if not self.document.data and self.file.data:
            self.document.data = self.file.data.read(LONGEST).decode("utf-8", "replace")
        return self.document.data or ""
