"""What every form does with a refusal."""

from flask_wtf import FlaskForm

from app.errors import Refusal


def put_refusal(form: FlaskForm, refusal: Refusal) -> None:
    """Show a refusal at the field it is about, else above the whole form.
    The view then answers refusal.status."""
    field = form[refusal.field] if refusal.field and refusal.field in form else None
    if field is None:
        form.form_errors = [*form.form_errors, refusal.sentence]
    else:
        field.errors = [*field.errors, refusal.sentence]
