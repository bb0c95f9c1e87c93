"""An explanation in sentences: each step, whether it opens or closes, and where it can be changed."""

from dataclasses import dataclass

from flask_babel import gettext as _

from app.blueprints.features import switch_conditions
from app.blueprints.right_names import RIGHT_NAMES, principal_name
from app.blueprints.rights import labels
from app.blueprints.rights.links import Links
from app.models import Account, EntryKind, Principal, RoomKind
from app.queries.groups import members
from app.rules import domains
from app.rules.accounts.addresses import readable
from app.rules.domains import Feature, Level, Obstacle
from app.rules.rights import Basis, Cap, Right, lists
from app.rules.rights.explanation import Explanation, names_of


@dataclass(frozen=True)
class ExplanationStep:
    """One step of an answer. kind: "on", "bad", "off" or "wait", as ui.state shows them."""

    kind: str
    text: str
    url: str | None = None


@dataclass(frozen=True)
class VerdictSentence:
    """One of the twelve rights, whether it is held, and what gave or refused it."""

    right: Right
    label: str
    is_held: bool
    why: str


def steps(actor, answer: Explanation) -> list[ExplanationStep]:
    """Return how an answer came about, from the switches to what took rights away again."""
    links = Links(actor, answer)
    if answer.decision.basis in _SHUT:
        return [_SHUT[answer.decision.basis](links, answer)]
    steps_found = [*_ways(links, answer), *_decision(links, answer)]
    steps_found += [
        ExplanationStep("off", _overruled(grant), links.grant(grant)) for grant in answer.overruled
    ]
    return [
        *steps_found,
        *(ExplanationStep("wait", str(_caps()[cap]), _cap_url(links, cap)) for cap in answer.decision.caps),
    ]


def verdicts(answer: Explanation) -> list[VerdictSentence]:
    """Return the twelve rights, each with what gave or refused it."""
    return [
        VerdictSentence(right, str(label), bool(answer.rights & right), _why(answer, right))
        for right, label in RIGHT_NAMES.items()
    ]


def _why(answer: Explanation, right: Right) -> str:
    givers = [
        principal_name(grant.entry.principal, grant.name)
        for grant in answer.deciding
        if grant.entry.rights & right
    ]
    source = ", ".join(givers) or (_("owner") if answer.decision.basis is Basis.OWNER else "")
    if answer.rights & right or not source:
        return source
    cap = answer.decision.caps[-1] if answer.decision.caps else None
    return f"{source} – {_caps()[cap]}" if cap else source


def _stopped(links: Links, _answer) -> ExplanationStep:
    return ExplanationStep("bad", _("TeamChat is stopped on this server."), links.dashboard())


def _switched_off(links: Links, answer: Explanation) -> ExplanationStep:
    """Return the step for the first switch or state that is off, from the domain down to the account.

    Only administrators are told which.
    """
    if not links.is_mine:
        return ExplanationStep(
            "bad", _("%(name)s cannot use TeamChat at the moment.", name=answer.account.name), None
        )
    obstacle = _obstacle_of(answer.account)
    text = domains.reason(obstacle, readable(answer.account.domain.name))
    return ExplanationStep("bad", text, links.switch(obstacle.level))


def _obstacle_of(account: Account) -> Obstacle:
    """Return what stands in an account's way.

    Guests have TeamChat by being guests: only their own state can close it.
    """
    if account.is_guest:
        return Obstacle(Level.ACCOUNT_STATE, Feature.TEAMCHAT)
    obstacle = domains.account_facets(account, Feature.TEAMCHAT, switch_conditions()).obstacle
    if obstacle is None:
        raise ValueError(f"nothing stands in the way of account {account.id}")
    return obstacle


def _group_off(links: Links, answer: Explanation) -> ExplanationStep:
    group = answer.room.group
    # Only rooms of a group are closed by one.
    assert group is not None
    domain = group.domain
    obstacle = domains.domain_facets(domain, Feature.TEAMCHAT, switch_conditions()).obstacle
    if obstacle is not None:
        return ExplanationStep(
            "bad", domains.reason(obstacle, readable(domain.name)), links.domain(domain.id)
        )
    return ExplanationStep("bad", _("TeamChat is not on for this group."), links.group())


def _deleted(links: Links, _answer) -> ExplanationStep:
    return ExplanationStep("bad", _("The room is in the trash."), links.room())


_SHUT = {
    Basis.SERVICE_STOPPED: _stopped,
    Basis.SWITCHED_OFF: _switched_off,
    Basis.GROUP_OFF: _group_off,
    Basis.DELETED: _deleted,
}


def _ways(links: Links, answer: Explanation) -> list[ExplanationStep]:
    """Return the steps that let the person in, or the one that says they are outside."""
    name = answer.account.name
    if answer.decision.basis is Basis.OUTSIDE:
        is_public = answer.room.kind is RoomKind.PUBLIC
        text = (
            _("%(name)s is not in the group of this room.", name=name)
            if is_public
            else _("%(name)s is not in this room.", name=name)
        )
        return [ExplanationStep("bad", text, links.people_list())]
    if answer.room.kind is not RoomKind.PUBLIC or answer.account.is_guest:
        return [ExplanationStep("on", _("%(name)s is in this room.", name=name), links.people_list())]
    if not links.is_mine:
        assert answer.room.group is not None
        ways_by_account = members.ways_for_members([answer.account], answer.room.group)
        return [
            ExplanationStep("on", text, links.people_list())
            for text in ways_by_account[answer.account.id].texts
        ]
    ids = {(Principal.GROUP, key) for way in answer.ways for key in way.group_ids}
    names = names_of(ids)
    return [
        ExplanationStep("on", way_text(way, names), links.members(way.group_ids[-1])) for way in answer.ways
    ]


def way_text(way, names: dict) -> str:
    """Return one way of being in a group, in a sentence."""
    path = " → ".join(principal_name(Principal.GROUP, names[Principal.GROUP, key]) for key in way.group_ids)
    if way.kind is EntryKind.DOMAIN:
        return _("By the whole domain in %(path)s", path=path)
    return _("By their own entry in %(path)s", path=path)


def _decision(links: Links, answer: Explanation) -> list[ExplanationStep]:
    if answer.decision.basis is Basis.OWNER:
        return [
            ExplanationStep(
                "on",
                _("%(name)s owns this room and holds every right.", name=answer.account.name),
                links.people_list(),
            )
        ]
    if answer.decision.basis is Basis.NO_ENTRY:
        text = _("No line of the list applies to %(name)s: no rights at all.", name=answer.account.name)
        return [ExplanationStep("bad", text, links.list())]
    return [ExplanationStep("on", _gives(answer, grant), links.grant(grant)) for grant in answer.deciding]


def _gives(answer: Explanation, grant) -> str:
    values = {
        "line": principal_name(grant.entry.principal, grant.name),
        "rights": labels.preset_label(grant.entry.rights),
    }
    if answer.scope[0] == lists.FOLDER_SCOPE:
        return _("The line %(line)s of the TeamChat folder gives: %(rights)s", **values)
    return _("The line %(line)s of the room’s own list gives: %(rights)s", **values)


def _overruled(grant) -> str:
    return _(
        "The line %(line)s (%(rights)s) does not apply: a more specific one decides.",
        line=principal_name(grant.entry.principal, grant.name),
        rights=labels.preset_label(grant.entry.rights),
    )


def _caps() -> dict:
    return {
        Cap.GUEST: _("Guests never create, rename or delete rooms, nor administer them."),
        Cap.ARCHIVED: _("The room is archived: it can only be read."),
        Cap.MUTED: _("The account is read only."),
        Cap.UNLICENSED: _("The licence has ended: everything is read-only."),
        Cap.HIDDEN: _("People who cannot see the room have no rights in it."),
    }


def _cap_url(links: Links, cap: Cap) -> str | None:
    places = {
        Cap.ARCHIVED: links.room,
        Cap.UNLICENSED: links.dashboard,
        Cap.MUTED: links.account,
        Cap.HIDDEN: links.list,
    }
    return places[cap]() if cap in places else None
