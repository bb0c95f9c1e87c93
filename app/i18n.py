"""The language of an answer: the account's, else the one chosen in the menu, else the browser's, else French."""

from contextlib import contextmanager
from zoneinfo import ZoneInfo

from flask import current_app, g, has_request_context, request, session
from flask_babel import force_locale, get_locale, get_timezone
from flask_login import current_user

from app.extensions import babel

LANGUAGE_NAMES = {"fr": "Français", "en": "English"}


def init_app(app) -> None:
    """Bind the choice of language and time zone to the application, and tell templates the language in force."""
    app.jinja_env.globals["locale"] = language
    babel.init_app(app, locale_selector=choose_language, timezone_selector=choose_time_zone)


def choose_language() -> str:
    """The language this request is answered in."""
    if not has_request_context():
        return getattr(g, "language", "fr")
    languages = current_app.config["LANGUAGES"]
    chosen = session.get("language") or getattr(current_user, "language", None)
    if chosen in languages:
        return chosen
    return request.accept_languages.best_match(languages, default="fr")


def choose_time_zone() -> str | None:
    """The time zone of the person who reads; none means the server's."""
    return getattr(current_user if has_request_context() else g, "time_zone", None)


def time_zone() -> ZoneInfo:
    """The time zone of the person who reads.

    Flask-Babel's own is one of pytz: a datetime that is made with it has the solar time of before there were zones.
    """
    return ZoneInfo(str(get_timezone()))


def language() -> str:
    """The language in force now, as "fr" or "en"."""
    return str(get_locale() or "fr").partition("_")[0]


def language_of(account) -> str:
    """The language an account reads when nobody asks from a browser."""
    return account.language if account.language in LANGUAGE_NAMES else "fr"


@contextmanager
def in_language(code: str, zone: str | None = None):
    """Do something in a given language, and outside of requests in a time zone: broadcasts and mails are made for
    others, files while the view has long returned."""
    with force_locale(code):
        if zone and not has_request_context():
            g.time_zone = zone
        yield
