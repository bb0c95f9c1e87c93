"""Why this machine does not believe a certificate, in people's words."""

from flask_babel import gettext as _


def in_words(reason: str) -> str:
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
