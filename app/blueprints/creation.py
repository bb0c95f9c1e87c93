"""Dialogs that make something: over the page with scripts, a page of their own without."""

import json
from urllib.parse import urlsplit

from flask import Response, flash, request
from wtforms.fields.choices import SelectChoice

from app import htmx
from app.blueprints.gate import me
from app.queries import directory
from app.rules.addresses import readable


def creation_page(template: str, form, *, back: str, status: int = 200, **context) -> Response:
    """The dialog that htmx asked for, or the page with the same form. back: where Cancel leads without scripts."""
    return htmx.page(
        template,
        blocks=("dialog",),
        status=status,
        form=form,
        back=back,
        **context,
    )


def domain_choices() -> list[SelectChoice]:
    """The domains in which a person may make something."""
    return [SelectChoice(domain.id, readable(domain.name)) for domain in directory.domains_of(me())]


def back(usual: str) -> str:
    """The page that the form came from, as it says; only a page of WebAdmin is believed."""
    place = urlsplit(request.form.get("back", ""))
    is_own = not place.scheme and not place.netloc and place.path.startswith("/admin/")
    return place.geturl() if is_own else usual


def wants_another() -> bool:
    """Whether "Save and new" was pressed."""
    return "and_new" in request.form


def created(url: str, text: str) -> Response:
    """Something was made: go there. The whole page is loaded, since its menus count what there is."""
    if not htmx.wants_fragment():
        return htmx.see_other(url, toast=text)
    flash(text, "success")
    return Response(status=204, headers={"HX-Redirect": url})


def created_and_new(page: Response, text: str) -> Response:
    """Something was made, and the empty form stands there again; lists below the dialog hear of it."""
    toast = {"level": "success", "text": text}
    page.headers["HX-Trigger"] = json.dumps({"toast": toast, "directory-changed": {}}, ensure_ascii=True)
    return page
