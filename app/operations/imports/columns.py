"""The columns of a table of accounts, and what their cells mean, in the words of both languages."""

from flask_babel import gettext as _

from app.errors import Invalid
from app.models import AccountState, Role
from app.rules.policies import Feature
from app.text.sheets import Sheet

NAMES = {
    "address": ("address", "adresse", "email", "e-mail", "mail", "courriel", "alias"),
    "name": ("name", "nom"),
    "role": ("role", "rôle"),
    "state": ("state", "état", "etat"),
    "language": ("language", "langue"),
    "groupware": ("groupware",),
    "webdav": ("webdav",),
    "teamchat": ("teamchat",),
    "password": ("password", "mot de passe"),
    "last_sign_in": ("last_sign_in", "last sign-in", "dernière connexion"),
}
"""last_sign_in is in exports, and is not looked at."""

ROLES = {
    "user": Role.USER,
    "utilisateur": Role.USER,
    "domain": Role.DOMAIN,
    "domain administrator": Role.DOMAIN,
    "administrateur de domaine": Role.DOMAIN,
    "web": Role.WEB,
    "web administrator": Role.WEB,
    "administrateur web": Role.WEB,
    "server": Role.SERVER,
    "server administrator": Role.SERVER,
    "administrateur serveur": Role.SERVER,
}
STATES = {
    "enabled": AccountState.ENABLED,
    "activé": AccountState.ENABLED,
    "disabled": AccountState.DISABLED,
    "désactivé": AccountState.DISABLED,
    "muted": AccountState.MUTED,
    "read only": AccountState.MUTED,
    "lecture seule": AccountState.MUTED,
}
LANGUAGES = {"fr": "fr", "français": "fr", "en": "en", "english": "en", "anglais": "en"}
SWITCHES = {
    **dict.fromkeys(("yes", "oui", "1", "true", "vrai", "x", "on"), True),
    **dict.fromkeys(("no", "non", "0", "false", "faux", "off"), False),
}

_known = {alias: name for name, aliases in NAMES.items() for alias in aliases}


def check_head(sheet: Sheet) -> None:
    """Refuse a table without addresses, with a column twice, or one that nobody knows."""
    unknown = [title for title in sheet.head if title and title not in _known]
    if unknown:
        sentence = _("This column is not known: %(names)s. Known are: %(known)s.")
        raise Invalid(
            sentence % {"names": ", ".join(unknown[:5]), "known": ", ".join(NAMES)},
            code="unknown_column",
            field="file",
        )
    meant = [_known[title] for title in sheet.head if title]
    if "address" not in meant:
        raise Invalid(_("There is no column “address”."), code="no_address", field="file")
    if len(set(meant)) < len(meant):
        raise Invalid(_("A column is there twice."), code="column_twice", field="file")


def meaning(record: dict[str, str]) -> dict[str, str]:
    """A row by our names of the columns; empty cells are left out, and formulas that were defused are whole again."""
    cells = {_known[title]: text for title, text in record.items() if title in _known}
    return {name: _fused(text) for name, text in cells.items() if text and name != "last_sign_in"}


def values_of(cells: dict[str, str]) -> dict:
    """What a row wants of an account beside its address and password. Error: Invalid, at the cell."""
    values = {}
    if "name" in cells:
        values["name"] = cells["name"]
    for name, words in (("role", ROLES), ("state", STATES), ("language", LANGUAGES)):
        if name in cells:
            values[name] = _word(name, cells[name], words)
    return values


def features_of(cells: dict[str, str]) -> dict[Feature, bool]:
    """The switches that a row says something about. Error: Invalid, at the cell."""
    return {feature: _word(feature, cells[feature], SWITCHES) for feature in Feature if feature in cells}


def _word(name: str, text: str, words: dict):
    if text.lower() not in words:
        raise Invalid(
            _("“%(text)s” is not known in the column %(name)s.", text=text[:80], name=name),
            code="bad_cell",
            field=name,
        )
    return words[text.lower()]


def _fused(text: str) -> str:
    """An export puts an apostrophe in front of what a spreadsheet would calculate."""
    return text[1:] if text.startswith(("'=", "'+", "'-", "'@")) else text
