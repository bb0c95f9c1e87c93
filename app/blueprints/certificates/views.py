"""System → Certificate."""

from functools import partial

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from app.blueprints.access_control import me
from app.blueprints.certificates.forms import CertificateForm
from app.blueprints.forms import put_refusal, refusals_to, submission
from app.errors import Refusal
from app.htmx import page, see_other
from app.models import now
from app.operations import certificates
from app.rules import certificates as certificate_rules
from app.rules import certificates as certificate_store
from app.rules.rights import scope

blueprint = Blueprint("certificates", __name__, url_prefix="/admin/certificate")


@blueprint.get("/")
def show() -> Response:
    """Show the certificate served now, those installed, and the forms that replace it. Fragments: served."""
    scope.require_server_administrator(me())
    return _page(CertificateForm(formdata=None))


@blueprint.post("/install")
def install_certificate() -> Response:
    """Install a new certificate."""
    scope.require_server_administrator(me())
    form = CertificateForm()
    with submission(form, partial(_page, form, is_unsaved=True)):
        chain, key = form.texts()
        certificates.install_certificate(me(), chain, key, form.passphrase.data or None)
    return see_other(url_for("certificates.show"), toast=_("The certificate is installed."))


@blueprint.post("/trial")
def make_trial_certificate() -> Response:
    """Make a certificate for a trial that signs itself."""
    return _done(
        lambda: certificates.make_trial_certificate(me()), _("The certificate is created and installed.")
    )


@blueprint.post("/kept/<certificate_id>/restore")
def restore_certificate(certificate_id: str) -> Response:
    """Go back to an earlier certificate."""
    return _done(
        lambda: certificates.restore_certificate(me(), certificate_id),
        _("The previous certificate is in use again."),
    )


@blueprint.post("/look")
def ask_for_look() -> Response:
    """Have the worker look at what is served now."""
    return _done(
        lambda: certificates.request_inspection(me()),
        _("The server is checking; the answer appears in a moment."),
    )


def _done(act, text: str) -> Response:
    scope.require_server_administrator(me())
    with refusals_to(_refused):
        act()
    return see_other(url_for("certificates.show"), toast=text)


def _refused(status: int, problem: Refusal) -> Response:
    form = CertificateForm(formdata=None)
    put_refusal(form, problem)
    return _page(form, status)


def _page(form: CertificateForm, status: int = 200, *, is_unsaved: bool = False) -> Response:
    if status != 200:
        form.forget_secrets()
    installed = certificate_store.installed()
    served = next((certificate for certificate in installed if certificate.is_served), None)
    last_seen = certificate_store.last_seen()
    tried = request.args.get("tried", 0, type=int)
    return page(
        "certificates/show.html",
        blocks=("served",),
        status=status,
        form=form,
        is_unsaved=is_unsaved,
        is_ours=certificate_store.folder() is not None,
        installed=installed,
        served=served,
        last_check=last_seen,
        distrust=certificate_rules,
        is_loaded=_is_loaded(served, last_seen),
        tried=tried,
        host=certificates.host_name(),
        moment=now(),
    )


def _is_loaded(served, last_seen) -> bool:
    """Return whether the public address shows what is installed."""
    if served is None or last_seen is None or last_seen.certificate is None:
        return False
    return last_seen.certificate.fingerprint == served.certificate.fingerprint
