"""Submitted forms: validation, refusals shown in the form again, fields that several forms share."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from flask import Response, abort
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import TextInput

from app.errors import Conflict, Refusal

Refusals = type[Refusal] | tuple[type[Refusal], ...]

NOT_A_NUMBER = _l("Give a whole number, or leave this empty.")
# The largest value of an integer column.
LARGEST_NUMBER = 2**31 - 1


class LimitField(IntegerField):
    """A limit: a whole number, or nothing. The operation decides whether the number makes sense."""

    widget = TextInput()

    def process_formdata(self, valuelist):
        text = "".join(valuelist[0].split()) if valuelist else ""
        if text and not (text.isascii() and text.isdigit() and int(text[:20]) <= LARGEST_NUMBER):
            self.data = None
            raise ValueError(NOT_A_NUMBER)
        self.data = int(text) if text else None


def options(labels: Mapping) -> list[SelectChoice]:
    """Return the choices of a select field from a mapping of values to labels."""
    return [SelectChoice(value, label) for value, label in labels.items()]


@contextmanager
def submission(
    form: FlaskForm,
    show: Callable[..., Response],
    *,
    current: Callable[[], tuple] | None = None,
    status: int | None = None,
    passing: Refusals = (),
) -> Iterator[None]:
    """Validate a form and run the body of the `with`; show the form again if it is invalid or the body is refused.

    show(status, **context): the page with the form. current: version and values of the row behind a VersionedForm,
    read again after a conflict; show is then given `theirs`. status and passing: as in refusals_to.
    """
    if not form.validate():
        abort(show(422))

    def show_again(answer: int, problem: Refusal) -> Response:
        if current is not None and isinstance(problem, Conflict):
            return show(422, theirs=form.meet(*current()))
        put_refusal(form, problem)
        return show(answer)

    with refusals_to(show_again, status=status, passing=passing):
        yield


@contextmanager
def refusals_to(
    show: Callable[..., Response],
    *,
    status: int | None = None,
    only: Refusals = Refusal,
    passing: Refusals = (),
) -> Iterator[None]:
    """Answer with show(status, problem=refusal) if the body of the `with` is refused.

    status: instead of the refusal's own. only: the kinds that are shown; others, and those in passing, are raised.
    """
    try:
        yield
    except only as refusal:
        if isinstance(refusal, passing):
            raise
        response = show(status or refusal.status, problem=refusal)
        if refusal.retry_after:
            response.headers["Retry-After"] = str(refusal.retry_after)
    else:
        return
    # Outside of the except clause: the refusal is answered and must not travel along as the context.
    abort(response)


def put_refusal(form: FlaskForm, refusal: Refusal) -> None:
    """Put a refusal's sentence at the field it names, or above the whole form."""
    field = form[refusal.field] if refusal.field and refusal.field in form else None
    if field is None:
        form.form_errors = [*form.form_errors, refusal.sentence]
    else:
        field.errors = [*field.errors, refusal.sentence]
