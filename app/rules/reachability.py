"""Reachability of this server: https, its certificate as last seen, the addresses given to clients."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from app.models import now
from app.queries import certificates
from app.rules import discovery, distrust
from app.rules.checks import Check, State

# How long before its end a certificate is told of, the days are counted, and it counts as a failure.
WARN_BEFORE, PRESS_BEFORE, ALARM_BEFORE = timedelta(days=30), timedelta(days=14), timedelta(days=3)


@dataclass(frozen=True)
class Shown:
    """The certificate that the public address showed when the worker looked last."""

    host: str
    issuer: str
    ends: datetime
    is_for_host: bool
    distrust: str | None


def https(public_url: str, certificate: Shown | None) -> Check:
    """Return the check of the public address: https, with a certificate in date, for this host, and trusted."""
    url = urlsplit(public_url)
    if url.scheme != "https":
        return Check("https", State.FAILURE, _("The public address %(url)s is not https.", url=public_url))
    if certificate is not None and certificate.host == url.hostname:
        return _judged(certificate)
    if _is_private(url.hostname or ""):
        sentence = _("%(host)s is known to this machine or network only.", host=url.hostname)
        return Check("https", State.WARNING, sentence)
    return Check("https", State.OK, _("The public address is %(url)s.", url=public_url))


def told(values: dict[str, str]) -> Check:
    """Return the check of the addresses for clients: https, an explicit path, one host for all."""
    needed = [url for url in discovery.URLS if url.is_required]
    for url in needed:
        problem = discovery.problem_of(url.name, values.get(url.name))
        if problem:
            sentence = _("%(label)s: %(problem)s", label=url.label, problem=problem)
            return Check("discovery", State.FAILURE, sentence)
    public = values.get(discovery.HOST_NAME)
    for url in needed:
        if discovery.is_external(url.name, values[url.name], public) and url.name != "webadmin":
            sentence = _(
                "%(label)s names another host than the public one: downloads may fail.", label=url.label
            )
            return Check("discovery", State.WARNING, sentence)
    return Check("discovery", State.OK, _("WebClient, WebAdmin and the TeamChat API have their addresses."))


def shown() -> Shown | None:
    """Return the certificate as it was last seen, None before the first look."""
    handshake = certificates.seen()
    if handshake is None or handshake.certificate is None:
        return None
    certificate = handshake.certificate
    return Shown(
        handshake.host,
        certificate.issuer,
        certificate.not_after,
        certificate.covers(handshake.host),
        handshake.distrust,
    )


def _judged(shown: Shown) -> Check:
    """Return the check of a certificate: its dates count most, then its name, then its issuer."""
    date = format_date(shown.ends, "long")
    left = shown.ends - now()
    if left <= timedelta(0):
        sentence = _("The certificate ended on %(date)s: browsers refuse it.", date=date)
        return Check("https", State.FAILURE, sentence)
    if not shown.is_for_host:
        sentence = _("The certificate is not for %(host)s: browsers refuse it.", host=shown.host)
        return Check("https", State.FAILURE, sentence)
    if left < WARN_BEFORE:
        state = State.FAILURE if left < ALARM_BEFORE else State.WARNING
        return Check("https", state, _ending(date, left))
    if shown.distrust:
        sentence = _(
            "The certificate is not believed by everybody: %(reason)s. Browsers warn until they trust its authority.",
            reason=distrust.in_words(shown.distrust),
        )
        return Check("https", State.WARNING, sentence)
    sentence = _(
        "Certificate of %(host)s, by %(issuer)s, until %(date)s.",
        host=shown.host,
        issuer=shown.issuer,
        date=date,
    )
    return Check("https", State.OK, sentence)


def _ending(date: str, left: timedelta) -> str:
    """From two weeks before the end it is pressing."""
    sentence = _("The certificate ends on %(date)s: install another one.", date=date)
    if left >= PRESS_BEFORE:
        return sentence
    days = ngettext("%(num)s day is left.", "%(num)s days are left.", left.days)
    return f"{sentence} {days}"


def _is_private(host: str) -> bool:
    return (
        host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".lan")) or "." not in host
    )
