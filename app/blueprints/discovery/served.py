"""Documents for clients: Autodiscover in XML for signed-in people, in JSON and as our own document for everybody.

Public answers depend on the domain of an address only, and never reveal whether an account exists.
"""

import zlib

from flask import Response, jsonify, make_response, render_template, request, url_for

from app.blueprints.access_control import open_to_everybody
from app.blueprints.discovery import pox
from app.blueprints.discovery.views import blueprint
from app.errors import Invalid, TooMany
from app.extensions import csrf
from app.models import Account, now
from app.operations import sessions
from app.rules import discovery
from app.rules.accounts import addresses
from app.rules.discovery import domain_named
from app.rules.discovery import of as discovery_of
from app.rules.discovery import server as server_discovery
from app.rules.server import settings
from app.security import request_id

XML = "/autodiscover/autodiscover.xml"
REALM = 'Basic realm="TeamChat", charset="UTF-8"'
SHARED = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=300",
}
V2 = {"activesync": ("ActiveSync", "mobilesync"), "autodiscoverv1": ("AutodiscoverV1", None)}
ENCRYPTIONS = {discovery.SSL: "SSL", discovery.STARTTLS: "TLS", discovery.SECOND_STARTTLS: "TLS"}


@blueprint.route(XML, methods=["GET", "POST"])
@blueprint.route("/Autodiscover/Autodiscover.xml", methods=["GET", "POST"])
@blueprint.route("/AutoDiscover/AutoDiscover.xml", methods=["GET", "POST"])
@csrf.exempt
@open_to_everybody
def autodiscover() -> Response:
    """POX Autodiscover: name and password with every request, as a mail program sends them."""
    try:
        account = _signed_in()
    except TooMany as refusal:
        return _text(429, str(refusal.sentence), {"Retry-After": str(refusal.retry_after)})
    except Invalid:
        return _text(401, "401", {"WWW-Authenticate": REALM})
    try:
        autodiscover_request = pox.read_request(request.get_data() if request.method == "POST" else b"")
        return _settings(account, autodiscover_request)
    except pox.Unacceptable as trouble:
        return _xml("discovery/error.xml", code=trouble.code, message=pox.MESSAGES[trouble.code])


@blueprint.get("/autodiscover/autodiscover.json")
@blueprint.get("/Autodiscover/Autodiscover.json")
@blueprint.get("/autodiscover/autodiscover.json/v1.0/<path:address>")
@open_to_everybody
def autodiscover_json(address: str = "") -> Response:
    """Autodiscover's second version: the address of one protocol."""
    address = address or request.args.get("Email", "")
    protocol_name = request.args.get("Protocol", "")
    if "@" not in address:
        return _json_error("MandatoryParameterMissing", "The Email parameter is missing.")
    if not protocol_name:
        return _json_error("MandatoryParameterMissing", "The Protocol parameter is missing.")
    if protocol_name.lower() not in V2:
        supported = ", ".join(name for name, _value in V2.values())
        return _json_error("InvalidProtocol", f"The given protocol is not supported. Supported: {supported}.")
    name, value = V2[protocol_name.lower()]
    url = _values(address)[value] if value else f"{settings.public_url()}{XML}"
    if not url:
        return _json_error("ProtocolNotFound", f"{name} is not offered here.", 404)
    return _shared(jsonify(Protocol=name, Url=url))


@blueprint.get("/.well-known/teamchat.json")
@open_to_everybody
def document() -> Response:
    """Everything that is told, for our own clients. ?domain= names the domain of one's address."""
    values = _values(f"x@{request.args.get('domain', '')}")
    services = {
        protocol.name: {"host": values[protocol.name], "port": protocol.ports[kind], "security": kind}
        for protocol in discovery.PROTOCOLS
        if values[protocol.name] and (kind := values[protocol.type_name])
    }
    urls = {protocol.name: values[protocol.name] for protocol in discovery.URLS if values[protocol.name]}
    return _shared(jsonify(version=1, host=values[discovery.HOST_NAME], services=services, urls=urls))


@blueprint.get(str(discovery.ADDRESSES["teamchat_api"].path))
@open_to_everybody
def teamchat_api() -> Response:
    """Show what stands at the TeamChat API URL: whose server this is a part of, and where people and programs go on."""
    published, here = server_discovery().values, settings.public_url()
    urls = {name: published[name] for name in ("webclient", "webadmin")}
    urls["sign_in"] = here + url_for("sessions.sign_in")
    urls["discovery"] = here + url_for("discovery.document")
    return _shared(jsonify(name="TeamChat", version=1, urls=urls))


def _signed_in() -> Account:
    """Return whose name and password came with the request. Errors: Invalid, TooMany."""
    try:
        credentials = request.authorization
    except ValueError:  # it is not ASCII, as the scheme has it (RFC 7617)
        credentials = None
    if (
        credentials is None
        or credentials.type != "basic"
        or not credentials.username
        or credentials.password is None
    ):
        raise Invalid()
    return sessions.verify_credentials(credentials.username, credentials.password)


def _settings(account: Account, autodiscover_request: pox.AutodiscoverRequest) -> Response:
    """Answer with the settings of the signed-in account.

    Other addresses do not exist, whether they do or not.
    """
    values = discovery_of(account.domain).values
    if addresses.normalise(autodiscover_request.address) != account.address:
        raise pox.Unacceptable(pox.NOT_FOUND)
    if autodiscover_request.schema == pox.MOBILE:
        language = "fr:fr" if account.language == "fr" else "en:us"
        return _xml("discovery/mobilesync.xml", account=account, culture=language, url=values["mobilesync"])
    return _xml("discovery/outlook.xml", account=account, protocols=_mail_protocols(values))


def _mail_protocols(values: dict[str, str]) -> list[dict]:
    """IMAP first: clients take the first that they like."""
    protocols = []
    for name in ("imap", "pop3", "smtp"):
        protocol = next(candidate for candidate in discovery.PROTOCOLS if candidate.name == name)
        kind = values[protocol.type_name]
        if values[name]:
            protocols.append(
                {
                    "type": name.upper(),
                    "server": values[name],
                    "port": protocol.ports[kind],
                    "encryption": ENCRYPTIONS.get(kind, "None"),
                }
            )
    return protocols


def _values(address: str) -> dict[str, str]:
    """Return what the domain of an address tells; a domain that is not ours is told what the server tells."""
    name = addresses.normalise(address).rpartition("@")[2]
    return discovery_of(domain_named(name)).values


def _xml(template: str, **context) -> Response:
    text = render_template(
        template, pox=pox, time=pox.stamp(now()), error_id=zlib.crc32(request_id().encode()), **context
    )
    response = make_response(text)
    response.headers["Content-Type"] = "text/xml; charset=utf-8"
    return response


def _text(status: int, text: str, headers: dict[str, str]) -> Response:
    response = Response(f"{text}\n", status, mimetype="text/plain")
    response.headers.update(headers)
    return response


def _json_error(code: str, message: str, status: int = 400) -> Response:
    response = jsonify(ErrorCode=code, ErrorMessage=message)
    response.status_code = status
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _shared(response: Response) -> Response:
    response.headers.update(SHARED)
    return response
