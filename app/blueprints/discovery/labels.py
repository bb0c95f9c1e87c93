"""Labels of check results."""

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import format_date
from flask_babel import gettext as _

from app.blueprints.discovery.checking import CheckResult
from app.integrations.probe import ProbeResult
from app.models import now
from app.rules import certificates, discovery
from app.rules.server.readiness import State

SOON = timedelta(days=30)


@dataclass(frozen=True)
class CheckLine:
    """A value's result. state: ok, warning or failure."""

    label: str
    value: str
    state: State
    sentences: list[str]


def line_of(result: CheckResult) -> CheckLine:
    """Return a value's result in words. What TeamChat needs fails; everything else warns."""
    finding = result.finding
    sentences = [*_reached(finding), *_certificate(finding), *_answer(finding), *_trouble(finding)]
    worst = max((weight for weight, _sentence in sentences), default=0)
    is_needed = result.name in discovery.ADDRESSES and discovery.ADDRESSES[result.name].is_required
    states = (State.OK, State.WARNING, State.FAILURE if is_needed else State.WARNING)
    return CheckLine(
        str(discovery.LABELS[result.name]),
        result.value,
        states[worst],
        [sentence for _weight, sentence in sentences],
    )


def _reached(finding: ProbeResult):
    if finding.addresses and finding.problem != "tcp":
        where = ", ".join(finding.addresses[:3])
        yield (
            0,
            _(
                "%(host)s resolves to %(addresses)s; port %(port)s answers.",
                host=finding.host,
                addresses=where,
                port=finding.port,
            ),
        )
    elif finding.addresses:
        yield (
            0,
            _(
                "%(host)s resolves to %(addresses)s.",
                host=finding.host,
                addresses=", ".join(finding.addresses[:3]),
            ),
        )
    if finding.greeting:
        yield 0, _("Greeting: %(text)s", text=finding.greeting)
    if finding.has_starttls is not None and finding.greeting:
        yield (0, _("STARTTLS is offered.")) if finding.has_starttls else (1, _("STARTTLS is not offered."))


def _certificate(finding: ProbeResult):
    shown = finding.certificate
    if shown is None:
        return
    end = format_date(shown.not_after, "long")
    names = ", ".join(shown.names[:4]) or shown.subject
    yield (
        0,
        _(
            "Certificate for %(names)s, by %(issuer)s, until %(date)s.",
            names=names,
            issuer=shown.issuer,
            date=end,
        ),
    )
    if shown.not_after <= now():
        yield 2, _("The certificate has ended.")
    elif shown.not_after - now() < SOON:
        yield 1, _("The certificate ends soon.")
    if not shown.covers(finding.host):
        yield 2, _("The certificate is not for %(host)s.", host=finding.host)
    elif finding.distrust:
        yield (
            1,
            _(
                "This machine does not trust the certificate: %(reason)s.",
                reason=certificates.distrust_sentence(finding.distrust),
            ),
        )


def _answer(finding: ProbeResult):
    if finding.status is None:
        return
    if finding.status < 400 and finding.location:
        text = _("HTTP %(status)s: redirects to %(url)s.", status=finding.status, url=finding.location[:200])
        yield 0, text
    elif finding.status < 400 or finding.status in (401, 403, 405):
        yield 0, _("HTTP %(status)s.", status=finding.status)
    else:
        yield 2, _("HTTP %(status)s: nothing useful there.", status=finding.status)


def _trouble(finding: ProbeResult):
    detail = finding.detail or "–"
    sentences = {
        "dns": lambda: _("The name %(host)s is unknown: %(detail)s.", host=finding.host, detail=detail),
        "private": lambda: _(
            "%(host)s is in a private network: only a server administrator can check it.", host=finding.host
        ),
        "port": lambda: _("Port %(port)s is not checked from here.", port=finding.port),
        "tcp": lambda: _("Nothing answers on port %(port)s: %(detail)s.", port=finding.port, detail=detail),
        "time": lambda: _("There was no answer in time."),
        "tls": lambda: _("No secure connection: %(detail)s.", detail=detail),
        "protocol": lambda: _("The server there does not speak this protocol: %(detail)s.", detail=detail),
    }
    if finding.problem in ("private", "port"):
        yield 1, sentences[finding.problem]()
    elif finding.problem:
        yield 2, sentences.get(finding.problem, sentences["protocol"])()
