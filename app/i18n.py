"""Language and time zone of responses, mails and broadcasts."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, has_request_context, request, session
from flask_babel import force_locale, get_locale, get_timezone
from flask_login import current_user
from markupsafe import Markup

from app.extensions import babel

LANGUAGE_NAMES = {"fr": "Français", "en": "English"}

_is_for_every_language: ContextVar[bool] = ContextVar("is_for_every_language", default=False)


def init_app(app: Flask) -> None:
    """Bind the selection of language and time zone to the application and its templates."""
    app.jinja_env.globals["locale"] = language
    babel.init_app(app, locale_selector=choose_language, timezone_selector=choose_time_zone)


def choose_language() -> str:
    """Return the language of this request: chosen in the menu, else the account's, else the browser's, else French."""
    if not has_request_context():
        return getattr(g, "language", "fr")
    languages = current_app.config["LANGUAGES"]
    chosen: str | None = session.get("language") or getattr(current_user, "language", None)
    if chosen is not None and chosen in languages:
        return chosen
    return request.accept_languages.best_match(languages) or "fr"


def choose_time_zone() -> str | None:
    """Return the reader's time zone, None for the server's."""
    return getattr(current_user if has_request_context() else g, "time_zone", None)


def time_zone() -> ZoneInfo:
    """Return the reader's time zone.

    Flask-Babel returns one of pytz, with which the datetime constructor would use local mean time.
    """
    return ZoneInfo(str(get_timezone()))


def language() -> str:
    """Return the current language, "fr" or "en"."""
    return str(get_locale() or "fr").partition("_")[0]


def language_of(account) -> str:
    """Return an account's language for use outside of its requests."""
    return account.language if account.language in LANGUAGE_NAMES else "fr"


@contextmanager
def in_language(code: str, zone: str | None = None) -> Iterator[None]:
    """Set the language and, outside of requests, the time zone while in the context.

    Broadcasts and mails are rendered for other people, and streamed files after the view has returned.
    """
    with force_locale(code):
        if zone and not has_request_context():
            g.time_zone = zone
        yield


@contextmanager
def in_every_language() -> Iterator[None]:
    """Render once for readers of all languages while in the context: see readers_text()."""
    token = _is_for_every_language.set(True)
    try:
        yield
    finally:
        _is_for_every_language.reset(token)


def readers_text(make: Callable[[], str]) -> str:
    """Return a text in the reader's language; for readers of every language, all of them as HTML.

    make: returns the text in the language in force. In the HTML `<tc-message>` shows the one of its page.
    """
    if not _is_for_every_language.get():
        return make()
    texts = {}
    for code in LANGUAGE_NAMES:
        with force_locale(code):
            texts[code] = str(make())
    return Markup('<span data-texts="{}"></span>').format(json.dumps(texts, ensure_ascii=False))
