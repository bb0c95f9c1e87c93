"""An explanation in sentences: each step, whether it opens or closes, and where it can be changed."""

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from app.blueprints.rights import words
from app.models import Account, EntryKind, Principal, RoomKind
from app.rules import explain, lists, policies, scope
from app.rules.explain import Explanation
from app.rules.policies import Feature
from app.rules.rights import Right


@dataclass(frozen=True)
class Step:
    """One step of an answer. kind: "on", "bad", "off" or "wait", as ui.state shows them."""

    kind: str
    text: str
    url: str | None = None


@dataclass(frozen=True)
class Verdict:
    """One of the twelve rights, whether it is held, and what gave or refused it."""

    right: Right
    label: str
    is_held: bool
    why: str


def steps(actor, answer: Explanation) -> list[Step]:
    """How an answer came about, from the switches to what took rights away again."""
    if answer.verdict in _SHUT:
        return [_SHUT[answer.verdict](actor, answer)]
    found = [*_ways(answer), *_decision(answer)]
    found += [Step("off", _overruled(one), _line_url(answer, one)) for one in answer.overruled]
    return [*found, *(Step("wait", str(_caps()[cap]), _cap_url(actor, answer, cap)) for cap in answer.caps)]


def verdicts(answer: Explanation) -> list[Verdict]:
    """The twelve rights, each with what gave or refused it."""
    return [
        Verdict(right, str(label), bool(answer.rights & right), _why(answer, right))
        for right, label in words.LABELS.items()
    ]


def _why(answer: Explanation, right: Right) -> str:
    given = [
        words.principal_name(one.line.principal, one.name) for one in answer.lines if one.line.rights & right
    ]
    source = ", ".join(given) or (_("owner") if answer.verdict == explain.OWNER else "")
    if answer.rights & right or not source:
        return source
    cap = answer.caps[-1] if answer.caps else None
    return f"{source} – {_caps()[cap]}" if cap else source


def _stopped(_actor, _answer) -> Step:
    return Step("bad", _("TeamChat is stopped on this server."), url_for("dashboard.show"))


def _switched_off(actor, answer: Explanation) -> Step:
    account = answer.account
    url = None
    if _is_mine(actor, account):
        is_domain = not policies.domain_has(account.domain, Feature.TEAMCHAT)
        url = (
            url_for("domains.properties", domain_id=account.domain_id)
            if is_domain
            else url_for("accounts.show", account_id=account.id)
        )
    return Step("bad", _("TeamChat is not on for %(name)s.", name=account.name), url)


def _group_off(_actor, answer: Explanation) -> Step:
    url = url_for("groups.show", group_id=answer.room.group_id)
    return Step("bad", _("TeamChat is not on for this group."), url)


def _deleted(_actor, answer: Explanation) -> Step:
    return Step("bad", _("The room is in the trash."), url_for("rooms.show", room_id=answer.room.id))


_SHUT = {
    explain.SERVICE_STOPPED: _stopped,
    explain.SWITCHED_OFF: _switched_off,
    explain.GROUP_OFF: _group_off,
    explain.DELETED: _deleted,
}


def _ways(answer: Explanation) -> list[Step]:
    """How the door is open, or that it is closed."""
    name = answer.account.name
    if answer.verdict == explain.OUTSIDE:
        is_public = answer.room.kind is RoomKind.PUBLIC
        text = (
            _("%(name)s is not in the group of this room.", name=name)
            if is_public
            else _("%(name)s is not in this room.", name=name)
        )
        return [Step("bad", text, _door_url(answer))]
    if answer.room.kind is not RoomKind.PUBLIC or answer.account.is_guest:
        return [Step("on", _("%(name)s is in this room.", name=name), _door_url(answer))]
    ids = {(Principal.GROUP, key) for way in answer.ways for key in way.group_ids}
    names = explain.names_of(ids)
    return [
        Step("on", way_text(way, names), url_for("groups.members", group_id=way.group_ids[-1]))
        for way in answer.ways
    ]


def way_text(way, names: dict) -> str:
    """One way of being in a group, in a sentence."""
    path = " → ".join(
        words.principal_name(Principal.GROUP, names[Principal.GROUP, key]) for key in way.group_ids
    )
    if way.kind is EntryKind.DOMAIN:
        return _("By the whole domain in %(path)s", path=path)
    return _("By an own entry in %(path)s", path=path)


def _decision(answer: Explanation) -> list[Step]:
    if answer.verdict == explain.OWNER:
        return [
            Step(
                "on",
                _("%(name)s owns this room and holds every right.", name=answer.account.name),
                _door_url(answer),
            )
        ]
    if answer.verdict == explain.NO_LINE:
        text = _("No line of the list is about %(name)s: no right at all.", name=answer.account.name)
        return [Step("bad", text, _list_url(answer))]
    return [Step("on", _gives(answer, one), _line_url(answer, one)) for one in answer.lines]


def _gives(answer: Explanation, one) -> str:
    values = {
        "line": words.principal_name(one.line.principal, one.name),
        "rights": words.preset_label(one.line.rights),
    }
    if answer.scope[0] == lists.FOLDER_SCOPE:
        return _("The line %(line)s of the TeamChat folder gives: %(rights)s", **values)
    return _("The line %(line)s of the room's own list gives: %(rights)s", **values)


def _overruled(one) -> str:
    return _(
        "The line %(line)s (%(rights)s) does not count: a more special one decides.",
        line=words.principal_name(one.line.principal, one.name),
        rights=words.preset_label(one.line.rights),
    )


def _caps() -> dict:
    return {
        explain.GUEST: _("Guests never create, rename or delete rooms, nor administer them."),
        explain.ARCHIVED: _("The room is archived: it can only be read."),
        explain.MUTED: _("The account is read only."),
        explain.UNLICENSED: _("The licence has ended: everything can only be read."),
        explain.HIDDEN: _("Who may not see the room may nothing in it."),
    }


def _cap_url(actor, answer: Explanation, cap: str) -> str | None:
    if cap == explain.ARCHIVED:
        return url_for("rooms.show", room_id=answer.room.id)
    if cap == explain.UNLICENSED:
        return url_for("dashboard.show")
    if cap == explain.MUTED and _is_mine(actor, answer.account):
        return url_for("accounts.show", account_id=answer.account.id)
    return _list_url(answer) if cap == explain.HIDDEN else None


def _is_mine(actor, account: Account) -> bool:
    return not account.is_guest and (scope.is_server_wide(actor) or account.domain_id == actor.domain_id)


def _door_url(answer: Explanation) -> str:
    if answer.room.kind is RoomKind.PUBLIC and not answer.account.is_guest:
        return url_for("groups.members", group_id=answer.room.group_id)
    return url_for("rooms.people", room_id=answer.room.id)


def _list_url(answer: Explanation, **values) -> str:
    kind = "folder" if answer.scope[0] == lists.FOLDER_SCOPE else "room"
    return url_for("rights.show_place", kind=kind, place_id=answer.scope[1], **values)


def _line_url(answer: Explanation, one) -> str:
    return _list_url(answer, line=lists.key_of(one.line.principal, one.line.principal_id))
