"""Operations on messages: post, edit, delete."""

from app.operations.messages.changing import delete_message, edit_message
from app.operations.messages.posting import Posted, post_message

__all__ = [
    "Posted",
    "delete_message",
    "edit_message",
    "post_message",
]
