"""The form of a contact card, an account's or a guest's."""

from flask import Response
from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import Length, Optional

from app.blueprints.versioned import VersionedForm
from app.models import Account
from app.queries.accounts import own
from app.rules.accounts.cards import LENGTHS

TOO_LONG = _l("This is too long.")


def _line(name: str, label) -> StringField:
    return StringField(label, [Optional(), Length(max=LENGTHS[name], message=TOO_LONG)])


class CardForm(VersionedForm):
    """A contact card. Fields that belong together are in PARTS."""

    first_name = _line("first_name", _l("First name"))
    last_name = _line("last_name", _l("Last name"))
    title = _line("title", _l("Job title"))
    organisation = _line("organisation", _l("Organisation"))
    department = _line("department", _l("Department"))
    work_phone = _line("work_phone", _l("Work phone"))
    mobile_phone = _line("mobile_phone", _l("Mobile phone"))
    home_phone = _line("home_phone", _l("Home phone"))
    other_email = _line("other_email", _l("Other email address"))
    street = _line("street", _l("Street"))
    postal_code = _line("postal_code", _l("Postal code"))
    city = _line("city", _l("City"))
    region = _line("region", _l("Region"))
    country = _line("country", _l("Country"))
    website = _line("website", _l("Website"))
    notes = TextAreaField(_l("Notes"), [Optional(), Length(max=LENGTHS["notes"], message=TOO_LONG)])

    @property
    def values(self) -> dict:
        """Return what the form wants on the card."""
        return {name: self[name].data for name in LENGTHS}


# Headings of the page, with their fields.
PARTS = (
    (_l("Identity"), ("first_name", "last_name", "title", "organisation", "department")),
    (_l("Phones and addresses"), ("work_phone", "mobile_phone", "home_phone", "other_email", "website")),
    (_l("Postal address"), ("street", "postal_code", "city", "region", "country")),
    (_l("Notes"), ("notes",)),
)


def values_of(account: Account) -> tuple[int, dict]:
    """Return what a form shows of an account's card, and the version it shows."""
    card = own.card_of(account)
    return own.version_of(card), {name: value or "" for name, value in own.facts_of(card).items()}


def download(account: Account) -> Response:
    """Return a card as a file."""
    name = account.address.partition("@")[0].encode("ascii", "ignore").decode() or "card"
    response = Response(own.vcard_of(account), content_type="text/vcard; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.vcf"'
    return response
