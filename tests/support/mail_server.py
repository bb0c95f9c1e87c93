"""A real mail server for tests (aiosmtpd): with STARTTLS or TLS, with sign-in, with whatever answers one wants."""

import asyncio
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

NAME, PASSWORD = "teamchat", "fenêtre ouverte"


@dataclass
class Box:
    """Behaviour and contents of a mail server: answers to MAIL, RCPT and DATA other than OK, and received mails."""

    on_mail: str | None = None
    on_rcpt: str | None = None
    on_data: str | None = None
    mails: list = field(default_factory=list)
    envelopes: list = field(default_factory=list)

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.on_mail is None:
            envelope.mail_from = address
        return self.on_mail or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.on_rcpt is None:
            envelope.rcpt_tos.append(address)
        return self.on_rcpt or "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.on_data is None:
            self.envelopes.append(envelope)
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.on_data or f"250 2.0.0 queued as {len(self.mails)}"


def certificate(folder: Path, *names: str, ended: bool = False) -> tuple[Path, Path]:
    """Make a self-signed certificate for some names, with its key, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    own = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=20))
        .not_valid_after(now + timedelta(days=-1 if ended else 20))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / f"{names[0]}.pem", folder / f"{names[0]}.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


def _authenticate(server, session, envelope, mechanism, given):
    is_right = (given.login.decode(), given.password.decode()) == (NAME, PASSWORD)
    return AuthResult(success=is_right, handled=False)


async def _end(server) -> None:
    server.close()
    talks = asyncio.all_tasks() - {asyncio.current_task()}
    for talk in talks:
        talk.cancel()
    await asyncio.gather(*talks, return_exceptions=True)


@contextmanager
def mail_server(files=None, *, protection: str = "none", wants_sign_in: bool = False, **answers):
    """Run a server on a free local port until the block ends; yield its box and its port."""
    box, context = Box(**answers), None
    if files is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files)
    options = {
        "authenticator": _authenticate if wants_sign_in else None,
        "auth_required": wants_sign_in,
        "auth_require_tls": protection == "starttls" or not wants_sign_in,
        "tls_context": context if protection == "starttls" else None,
        "require_starttls": protection == "starttls",
    }

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def speak():
        return SMTP(box, hostname="mailbox.example", enable_SMTPUTF8=True, loop=loop, **options)

    listening = loop.create_server(speak, "127.0.0.1", 0, ssl=context if protection == "tls" else None)
    server = asyncio.run_coroutine_threadsafe(listening, loop).result(10)
    try:
        yield box, server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
