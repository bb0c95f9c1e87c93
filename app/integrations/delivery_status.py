"""Delivery status notifications (RFC 3464): reports about mails that were not delivered."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import getaddresses

# Headers with the address that received the notification; a mail server may add the first two.
RETURNED_TO = ("Delivered-To", "X-Original-To", "To")

# Characters of the other server's answer that are kept.
ANSWER_LENGTH = 500


@dataclass(frozen=True)
class DeliveryStatus:
    """A notification. returned_to: addresses that may have received it. is_final: delivery is not tried any more.

    status: as in RFC 3463, such as "5.1.1".
    """

    returned_to: tuple[str, ...]
    is_final: bool
    status: str
    answer: str


def parse_delivery_status(content: bytes) -> DeliveryStatus | None:
    """Return the content of a notification, None for other mails, such as a person's answer."""
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


def _fields(mail: EmailMessage) -> Message | None:
    """Return the fields about the recipient, of whom our mails have one. The first block is about the server."""
    if mail.get_content_type() != "multipart/report":
        return None
    # The payload of such a part is a list of blocks, one for the server and one for each recipient.
    parts = (part for part in mail.walk() if part.get_content_type() == "message/delivery-status")
    blocks = (block for part in parts for block in part.get_payload() if isinstance(block, Message))
    return next((block for block in blocks if "Action" in block), None)


def _returned_to(mail: EmailMessage) -> tuple[str, ...]:
    values = [str(value) for name in RETURNED_TO for value in mail.get_all(name, [])]
    return tuple(address for _name, address in getaddresses(values) if address)
