"""The tiles GroupWare, WebDAV and TeamChat on a domain's and an account's page, and the questions they raise."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from wtforms import BooleanField

from app.models import Account, Domain
from app.rules import domains, services
from app.rules.accounts.addresses import readable
from app.rules.domains import Facets, Feature, Level, SwitchConditions

ALL_THREE = "all_three"
STOP = "stop"


class FeatureFields:
    """The three tiles, for a form to have."""

    groupware = BooleanField("GroupWare")
    webdav = BooleanField("WebDAV")
    teamchat = BooleanField("TeamChat")


@dataclass(frozen=True)
class Tile:
    """A tile: its checkbox, its three facets in words, where to go about it, and whether it can be changed here."""

    control: BooleanField
    facets: Facets
    why: str | None
    link: str | None
    is_editable: bool
    is_granted: bool = True

    @property
    def effective(self) -> str:
        return _("Effective now: yes") if self.facets.is_effective else _("Effective now: no")

    @property
    def editable(self) -> str | None:
        """Return the reason for which it cannot be changed here; None when it can."""
        if self.is_editable:
            return None
        return (
            _("You cannot change this")
            if self.is_granted
            else _("Off for the domain: cannot be changed here")
        )


@dataclass(frozen=True)
class ChangeQuestion:
    """Question asked before saving: its text, the value of the answer, the label of its button."""

    text: str
    answer: str
    label: str
    is_destructive: bool


def switch_conditions() -> SwitchConditions:
    """Return what switches stand on now. Two statements."""
    return SwitchConditions(services.state().running, services.database_is_supported())


def tiles(form, subject: Domain | Account, *, is_editable: bool) -> list[Tile]:
    """Return the tiles of a domain or an account.

    An account's is editable only where its domain has the feature.
    """
    below = switch_conditions()
    return [
        _tile(
            form[feature],
            _facets(subject, feature, below),
            subject,
            is_editable and _is_granted(subject, feature),
        )
        for feature in Feature
    ]


def _facets(subject: Domain | Account, feature: Feature, below: SwitchConditions) -> Facets:
    if isinstance(subject, Account):
        return domains.account_facets(subject, feature, below)
    return domains.domain_facets(subject, feature, below)


def typed(form, subject: Domain | Account) -> dict[Feature, bool]:
    """Return the switches as the form wants them; one that could not be changed there keeps its value."""
    return {
        feature: bool(form[feature].data)
        if _is_granted(subject, feature)
        else domains.own_switch(subject, feature)
        for feature in Feature
    }


def question(
    subject: Domain | Account, switches: dict[Feature, bool], consequence: Callable
) -> ChangeQuestion | None:
    """Return what has to be asked about a change of switches: all three on, or what will stop.

    consequence(subject): what stops, in numbers.
    """
    had_teamchat = domains.own_switch(subject, Feature.TEAMCHAT)
    if not had_teamchat and domains.missing(switches):
        text = _("TeamChat needs GroupWare and WebDAV. Enable all three?")
        return ChangeQuestion(text, ALL_THREE, _("Enable all three"), is_destructive=False)
    if had_teamchat and _stops(subject, switches):
        return ChangeQuestion(consequence(subject), STOP, _("Stop TeamChat"), is_destructive=True)
    return None


def answered(switches: dict[Feature, bool], answer: str | None) -> dict[Feature, bool]:
    """Return the switches once the question is answered."""
    if answer == ALL_THREE:
        return dict.fromkeys(Feature, True)
    if answer == STOP:
        return {**switches, Feature.TEAMCHAT: False}
    return switches


def _stops(subject: Domain | Account, switches: dict[Feature, bool]) -> bool:
    """Return whether TeamChat stops.

    Switching it off alone, for one person, needs no question: it is what was asked for.
    """
    is_alone = isinstance(subject, Account) and switches[Feature.GROUPWARE] and switches[Feature.WEBDAV]
    return (
        bool(domains.missing({**switches, Feature.TEAMCHAT: True}) or not switches[Feature.TEAMCHAT])
        and not is_alone
    )


def _is_granted(subject: Domain | Account, feature: Feature) -> bool:
    return isinstance(subject, Domain) or domains.own_switch(subject.domain, feature)


def _tile(control, facets: Facets, subject: Domain | Account, is_editable: bool) -> Tile:
    obstacle, is_granted = facets.obstacle, _is_granted(subject, facets.feature)
    if obstacle is None:
        return Tile(control, facets, None, None, is_editable, is_granted)
    domain = subject.domain if isinstance(subject, Account) else subject
    why = domains.reason(obstacle, readable(domain.name))
    return Tile(control, facets, why, _link(obstacle.level, domain, subject), is_editable, is_granted)


def _link(level: Level, domain: Domain, subject: Domain | Account) -> str | None:
    """Return the page that changes what stands in the way; none when it is this very page."""
    if level in (Level.SERVICE, Level.DATABASE):
        return url_for("dashboard.show", _anchor="services" if level is Level.SERVICE else "readiness")
    if level in (Level.DOMAIN, Level.DOMAIN_STATE) and isinstance(subject, Account):
        return url_for("domains.properties", domain_id=domain.id)
    return None
