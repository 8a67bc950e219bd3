"""What leaves: worded and addressed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from flows.model import Address, File, Json


@dataclass(frozen=True, slots=True)
class Choice:
    """A worded choice; `data` comes back when it is pressed, or `url` opens."""

    label: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Outbound:
    """One worded message. `text` is plain with **bold**, _italic_ and [links](https://…); no vendor's markup."""

    text: str
    choices: tuple[Choice, ...] = ()
    share_contact: str = ""  # label of the messenger's own share-contact button
    files: tuple[File, ...] = ()
    name: str = ""  # the rep's name, empty for the bot


@dataclass(frozen=True, slots=True)
class Dispatch:
    """An outbox entry: `key` makes it idempotent.

    A message's `writer` must still own the conversation when it is sent, unless its payload says `aside`. `edit` and
    `delete` change a message that was sent: `payload["of"]` is the key of its entry. A person's words name their writer
    in `payload["by"]`, and in `payload["origin"]` the message at a desk that they came in. A `notice` has a desk look
    at a conversation again, and says why; a `card` has a tracker look at its lead; an `announce` has a prospect told of
    a move that stands.
    """

    key: str
    kind: Literal["message", "edit", "delete", "wake", "notice", "card", "announce"]
    address: Address
    conversation: str
    writer: str
    due: datetime
    message: Outbound | None = None
    payload: Mapping[str, Json] = field(default_factory=dict)
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the one transcript; `id` is unique, `by` is `prospect`, `bot` or a rep's id.

    `place` rises with the transcript, with gaps: a cursor, not a count. 0 where nobody asked for it.
    """

    id: str
    conversation: str
    by: str
    at: datetime
    text: str
    trace: Mapping[str, Json] = field(default_factory=dict)
    place: int = field(default=0, compare=False)
