"""Autodiscover's plain XML: requests read without trusting them, answers in the schemas that clients accept.

Shapes: MS-OXDSCLI §2.2.3–2.2.4 (outlook), MS-ASCMD §2.2.1.1 (mobilesync).
"""

from dataclasses import dataclass
from datetime import datetime
from xml.parsers import expat

BASE = "http://schemas.microsoft.com/exchange/autodiscover"
OUTLOOK_REQUEST, OUTLOOK = f"{BASE}/outlook/requestschema/2006", f"{BASE}/outlook/responseschema/2006a"
MOBILE_REQUEST, MOBILE = f"{BASE}/mobilesync/requestschema/2006", f"{BASE}/mobilesync/responseschema/2006"
REQUESTS = (OUTLOOK_REQUEST, MOBILE_REQUEST)

# Bytes of a request; a real one has less than 1000.
LARGEST = 16 * 1024

DEEPEST = 8
# MS-OXDSCLI §2.2.4.1.2: no such address; the request is not valid; nobody speaks the schema that is asked
# for.
NOT_FOUND, INVALID, NO_PROVIDER = 500, 600, 601

MESSAGES = {
    NOT_FOUND: "The email address can't be found.",
    INVALID: "Invalid Request",
    NO_PROVIDER: "Provider is not available",
}


class Unacceptable(Exception):
    """A request that is answered with an error. code: as above."""

    def __init__(self, code: int):
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class AutodiscoverRequest:
    """Request of a client: an address, and the schema it understands."""

    address: str
    schema: str


class _Reader:
    """Notes the text of the elements of a request. A document type, where entities live, ends it at once."""

    def __init__(self):
        self.path: list[tuple[str, str]] = []
        self.texts: dict[str, str] = {}
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._open
        self.parser.EndElementHandler = self._close
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse

    def read(self, raw: bytes) -> dict[str, str]:
        self.parser.Parse(raw, True)
        return self.texts

    def _open(self, name, _attributes):
        space, _, local = name.rpartition(" ")
        self.path.append((space, local))
        if len(self.path) > DEEPEST:
            raise Unacceptable(INVALID)

    def _close(self, _name):
        self.path.pop()

    def _text(self, text):
        names = [local for _space, local in self.path]
        if names[:-1] == ["Autodiscover", "Request"] and self.path[-1][0] in REQUESTS:
            self.texts[names[-1]] = self.texts.get(names[-1], "") + text

    def _refuse(self, *_declared):
        raise Unacceptable(INVALID)


def read_request(raw: bytes) -> AutodiscoverRequest:
    """Return what a request asks for. Error: Unacceptable."""
    if len(raw) > LARGEST:
        raise Unacceptable(INVALID)
    try:
        texts = _Reader().read(raw)
    except (expat.ExpatError, ValueError, LookupError):
        raise Unacceptable(INVALID) from None
    address, schema = (texts.get(name, "").strip() for name in ("EMailAddress", "AcceptableResponseSchema"))
    if not address or not schema:
        raise Unacceptable(INVALID)
    if schema not in (OUTLOOK, MOBILE):
        raise Unacceptable(NO_PROVIDER)
    return AutodiscoverRequest(address, schema)


def stamp(moment: datetime) -> str:
    """Return the time of an error, as the documented answers write it."""
    return moment.strftime("%H:%M:%S.%f") + "0"
