"""The tables of figures: what is counted of each conversation, so that nobody counts all messages to see a month.

They hold nothing that cannot be counted again, and no words; `integrations.storage.tallies` fills them.
"""

from typing import Final

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, Text

from integrations.storage.tables import metadata, number, words

DAY: Final = 86_400_000_000
"""A day in microseconds; days are counted from 1970, in UTC."""

# What else depends on the whole conversation, and the version at which all of it was counted.
tallies = Table(
    "tallies",
    metadata,
    Column("conversation", Text, primary_key=True),
    number("version"),  # `conversations.version`; -1: lines have come or gone without a turn
    words("source"),
    number("started_at"),
    words("way", "[]"),  # the steps it stood at, [flow, step], each once, in the order of the first time
    sqlite_with_rowid=False,
)

# How many lines somebody said in a conversation on a day.
spoken = Table(
    "spoken",
    metadata,
    words("conversation", None),
    number("day"),
    words("by", None),  # as `messages.by`
    words("person"),  # whose conversation it is
    number("lines"),
    number("sourced"),
    number("unanswered"),
    number("first_at"),
    number("last_at"),
    PrimaryKeyConstraint("conversation", "day", "by"),
    sqlite_with_rowid=False,
)

# Every reply and how long the prospect had waited for it.
replies = Table(
    "replies",
    metadata,
    words("conversation", None),
    number("line"),  # `messages.seq`
    words("by"),
    number("at"),  # when the prospect wrote
    number("wait"),
    PrimaryKeyConstraint("conversation", "line"),
    sqlite_with_rowid=False,
)
# In this order the n-th longest wait is found by counting, not by sorting.
Index("ix_replies_by_wait_at", replies.c.by, replies.c.wait, replies.c.at)
