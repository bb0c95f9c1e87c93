"""The outbox: every mail with its state, and what can be done about it."""

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import partial

from flask import Blueprint, Response, abort, current_app, make_response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.blueprints import lists
from app.blueprints.access_control import me
from app.blueprints.forms import refusals_to
from app.blueprints.lists import Column, Empty, Filter, ListPage
from app.blueprints.mail import labels
from app.errors import Conflict, NotFound
from app.htmx import page, see_other
from app.mail_rendering import render_mail
from app.models import MailFailure, ServiceName, WorkState
from app.operations import mail as mail_operations
from app.queries import mail as outbox
from app.rules import services
from app.rules.rights import scope
from app.rules.server import settings

blueprint = Blueprint("mail", __name__, url_prefix="/admin/mails")

FILTERS = (
    Filter("state", _l("State"), labels.STATES),
    Filter("template", _l("Kind"), labels.KINDS),
    Filter("failure", _l("Reason"), labels.FAILURES),
)
COLUMNS = (
    Column("recipient", _l("Recipient")),
    Column("template", _l("Kind")),
    Column("state", _l("State")),
    Column("attempts", _l("Attempts")),
    Column("moment", _l("Time")),
)

STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
# A mail that is looked at in its frame: no script, no form, nothing from elsewhere; its links open beside
# it.
MAIL_CONTENT_POLICY = (
    "default-src 'none'; img-src data:; style-src {styles}; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


@blueprint.get("")
def index() -> Response:
    """Show the outbox. Fragments: list."""
    scope.require_server_administrator(me())
    filters: dict[str, Iterable[str]] = {"state": WorkState, "template": labels.KINDS, "failure": MailFailure}
    query = lists.list_query(sorts=("-id",), filters=filters)
    listing = outbox.outbox(query)
    shown = ListPage(
        query,
        listing,
        _("Outbox"),
        COLUMNS,
        ngettext("%(num)s mail", "%(num)s mails", listing.total),
        placeholder=_("Search by recipient"),
        filters=FILTERS,
        no_match=Empty(_("No mail matches."), _("Try fewer or other words, or remove the filters.")),
        empty=Empty(
            _("There are no mails yet."),
            _(
                "Invitations, links to choose a password and notices pass through here. "
                "Mails that were sent stay listed for a month."
            ),
            "mail",
        ),
        refresh="every 15s",
        default_sort="-id",
    )
    return page(
        "mail/index.html", blocks=("list",), shown=shown, counts=outbox.mail_counts(), **_circumstances()
    )


@blueprint.get("/<int:mail_id>")
def show(mail_id: int) -> Response:
    """Show a mail: where it stands and, in a demo that sends none, what it says."""
    scope.require_server_administrator(me())
    return _shown(mail_id)


@blueprint.get("/<int:mail_id>/content")
def show_content(mail_id: int) -> Response:
    """Show what a mail says, to be looked at inside of its page."""
    scope.require_server_administrator(me())
    mail = outbox.find_mail(mail_id)
    if not _may_read():
        abort(404)
    rendered = _render(mail)
    if rendered is None:
        return see_other(url_for("mail.show", mail_id=mail.id))
    html = rendered[2].replace("<head>", '<head><base target="_blank">', 1)
    hashes = [
        base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in STYLE.findall(html)
    ]
    response = make_response(html)
    styles = " ".join(f"'sha256-{value}'" for value in hashes) or "'none'"
    response.headers["Content-Security-Policy"] = MAIL_CONTENT_POLICY.format(styles=styles)
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@blueprint.post("/<int:mail_id>/resend")
def resend_mail(mail_id: int) -> Response:
    """Send a mail now."""
    mail = mail_operations.resend_mail(me(), mail_id)
    return see_other(url_for("mail.show", mail_id=mail.id), toast=_("The mail leaves as soon as possible."))


@blueprint.post("/<int:mail_id>/cancel")
def cancel_mail(mail_id: int) -> Response:
    """Cancel a mail that has not left yet."""
    with refusals_to(partial(_shown, mail_id), only=Conflict, status=422):
        mail_operations.cancel_mail(me(), mail_id)
    return see_other(url_for("mail.show", mail_id=mail_id), toast=_("The mail will not be sent."))


@blueprint.post("/resend-failed")
def resend_failed_mails() -> Response:
    """Try all failed mails again."""
    count = mail_operations.resend_failed_mails(me())
    text = ngettext("%(num)s mail is being sent again.", "%(num)s mails are being sent again.", count)
    return see_other(url_for("mail.index"), toast=text)


def _shown(mail_id: int, status: int = 200, problem=None) -> Response:
    mail = outbox.find_mail(mail_id)
    rendered = _render(mail) if _may_read() else None
    return page(
        "mail/show.html",
        blocks=("fares",),
        status=status,
        mail=mail,
        content=rendered,
        problem=problem,
        **_circumstances(),
    )


def _render(mail: outbox.OutboxRow) -> tuple[str, str, str] | None:
    """Return a mail's subject, text and HTML; none when what it speaks of is gone."""
    try:
        return render_mail(mail.template, mail.language, outbox.arguments_of(mail.id))
    except NotFound:
        return None


def _may_read() -> bool:
    """Return whether mails can be read here: only in a demo without a mail server."""
    return bool(current_app.config["DEMO"]) and settings.mail_server() is None


def _circumstances() -> dict:
    """Return what the pages of the outbox say about all mails."""
    return {
        "labels": labels,
        "has_server": settings.mail_server() is not None,
        "is_running": ServiceName.MAIL in services.state().running,
        "may_read": _may_read(),
        "path": request.path,
    }
