"""The audit log."""

from flask import Blueprint, Response

from app.htmx import page

blueprint = Blueprint("journal", __name__, url_prefix="/admin/journal")


@blueprint.get("")
def index() -> Response:
    """What was done."""
    return page("journal/index.html")
