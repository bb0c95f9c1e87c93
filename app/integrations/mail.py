"""Outgoing mail: hands a finished mail to a mail server."""

import smtplib
import ssl
from dataclasses import dataclass

from flask_mail import Connection, Mail, Message

TIMEOUT = 20
"""Seconds a mail server may take for one answer."""

PLAIN, STARTTLS, TLS = "none", "starttls", "tls"
"""How the connection is protected. With the last two the server's certificate must be valid for its name."""


@dataclass(frozen=True)
class MailServer:
    """Where mails go, and as whom."""

    host: str
    port: int
    protection: str
    username: str | None
    password: str | None
    sender: str


def send(server: MailServer, recipient: str, subject: str, text: str, html: str, message_id: str) -> None:
    """Send one mail. message_id stays the same when it is tried again. Errors: OSError,
    smtplib.SMTPException."""
    message = Message(subject, [recipient], text, html, sender=("TeamChat", server.sender))
    message.msgId = message_id
    message.extra_headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    with _Line(_state_of(server), server) as line:
        line.send(message)


class _Line(Connection):
    """A connection that gives up on a silent server and believes valid certificates only."""

    def __init__(self, state, server: MailServer):
        super().__init__(state)
        self.server = server

    def configure_host(self) -> smtplib.SMTP:
        server = self.server
        trust = ssl.create_default_context()
        if server.protection == TLS:
            host = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=trust)
        else:
            host = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
        if server.protection == STARTTLS:
            host.starttls(context=trust)
        if server.username and server.password:
            host.login(server.username, server.password)
        return host


def _state_of(server: MailServer):
    return Mail().init_mail({"MAIL_SERVER": server.host, "MAIL_DEFAULT_SENDER": server.sender})
