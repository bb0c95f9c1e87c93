"""Certificate authority of a checkout, which can vouch for localhost only, and its certificate for localhost.

Run in the virtual environment: `python -m deploy.local.authority <folder>`.
"""

import ipaddress
import os
import socket
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deploy.local.paths import private_folder

AUTHORITY_LIFETIME = timedelta(days=3650)
# Browsers refuse certificates of servers that are valid for more than 398 days.
SERVER_LIFETIME = timedelta(days=397)
RENEWAL_PERIOD = timedelta(days=30)


def server_certificate(folder: Path) -> Path:
    """Return the path of a valid certificate for localhost in this folder, with its key beside it as server.key."""
    private_folder(folder)
    authority, key = _authority(folder / "ca.pem", folder / "ca.key")
    server = folder / "server.pem"
    if not _is_usable(server, authority):
        _issue(server, authority, key)
    return server


def _authority(path: Path, key_path: Path):
    """Return the authority of this folder, a new one if there is none or it is about to expire."""
    if not (path.exists() and key_path.exists() and _is_fresh(_read(path))):
        key = ec.generate_private_key(ec.SECP256R1())
        _write_key(key_path, key)
        path.write_bytes(_authority_certificate(key).public_bytes(serialization.Encoding.PEM))
    return _read(path), serialization.load_pem_private_key(key_path.read_bytes(), password=None)


def _authority_certificate(key) -> x509.Certificate:
    """Create the authority with name constraints, so that trusting it does not affect any other site."""
    name = _name(f"TeamChat, local authority of {socket.gethostname()}"[:64])
    networks = [x509.IPAddress(ipaddress.ip_network(network)) for network in ("127.0.0.1/32", "::1/128")]
    return (
        _certificate(name, name, key.public_key(), AUTHORITY_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(
            x509.NameConstraints(permitted_subtrees=[*_names(), *networks], excluded_subtrees=None),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _issue(path: Path, authority: x509.Certificate, authority_key) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    addresses = [x509.IPAddress(ipaddress.ip_address(address)) for address in ("127.0.0.1", "::1")]
    certificate = (
        _certificate(_name("localhost"), authority.subject, key.public_key(), SERVER_LIFETIME)
        .add_extension(x509.SubjectAlternativeName([*_names(), *addresses]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False
        )
        .sign(authority_key, hashes.SHA256())
    )
    _write_key(path.with_suffix(".key"), key)
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _is_usable(path: Path, authority: x509.Certificate) -> bool:
    if not (path.exists() and path.with_suffix(".key").exists()):
        return False
    certificate = _read(path)
    try:
        certificate.verify_directly_issued_by(authority)
    except Exception:  # whatever is wrong with it, a new one replaces it
        return False
    return _is_fresh(certificate)


def _is_fresh(certificate: x509.Certificate) -> bool:
    return certificate.not_valid_after_utc - datetime.now(UTC) > RENEWAL_PERIOD


def _certificate(
    subject: x509.Name, issuer: x509.Name, public_key, lifetime: timedelta
) -> x509.CertificateBuilder:
    """Return a certificate that is valid since yesterday, because clocks differ."""
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + lifetime)
    )


def _names() -> list[x509.DNSName]:
    return [x509.DNSName("localhost")]


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _write_key(path: Path, key) -> None:
    content = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)


if __name__ == "__main__":
    server_certificate(Path(sys.argv[1]))
