"""The tables of the trackers: the cards of leads, and the rate limits that all workers share."""

from sqlalchemy import BigInteger, Boolean, Column, Index, PrimaryKeyConstraint, Table, Text, text

from integrations.storage.tables import metadata, moment, number, words

cards = Table(
    "cards",
    metadata,
    words("lead", None),
    words("tracker", None),
    words("card"),  # the tracker's id; empty until there is one
    words("url"),
    words("shown"),
    Column("tried", Boolean, nullable=False, server_default=text("false")),
    Column("attached", Boolean, nullable=False, server_default=text("false")),
    words("status"),
    moment("moved_at"),
    words("place"),  # the column in which we know it to be
    number("updated_at"),
    PrimaryKeyConstraint("lead", "tracker"),
)
Index(
    "ix_cards_tracker_card",
    cards.c.tracker,
    cards.c.card,
    unique=True,
    sqlite_where=text("card <> ''"),
    postgresql_where=text("card <> ''"),
)

hooks = Table(
    "hooks",
    metadata,
    Column("tracker", Text, primary_key=True),
    words("kept", "{}"),
)

limits = Table(
    "limits",
    metadata,
    Column("name", Text, primary_key=True),
    Column("free_at", BigInteger, nullable=False),  # when the next call is due at an even pace
)
