"""What the list of accounts can show and be narrowed by, in words."""

from flask_babel import lazy_gettext as _l

from app.blueprints.accounts.forms import ROLES, STATES

COLUMNS = {
    "address": _l("Address"),
    "role": _l("Role"),
    "state": _l("State"),
    "features": _l("Features"),
    "language": _l("Language"),
    "seen": _l("Last sign-in"),
    "created": _l("Created"),
}
USUAL = ("address", "role", "state", "seen")

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
    ("state", _l("Any state"), STATES),
    ("role", _l("Any role"), ROLES),
    ("feature", _l("Any feature"), FEATURES),
    ("seen", _l("Any last sign-in"), SEEN),
)
