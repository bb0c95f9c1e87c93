"""Error answers in the form that the client asked for: page, notice for htmx, JSON."""

from collections.abc import Callable

import structlog
from flask import (
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as BaseResponse

from app import htmx
from app.errors import Forbidden, NotFound, Refusal, SignedOut, TooMany, Unavailable
from app.extensions import db
from app.security import request_id
from app.transaction import connection_is_lost

log = structlog.get_logger()


class StaleForm(Refusal):
    """A form whose CSRF token is missing or belongs to another session."""

    code = "csrf"
    status = 400
    sentence = _l("This page was open for too long. Load it again and repeat.")


class Unexpected(Refusal):
    """A fault of the program."""

    code = "unexpected"
    status = 500
    sentence = _l("Something went wrong on the server. Nothing was changed; it has been logged.")


def init_app(app: Flask) -> None:
    """Answer every kind of error."""
    app.register_error_handler(Refusal, tell)
    app.register_error_handler(CSRFError, _tell_stale_form)
    app.register_error_handler(HTTPException, _tell_http_error)
    app.register_error_handler(DBAPIError, _tell_database_error)
    app.register_error_handler(PoolTimeout, _tell_database_error)
    app.register_error_handler(Exception, _tell_unexpected)


def tell(refusal: Refusal) -> BaseResponse:
    """Answer with a refusal, in the form that the client asked for."""
    if isinstance(refusal, Unavailable):
        _forget_the_database()
    response = _form_of_answer()(refusal)
    if refusal.retry_after:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def wants_json() -> bool:
    """Return whether the client is a program."""
    return (
        request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
        == "application/json"
    )


def _form_of_answer() -> Callable[[Refusal], BaseResponse]:
    if wants_json():
        return _as_json
    return _as_notice if request.headers.get("HX-Request") == "true" else _as_page


def _as_json(refusal: Refusal) -> Response:
    response = jsonify(ok=False, error=refusal.code, message=str(refusal.sentence))
    response.status_code = refusal.status
    return response


def _as_notice(refusal: Refusal) -> Response:
    """For htmx: nothing is swapped, a notice appears; who is signed out is taken to the sign-in page."""
    response = Response(status=refusal.status)
    if isinstance(refusal, SignedOut):
        response.headers["HX-Redirect"] = url_for("sessions.sign_in")
        return response
    response.headers["HX-Reswap"] = "none"
    return htmx.say(response, refusal.sentence, "error")


def _as_page(refusal: Refusal) -> BaseResponse:
    if isinstance(refusal, SignedOut):
        return redirect(sign_in_url(), 303)
    return _page(refusal)


def sign_in_url() -> str:
    """Return the sign-in page, from where one comes back to the page that was asked for."""
    path = request.full_path if request.query_string else request.path
    return url_for("sessions.sign_in", next=path if request.method == "GET" and path != "/" else None)


def _page(refusal: Refusal) -> Response:
    context = {"status": refusal.status, "sentence": _own_sentence(refusal), "request_id": request_id()}
    try:
        body = render_template("errors/page.html", **context)
    except Exception:
        log.exception("error page failed")
        _forget_the_database()
        return Response(f"{refusal.status}: {refusal.sentence}\n", refusal.status, mimetype="text/plain")
    return make_response(body, refusal.status)


def _own_sentence(refusal: Refusal):
    """Return what the page of this status does not say by itself."""
    is_usual = refusal.sentence is type(refusal).sentence and refusal.status < 500
    return None if is_usual else refusal.sentence


def _tell_stale_form(_error: CSRFError) -> BaseResponse:
    return tell(StaleForm())


def _tell_http_error(error: HTTPException) -> BaseResponse:
    if isinstance(error, RequestRedirect) or error.code is None:
        return error.get_response()
    response = tell(_refusal_for(error.code))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _refusal_for(status: int) -> Refusal:
    refusals = {403: Forbidden, 404: NotFound, 429: TooMany, 503: Unavailable}
    if status in refusals:
        return refusals[status]()
    refusal = Refusal(_usual_sentence(status), code=f"http_{status}")
    refusal.status = status
    return refusal


def _usual_sentence(status: int) -> str:
    sentences = {
        405: _("This address does not take that kind of request."),
        413: _("What was sent is larger than this server accepts."),
    }
    return sentences.get(status, _("The server does not understand this request."))


def _tell_database_error(error: Exception) -> BaseResponse:
    """Answer that the database is gone; a page that only reads is tried once more, on a new connection."""
    if isinstance(error, DBAPIError) and not connection_is_lost(error):
        return _tell_unexpected(error)
    log.warning("database does not answer", error=type(error).__name__)
    if request.method == "GET" and "asked_again" not in g:
        return _ask_again()
    return tell(Unavailable(retry_after=5))


def _ask_again() -> Response:
    g.asked_again = True
    db.session.rollback()
    try:
        answer = current_app.preprocess_request() or current_app.dispatch_request()
        return current_app.make_response(answer)
    except Exception as error:
        return current_app.make_response(current_app.handle_user_exception(error))


def _forget_the_database() -> None:
    """Nothing that the error page shows may ask the database that has just failed."""
    g._login_user = AnonymousUserMixin()


def _tell_unexpected(error: Exception) -> BaseResponse:
    log.exception("unexpected error", exc_info=error)
    db.session.rollback()
    return tell(Unexpected())
