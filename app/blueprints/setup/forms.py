"""The form of the first installation."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, PasswordField, SelectChoice, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, NumberRange, Optional

from app.integrations.mail import PLAIN, STARTTLS, TLS, MailServer
from app.operations.server.installation import InstallationPlan

REQUIRED = InputRequired(_l("This cannot be empty."))
FITS = Length(max=253, message=_l("This is too long."))


class InstallationForm(FlaskForm):
    """Administrator, first domain, host name; outgoing mail may be left for later."""

    name = StringField(_l("Name"), [REQUIRED, Length(max=200, message=_l("This is too long."))])
    alias = StringField(_l("Alias"), [REQUIRED], description=_l("The part before the @ of your address."))
    password = PasswordField(_l("Password"), [REQUIRED], description=_l("Ten characters or more."))
    confirmation = PasswordField(
        _l("Confirm the password"), [REQUIRED, EqualTo("password", _l("The two passwords differ."))]
    )
    domain = StringField(
        _l("First domain"), [REQUIRED, FITS], description=_l("The part after the @, like example.org.")
    )
    host_name = StringField(
        _l("Host name"), [REQUIRED, FITS], description=_l("The name people type to reach this server.")
    )
    mail_host = StringField(
        _l("Mail server"), [Optional(), FITS], description=_l("Leave it empty to set it later in WebAdmin.")
    )
    mail_port = IntegerField(
        _l("Port"), [Optional(), NumberRange(1, 65535, _l("A port is a number from 1 to 65535."))], default=25
    )
    mail_protection = SelectField(
        _l("Protection"),
        choices=[
            SelectChoice(PLAIN, _l("None")),
            SelectChoice(STARTTLS, "STARTTLS"),
            SelectChoice(TLS, "TLS"),
        ],
        default=PLAIN,
    )
    mail_username = StringField(_l("User name"), [Optional(), FITS])
    mail_password = PasswordField(_l("Password of the mail server"), [Optional()])
    mail_sender = StringField(_l("Address of the sender"), [Optional(), Length(max=320)])

    def plan(self, language: str) -> InstallationPlan:
        """Return what was filled in, as the operation wants it."""
        return InstallationPlan(
            name=self.name.data,
            alias=self.alias.data,
            password=self.password.data,
            domain=self.domain.data,
            host_name=self.host_name.data,
            language=language,
            mail=self._mail_server(),
        )

    def _mail_server(self) -> MailServer | None:
        if not self.mail_host.data:
            return None
        return MailServer(
            host=self.mail_host.data.strip(),
            port=self.mail_port.data or 25,
            protection=self.mail_protection.data,
            username=self.mail_username.data or None,
            password=self.mail_password.data or None,
            sender=self.mail_sender.data or f"{self.alias.data}@{self.domain.data}",
        )
