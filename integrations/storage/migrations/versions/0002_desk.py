"""The desk: threads, holds, waits, promises, notices, and people who are known twice."""

import json
from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_AGREED: Final = """
SELECT leads.id, leads.contact FROM leads
JOIN consents ON consents.id = (
    SELECT max(newest.id) FROM consents AS newest
    WHERE newest.conversation = leads.conversation AND newest.purpose = 'processing'
)
WHERE leads.contact <> 'null' AND consents.granted
"""


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "copies",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), server_default="", nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copies")),
        sa.UniqueConstraint("desk", "channel", "message", "line", name=op.f("uq_copies_desk_channel_message_line")),
    )
    op.create_index("ix_copies_line_desk", "copies", ["line", "desk"])

    op.create_table(
        "gathered",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("conversation", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("told", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_gathered")),
    )
    op.create_index("ix_gathered_conversation", "gathered", ["conversation"])
    op.create_index(
        "ix_gathered_waiting",
        "gathered",
        ["at"],
        sqlite_where=sa.text("NOT told"),
        postgresql_where=sa.text("NOT told"),
    )

    op.create_table(
        "holds",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), server_default="", nullable=False),
        sa.Column("desk", sa.Text(), server_default="", nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("thread", sa.Text(), server_default="", nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("by", sa.Text(), server_default="", nullable=False),
        sa.Column("member", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("files", sa.Text(), server_default="[]", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("due", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("entry", sa.Text(), server_default="", nullable=False),
        sa.Column("prompt", sa.Text(), server_default="", nullable=False),
        sa.Column("reminded", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index(
        "ix_holds_asked",
        "holds",
        ["at"],
        sqlite_where=sa.text("state = 'asked'"),
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_index("ix_holds_conversation", "holds", ["conversation"])
    op.create_index(
        "ix_holds_sending",
        "holds",
        ["due"],
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )

    op.create_table(
        "notices",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("done", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_notices")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "promises",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), server_default="", nullable=False),
        sa.Column("by", sa.Text(), server_default="", nullable=False),
        sa.Column("quote", sa.Text(), server_default="", nullable=False),
        sa.Column("made_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("reminded", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
    )
    op.create_index("ix_promises_conversation", "promises", ["conversation"])
    op.create_index(
        "ix_promises_due",
        "promises",
        ["due"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )

    op.create_table(
        "thread_places",
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("desk", "channel", "thread", name=op.f("pk_thread_places")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "threads",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("thread", sa.Text(), server_default="", nullable=False),
        sa.Column("card", sa.Text(), server_default="", nullable=False),
        sa.Column("shown", sa.Text(), server_default="", nullable=False),
        sa.Column("mirrored", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("mentioned", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("posting", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("updated_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("conversation", "desk", name=op.f("pk_threads")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "twins",
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("second", sa.Text(), nullable=False),
        sa.Column("lead", sa.Text(), server_default="", nullable=False),
        sa.Column("shared", sa.Text(), server_default="", nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("by", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("first", "second", name=op.f("pk_twins")),
    )
    op.create_index("ix_twins_second", "twins", ["second"])

    op.create_table(
        "waits",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("asked_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("pinged", sa.Text(), server_default="[]", nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("promised", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("by", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("conversation", "number", name=op.f("pk_waits")),
    )
    op.create_index(
        "ix_waits_open",
        "waits",
        ["conversation"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_waits_asked_at", "waits", ["asked_at"])

    op.create_index(
        "ix_conversations_owned",
        "conversations",
        ["owner"],
        sqlite_where=sa.text("owner <> 'bot'"),
        postgresql_where=sa.text("owner <> 'bot'"),
    )

    op.add_column("leads", sa.Column("phone", sa.Text(), server_default="", nullable=False))
    op.add_column("leads", sa.Column("email", sa.Text(), server_default="", nullable=False))
    op.add_column("leads", sa.Column("merged_into", sa.Text(), server_default="", nullable=False))
    op.create_index(
        "ix_leads_email",
        "leads",
        ["email"],
        sqlite_where=sa.text("email <> ''"),
        postgresql_where=sa.text("email <> ''"),
    )
    op.create_index(
        "ix_leads_phone",
        "leads",
        ["phone"],
        sqlite_where=sa.text("phone <> ''"),
        postgresql_where=sa.text("phone <> ''"),
    )

    op.add_column("lead_statuses", sa.Column("reason", sa.Text(), server_default="", nullable=False))
    op.add_column("staff", sa.Column("away_until", sa.BigInteger(), nullable=True))

    _know_again(op.get_bind())


def _know_again(connection: sa.Connection) -> None:
    """Let leads that are there already be found by their phone and e-mail, where that was agreed to."""
    keys = []
    for lead, contact in connection.execute(sa.text(_AGREED)).all():
        known = json.loads(contact)
        keys.append({"lead": lead, "phone": known["phone"], "email": known["email"].casefold()})
    if keys:
        connection.execute(sa.text("UPDATE leads SET phone = :phone, email = :email WHERE id = :lead"), keys)


def downgrade() -> None:
    """Go one step back."""
    op.drop_column("staff", "away_until")
    op.drop_column("lead_statuses", "reason")

    op.drop_index(
        "ix_leads_phone", "leads", sqlite_where=sa.text("phone <> ''"), postgresql_where=sa.text("phone <> ''")
    )
    op.drop_index(
        "ix_leads_email", "leads", sqlite_where=sa.text("email <> ''"), postgresql_where=sa.text("email <> ''")
    )
    op.drop_column("leads", "merged_into")
    op.drop_column("leads", "email")
    op.drop_column("leads", "phone")

    op.drop_index(
        "ix_conversations_owned",
        "conversations",
        sqlite_where=sa.text("owner <> 'bot'"),
        postgresql_where=sa.text("owner <> 'bot'"),
    )

    op.drop_index("ix_waits_asked_at", "waits")
    op.drop_index(
        "ix_waits_open", "waits", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
    )

    op.drop_table("waits")
    op.drop_index("ix_twins_second", "twins")

    op.drop_table("twins")
    op.drop_table("threads")
    op.drop_table("thread_places")
    op.drop_index(
        "ix_promises_due",
        "promises",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index("ix_promises_conversation", "promises")

    op.drop_table("promises")
    op.drop_table("notices")
    op.drop_index(
        "ix_holds_sending",
        "holds",
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.drop_index("ix_holds_conversation", "holds")
    op.drop_index(
        "ix_holds_asked", "holds", sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'")
    )

    op.drop_table("holds")
    op.drop_index(
        "ix_gathered_waiting", "gathered", sqlite_where=sa.text("NOT told"), postgresql_where=sa.text("NOT told")
    )
    op.drop_index("ix_gathered_conversation", "gathered")

    op.drop_table("gathered")
    op.drop_index("ix_copies_line_desk", "copies")

    op.drop_table("copies")
