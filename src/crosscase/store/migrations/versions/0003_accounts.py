"""Accounts, memberships, sessions, tokens and one-time links of a server."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _account(nullable: bool = False) -> sa.Column[int]:
    return sa.Column("account", sa.Integer(), nullable=nullable)


def _to_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["account"], ["accounts.key"], name=op.f(f"fk_{table}_account"), ondelete="CASCADE")


def _to_study(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["study_key"], ["studies.key"], name=op.f(f"fk_{table}_study_key"), ondelete="CASCADE"
    )


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("steward", sa.Boolean(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_accounts")),
        sa.UniqueConstraint("name", name=op.f("uq_accounts_name")),
        sa.UniqueConstraint("subject", name=op.f("uq_accounts_subject")),
    )
    op.create_table(
        "memberships",
        _account(),
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("coder", sa.Text(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        _to_account("memberships"),
        _to_study("memberships"),
        sa.PrimaryKeyConstraint("account", "study_key", name=op.f("pk_memberships")),
        sa.UniqueConstraint("study_key", "coder", name=op.f("uq_memberships_study_key_coder")),
    )
    op.create_table(
        "sessions",
        sa.Column("hash", sa.Text(), nullable=False),
        _account(),
        sa.Column("begun", sa.Text(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        _to_account("sessions"),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_account", "sessions", ["account"])
    op.create_table(
        "api_tokens",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        _account(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=False),
        sa.Column("used", sa.Text(), nullable=False),
        _to_account("api_tokens"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("hash", name=op.f("uq_api_tokens_hash")),
    )
    op.create_index("ix_api_tokens_account", "api_tokens", ["account"])
    op.create_table(
        "links",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("study_key", sa.Integer(), nullable=True),
        _account(nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=False),
        _to_study("links"),
        _to_account("links"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_links")),
        sa.UniqueConstraint("hash", name=op.f("uq_links_hash")),
    )
    op.create_index("ix_links_study_key", "links", ["study_key"])


def downgrade() -> None:
    for table in ("links", "api_tokens", "sessions", "memberships", "accounts"):
        op.drop_table(table)
