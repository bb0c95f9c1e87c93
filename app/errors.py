"""Refusals: errors with a code and a sentence, which each entry point presents in its own form."""

from flask_babel import lazy_gettext as _l


class Refusal(Exception):
    """A request that is not carried out. Nothing has been written.

    code: a stable identifier for programs. sentence: the explanation in the person's language. field: the form field
    concerned, if any. status: HTTP status of pages and API. retry_after: seconds to wait before trying again.
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
    """The input has the wrong form or contradicts existing data."""

    code = "invalid"


class NotFound(Refusal):
    """The object does not exist, or the person may not know that it does."""

    code = "not_found"
    status = 404
    sentence = _l("This does not exist, or you have no access to it.")


class Forbidden(Refusal):
    """The person sees the object and lacks the right to do this with it."""

    code = "forbidden"
    status = 403
    sentence = _l("You do not have the right to do this.")


class SignedOut(Refusal):
    """The request has no session."""

    code = "signed_out"
    status = 401
    sentence = _l("Please sign in.")


class Conflict(Refusal):
    """The object was changed since the person loaded it."""

    code = "conflict"
    status = 409
    sentence = _l("Somebody else changed this in the meantime.")


class TooMany(Refusal):
    """The person exceeded a rate limit; retry_after says until when."""

    code = "too_many"
    status = 429
    sentence = _l("That was too fast. Please wait a moment.")


class Unavailable(Refusal):
    """The database or another service does not answer. Nothing was written."""

    code = "unavailable"
    status = 503
    sentence = _l("The database does not answer at the moment. Nothing was changed; please try again.")


class WrongHost(Refusal):
    """A demo was requested under a host name that other machines can reach."""

    code = "wrong_host"
    status = 421
    sentence = _l(
        "This is a demonstration with public passwords. It only answers on this machine, as localhost."
    )


class ServiceStopped(Refusal):
    """An administrator has stopped the service."""

    code = "service_stopped"
    status = 503
    sentence = _l("TeamChat is stopped at the moment. What you have written is kept.")


class WebClientStopped(Refusal):
    """An administrator has stopped the WebClient: its pages are closed, WebAdmin's stay open."""

    code = "webclient_stopped"
    status = 503
    sentence = _l(
        "The WebClient is stopped at the moment. It opens again as soon as an administrator starts it."
    )
