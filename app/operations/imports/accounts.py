"""Accounts from a table."""

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select

from app.extensions import db
from app.models import Account, AccountState, Domain, Role
from app.operations.accounts import create_account, update_account
from app.operations.imports import running, table
from app.operations.imports.table import ImportKind, ImportRow
from app.rules.accounts import names
from app.rules.domains import Feature

COLUMNS = {
    "address": table.ADDRESS,
    "name": table.NAME,
    "role": ("role", "rôle"),
    "state": ("state", "état", "etat"),
    "language": ("language", "langue"),
    "groupware": ("groupware",),
    "webdav": ("webdav",),
    "teamchat": ("teamchat",),
    "password": ("password", "mot de passe"),
    "last_sign_in": ("last_sign_in", "last sign-in", "dernière connexion"),
}
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


def _find(domain: Domain, address: str) -> Account | None:
    statement = select(Account).where(Account.address == address, Account.domain_id == domain.id)
    return db.session.scalars(statement.where(~Account.is_guest)).one_or_none()


def _make(actor: Account, domain: Domain, row: ImportRow) -> None:
    """Passwords count here only; who has none in the table is mailed a link to choose one."""
    values = _values(row.cells)
    state = values.pop("state", AccountState.ENABLED)
    account = create_account(
        actor,
        domain,
        name=values.pop("name", ""),
        alias=row.address.rpartition("@")[0],
        password=row.cells.get("password"),
        features=_features(row.cells) or None,
        **values,
    )
    if state is not AccountState.ENABLED:
        update_account(actor, account, {"state": state})


def _change(actor: Account, account: Account, row: ImportRow) -> bool:
    values, features = table.differing(account, _values(row.cells)), _features(row.cells)
    switched = {
        feature: is_on
        for feature, is_on in features.items()
        if getattr(account, f"has_{feature}") is not is_on
    }
    if values or switched:
        update_account(actor, account, {**values, "features": switched})
    return bool(values or switched)


def _values(cells: dict[str, str]) -> dict:
    """Return the values of a row beside address and password. Error: Invalid, at the cell."""
    values = {}
    if "name" in cells:
        values["name"] = names.checked_name(cells["name"])
    for name, words in (("role", ROLES), ("state", STATES), ("language", LANGUAGES)):
        if name in cells:
            values[name] = table.value_of_word(name, cells, words)
    return values


def _features(cells: dict[str, str]) -> dict[Feature, bool]:
    """Return the switches that a row says something about. Error: Invalid, at the cell."""
    return {
        feature: table.value_of_word(feature, cells, table.SWITCHES)
        for feature in Feature
        if feature in cells
    }


running.register(
    ImportKind(
        name="accounts",
        titles=(_l("Check an import of accounts"), _l("Import accounts")),
        label=lambda count: ngettext("Import %(num)s account", "Import %(num)s accounts", count),
        columns=COLUMNS,
        unread=("last_sign_in",),
        find=_find,
        make=_make,
        change=_change,
    )
)
