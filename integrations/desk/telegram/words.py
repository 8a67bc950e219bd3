"""The few words that the desk says by itself, as there is nothing in Telegram for what they ask."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """In the language of the desk."""

    again: str = "Press once more to confirm"
    reply: str = "Reply to this message"
    lines: str = "Reply to this message, one line each"
