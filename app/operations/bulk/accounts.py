"""Actions on many accounts."""

from types import SimpleNamespace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString
from sqlalchemy import Row, select

from app.errors import NotFound
from app.extensions import db
from app.i18n import LANGUAGE_NAMES
from app.models import Account, AccountState, Domain, EntryKind, Group, MemberEntry, Role
from app.operations.accounts import (
    OwnedRooms,
    Successor,
    delete_account,
    set_account_features,
    update_account,
)
from app.operations.bulk import Action, Collection, Field, effects, register
from app.operations.groups import add_members
from app.queries.accounts import belongings
from app.queries.accounts import listing as listed
from app.queries.listing import ListQuery
from app.rules.domains import Feature
from app.rules.rights import scope
from app.text.parsing import parse_whole_number

ROLES = {
    Role.USER: _l("User"),
    Role.DOMAIN: _l("Domain administrator"),
    Role.WEB: _l("Web administrator"),
    Role.SERVER: _l("Server administrator"),
}
GROUPS_OFFERED = 500
SPONSORS_OFFERED = 100


def domain_of(actor: Account, list_filters: dict) -> Domain:
    """Return the domain whose list it is. Error: NotFound."""
    key = parse_whole_number(str(list_filters.get("domain", "")))
    if key is None:
        raise NotFound()
    return scope.find_domain(actor, key)


def _off_limits(actor: Account, row: Row) -> str | None:
    """Return the reason for which an account may not be changed at all, or None."""
    if not scope.may_touch(actor, row):
        return _("This account has a higher role than yours.")
    return None


def state(state: AccountState, already: LazyString) -> dict[str, Any]:
    """Judge and do of an action that gives accounts a state."""

    def judge(actor: Account, row: Row, values: dict[str, Any]) -> str | None:
        if row.state is state:
            return str(already)
        if row.id == actor.id:
            return _("This is your own account: you would lock yourself out.")
        return _off_limits(actor, row)

    def do(actor: Account, account: Account, values: dict[str, Any]) -> None:
        update_account(actor, account, {"state": state})

    return {"judge": judge, "do": do}


def teamchat(is_on: bool, already: LazyString) -> dict[str, Any]:
    """Judge and do of an action that switches TeamChat. It needs the other two, which come along with it."""
    list_filters = dict.fromkeys(Feature, True) if is_on else {Feature.TEAMCHAT: False}

    def judge(actor: Account, row: Row, values: dict[str, Any]) -> str | None:
        return str(already) if row.has_teamchat is is_on else _off_limits(actor, row)

    def do(actor: Account, account: Account, values: dict[str, Any]) -> None:
        set_account_features(actor, account, list_filters)

    return {"judge": judge, "do": do}


def judge_role(actor: Account, row: Row, values: dict[str, Any]) -> str | None:
    if row.role == values["role"]:
        return _("Already has this role.")
    if row.id == actor.id:
        return _("This is your own account: you would lock yourself out.")
    return _off_limits(actor, row)


def judge_language(actor: Account, row: Row, values: dict[str, Any]) -> str | None:
    if (row.language or "") == values["language"]:
        return _("Already has this language.")
    return _off_limits(actor, row)


def judge_member(actor: Account, row: Row, values: dict[str, Any]) -> str | None:
    return _("Already a member.") if row.id in values["prepared"].members else None


def members(actor: Account, values: dict) -> SimpleNamespace:
    """Return the group, and who has an entry of their own in it."""
    group = scope.find_group(actor, int(values["group"]))
    entries = select(MemberEntry.principal_id).where(MemberEntry.group_id == group.id)
    entries = entries.where(MemberEntry.kind == EntryKind.ACCOUNT)
    return SimpleNamespace(group=group, members=set(db.session.scalars(entries)))


def add_member(actor: Account, account: Account, values: dict[str, Any]) -> None:
    group = scope.find_group(actor, int(values["group"]))
    add_members(actor, group, [(EntryKind.ACCOUNT, account.id)])


def judge_deletion(actor: Account, row: Row, values: dict[str, Any]) -> str | None:
    if row.id == actor.id:
        return _("This is your own account: somebody else must delete it.")
    if str(row.id) == values.get("sponsor"):
        return _("Will sponsor the guests of the others.")
    return _off_limits(actor, row)


def deletion(actor: Account, count: int, values: dict[str, Any]) -> str:
    return ngettext(
        "%(num)s account is deleted for good: its devices are signed out, it leaves its groups and rooms. Its "
        "messages stay under its name.",
        "%(num)s accounts are deleted for good: their devices are signed out, they leave their groups and rooms. "
        "Their messages stay under their names.",
        count,
    )


def delete(actor: Account, account: Account, values: dict[str, Any]) -> None:
    query = values.get("sponsor", Successor.FIRST)
    delete_account(
        actor,
        account,
        owned=OwnedRooms(values["owned"]),
        sponsor=Successor.FIRST if query == Successor.FIRST else int(query),
    )


def disabling(actor: Account, count: int, values: dict[str, Any]) -> str:
    return ngettext(
        "%(num)s person is signed out everywhere and cannot sign in any more.",
        "%(num)s people are signed out everywhere and cannot sign in any more.",
        count,
    )


def roles(actor: Account, list_filters: dict[str, str]) -> list:
    return [(role, ROLES[role]) for role in scope.grantable_roles(actor)]


def languages(actor: Account, list_filters: dict[str, str]) -> list:
    return [*LANGUAGE_NAMES.items(), ("", _l("Chosen by the person"))]


def groups(actor: Account, list_filters: dict[str, str]) -> list:
    statement = select(Group.id, Group.name, Group.address).where(
        Group.domain_id == domain_of(actor, list_filters).id
    )
    rows = db.session.execute(statement.order_by(Group.name, Group.id).limit(GROUPS_OFFERED))
    return [(row.id, f"{row.name} ({row.address})") for row in rows]


OWNED = Field(
    "owned",
    _l("Private rooms that only this person owns"),
    lambda actor, filters: [
        (OwnedRooms.LONGEST, _l("go to the longest-standing member")),
        (OwnedRooms.DELETE, _l("are deleted")),
    ],
)


def _sponsors(actor: Account, list_filters: dict[str, str]) -> list:
    accounts = belongings.able_in(actor, domain_of(actor, list_filters), SPONSORS_OFFERED)
    named = [(account.id, f"{account.name} ({account.address})") for account in accounts]
    return [(Successor.FIRST, _l("You, or else the domain’s first administrator")), *named]


SPONSOR = Field("sponsor", _l("Sponsor of their guests from now on"), _sponsors)


def _matching(actor: Account, list_filters: dict) -> list:
    filters = tuple((name, list_filters[name]) for name in listed.FILTERS if list_filters.get(name))
    return listed.conditions(
        domain_of(actor, list_filters), ListQuery(search=list_filters.get("q", ""), filters=filters)
    )


ACTIONS = (
    Action(
        "enable",
        _l("Enable"),
        effect=effects.enabled,
        icon="circle-check",
        **state(AccountState.ENABLED, _l("Already enabled.")),
    ),
    Action(
        "mute",
        _l("May read, may not post"),
        effect=effects.read_only,
        icon="message-off",
        **state(AccountState.MUTED, _l("Already read-only.")),
    ),
    Action(
        "disable",
        _l("Disable"),
        effect=effects.disabled,
        icon="circle-minus",
        consequence=disabling,
        **state(AccountState.DISABLED, _l("Already disabled.")),
    ),
    Action(
        "enable_teamchat",
        _l("Enable TeamChat"),
        effect=effects.given_teamchat,
        icon="messages",
        **teamchat(True, _l("Already has TeamChat.")),
    ),
    Action(
        "disable_teamchat",
        _l("Disable TeamChat"),
        effect=effects.losing_teamchat,
        icon="messages-off",
        **teamchat(False, _l("Already without TeamChat.")),
    ),
    Action(
        "set_role",
        _l("Change the role"),
        effect=effects.given_role,
        icon="shield",
        fields=(Field("role", _l("Role"), roles),),
        judge=judge_role,
        do=lambda actor, account, values: update_account(actor, account, {"role": values["role"]}),
    ),
    Action(
        "set_language",
        _l("Change the language"),
        effect=effects.given_language,
        icon="language",
        fields=(Field("language", _l("Language"), languages),),
        judge=judge_language,
        do=lambda actor, account, values: update_account(actor, account, {"language": values["language"]}),
    ),
    Action(
        "add_to_group",
        _l("Add to a group"),
        effect=effects.added_to_group,
        icon="users-plus",
        fields=(Field("group", _l("Group"), groups),),
        prepare=members,
        judge=judge_member,
        do=add_member,
    ),
    Action(
        "delete",
        _l("Delete"),
        effect=effects.deleted,
        icon="trash",
        fields=(OWNED, SPONSOR),
        is_destructive=True,
        consequence=deletion,
        judge=judge_deletion,
        do=delete,
    ),
)

register(
    Collection(
        name="accounts",
        title=_l("Accounts"),
        counted=lambda count: ngettext("%(num)s account", "%(num)s accounts", count),
        columns=(
            Account.id,
            Account.address.label("label"),
            Account.role,
            Account.state,
            Account.language,
            Account.has_teamchat,
        ),
        matching=_matching,
        find=scope.find_account,
        actions=ACTIONS,
        subject=lambda actor, filters: domain_of(actor, filters).name,
        domain_of=lambda actor, filters: domain_of(actor, filters).id,
        fixed=("domain",),
    )
)
