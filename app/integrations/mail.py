"""SMTP client: hands rendered mails to a mail server and classifies its failures."""

import base64
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from flask_mail import Message, sanitize_address

# Seconds to wait for each answer of a mail server.
TIMEOUT = 20

# The same for a trial, whose result a person waits for.
TRIAL_TIMEOUT = 10

# Protection of the connection. With the last two the server's certificate must be valid for its name.
PLAIN, STARTTLS, TLS = "none", "starttls", "tls"

# Codes that require another name, password or protection (RFC 4954 §6): about the settings, not about the mail.
AUTHENTICATION_CODES = (530, 534, 535, 538)

PERMANENT_FAILURES = ("sender", "recipient", "refused")

LINE_END = re.compile(rb"\r?\n|\r")

# Characters of a server's answer that are kept.
ANSWER_LENGTH = 500


@dataclass(frozen=True)
class MailServer:
    """Address, account and sender of the mail server."""

    host: str
    port: int
    protection: str
    username: str | None
    password: str | None
    sender: str


@dataclass(frozen=True)
class SendFailure:
    """A failure to send. kind: a value of models.MailFailure. is_permanent: not to be tried again."""

    kind: str
    is_permanent: bool
    answer: str


@dataclass
class SendTrial:
    """The course of a trial. steps: those that succeeded, as (name, detail), in order."""

    steps: list[tuple[str, str]] = field(default_factory=list)
    failed_step: str | None = None
    failure: SendFailure | None = None


def send(
    server: MailServer,
    recipient: str,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    return_path: str | None = None,
) -> str:
    """Send one mail. Return the server's answer. message_id: the same in each attempt.

    return_path: address for undeliverable mail, the sender's by default.

    Errors: OSError, smtplib.SMTPException, which failure_of classifies.
    """
    content = _encoded(server, recipient, subject, text, html, message_id)
    with _connection(server, TIMEOUT) as connection:
        return _hand_over(connection, return_path or server.sender, recipient, content)


def send_trial(
    server: MailServer, recipient: str, subject: str, text: str, html: str, message_id: str
) -> SendTrial:
    """Send one mail now and report each step: connect, protect, sign_in, hand_over."""
    trial = SendTrial(failed_step="connect")
    content = _encoded(server, recipient, subject, text, html, message_id)

    def note(step: str, detail: str, following: str) -> None:
        trial.steps.append((step, detail))
        trial.failed_step = following

    try:
        with _connection(server, TRIAL_TIMEOUT, note) as connection:
            note("hand_over", _hand_over(connection, server.sender, recipient, content), "")
    except (OSError, smtplib.SMTPException, ValueError) as error:
        trial.failure = failure_of(error)
    else:
        trial.failed_step = None
    return trial


def failure_of(error: Exception) -> SendFailure:
    """Classify an error of sending: 4xx is transient, 5xx about the mail itself permanent (RFC 5321 §4.2.1)."""
    code, answer = _answer_of(error)
    kind = next((kind for kinds, kind in _KINDS if isinstance(error, kinds)), "unmade")
    if 400 <= code < 500:
        kind = "busy"
    elif code in AUTHENTICATION_CODES:
        kind = "authentication"
    elif kind == "broken" and "timed out" in str(error):
        kind = "timeout"
    elif kind == "encryption" and isinstance(error, smtplib.SMTPNotSupportedError) and "AUTH" in str(error):
        kind = "authentication"
    return SendFailure(kind, kind in PERMANENT_FAILURES, answer)


# Kinds of failures, from the most to the least specific class. SMTPException itself is raised by login() if client and
# server share no method of authentication.
_KINDS = (
    (smtplib.SMTPRecipientsRefused, "recipient"),
    (smtplib.SMTPSenderRefused, "sender"),
    (smtplib.SMTPDataError, "refused"),
    (smtplib.SMTPAuthenticationError, "authentication"),
    (smtplib.SMTPNotSupportedError, "encryption"),
    ((smtplib.SMTPConnectError, smtplib.SMTPHeloError), "turned_away"),
    (smtplib.SMTPServerDisconnected, "broken"),
    (smtplib.SMTPResponseException, "turned_away"),
    (smtplib.SMTPException, "authentication"),
    (ssl.SSLCertVerificationError, "certificate"),
    (TimeoutError, "timeout"),
    (ssl.SSLError, "encryption"),
    (ConnectionResetError, "broken"),
    (OSError, "unreachable"),
)


@contextmanager
def _connection(
    server: MailServer, timeout: float, note: Callable = lambda *_: None
) -> Iterator[smtplib.SMTP]:
    """Open a connection that is protected, with a verified certificate, and signed in."""
    trust = ssl.create_default_context()
    following = {STARTTLS: "protect"}.get(server.protection, "sign_in" if server.username else "hand_over")
    if server.protection == TLS:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=timeout, context=trust)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=timeout)
    try:
        connection.ehlo_or_helo_if_needed()
        note("connect", f"{server.host}:{server.port}", following)
        if server.protection == STARTTLS:
            connection.starttls(context=trust)
            connection.ehlo_or_helo_if_needed()
        if server.protection != PLAIN:
            version = connection.sock.version()  # type: ignore[union-attr]  # an SSLSocket here
            note("protect", version, "sign_in" if server.username else "hand_over")
        if server.username:
            note("sign_in", _sign_in(connection, server.username, server.password or ""), "hand_over")
        yield connection
        _quit(connection)
    finally:
        connection.close()


def _sign_in(connection: smtplib.SMTP, name: str, password: str) -> str:
    """Sign in and return the answer. smtplib supports ASCII only; otherwise PLAIN carries UTF-8 (RFC 4616 §2)."""
    if name.isascii() and password.isascii():
        return _one_line(connection.login(name, password)[1])
    if not connection.has_extn("auth"):
        raise smtplib.SMTPNotSupportedError("SMTP AUTH extension not supported by server.")
    credentials = base64.b64encode(f"\0{name}\0{password}".encode()).decode()
    code, answer = connection.docmd("AUTH", f"PLAIN {credentials}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, answer)
    return _one_line(answer)


def _hand_over(connection: smtplib.SMTP, sender: str, recipient: str, content: bytes) -> str:
    """Send sender, recipient and content. Return the last answer."""
    sender, recipient = sanitize_address(sender), sanitize_address(recipient)
    code, answer = connection.mail(sender)
    if code != 250:
        raise smtplib.SMTPSenderRefused(code, answer, sender)
    code, answer = connection.rcpt(recipient)
    if code not in (250, 251):
        raise smtplib.SMTPRecipientsRefused({recipient: (code, answer)})
    code, answer = connection.data(content)
    if code != 250:
        raise smtplib.SMTPDataError(code, answer)
    return f"{code} {_one_line(answer)}"


def _quit(connection: smtplib.SMTP) -> None:
    """End the connection. The mail is accepted by now, so errors must not make it be sent again."""
    with suppress(OSError, smtplib.SMTPException):
        connection.quit()


def _encoded(
    server: MailServer, recipient: str, subject: str, text: str, html: str, message_id: str
) -> bytes:
    """Return the mail as it is transmitted, with the line ends of RFC 5321 §2.3.8."""
    message = Message(subject, [recipient], text, html, sender=("TeamChat", server.sender))
    message.msgId = message_id
    message.extra_headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    if message.has_bad_headers():
        raise ValueError("a line break in a header")
    return LINE_END.sub(b"\r\n", message.as_bytes())


def _answer_of(error: Exception) -> tuple[int, str]:
    """Return the server's code, 0 without one, and its answer."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()))
        return code, f"{code} {_one_line(answer)}"
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, f"{error.smtp_code} {_one_line(error.smtp_error)}"
    return 0, _one_line(getattr(error, "strerror", None) or str(error) or type(error).__name__)


def _one_line(answer: bytes | str) -> str:
    """Return an answer on one line."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return " ".join(text.split())[:ANSWER_LENGTH]
