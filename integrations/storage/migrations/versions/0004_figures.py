"""The figures: what is counted of each conversation."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "tallies",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("started_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("way", sa.Text(), server_default="[]", nullable=False),
        sa.PrimaryKeyConstraint("conversation", name=op.f("pk_tallies")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "spoken",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("day", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), server_default="", nullable=False),
        sa.Column("lines", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sourced", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("unanswered", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("first_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("conversation", "day", "by", name=op.f("pk_spoken")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "replies",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("line", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("by", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("wait", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("conversation", "line", name=op.f("pk_replies")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_replies_by_wait_at", "replies", ["by", "wait", "at"])


def downgrade() -> None:
    """Go one step back."""
    op.drop_table("replies")
    op.drop_table("spoken")
    op.drop_table("tallies")
