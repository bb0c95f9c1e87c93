"""Certificates of the server: checked, installed, restored and inspected. Keys are written to the disk only."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask_babel import format_datetime
from flask_babel import gettext as _

from app.errors import Invalid, NotFound
from app.integrations import certificate_store, certificates, network, probe
from app.integrations.certificates import UnfitCertificate
from app.models import Account, now
from app.operations import audit, jobs
from app.operations.locks import locked_setting
from app.rules.certificates import InstalledCertificate, folder, installed, serialize_finding
from app.rules.rights import scope
from app.rules.server import settings
from app.rules.server.settings import Setting
from app.transaction import operation

# The job that makes a TLS handshake with the public address.
INSPECTION_JOB = "look_at_certificate"


def install_certificate(actor: Account, chain: str, key: str, passphrase: str | None = None) -> None:
    """Check a new certificate and serve it; the previous one is kept. Server administrators only.

    chain, key: PEM texts. Checked are key, order of the chain, dates, host name and strength.
    Error: Invalid at the field. No refusal, log or audit entry holds any part of the key.
    """
    scope.require_server_administrator(actor)
    try:
        pair = certificates.check_pair(chain.encode(), key.encode(), passphrase, host_name(), now())
    except UnfitCertificate as unfit:
        raise _refusal(unfit) from None
    _install(actor, *pair, is_trial=False)


def make_trial_certificate(actor: Account) -> None:
    """Serve a self-signed certificate for a trial: browsers warn of it. Server administrators only."""
    scope.require_server_administrator(actor)
    _install(actor, *certificates.make_self_signed(host_name(), now()), is_trial=True)


@operation
def restore_certificate(actor: Account, certificate_id: str) -> None:
    """Serve a certificate that was installed earlier. Errors: NotFound; Invalid when it has ended."""
    scope.require_server_administrator(actor)
    row = {row.id: row for row in installed()}.get(certificate_id)
    if row is None:
        raise NotFound()
    if row.certificate.not_after <= now():
        raise Invalid(_("This certificate has ended: browsers would refuse it."), code="ended")
    _serve(actor, "certificates.restore", certificate_id)


@operation
def request_inspection(actor: Account) -> None:
    """Have the worker inspect the public address now. Server administrators only."""
    scope.require_server_administrator(actor)
    jobs.enqueue(INSPECTION_JOB)
    audit.record(actor, "certificates.look")


def inspect_public_address() -> None:
    """Make a TLS handshake with the public address and store its result. For the worker: it takes seconds."""
    port = urlsplit(settings.public_url()).port or 443
    _store_finding(probe.probe_tls(host_name(), port, network.UNRESTRICTED))


def host_name() -> str:
    """Return the host name that the certificate has to cover."""
    return urlsplit(settings.public_url()).hostname or ""


@operation(audited=False)
def _store_finding(finding: probe.ProbeResult) -> None:
    locked_setting(Setting.CERTIFICATE_SEEN).value = serialize_finding(finding, now())
    settings.forget()


def _install(actor: Account, chain: bytes, key: bytes, *, is_trial: bool) -> None:
    # The files are written before the transaction, which may run twice.
    directory = _require_folder()
    name = certificate_store.store_certificate(directory, chain, key, now())
    try:
        _serve(actor, "certificates.install", name, is_trial=is_trial)
    finally:
        certificate_store.discard_certificate(directory, name)


@operation
def _serve(actor: Account, act: str, name: str, **about: bool) -> None:
    directory = _require_folder()
    rows = {row.id: row for row in installed()}
    before = next((_audited_facts(row) for row in rows.values() if row.is_served), {})
    audit.record(actor, act, before=before, after={**_audited_facts(rows[name]), **about})
    jobs.enqueue(INSPECTION_JOB)
    # The link is exchanged last: a certificate without an audit entry is never served.
    certificate_store.serve_certificate(directory, name)


def _audited_facts(row: InstalledCertificate) -> dict[str, str]:
    certificate = row.certificate
    return {
        "certificate_names": ", ".join(certificate.names),
        "certificate_issuer": certificate.issuer,
        "certificate_until": certificate.not_after.isoformat(),
        "certificate_fingerprint": certificate.fingerprint,
    }


def _require_folder() -> Path:
    directory = folder()
    if directory is None:
        raise Invalid(
            _("TLS does not end on this server: install the certificate where it does."), code="not_here"
        )
    return directory


def _refusal(unfit: UnfitCertificate) -> Invalid:
    facts = {
        name: format_datetime(value, "medium") if name == "moment" else value
        for name, value in unfit.facts.items()
    }
    sentences = {
        "unreadable_chain": _("These are not certificates in PEM format."),
        "unreadable_key": _("This is not a private key in PEM format."),
        "passphrase_missing": _("This key is protected: give its passphrase."),
        "needless_passphrase": _("This key is not protected: leave the passphrase empty."),
        "wrong_passphrase": _("The passphrase is wrong, or this is not a private key."),
        "key_differs": _("This key does not belong to the first certificate."),
        "chain_order": _(
            "The certificates are not in order: the server’s own first, then each one that "
            "signed the one before."
        ),
    }
    sentence = sentences.get(unfit.code) or _sentence_with_facts(unfit.code, facts)
    return Invalid(sentence, code=unfit.code, field="key" if unfit.is_about_key else "chain")


def _sentence_with_facts(code: str, facts: dict[str, Any]) -> str:
    if code == "weak_key":
        return _("The key is too weak: %(key)s. Use RSA with 2048 bits or more, or ECDSA.", **facts)
    if code == "weak_digest":
        return _("The certificate is signed with %(digest)s, which is no longer trusted.", **facts)
    if code == "ended":
        return _("The certificate %(subject)s has ended: %(moment)s.", **facts)
    if code == "not_begun":
        return _("The certificate %(subject)s is not valid yet: %(moment)s.", **facts)
    return _("The certificate is for %(names)s, but people reach this server as %(host)s.", **facts)
