"""*Mes données* and *Options*: one's data and choices."""

from functools import partial

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from app.blueprints.access_control import me
from app.blueprints.forms import submission
from app.blueprints.own.forms import NameForm, OptionsForm, PictureForm
from app.errors import NotFound
from app.htmx import page, see_other
from app.operations.accounts import own as own_operations
from app.queries import sessions
from app.queries.accounts import own
from app.security import limit_body

blueprint = Blueprint("own", __name__)

# Bytes of a request that brings a picture: 8 MiB of picture, and the form around it.
PICTURE_LIMIT = 8 * 1024 * 1024 + 64 * 1024

YEAR = 365 * 24 * 3600


@blueprint.get("/own/")
def data() -> Response:
    """Show what is kept about oneself."""
    return _data()


@blueprint.post("/own/name")
def rename_myself() -> Response:
    """Rename the signed-in guest, whose name nobody administers."""
    form = NameForm()
    with submission(form, partial(_data, name_form=form)):
        own_operations.rename_own_account(me(), form.name.data)
    return see_other(url_for("own.data"), toast=_("Saved."))


@blueprint.post("/own/picture")
@limit_body(PICTURE_LIMIT)
def set_picture() -> Response:
    """Set one's picture."""
    form = PictureForm()
    with submission(form, partial(_data, picture_form=form)):
        own_operations.set_picture(me(), me(), form.picture.data.read() if form.picture.data else b"")
    return see_other(url_for("own.data"), toast=_("Saved."))


@blueprint.post("/own/picture/remove")
def remove_picture() -> Response:
    """Remove one's picture; initials are shown again."""
    own_operations.remove_picture(me(), me())
    return see_other(url_for("own.data"), toast=_("Saved."))


@blueprint.route("/own/options", methods=["GET", "POST"])
def choose_options() -> Response:
    """Language, theme, time zone, the Enter key."""
    form = OptionsForm()
    if request.method == "GET":
        form.process(data=_chosen())
        return _options(form)
    with submission(form, partial(_options, form)):
        own_operations.choose_options(
            me(),
            language=form.language.data or None,
            theme=form.theme.data,
            time_zone=form.time_zone.data or None,
            enter_sends=form.enter.data == "sends",
        )
    response = see_other(url_for("own.choose_options"), toast=_("Saved."))
    response.set_cookie("theme", form.theme.data, max_age=YEAR, secure=True, samesite="Lax", path="/")
    return response


@blueprint.get("/pictures/<token>")
def picture(token: str) -> Response:
    """Send a picture by its token, which only people who see its owner know. It never changes."""
    image = own.picture(token)
    if image is None:
        raise NotFound()
    response = Response(image, mimetype="image/webp")
    response.cache_control.private, response.cache_control.max_age = True, YEAR
    response.cache_control.immutable = True
    return response


def _data(status: int = 200, **forms) -> Response:
    name_form = forms.get("name_form") or NameForm(formdata=None, name=me().name)
    return page(
        "own/data.html",
        status=status,
        name_form=name_form,
        picture_form=forms.get("picture_form") or PictureForm(formdata=None),
        devices=sessions.devices(me(), me().session_id),
        counts=own.own_counts(me()),
    )


def _options(form: OptionsForm, status: int = 200) -> Response:
    return page("own/options.html", status=status, form=form)


def _chosen() -> dict:
    account = me()
    return {
        "language": account.language or "",
        "theme": account.theme or request.cookies.get("theme") or "system",
        "time_zone": account.time_zone or "",
        "enter": "sends" if account.enter_sends else "breaks",
    }
