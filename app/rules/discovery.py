"""SmartDiscover values: names, allowed forms and defaults."""

import ipaddress
import json
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import idna
from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.errors import Invalid
from app.extensions import db
from app.models import Domain, DomainDiscovery
from app.rules.accounts import addresses
from app.rules.server import settings
from app.rules.server.settings import Setting

STANDARD, SSL, STARTTLS = "standard", "ssl", "starttls"
SECOND, SECOND_STARTTLS = "second", "second_starttls"
HOST_NAME = "host_name"

# Characters of a URL.
LONGEST = 500


@dataclass(frozen=True)
class Protocol:
    """A protocol that other programs speak. ports: by type, in the order in which the types are offered."""

    name: str
    label: str
    ports: dict[str, int]

    @property
    def type_name(self) -> str:
        return f"{self.name}_type"


@dataclass(frozen=True)
class DiscoveryAddress:
    """A URL. path: what TeamChat serves there itself; usual: where other servers have it, shown as an example."""

    name: str
    label: str
    path: str | None = None
    usual: str = ""

    @property
    def is_required(self) -> bool:
        return self.path is not None


SMTP_PORTS = {STANDARD: 25, SSL: 465, SECOND: 587, SECOND_STARTTLS: 587}

# In the guide's order. Ports: IANA's service names; a "second port" of SMTP is submission, RFC 6409.
PROTOCOLS = (
    Protocol("smtp", "SMTP", SMTP_PORTS),
    Protocol("pop3", "POP3", {STANDARD: 110, SSL: 995, STARTTLS: 110}),
    Protocol("imap", "IMAP", {STANDARD: 143, SSL: 993, STARTTLS: 143}),
    Protocol("xmpp", "XMPP", {STANDARD: 5222, SSL: 5223, STARTTLS: 5222}),
    Protocol("sip", "SIP", {STANDARD: 5060, SSL: 5061}),
)

# The twelve URLs in the guide's order.
URLS = (
    DiscoveryAddress("mobilesync", _l("MobileSync (ActiveSync)"), usual="/Microsoft-Server-ActiveSync"),
    DiscoveryAddress("webdav", _l("WebDAV & SmartAttach"), usual="/webdav/"),
    DiscoveryAddress("webclient", "WebClient", path="/webmail/"),
    DiscoveryAddress("webadmin", "WebAdmin", path="/admin/"),
    DiscoveryAddress("freebusy", _l("Free / Busy"), usual="/freebusy/"),
    DiscoveryAddress("calendar", _l("Internet calendar"), usual="/calendar/"),
    DiscoveryAddress("sms", "SMS", usual="/sms/"),
    DiscoveryAddress("antispam", _l("Anti-spam reports"), usual="/reports/"),
    DiscoveryAddress("install", _l("Client programs"), usual="/install/"),
    DiscoveryAddress("teamchat_api", _l("TeamChat API URL"), path="/teamchatapi/"),
    DiscoveryAddress("collaboration_api", _l("Collaboration API URL"), usual="/collaboration/"),
    DiscoveryAddress("conference_api", _l("Conference API URL"), usual="/conference/"),
)

TYPES = {
    STANDARD: _l("Standard"),
    SSL: "SSL",
    STARTTLS: "STARTTLS",
    SECOND: _l("Second port"),
    SECOND_STARTTLS: _l("Second port, STARTTLS"),
}
ENCRYPTED = {SSL, STARTTLS, SECOND_STARTTLS}
LABELS = {
    HOST_NAME: _l("Public host name"),
    **{protocol.name: protocol.label for protocol in PROTOCOLS},
    **{protocol.type_name: _l("%(name)s type", name=protocol.label) for protocol in PROTOCOLS},
    **{url.name: url.label for url in URLS},
}
# Every value by its name.
NAMES = tuple(LABELS)

ADDRESSES = {url.name: url for url in URLS}
TYPE_NAMES = {protocol.type_name: protocol for protocol in PROTOCOLS}
HOSTS = (HOST_NAME, *(protocol.name for protocol in PROTOCOLS))


def defaults(public_url: str, host_name: str) -> dict[str, str]:
    """Return the values used where nobody has set any: the public host, and the addresses that TeamChat serves itself.

    public_url gives scheme and port; host_name replaces its host.
    """
    given = urlsplit(public_url)
    port = f":{given.port}" if given.port else ""
    base = f"{given.scheme}://{url_host(host_name)}{port}"
    own = {url.name: base + url.path if url.path is not None else "" for url in URLS}
    types = dict.fromkeys(TYPE_NAMES, STANDARD)
    return {name: own.get(name) or types.get(name) or "" for name in NAMES} | dict.fromkeys(HOSTS, host_name)


def with_host(name: str, value: str, host_name: str) -> str:
    """Return a value with its host replaced; types and empty values stay as they are."""
    if name in TYPE_NAMES or not value:
        return value
    if name in HOSTS:
        return host_name
    try:
        url = urlsplit(value)
        port = f":{url.port}" if url.port else ""
    except ValueError:
        return value
    return url._replace(netloc=url_host(host_name) + port).geturl() if url.netloc else value


def checked(name: str, value: str) -> str:
    """Return a value as it is stored. Error: Invalid, at the field of this name."""
    problem = problem_of(name, value)
    if problem:
        raise Invalid(problem, code=f"bad_{name}", field=name)
    return clean_value(name, value)


def clean_value(name: str, value: str | None) -> str:
    """Return a value without insignificant parts: surrounding space, capitals of a host."""
    text = (value or "").strip()
    return text.lower().strip("[]").rstrip(".") if name in HOSTS else text


def problem_of(name: str, value: str | None) -> str | None:
    """Return the sentence that says why a value cannot be stored, None for a good one."""
    text = clean_value(name, value)
    if name in TYPE_NAMES:
        return None if text in TYPE_NAMES[name].ports else _("This type does not exist for this protocol.")
    if name in HOSTS:
        return _problem_of_host(name, text)
    return _problem_of_url(ADDRESSES[name], text)


def is_host(text: str) -> bool:
    """Return whether a text is a host name or a network address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        pass
    else:
        return True
    try:
        encoded = idna.encode(text, uts46=True).decode()
    except idna.IDNAError:
        return False
    labels = encoded.split(".")
    return text == "localhost" or (
        len(labels) > 1 and len(encoded) <= addresses.DOMAIN_MAXIMUM and not labels[-1].isdigit()
    )


def is_external(name: str, value: str, host_name: str) -> bool:
    """Return whether a URL is served by another product than TeamChat."""
    if not value:
        return False
    url = urlsplit(value)
    return ADDRESSES[name].path is None or url.hostname != host_name or url.path != ADDRESSES[name].path


def url_host(host: str) -> str:
    """Return a host as it is written in a URL: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def _problem_of_host(name: str, text: str) -> str | None:
    """Return the problem of a host field.

    A protocol that is not offered has no host; the server always has one.
    """
    if not text:
        return _("This cannot be empty.") if name == HOST_NAME else None
    return None if is_host(text) else _("This is not a host name: write it like mail.example.org.")


def _problem_of_url(url: DiscoveryAddress, text: str) -> str | None:
    if not text:
        return _("This cannot be empty.") if url.is_required else None
    if len(text) > LONGEST:
        return _("This is too long.")
    if re.search(r"[\s\x00-\x1f<>\"\\^`{|}]", text):
        return _('A URL must not contain spaces or any of < > " \\ ^ ` { | }.')
    try:
        given = urlsplit(text)
        port, host = given.port, given.hostname or ""
    except ValueError:
        return _("This is not a URL.")
    return _problem_of_parts(given, host, port)


def _problem_of_parts(url: SplitResult, host: str, port: int | None) -> str | None:
    if url.scheme != "https":
        return _("The URL must begin with https://.")
    if url.username is not None or url.password is not None:
        return _("A public URL must not contain a name or a password.")
    if not is_host(host) or port == 0:
        return _("The URL needs a valid host name.")
    if url.path in ("", "/"):
        return _("Give the path explicitly, as in https://mail.example.org/webmail/.")
    return _("Remove what follows the #.") if url.fragment else None


@dataclass(frozen=True)
class DiscoveryLevel:
    """The values of the server or of a domain. base: what counts where it has none of its own; version: for forms."""

    base: dict[str, str]
    own: dict[str, str]
    version: int

    @property
    def values(self) -> dict[str, str]:
        """Return the values in effect."""
        return {**self.base, **self.own}


def server() -> DiscoveryLevel:
    """Return the server's level."""
    own = _read(settings.get(Setting.DISCOVERY))
    host = settings.get(Setting.HOST_NAME)
    if host:
        own[HOST_NAME] = host
    return DiscoveryLevel(
        base_for(host or default_host()), own, int(settings.get(Setting.DISCOVERY_VERSION, "1"))
    )


def of(domain: Domain | None) -> DiscoveryLevel:
    """Return a domain's level; without a domain, the server's."""
    if domain is None:
        return server()
    row = db.session.scalar(select(DomainDiscovery).where(DomainDiscovery.domain_id == domain.id))
    return DiscoveryLevel(server().values, _read(row.overrides) if row else {}, row.row_version if row else 1)


def domain_named(name: str) -> Domain | None:
    """Return a domain of people by its name, as it is compared; none for every other name."""
    return db.session.scalar(select(Domain).where(Domain.name == name, ~Domain.is_internal))


def base_for(host_name: str) -> dict[str, str]:
    """Return the defaults of a server of this name; its own default name is that of PUBLIC_URL."""
    base = defaults(current_app.config["PUBLIC_URL"], host_name)
    return {**base, HOST_NAME: default_host()}


def default_host() -> str:
    """Return the host of PUBLIC_URL."""
    return urlsplit(current_app.config["PUBLIC_URL"]).hostname or "localhost"


def _read(text: str | None) -> dict[str, str]:
    """Return the stored values.

    Unknown names of earlier versions are skipped; an empty value means that nothing is offered.
    """
    stored = json.loads(text or "{}")
    return {name: value for name, value in stored.items() if name in NAMES}
