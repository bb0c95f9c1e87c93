"""Operations on accounts."""

from app.operations.accounts.deleting import OwnedRooms, Successor, delete_account, erase_account
from app.operations.accounts.editing import (
    create_account,
    send_password_link,
    set_account_features,
    set_password,
    update_account,
    update_card,
    write_card,
)
from app.operations.accounts.roles import set_role

__all__ = [
    "OwnedRooms",
    "Successor",
    "create_account",
    "delete_account",
    "erase_account",
    "send_password_link",
    "set_account_features",
    "set_password",
    "set_role",
    "update_account",
    "update_card",
    "write_card",
]
