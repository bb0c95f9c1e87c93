"""Certificate authority of a checkout."""

import socket
import ssl
import threading
from datetime import timedelta

import pytest
from cryptography import x509

from deploy.local import authority


def shake_hands(certificate, trusted, name: str) -> None:
    """Connect a server with this certificate to a client that trusts the authority."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    client = ssl.create_default_context(cafile=trusted)
    client_end, server_end = socket.socketpair()
    server = threading.Thread(target=serve, args=(context, server_end))
    server.start()
    try:
        client.wrap_socket(client_end, server_hostname=name).close()
    finally:
        client_end.close()
        server.join()


def serve(context, end) -> None:
    try:
        context.wrap_socket(end, server_side=True).close()
    except OSError:
        end.close()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1"])
def test_authority_vouches_for_this_machine(tmp_path, name):
    shake_hands(authority.server_certificate(tmp_path), tmp_path / "ca.pem", name)


def test_authority_vouches_for_no_other_name(tmp_path):
    certificate = authority.server_certificate(tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(certificate, tmp_path / "ca.pem", "chat.example.org")
    constraints = x509.load_pem_x509_certificate((tmp_path / "ca.pem").read_bytes()).extensions
    assert constraints.get_extension_for_class(x509.NameConstraints).critical


def test_certificate_is_kept_while_it_is_valid(tmp_path):
    first = authority.server_certificate(tmp_path).read_bytes()
    assert authority.server_certificate(tmp_path).read_bytes() == first


def test_certificate_is_renewed_before_it_expires_and_stays_trusted(tmp_path, monkeypatch):
    monkeypatch.setattr(authority, "SERVER_LIFETIME", timedelta(days=29))
    first = authority.server_certificate(tmp_path).read_bytes()
    trusted = (tmp_path / "ca.pem").read_bytes()
    monkeypatch.undo()
    assert authority.server_certificate(tmp_path).read_bytes() != first
    assert (tmp_path / "ca.pem").read_bytes() == trusted
    shake_hands(tmp_path / "server.pem", tmp_path / "ca.pem", "localhost")


def test_certificate_of_another_authority_is_replaced(tmp_path):
    first = authority.server_certificate(tmp_path).read_bytes()
    (tmp_path / "ca.key").unlink()
    assert authority.server_certificate(tmp_path).read_bytes() != first


def test_keys_are_readable_for_their_owner_only(tmp_path):
    authority.server_certificate(tmp_path)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("*.key")} == {0o600}
