"""Feature switches: own value, effective value, and the first level that says no."""

import itertools

import pytest

from app.errors import Invalid
from app.models import CLOSED, Account, AccountState, Domain, DomainState, ServiceName
from app.rules import domains
from app.rules.domains import Feature, Level, Obstacle, SwitchConditions

EVERYTHING = frozenset(ServiceName)
ON = {"has_groupware": True, "has_webdav": True, "has_teamchat": True}


def domain(**values) -> Domain:
    return Domain(**{"name": "iwdemo.fr", "state": DomainState.ACTIVE, **ON, **values})


def account(of: Domain | None = None, **values) -> Account:
    own = {"name": "arthur", "state": AccountState.ENABLED, "is_guest": False, **ON, **values}
    made = Account(**own)
    made.domain = of or domain()
    return made


def why(subject, feature=Feature.TEAMCHAT, *, stopped=(), is_supported=True) -> Obstacle | None:
    facets = domains.account_facets if isinstance(subject, Account) else domains.domain_facets
    conditions = SwitchConditions(EVERYTHING - frozenset(ServiceName(name) for name in stopped), is_supported)
    return facets(subject, feature, conditions).obstacle


def test_feature_enabled_everywhere_is_effective():
    assert why(account()) is None
    assert why(domain()) is None


@pytest.mark.parametrize(
    ("subject", "circumstances", "level", "feature"),
    [
        (account(), {"stopped": ["teamchat"]}, Level.SERVICE, Feature.TEAMCHAT),
        (account(), {"stopped": ["webdav"]}, Level.SERVICE, Feature.WEBDAV),
        (account(), {"is_supported": False}, Level.DATABASE, Feature.TEAMCHAT),
        (account(domain(state=DomainState.SUSPENDED)), {}, Level.DOMAIN_STATE, Feature.TEAMCHAT),
        (account(domain(has_groupware=False)), {}, Level.DOMAIN, Feature.GROUPWARE),
        (account(domain(has_teamchat=False)), {}, Level.DOMAIN, Feature.TEAMCHAT),
        (account(state=AccountState.DISABLED), {}, Level.ACCOUNT_STATE, Feature.TEAMCHAT),
        (account(has_webdav=False), {}, Level.ACCOUNT, Feature.WEBDAV),
        (domain(has_teamchat=False), {}, Level.DOMAIN, Feature.TEAMCHAT),
        (domain(state=DomainState.SUSPENDED), {"stopped": ["teamchat"]}, Level.SERVICE, Feature.TEAMCHAT),
    ],
)
def test_first_level_that_disables_feature_is_named(app, subject, circumstances, level, feature):
    assert why(subject, **circumstances) == Obstacle(level, feature)
    assert domains.reason(Obstacle(level, feature), "iwdemo.fr")


def test_other_feature_does_not_depend_on_teamchat():
    assert why(account(domain(has_teamchat=False)), Feature.WEBDAV, stopped=["teamchat"]) is None


def test_facets_agree_with_boolean_functions():
    for bits in itertools.product((True, False), repeat=6):
        of = domain(has_groupware=bits[0], has_webdav=bits[1], has_teamchat=bits[2])
        person = account(of, has_groupware=bits[3], has_webdav=bits[4], has_teamchat=bits[5])
        for feature in Feature:
            facets = domains.account_facets(person, feature, SwitchConditions(EVERYTHING))
            assert facets.is_effective is domains.account_has(person, feature)
            assert facets.own is domains.own_switch(person, feature)


@pytest.mark.parametrize("state", AccountState)
def test_only_disabled_account_loses_its_features(state):
    assert domains.account_has(account(state=state), Feature.TEAMCHAT) is (state not in CLOSED)


def test_guest_has_teamchat_only():
    guest = account(is_guest=True, has_teamchat=False)
    assert [domains.account_has(guest, feature) for feature in Feature] == [False, False, True]


@pytest.mark.parametrize(
    ("switches", "missing"),
    [
        ((True, True, True), []),
        ((False, True, True), [Feature.GROUPWARE]),
        ((False, False, True), [Feature.GROUPWARE, Feature.WEBDAV]),
        ((False, False, False), []),
    ],
)
def test_teamchat_needs_groupware_and_webdav(app, switches, missing):
    chosen = dict(zip(Feature, switches, strict=True))
    assert domains.missing(chosen) == missing
    if missing:
        with pytest.raises(Invalid):
            domains.require_consistent(chosen)
    else:
        domains.require_consistent(chosen)


def test_feature_of_account_needs_feature_of_domain(app):
    domains.require_domain_has(domain(), Feature.TEAMCHAT)
    with pytest.raises(Invalid) as refusal:
        domains.require_domain_has(domain(has_teamchat=False), Feature.TEAMCHAT)
    assert refusal.value.field == "teamchat"
