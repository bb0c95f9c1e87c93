"""Certificate of this server: the installed one, and the one that the last handshake showed."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from flask import current_app

from app.integrations import certificate_store
from app.integrations.certificates import Certificate, UnfitCertificate, describe, read_chain
from app.integrations.probe import ProbeResult
from app.queries import settings
from app.queries.settings import Setting


@dataclass(frozen=True)
class Installed:
    """A certificate on the disk with its chain, its own first."""

    id: str
    chain: tuple[Certificate, ...]
    is_served: bool

    @property
    def certificate(self) -> Certificate:
        return self.chain[0]


@dataclass(frozen=True)
class Seen:
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


def installed() -> list[Installed]:
    """Return every certificate on the disk that can be read, the newest first."""
    directory = folder()
    certificates = []
    for entry in certificate_store.stored_certificates(directory) if directory else ():
        try:
            chain = tuple(map(describe, read_chain(entry.chain)))
        except UnfitCertificate:
            continue
        certificates.append(Installed(entry.id, chain, entry.is_served))
    return certificates


def seen() -> Seen | None:
    """Return the result of the last handshake, None before the first."""
    text = settings.get(Setting.CERTIFICATE_SEEN)
    return _seen(json.loads(text)) if text else None


def noted(finding: ProbeResult, at: datetime) -> str:
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


def _seen(kept: dict) -> Seen:
    chain = tuple(map(_certificate, kept["chain"]))
    return Seen(
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
