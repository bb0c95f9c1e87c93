"""Return the reason for which this machine does not trust a certificate, in plain words."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from app.integrations import certificate_store
from app.integrations.certificates import Certificate, UnfitCertificate, describe, read_chain
from app.integrations.probe import ProbeResult
from app.models import now
from app.rules import discovery
from app.rules.server import settings
from app.rules.server.settings import Setting


def distrust_sentence(reason: str) -> str:
    """Return a sentence for OpenSSL's reason to reject a certificate, or the reason itself.

    The reasons are those of X509_verify_cert_error_string.
    """
    unknown = _("the authority that issued it is not known here")
    words = {
        "self-signed certificate": _("it is signed by itself"),
        "self-signed certificate in certificate chain": unknown,
        "unable to get local issuer certificate": unknown,
        "unable to get issuer certificate": unknown,
        "unable to verify the first certificate": unknown,
        "certificate has expired": _("it has ended"),
        "certificate is not yet valid": _("it is not valid yet"),
    }
    return words.get(reason, reason)


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True)
class Check:
    """One answer: its name, its state, the reason, and what mends it where it is not what it is named after."""

    name: str
    state: State
    sentence: str
    mended_by: str | None = None


@dataclass(frozen=True)
class InstalledCertificate:
    """A certificate on the disk with its chain, its own first."""

    id: str
    chain: tuple[Certificate, ...]
    is_served: bool

    @property
    def certificate(self) -> Certificate:
        return self.chain[0]


@dataclass(frozen=True)
class Handshake:
    """Result of the last handshake with the public address. problem: why there was none."""

    at: datetime
    host: str
    port: int
    certificate: Certificate | None
    chain: tuple[Certificate, ...]
    distrust: str | None
    problem: str | None
    detail: str


def folder() -> Path | None:
    """Return the folder that certificates are installed in; None when TLS does not end here."""
    return Path(current_app.config["TLS_DIR"]) if current_app.config["TLS_DIR"] else None


def installed() -> list[InstalledCertificate]:
    """Return every certificate on the disk that can be read, the newest first."""
    directory = folder()
    certificates = []
    for entry in certificate_store.stored_certificates(directory) if directory else ():
        try:
            chain = tuple(map(describe, read_chain(entry.chain)))
        except UnfitCertificate:
            continue
        certificates.append(InstalledCertificate(entry.id, chain, entry.is_served))
    return certificates


def last_seen() -> Handshake | None:
    """Return the result of the last handshake, None before the first."""
    text = settings.get(Setting.CERTIFICATE_SEEN)
    return _seen(json.loads(text)) if text else None


def serialize_finding(finding: ProbeResult, at: datetime) -> str:
    """Return a finding as it is kept for seen()."""
    chain = [
        {
            **asdict(certificate),
            "not_before": _text(certificate.not_before),
            "not_after": _text(certificate.not_after),
        }
        for certificate in finding.chain
    ]
    about = {"at": _text(at), "host": finding.host, "port": finding.port, "chain": chain}
    trouble = {"distrust": finding.distrust, "problem": finding.problem, "detail": finding.detail[:300]}
    return json.dumps(about | trouble, ensure_ascii=False)


def _seen(kept: dict) -> Handshake:
    chain = tuple(map(_certificate, kept["chain"]))
    return Handshake(
        at=datetime.fromisoformat(kept["at"]),
        host=kept["host"],
        port=kept["port"],
        certificate=chain[0] if chain else None,
        chain=chain,
        distrust=kept["distrust"],
        problem=kept["problem"],
        detail=kept["detail"],
    )


def _certificate(kept: dict) -> Certificate:
    moments = {name: datetime.fromisoformat(kept[name]) for name in ("not_before", "not_after")}
    return Certificate(**{**kept, **moments, "names": tuple(kept["names"])})


def _text(moment: datetime) -> str:
    return moment.isoformat()


# How long before its end a certificate is told of, the days are counted, and it counts as a failure.
WARN_BEFORE, PRESS_BEFORE, ALARM_BEFORE = timedelta(days=30), timedelta(days=14), timedelta(days=3)


@dataclass(frozen=True)
class ShownCertificate:
    """The certificate that the public address showed when the worker looked last."""

    host: str
    issuer: str
    ends: datetime
    is_for_host: bool
    distrust: str | None


def check_https(public_url: str, certificate: ShownCertificate | None) -> Check:
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


def check_addresses(values: dict[str, str]) -> Check:
    """Return the check of the addresses for clients: https, an explicit path, one host for all."""
    needed = [url for url in discovery.URLS if url.is_required]
    for url in needed:
        problem = discovery.problem_of(url.name, values.get(url.name))
        if problem:
            sentence = _("%(label)s: %(problem)s", label=url.label, problem=problem)
            return Check("discovery", State.FAILURE, sentence)
    public = values[discovery.HOST_NAME]
    for url in needed:
        if discovery.is_external(url.name, values[url.name], public) and url.name != "webadmin":
            sentence = _(
                "%(label)s names another host than the public one: downloads may fail.", label=url.label
            )
            return Check("discovery", State.WARNING, sentence)
    return Check("discovery", State.OK, _("WebClient, WebAdmin and the TeamChat API have their addresses."))


def shown_certificate() -> ShownCertificate | None:
    """Return the certificate as it was last seen, None before the first look."""
    handshake = last_seen()
    if handshake is None or handshake.certificate is None:
        return None
    certificate = handshake.certificate
    return ShownCertificate(
        handshake.host,
        certificate.issuer,
        certificate.not_after,
        certificate.covers(handshake.host),
        handshake.distrust,
    )


def _judged(shown: ShownCertificate) -> Check:
    """Return the check of a certificate: its dates count most, then its name, then its issuer."""
    date = format_date(shown.ends, "long")
    left = shown.ends - now()
    if left <= timedelta(0):
        sentence = _("The certificate expired on %(date)s: browsers refuse it.", date=date)
        return Check("https", State.FAILURE, sentence)
    if not shown.is_for_host:
        sentence = _("The certificate is not for %(host)s: browsers refuse it.", host=shown.host)
        return Check("https", State.FAILURE, sentence)
    if left < WARN_BEFORE:
        state = State.FAILURE if left < ALARM_BEFORE else State.WARNING
        return Check("https", state, _ending(date, left))
    if shown.distrust:
        sentence = _(
            "The certificate is not trusted everywhere: %(reason)s. Browsers warn until they "
            "trust its authority.",
            reason=distrust_sentence(shown.distrust),
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
    sentence = _("The certificate expires on %(date)s: install another one.", date=date)
    if left >= PRESS_BEFORE:
        return sentence
    days = ngettext("%(num)s day is left.", "%(num)s days are left.", left.days)
    return f"{sentence} {days}"


def _is_private(host: str) -> bool:
    return (
        host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".lan")) or "." not in host
    )
