"""Actions on many guests."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString
from sqlalchemy import Label, Row, select
from sqlalchemy.orm import aliased

from app.errors import NotFound
from app.extensions import db
from app.models import Account, AccountState, Domain
from app.operations.bulk import Action, Collection, Field, effects, register
from app.operations.guests import change_sponsor, delete_guest, extend_guest, update_guest
from app.operations.tasks import Unchanged
from app.queries import guests as listed
from app.queries.listing import ListQuery
from app.rules.guests import policy
from app.rules.rights import scope

SPONSORS_OFFERED = 500


def _matching(actor: Account, list_filters: dict) -> list:
    filters = tuple((name, list_filters[name]) for name in listed.GUEST_FILTERS if list_filters.get(name))
    return listed.conditions(actor, ListQuery(search=list_filters.get("q", ""), filters=filters))


def _judge_state(state: AccountState, already: LazyString) -> Callable:
    return lambda actor, row, values: str(already) if row.state is state else None


def _do_state(state: AccountState) -> Callable:
    return lambda actor, guest, values: update_guest(actor, guest, {"state": state})


def _extend(actor: Account, guest: Account, values: dict[str, Any]) -> None:
    until = policy.extended_until(guest)
    if until is None:
        raise Unchanged(_("It cannot be extended any more."))
    extend_guest(actor, guest, until)


def _judge_extension(actor: Account, row: Row, values: dict[str, Any]) -> str | None:
    if row.expires_at is None:
        return _("The account has no end.")
    if not row.has_sponsor:
        return _("Has no active sponsor: choose another one first.")
    if policy.extension(row.expires_at, row.guest_days, row.guest_days_longest) is None:
        return _("The limit of the domain is reached.")
    return None


def _of_sponsors_domain(column: Any) -> Label:
    """Return a column of the domain of a guest's sponsor, as a subquery."""
    sponsor = aliased(Account)
    statement = select(column).join(sponsor, sponsor.domain_id == Domain.id)
    return statement.where(sponsor.id == Account.sponsor_id).scalar_subquery().label(column.key)


def _sponsors(actor: Account, list_filters: dict[str, str]) -> list[tuple[str, str]]:
    statement = (
        select(Account.id, Account.name, Account.address)
        .join(Domain, Domain.id == Account.domain_id)
        .where(scope.of_domains(actor), ~Account.is_guest, Account.state == AccountState.ENABLED)
        .order_by(Account.name, Account.id)
        .limit(SPONSORS_OFFERED)
    )
    return [(str(key), f"{name} ({address})") for key, name, address in db.session.execute(statement)]


def _change_sponsor(actor: Account, guest: Account, values: dict[str, Any]) -> None:
    sponsor = db.session.get(Account, int(values["sponsor"]))
    if sponsor is None:
        raise NotFound()
    change_sponsor(actor, guest, sponsor)


def _deletion(actor: Account, count: int, values: dict[str, Any]) -> str:
    return ngettext(
        "%(num)s guest can no longer sign in. What they have written stays, signed “(deleted guest)”.",
        "%(num)s guests can no longer sign in. What they have written stays, signed “(deleted guest)”.",
        count,
    )


ACTIONS = (
    Action(
        "enable",
        _l("Enable"),
        effect=effects.enabled,
        icon="circle-check",
        judge=_judge_state(AccountState.ENABLED, _l("Already enabled.")),
        do=_do_state(AccountState.ENABLED),
    ),
    Action(
        "suspend",
        _l("Suspend"),
        effect=effects.suspended,
        icon="circle-minus",
        judge=_judge_state(AccountState.DISABLED, _l("Already suspended.")),
        do=_do_state(AccountState.DISABLED),
    ),
    Action(
        "extend", _l("Extend"), effect=effects.extended, icon="calendar", judge=_judge_extension, do=_extend
    ),
    Action(
        "change_sponsor",
        _l("Change the sponsor"),
        effect=effects.given_sponsor,
        icon="user-check",
        fields=(Field("sponsor", _l("Sponsor"), _sponsors),),
        do=_change_sponsor,
    ),
    Action(
        "delete",
        _l("Delete"),
        effect=effects.deleted,
        icon="trash",
        is_destructive=True,
        consequence=_deletion,
        do=lambda actor, guest, values: delete_guest(actor, guest),
    ),
)

register(
    Collection(
        name="guests",
        title=_l("Guests"),
        counted=lambda count: ngettext("%(num)s guest", "%(num)s guests", count),
        columns=(
            Account.id,
            Account.address.label("label"),
            Account.state,
            Account.expires_at,
            policy.has_sponsor().label("has_sponsor"),
            _of_sponsors_domain(Domain.guest_days),
            _of_sponsors_domain(Domain.guest_days_longest),
        ),
        matching=_matching,
        find=policy.find_guest,
        actions=ACTIONS,
    )
)
