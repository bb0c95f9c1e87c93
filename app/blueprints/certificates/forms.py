"""The form that takes a new certificate. Files or text; what is secret is never shown again."""

import re

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import PasswordField, TextAreaField

CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----")
# Bytes of a file that is read.
LARGEST = 256 * 1024


class CertificateForm(FlaskForm):
    """A chain and its key, as files or as text in PEM form."""

    chain = TextAreaField(_l("Certificate and chain"))
    chain_file = FileField(_l("or as a file"))
    key = TextAreaField(_l("Private key"))
    key_file = FileField(_l("or as a file"))
    passphrase = PasswordField(_l("Passphrase of the key"))

    def texts(self) -> tuple[str, str]:
        """Return the chain and the key: what was pasted, else what the file holds."""
        return (
            self.chain.data or _text_of(self.chain_file.data),
            self.key.data or _text_of(self.key_file.data),
        )

    def forget_secrets(self) -> None:
        """Have the page show nothing of the key, whichever field it was put into; certificates stay."""
        self.chain.data = "\n".join(CERTIFICATE.findall(self.chain.data or ""))
        self.key.data = self.passphrase.data = ""


def _text_of(file) -> str:
    return file.read(LARGEST).decode("utf-8", "replace") if file else ""
