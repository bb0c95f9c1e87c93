"""Switches: what is on for whom. effective = services run and domain's switch and account's switch."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext as _

from app.errors import Invalid
from app.models import CLOSED, Account, Domain, DomainState, ServiceName
from app.rules.addresses import readable


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
class Ground:
    """Conditions of all switches: the running services, and whether the database can carry TeamChat."""

    running: frozenset[ServiceName]
    is_supported: bool = True


def own(subject: Domain | Account, feature: Feature) -> bool:
    """Return the subject's own switch."""
    return getattr(subject, f"has_{feature}")


def own_features(subject: Domain | Account) -> dict[Feature, bool]:
    """Return all of the subject's own switches."""
    return {feature: own(subject, feature) for feature in Feature}


def services_run(feature: Feature, running: set[ServiceName]) -> bool:
    """Return whether the services behind a feature run. running: names of the running services."""
    return all(ServiceName(needed) in running for needed in NEEDED[feature])


def domain_has(domain: Domain, feature: Feature) -> bool:
    """Return whether a domain is active and has the feature with all it needs."""
    return domain.state is DomainState.ACTIVE and all(own(domain, needed) for needed in NEEDED[feature])


def account_has(account: Account, feature: Feature) -> bool:
    """Return whether the switches of domain and account are on; guests have TeamChat by being guests."""
    if account.state in CLOSED:
        return False
    if account.is_guest:
        return feature is Feature.TEAMCHAT
    return domain_has(account.domain, feature) and all(own(account, needed) for needed in NEEDED[feature])


def domain_facets(domain: Domain, feature: Feature, ground: Ground) -> Facets:
    """Return the facets of a domain's switch, with the first level that is off."""
    return Facets(feature, own(domain, feature), next(_domain_obstacles(domain, feature, ground), None))


def account_facets(account: Account, feature: Feature, ground: Ground) -> Facets:
    """Return the facets of an account's switch, with the first level that is off."""
    return Facets(feature, own(account, feature), next(_account_obstacles(account, feature, ground), None))


def reason(obstacle: Obstacle, name: str) -> str:
    """Why a feature is not effective, in a sentence. name: of the domain that is asked about."""
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
    if not own(domain, feature):
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


def _domain_obstacles(domain: Domain, feature: Feature, ground: Ground) -> Iterator[Obstacle]:
    for needed in NEEDED[feature]:
        if ServiceName(needed) not in ground.running:
            yield Obstacle(Level.SERVICE, needed)
    if feature is Feature.TEAMCHAT and not ground.is_supported:
        yield Obstacle(Level.DATABASE, feature)
    if domain.state is not DomainState.ACTIVE:
        yield Obstacle(Level.DOMAIN_STATE, feature)
    for needed in NEEDED[feature]:
        if not own(domain, needed):
            yield Obstacle(Level.DOMAIN, needed)


def _account_obstacles(account: Account, feature: Feature, ground: Ground) -> Iterator[Obstacle]:
    yield from _domain_obstacles(account.domain, feature, ground)
    if account.state in CLOSED:
        yield Obstacle(Level.ACCOUNT_STATE, feature)
    for needed in NEEDED[feature]:
        if not own(account, needed):
            yield Obstacle(Level.ACCOUNT, needed)
