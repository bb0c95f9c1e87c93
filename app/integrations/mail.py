"""Outgoing mail: hands a finished mail to a mail server, and says in one word what kept it from taking it."""

import base64
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from flask_mail import Message, sanitize_address

TIMEOUT = 20
"""Seconds a mail server may take for one answer."""

TRIAL_TIMEOUT = 10
"""Seconds it may take while somebody waits in front of the page."""

PLAIN, STARTTLS, TLS = "none", "starttls", "tls"
"""How the connection is protected. With the last two the server's certificate must be valid for its name."""

AUTHENTICATION_CODES = (530, 534, 535, 538)
"""Answers that want another name, password or protection, RFC 4954 §6: about the settings, not about the mail."""

PERMANENT_FAILURES = ("sender", "recipient", "refused")

LINE_END = re.compile(rb"\r?\n|\r")
ANSWER_LENGTH = 500
"""Characters of a server's answer that are kept."""


@dataclass(frozen=True)
class MailServer:
    """Where mails go, and as whom."""

    host: str
    port: int
    protection: str
    username: str | None
    password: str | None
    sender: str


@dataclass(frozen=True)
class SendFailure:
    """Why a mail did not leave: one of models.MailFailure's words; whether trying again is of no use; what was said."""

    kind: str
    is_permanent: bool
    answer: str


@dataclass
class SendTrial:
    """What happened when a mail was sent while somebody watched. steps: what went well, as (word, detail), in order."""

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
    """Send one mail. message_id stays the same when it is tried again. Gives the server's answer.

    return_path: where it is returned to if it cannot be delivered; else to the sender.

    Errors: OSError, smtplib.SMTPException; failure_of says what they mean.
    """
    content = _written(server, recipient, subject, text, html, message_id)
    with _line(server, TIMEOUT) as line:
        return _hand_over(line, return_path or server.sender, recipient, content)


def send_trial(
    server: MailServer, recipient: str, subject: str, text: str, html: str, message_id: str
) -> SendTrial:
    """Send one mail now, and tell step by step how far it came: connect, protect, sign_in, hand_over."""
    trial, content = (
        SendTrial(failed_step="connect"),
        _written(server, recipient, subject, text, html, message_id),
    )

    def note(step: str, detail: str, following: str) -> None:
        trial.steps.append((step, detail))
        trial.failed_step = following

    try:
        with _line(server, TRIAL_TIMEOUT, note) as line:
            note("hand_over", _hand_over(line, server.sender, recipient, content), "")
    except (OSError, smtplib.SMTPException, ValueError) as error:
        trial.failure = failure_of(error)
    else:
        trial.failed_step = None
    return trial


def failure_of(error: Exception) -> SendFailure:
    """What an error of sending means: 4xx may pass, 5xx to the mail itself will not (RFC 5321 §4.2.1)."""
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
"""From the most to the least special. SMTPException itself is what login() says when no way to sign in is shared."""


@contextmanager
def _line(server: MailServer, patience: float, note: Callable = lambda *_: None) -> Iterator[smtplib.SMTP]:
    """A line to the server that is protected and signed in. It gives up on silence and believes valid certificates."""
    trust = ssl.create_default_context()
    following = {STARTTLS: "protect"}.get(server.protection, "sign_in" if server.username else "hand_over")
    if server.protection == TLS:
        line = smtplib.SMTP_SSL(server.host, server.port, timeout=patience, context=trust)
    else:
        line = smtplib.SMTP(server.host, server.port, timeout=patience)
    try:
        line.ehlo_or_helo_if_needed()
        note("connect", f"{server.host}:{server.port}", following)
        if server.protection == STARTTLS:
            line.starttls(context=trust)
            line.ehlo_or_helo_if_needed()
        if server.protection != PLAIN:
            note("protect", line.sock.version(), "sign_in" if server.username else "hand_over")
        if server.username:
            note("sign_in", _sign_in(line, server.username, server.password or ""), "hand_over")
        yield line
        _say_goodbye(line)
    finally:
        line.close()


def _sign_in(line: smtplib.SMTP, name: str, password: str) -> str:
    """Give name and password. smtplib knows ASCII only; beyond that PLAIN carries UTF-8 (RFC 4616 §2)."""
    if name.isascii() and password.isascii():
        return _said(line.login(name, password)[1])
    if not line.has_extn("auth"):
        raise smtplib.SMTPNotSupportedError("SMTP AUTH extension not supported by server.")
    given = base64.b64encode(f"\0{name}\0{password}".encode()).decode()
    code, answer = line.docmd("AUTH", f"PLAIN {given}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, answer)
    return _said(answer)


def _hand_over(line: smtplib.SMTP, sender: str, recipient: str, content: bytes) -> str:
    """Sender, recipient, content; gives what the server says last."""
    sender, recipient = sanitize_address(sender), sanitize_address(recipient)
    code, answer = line.mail(sender)
    if code != 250:
        raise smtplib.SMTPSenderRefused(code, answer, sender)
    code, answer = line.rcpt(recipient)
    if code not in (250, 251):
        raise smtplib.SMTPRecipientsRefused({recipient: (code, answer)})
    code, answer = line.data(content)
    if code != 250:
        raise smtplib.SMTPDataError(code, answer)
    return f"{code} {_said(answer)}"


def _say_goodbye(line: smtplib.SMTP) -> None:
    """The mail is accepted by now: what goes wrong here must not have it sent again."""
    with suppress(OSError, smtplib.SMTPException):
        line.quit()


def _written(
    server: MailServer, recipient: str, subject: str, text: str, html: str, message_id: str
) -> bytes:
    """The mail as it goes over the line; every line ends as RFC 5321 §2.3.8 wants it."""
    message = Message(subject, [recipient], text, html, sender=("TeamChat", server.sender))
    message.msgId = message_id
    message.extra_headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    if message.has_bad_headers():
        raise ValueError("a line break in a header")
    return LINE_END.sub(b"\r\n", message.as_bytes())


def _answer_of(error: Exception) -> tuple[int, str]:
    """The server's code and words; 0 where it said none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()))
        return code, f"{code} {_said(answer)}"
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, f"{error.smtp_code} {_said(error.smtp_error)}"
    return 0, _said(getattr(error, "strerror", None) or str(error) or type(error).__name__)


def _said(answer: bytes | str) -> str:
    """A server's words on one line."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return " ".join(text.split())[:ANSWER_LENGTH]
