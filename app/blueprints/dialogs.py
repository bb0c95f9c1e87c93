"""Dialogs: over the page for htmx, a page of their own without scripts; and the answers to what is done in one."""

import json
from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Response, flash, request
from wtforms.fields.choices import SelectChoice

from app import htmx
from app.blueprints.access_control import me
from app.queries.domains import domains_of
from app.rules.accounts.addresses import readable


def dialog(template: str, status: int = 200, *, blocks: tuple[str, ...] = (), **context) -> Response:
    """Show a template that extends layouts/dialog.html. back: the page that Cancel leads to.

    blocks: further fragments that the template offers.
    """
    return htmx.page(template, blocks=blocks, status=status, is_over=htmx.wants_dialog(), **context)


def domain_choices() -> list[SelectChoice]:
    """Return the domains in which the person may create something."""
    return [SelectChoice(domain.id, readable(domain.name)) for domain in domains_of(me())]


def back_from(default: str) -> str:
    """Return the page that the form names as its origin if it is one of WebAdmin, else the default."""
    url = urlsplit(request.form.get("back", ""))
    is_own = not url.scheme and not url.netloc and url.path.startswith("/admin/")
    return url.geturl() if is_own else default


def done(url: str, text: str | None = None) -> Response:
    """Close the dialog and go to a page, loaded as a whole: menus and lists count what there is."""
    if not htmx.wants_fragment():
        return htmx.see_other(url, toast=text)
    if text:
        flash(text, "success")
    return Response(status=204, headers={"HX-Redirect": url})


def created(url: str, text: str, *, empty: Callable[[], Response]) -> Response:
    """Go to what was created; after "Save and new" show the empty form, and have lists behind the dialog reload."""
    if "and_new" not in request.form:
        return done(url, text)
    response = empty()
    toast = {"level": "success", "text": text}
    response.headers["HX-Trigger"] = json.dumps({"toast": toast, "directory-changed": {}}, ensure_ascii=True)
    return response
