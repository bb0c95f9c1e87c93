"""Pages and fragments of pages. A fragment is a template block named like the element id it replaces."""

import json
from collections.abc import Callable

from flask import Response, current_app, flash, make_response, redirect, render_template, request

# A new page without reloading everything: its main region, the menu with its counts, and no open dialog.
WHOLE_CONTENT = {
    "target": "#content",
    "select": "#content",
    "swap": "outerHTML",
    "selectOOB": "#navigation,#dialog",
}


def wants_fragment() -> bool:
    """Return whether htmx requests a fragment. Boosted links and restored history entries request the whole page."""
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
    """Return the id of the element to be replaced; htmx 4 sends `tag#id`."""
    target = request.headers.get("HX-Target", "")
    return target.partition("#")[2] or target or None


def page(
    template: str,
    *,
    blocks: tuple[str, ...] = (),
    status: int = 200,
    around: Callable[[], dict] | None = None,
    **context,
) -> Response:
    """Return a page, or the one block of it that htmx requested.

    blocks: the ids that this view offers as fragments; other targets get the whole page. around: returns the context
    that only the whole page needs. In templates, is_over is true for a block shown over an existing page.
    """
    target = target_id() if wants_fragment() else None
    block = target if target in blocks else None
    context = {"is_over": block is not None, **context}
    if block is not None:
        body = render_block(template, block, **context)
    else:
        body = render_template(template, **{**(around() if around else {}), **context})
    response = make_response(body, status)
    response.vary.update(["HX-Request", "HX-Target"])
    return response


def render_block(template: str, block: str, **context) -> str:
    """Render one block with the page's context."""
    current_app.update_template_context(context)
    source = current_app.jinja_env.get_template(template)
    state = source.new_context(context)
    return "".join(source.blocks[block](state))


def see_other(url: str, *, toast: str | None = None) -> Response:
    """Redirect to the result of a write, with an optional notice."""
    if wants_fragment():
        response = Response(status=204)
        response.headers["HX-Location"] = json.dumps({"path": url, **WHOLE_CONTENT})
    else:
        response = make_response(redirect(url, 303))
    if toast and wants_fragment():
        say(response, toast)
    elif toast:
        flash(str(toast), "success")
    return response


def say(response: Response, text: str, level: str = "success") -> Response:
    """Make the page show a short notice."""
    response.headers["HX-Trigger"] = json.dumps(
        {"toast": {"level": level, "text": str(text)}}, ensure_ascii=True
    )
    return response
