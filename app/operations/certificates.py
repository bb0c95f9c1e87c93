"""The server's certificate: checked, installed, taken back, looked at. Keys go to the disk and nowhere else."""

from urllib.parse import urlsplit

from flask_babel import format_datetime
from flask_babel import gettext as _

from app.errors import Invalid, NotFound
from app.integrations import certificate_store, certificates, network, probe
from app.integrations.certificates import UnfitCertificate
from app.models import now
from app.operations import audit, jobs
from app.operations.settings import locked_row
from app.queries import certificates as questions
from app.queries import settings
from app.queries.settings import Setting
from app.rules import scope
from app.transaction import operation

LOOK = "look_at_certificate"
"""The job that shakes hands with the public address."""


def install_certificate(actor, chain: str, key: str, passphrase: str | None = None) -> None:
    """Serve a new certificate. chain and key: PEM texts. Server administrators only.

    Checked before: the key is the certificate's, the chain is in order, dates, host name, strength. The one before is
    kept. Error: Invalid at the field; no refusal, log or entry holds any of the key.
    """
    scope.require_server_administrator(actor)
    try:
        fit = certificates.check_pair(chain.encode(), key.encode(), passphrase, host_name(), now())
    except UnfitCertificate as unfit:
        raise _refusal(unfit) from None
    _install(actor, *fit, is_trial=False)


def make_trial_certificate(actor) -> None:
    """Serve a certificate that signs itself, for a trial: browsers warn of it."""
    scope.require_server_administrator(actor)
    _install(actor, *certificates.make_self_signed(host_name(), now()), is_trial=True)


@operation
def restore_certificate(actor, certificate_id: str) -> None:
    """Serve a certificate again that was installed earlier. Errors: NotFound; Invalid, when its time is over."""
    scope.require_server_administrator(actor)
    found = {one.id: one for one in questions.installed()}
    if certificate_id not in found:
        raise NotFound()
    if found[certificate_id].certificate.not_after <= now():
        raise Invalid(_("This certificate has ended: browsers would refuse it."), code="ended")
    _serve(actor, "certificate.restore", certificate_id)


@operation
def ask_for_look(actor) -> None:
    """Have the worker look now at what the public address shows."""
    scope.require_server_administrator(actor)
    jobs.enqueue(LOOK)
    audit.record(actor, "certificate.look")


def look() -> None:
    """Shake hands with the public address, and keep what it showed. For the worker: it takes seconds."""
    address = urlsplit(settings.public_url())
    _keep(probe.probe_tls(address.hostname, address.port or 443, network.UNRESTRICTED))


def host_name() -> str:
    """The name that the certificate has to be for."""
    return urlsplit(settings.public_url()).hostname


@operation(audited=False)
def _keep(found: probe.ProbeResult) -> None:
    locked_row(Setting.CERTIFICATE_SEEN).value = questions.noted(found, now())
    settings.forget()


def _install(actor, chain: bytes, key: bytes, *, is_trial: bool) -> None:
    """It stands on the disk before the transaction begins, which may run twice, and is served at its end."""
    place = _require_folder()
    name = certificate_store.store_certificate(place, chain, key, now())
    try:
        _serve(actor, "certificate.install", name, is_trial=is_trial)
    finally:
        certificate_store.discard_certificate(place, name)


@operation
def _serve(actor, act: str, name: str, **about) -> None:
    """The link is exchanged last: what cannot be noted in the trail does not happen."""
    place = _require_folder()
    found = {one.id: one for one in questions.installed()}
    before = next((one for one in found.values() if one.is_served), None)
    audit.record(actor, act, before=_told(before), after={**_told(found[name]), **about})
    jobs.enqueue(LOOK)
    certificate_store.serve_certificate(place, name)


def _told(one) -> dict:
    if one is None:
        return {}
    shown = one.certificate
    return {
        "certificate_names": ", ".join(shown.names),
        "certificate_issuer": shown.issuer,
        "certificate_until": shown.not_after.isoformat(),
        "certificate_fingerprint": shown.fingerprint,
    }


def _require_folder():
    place = questions.folder()
    if place is None:
        raise Invalid(
            _("TLS does not end on this server: install the certificate where it does."), code="not_here"
        )
    return place


def _refusal(unfit: UnfitCertificate) -> Invalid:
    facts = {
        name: format_datetime(value, "medium") if name == "moment" else value
        for name, value in unfit.facts.items()
    }
    sentences = {
        "unreadable_chain": _("These are no certificates in PEM form."),
        "unreadable_key": _("This is no private key in PEM form."),
        "passphrase_missing": _("This key is protected: give its passphrase."),
        "needless_passphrase": _("This key is not protected: leave the passphrase empty."),
        "wrong_passphrase": _("The passphrase is wrong, or this is no private key."),
        "key_differs": _("This key does not belong to the first certificate."),
        "chain_order": _(
            "The certificates are not in order: the server's own first, then each one that signed the one before."
        ),
    }
    sentence = sentences.get(unfit.code) or _about(unfit.code, facts)
    return Invalid(sentence, code=unfit.code, field="key" if unfit.is_about_key else "chain")


def _about(code: str, facts: dict) -> str:
    if code == "weak_key":
        return _("The key is too weak: %(key)s. Take RSA of 2048 bits or more, or ECDSA.", **facts)
    if code == "weak_digest":
        return _("The certificate is signed with %(digest)s, which nobody believes any more.", **facts)
    if code == "ended":
        return _("The certificate %(subject)s has ended: %(moment)s.", **facts)
    if code == "not_begun":
        return _("The certificate %(subject)s is not valid yet: %(moment)s.", **facts)
    return _("The certificate is for %(names)s, and people reach this server as %(host)s.", **facts)
