"""The tables of the desk: where chats are shown, what is held, and what the product keeps its word by."""

from sqlalchemy import Boolean, Column, Index, PrimaryKeyConstraint, Table, Text, UniqueConstraint, text

from integrations.storage.tables import Serial, metadata, moment, number, words


def yes_no(name: str) -> Column[bool]:
    """A fact that is not so at first."""
    return Column(name, Boolean, nullable=False, server_default=text("false"))


threads = Table(
    "threads",
    metadata,
    words("conversation", None),
    words("desk", None),
    words("channel"),
    words("thread"),
    words("card"),
    words("shown"),
    number("mirrored"),  # `messages.seq` of the last line that is there
    yes_no("mentioned"),
    number("posting"),
    number("updated_at"),
    PrimaryKeyConstraint("conversation", "desk"),
    sqlite_with_rowid=False,
)

# Where threads are and once were: what staff write in a thread that was left behind is not lost.
thread_places = Table(
    "thread_places",
    metadata,
    words("desk", None),
    words("channel", None),
    words("thread", None),
    words("conversation"),
    PrimaryKeyConstraint("desk", "channel", "thread"),
    sqlite_with_rowid=False,
)

copies = Table(
    "copies",
    metadata,
    Column("id", Serial, primary_key=True),
    words("line", None),  # `messages.id`
    words("desk", None),
    words("channel", None),
    words("thread"),
    words("message", None),  # the desk's id; one message may show several lines
    words("origin"),
    number("at"),
    UniqueConstraint("desk", "channel", "message", "line"),
)
Index("ix_copies_line_desk", copies.c.line, copies.c.desk)

holds = Table(
    "holds",
    metadata,
    Column("id", Text, primary_key=True),
    words("conversation"),
    words("desk"),
    words("channel"),
    words("thread"),
    words("message"),
    words("by"),
    words("member"),
    words("text"),
    words("files", "[]"),
    words("state"),
    number("at"),
    number("due"),
    words("entry"),  # `outbox.key`
    words("prompt"),
    yes_no("reminded"),
)
Index("ix_holds_conversation", holds.c.conversation)
Index(
    "ix_holds_asked",
    holds.c.at,
    sqlite_where=text("state = 'asked'"),
    postgresql_where=text("state = 'asked'"),
)
Index(
    "ix_holds_sending",
    holds.c.due,
    sqlite_where=text("state = 'sending'"),
    postgresql_where=text("state = 'sending'"),
)

waits = Table(
    "waits",
    metadata,
    words("conversation", None),
    number("number"),
    words("reason"),
    number("asked_at"),
    words("state", "open"),
    words("pinged", "[]"),
    moment("next_at"),
    number("promised"),  # seconds
    moment("ended_at"),
    words("by"),
    PrimaryKeyConstraint("conversation", "number"),
)
Index(
    "ix_waits_open",
    waits.c.conversation,
    unique=True,  # two workers that begin one begin the same one
    sqlite_where=text("state = 'open'"),
    postgresql_where=text("state = 'open'"),
)
Index("ix_waits_asked_at", waits.c.asked_at)

promises = Table(
    "promises",
    metadata,
    Column("id", Text, primary_key=True),
    words("conversation"),
    words("by"),
    words("quote"),
    number("made_at"),
    moment("due"),
    words("state", "open"),
    yes_no("reminded"),
)
Index("ix_promises_conversation", promises.c.conversation)
Index(
    "ix_promises_due",
    promises.c.due,
    sqlite_where=text("state = 'open'"),
    postgresql_where=text("state = 'open'"),
)

notices = Table(
    "notices",
    metadata,
    Column("key", Text, primary_key=True),
    number("at"),  # when it was told, or begun to be
    yes_no("done"),
    sqlite_with_rowid=False,
)

gathered = Table(
    "gathered",
    metadata,
    Column("key", Text, primary_key=True),
    words("kind"),
    words("conversation"),
    words("text"),  # empty once it was told
    number("at"),
    yes_no("told"),
)
Index("ix_gathered_waiting", gathered.c.at, sqlite_where=text("NOT told"), postgresql_where=text("NOT told"))
Index("ix_gathered_conversation", gathered.c.conversation)

twins = Table(
    "twins",
    metadata,
    words("first", None),  # the pair in the order of its ids: however it is named, it is one
    words("second", None),
    words("lead"),  # which of them became, or might be, a part of the other
    words("shared"),  # what they have in common: "phone", "email"
    Column("verified", Boolean, nullable=False),
    words("state"),
    words("by"),
    number("at"),
    PrimaryKeyConstraint("first", "second"),
)
Index("ix_twins_second", twins.c.second)
