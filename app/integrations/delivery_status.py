"""Mails that came back: what a delivery status notification (RFC 3464) says, and to whom it was returned."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses

RETURNED_TO = ("Delivered-To", "X-Original-To", "To")
"""Headers that name the address a notification came to; a mail server may add the first two."""

ANSWER_LENGTH = 500
"""Characters of the other server's words that are kept."""


@dataclass(frozen=True)
class DeliveryStatus:
    """returned_to: addresses it may have come to. is_final: nobody tries any more. status: RFC 3463, "5.1.1"."""

    returned_to: tuple[str, ...]
    is_final: bool
    status: str
    answer: str


def parse_delivery_status(content: bytes) -> DeliveryStatus | None:
    """What a notification says; none when the mail is something else, an answer of a person say."""
    mail = message_from_bytes(content, policy=policy.default)
    fields = _fields(mail)
    if fields is None:
        return None
    status = str(fields["Status"] or "").split(" ")[0]
    return DeliveryStatus(
        returned_to=_returned_to(mail),
        # "failed" is final whatever the status says: 4.4.7 is a queue that has given up (RFC 3464 §2.3.3).
        is_final=str(fields["Action"] or "").strip().lower() == "failed",
        status=status,
        answer=" ".join(str(fields["Diagnostic-Code"] or status).split())[:ANSWER_LENGTH],
    )


def _fields(mail: EmailMessage):
    """The fields about the recipient: a mail of ours has one. The first block is about the server."""
    if mail.get_content_type() != "multipart/report":
        return None
    parts = (part for part in mail.walk() if part.get_content_type() == "message/delivery-status")
    blocks = (block for part in parts for block in part.get_payload())
    return next((block for block in blocks if "Action" in block), None)


def _returned_to(mail: EmailMessage) -> tuple[str, ...]:
    said = [str(value) for name in RETURNED_TO for value in mail.get_all(name, [])]
    return tuple(address for _name, address in getaddresses(said) if address)
