"""Since when an account is disabled; empty while it is not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("disabled", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    # what came before knows no disabled accounts: without a password and a provider nobody comes in with one either
    op.execute("UPDATE accounts SET password = NULL, subject = NULL WHERE disabled <> ''")
    op.drop_column("accounts", "disabled")
