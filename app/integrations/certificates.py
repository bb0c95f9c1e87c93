"""Certificates and private keys: reading, description, checks before installation, self-signed ones."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SELF_SIGNED_VALIDITY = timedelta(days=90)
# Browsers and the CA/Browser Forum's Baseline Requirements §6.1.5 accept no smaller key.
RSA_BITS_MIN = 2048

CURVE_BITS_MIN = 256
WEAK_DIGESTS = {"md5", "sha1"}
# Bytes of a chain or a key that are parsed.
PEM_BYTES_MAX = 256 * 1024


@dataclass(frozen=True)
class Certificate:
    """The content of a certificate. Times are in UTC; fingerprint: SHA-256 of the certificate, as hexadecimal pairs."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    fingerprint: str
    key: str
    is_self_signed: bool

    def covers(self, host: str) -> bool:
        """Return whether it is for this host name: exactly, or by a wildcard for one label (RFC 6125 §6.4.3)."""
        wildcard = f"*.{host.partition('.')[2]}"
        return any(name.lower() in (host.lower(), wildcard.lower()) for name in self.names)

    def days_left(self, moment: datetime) -> int:
        """Return whole days until it expires, negative afterwards."""
        return (self.not_after - moment).days


class UnfitCertificate(Exception):
    """A certificate or key that cannot be used. code: the reason. It never contains parts of the input."""

    def __init__(self, code: str, *, is_about_key: bool = False, **facts):
        self.code, self.is_about_key, self.facts = code, is_about_key, facts
        super().__init__(code)


def describe(certificate: x509.Certificate) -> Certificate:
    """Return the content of a certificate."""
    digest = certificate.fingerprint(hashes.SHA256()).hex().upper()
    return Certificate(
        subject=_readable_name(certificate.subject),
        issuer=_readable_name(certificate.issuer),
        names=_names_of(certificate),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        fingerprint=":".join(digest[start : start + 2] for start in range(0, len(digest), 2)),
        key=_key_kind(_public_key(certificate)),
        is_self_signed=certificate.issuer == certificate.subject,
    )


def describe_der(raw: bytes) -> Certificate:
    """Return the content of a certificate in DER, as sent in a handshake. Error: UnfitCertificate."""
    try:
        return describe(x509.load_der_x509_certificate(raw))
    except ValueError as error:
        raise UnfitCertificate("unreadable_chain") from error


def read_chain(pem: bytes) -> list[x509.Certificate]:
    """Return the certificates of a PEM text in its order. Error: UnfitCertificate."""
    if len(pem) > PEM_BYTES_MAX:
        raise UnfitCertificate("unreadable_chain")
    try:
        return x509.load_pem_x509_certificates(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise UnfitCertificate("unreadable_chain") from None


def read_key(pem: bytes, passphrase: str | None) -> PrivateKeyTypes:
    """Return the private key in a PEM text. Error: UnfitCertificate."""
    try:
        return serialization.load_pem_private_key(
            pem[:PEM_BYTES_MAX], passphrase.encode() if passphrase else None
        )
    except TypeError:
        code = "needless_passphrase" if passphrase else "passphrase_missing"
    except (ValueError, UnsupportedAlgorithm):
        code = "wrong_passphrase" if b"ENCRYPTED" in pem and passphrase else "unreadable_key"
    raise UnfitCertificate(code, is_about_key=True)


def check_pair(
    chain_pem: bytes, key_pem: bytes, passphrase: str | None, host: str, moment: datetime
) -> tuple[bytes, bytes]:
    """Check that a chain and its key can serve a host name. Return both in PEM, the key without its passphrase.

    Error: UnfitCertificate.
    """
    chain = read_chain(chain_pem)
    key = read_key(key_pem, passphrase)
    leaf = chain[0]
    if _spki(key.public_key()) != _spki(_public_key(leaf)):
        if _spki(key.public_key()) in [_spki(_public_key(other)) for other in chain[1:]]:
            raise UnfitCertificate("chain_order")
        raise UnfitCertificate("key_differs", is_about_key=True)
    _require_strong(leaf)
    _require_order(chain)
    _require_in_date(chain, moment)
    if not describe(leaf).covers(host):
        raise UnfitCertificate("wrong_host", host=host, names=", ".join(describe(leaf).names) or "–")
    pem = b"".join(certificate.public_bytes(serialization.Encoding.PEM) for certificate in chain)
    return pem, _plain_pem(key)


def make_self_signed(host: str, moment: datetime) -> tuple[bytes, bytes]:
    """Return a self-signed certificate and its key in PEM, to try the server with."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    certificate = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + SELF_SIGNED_VALIDITY)
        .add_extension(x509.SubjectAlternativeName([_general_name(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM), _plain_pem(key)


def _require_strong(leaf: x509.Certificate) -> None:
    key = _public_key(leaf)
    is_supported = isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey, ed25519.Ed25519PublicKey))
    smallest = RSA_BITS_MIN if isinstance(key, rsa.RSAPublicKey) else CURVE_BITS_MIN
    if not is_supported or getattr(key, "key_size", smallest) < smallest:
        raise UnfitCertificate("weak_key", key=_key_kind(key))
    digest = leaf.signature_hash_algorithm
    if digest is not None and digest.name in WEAK_DIGESTS:
        raise UnfitCertificate("weak_digest", digest=digest.name.upper())


def _require_order(chain: list[x509.Certificate]) -> None:
    """Check that each certificate is signed by the next one (RFC 8446 §4.4.2)."""
    for certificate, issuer in pairwise(chain):
        try:
            certificate.verify_directly_issued_by(issuer)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            raise UnfitCertificate("chain_order") from None


def _require_in_date(chain: list[x509.Certificate], moment: datetime) -> None:
    for certificate in chain:
        subject = _readable_name(certificate.subject)
        if certificate.not_valid_after_utc <= moment:
            raise UnfitCertificate("ended", subject=subject, moment=certificate.not_valid_after_utc)
        if certificate.not_valid_before_utc > moment:
            raise UnfitCertificate("not_begun", subject=subject, moment=certificate.not_valid_before_utc)


def _names_of(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    addresses = [str(address) for address in names.get_values_for_type(x509.IPAddress)]
    return (*names.get_values_for_type(x509.DNSName), *addresses)


def _readable_name(name: x509.Name) -> str:
    """Return the common name and the organisation, else the whole name."""
    oids = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
    parts = [str(attribute.value) for oid in oids for attribute in name.get_attributes_for_oid(oid)]
    return ", ".join(dict.fromkeys(parts)) or name.rfc4514_string() or "–"


def _key_kind(key) -> str:
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"ECDSA {key.curve.name}"
    kinds = {ed25519.Ed25519PublicKey: "Ed25519", ed448.Ed448PublicKey: "Ed448", dsa.DSAPublicKey: "DSA"}
    return next((name for kind, name in kinds.items() if isinstance(key, kind)), "?")


def _public_key(certificate: x509.Certificate):
    try:
        return certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None


def _spki(key) -> bytes | None:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key and key.public_bytes(serialization.Encoding.DER, form)


def _plain_pem(key) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)
