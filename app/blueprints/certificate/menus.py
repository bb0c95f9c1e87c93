"""What the certificate adds to the menus."""

from flask import request, url_for
from flask_babel import gettext as _

from app.blueprints.gate import me
from app.blueprints.navigation import offers
from app.rules import scope


@offers("navigation")
def certificate_entry() -> list[dict]:
    """System → Certificate, for server administrators."""
    if not scope.is_server_administrator(me()):
        return []
    entry = {
        "title": _("Certificate"),
        "url": url_for("certificate.show"),
        "icon": "certificate",
        "place": 20,
        "active": request.blueprint == "certificate",
    }
    return [{"title": _("System"), "entries": [entry]}]
