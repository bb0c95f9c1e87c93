"""Actions on many domains, for server and web administrators."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import Row

from app.models import Account, Domain, DomainState
from app.operations.bulk import Action, Collection, effects, register
from app.operations.domains import update_domain
from app.queries import domains as listed
from app.queries.listing import ListQuery
from app.rules.rights import scope


def _matching(actor: Account, list_filters: dict) -> list:
    filters = tuple((name, list_filters[name]) for name in listed.FILTERS if list_filters.get(name))
    return listed.conditions(actor, ListQuery(search=list_filters.get("q", ""), filters=filters))


def _judge_reopening(actor: Account, row: Row, values: dict[str, Any]) -> str | None:
    return _("Already active.") if row.state is DomainState.ACTIVE else None


def _judge_suspending(actor: Account, row: Row, values: dict[str, Any]) -> str | None:
    if row.state is DomainState.SUSPENDED:
        return _("Already suspended.")
    if not scope.may_close(actor, row):
        return _("An account of this domain administers more than you do.")
    return _("This is your own domain: you would lock yourself out.") if row.id == actor.domain_id else None


def _suspension(actor: Account, count: int, values: dict[str, Any]) -> str:
    return ngettext(
        "Nobody in %(num)s domain can sign in until it is active again.",
        "Nobody in %(num)s domains can sign in until they are active again.",
        count,
    )


ACTIONS = (
    Action(
        "reopen",
        _l("Make active"),
        effect=effects.reopened,
        icon="circle-check",
        may=scope.is_server_wide,
        judge=_judge_reopening,
        do=lambda actor, domain, values: update_domain(actor, domain, {"state": DomainState.ACTIVE}),
    ),
    Action(
        "suspend",
        _l("Suspend"),
        effect=effects.suspended,
        icon="ban",
        may=scope.is_server_wide,
        judge=_judge_suspending,
        consequence=_suspension,
        do=lambda actor, domain, values: update_domain(actor, domain, {"state": DomainState.SUSPENDED}),
    ),
)

register(
    Collection(
        name="domains",
        title=_l("Domains"),
        counted=lambda count: ngettext("%(num)s domain", "%(num)s domains", count),
        columns=(Domain.id, Domain.name.label("label"), Domain.state),
        matching=_matching,
        find=scope.find_domain,
        actions=ACTIONS,
    )
)
