"""Guests: invitations, sponsors, expiry, and what a room shows to guests."""

import sqlalchemy as sa
from alembic import op

from app.models import types

revision = "0009_guests"
down_revision = "0008_exclusions"


def upgrade():
    _invitations()
    op.add_column("accounts", sa.Column("sponsor_id", types.BigInt, nullable=True))
    op.add_column("accounts", sa.Column("verified_at", types.UtcDateTime(), nullable=True))
    op.add_column("accounts", sa.Column("expires_at", types.UtcDateTime(), nullable=True))
    op.add_column("accounts", sa.Column("warned_days", sa.Integer(), nullable=True))
    op.add_column("accounts", sa.Column("link_generation", sa.Integer(), server_default="0", nullable=False))
    op.create_foreign_key(op.f("fk_accounts_sponsor_id"), "accounts", "accounts", ["sponsor_id"], ["id"])
    op.create_index("ix_accounts_sponsor_id", "accounts", ["sponsor_id", "is_guest", "id"], unique=False)
    op.create_index("ix_accounts_is_guest", "accounts", ["is_guest", "expires_at", "id"], unique=False)
    op.add_column("domains", sa.Column("guest_days", sa.Integer(), nullable=True))
    op.add_column("domains", sa.Column("guest_days_longest", sa.Integer(), nullable=True))
    op.add_column("domains", sa.Column("guests_allowed_from", types.long_text(), nullable=True))
    op.add_column("domains", sa.Column("guests_denied_from", types.long_text(), nullable=True))
    for column in ("guests_see_history", "guests_see_members"):
        op.add_column("rooms", sa.Column(column, sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("rooms", sa.Column("guest_days", sa.Integer(), nullable=True))
    op.add_column("room_members", sa.Column("expires_at", types.UtcDateTime(), nullable=True))
    op.add_column("room_members", sa.Column("warned_days", sa.Integer(), nullable=True))
    op.create_index("ix_room_members_expires_at", "room_members", ["expires_at"], unique=False)


def _invitations():
    op.create_table(
        "invitations",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("room_id", types.BigInt, nullable=False),
        sa.Column("address", types.exact(320), nullable=False),
        sa.Column("inviter_id", types.BigInt, nullable=False),
        sa.Column("account_id", types.BigInt, nullable=True),
        sa.Column("personal_line", types.label(500), nullable=True),
        sa.Column("language", types.exact(8), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("sent_at", types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("registered_at", types.UtcDateTime(), nullable=True),
        sa.Column("accepted_at", types.UtcDateTime(), nullable=True),
        sa.Column("revoked_at", types.UtcDateTime(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_invitations_account_id")),
        sa.ForeignKeyConstraint(["inviter_id"], ["accounts.id"], name=op.f("fk_invitations_inviter_id")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_invitations_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("room_id", "address", name=op.f("uq_invitations_room_id_address")),
    )
    op.create_index("ix_invitations_address", "invitations", ["address"], unique=False)
    op.create_index("ix_invitations_account_id", "invitations", ["account_id"], unique=False)
    op.create_index("ix_invitations_inviter_id", "invitations", ["inviter_id", "expires_at"], unique=False)


def downgrade():
    op.drop_table("invitations")
    op.drop_index("ix_room_members_expires_at", table_name="room_members")
    for column in ("warned_days", "expires_at"):
        op.drop_column("room_members", column)
    for column in ("guest_days", "guests_see_members", "guests_see_history"):
        op.drop_column("rooms", column)
    for column in ("guests_denied_from", "guests_allowed_from", "guest_days_longest", "guest_days"):
        op.drop_column("domains", column)
    op.drop_index("ix_accounts_is_guest", table_name="accounts")
    op.drop_constraint(op.f("fk_accounts_sponsor_id"), "accounts", type_="foreignkey")
    op.drop_index("ix_accounts_sponsor_id", table_name="accounts")
    for column in ("link_generation", "warned_days", "expires_at", "verified_at", "sponsor_id"):
        op.drop_column("accounts", column)
