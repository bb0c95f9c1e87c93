"""Services as people call them."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.models import ServiceName

NAMES: dict[str, Any] = {
    ServiceName.TEAMCHAT: "TeamChat",
    ServiceName.GROUPWARE: "GroupWare",
    ServiceName.WEBDAV: "WebDAV",
    ServiceName.WEBCLIENT: "WebClient",
    ServiceName.MAIL: _l("Outgoing mail"),
}


def label(name: str) -> str:
    """Return a service's name as people read it; what is no service keeps its own."""
    return str(NAMES.get(name, name))
