"""Security of every request and response: request id, headers, cookies, host names of a demo."""

import ipaddress
import re
import secrets
from collections.abc import Callable
from datetime import timedelta

from flask import Flask, Response, current_app, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

from app.errors import WrongHost
from app.identity import Origin, set_origin

REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
# Referrer-Policy is not "no-referrer": the CSRF check compares the referrer of our own forms.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

# The nonce is for the import map and the module tags; data: is for the small pictures in Tabler's stylesheet.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none';"
    " object-src 'none'"
)

# Not sent for names of this machine: browsers apply it to every port, and other local servers would break.
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"


def init_app(app: Flask) -> None:
    """Register the checks of requests, before all others, and the headers of responses."""
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    app.permanent_session_lifetime = timedelta(days=app.config["SESSION_KEEP_DAYS"])
    app.jinja_env.globals.update(csp_nonce=csp_nonce, is_demo=app.config["DEMO"])
    app.before_request_funcs.setdefault(None, []).insert(0, _prepare_request)
    app.after_request(_add_headers)
    if app.config["DEMO"]:
        app.before_request_funcs[None].insert(1, _refuse_public_names)


def limit_body(limit: int) -> Callable:
    """Set the most bytes that requests to the decorated view may have, instead of the limit for forms."""

    def mark(view):
        view.body_limit = limit
        return view

    return mark


def request_id() -> str:
    """Return the id of this request: the proxy's, if it is well-formed, else a new one."""
    if "request_id" not in g:
        proxy_id = request.headers.get("X-Request-ID", "")
        g.request_id = proxy_id if REQUEST_ID.fullmatch(proxy_id) else secrets.token_hex(16)
    return g.request_id


def csp_nonce() -> str:
    """Return the nonce for scripts of this response. Each response has its own."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return g.csp_nonce


def host_name(host: str) -> str:
    """Return the name in a Host header, without port and brackets, in lower case."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.rpartition(":")[0].lower() if host.count(":") == 1 else host.lower()


def is_local_name(name: str) -> bool:
    """Return whether a host name can only mean this machine."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _prepare_request() -> None:
    clear_contextvars()
    bind_contextvars(request_id=request_id())
    set_origin(Origin(ip=request.remote_addr, request_id=request_id()))
    limit = getattr(current_app.view_functions.get(request.endpoint or ""), "body_limit", None)
    if limit is not None:
        request.max_content_length = limit


def _refuse_public_names() -> None:
    """Refuse requests under other names than this machine's, as a demo has known passwords."""
    if request.endpoint != "static" and host_name(request.host) not in ("localhost", "127.0.0.1", "::1"):
        raise WrongHost()


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY.format(nonce=csp_nonce()))
    response.headers["X-Request-ID"] = request_id()
    if request.is_secure and not is_local_name(host_name(request.host)):
        response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
