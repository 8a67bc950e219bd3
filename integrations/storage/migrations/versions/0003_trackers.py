"""The trackers: the cards of leads, and the rate limits that workers share."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "cards",
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("tracker", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), server_default="", nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("shown", sa.Text(), server_default="", nullable=False),
        sa.Column("tried", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("attached", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.Column("moved_at", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("updated_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("lead", "tracker", name=op.f("pk_cards")),
    )
    op.create_index(
        "ix_cards_tracker_card",
        "cards",
        ["tracker", "card"],
        unique=True,
        sqlite_where=sa.text("card <> ''"),
        postgresql_where=sa.text("card <> ''"),
    )
    op.create_table(
        "hooks",
        sa.Column("tracker", sa.Text(), nullable=False),
        sa.Column("kept", sa.Text(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("tracker", name=op.f("pk_hooks")),
    )
    op.create_table(
        "limits",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("free_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_limits")),
    )


def downgrade() -> None:
    """Go one step back."""
    op.drop_table("limits")
    op.drop_table("hooks")
    op.drop_table("cards")
