"""The form of the mail server."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, PasswordField, SelectChoice, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional

from app.blueprints.versioned import VersionedForm
from app.errors import Invalid
from app.integrations.mail import PLAIN, STARTTLS, TLS, MailServer
from app.rules.server import settings

FITS = Length(max=253, message=_l("This is too long."))
USUAL_PORT = 25


class MailServerForm(VersionedForm):
    """Outgoing mail server and sender. The password is never shown; left empty, the stored one stays."""

    host = StringField(
        _l("Mail server"),
        [FITS],
        description=_l("Its name, like mail.example.org. Empty: mails are kept and do not leave."),
    )
    port = IntegerField(
        _l("Port"), [Optional(), NumberRange(1, 65535, _l("A port is a number from 1 to 65535."))]
    )
    protection = SelectField(
        _l("Protection"),
        choices=[
            SelectChoice(STARTTLS, _l("STARTTLS (usually port 587)")),
            SelectChoice(TLS, _l("TLS (usually port 465)")),
            SelectChoice(PLAIN, _l("None (usually port 25)")),
        ],
    )
    username = StringField(_l("User name"), [FITS])
    password = PasswordField(_l("Password"), [Length(max=500, message=_l("This is too long."))])
    forgets_password = BooleanField(_l("Delete the saved password"))
    sender = StringField(_l("Address of the sender"), [Length(max=320, message=_l("This is too long."))])
    test_address = StringField(_l("Send a test mail to"), [Length(max=320, message=_l("This is too long."))])

    def wanted(self) -> MailServer | None:
        """Return the mail server the form describes. Error: Invalid, at the field."""
        if not self.host.data:
            return None
        kept = settings.mail_server()
        return MailServer(
            host=self.host.data,
            port=self.port.data or USUAL_PORT,
            protection=self.protection.data,
            username=self.username.data or None,
            password=self.password.data or self._kept_password(kept),
            sender=self.sender.data or settings.default_sender(),
        )

    def _kept_password(self, kept: MailServer | None) -> str | None:
        """Return the stored password, which belongs to one server and one name."""
        if kept is None or not kept.password or self.forgets_password.data or not self.username.data:
            return None
        if (kept.host, kept.username) != (self.host.data.strip().lower(), self.username.data.strip()):
            raise Invalid(
                _("Type the password again: the saved one belongs to another server or user name."),
                code="password_elsewhere",
                field="password",
            )
        return kept.password


def values_of() -> dict:
    """Return what the form shows of the mail server that counts."""
    server = settings.mail_server()
    if server is None:
        return {"host": "", "port": 587, "protection": STARTTLS, "username": "", "sender": ""}
    return {
        "host": server.host,
        "port": server.port,
        "protection": server.protection,
        "username": server.username or "",
        "sender": server.sender,
    }
