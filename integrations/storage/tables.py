"""The one schema for SQLite and PostgreSQL.

Times are UTC integers in microseconds: they compare, sort and subtract alike on both databases, need no adaptor on the
way of a turn, and hold a `datetime` exactly. JSON is text, written and read by `integrations.storage.codec`.
There are no foreign keys: every row of a turn is written in one transaction by one adapter, and a check a row is what a
group commit is there to save.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Serial = BigInteger().with_variant(Integer, "sqlite")
"""An integer that the database counts up: SQLite does so only for a column of type INTEGER."""


def words(name: str, default: str | None = "") -> Column[str]:
    """A text that is never NULL."""
    return Column(name, Text, nullable=False, server_default=default)


def number(name: str) -> Column[int]:
    """A count or a time that is never NULL."""
    return Column(name, BigInteger, nullable=False, server_default="0")


def moment(name: str) -> Column[int]:
    """A time that may be unknown."""
    return Column(name, BigInteger)


addresses = Table(
    "addresses",
    metadata,
    Column("key", Text, primary_key=True),
    words("channel"),
    words("bot"),
    words("chat"),
    words("thread"),
    words("leased_by"),
    number("leased_until"),
    Column("reachable", Boolean, nullable=False, server_default=text("true")),
    number("ordinal"),  # of the newest conversation; 0: a stranger
    sqlite_with_rowid=False,
)

people = Table(
    "people",
    metadata,
    Column("id", Text, primary_key=True),  # channel and the messenger's id; the address where it tells none
    words("channel"),
    words("name"),
    words("username"),
    words("language"),
    number("created_at"),
    number("updated_at"),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    words("address"),
    number("ordinal"),
    number("version"),
    words("person"),
    words("channel"),
    words("owner"),
    words("flow"),
    words("step"),
    words("status"),
    words("locale"),
    words("source"),
    words("wants_person"),
    number("unconsented_since"),  # a contact to forget: when it came, or was refused or withdrawn; 0: none
    words("contact_name"),  # the last one given: it is to be forgotten with the contact, also where that is gone
    number("started_at"),
    number("updated_at"),
    words("state", "{}"),
    UniqueConstraint("address", "ordinal"),
)
Index("ix_conversations_started_at_id", conversations.c.started_at, conversations.c.id)
Index(
    "ix_conversations_owned",
    conversations.c.owner,
    sqlite_where=text("owner <> 'bot'"),
    postgresql_where=text("owner <> 'bot'"),
)
Index(
    "ix_conversations_unconsented_since",
    conversations.c.unconsented_since,
    sqlite_where=text("unconsented_since > 0"),
    postgresql_where=text("unconsented_since > 0"),
)

turns = Table(
    "turns",
    metadata,
    words("conversation", None),
    number("version"),
    number("at"),
    words("flow"),
    words("step"),
    words("events", "[]"),  # the inbox rows that it dealt with
    words("dispatches", "[]"),  # the keys of the outbox rows that it wrote
    PrimaryKeyConstraint("conversation", "version"),
    sqlite_with_rowid=False,
)

messages = Table(
    "messages",
    metadata,
    Column("seq", Serial, primary_key=True),
    words("id", None),  # of a message that left: the key of its outbox row, which knows the messenger's own id
    words("conversation"),
    words("by"),
    number("at"),
    words("text"),
    words("trace", "{}"),
    number("sources"),  # how many facts of the knowledge it rests on
    UniqueConstraint("id"),
)
Index("ix_messages_conversation_seq", messages.c.conversation, messages.c.seq)

leads = Table(
    "leads",
    metadata,
    Column("id", Text, primary_key=True),  # the id of the conversation that made it
    words("conversation"),
    words("channel"),
    words("status"),
    words("temperature"),
    number("points"),
    words("reasons", "[]"),
    words("slots", "{}"),
    words("contact", "null"),
    words("source"),
    words("locale"),
    words("owner"),
    Column("amount_minor", BigInteger),
    words("amount_currency"),
    words("trackers", "{}"),
    words("search"),  # what `Filter.text` looks into, case-folded: SQLite folds ASCII only
    number("created_at"),
    number("updated_at"),
    words("phone"),  # E.164; this and the e-mail only while the processing of the contact is agreed to
    words("email"),  # case-folded
    words("merged_into"),  # the lead that it is a part of: then it is none of its own
)
Index("ix_leads_created_at_id", leads.c.created_at, leads.c.id)
Index("ix_leads_phone", leads.c.phone, sqlite_where=text("phone <> ''"), postgresql_where=text("phone <> ''"))
Index("ix_leads_email", leads.c.email, sqlite_where=text("email <> ''"), postgresql_where=text("email <> ''"))

lead_statuses = Table(
    "lead_statuses",
    metadata,
    Column("id", Serial, primary_key=True),
    words("lead"),
    words("status"),
    words("by"),
    number("at"),
    words("reason"),  # why it was lost
)
Index("ix_lead_statuses_lead", lead_statuses.c.lead)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Serial, primary_key=True),
    words("channel"),
    words("bot"),
    words("event", None),
    words("address"),
    words("kind"),
    number("at"),
    words("body", "{}"),
    moment("done_at"),
    UniqueConstraint("channel", "bot", "event"),
)
Index(
    "ix_inbox_open",
    inbox.c.address,
    inbox.c.id,
    sqlite_where=text("done_at IS NULL"),
    postgresql_where=text("done_at IS NULL"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Serial, primary_key=True),
    words("key", None),
    words("kind"),
    words("address"),
    words("target"),  # the address as JSON where it is not the conversation's own
    words("conversation"),
    number("version"),  # of the conversation when this was decided: a wake-up of an older version is void
    words("writer"),
    number("due"),
    words("status", "open"),  # open, sent, failed, cancelled
    number("attempts"),
    words("error"),
    words("leased_by"),
    number("leased_until"),
    words("receipt"),
    moment("sent_at"),
    words("message", "null"),
    words("payload", "{}"),
    UniqueConstraint("key"),
)
Index(
    "ix_outbox_open",
    outbox.c.address,
    outbox.c.id,
    sqlite_where=text("status = 'open'"),
    postgresql_where=text("status = 'open'"),
)
Index(
    "ix_outbox_unsent",
    outbox.c.status,
    outbox.c.due,
    sqlite_where=text("status <> 'sent'"),
    postgresql_where=text("status <> 'sent'"),
)

consents = Table(
    "consents",
    metadata,
    Column("id", Serial, primary_key=True),
    words("conversation"),
    words("person"),
    words("channel"),
    words("purpose"),
    Column("granted", Boolean, nullable=False),
    words("text"),
    words("locale"),
    number("at"),
)
Index("ix_consents_conversation", consents.c.conversation)

staff = Table(
    "staff",
    metadata,
    Column("id", Text, primary_key=True),
    words("email", None),
    words("role"),
    words("name"),
    words("telegram"),
    words("slack"),
    number("created_at"),
    number("updated_at"),
    moment("away_until"),
    UniqueConstraint("email"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Serial, primary_key=True),
    words("by"),
    words("action"),
    words("details", "{}"),
    number("at"),
)
