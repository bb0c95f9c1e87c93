"""Certificates and their keys: read, described, checked before they serve, made for a trial."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SELF_SIGNED_VALIDITY = timedelta(days=90)
RSA_BITS_MIN = 2048
"""Bits. Browsers and the CA/Browser Forum's Baseline Requirements §6.1.5 take no smaller key."""

CURVE_BITS_MIN = 256
WEAK_DIGESTS = {"md5", "sha1"}
PEM_BYTES_MAX = 256 * 1024
"""Bytes of a chain or a key that are looked at."""


@dataclass(frozen=True)
class Certificate:
    """What a certificate says. Moments are in UTC; fingerprint: SHA-256 of the certificate, hexadecimal, in pairs."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    fingerprint: str
    key: str
    is_self_signed: bool

    def covers(self, host: str) -> bool:
        """Whether it is for this host name: exactly, or by a wildcard for one label (RFC 6125 §6.4.3)."""
        wildcard = f"*.{host.partition('.')[2]}"
        return any(name.lower() in (host.lower(), wildcard.lower()) for name in self.names)

    def days_left(self, moment: datetime) -> int:
        """Whole days until it ends; below zero once it has."""
        return (self.not_after - moment).days


class UnfitCertificate(Exception):
    """A certificate or key that cannot serve. code says why; it never holds any of what was given."""

    def __init__(self, code: str, *, is_about_key: bool = False, **facts):
        self.code, self.is_about_key, self.facts = code, is_about_key, facts
        super().__init__(code)


def describe(certificate: x509.Certificate) -> Certificate:
    """What a certificate says."""
    digest = certificate.fingerprint(hashes.SHA256()).hex().upper()
    return Certificate(
        subject=_named(certificate.subject),
        issuer=_named(certificate.issuer),
        names=_names_of(certificate),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        fingerprint=":".join(digest[place : place + 2] for place in range(0, len(digest), 2)),
        key=_key_kind(_public_key(certificate)),
        is_self_signed=certificate.issuer == certificate.subject,
    )


def describe_der(raw: bytes) -> Certificate:
    """What a certificate says, from the bytes that a handshake gives. Error: Unfit."""
    try:
        return describe(x509.load_der_x509_certificate(raw))
    except ValueError as error:
        raise UnfitCertificate("unreadable_chain") from error


def read_chain(pem: bytes) -> list[x509.Certificate]:
    """The certificates of a PEM text, in its order. Error: Unfit."""
    if len(pem) > PEM_BYTES_MAX:
        raise UnfitCertificate("unreadable_chain")
    try:
        return x509.load_pem_x509_certificates(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise UnfitCertificate("unreadable_chain") from None


def read_key(pem: bytes, passphrase: str | None):
    """A private key from a PEM text. Error: Unfit."""
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
    """A chain and its key, fit to serve under a host name, as PEM texts; the key without a passphrase. Error: Unfit."""
    chain = read_chain(chain_pem)
    key = read_key(key_pem, passphrase)
    leaf = chain[0]
    if _spki(key.public_key()) != _spki(_public_key(leaf)):
        matching = next(
            (one for one in chain[1:] if _spki(_public_key(one)) == _spki(key.public_key())), None
        )
        raise (
            UnfitCertificate("chain_order")
            if matching
            else UnfitCertificate("key_differs", is_about_key=True)
        )
    _require_strong(leaf)
    _require_order(chain)
    _require_in_date(chain, moment)
    if not describe(leaf).covers(host):
        raise UnfitCertificate("wrong_host", host=host, names=", ".join(describe(leaf).names) or "–")
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain), _plain_pem(key)


def make_self_signed(host: str, moment: datetime) -> tuple[bytes, bytes]:
    """A certificate for a trial that signs itself, and its key, as PEM texts."""
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
    is_known = isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey, ed25519.Ed25519PublicKey))
    smallest = RSA_BITS_MIN if isinstance(key, rsa.RSAPublicKey) else CURVE_BITS_MIN
    if not is_known or getattr(key, "key_size", smallest) < smallest:
        raise UnfitCertificate("weak_key", key=_key_kind(key))
    digest = leaf.signature_hash_algorithm
    if digest is not None and digest.name in WEAK_DIGESTS:
        raise UnfitCertificate("weak_digest", digest=digest.name.upper())


def _require_order(chain: list[x509.Certificate]) -> None:
    """Each certificate is signed by the one behind it (RFC 8446 §4.4.2)."""
    for one, above in pairwise(chain):
        try:
            one.verify_directly_issued_by(above)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            raise UnfitCertificate("chain_order") from None


def _require_in_date(chain: list[x509.Certificate], moment: datetime) -> None:
    for one in chain:
        if one.not_valid_after_utc <= moment:
            raise UnfitCertificate("ended", subject=_named(one.subject), moment=one.not_valid_after_utc)
        if one.not_valid_before_utc > moment:
            raise UnfitCertificate("not_begun", subject=_named(one.subject), moment=one.not_valid_before_utc)


def _names_of(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    addresses = [str(address) for address in found.get_values_for_type(x509.IPAddress)]
    return (*found.get_values_for_type(x509.DNSName), *addresses)


def _named(name: x509.Name) -> str:
    """The common name and the organisation; else the whole name."""
    wanted = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
    parts = [str(one.value) for oid in wanted for one in name.get_attributes_for_oid(oid)]
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
    """This moment, in UTC."""
    return datetime.now(UTC)
