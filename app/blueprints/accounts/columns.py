"""Columns and filters of the list of accounts."""

from flask_babel import lazy_gettext as _l

from app.blueprints.accounts.forms import ROLES, STATES
from app.blueprints.lists import Column, Filter

COLUMNS = (
    Column("name", _l("Name"), is_sorted=True),
    Column("address", _l("Address"), is_sorted=True, is_optional=True),
    Column("role", _l("Role"), is_optional=True),
    Column("state", _l("State"), is_optional=True),
    Column("features", _l("Features"), is_optional=True, is_usual=False),
    Column("language", _l("Language"), is_optional=True, is_usual=False),
    Column("seen", _l("Last sign-in"), is_sorted=True, is_optional=True),
    Column("created", _l("Created"), is_optional=True, is_usual=False),
)

FEATURES = {
    "teamchat": _l("With TeamChat"),
    "no-teamchat": _l("Without TeamChat"),
    "groupware": _l("With GroupWare"),
    "no-groupware": _l("Without GroupWare"),
    "webdav": _l("With WebDAV"),
    "no-webdav": _l("Without WebDAV"),
}
SEEN = {
    "never": _l("Never signed in"),
    "in-30": _l("Within 30 days"),
    "not-30": _l("Not for 30 days"),
    "not-90": _l("Not for 90 days"),
}
FILTERS = (
    Filter("state", _l("Any state"), STATES),
    Filter("role", _l("Any role"), ROLES),
    Filter("feature", _l("Any feature"), FEATURES),
    Filter("seen", _l("Any last sign-in"), SEEN),
)
