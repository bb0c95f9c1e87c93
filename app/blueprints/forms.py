"""What every form does with a refusal."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import TextInput

from app.errors import Refusal

NOT_A_NUMBER = _l("Give a whole number, or nothing.")
LARGEST_NUMBER = 2**31 - 1
"""What a column of whole numbers holds."""


class LimitField(IntegerField):
    """A limit: a whole number, or nothing at all. Whether the number makes sense is for the operation to say."""

    widget = TextInput()

    def process_formdata(self, valuelist):
        text = "".join(valuelist[0].split()) if valuelist else ""
        if text and not (text.isascii() and text.isdigit() and int(text[:20]) <= LARGEST_NUMBER):
            self.data = None
            raise ValueError(NOT_A_NUMBER)
        self.data = int(text) if text else None


def options(labels: Mapping) -> list[SelectChoice]:
    """What a select offers: its values, each with its label."""
    return [SelectChoice(value, label) for value, label in labels.items()]


def put_refusal(form: FlaskForm, refusal: Refusal) -> None:
    """Show a refusal at the field it is about, else above the whole form.
    The view then answers refusal.status."""
    field = form[refusal.field] if refusal.field and refusal.field in form else None
    if field is None:
        form.form_errors = [*form.form_errors, refusal.sentence]
    else:
        field.errors = [*field.errors, refusal.sentence]
