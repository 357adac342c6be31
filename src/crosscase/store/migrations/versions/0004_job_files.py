"""What long work is given and what it made, and how far an earlier attempt had come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("already", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "job_files",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("job_key", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["job_key"], ["jobs.key"], name=op.f("fk_job_files_job_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_job_files")),
    )
    op.create_index("ix_job_files_job", "job_files", ["job_key"])


def downgrade() -> None:
    op.drop_index("ix_job_files_job", table_name="job_files")
    op.drop_table("job_files")
    op.drop_column("jobs", "already")
