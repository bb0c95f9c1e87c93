"""Pages and fragments: one template each, a fragment is a block named like the id it replaces."""

import json

from flask import Response, current_app, flash, make_response, redirect, render_template, request

WHOLE_CONTENT = {
    "target": "#content",
    "select": "#content",
    "swap": "outerHTML",
    "selectOOB": "#navigation,#dialog",
}
"""A new page without loading everything again: its main region, the menu with its counts, and no dialog left open."""


def wants_fragment() -> bool:
    """Whether htmx asks for a piece of a page; a boosted link and a restored history entry ask for the whole."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Request-Type") != "full"
        and target_id() is not None
    )


def wants_dialog() -> bool:
    """Return whether htmx asks for a dialog over the page."""
    return wants_fragment() and target_id() == "dialog"


def target_id() -> str | None:
    """The id of the element that will be replaced; htmx 4 sends `tag#id`."""
    target = request.headers.get("HX-Target", "")
    return target.partition("#")[2] or target or None


def page(template: str, *, blocks: tuple[str, ...] = (), status: int = 200, **context) -> Response:
    """Show a page, or the one block of it that htmx asked for.

    blocks: the ids this view offers as fragments. Anything else is answered with the whole page.
    """
    if wants_fragment() and target_id() in blocks:
        body = render_block(template, target_id(), **context)
    else:
        body = render_template(template, **context)
    response = make_response(body, status)
    response.vary.update(["HX-Request", "HX-Target"])
    return response


def render_block(template: str, block: str, **context) -> str:
    """The text of one block, with the page's own context."""
    current_app.update_template_context(context)
    source = current_app.jinja_env.get_template(template)
    state = source.new_context(context)
    return "".join(source.blocks[block](state))


def see_other(url: str, *, toast: str | None = None) -> Response:
    """After a write: go and look at the result."""
    if wants_fragment():
        response = Response(status=204)
        response.headers["HX-Location"] = json.dumps({"path": url, **WHOLE_CONTENT})
    else:
        response = redirect(url, 303)
    if toast and wants_fragment():
        say(response, toast)
    elif toast:
        flash(str(toast), "success")
    return response


def say(response: Response, text: str, level: str = "success") -> Response:
    """Have the page show a short notice."""
    response.headers["HX-Trigger"] = json.dumps(
        {"toast": {"level": level, "text": str(text)}}, ensure_ascii=True
    )
    return response
