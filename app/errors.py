"""Refusals: one code and one sentence each, which every door tells in its own way."""

from flask_babel import lazy_gettext as _l


class Refusal(Exception):
    """Something a person asked for is not done. Nothing has been written.

    code: a stable word for programs. sentence: what the person reads, in their language. field: the form field it is
    about, if any. status: the HTTP status of pages and API. retry_after: seconds until trying again makes sense.
    """

    code = "refused"
    status = 422
    sentence = _l("This cannot be done.")

    def __init__(self, sentence=None, *, code=None, field=None, retry_after=None):
        self.sentence = sentence if sentence is not None else type(self).sentence
        self.code = code or type(self).code
        self.field = field
        self.retry_after = retry_after
        super().__init__(self.code)

    def __str__(self):
        return str(self.sentence)


class Invalid(Refusal):
    """What was given has the wrong shape or contradicts what exists."""

    code = "invalid"


class NotFound(Refusal):
    """It does not exist, or the person may not know that it does."""

    code = "not_found"
    status = 404
    sentence = _l("This does not exist, or you have no access to it.")


class Forbidden(Refusal):
    """The person sees it and may not do this with it."""

    code = "forbidden"
    status = 403
    sentence = _l("You do not have the right to do this.")


class SignedOut(Refusal):
    """Nobody is signed in."""

    code = "signed_out"
    status = 401
    sentence = _l("Please sign in.")


class Conflict(Refusal):
    """Somebody else was faster."""

    code = "conflict"
    status = 409
    sentence = _l("Somebody else has changed this in the meantime.")


class TooMany(Refusal):
    """Too much in too short a time; retry_after says when to go on."""

    code = "too_many"
    status = 429
    sentence = _l("That was too fast. Please wait a moment.")


class Unavailable(Refusal):
    """Something this server needs does not answer; nothing was written."""

    code = "unavailable"
    status = 503
    sentence = _l("The database does not answer at the moment. Nothing was changed; please try again.")


class WrongHost(Refusal):
    """A demonstration was called by a name that others could reach it by."""

    code = "wrong_host"
    status = 421
    sentence = _l(
        "This is a demonstration with known passwords. It only answers on this machine, as localhost."
    )


class ServiceStopped(Refusal):
    """An administrator has stopped the service."""

    code = "service_stopped"
    status = 503
    sentence = _l("TeamChat is stopped at the moment. What you have written is kept.")


class WebClientStopped(Refusal):
    """An administrator has stopped the WebClient: its pages are closed, WebAdmin's are not."""

    code = "webclient_stopped"
    status = 503
    sentence = _l(
        "The WebClient is stopped at the moment. It opens again as soon as an administrator starts it."
    )
