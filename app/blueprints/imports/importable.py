"""Labels of the import pages, for accounts and for groups."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app.blueprints.imports import exports

OF_THE_DOMAIN = _l("of the domain; the part before the @ is enough")
SWITCH = "yes, no"


@dataclass(frozen=True)
class Importable:
    """A list that takes a table. kind: as the operation calls it. columns: each with what belongs there.

    model: the head of an empty table. The endpoints are views: the page itself, the model, the list it leads back to.
    """

    kind: str
    title: Any
    about: Any
    columns: tuple[tuple[str, Any], ...]
    model: tuple[str, ...]
    endpoint: str
    model_endpoint: str
    list_endpoint: str


ACCOUNTS = Importable(
    kind="accounts",
    title=_l("Import accounts"),
    about=_l(
        "The first line names the columns, as in an export. Only the address is required, and "
        "the name for new accounts; empty cells change nothing."
    ),
    columns=(
        ("address", OF_THE_DOMAIN),
        ("name", _l("first and last name")),
        ("role", "user, domain, web, server"),
        ("state", "enabled, muted, disabled"),
        ("language", "fr, en"),
        ("groupware, webdav, teamchat", SWITCH),
        ("password", _l("for new accounts only; without it a link to choose one is mailed")),
    ),
    model=(*(name for name in exports.ACCOUNTS if name != "last_sign_in"), "password"),
    endpoint="imports.import_accounts",
    model_endpoint="imports.import_model",
    list_endpoint="accounts.index",
)

GROUPS = Importable(
    kind="groups",
    title=_l("Import groups"),
    about=_l(
        "The first line names the columns, as in an export. Only the address is required, and "
        "the name for new groups; empty cells change nothing. Members are added, nobody is "
        "removed."
    ),
    columns=(
        ("address", OF_THE_DOMAIN),
        ("name", _l("name of the group")),
        ("description", _l("what the group is for")),
        ("public_folder", SWITCH),
        ("teamchat", _l("yes, no; needs the public folder")),
        (
            "members",
            _l("addresses of accounts or groups, @example.org for a whole domain; spaces or ; between them"),
        ),
    ),
    model=(*exports.GROUPS, "members"),
    endpoint="imports.import_groups",
    model_endpoint="imports.group_import_model",
    list_endpoint="groups.index",
)
