"""Switches: what is on for whom. effective = services run and domain's switch and account's switch."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, func, select

from app.errors import Invalid
from app.extensions import db
from app.models import CLOSED, Account, AccountState, Domain, DomainState, Invitation, ServiceName, now
from app.rules.accounts.addresses import readable


class Feature(StrEnum):
    """Feature that a domain and an account may have. TeamChat needs the other two on the same level."""

    GROUPWARE = "groupware"
    WEBDAV = "webdav"
    TEAMCHAT = "teamchat"


LABELS = {Feature.GROUPWARE: "GroupWare", Feature.WEBDAV: "WebDAV", Feature.TEAMCHAT: "TeamChat"}

NEEDED = {
    Feature.GROUPWARE: (Feature.GROUPWARE,),
    Feature.WEBDAV: (Feature.WEBDAV,),
    Feature.TEAMCHAT: (Feature.TEAMCHAT, Feature.GROUPWARE, Feature.WEBDAV),
}


class Level(StrEnum):
    """Level on which a switch can be off, from the most general."""

    SERVICE = "service"
    DATABASE = "database"
    DOMAIN_STATE = "domain_state"
    DOMAIN = "domain"
    ACCOUNT_STATE = "account_state"
    ACCOUNT = "account"


@dataclass(frozen=True)
class Obstacle:
    """The first level that says no, and the feature it says no to."""

    level: Level
    feature: Feature


@dataclass(frozen=True)
class Facets:
    """Three facets of a switch: its own value, whether it is effective, and what prevents it."""

    feature: Feature
    own: bool
    obstacle: Obstacle | None

    @property
    def is_effective(self) -> bool:
        return self.obstacle is None


@dataclass(frozen=True)
class SwitchConditions:
    """Conditions of all switches: the running services, and whether the database can carry TeamChat."""

    running: frozenset[ServiceName]
    is_supported: bool = True


def own_switch(subject: Domain | Account, feature: Feature) -> bool:
    """Return the subject's own switch."""
    return getattr(subject, f"has_{feature}")


def own_features(subject: Domain | Account) -> dict[Feature, bool]:
    """Return all of the subject's own switches."""
    return {feature: own_switch(subject, feature) for feature in Feature}


def services_run(feature: Feature, running: Set[ServiceName]) -> bool:
    """Return whether the services behind a feature run. running: names of the running services."""
    return all(ServiceName(needed) in running for needed in NEEDED[feature])


def domain_has(domain: Domain, feature: Feature) -> bool:
    """Return whether a domain is active and has the feature with all it needs."""
    return domain.state is DomainState.ACTIVE and all(
        own_switch(domain, needed) for needed in NEEDED[feature]
    )


def account_has(account: Account, feature: Feature) -> bool:
    """Return whether the switches of domain and account are on; guests have TeamChat by being guests."""
    if account.state in CLOSED:
        return False
    if account.is_guest:
        return feature is Feature.TEAMCHAT
    return domain_has(account.domain, feature) and all(
        own_switch(account, needed) for needed in NEEDED[feature]
    )


def domain_facets(domain: Domain, feature: Feature, conditions: SwitchConditions) -> Facets:
    """Return the facets of a domain's switch, with the first level that is off."""
    return Facets(
        feature, own_switch(domain, feature), next(_domain_obstacles(domain, feature, conditions), None)
    )


def account_facets(account: Account, feature: Feature, conditions: SwitchConditions) -> Facets:
    """Return the facets of an account's switch, with the first level that is off."""
    return Facets(
        feature, own_switch(account, feature), next(_account_obstacles(account, feature, conditions), None)
    )


def reason(obstacle: Obstacle, name: str) -> str:
    """Return the reason for which a feature is not effective, in a sentence. name: of the domain in question."""
    feature = LABELS[obstacle.feature]
    sentences = {
        Level.SERVICE: _("The service %(feature)s is stopped.", feature=feature),
        Level.DATABASE: _("TeamChat cannot be enabled on SQLite."),
        Level.DOMAIN_STATE: _("The domain %(name)s is suspended.", name=name),
        Level.DOMAIN: _("%(feature)s is off for the domain %(name)s.", feature=feature, name=name),
        Level.ACCOUNT_STATE: _("The account is disabled."),
        Level.ACCOUNT: _("%(feature)s is off for this account.", feature=feature),
    }
    return sentences[obstacle.level]


def missing(features: dict[Feature, bool]) -> list[Feature]:
    """Return the features that TeamChat needs and that are off."""
    if not features[Feature.TEAMCHAT]:
        return []
    return [needed for needed in NEEDED[Feature.TEAMCHAT] if not features[needed]]


def require_consistent(features: dict[Feature, bool]) -> None:
    """Refuse TeamChat without GroupWare and WebDAV on the same level."""
    if missing(features):
        raise Invalid(
            _("TeamChat needs GroupWare and WebDAV to be enabled too."),
            code="teamchat_needs",
            field="teamchat",
        )


def require_domain_has(domain: Domain, feature: Feature) -> None:
    """Refuse where the domain's switch is off."""
    if not own_switch(domain, feature):
        raise Invalid(
            _(
                "%(feature)s is off for the domain %(name)s.",
                feature=LABELS[feature],
                name=readable(domain.name),
            ),
            code="domain_lacks",
            field=feature.value,
        )


def require_public_folder(has_public_folder: bool) -> None:
    """Refuse TeamChat for a group without a public folder, which holds its rooms."""
    if not has_public_folder:
        raise Invalid(
            _("TeamChat needs the public folder: create it too."),
            code="needs_public_folder",
            field="teamchat",
        )


def _domain_obstacles(domain: Domain, feature: Feature, conditions: SwitchConditions) -> Iterator[Obstacle]:
    for needed in NEEDED[feature]:
        if ServiceName(needed) not in conditions.running:
            yield Obstacle(Level.SERVICE, needed)
    if feature is Feature.TEAMCHAT and not conditions.is_supported:
        yield Obstacle(Level.DATABASE, feature)
    if domain.state is not DomainState.ACTIVE:
        yield Obstacle(Level.DOMAIN_STATE, feature)
    for needed in NEEDED[feature]:
        if not own_switch(domain, needed):
            yield Obstacle(Level.DOMAIN, needed)


def _account_obstacles(
    account: Account, feature: Feature, conditions: SwitchConditions
) -> Iterator[Obstacle]:
    yield from _domain_obstacles(account.domain, feature, conditions)
    if account.state in CLOSED:
        yield Obstacle(Level.ACCOUNT_STATE, feature)
    for needed in NEEDED[feature]:
        if not own_switch(account, needed):
            yield Obstacle(Level.ACCOUNT, needed)


def require_room_for_account(domain: Domain) -> None:
    """Refuse an account beyond the domain's limit. The domain is locked, so that two makers do not both fit in."""
    limit = _limit(domain, Domain.account_limit)
    if limit is not None and account_count(domain) >= limit:
        raise Invalid(
            ngettext(
                "This domain has reached its limit of %(num)s account. A server administrator can raise it.",
                "This domain has reached its limit of %(num)s accounts. A server administrator can raise it.",
                limit,
            ),
            code="domain_full",
        )


def require_room_for_guest(domain: Domain, *, with_invited: bool = False) -> None:
    """Refuse a guest beyond the limit of the domain that invites. Locked, as for accounts.

    with_invited: whether those count too who were invited and have not answered yet.
    """
    limit = _limit(domain, Domain.guest_limit)
    if limit is None:
        return
    if guest_count(domain) + (invited_count(domain) if with_invited else 0) >= limit:
        raise Invalid(
            ngettext(
                "This domain has reached its limit of %(num)s guest. A server administrator can raise it.",
                "This domain has reached its limit of %(num)s guests. A server administrator can raise it.",
                limit,
            ),
            code="domain_full_of_guests",
        )


def _limit(domain: Domain, column: Any) -> int | None:
    """Return a domain's limit; where there is one, lock the domain's row until the commit."""
    limit = db.session.scalar(select(column).where(Domain.id == domain.id))
    if limit is None:
        return None
    return db.session.scalar(select(column).where(Domain.id == domain.id).with_for_update())


def account_count(domain: Domain) -> int:
    """Return the number of a domain's accounts, disabled ones included."""
    own = (Account.domain_id == domain.id, ~Account.is_guest)
    return _count(select(func.count(Account.id)).where(*own))


def guest_count(domain: Domain) -> int:
    """Return the number of guests that the people of a domain are sponsors of."""
    sponsors = select(Account.id).where(Account.domain_id == domain.id)
    is_sponsored = (Account.is_guest, Account.state != AccountState.DELETED, Account.sponsor_id.in_(sponsors))
    return _count(select(func.count(Account.id)).where(*is_sponsored))


def invited_count(domain: Domain) -> int:
    """Return the number of open invitations from a domain's people to outsiders without an account."""
    is_open = (
        Invitation.account_id.is_(None),
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > now(),
    )
    inviters = select(Account.id).where(Account.domain_id == domain.id)
    statement = select(func.count(Invitation.address.distinct())).where(*is_open)
    return _count(statement.where(Invitation.inviter_id.in_(inviters)))


def _count(statement: Select) -> int:
    return db.session.scalar(statement) or 0
